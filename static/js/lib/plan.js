// @ts-check
// From a network to the columns of the picture: which layers are drawn as neurons, how many of them, and from where
// their edges come.

import { canonical } from "./spec.js";
import { INPUT, wired } from "./wiring.js";

/** @typedef {import("./types.js").LayerSpec} LayerSpec */
/** @typedef {import("./types.js").Check} Check */

export const MOST = 12; // as many neurons as one can look at; wider layers show fewer and say how many more there are
export const FEW = 10;

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {LayerSpec} layer
 * @property {"neurons"|"maps"|"block"} kind
 * @property {number} units   how many there are
 * @property {number} shown   how many are drawn
 * @property {string} reads   the column that its edges come from: "input" or an id
 * @property {boolean} direct   edges carry values unchanged, one to one
 * @property {number} inputs   how many values it reads, 0 where unknown
 * @property {boolean} [strips]   maps of one row: of a sequence
 * @property {{id: string, reads: string, offset: number}[]} links  each layer it reads, the column behind that, and which of its values is its first here
 * @property {number[]|null} inputShape  what the nearest layer with a picture-like shape gives, for pictures of weights
 */

/** How many of so many are drawn. @param {number} units */
export const shownOf = (units) => (units > MOST ? FEW : units);

/**
 * @param {LayerSpec[]} layers
 * @param {Check|null} check  shapes, where they are known
 * @param {number} inputs  size of the network's input, 0 where it is no vector
 * @returns {Column[]}
 */
export function planColumns(layers, check, inputs) {
  const shapes = new Map((check?.layers ?? []).map((layer) => [layer.id, layer]));
  /** What a reader of a layer finds there: the column with neurons behind it, how many values, and the shape in front of
   * the last Flatten. @type {Map<string, {reads: string, width: number, image: number[]|null}>} */
  const found = new Map([[INPUT, { reads: INPUT, width: inputs, image: null }]]);
  return wired(layers).map((layer, i) => {
    const told = shapes.get(layer.id);
    const known = told && told.type === layer.type ? told : null;
    const sources = layer.inputs.map((id) => found.get(id) ?? { reads: INPUT, width: 0, image: null });
    const { reads, width } = sources[0];
    let offset = 0;
    const links = sources.map((source, k) => {
      const link = { id: layer.inputs[k], reads: source.reads, offset };
      if (layer.type === "concatenate") offset += source.width;
      return link;
    });
    const joins = layer.inputs.length > 1;
    const dense = layer.type === "dense";
    const vector = !known || known.output_shape.length === 1;
    const row = vector && sources.every((source) => source.width > 0);
    const pointwise = row && (joins || (layer.type === "activation" && reads !== INPUT));
    const image = known && known.input_shape.length > 1 && known.output_shape.length === 1 ? known.input_shape : sources[0].image;
    /** @type {Column} */
    const column = { id: layer.id, layer: layers[i], kind: dense || pointwise ? "neurons" : "block", units: 0, shown: 0, reads,
      direct: pointwise, inputs: width, inputShape: dense ? image : null, links };
    if (dense) column.units = layer.units;
    else if (joins) column.units = known ? (vector ? known.output_shape[0] : 0) : width;
    else if (pointwise) column.units = width;
    else column.units = known && vector ? known.output_shape[0] : 0;
    if (dense && reads === INPUT) column.inputs = inputs;
    if (column.kind === "neurons") {
      column.shown = shownOf(column.units);
      found.set(layer.id, { reads: layer.id, width: column.units, image: null });
    } else {
      found.set(layer.id, { reads, width: known ? known.output_shape.reduce((a, b) => a * b, 1) : width, image });
    }
    return column;
  });
}

/**
 * How the weights of one neuron are laid out as a picture: [rows, columns]. An image's weights are an image; few are
 * one row of bars; many are near a square.
 * @param {number} count @param {number[]|null} shape
 * @returns {[number, number]}
 */
export function weightGrid(count, shape) {
  if (shape && shape.length >= 2) {
    const [height, width, channels = 1] = shape;
    if (height * width * channels === count && channels <= 4) return [height, width * channels];
  }
  if (count <= 16) return [1, Math.max(1, count)];
  const columns = Math.ceil(Math.sqrt(count));
  return [Math.ceil(count / columns), columns];
}

/** Ids of the layers up to the first that differs: what of a network on show still is what the controls say.
 * @param {LayerSpec[]} shown @param {LayerSpec[]} edited @returns {Set<string>} */
export function sharedPrefix(shown, edited) {
  /** @type {Set<string>} */
  const same = new Set();
  for (let i = 0; i < Math.min(shown.length, edited.length); i++) {
    if (canonical(shown[i]) !== canonical(edited[i])) break;
    same.add(shown[i].id);
  }
  return same;
}
