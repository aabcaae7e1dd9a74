// @ts-check
// One value of a feature map in words: what its window's numbers are, how they are joined, and what is outlined where.

import { show } from "./number.js";
import { t } from "./words.js";

/** @typedef {{channel: number, patch: (number|null)[][], kernel: (number|null)[][]|null, sum: number, whole: number[][]}} Share */
/**
 * What GET /runs/{id}/window answers.
 * @typedef {object} Told
 * @property {string} layer
 * @property {number} row
 * @property {number} column
 * @property {number} channel
 * @property {"sum"|"largest"|"mean"} how
 * @property {string} reads
 * @property {number[]} rows
 * @property {number[]} columns
 * @property {Share[]} shares
 * @property {number} rest
 * @property {number} channels
 * @property {number|null} bias
 * @property {number} pre
 * @property {number} output
 * @property {string} activation
 * @property {[number, number]|null} winner
 * @property {[number, number, number, number]|null} field
 * @property {number} update
 */

/** A rectangle in shares of a picture: what CSS needs. @typedef {{left: number, top: number, width: number, height: number}} Box */

/** @param {number} first @param {number} last @param {number} from @param {number} to @param {number[]} size rows and columns @returns {Box} */
const box = (first, last, from, to, [rows, columns]) => ({ left: from / columns, top: first / rows, width: (to - from + 1) / columns, height: (last - first + 1) / rows });

/** What the window covers of the map that it reads: one rectangle, or with gaps each place. @param {Told} told @param {number[]} size @returns {Box[]} */
export function outlines({ rows, columns }, size) {
  const isDense = (/** @type {number[]} */ line) => line.every((at, i) => i === 0 || at === line[i - 1] + 1);
  if (isDense(rows) && isDense(columns)) return [box(rows[0], rows[rows.length - 1], columns[0], columns[columns.length - 1], size)];
  return rows.flatMap((row) => columns.map((column) => box(row, row, column, column, size)));
}

/** What the value sees of the picture. @param {{field: Told["field"]}} told @param {number[]} size @returns {Box[]} */
export function fieldOf({ field }, size) {
  return field ? [box(field[0], field[2], field[1], field[3], size)] : [];
}

/** What window and kernel give, place by place; what lies outside counts as 0. @param {Share} share */
export const products = ({ patch, kernel }) => patch.map((row, i) => row.map((value, j) => (value ?? 0) * (kernel?.[i][j] ?? 0)));

/** Numbers with their signs between them: 0.5 − 0.2 + 0.1. @param {string[]} terms */
export const joined = (terms) => terms.join(" + ").replaceAll("+ −", "− ");

/**
 * The last line: how the parts become the value.
 * @param {Told} told @param {(channel: number) => string} nameOf a channel that is read @param {string} activation its name; "" where nothing is done
 */
export function sumLine(told, nameOf, activation) {
  const { how, shares, rest, channels, bias, pre, output } = told;
  if (how === "largest") return t("The largest of {n} values: {value}", { n: sizeOf(told), value: show(output, 3) });
  if (how === "mean") return t("The mean of {n} values: {value}", { n: sizeOf(told), value: show(output, 3) });
  const terms = shares.map((share) => `${show(share.sum, 3)} (${channels === 1 ? t("window") : nameOf(share.channel)})`);
  const others = channels - shares.length;
  if (others > 0) terms.push(t("{value} ({n} more)", { value: show(rest, 3), n: others }));
  if (bias !== null) terms.push(t("{value} (bias)", { value: show(bias, 3) }));
  const sum = `${joined(terms)} = ${show(pre, 3)}`;
  return activation ? t("{sum}, and {activation} makes {value} of it", { sum, activation, value: show(output, 3) }) : sum;
}

/** How many values of the window are inside. @param {Told} told */
const sizeOf = ({ shares }) => shares[0].patch.flat().filter((value) => value !== null).length;

/** Where a map's value is farthest from 0: the one worth looking at first. @param {ArrayLike<number>} values @param {number} columns @returns {[number, number]} */
export function strongestPlace(values, columns) {
  let best = 0;
  for (let p = 1; p < values.length; p++) if (Math.abs(values[p]) > Math.abs(values[best])) best = p;
  return [Math.floor(best / columns), best % columns];
}
