// @ts-check
// What a neuron makes of its weighted sum: the catalogue's activations in the browser, over whole arrays in place.
// Values are stored unit after unit: z[u * points + p]. The engine's file of each family says where a formula is from.

/** @typedef {(z: Float32Array, units: number, points: number, parameters: Record<string, any>) => void} Activation */

/** Lift a function of one number to arrays. @param {(z: number, parameters: Record<string, any>) => number} f */
function each(f) {
  return (/** @type {Float32Array} */ z, /** @type {number} */ units, /** @type {number} */ points,
    /** @type {Record<string, any>} */ parameters) => {
    const n = units * points;
    for (let i = 0; i < n; i++) z[i] = f(z[i], parameters);
  };
}

// by the exponential, which browsers compute in half the time of their own tanh
const tanh = (/** @type {number} */ z) => 1 - 2 / (Math.exp(2 * z) + 1);
export const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));

/** @type {Activation} */
function softmax(z, units, points) {
  for (let p = 0; p < points; p++) {
    let top = -Infinity;
    for (let u = 0; u < units; u++) top = Math.max(top, z[u * points + p]);
    let total = 0;
    for (let u = 0; u < units; u++) total += z[u * points + p] = Math.exp(z[u * points + p] - top);
    for (let u = 0; u < units; u++) z[u * points + p] /= total;
  }
}

/** @type {Record<string, Activation>} */
export const ACTIVATIONS = {
  linear: () => {},
  step: each((z) => (z > 0 ? 1 : 0)),
  relu: each((z) => (z > 0 ? z : 0)),
  leaky_relu: each((z, { negative_slope = 0.01 }) => (z > 0 ? z : negative_slope * z)),
  elu: each((z, { alpha = 1 }) => (z > 0 ? z : alpha * Math.expm1(z))),
  tanh: each(tanh),
  sigmoid: each(sigmoid),
  softplus: each((z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))),
  silu: each((z) => z * sigmoid(z)),
  gelu: each((z) => 0.5 * z * (1 + tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z)))),
  softmax,
};

/**
 * Where the values of an activation lie, for the colour scale: [lo, hi], infinite where unbounded.
 * Found by asking the function itself, so an activation needs no second entry.
 * @param {string} type @param {Record<string, any>} [parameters]
 * @returns {[number, number]}
 */
export function rangeOf(type, parameters = {}) {
  const f = ACTIVATIONS[type];
  if (!f || type === "linear") return [-Infinity, Infinity];
  if (type === "softmax") return [0, 1];
  const z = Float32Array.of(-1e4, 1e4);
  f(z, 1, 2, parameters);
  return [Math.abs(z[0]) > 100 ? -Infinity : Math.round(z[0] * 1e4) / 1e4,
    Math.abs(z[1]) > 100 ? Infinity : Math.round(z[1] * 1e4) / 1e4];
}
