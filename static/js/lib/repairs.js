// @ts-check
// What might put a network right: changes worth a try for a mistake at a layer. Whether one helps, the server says.

import { findPart } from "./catalogue.js";
import { changeLayer, fitOutput } from "./spec.js";
import { addInput, changeKind, insertLayer, merges, removeLayer, wired } from "./wiring.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {{label: string, spec: Spec}} Repair */

/** The layer that a mistake is at. @param {Spec} spec @param {{where: string}} fault */
export const layerOf = (spec, fault) => spec.network.layers.find((layer) => fault.where.split(".").includes(layer.id)) ?? null;

/**
 * In the order in which they are worth a try; the last is always to take the layer out.
 * @param {Catalogue} catalogue @param {Spec} spec @param {string} id @param {import("./types.js").Check|null} check
 * @returns {Repair[]}
 */
export function repairs(catalogue, spec, id, check) {
  const { layers } = spec.network;
  const at = layers.findIndex((layer) => layer.id === id);
  const layer = wired(layers)[at];
  if (!layer) return [];
  const last = at === layers.length - 1;
  const joins = merges(catalogue, layer.type);
  /** @type {(Repair|null)[]} */
  const tries = [
    last ? { label: t("Fit the outputs to the data"), spec: fitOutput(catalogue, spec) } : null,
    joins && layer.inputs.length < 2 ? { label: t("Join it with another layer"), spec: addInput(spec, id, check) } : null,
    joins && findPart(catalogue, "layer", "concatenate") && layer.type !== "concatenate"
      ? { label: t("Put them side by side instead"), spec: changeKind(catalogue, spec, id, "concatenate", check) } : null,
    findPart(catalogue, "layer", "flatten") && !joins
      ? { label: t("Put Flatten before it"), spec: insertLayer(catalogue, spec, at, { type: "flatten" }) } : null,
    layer.padding === "valid" ? { label: t("Keep the size: padding same"), spec: changeLayer(spec, id, { padding: "same" }) } : null,
    last ? null : { label: t("Take it out"), spec: removeLayer(spec, id) },
  ];
  return tries.filter((one) => one !== null).filter((one) => JSON.stringify(one.spec) !== JSON.stringify(spec));
}
