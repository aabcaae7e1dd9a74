// @ts-check
// The picture of a network's output alone, from any weights: what twins and many starts are compared by.

import { drawable, pointsOf } from "./drawable.js";
import { createPass } from "./forward.js";
import { makeInputs } from "./inputs.js";

/**
 * null where the browser can not compute it.
 * @param {import("./types.js").Spec} spec @param {import("./types.js").ManifestEntry[]} manifest
 * @param {any} data preview of the data set
 * @param {{plane: number, line: number}} sides points along a side
 */
export function createOutputPicture(spec, manifest, data, sides) {
  const { layers } = spec.network;
  const { kind, steps, bounds } = drawable(layers, manifest, data);
  if (kind === "other") return null;
  const side = kind === "line" ? sides.line : sides.plane;
  const raw = pointsOf(kind, bounds, side);
  const pass = createPass(steps, raw[0].length);
  const inputs = makeInputs(data.preprocess, raw);
  const last = steps[steps.length - 1];
  const { activation } = layers[layers.length - 1];
  return {
    kind, side, bounds, count: raw[0].length, units: last.units,
    /** @type {({type: string} & Record<string, any>)|null} */
    activation: typeof activation === "string" ? { type: activation } : activation ?? null,
    /** Unit after unit; overwritten by the next call. @param {Float32Array} weights */
    values(weights) {
      pass.run(weights, inputs);
      return /** @type {Float32Array} */ (pass.values.get(last.id));
    },
  };
}

/** @typedef {NonNullable<ReturnType<typeof createOutputPicture>>} OutputPicture */

/**
 * Of each true class (a row) the share that got each answer, row after row: right ones above zero, wrong ones below.
 * @param {number[][]} confusion @returns {Float32Array}
 */
export function rightAndWrong(confusion) {
  return Float32Array.from(confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, n) => sum + n, 0) || 1;
    return row.map((n, answer) => (answer === truth ? n : -n) / total);
  }));
}

/**
 * How far two outputs are apart at each point. One output: second less first. Classes: half of what their shares
 * differ by in all, 0 … 1.
 * @param {Float32Array} first @param {Float32Array} second @param {number} units @param {boolean} shares outputs are shares
 * @returns {Float32Array}
 */
export function difference(first, second, units, shares) {
  const points = first.length / units;
  const out = new Float32Array(points);
  if (units === 1) return out.map((_, p) => second[p] - first[p]);
  const sharesAt = (/** @type {Float32Array} */ values, /** @type {number} */ p) => {
    const own = Array.from({ length: units }, (_, u) => values[u * points + p]);
    if (shares) return own;
    const top = Math.max(...own);
    const grown = own.map((v) => Math.exp(v - top));
    const total = grown.reduce((a, v) => a + v, 0);
    return grown.map((v) => v / total);
  };
  for (let p = 0; p < points; p++) {
    const [a, b] = [sharesAt(first, p), sharesAt(second, p)];
    out[p] = a.reduce((sum, v, u) => sum + Math.abs(v - b[u]), 0) / 2;
  }
  return out;
}
