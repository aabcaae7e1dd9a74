// @ts-check
// The forward pass in the browser: streamed weights and a grid of points in, every neuron's values out.
// A network is compiled once into steps with their buffers; running them allocates nothing.

import { ACTIVATIONS } from "./activations.js";

/** @typedef {import("./types.js").LayerSpec} LayerSpec */
/** @typedef {import("./types.js").ManifestEntry} ManifestEntry */

/**
 * @typedef {object} Step
 * @property {string} id
 * @property {string} source   id of the layer it reads, or "input"
 * @property {number} inputs   units of that layer
 * @property {number} units
 * @property {{kernel: number, bias: number}|null} dense  offsets into the packed weights; bias −1 where it has none
 * @property {string} activation  "" where values pass unchanged
 * @property {Record<string, any>} parameters
 */

/** @param {any} part @returns {{type: string} & Record<string, any>} */
const asPart = (part) => (typeof part === "string" ? { type: part } : part ?? { type: "linear" });

/** What each kind of layer does to its inputs. @type {Record<string, (layer: LayerSpec, inputs: number) => Partial<Step>>} */
const KINDS = {
  dense: (layer) => {
    const { type, ...parameters } = asPart(layer.activation);
    return { units: layer.units, activation: type, parameters };
  },
  activation: (layer) => {
    const { type, ...parameters } = asPart(layer.activation ?? layer.function);
    return { activation: type, parameters };
  },
  dropout: () => ({}), // in use, dropout passes everything on
  flatten: () => ({}),
};

/**
 * The steps of a network whose input is a vector. A string instead says why the browser can not compute it.
 * @param {LayerSpec[]} layers
 * @param {ManifestEntry[]} manifest
 * @param {number} inputs  size of the network's input
 * @returns {Step[]|string}
 */
export function compile(layers, manifest, inputs) {
  /** @type {Map<string, number>} */
  const sizes = new Map([["input", inputs]]);
  /** @type {Step[]} */
  const steps = [];
  let before = "input";
  for (const layer of layers) {
    const [source, ...others] = layer.inputs ?? [before];
    const size = sizes.get(source);
    const kind = KINDS[layer.type];
    if (!kind || others.length || size === undefined) return `${layer.type} is not computed in the browser`;
    const step = /** @type {Step} */ ({ id: layer.id, source, inputs: size, units: size, dense: null, activation: "",
      parameters: {}, ...kind(layer, size) });
    if (layer.type === "dense") {
      const kernel = manifest.find((entry) => entry.layer === layer.id && entry.name === "kernel");
      const bias = manifest.find((entry) => entry.layer === layer.id && entry.name === "bias");
      if (!kernel || kernel.shape[0] !== size || kernel.shape[1] !== step.units) return "the weights are of another network";
      step.dense = { kernel: kernel.offset, bias: bias ? bias.offset : -1 };
    }
    if (step.activation && !ACTIVATIONS[step.activation]) return `${step.activation} is not computed in the browser`;
    sizes.set(layer.id, step.units);
    steps.push(step);
    before = layer.id;
  }
  return steps;
}

/** Multiplications for one point: what a picture costs. @param {Step[]} steps */
export function cost(steps) {
  return steps.reduce((sum, step) => sum + (step.dense ? step.inputs * step.units : 0) + 4 * step.units, 0);
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
    if (step.dense) sums.set(step.id, new Float32Array(step.units * points));
  }
  return {
    points,
    /** Values by layer, unit after unit: values.get(id)[unit * points + point]. */
    values,
    /** Weighted sums of dense layers, before their activation. */
    sums,
    /**
     * @param {Float32Array} weights  packed, in the order of the manifest
     * @param {Float32Array} inputs   input after input: inputs[i * points + p]
     */
    run(weights, inputs) {
      for (const step of steps) {
        const x = step.source === "input" ? inputs : /** @type {Float32Array} */ (values.get(step.source));
        const y = /** @type {Float32Array} */ (values.get(step.id));
        if (step.dense) {
          const z = /** @type {Float32Array} */ (sums.get(step.id));
          weightedSums(step, weights, x, z, points);
          y.set(z);
        } else {
          y.set(x);
        }
        if (step.activation) ACTIVATIONS[step.activation](y, step.units, points, step.parameters);
      }
    },
  };
}

/** @typedef {ReturnType<typeof createPass>} Pass */

/**
 * z = x · kernel + bias, point after point in the inner loop, where memory is contiguous.
 * @param {Step} step @param {Float32Array} weights @param {Float32Array} x @param {Float32Array} z @param {number} points
 */
function weightedSums(step, weights, x, z, points) {
  const { kernel, bias } = /** @type {{kernel: number, bias: number}} */ (step.dense);
  for (let u = 0; u < step.units; u++) {
    const to = u * points;
    z.fill(bias < 0 ? 0 : weights[bias + u], to, to + points);
    for (let i = 0; i < step.inputs; i++) {
      const w = weights[kernel + i * step.units + u];
      if (w === 0) continue;
      const from = i * points;
      for (let p = 0; p < points; p++) z[to + p] += w * x[from + p];
    }
  }
}
