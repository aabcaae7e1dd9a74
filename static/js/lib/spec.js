// @ts-check
// Changes to an experiment, as functions from one spec to the next. Nothing here is changed in place.

import { complete, findPart } from "./catalogue.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").LayerSpec} LayerSpec */
/** @typedef {import("./types.js").Catalogue} Catalogue */

/** The declared settings of training. @param {Catalogue} catalogue */
export const trainingParams = (catalogue) => findPart(catalogue, "settings", "training")?.params ?? [];

/**
 * Facts of a dataset (task, view, classes …), from the catalogue; those of uploaded data by their id.
 * @param {Catalogue} catalogue @param {string|{type: string, id?: string}} data @returns {Record<string, any>}
 */
export function factsOf(catalogue, data) {
  const part = findPart(catalogue, "dataset", typeof data === "string" ? data : data.type);
  const own = typeof data === "string" ? undefined : part?.sets?.[data.id ?? ""];
  return own ?? part?.facts ?? {};
}

/** How many classes the data has; 0 for numbers to predict. @param {Catalogue} catalogue @param {Spec["data"]} data */
export function classCount(catalogue, data) {
  const classes = factsOf(catalogue, data).class_names;
  if (!classes) return 0;
  return typeof data.classes === "number" ? data.classes : classes.length;
}

/** How many outputs the data asks for: one for a number or for two classes. @param {number} classes */
export const outputsFor = (classes) => (classes > 2 ? classes : 1);

/**
 * Ids by place, so that the same list of layers always has the same ids: hidden1, hidden2 …, output; others by type.
 * @param {LayerSpec[]} layers
 * @returns {LayerSpec[]}
 */
export function renumber(layers) {
  /** @type {Record<string, number>} */
  const counts = {};
  /** @type {Record<string, string>} */
  const renamed = { input: "input" };
  const ids = layers.map((layer, i) => {
    const hidden = layer.type === "dense";
    const base = hidden ? "hidden" : layer.type;
    counts[base] = (counts[base] ?? 0) + 1;
    const id = i === layers.length - 1 ? "output" : hidden || counts[base] > 1 ? `${base}${counts[base]}` : base;
    renamed[layer.id] = id;
    return id;
  });
  return layers.map((layer, i) => {
    const inputs = layer.inputs?.map((source) => renamed[source] ?? source);
    return { ...layer, id: ids[i], ...(inputs ? { inputs } : {}) };
  });
}

/**
 * The experiment a dataset starts with: its own smallest network and settings on top of the defaults.
 * @param {Catalogue} catalogue @param {Spec} defaults @param {Spec["data"]} data
 * @returns {Spec}
 */
export function presetFor(catalogue, defaults, data) {
  const preset = factsOf(catalogue, data).preset ?? {};
  const training = { ...defaults.training };
  for (const [key, value] of Object.entries(preset.training ?? {})) {
    const param = trainingParams(catalogue).find(({ name }) => name === key);
    training[key] = param?.widget === "part" ? complete(catalogue, param.kind, value) : value;
  }
  const layers = (preset.layers ?? defaults.network.layers).map((/** @type {LayerSpec} */ layer) =>
    complete(catalogue, "layer", layer));
  const spec = { ...defaults, data, training, network: { ...defaults.network, layers: renumber(layers) } };
  return fitOutput(catalogue, spec);
}

/** The data a dataset starts with. @param {Catalogue} catalogue @param {string|import("./types.js").PartSpec} given @param {Spec} defaults @returns {Spec["data"]} */
export function dataFor(catalogue, given, defaults) {
  const facts = factsOf(catalogue, given);
  const part = complete(catalogue, "dataset", given);
  const features = facts.view === "plane" ? defaults.data.features : facts.view === "table" ? facts.columns : null;
  return { ...part, seed: defaults.data.seed, train_fraction: facts.train_fraction ?? defaults.data.train_fraction, features };
}

/**
 * The last layer with as many outputs as the data asks for. Where it had another number, its activation and the
 * loss come from a data set of the catalogue that has this many classes too.
 * @param {Catalogue} catalogue @param {Spec} spec
 * @returns {Spec}
 */
export function fitOutput(catalogue, spec) {
  const classes = classCount(catalogue, spec.data);
  const last = spec.network.layers.at(-1);
  const wanted = outputsFor(classes);
  if (!last || !("units" in last) || last.units === wanted) return spec;
  const model = [spec.data, ...(catalogue.dataset ?? []).map((part) => part.type)]
    .map((data) => factsOf(catalogue, data))
    .find((facts) => facts.preset && kindOfTask(facts.class_names?.length ?? 0) === kindOfTask(classes));
  const output = model?.preset.layers.at(-1);
  const layer = output ? { ...last, activation: complete(catalogue, "activation", output.activation), units: wanted }
    : { ...last, units: wanted };
  const loss = model?.preset.training?.loss;
  return {
    ...spec,
    network: { ...spec.network, layers: [...spec.network.layers.slice(0, -1), layer] },
    training: loss ? { ...spec.training, loss: complete(catalogue, "loss", loss) } : spec.training,
  };
}

const kindOfTask = (/** @type {number} */ classes) => (classes === 0 ? "number" : classes <= 2 ? "two" : "many");

/**
 * Another dataset. What still fits stays: the network where the input is of the same kind and the outputs are as
 * many, else the dataset's own preset.
 * @param {Catalogue} catalogue @param {Spec} defaults @param {Spec} spec @param {string} type
 * @returns {Spec}
 */
export function chooseDataset(catalogue, defaults, spec, type) {
  const from = factsOf(catalogue, spec.data);
  const to = factsOf(catalogue, type);
  const data = dataFor(catalogue, type, defaults);
  for (const key of ["noise", "samples"]) {
    const same = findPart(catalogue, "dataset", spec.data.type)?.params.find((p) => p.name === key)?.default;
    if (key in data && key in spec.data && (key === "noise" || spec.data[key] !== same)) data[key] = spec.data[key];
  }
  const classes = classCount(catalogue, data);
  if (from.view === to.view && kindOfTask(classCount(catalogue, spec.data)) === kindOfTask(classes)
    && (to.view === "plane" || String(from.shape) === String(to.shape))) {
    const features = to.view === "plane" ? spec.data.features : data.features;
    const kept = { ...data, seed: spec.data.seed, features, train_fraction: spec.data.train_fraction };
    return fitOutput(catalogue, { ...spec, data: kept });
  }
  return { ...presetFor(catalogue, defaults, data), seed: spec.seed };
}

/**
 * A spec from the server as the page keeps it: every parameter written out, null where there is nothing to choose.
 * @param {Catalogue} catalogue @param {any} spec @returns {Spec}
 */
export function normal(catalogue, spec) {
  const { input: _, ...network } = spec.network;
  const layers = network.layers.map((/** @type {LayerSpec} */ layer) => complete(catalogue, "layer", layer));
  return { ...spec, data: { ...spec.data, features: spec.data.features ?? null }, network: { ...network, layers } };
}

/** Another list of layers, with ids by place. @param {Spec} spec @param {LayerSpec[]} layers @returns {Spec} */
export function withLayers(spec, layers) {
  return { ...spec, network: { ...spec.network, layers: renumber(layers) } };
}

/** @param {Spec} spec @param {string} id @param {Record<string, any>} change @returns {Spec} */
export function changeLayer(spec, id, change) {
  return withLayers(spec, spec.network.layers.map((layer) => (layer.id === id ? { ...layer, ...change } : layer)));
}

/** The place of a key in an object, or of the layer with that id in a list of layers. @param {any} inner @param {string} key */
const place = (inner, key) => (Array.isArray(inner) && !/^\d+$/.test(key) ? inner.findIndex((item) => item.id === key) : key);

/** A value at a path such as "training.batch_size" or "network.layers.hidden1.units". @param {any} object @param {string} path @returns {any} */
export function read(object, path) {
  return path.split(".").reduce((inner, key) => inner?.[place(inner, key)], object);
}

/** A copy with another value at a path. @template T @param {T} object @param {string} path @param {any} value @returns {T} */
export function write(object, path, value) {
  const [key, ...rest] = path.split(".");
  const source = /** @type {any} */ (object);
  const at = place(source, key);
  if (at === -1) return object;
  const inner = rest.length ? write(source?.[at] ?? {}, rest.join("."), value) : value;
  if (!Array.isArray(source)) return /** @type {T} */ ({ ...source, [at]: inner });
  const copy = [...source];
  copy[Number(at)] = inner;
  return /** @type {T} */ (/** @type {unknown} */ (copy));
}

/** JSON in which the order of keys says nothing: the server writes them in another order than the page. @param {any} value */
export function canonical(value) {
  return JSON.stringify(value, (_, inner) => (inner && typeof inner === "object" && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner));
}

/**
 * What a running run must be told when the spec changes: `same` nothing, `live` new settings, `seed` a reset with
 * another seed, `new` another run. What can be changed live says its declaration.
 * @param {Catalogue} catalogue @param {Spec} before @param {Spec} after
 * @returns {{kind: "same"|"new"|"seed"} | {kind: "live", settings: Record<string, any>}}
 */
export function difference(catalogue, before, after) {
  const live = trainingParams(catalogue).filter((param) => param.live).map((param) => param.name);
  const rest = (/** @type {Spec} */ spec) => {
    const training = { ...spec.training };
    for (const key of live) delete training[key];
    return canonical([spec.data, spec.network.layers, training]);
  };
  if (rest(before) !== rest(after)) return { kind: "new" };
  /** @type {Record<string, any>} */
  const settings = {};
  for (const key of live) {
    if (canonical(before.training[key]) !== canonical(after.training[key])) settings[key] = after.training[key];
  }
  if (before.seed !== after.seed) return { kind: Object.keys(settings).length ? "new" : "seed" };
  return Object.keys(settings).length ? { kind: "live", settings } : { kind: "same" };
}
