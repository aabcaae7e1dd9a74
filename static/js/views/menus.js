// @ts-check
// Filling native menus from the catalogue, and numbers that can be chosen from presets or typed.

import { plain } from "../lib/number.js";
import { t } from "../lib/words.js";

/** @param {HTMLSelectElement} select @param {import("../lib/types.js").Part[]} parts */
export function fillPartMenu(select, parts) {
  select.replaceChildren(...parts.map((part) => {
    const option = new Option(part.label, part.type);
    option.title = part.help;
    return option;
  }));
}

export const OTHER = "other";

/** Presets, the present value where it is none of them, and "other …". @param {HTMLSelectElement} select @param {number[]} presets @param {number} value */
export function fillPresets(select, presets, value) {
  const values = presets.includes(value) ? presets : [...presets, value].sort((a, b) => a - b);
  const wanted = values.map(plain).join();
  if (select.dataset.filled !== wanted) {
    select.dataset.filled = wanted;
    select.replaceChildren(...values.map((v) => new Option(plain(v), plain(v))), new Option(t("other …"), OTHER));
  }
  select.value = plain(value);
}
