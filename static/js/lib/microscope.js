// @ts-check
// One example followed through a network: which steps there are, and what each neuron's step is made of. Reads the
// server's explanation (`told`); the numbers are the engine's, only products of two of them are made here.

/**
 * @typedef {object} Weight
 * @property {any} value
 * @property {any} gradient
 * @property {any} finite_difference
 * @property {any} after
 * @property {Record<string, {before: any, after: any}>} memory
 *
 * @typedef {object} ToldLayer
 * @property {string} id
 * @property {string} type
 * @property {string|null} activation
 * @property {string[]} inputs
 * @property {boolean} joint
 * @property {any} pre
 * @property {any} output
 * @property {any} gradient_pre
 * @property {any} gradient_output
 * @property {Record<string, Weight>} weights
 *
 * @typedef {object} Told
 * @property {any} input
 * @property {any} target
 * @property {any} encoded_target
 * @property {number} loss
 * @property {number} penalty
 * @property {number} learning_rate
 * @property {number} update
 * @property {{type: string, step: number} & Record<string, any>} optimizer
 * @property {ToldLayer[]} layers
 */

/** @typedef {"forward"|"loss"|"backward"|"update"} Phase */
/** unit: null for a whole layer. @typedef {{phase: Phase, layer: string|null, unit: number|null}} Step */

export const PHASES = /** @type {Phase[]} */ (["forward", "loss", "backward", "update"]);

/** Whether a layer's neurons are explained one by one. @param {ToldLayer} layer */
export const isDense = (layer) => layer.type === "dense" && Array.isArray(layer.output) && typeof layer.output[0] === "number"
  && Array.isArray(layer.weights.kernel?.value);

/** @param {ToldLayer} layer @param {Phase} phase @returns {Step[]} */
const stepsOf = (layer, phase) => (isDense(layer) ? layer.output.map((/** @type {number} */ _, /** @type {number} */ unit) => ({ phase, layer: layer.id, unit }))
  : [{ phase, layer: layer.id, unit: null }]);

/** Every step in order: forward, the loss, backward from the output on, then the update. @param {Told} told @returns {Step[]} */
export function stepsFor(told) {
  const { layers } = told;
  return [
    ...layers.flatMap((layer) => stepsOf(layer, "forward")),
    { phase: "loss", layer: null, unit: null },
    ...[...layers].reverse().filter((layer) => layer.gradient_pre !== null).flatMap((layer) => stepsOf(layer, "backward")),
    ...layers.filter((layer) => Object.keys(layer.weights).length).flatMap((layer) => stepsOf(layer, "update")),
  ];
}

/** The step nearest in meaning: the same neuron in this phase, else the phase's first. @param {Step[]} steps @param {Step} wanted */
export function findStep(steps, wanted) {
  const same = steps.findIndex((s) => s.phase === wanted.phase && s.layer === wanted.layer && s.unit === wanted.unit);
  return same >= 0 ? same : Math.max(0, steps.findIndex((s) => s.phase === wanted.phase));
}

/** @param {Told} told @param {string|null} id */
export const layerOf = (told, id) => told.layers.find((layer) => layer.id === id);

/** What a layer reads: numbers one after another. @param {Told} told @param {ToldLayer} layer @returns {number[]} */
export function inputsOf(told, layer) {
  const values = layer.inputs.map((id) => (id === "input" ? told.input : layerOf(told, id)?.output));
  return values.flat(Infinity);
}

/** The terms of a neuron's sum: x, w and their product; its bias or null. @param {Told} told @param {ToldLayer} layer @param {number} unit */
export function forwardTerms(told, layer, unit) {
  const inputs = inputsOf(told, layer);
  const terms = inputs.map((x, i) => {
    const w = layer.weights.kernel.value[i][unit];
    return { index: i, x, w, product: x * w };
  });
  return { terms, bias: layer.weights.bias ? layer.weights.bias.value[unit] : null };
}

/**
 * Where a neuron's ∂L/∂a comes from: over every edge to a later neuron, its weight times that neuron's ∂L/∂z.
 * Null where the layers that read it are not all dense, or it is the output.
 * @param {Told} told @param {ToldLayer} layer @param {number} unit
 */
export function backwardTerms(told, layer, unit) {
  const readers = told.layers.filter((other) => other.inputs.includes(layer.id));
  if (!readers.length || !readers.every((reader) => isDense(reader) && reader.inputs.length === 1)) return null;
  return readers.flatMap((reader) => reader.gradient_pre.map((/** @type {number} */ g, /** @type {number} */ k) => {
    const w = reader.weights.kernel.value[unit][k];
    return { layer: reader.id, unit: k, w, g, product: w * g };
  }));
}

/** @typedef {{name: string, index: number, value: number, gradient: number, check: number|null, after: number, memory: Record<string, {before: number, after: number}>}} Row */

/**
 * A neuron's weights, the bias last: gradient, its finite difference (null: not checked), and what the update makes.
 * @param {ToldLayer} layer @param {number} unit @returns {Row[]}
 */
export function weightRows(layer, unit) {
  const pick = (/** @type {Weight} */ weight, /** @type {(a: any) => any} */ at) => ({
    value: at(weight.value), gradient: at(weight.gradient), check: at(weight.finite_difference), after: at(weight.after),
    memory: Object.fromEntries(Object.entries(weight.memory).map(([slot, { before, after }]) => [slot, { before: at(before), after: at(after) }])),
  });
  const { kernel, bias } = layer.weights;
  const rows = kernel.value.map((/** @type {any} */ _, /** @type {number} */ i) => ({ name: "kernel", index: i, ...pick(kernel, (a) => a[i][unit]) }));
  return bias ? [...rows, { name: "bias", index: unit, ...pick(bias, (a) => a[unit]) }] : rows;
}

/** Only the largest where there are too many to read, in their old order; and how many were left out.
 * @template T @param {T[]} rows @param {(row: T) => number} size @param {number} most */
export function largest(rows, size, most) {
  if (rows.length <= most) return { rows, left: [] };
  const kept = new Set([...rows].sort((a, b) => Math.abs(size(b)) - Math.abs(size(a))).slice(0, most));
  return { rows: rows.filter((row) => kept.has(row)), left: rows.filter((row) => !kept.has(row)) };
}

/** An array of one example as pictures: channels of an image, or one row. @param {any} array @returns {{width: number, height: number, maps: number[][]}} */
export function asMaps(array) {
  if (!Array.isArray(array)) return { width: 1, height: 1, maps: [[array]] };
  if (!Array.isArray(array[0])) return { width: array.length, height: 1, maps: [array] };
  if (!Array.isArray(array[0][0])) return { width: array[0].length, height: array.length, maps: [array.flat()] };
  const channels = array[0][0].flat(Infinity).length;
  const maps = Array.from({ length: channels }, (_, c) => array.flatMap((row) => row.map((/** @type {any[]} */ cell) => cell.flat(Infinity)[c])));
  return { width: array[0].length, height: array.length, maps };
}
