// @ts-check
// Weights as tables: which rows and columns each array has, and how a block of numbers becomes text and comes back.

import { parseNumber } from "./number.js";
import { t } from "./words.js";

export const MOST = 1200; // cells that are shown of one layer
export const EDITABLE = 400; // cells up to which each is a field

/** @typedef {import("./types.js").ManifestEntry} ManifestEntry */
/** @typedef {{name: string, index: number[], place: number}} Cell  place: in the packed weights */
/** @typedef {{layer: string, name: string, rows: string[], cells: Cell[][], columns: number, left: number}} Table  left: cells that are not shown */

/**
 * One table a layer: a row for each input (or place of a filter) and one for the bias, a column for each neuron. Arrays
 * of other kinds get tables of their own.
 * @param {ManifestEntry[]} manifest
 * @param {(layer: string, i: number) => string} inputName  of a dense layer's i-th input
 * @returns {Table[]}
 */
export function tablesOf(manifest, inputName) {
  /** @type {Table[]} */
  const tables = [];
  for (const entry of manifest) {
    const columns = entry.shape[entry.shape.length - 1] ?? 1;
    const last = tables[tables.length - 1];
    const isBias = entry.name === "bias" && last?.layer === entry.layer && last.columns === columns;
    const table = isBias ? last : { layer: entry.layer, name: entry.name, rows: [], cells: [], columns, left: 0 };
    if (!isBias) tables.push(table);
    const shown = Math.min(columns, 64);
    for (let row = 0; row < entry.size / columns; row++) {
      if (!isBias && (table.cells.length + 1) * shown > MOST) {
        table.left += columns;
        continue;
      }
      table.left += columns - shown;
      const index = unravel(row, entry.shape.slice(0, -1));
      table.rows.push(isBias || entry.name === "bias" ? t("bias") : entry.shape.length === 2 ? inputName(entry.layer, row) : index.map((i) => i + 1).join(", "));
      table.cells.push(Array.from({ length: shown }, (_, column) => ({ name: entry.name, index: [...index, column], place: entry.offset + row * columns + column })));
    }
  }
  return tables;
}

/** The indices of a flat number. @param {number} flat @param {number[]} shape */
function unravel(flat, shape) {
  const index = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

/** A table as spreadsheets take it: tabs between cells, exact numbers. @param {Table} table @param {Float32Array} weights @param {string[]} titles of the columns */
export function toText(table, weights, titles) {
  const rows = table.cells.map((cells, row) => [table.rows[row], ...cells.map(({ place }) => String(weights[place]))]);
  return [["", ...titles], ...rows].map((cells) => cells.join("\t")).join("\n");
}

/** Numbers copied from a spreadsheet; null where the text is one value, or no numbers. @param {string} text @returns {(number|null)[][]|null} */
export function fromText(text) {
  const rows = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  if (rows.length === 1 && rows[0].length === 1) return null;
  const numbers = rows.map((row) => row.map(parseNumber));
  return numbers.some((row) => row.some((value) => value !== null)) ? numbers : null;
}
