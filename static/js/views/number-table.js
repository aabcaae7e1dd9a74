// @ts-check
// A small table of numbers as coloured cells. Where they can be changed, a cell is a button that becomes a field; arrow
// keys go from cell to cell.

import { css, mix } from "../lib/color.js";
import { parseNumber, plain, show } from "../lib/number.js";
import { t } from "../lib/words.js";
import { on, reconcile, setAttribute, setText } from "./dom.js";

const NUMBERS = 5; // tables up to this size show their numbers, larger ones their colours alone
const STEPS = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });

/**
 * @param {HTMLElement} body @param {(number|null)[][]} rows null: outside of the input
 * @param {{rgb: Record<string, import("../lib/color.js").Rgb>}} palette @param {{most: number, winner?: [number, number]|null, editable?: boolean}} how
 */
export function fillTable(body, rows, { rgb }, { most, winner = null, editable = false }) {
  const small = rows.length > NUMBERS || rows[0].length > NUMBERS;
  const isField = editable && !small;
  body.classList.toggle("is-small", small);
  reconcile(body, rows.map((values, i) => ({ values, i })), ({ i }) => String(i), () => document.createElement("tr"), (line, { values, i }) => {
    reconcile(line, values.map((value, j) => ({ value, j })), ({ j }) => `${j}${isField ? " field" : ""}`, () => document.createElement("td"), (cell, { value, j }) => {
      const text = value === null ? "·" : show(value);
      if (isField) fillButton(cell, text, value, i, j);
      else setText(cell, text);
      if (value === null) cell.title = t("Outside: counts as 0, and never as the largest.");
      else cell.removeAttribute("title");
      cell.style.background = value === null ? "" : css(mix(rgb.neutral, value < 0 ? rgb.negative : rgb.positive, 0.55 * Math.min(1, Math.abs(value) / most)));
      cell.classList.toggle("is-outside", value === null);
      cell.classList.toggle("is-winner", winner !== null && winner[0] === i && winner[1] === j);
    });
  });
}

/** @param {HTMLElement} cell @param {string} text @param {number|null} value @param {number} row @param {number} column */
function fillButton(cell, text, value, row, column) {
  let button = /** @type {HTMLButtonElement|null} */ (cell.querySelector("button"));
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "values__button";
    button.tabIndex = row === 0 && column === 0 ? 0 : -1;
    cell.append(button);
  }
  Object.assign(button.dataset, { row: String(row), column: String(column), value: String(value ?? 0) });
  setText(button, text);
  setAttribute(button, "aria-label", t("Weight {value}, row {row}, column {column}. Enter to change.", { value: text, row: row + 1, column: column + 1 }));
}

/**
 * Lets the cells of all tables within an element be changed and walked.
 * @param {HTMLElement} root
 * @param {(button: HTMLElement, row: number, column: number, value: number, before: number) => void} change
 */
export function editable(root, change) {
  const buttonOf = (/** @type {EventTarget|null} */ target) => (target instanceof Element ? /** @type {HTMLElement|null} */ (target.closest(".values__button")) : null);

  const edit = (/** @type {HTMLElement} */ button) => {
    const input = document.createElement("input");
    const before = Number(button.dataset.value);
    Object.assign(input, { className: "input values__input", type: "text", inputMode: "decimal", autocomplete: "off", value: plain(Number(before.toPrecision(4))) });
    input.setAttribute("aria-label", t("Weight, row {row}, column {column}", { row: Number(button.dataset.row) + 1, column: Number(button.dataset.column) + 1 }));
    const was = input.value;
    let done = false;
    const finish = (/** @type {boolean} */ keep, back = true) => {
      if (done) return;
      const value = parseNumber(input.value);
      if (keep && value === null && back) return input.setAttribute("aria-invalid", "true");
      done = true;
      input.remove();
      button.hidden = false;
      if (back) button.focus();
      if (keep && value !== null && input.value !== was) change(button, Number(button.dataset.row), Number(button.dataset.column), value, before);
    };
    input.addEventListener("blur", () => finish(true, false));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") finish(true);
      else if (event.key === "Escape") finish(false);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    button.hidden = true;
    button.after(input);
    input.focus();
    input.select();
  };
  const walk = (/** @type {KeyboardEvent} */ event) => {
    const from = buttonOf(event.target);
    const step = STEPS[event.key];
    if (!from || !step) return;
    const to = /** @type {HTMLElement|null|undefined} */ (from.closest("tbody")?.querySelector(
      `[data-row="${Number(from.dataset.row) + step[0]}"][data-column="${Number(from.dataset.column) + step[1]}"]`));
    event.preventDefault();
    if (!to) return;
    [from.tabIndex, to.tabIndex] = [-1, 0];
    to.focus();
  };
  const undo = [on(root, "click", (event) => buttonOf(event.target) && edit(/** @type {HTMLElement} */ (buttonOf(event.target)))), on(root, "keydown", walk)];
  return () => undo.forEach((stop) => stop());
}
