// @ts-check
// A neuron in words and numbers: its name, its sum with the weights put in, and what comes out at one point.

import { labelOf } from "../lib/catalogue.js";
import { inputName, neuronTitle } from "../lib/naming.js";
import { show } from "../lib/number.js";
import { INPUT, wired } from "../lib/wiring.js";
import { t } from "../lib/words.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../lib/types.js").LayerSpec} LayerSpec */

/** The dense weights of one neuron. @param {App} app @param {LayerSpec} layer @param {number} unit */
export function weightsOf({ run, catalogue }, layer, unit) {
  const { manifest, data, spec } = run.store.get();
  const kernel = manifest.find((entry) => entry.layer === layer.id && entry.name === "kernel");
  if (!kernel || kernel.shape.length !== 2 || !spec) return null;
  const [inputs, units] = kernel.shape;
  const first = readsInput(spec.network.layers, layer.id);
  const values = Array.from({ length: inputs }, (_, i) => run.weights[kernel.offset + i * units + unit]);
  const bias = manifest.some((entry) => entry.layer === layer.id && entry.name === "bias") ? run.weight(layer.id, "bias", unit) : null;
  return { values, bias, names: values.map((_, i) => inputName(catalogue, data, first, i)) };
}

/** Whether a layer reads what is fed in, with nothing between that mixes it. @param {LayerSpec[]} layers @param {string} id @returns {boolean} */
function readsInput(layers, id) {
  const chain = wired(layers);
  const [source] = chain.find((layer) => layer.id === id)?.inputs ?? [INPUT];
  const before = chain.find((layer) => layer.id === source);
  return !before || (before.type !== "dense" && before.inputs.length === 1 && readsInput(layers, before.id));
}

/**
 * @param {App} app @param {LayerSpec} layer @param {number} unit @param {boolean} whole all outputs together
 * @returns {{name: string, text: string}}
 */
export function formulaOf(app, layer, unit, whole) {
  const { data } = app.run.store.get();
  const name = whole ? t("Output") : neuronTitle(app.catalogue, layer, unit, data?.classes ?? null);
  const weights = weightsOf(app, layer, unit);
  if (!weights || !weights.values.every(Number.isFinite)) return { name, text: "" };
  const most = weights.values.length > 4 ? 3 : 4;
  const terms = weights.values.slice(0, most).map((w, i) => `${show(w)}·${weights.names[i]}`);
  if (weights.values.length > most) terms.push(t("{n} more", { n: weights.values.length - most }));
  if (weights.bias !== null) terms.push(show(weights.bias));
  const wrap = functionName(app, layer);
  return { name, text: wrap ? `${wrap}(${joined(terms)})` : joined(terms) };
}

/** Terms with their signs between them: a + b − c. @param {string[]} terms */
const joined = (terms) => terms.join(" + ").replaceAll("+ −", "− ");

/** @param {App} app @param {LayerSpec} layer */
export const functionName = (app, layer) => (layer.activation
  ? (layer.activation.type === "linear" ? "" : labelOf(app.catalogue, "activation", layer.activation.type).toLowerCase()) : "");

/**
 * What it gives at one point: sum, then value; for several outputs the strongest.
 * @param {App} app @param {LayerSpec} layer @param {number} unit @param {boolean} whole
 * @param {{values: Map<string, Float32Array>, sums: Map<string, Float32Array>}} found
 */
export function numbersOf({ run }, layer, unit, whole, { values, sums }) {
  const { data } = run.store.get();
  const value = values.get(layer.id);
  if (!value) return "";
  if (whole && layer.units > 1) {
    return [...value].map((v, i) => ({ v, name: data?.classes?.[i] ?? String(i + 1) })).sort((a, b) => b.v - a.v).slice(0, 3)
      .map(({ v, name }) => `${name} ${show(v)}`).join(" · ");
  }
  const sum = sums.get(layer.id)?.[unit];
  return sum === undefined ? show(value[unit]) : t("sum {sum} → {value}", { sum: show(sum), value: show(value[unit], 3) });
}
