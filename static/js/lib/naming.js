// @ts-check
// What things are called on the page: layers, neurons, inputs, shapes. Words only; all lists come from the catalogue.

import { findPart, labelOf } from "./catalogue.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {import("./types.js").LayerSpec} LayerSpec */

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** 12 → ₁₂ @param {number} n */
export const subscript = (n) => String(n).replace(/\d/g, (digit) => SUBSCRIPTS[Number(digit)]);

/** A layer as its heading calls it. @param {Catalogue} catalogue @param {LayerSpec} layer */
export function layerTitle(catalogue, layer) {
  if (layer.id === "output") return "Output";
  const number = /^hidden(\d+)$/.exec(layer.id);
  return number ? `Hidden ${number[1]}` : labelOf(catalogue, "layer", layer.type);
}

/** One of its neurons. @param {Catalogue} catalogue @param {LayerSpec} layer @param {number} unit @param {string[]|null} classes */
export function neuronTitle(catalogue, layer, unit, classes) {
  if (layer.id === "output") return layer.units > 1 ? `Output for ${classes?.[unit] ?? unit + 1}` : "Output";
  return `${layerTitle(catalogue, layer)}, neuron ${unit + 1}`;
}

/** How a formula calls the values that a layer reads: features by their sign, neurons n₁, n₂ …
 * @param {Catalogue} catalogue @param {any} data preview of the data @param {boolean} first whether it reads the input @param {number} i */
export function inputName(catalogue, data, first, i) {
  if (!first) return `n${subscript(i + 1)}`;
  const name = data?.input_names?.[i];
  return name === undefined ? `x${subscript(i + 1)}` : findPart(catalogue, "feature", name)?.label ?? name;
}

/** 28×28×1 @param {number[]} shape */
export const shapeText = (shape) => shape.join("×");

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
