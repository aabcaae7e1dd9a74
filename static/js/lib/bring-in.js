// @ts-check
// What somebody pastes or opens: which kind of source it is, and which data fit a network that came without any.

import { dataFor, factsOf } from "./spec.js";

/** Keys that only links of TensorFlow Playground have. */
const THEIR_KEYS = /(?:^|[#&])(?:activation|batchSize|regDataset|percTrainData|problem|networkShape|regularizationRate|showTestData|initZero|hideText|tutorial|collectStats|x|y|xSquared|ySquared|xTimesY|sinX|sinY|cosX|cosY)=/;

/** @param {string} text  an address's part after the # */
export const isForeignLink = (text) => THEIR_KEYS.test(text);

/**
 * The kind of a text; null where it is none that is known.
 * @param {string} text @returns {"keras"|"torch"|"keras-json"|"tf-playground"|"spec"|null}
 */
export function sourceOf(text) {
  const given = text.trim();
  if (given.startsWith("{")) {
    try {
      const found = JSON.parse(given);
      return "class_name" in found || "config" in found ? "keras-json" : "spec";
    } catch {
      return "spec"; // the server says where the JSON is wrong
    }
  }
  if (!/\s/.test(given) && (/^https?:/.test(given) ? given.includes("#") : true) && isForeignLink(given)) return "tf-playground";
  if (/\btorch\b|\bnn\.|F\.\w+\(/.test(given)) return "torch";
  if (/\bkeras\b|\blayers\.|\bSequential\b/.test(given)) return "keras";
  return null;
}

/**
 * Data whose examples have the shape that a network reads: the present ones where they fit, else the first that do.
 * @param {import("./types.js").Catalogue} catalogue @param {import("./types.js").Spec} now @param {import("./types.js").Spec} defaults
 * @param {number[]} shape of one example @param {number|undefined} outputs of the network
 * @returns {any} null where there are none
 */
export function dataFitting(catalogue, now, defaults, shape, outputs) {
  const fits = (/** @type {string|import("./types.js").Spec["data"]} */ data, /** @type {number|undefined} */ count) => {
    const { view, shape: own = [], columns = [], class_names: classes } = factsOf(catalogue, data);
    const given = typeof data === "string" ? null : data.features;
    const features = view === "plane" ? [(given ?? defaults.data.features ?? []).length] : view === "table" ? [(given ?? columns).length] : own;
    const wanted = classes && classes.length > 2 ? classes.length : 1;
    return features.length === shape.length && features.every((/** @type {number} */ size, /** @type {number} */ i) => size === shape[i]) && (count === undefined || wanted === count);
  };
  if (fits(now.data, outputs)) return now.data;
  const names = (catalogue.dataset ?? []).map(({ type }) => type);
  const found = names.find((type) => fits(type, outputs)) ?? (fits(now.data, undefined) ? null : names.find((type) => fits(type, undefined)));
  return found === null ? now.data : found === undefined ? null : dataFor(catalogue, found, defaults);
}
