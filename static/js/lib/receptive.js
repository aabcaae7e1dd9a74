// @ts-check
// Which part of the input a value of a feature map can be moved by: the twin of engine/receptive.py, for the pointer.

import { asMap } from "./maps.js";
import { slide, slides } from "./sliding.js";
import { INPUT, wired } from "./wiring.js";

/** First row and column, last row and column. @typedef {[number, number, number, number]} Field */

/** Whether each step is made of those before it. @param {string} type */
export const readsBack = (type) => ["simple_rnn", "lstm", "gru"].includes(type);

/**
 * null where the network reads neither pictures nor sequences, or the place is in none of its maps.
 * @param {import("./types.js").LayerSpec[]} layers @param {import("./types.js").Check|null} check
 * @param {{layer: string, row: number, column: number}} place @returns {Field|null}
 */
export function seenBy(layers, check, { layer: id, row, column }) {
  const shapes = new Map((check?.layers ?? []).map((layer) => [layer.id, layer.output_shape]));
  shapes.set(INPUT, check?.input_shape ?? []);
  const whole = asMap(shapes.get(INPUT));
  const at = layers.findIndex((layer) => layer.id === id);
  if (!whole || at < 0 || !asMap(shapes.get(id))) return null;
  /** @type {Map<string, Field>} */
  const seen = new Map([[id, [row, column, row, column]]]);
  for (const layer of wired(layers).slice(0, at + 1).reverse()) {
    const box = seen.get(layer.id);
    if (!box) continue;
    for (const source of layer.inputs) {
      const shape = shapes.get(source) ?? [];
      const [a, b] = [within(behind(layer, shape, shapes.get(layer.id) ?? [], box), shape), seen.get(source)];
      seen.set(source, b ? [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])] : a);
    }
  }
  return seen.get(INPUT) ?? null;
}

/** What a rectangle of a layer's output is made from in an input of that shape.
 * @param {import("./types.js").LayerSpec} layer @param {number[]} shape @param {number[]} out @param {Field} box @returns {Field} */
function behind(layer, shape, out, box) {
  if (slides(layer.type)) {
    const { size, strides, gaps, before } = slide(layer, shape);
    const [top, left, bottom, right] = box.map((at, i) => at * strides[i % 2] - before[i % 2] + (i < 2 ? 0 : (size[i % 2] - 1) * gaps[i % 2]));
    return [top, left, bottom, right];
  }
  const [from, to] = [asMap(shape), asMap(out)];
  if (!from || !to || from[0] !== to[0] || from[1] !== to[1]) return [0, 0, Infinity, Infinity];
  return readsBack(layer.type) ? [0, 0, box[2], box[3]] : box; // all steps so far, or value by value
}

/** @param {Field} box @param {number[]} shape @returns {Field} */
function within([top, left, bottom, right], shape) {
  const [rows, columns] = asMap(shape) ?? [1, 1];
  return [Math.max(0, top), Math.max(0, left), Math.min(rows - 1, bottom), Math.min(columns - 1, right)];
}
