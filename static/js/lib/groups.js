// @ts-check
// Data sets by what has to be done with them: the menu of tasks, derived from the catalogue's facts.

import { findPart } from "./catalogue.js";
import { factsOf } from "./spec.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */

const KINDS = /** @type {Record<string, string>} */ ({ plane: "points", line: "points", table: "real data", image: "real data", sequence: "sequences" });
/** What the groups are called. @type {Record<string, string>} */
const LABELS = {
  "classification points": t("Classify: points"), "classification real data": t("Classify: real data"), "classification sequences": t("Classify: sequences"),
  "regression points": t("Predict: points"), "regression real data": t("Predict: real data"), "regression sequences": t("Predict: sequences"),
};

/** @param {Catalogue} catalogue @param {string|{type: string}} data */
export function groupOf(catalogue, data) {
  const facts = factsOf(catalogue, data);
  return `${facts.task} ${KINDS[facts.view] ?? facts.view}`;
}

/**
 * Groups in the order of the catalogue. Sets whose own network needs a layer that this server does not have are left out.
 * @param {Catalogue} catalogue
 * @returns {{name: string, label: string, types: string[]}[]}
 */
export function groupsOf(catalogue) {
  /** @type {Map<string, {name: string, label: string, types: string[]}>} */
  const groups = new Map();
  for (const part of catalogue.dataset ?? []) {
    const layers = /** @type {{type: string}[]} */ (part.facts.preset?.layers ?? []);
    if (part.type === "own") continue; // somebody's own: not among those to choose from
    if (!layers.every((layer) => findPart(catalogue, "layer", layer.type))) continue;
    const name = groupOf(catalogue, part.type);
    const group = groups.get(name) ?? { name, label: LABELS[name] ?? name, types: [] };
    group.types.push(part.type);
    groups.set(name, group);
  }
  return [...groups.values()];
}
