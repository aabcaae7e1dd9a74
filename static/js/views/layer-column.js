// @ts-check
// One layer as a column: its heading and controls above, its neurons below. Knows nothing of weights or pictures.

import { complete, findPart, labelOf } from "../lib/catalogue.js";
import { layerTitle, mapTitle, neuronTitle, parameterCount, shapeText } from "../lib/naming.js";
import { plain } from "../lib/number.js";
import { convolves } from "../lib/sliding.js";
import { changeLayer } from "../lib/spec.js";
import { moveLayer } from "../lib/wiring.js";
import { t, together } from "../lib/words.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { fillPartMenu } from "./menus.js";

/** Whether there is one bias for each neuron or map. @param {string} type */
const isBiased = (type) => type === "dense" || convolves(type);

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../lib/plan.js").Column} Column */

/**
 * @param {App} app
 * @param {(button: HTMLElement, id: string) => void} openMenu
 */
export function createColumn(app, openMenu) {
  const { catalogue, experiment } = app;
  const element = clone("t-layer");
  const part = (/** @type {string} */ name) => slot(element, name);
  const title = /** @type {HTMLButtonElement} */ (element.querySelector(".layer__title"));
  const grip = /** @type {HTMLButtonElement} */ (element.querySelector(".layer__grip"));
  const select = /** @type {HTMLSelectElement} */ (part("activation").querySelector("select"));
  fillPartMenu(select, catalogue.activation);

  const id = () => element.dataset.layer ?? "";
  const layer = () => experiment.store.get().spec.network.layers.find((l) => l.id === id());
  const units = (/** @type {number} */ by) => {
    const now = layer();
    if (!now) return;
    const next = Math.max(1, now.units + by);
    experiment.change(t(next === 1 ? "{n} unit in {layer}" : "{n} units in {layer}", { n: next, layer: layerTitle(catalogue, now) }), changeLayer(experiment.store.get().spec, id(), { units: next }));
  };
  const unmount = all(
    on(title, "click", () => openMenu(title, id())),
    on(/** @type {Element} */ (element.querySelector('[data-action="less"]')), "click", () => units(-1)),
    on(/** @type {Element} */ (element.querySelector('[data-action="more"]')), "click", () => units(1)),
    on(element, "keydown", (event) => {
      if (!event.altKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
      event.preventDefault();
      const { spec } = experiment.store.get();
      const from = spec.network.layers.findIndex((l) => l.id === id());
      const to = from + (event.key === "ArrowLeft" ? -1 : 1);
      if (to < 0 || to >= spec.network.layers.length - 1) return;
      experiment.change(t("move layer"), moveLayer(spec, id(), to));
      app.focusLayer(to);
    }),
  );

  /** @param {Column} column @param {{found: any, faults: import("../state/experiment.js").Fault[], live: boolean, classes: string[]|null}} facts */
  function update(column, { found, faults, live, classes }) {
    const { layer } = column;
    const isOutput = layer.id === "output";
    const name = layerTitle(catalogue, layer);
    element.dataset.layer = layer.id;
    element.classList.toggle("layer--output", isOutput);
    element.classList.toggle("layer--block", column.kind === "block");
    element.classList.toggle("has-error", faults.length > 0);
    element.classList.toggle("is-ghost", !live);
    setAttribute(element, "aria-label", name);
    setText(title, name);
    grip.hidden = isOutput;
    setAttribute(grip, "aria-label", t("Move {layer}", { layer: name }));
    part("units").hidden = !("units" in layer);
    for (const action of ["less", "more"]) {
      const button = /** @type {HTMLButtonElement} */ (element.querySelector(`[data-action="${action}"]`));
      button.hidden = isOutput;
      setAttribute(button, "aria-label", t(action === "less" ? "One unit less in {layer}" : "One unit more in {layer}", { layer: name }));
      if (action === "less") button.disabled = layer.units <= 1;
    }
    if ("units" in layer) {
      const one = layer.units === 1;
      setText(part("count"), String(layer.units));
      setText(part("word"), (isOutput ? t(one ? "{n} output" : "{n} outputs") : t(one ? "{n} unit" : "{n} units")).replace("{n}", ""));
    }
    part("activation").hidden = !layer.activation;
    if (layer.activation) {
      setAttribute(select, "data-path", `network.layers.${layer.id}.activation`);
      setAttribute(select, "title", t("What each neuron of {layer} makes of its sum.", { layer: name }));
      if (select.value !== layer.activation.type) select.value = layer.activation.type;
    }
    setText(part("fact"), found ? `${shapeText(found.input_shape)} → ${shapeText(found.output_shape)}` : " ");
    setAttribute(part("fact"), "title", found ? t("Shape in and out; {count}.", { count: parameterCount(found.parameters) }) : null);
    part("block").hidden = column.kind !== "block";
    setText(part("block"), column.kind === "block" ? summary(catalogue, layer) : "");
    const more = column.kind !== "block" ? column.units - column.shown : 0;
    for (const [slotName, isIts] of /** @type {[string, boolean][]} */ ([["more", column.kind === "neurons"], ["more-maps", column.kind === "maps"]])) {
      part(slotName).hidden = more <= 0 || !isIts;
      setText(part(slotName), part(slotName).hidden ? "" : t("+ {n} more", { n: more }));
    }
    setAttribute(part("more-maps"), "aria-label", t("+ {n} more: all {of} maps of {layer}", { n: more, of: column.units, layer: name }));
    part("error").hidden = faults.length === 0;
    setText(part("error"), together(...faults.flatMap(({ message, fix }) => [message, fix])));
    const items = column.kind !== "block" ? Array.from({ length: column.shown }, (_, i) => i) : [];
    reconcile(part("neurons"), items, (unit) => `${column.kind} ${unit}`, () => clone(column.kind === "maps" ? "t-map-cell" : "t-neuron"), (cell, unit) => {
      const button = /** @type {HTMLElement} */ (cell.querySelector(".neuron"));
      button.dataset.layer = layer.id;
      button.classList.toggle("neuron--strip", column.strips === true);
      button.dataset.unit = String(unit);
      button.dataset.title = column.kind === "maps" ? mapTitle(catalogue, layer, unit) : neuronTitle(catalogue, layer, unit, classes);
      if (!button.hasAttribute("aria-label")) setAttribute(button, "aria-label", button.dataset.title); // until there are numbers to tell
      const bias = /** @type {HTMLElement} */ (cell.querySelector(".bias"));
      bias.hidden = !isBiased(layer.type) || layer.bias === false;
      const kernel = /** @type {HTMLElement|null} */ (cell.querySelector(".kernel"));
      if (kernel) kernel.hidden = !convolves(layer.type);
    });
  }

  return { element, update, unmount };
}

/** @typedef {ReturnType<typeof createColumn>} LayerColumn */

/** A layer without neurons in a word and its first number: "Dropout 0.5". @param {App["catalogue"]} catalogue @param {any} layer */
function summary(catalogue, layer) {
  const number = findPart(catalogue, "layer", layer.type)?.params.map((param) => layer[param.name]).find((value) => typeof value === "number");
  return [labelOf(catalogue, "layer", layer.type), ...(number === undefined ? [] : [plain(number)])].join(" ");
}

/** A fresh layer of a kind, as the palette and + put it in. @param {App} app @param {string} type */
export function freshLayer(app, type) {
  const { catalogue, experiment } = app;
  const made = complete(catalogue, "layer", type);
  const layers = experiment.store.get().spec.network.layers;
  const like = [...layers].reverse().find((layer, i) => i > 0 && layer.type === type) ?? null;
  if (like) return { ...like, inputs: undefined };
  // the first of its kind: as small as the page likes them, with an activation that bends
  const before = layers.find((layer) => layer.id !== "output" && layer.activation);
  if ("units" in made) made.units = Math.min(made.units, 4);
  if (made.activation && type !== "activation") made.activation = before?.activation ?? bending(catalogue, layers);
  return made;
}

/** The activation of the default network's first layer: what hidden layers start with. @param {App["catalogue"]} catalogue @param {any[]} layers */
function bending(catalogue, layers) {
  const preset = catalogue.dataset.flatMap((part) => part.facts.preset?.layers ?? []).find((layer) => layer.activation && layer.id !== "output");
  return complete(catalogue, "activation", preset?.activation ?? layers.at(-1).activation);
}
