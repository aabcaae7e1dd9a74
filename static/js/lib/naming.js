// @ts-check
// What things are called on the page: layers, neurons, inputs, shapes. Words only; all lists come from the catalogue.

import { findPart, labelOf } from "./catalogue.js";
import { pretty } from "./formula.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {import("./types.js").LayerSpec} LayerSpec */

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** 12 → ₁₂ @param {number} n */
export const subscript = (n) => String(n).replace(/\d/g, (digit) => SUBSCRIPTS[Number(digit)]);

/** A layer as its heading calls it. @param {Catalogue} catalogue @param {LayerSpec} layer */
export function layerTitle(catalogue, layer) {
  if (layer.id === "output") return t("Output");
  const number = /^hidden(\d+)$/.exec(layer.id);
  if (number) return t("Hidden {n}", { n: number[1] });
  const again = layer.id.startsWith(layer.type) ? /^\d+$/.exec(layer.id.slice(layer.type.length)) : null; // a second one of its kind
  const label = labelOf(catalogue, "layer", layer.type);
  return again ? `${label} ${again[0]}` : label;
}

/** One of its neurons. @param {Catalogue} catalogue @param {LayerSpec} layer @param {number} unit @param {string[]|null} classes */
export function neuronTitle(catalogue, layer, unit, classes) {
  if (layer.id === "output") return layer.units > 1 ? t("Output for {answer}", { answer: classes?.[unit] ?? unit + 1 }) : t("Output");
  return t("{layer}, neuron {n}", { layer: layerTitle(catalogue, layer), n: unit + 1 });
}

/** One of its feature maps. @param {Catalogue} catalogue @param {LayerSpec} layer @param {number} channel */
export const mapTitle = (catalogue, layer, channel) => t("{layer}, map {n}", { layer: layerTitle(catalogue, layer), n: channel + 1 });

/** How a formula calls the values that a layer reads: features by their sign, neurons n₁, n₂ …
 * @param {Catalogue} catalogue @param {any} data preview of the data @param {boolean} first whether it reads the input @param {number} i */
export function inputName(catalogue, data, first, i) {
  if (!first) return `n${subscript(i + 1)}`;
  const name = data?.input_names?.[i];
  if (name === undefined) return `x${subscript(i + 1)}`;
  return data.preprocess?.kind === "features" ? featurePart(catalogue, name).label : data.names?.[i] ?? name;
}

/** A feature of a point: one of the catalogue, or a formula. @param {Catalogue} catalogue @param {string} name
 * @returns {{type: string, label: string, help: string}} */
export const featurePart = (catalogue, name) => findPart(catalogue, "feature", name)
  ?? { type: name, label: pretty(name), help: t("A formula of your own, in x and y.") };

/** 28×28×1 @param {number[]} shape */
export const shapeText = (shape) => shape.join("×");

/** What training can turn. @param {number} n */
export const parameterCount = (n) => t(n === 1 ? "{n} weight or bias" : "{n} weights and biases", { n });
