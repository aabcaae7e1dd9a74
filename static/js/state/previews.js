// @ts-check
// The points of data sets, asked for once each.

import { asPoints, withoutNull } from "../lib/preview.js";
import { factsOf } from "../lib/spec.js";
import { Problem } from "./api.js";

const LIMIT = 5000; // of each part; the server gives no more
const FEW = 16; // where not all of them are drawn
const KEEP = 24;

/**
 * @param {object} options
 * @param {Pick<import("./api.js").Api, "preview">} options.api
 * @param {import("../lib/types.js").Catalogue} options.catalogue
 * @param {(view: string) => boolean} options.manyPoints  whether all points of a data set of this view are drawn
 */
export function createPreviews({ api, catalogue, manyPoints }) {
  /** @type {Map<string, Promise<any>>} */
  const previews = new Map();
  return (/** @type {any} */ data) => {
    const wanted = withoutNull(data);
    const { view, missing } = factsOf(catalogue, data);
    if (missing) return Promise.reject(new Problem(422, { ...missing, where: "data.type" }));
    const name = JSON.stringify(wanted);
    let found = previews.get(name);
    if (!found) {
      found = api.preview(wanted, manyPoints(view) ? LIMIT : FEW).then((answer) => asPoints(answer, data.type === "own"));
      previews.set(name, found);
      if (previews.size > KEEP) previews.delete(/** @type {string} */ (previews.keys().next().value));
      found.catch(() => previews.delete(name));
    }
    return found;
  };
}
