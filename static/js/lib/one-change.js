// @ts-check
// The one setting in which a twin differs: which there are, what to propose, and the change as the server takes it.

import { complete, findPart, labelOf } from "./catalogue.js";
import { plain } from "./number.js";
import { read, trainingParams, write } from "./spec.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {import("./types.js").Spec} Spec */

/**
 * A setting that can differ while the first weights, the data and the order of batches stay.
 * @typedef {object} Setting
 * @property {string} id        its path in the experiment; "activation" stands for those of all hidden layers
 * @property {string} label
 * @property {"part"|"number"} widget
 * @property {string} kind      of the catalogue, for parts
 * @property {import("./types.js").Param|null} param  its declaration, for numbers
 * @property {any} value        as it is: a part's type, or a number
 * @property {any} proposal     another value, worth a look
 * @property {{value: string, label: string}[]} options  for parts: every other one
 */

/** Where more than one sentence of reason would be needed, these are good to try. @type {Record<string, string[]>} */
const GOOD = { optimizer: ["adam", "sgd"], activation: ["relu", "tanh"], regularizer: ["l2", "none"], schedule: ["cosine", "constant"],
  loss: ["mse", "mae", "huber"] };

/** Layers before the last whose activation can be chosen. @param {Catalogue} catalogue @param {Spec} spec */
const bending = (catalogue, spec) => spec.network.layers.slice(0, -1).filter((layer) => findPart(catalogue, "layer", layer.type)
  ?.params.some((param) => param.name === "activation"));

/**
 * Everything that a twin may do differently.
 * @param {Catalogue} catalogue @param {Spec} spec
 * @returns {Setting[]}
 */
export function settingsToChange(catalogue, spec) {
  /** @type {Setting[]} */
  const found = [];
  const part = (/** @type {string} */ id, /** @type {string} */ label, /** @type {string} */ kind, /** @type {string} */ value) => {
    const options = (catalogue[kind] ?? []).filter(({ type }) => type !== value).map(({ type, label: text }) => ({ value: type, label: text }));
    const proposal = [...(GOOD[kind] ?? []), ...options.map((option) => option.value)].find((type) => options.some((option) => option.value === type));
    if (proposal) found.push({ id, label, widget: "part", kind, param: null, value, proposal, options });
  };
  const number = (/** @type {string} */ id, /** @type {import("./types.js").Param|undefined} */ param) => {
    const value = read(spec, id);
    if (param && typeof value === "number") found.push({ id, label: param.label, widget: "number", kind: "", param, value, proposal: another(param, value), options: [] });
  };
  /** Numbers within a part of training. @param {string} kind */
  const numbers = (kind) => {
    for (const param of findPart(catalogue, kind, spec.training[kind]?.type)?.params ?? []) {
      if (param.widget === "real" || param.widget === "integer") number(`training.${kind}.${param.name}`, param);
    }
  };
  const declared = (/** @type {string} */ name) => trainingParams(catalogue).find((param) => param.name === name);
  numbers("optimizer");
  const rate = found.splice(0, 1); // the learning rate comes first, what else an optimizer has later
  const others = found.splice(0);
  found.push(...rate);
  part("training.optimizer", declared("optimizer")?.label ?? "optimizer", "optimizer", spec.training.optimizer.type);
  const layers = bending(catalogue, spec);
  const activation = layers[0]?.activation;
  if (activation) part("activation", findPart(catalogue, "layer", layers[0].type)?.params.find((p) => p.name === "activation")?.label ?? "activation", "activation", activation.type ?? activation);
  number("training.batch_size", declared("batch_size"));
  part("training.regularizer", declared("regularizer")?.label ?? "regularizer", "regularizer", spec.training.regularizer.type);
  numbers("regularizer");
  part("training.schedule", declared("schedule")?.label ?? "schedule", "schedule", spec.training.schedule.type);
  part("training.loss", declared("loss")?.label ?? "loss", "loss", spec.training.loss.type);
  return [...found, ...others];
}

/** A number that is clearly another: ten times, or what is usual. @param {import("./types.js").Param} param @param {number} value */
function another(param, value) {
  const allowed = (/** @type {number} */ v) => v !== value && v >= (param.lo ?? -Infinity) && v <= (param.hi ?? Infinity);
  const usual = param.name === "momentum" ? [0.9, 0] : value === 0 ? [param.default, ...(param.presets ?? []), 1] : [value * 10, value / 10, param.default];
  const found = usual.find((v) => typeof v === "number" && allowed(v)) ?? param.default;
  const tidy = Number(found.toPrecision(6));
  return param.widget === "integer" ? Math.round(tidy) : tidy;
}

/**
 * The experiment with a setting changed, and the same as `POST /groups` takes it.
 * @param {Catalogue} catalogue @param {Spec} spec @param {string} id @param {any} value
 * @returns {{spec: Spec, change: Record<string, any>}}
 */
export function withChange(catalogue, spec, id, value) {
  if (id === "activation") {
    const activation = complete(catalogue, "activation", value);
    const layers = Object.fromEntries(bending(catalogue, spec).map((layer) => [layer.id, { activation }]));
    const changed = bending(catalogue, spec).reduce((inner, layer) => write(inner, `network.layers.${layer.id}.activation`, activation), spec);
    return { spec: changed, change: { network: { layers } } };
  }
  const [, name, inner] = id.split(".");
  const part = inner === undefined && typeof value === "string" ? complete(catalogue, name, value) : value;
  return { spec: write(spec, id, part), change: { training: { [name]: inner === undefined ? part : { [inner]: value } } } };
}

/** A value as people read it. @param {Catalogue} catalogue @param {Setting} setting @param {any} value */
export function showValue(catalogue, setting, value) {
  return setting.widget === "part" ? labelOf(catalogue, setting.kind, value) : plain(Number(value));
}
