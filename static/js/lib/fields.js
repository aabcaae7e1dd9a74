// @ts-check
// Between a value and what a control holds: the text of a field, and the value that a text stands for.

import { complete } from "./catalogue.js";
import { parseNumber, plain } from "./number.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Param} Param */
/** What a control holds. @typedef {{value: string, checked?: boolean, dataset: Record<string, string|undefined>}} Control */

/** How a text field shows a value: sizes and lists as 3×3, nothing for none. @param {any} value @returns {string} */
export function textOf(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(textOf).join("×");
  return typeof value === "number" ? plain(value) : String(value);
}

/** Numbers with ×, a semicolon, blanks or commas between them; undefined where one of them is none. @param {string} text */
function listOf(text) {
  const numbers = text.split(/[×x;,\s]+/).filter(Boolean).map(parseNumber);
  return numbers.length && numbers.every((n) => n !== null) ? /** @type {number[]} */ (numbers) : undefined;
}

/**
 * What a control holds, as the experiment wants it; undefined where it makes no sense.
 * @param {import("./types.js").Catalogue} catalogue @param {Control} control @param {Param|undefined} param its declaration
 */
export function readField(catalogue, control, param) {
  const text = control.value.trim();
  switch (control.dataset.widget) {
    case "flag": return Boolean(control.checked);
    case "part": return complete(catalogue, control.dataset.kind ?? "", control.value);
    case "slider": return Number(control.value) / Number(control.dataset.scale ?? 1);
    case "choice": return param?.options.find((option) => String(option) === control.value) ?? control.value;
    case "text": return control.value;
    case "pair": case "shape": case "numbers": {
      if (text === "" && param?.optional) return null;
      if (param?.options.includes(text)) return text;
      const list = listOf(text);
      return list?.length === 1 && control.dataset.widget === "pair" ? [list[0], list[0]] : list;
    }
    default: return text === "" && param?.optional ? null : parseNumber(control.value) ?? undefined;
  }
}

/** What is wrong with a text that stands for nothing, and how to write it. @param {Control} control @param {Param|undefined} param */
export function complaint(control, param) {
  if (["pair", "shape", "numbers"].includes(control.dataset.widget ?? "")) {
    const words = (param?.options ?? []).join(", ");
    return words ? t("“{text}” is no list of numbers. Write it as 1×2×0.5, or: {words}.", { text: control.value, words })
      : t("“{text}” is no list of numbers. Write it as 3×3.", { text: control.value });
  }
  return t("“{text}” is no number. Write it as 0.5, 0,5 or 1/2.", { text: control.value });
}
