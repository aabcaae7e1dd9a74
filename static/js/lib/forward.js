// @ts-check
// The forward pass in the browser: streamed weights and a grid of points in, every neuron's values out.
// A network is compiled once into steps with their buffers; running dense ones allocates next to nothing.

import { ACTIVATIONS } from "./activations.js";
import { KINDS, sizeOf } from "./forward-layers.js";

/** @typedef {import("./types.js").LayerSpec} LayerSpec */
/** @typedef {import("./types.js").ManifestEntry} ManifestEntry */

/**
 * @typedef {object} Step
 * @property {string} id
 * @property {string[]} sources   ids of the layers it reads, or "input"
 * @property {number} units   how many values it gives
 * @property {number} channels   how many of them belong to one place: what softmax shares out
 * @property {number} work   multiplications for one point
 * @property {boolean} sums   whether it makes weighted sums, which its activation bends
 * @property {import("./forward-layers.js").Compute} compute
 * @property {string} activation  "" where values pass unchanged
 * @property {Record<string, any>} parameters
 */

/** @param {any} part @returns {{type: string} & Record<string, any>} */
const asPart = (part) => (typeof part === "string" ? { type: part } : part ?? { type: "linear" });

/**
 * The steps of a network whose input is a vector. A string instead says why the browser can not compute it.
 * @param {LayerSpec[]} layers
 * @param {ManifestEntry[]} manifest
 * @param {number} inputs  size of the network's input
 * @returns {Step[]|string}
 */
export function compile(layers, manifest, inputs) {
  /** @type {Map<string, number[]>} */
  const shapes = new Map([["input", [inputs]]]);
  /** @type {Step[]} */
  const steps = [];
  let before = "input";
  for (const layer of layers) {
    const sources = layer.inputs ?? [before];
    const read = sources.flatMap((id) => (shapes.has(id) ? [/** @type {number[]} */ (shapes.get(id))] : []));
    const kind = KINDS[layer.type];
    if (!kind || read.length < sources.length) return `${layer.type} is not computed in the browser`;
    const made = kind(layer, read, (name) => manifest.find((entry) => entry.layer === layer.id && entry.name === name));
    if (typeof made === "string") return made;
    const { type, ...parameters } = asPart(layer.activation);
    const activation = layer.type === "activation" || layer.activation !== undefined ? type : "";
    if (activation && !ACTIVATIONS[activation]) return `${activation} is not computed in the browser`;
    const { shape, compute, work = 0 } = made;
    steps.push({ id: layer.id, sources, units: sizeOf(shape), channels: shape[shape.length - 1], work, compute, activation, parameters, sums: "activation" in layer && layer.type !== "activation" });
    shapes.set(layer.id, shape);
    before = layer.id;
  }
  return steps;
}

/** Multiplications for one point: what a picture costs. @param {Step[]} steps */
export function cost(steps) {
  return steps.reduce((sum, step) => sum + step.work + 4 * step.units, 0);
}

/**
 * A forward pass over a fixed number of points, with its own buffers.
 * @param {Step[]} steps
 * @param {number} points
 */
export function createPass(steps, points) {
  /** @type {Map<string, Float32Array>} */
  const values = new Map();
  /** @type {Map<string, Float32Array>} */
  const sums = new Map();
  for (const step of steps) {
    values.set(step.id, new Float32Array(step.units * points));
    if (step.sums) sums.set(step.id, new Float32Array(step.units * points));
  }
  return {
    points,
    /** Values by layer, unit after unit: values.get(id)[unit * points + point]. */
    values,
    /** Weighted sums, before their activation. */
    sums,
    /**
     * @param {Float32Array} weights  packed, in the order of the manifest
     * @param {Float32Array} inputs   input after input: inputs[i * points + p]
     */
    run(weights, inputs) {
      for (const step of steps) {
        const xs = step.sources.map((id) => (id === "input" ? inputs : /** @type {Float32Array} */ (values.get(id))));
        const y = /** @type {Float32Array} */ (values.get(step.id));
        const z = sums.get(step.id) ?? y;
        step.compute(weights, xs, z, points);
        if (z !== y) y.set(z);
        if (step.activation) activate(step, y, points);
      }
    },
  };
}

/** @typedef {ReturnType<typeof createPass>} Pass */

/** Place by place, for a softmax shares out 1 at each of them. @param {Step} step @param {Float32Array} y @param {number} points */
function activate({ activation, parameters, units, channels }, y, points) {
  const bend = ACTIVATIONS[activation];
  if (units === channels) return bend(y, units, points, parameters);
  for (let from = 0; from < y.length; from += channels * points) bend(y.subarray(from, from + channels * points), channels, points, parameters);
}
