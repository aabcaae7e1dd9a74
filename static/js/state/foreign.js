// @ts-check
// A link of TensorFlow Playground whose part after the # was appended to our address: the server reads it, and the page
// opens the same experiment. What had to be put right is said.

import { LOOK, writeAddress } from "../lib/address.js";
import { complete } from "../lib/catalogue.js";
import { dataFor, trainingParams } from "../lib/spec.js";

/**
 * An experiment with everything written out that a source left open, as the server would.
 * @param {import("../lib/types.js").Catalogue} catalogue @param {import("../lib/types.js").Spec} defaults @param {any} found
 * @returns {import("../lib/types.js").Spec}
 */
export function whole(catalogue, defaults, found) {
  /** @type {Record<string, any>} */
  const training = {};
  for (const param of trainingParams(catalogue)) {
    const value = found.training?.[param.name] ?? param.default;
    training[param.name] = param.widget === "part" && value !== null ? complete(catalogue, param.kind, value) : value;
  }
  const layers = found.network.layers.map((/** @type {any} */ layer) => complete(catalogue, "layer", layer));
  return { ...defaults, seed: found.seed ?? defaults.seed, data: { ...dataFor(catalogue, found.data.type, defaults), ...found.data },
    network: { ...defaults.network, layers }, training: /** @type {any} */ (training) };
}

/**
 * The address here of such a link, and what is to be said about it.
 * @param {{api: import("./api.js").Api, catalogue: import("../lib/types.js").Catalogue, defaults: import("../lib/types.js").Spec}} app
 * @param {string} link @returns {Promise<{address: string, notes: string[]}>}
 */
export async function translate({ api, catalogue, defaults }, link) {
  const { spec, notes, page } = await api.importText("tf-playground", link);
  const look = { ...LOOK, test: Boolean(page.show_test_data), discretize: Boolean(page.discretize) };
  return { address: writeAddress(catalogue, whole(catalogue, defaults, spec), look), notes };
}
