// @ts-check
// A map of the loss: heights on a logarithmic scale in steps, painted from light to dark with a line at each step.

import { mix, pixel } from "./color.js";

/** @typedef {(number|null)[][]} Grid  rows from low to high y; null: beyond all bounds */

/** The lowest and highest loss of a grid. @param {Grid} grid @returns {[number, number]} */
export function extremes(grid) {
  let lo = Infinity;
  let hi = -Infinity;
  for (const row of grid) {
    for (const value of row) {
      if (value === null) continue;
      if (value < lo) lo = value;
      if (value > hi) hi = value;
    }
  }
  return Number.isFinite(lo) ? [lo, hi] : [0, 1];
}

/** Where a loss lies between the extremes, 0 … 1, on a scale that shows small differences near the bottom. @param {number} value @param {[number, number]} range */
export function heightOf(value, [lo, hi]) {
  if (!(hi > lo)) return 0;
  const floor = Math.max((hi - lo) * 1e-3, 1e-12);
  return Math.log((value - lo) / floor + 1) / Math.log((hi - lo) / floor + 1);
}

/** The loss between the points of the grid; u, v from 0 to 1 across and up. @param {Grid} grid @param {number} u @param {number} v */
export function between(grid, u, v) {
  const wide = grid[0].length - 1;
  const high = grid.length - 1;
  const x = Math.min(wide, Math.max(0, u * wide));
  const y = Math.min(high, Math.max(0, v * high));
  const [i, j] = [Math.min(wide - 1, Math.floor(x)), Math.min(high - 1, Math.floor(y))];
  const [a, b] = [x - i, y - j];
  const at = (/** @type {number} */ row, /** @type {number} */ column) => grid[row][column] ?? Infinity;
  return (at(j, i) * (1 - a) + at(j, i + 1) * a) * (1 - b) + (at(j + 1, i) * (1 - a) + at(j + 1, i + 1) * a) * b;
}

/**
 * Paint a grid into side × side pixels, top row first.
 * @param {Uint32Array} pixels @param {number} side @param {Grid} grid
 * @param {import("./color.js").Rgb} low @param {import("./color.js").Rgb} high @param {import("./color.js").Rgb} line @param {number} [steps]
 */
export function paintContour(pixels, side, grid, low, high, line, steps = 14) {
  const range = extremes(grid);
  const shades = Uint32Array.from({ length: steps + 1 }, (_, k) => pixel(mix(low, high, k / steps)));
  const ink = Uint32Array.from({ length: steps + 1 }, (_, k) => pixel(mix(mix(low, high, k / steps), line, 0.45)));
  const level = new Uint8Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const value = between(grid, column / (side - 1), 1 - row / (side - 1));
      level[row * side + column] = Number.isFinite(value) ? Math.min(steps, Math.floor(heightOf(value, range) * steps)) : steps;
    }
  }
  for (let p = 0; p < pixels.length; p++) {
    const right = (p + 1) % side ? level[p + 1] : level[p];
    const below = p + side < pixels.length ? level[p + side] : level[p];
    pixels[p] = right !== level[p] || below !== level[p] ? ink[level[p]] : shades[level[p]];
  }
}

/** @typedef {{values: number[]} & Record<string, any>} Axis */

/**
 * The part of a map around some points, with air, as a grid of its own; never narrower than `least`.
 * @param {{x: Axis, y: Axis, losses: Grid}} map @param {{x: number|null, y: number|null}[]} points @param {number} least @param {number} side
 */
export function around({ x, y, losses }, points, least, side) {
  const window = (/** @type {Axis} */ axis, /** @type {"x"|"y"} */ name) => {
    const [from, to] = [axis.values[0], axis.values[axis.values.length - 1]];
    const own = points.map((point) => point[name]).filter((v) => v !== null && Number.isFinite(v)).map(Number);
    const [lo, hi] = own.length ? [Math.min(...own), Math.max(...own)] : [from, to];
    const half = Math.max(least, (hi - lo) * 1.24) / 2;
    const middle = (lo + hi) / 2;
    const [first, last] = [Math.max(from, middle - half), Math.min(to, middle + half)];
    const values = Array.from({ length: side }, (_, i) => first + ((last - first) * i) / (side - 1));
    return { values, places: values.map((v) => (v - from) / (to - from)) };
  };
  const [across, up] = [window(x, "x"), window(y, "y")];
  const finite = (/** @type {number} */ v) => (Number.isFinite(v) ? v : null);
  return { x: { ...x, values: across.values }, y: { ...y, values: up.values }, losses: up.places.map((v) => across.places.map((u) => finite(between(losses, u, v)))) };
}

/**
 * The same slice may come back mirrored: which axes to turn so that the path lies as it did before.
 * @param {{update: number, x: number|null, y: number|null}[]} before @param {{update: number, x: number|null, y: number|null}[]} now
 * @returns {{x: boolean, y: boolean}}
 */
export function mirrored(before, now) {
  const known = new Map(before.map((point) => [point.update, point]));
  const middle = (/** @type {any[]} */ points, /** @type {"x"|"y"} */ axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / (points.length || 1);
  const turned = (/** @type {"x"|"y"} */ axis) => {
    const shared = now.filter((point) => known.has(point.update));
    const [here, there] = [middle(shared, axis), middle(shared.map((point) => known.get(point.update)), axis)];
    return shared.reduce((sum, point) => sum + ((point[axis] ?? 0) - here) * ((known.get(point.update)?.[axis] ?? 0) - there), 0) < 0;
  };
  return { x: turned("x"), y: turned("y") };
}
