// @ts-check
// The optimizers that race on the loss: who they are, a net of two weights to see them on, and the slice to draw.

import { complete, findPart } from "./catalogue.js";
import { dataFor, withLayers } from "./spec.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {import("./types.js").Spec} Spec */

/** Each by its name, what it is, and learning rates that suit small nets, and the net of two weights. */
const RACERS = [
  { name: "SGD", type: "sgd", with: {}, rate: 0.03, steep: 0.03 },
  { name: t("Momentum"), type: "sgd", with: { momentum: 0.9 }, rate: 0.03, steep: 0.03 },
  { name: "RMSprop", type: "rmsprop", with: {}, rate: 0.01, steep: 0.05 },
  { name: "Adam", type: "adam", with: {}, rate: 0.01, steep: 0.1 },
];
const START = { weight: -0.4, bias: 1.5 }; // on the wrong side of a plateau
const SAMPLES = 500;

/**
 * @param {Catalogue} catalogue @param {Spec} spec @param {(number|null)[]} rates  null or left out: the usual one
 * @returns {{name: string, optimizer: import("./types.js").PartSpec}[]}
 */
export function racers(catalogue, spec, rates) {
  const known = RACERS.map((racer, k) => ({ ...racer, rate: rates[k] ?? (spec.network.layers.length === 1 ? racer.steep : racer.rate) }));
  return known.filter(({ type }) => findPart(catalogue, "optimizer", type)).map(({ name, type, with: more, rate }) => (
    { name, optimizer: complete(catalogue, "optimizer", { type, learning_rate: rate, ...more }) }));
}

/**
 * Two clouds told apart by one feature and one neuron: a weight and a bias, so that the map is the whole loss. Each
 * update sees all examples: the ways are then those of the map, without the noise of batches.
 * @param {Catalogue} catalogue @param {Spec} spec
 * @returns {Spec}
 */
export function twoWeights(catalogue, spec) {
  const data = { ...dataFor(catalogue, "gauss", spec), samples: SAMPLES, train_fraction: 0.5, features: ["x"], noise: 25 };
  const begin = (/** @type {number} */ value) => ({ type: "constant", value });
  const output = complete(catalogue, "layer", { type: "dense", units: 1, activation: "tanh", kernel_initializer: begin(START.weight), bias_initializer: begin(START.bias) });
  const small = withLayers(spec, [/** @type {any} */ ({ ...output, id: "output" })]);
  const training = { ...spec.training, loss: complete(catalogue, "loss", "mse"), regularizer: complete(catalogue, "regularizer", "none"),
    schedule: complete(catalogue, "schedule", "constant"), batch_size: SAMPLES / 2, epochs: null };
  return { ...small, data, training };
}

/** The names of a network's two weights, if it has no more: `layer.array.index`. @param {import("./types.js").ManifestEntry[]} manifest @returns {[string, string]|null} */
export function onlyTwo(manifest) {
  const names = manifest.filter((entry) => entry.trainable !== false).flatMap((entry) => {
    const indices = entry.shape.reduce((found, size) => found.flatMap((index) => Array.from({ length: size }, (_, i) => `${index}.${i}`)), [""]);
    return entry.size > 2 ? ["", "", ""] : indices.map((index) => `${entry.layer}.${entry.name}${index}`);
  });
  return names.length === 2 ? [names[0], names[1]] : null;
}

/**
 * The member whose weights have gone furthest from the start; the one before stays where another is little further.
 * @param {{weights: Float32Array, first: Float32Array}[]} members @param {number} before
 */
export function furthest(members, before) {
  const far = members.map(({ weights, first }) => (first.length ? Math.hypot(...weights.map((w, i) => w - first[i])) : 0));
  const best = far.reduce((top, value, k) => (Number.isFinite(value) && value > far[top] ? k : top), 0);
  return far[best] > 1.5 * (far[before] ?? 0) ? best : before;
}
