// @ts-check
// Data sets by what has to be done with them: the menu of tasks, derived from the catalogue's facts.

import { findPart } from "./catalogue.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */

const TASKS = /** @type {Record<string, string>} */ ({ classification: "Classify:", regression: "Predict:" });
const KINDS = /** @type {Record<string, string>} */ ({ plane: "points", line: "points", table: "real data", image: "real data", sequence: "sequences" });

/** @param {Catalogue} catalogue @param {string} type */
export function groupOf(catalogue, type) {
  const facts = findPart(catalogue, "dataset", type)?.facts ?? {};
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
    if (!layers.every((layer) => findPart(catalogue, "layer", layer.type))) continue;
    const name = groupOf(catalogue, part.type);
    const kind = KINDS[part.facts.view] ?? part.facts.view;
    const group = groups.get(name) ?? { name, label: `${TASKS[part.facts.task] ?? part.facts.task} ${kind}`, types: [] };
    group.types.push(part.type);
    groups.set(name, group);
  }
  return [...groups.values()];
}
