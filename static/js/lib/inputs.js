// @ts-check
// From a point in the user's units to what the network reads: features of a plane, then (x − mean) / scale.
// The twin of engine/features.py and engine/preprocess.py for whole grids of points.

import { formulaOf } from "./formula.js";

/** What a feature makes of a point. @type {Record<string, (x: number, y: number) => number>} */
const FEATURES = {
  x: (x) => x,
  y: (_, y) => y,
  x_squared: (x) => x * x,
  y_squared: (_, y) => y * y,
  x_times_y: (x, y) => x * y,
  sin_x: (x) => Math.sin(x),
  sin_y: (_, y) => Math.sin(y),
};

/** By its name, or as a formula. @param {string} name */
const computeOf = (name) => (Object.hasOwn(FEATURES, name) ? FEATURES[name] : formulaOf(name));

/** @typedef {{kind: string, features: string[], mean: number|number[], scale: number|number[],
 *   target: {mean: number, scale: number}|null}} Preprocess */
/** The part of the plane that is drawn. @typedef {{x0: number, x1: number, y0: number, y1: number}} Bounds */

/** Whether the browser knows every feature. @param {Preprocess} preprocess */
export function knowsFeatures(preprocess) {
  return preprocess.features.every((name) => computeOf(name) !== null);
}

/**
 * Network-ready inputs for points, input after input: inputs[i * points + p].
 * @param {Preprocess} preprocess
 * @param {ArrayLike<number>[]} raw  one array of coordinates per raw column, all of the same length
 * @returns {Float32Array}
 */
export function makeInputs(preprocess, raw) {
  const points = raw[0].length;
  const fromFeatures = preprocess.kind === "features";
  const count = fromFeatures ? preprocess.features.length : raw.length;
  const inputs = new Float32Array(count * points);
  for (let i = 0; i < count; i++) {
    const feature = fromFeatures ? computeOf(preprocess.features[i]) : null;
    const mean = Array.isArray(preprocess.mean) ? preprocess.mean[i] : preprocess.mean;
    const scale = Array.isArray(preprocess.scale) ? preprocess.scale[i] : preprocess.scale;
    for (let p = 0; p < points; p++) {
      const value = feature ? feature(raw[0][p], raw[1][p]) : raw[i][p];
      inputs[i * points + p] = (value - mean) / scale;
    }
  }
  return inputs;
}

/** How far a feature reaches from 0, either way; x and sines have ±6 and ±1. @param {Float32Array} values */
export const featureBound = (values) => values.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0) || 1;

/**
 * The centres of the cells of a side × side grid over the plane, top row first: [x, y].
 * @param {Bounds} bounds @param {number} side
 * @returns {[Float64Array, Float64Array]}
 */
export function gridPoints(bounds, side) {
  const x = new Float64Array(side * side);
  const y = new Float64Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      x[row * side + column] = bounds.x0 + ((column + 0.5) / side) * (bounds.x1 - bounds.x0);
      y[row * side + column] = bounds.y1 - ((row + 0.5) / side) * (bounds.y1 - bounds.y0);
    }
  }
  return [x, y];
}

/** Evenly spaced numbers, both ends included. @param {number} lo @param {number} hi @param {number} count */
export function linePoints(lo, hi, count) {
  return Float64Array.from({ length: count }, (_, i) => lo + ((hi - lo) * i) / (count - 1));
}

/**
 * What to draw of a plane: ±6 for the made sets, else what the points need and a little air.
 * @param {string} view @param {number[][]} points
 * @returns {Bounds}
 */
export function boundsOf(view, points) {
  const [x0, x1] = view === "table" ? extent(points.map((p) => p[0])) : [-6, 6];
  const ys = points.map((p) => p[1]).filter((y) => y !== undefined);
  const [y0, y1] = view === "table" && ys.length ? extent(ys) : [-6, 6];
  return { x0, x1, y0, y1 };
}

/** Smallest and largest with a tenth of air. @param {number[]} values @returns {[number, number]} */
export function extent(values) {
  let lo = Infinity;
  let hi = -Infinity;
  for (const value of values) {
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  if (!(hi > lo)) return Number.isFinite(lo) ? [lo - 1, lo + 1] : [-1, 1];
  const air = (hi - lo) * 0.08;
  return [lo - air, hi + air];
}
