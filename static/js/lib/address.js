// @ts-check
// The address bar: the whole experiment as readable keys after the #, and back. What can not be used is put right
// and said, never dropped in silence.

import { brief, findPart, fit, fitPart } from "./catalogue.js";
import { formulaOf, mistakeText, readFormula } from "./formula.js";
import { formatPart, formatValue, parsePart, parseParts } from "./notation.js";
import { parseNumber, plain } from "./number.js";
import { dataFor, factsOf, fitOutput, presetFor, renumber, trainingParams } from "./spec.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").Catalogue} Catalogue */

/** What the page shows beside the experiment; speed: epochs a second, null: as fast as it goes. @typedef {{test: boolean, discretize: boolean, lines: boolean, speed: number|null, advance: string}} Look */

export const LOOK = Object.freeze({ test: false, discretize: false, lines: false, speed: 30, advance: "epoch" });
const FASTEST = "max";
const UNITS = ["epoch", "batch", "sample"];
const MAX_SEED = 2 ** 31 - 1;

const camel = (/** @type {string} */ name) => name.replace(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Two settings have shorter names in the address than in the experiment. @type {Record<string, string>} */
const SHORT = { regularizer: "regularization", batch_size: "batch" };
const keyOf = (/** @type {import("./types.js").Param} */ param) => SHORT[param.name] ?? camel(param.name);

/** Signs that would end a key or value are escaped; all else stays readable. @param {string} text */
const escape = (text) => text.replace(/[%&#+\s,"<>`]/g, (sign) => encodeURIComponent(sign));

/**
 * @param {Catalogue} catalogue @param {Spec} spec @param {Look} look
 * @returns {string} without the #
 */
export function writeAddress(catalogue, spec, look) {
  const { data, training } = spec;
  /** @type {[string, string][]} */
  const pairs = [["dataset", data.type]];
  for (const param of findPart(catalogue, "dataset", data.type)?.params ?? []) {
    pairs.push([camel(param.name), formatValue(data[param.name])]);
  }
  pairs.push(["dataSeed", String(data.seed)], ["train", plain(data.train_fraction * 100)]);
  const everyColumn = String(data.features) === String(factsOf(catalogue, data).columns);
  if (data.features && (!everyColumn || factsOf(catalogue, data).view === "plane")) pairs.push(["features", data.features.map(escape).join(",")]);
  pairs.push(["layers", spec.network.layers.map((layer) => formatPart(
    { ...brief(catalogue, "layer", layer), ...(layer.inputs ? { inputs: layer.inputs } : {}) })).join(",")]);
  for (const param of trainingParams(catalogue)) {
    const value = training[param.name];
    if (param.name === "optimizer") {
      const { learning_rate: rate, ...optimizer } = value;
      pairs.push([keyOf(param), formatPart(brief(catalogue, param.kind, optimizer))]);
      if (rate !== undefined) pairs.push(["learningRate", formatValue(rate)]);
    } else if (param.widget === "part") {
      pairs.push([keyOf(param), formatPart(brief(catalogue, param.kind, value))]);
    } else if (param.name === "batch_size" || (value !== param.default && value !== undefined)) {
      pairs.push([keyOf(param), formatValue(value)]);
    }
  }
  pairs.push(["seed", String(spec.seed)]);
  const shown = [look.test && "test", look.discretize && "discrete", look.lines && "lines"].filter(Boolean);
  if (shown.length) pairs.push(["show", shown.join(",")]);
  if (look.speed !== LOOK.speed) pairs.push(["speed", look.speed === null ? FASTEST : plain(look.speed)]);
  if (look.advance !== LOOK.advance) pairs.push(["step", look.advance]);
  return pairs.map(([key, value]) => `${key}=${value}`).join("&");
}

/**
 * The experiment an address describes. Keys left out take the dataset's own start. `notes` are sentences for the
 * user about everything that was unknown or out of range.
 * @param {Catalogue} catalogue @param {Spec} defaults @param {string} hash with or without #
 * @param {{speedMax?: number}} [limits]
 * @returns {{spec: Spec, look: Look, notes: string[]}}
 */
export function readAddress(catalogue, defaults, hash, { speedMax = 60 } = {}) {
  /** @type {string[]} */
  const notes = [];
  const say = (/** @type {string} */ note) => void notes.push(note);
  const given = split(hash, say);
  const take = (/** @type {string} */ key) => {
    const value = given.get(key);
    given.delete(key);
    return value;
  };
  const number = (/** @type {string} */ key, /** @type {number} */ otherwise, /** @type {[number, number]} */ [lo, hi], whole = true) => {
    const text = take(key);
    if (text === undefined) return otherwise;
    const value = parseNumber(text);
    if (value === null) say(t("{key}: \"{text}\" is no number; {used} is used.", { key, text, used: plain(otherwise) }));
    const fitted = value === null ? otherwise : Math.min(hi, Math.max(lo, whole ? Math.round(value) : value));
    if (value !== null && fitted !== value) {
      say(t("{key}: {text} can not be used (allowed: {lo} to {hi}); {used} is used.", { key, text, lo: plain(lo), hi: plain(hi), used: plain(fitted) }));
    }
    return fitted;
  };

  const data = readData(catalogue, defaults, take, number, say);
  let spec = presetFor(catalogue, defaults, data);
  const layers = readLayers(catalogue, take("layers"), say);
  if (layers) spec = { ...spec, network: { ...spec.network, layers } };

  const training = readTraining(catalogue, spec.training, take, say);
  const seed = number("seed", spec.seed, [0, MAX_SEED]);
  spec = { ...spec, seed, training };
  if (!layers) spec = fitOutput(catalogue, spec);

  const look = readLook(given, take, number, say, speedMax);
  for (const key of given.keys()) say(t("\"{key}\" is not known here; left out.", { key }));
  return { spec, look, notes };
}

/**
 * The settings of training, each by its declaration.
 * @param {Catalogue} catalogue @param {Spec["training"]} start @param {(key: string) => string|undefined} take
 * @param {(note: string) => void} say @returns {Spec["training"]}
 */
function readTraining(catalogue, start, take, say) {
  const training = { ...start };
  for (const param of trainingParams(catalogue)) {
    const key = keyOf(param);
    const text = take(key);
    if (text === undefined) continue;
    if (param.widget === "part") {
      const part = attempt(() => fitPart(catalogue, param.kind, parsePart(text), say), (why) => say(`${key}: ${why}`));
      if (part) training[param.name] = part;
      else say(t("{key}: there is no \"{text}\"; {used} is used.", { key, text, used: training[param.name].type }));
    } else {
      training[param.name] = fit(catalogue, param, plainValue(param, text), say);
    }
  }
  const rate = take("learningRate");
  const param = findPart(catalogue, "optimizer", training.optimizer.type)?.params.find((p) => p.name === "learning_rate");
  if (rate !== undefined && param) {
    training.optimizer = { ...training.optimizer, learning_rate: fit(catalogue, param, plainValue(param, rate), say) };
  }
  return training;
}

/** What stands in an address for a parameter that is no part. @param {import("./types.js").Param} param @param {string} text */
function plainValue(param, text) {
  if (param.optional && text === "none") return null;
  if (param.widget === "flag") return text !== "false";
  if (param.widget === "integer" || param.widget === "real") return parseNumber(text) ?? text;
  if (param.widget === "points") return text.split(";").filter(Boolean).map((point) => point.split(",").map(Number));
  if (["pair", "shape", "numbers"].includes(param.widget)) {
    const numbers = text.split("x").map(parseNumber);
    return numbers.includes(null) ? text : numbers;
  }
  if (param.widget === "choice") return param.options.find((option) => String(option) === text) ?? text;
  return text;
}

/** @param {string} hash @param {(note: string) => void} say @returns {Map<string, string>} */
function split(hash, say) {
  /** @type {Map<string, string>} */
  const given = new Map();
  for (const pair of hash.replace(/^#/, "").split("&")) {
    if (!pair) continue;
    const at = pair.indexOf("=");
    const key = at < 0 ? pair : pair.slice(0, at);
    // "features" is split at its commas before it is decoded
    const value = at < 0 ? "" : pair.slice(at + 1);
    given.set(key, key === "features" ? value : attempt(() => decodeURIComponent(value), () => say(t("{key} can not be read.", { key }))) ?? value);
  }
  return given;
}

/** @template T @param {() => T} work @param {(why: string) => void} otherwise @returns {T|null} */
function attempt(work, otherwise) {
  try {
    return work();
  } catch (error) {
    otherwise(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/**
 * @param {Catalogue} catalogue @param {Spec} defaults @param {(key: string) => string|undefined} take
 * @param {(key: string, otherwise: number, range: [number, number], whole?: boolean) => number} number
 * @param {(note: string) => void} say @returns {Spec["data"]}
 */
function readData(catalogue, defaults, take, number, say) {
  let type = take("dataset") ?? defaults.data.type;
  if (!findPart(catalogue, "dataset", type)) {
    say(t("There is no dataset \"{type}\"; {used} is used.", { type, used: defaults.data.type }));
    type = defaults.data.type;
  }
  const data = dataFor(catalogue, type === "own" ? { type, id: take("id") ?? "" } : type, defaults);
  for (const param of findPart(catalogue, "dataset", type)?.params ?? []) {
    const text = take(camel(param.name));
    if (text === undefined) continue;
    data[param.name] = fit(catalogue, param, plainValue(param, text), say);
  }
  data.seed = number("dataSeed", data.seed, [0, MAX_SEED]);
  data.train_fraction = number("train", data.train_fraction * 100, [10, 90], false) / 100;
  const features = take("features");
  if (features !== undefined) data.features = readFeatures(catalogue, features, data, say);
  return data;
}

/** @param {Catalogue} catalogue @param {string} text @param {Spec["data"]} data @param {(note: string) => void} say */
function readFeatures(catalogue, text, data, say) {
  const facts = factsOf(catalogue, data);
  const known = facts.view === "plane" ? (catalogue.feature ?? []).map((part) => part.type) : facts.columns ?? [];
  const given = text.split(",").map((name) => attempt(() => decodeURIComponent(name), say) ?? name);
  const names = [...new Set(given.map((name) => (facts.view === "plane" && !known.includes(name) ? asFormula(name, say) : name)))];
  const kept = names.filter((name) => known.includes(name) || (facts.view === "plane" && formulaOf(name) !== null));
  const strange = names.filter((name) => name && !known.includes(name) && !kept.includes(name));
  if (strange.length) say(t("There is no feature {names}; left out.", { names: strange.map((name) => `"${name}"`).join(", ") }));
  if (kept.length) return kept;
  say(t("No feature is left to feed in; the first ones are used."));
  return data.features;
}

/** A formula as it is kept. What is none is left as it is, if it may be meant as a name, or else said and taken out. @param {string} text @param {(note: string) => void} say */
function asFormula(text, say) {
  const made = readFormula(text);
  if ("text" in made) return made.text;
  if (/^([A-Za-z_]\w*)?$/.test(text)) return text;
  say(t("\"{text}\" is no formula: {mistake} It is left out.", { text, mistake: mistakeText(made.mistake) }));
  return "";
}

/** @param {Catalogue} catalogue @param {string|undefined} text @param {(note: string) => void} say */
function readLayers(catalogue, text, say) {
  if (text === undefined) return null;
  const parts = attempt(() => parseParts(text), (why) => say(t("layers: {why} The dataset's own network is used.", { why })));
  if (!parts) return null;
  const layers = [];
  for (const part of parts) {
    const layer = fitPart(catalogue, "layer", part, say);
    if (layer) layers.push({ ...layer, id: `read-${layers.length}`, ...(part.inputs ? { inputs: [part.inputs].flat() } : {}) });
    else say(t("There is no layer \"{type}\"; left out.", { type: part.type }));
  }
  if (!layers.length) {
    say(t("No layer is left; the dataset's own network is used."));
    return null;
  }
  return knownInputs(renumber(layers), say);
}

/** What layers read, by the ids that they have by their place. @param {Spec["network"]["layers"]} layers @param {(note: string) => void} say */
function knownInputs(layers, say) {
  return layers.map((layer, i) => {
    if (!layer.inputs) return layer;
    const { inputs, ...rest } = layer;
    const known = ["input", ...layers.slice(0, i).map(({ id }) => id)];
    const kept = inputs.filter((id) => known.includes(id));
    const strange = inputs.filter((id) => !known.includes(id));
    if (strange.length) say(t("{layer}: there is no {names} before it to read; left out.", { layer: layer.id, names: strange.join(", ") }));
    return kept.length ? { ...rest, inputs: kept } : rest;
  });
}

/**
 * @param {Map<string, string>} given @param {(key: string) => string|undefined} take
 * @param {(key: string, otherwise: number, range: [number, number], whole?: boolean) => number} number
 * @param {(note: string) => void} say @param {number} speedMax @returns {Look}
 */
function readLook(given, take, number, say, speedMax) {
  /** @type {Look} */
  const look = { ...LOOK };
  const shown = (take("show") ?? "").split(",").filter(Boolean);
  look.test = shown.includes("test");
  look.discretize = shown.includes("discrete");
  look.lines = shown.includes("lines");
  const strange = shown.filter((word) => !["test", "discrete", "lines"].includes(word));
  if (strange.length) say(t("show: {names} is not known; left out.", { names: strange.join(", ") }));
  look.speed = given.get("speed") === FASTEST ? null : number("speed", LOOK.speed, [1, speedMax]);
  given.delete("speed");
  const step = take("step");
  if (step !== undefined && UNITS.includes(step)) look.advance = step;
  else if (step !== undefined) say(t("step: {step} is not one of {units}; epoch is used.", { step, units: UNITS.join(", ") }));
  return look;
}

