// @ts-check
// What the recurrent layers make of a sequence in the browser, for many points at once: the twins of engine/recurrent.py
// and its cells. Gates stand in the engine's order, each as many rows as the layer has units.

import { sigmoid } from "./activations.js";
import { addScaled } from "./at-points.js";

/**
 * One step for one unit at one point, from the gates' sums of what is read and of what is remembered.
 * @typedef {(read: number[], recalled: number[], h: number, c: number) => [h: number, c: number]} Cell
 */

/** @type {Record<string, {gates: number, cell: (layer: import("./types.js").LayerSpec) => Cell}>} */
const CELLS = {
  simple_rnn: { gates: 1, cell: ({ nonlinearity }) => ([x], [r]) => [nonlinearity === "relu" ? Math.max(0, x + r) : Math.tanh(x + r), 0] },
  lstm: { gates: 4, cell: () => (x, r, _, before) => {
    const [i, f, o] = [0, 1, 3].map((gate) => sigmoid(x[gate] + r[gate]));
    const c = f * before + i * Math.tanh(x[2] + r[2]);
    return [o * Math.tanh(c), c];
  } },
  gru: { gates: 3, cell: () => (x, r, h) => {
    const [reset, update] = [0, 1].map((gate) => sigmoid(x[gate] + r[gate]));
    const fresh = Math.tanh(x[2] + reset * r[2]);
    return [fresh + update * (h - fresh), 0];
  } },
};

/** @param {import("./types.js").LayerSpec} layer @param {number[][]} shapes @param {import("./forward-layers.js").Stored} stored @returns {import("./forward-layers.js").Made|string} */
export function recurrent(layer, [shape], stored) {
  const [{ units }, { gates, cell }] = [layer, CELLS[layer.type]];
  const [steps, features] = shape;
  const [rows, step] = [gates * units, cell(layer)];
  const [kernel, memory, bias] = ["kernel", "recurrent_kernel", "bias"].map(stored);
  if (shape.length !== 2 || kernel?.size !== features * rows || memory?.size !== units * rows) return "the weights are of another network";
  /** Sums of all rows. @param {Float32Array} sums @param {Float32Array} weights @param {number} offset @param {number} bias @param {Float32Array} x @param {number} from @param {number} count @param {number} points */
  const gather = (sums, weights, offset, bias, x, from, count, points) => {
    for (let row = 0; row < rows; row++) {
      sums.fill(bias < 0 ? 0 : weights[bias + row], row * points, (row + 1) * points);
      for (let i = 0; i < count; i++) addScaled(sums, row * points, x, from + i * points, weights[offset + i * rows + row], points);
    }
  };
  const [first, second] = [bias?.offset ?? -1, bias && bias.size > rows ? bias.offset + rows : -1]; // a GRU's memory has an offset of its own
  /** @type {import("./forward-layers.js").Compute} */
  const compute = (weights, [x], y, points) => {
    const [read, recalled] = [new Float32Array(rows * points), new Float32Array(rows * points)];
    const [h, c] = [new Float32Array(units * points), new Float32Array(units * points)];
    for (let at = 0; at < steps; at++) {
      gather(read, weights, kernel.offset, first, x, at * features * points, features, points);
      gather(recalled, weights, memory.offset, second, h, 0, units, points);
      for (let p = 0; p < units * points; p++) {
        const gate = (/** @type {Float32Array} */ sums) => Array.from({ length: gates }, (_, g) => sums[g * units * points + p]);
        [h[p], c[p]] = step(gate(read), gate(recalled), h[p], c[p]);
      }
      if (layer.return_sequences) y.set(h, at * units * points);
    }
    if (!layer.return_sequences) y.set(h);
  };
  return { shape: layer.return_sequences ? [steps, units] : [units], compute, work: steps * rows * (features + units + 8) };
}
