// @ts-check
// One layer as a column: its heading and controls above, its neurons below. Knows nothing of weights or pictures.

import { complete, findPart, labelOf } from "../lib/catalogue.js";
import { count, layerTitle, neuronTitle, shapeText } from "../lib/naming.js";
import { plain } from "../lib/number.js";
import { changeLayer, moveLayer } from "../lib/spec.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { fillPartMenu } from "./menus.js";

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
    experiment.change(`${count(next, "unit")} in ${layerTitle(catalogue, now)}`, changeLayer(experiment.store.get().spec, id(), { units: next }));
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
      experiment.change("move layer", moveLayer(spec, id(), to));
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
    setAttribute(grip, "aria-label", `Move ${name}`);
    part("units").hidden = !("units" in layer);
    for (const action of ["less", "more"]) {
      const button = /** @type {HTMLButtonElement} */ (element.querySelector(`[data-action="${action}"]`));
      button.hidden = isOutput;
      setAttribute(button, "aria-label", `One unit ${action} in ${name}`);
      if (action === "less") button.disabled = layer.units <= 1;
    }
    if ("units" in layer) {
      const [number, word] = count(layer.units, isOutput ? "output" : "unit").split(" ");
      setText(part("count"), number);
      setText(part("word"), ` ${word}`);
    }
    part("activation").hidden = !layer.activation;
    if (layer.activation) {
      setAttribute(select, "data-path", `network.layers.${layer.id}.activation`);
      setAttribute(select, "title", `What each neuron of ${name} makes of its sum.`);
      if (select.value !== layer.activation.type) select.value = layer.activation.type;
    }
    setText(part("fact"), found ? `${shapeText(found.input_shape)} → ${shapeText(found.output_shape)}` : " ");
    setAttribute(part("fact"), "title", found ? `Shape in and out; ${count(found.parameters, "weight or bias", "weights and biases")}.` : null);
    part("block").hidden = column.kind !== "block";
    setText(part("block"), column.kind === "block" ? summary(catalogue, layer) : "");
    const more = column.kind === "neurons" ? column.units - column.shown : 0;
    part("more").hidden = more <= 0;
    setText(part("more"), `+ ${more} more`);
    part("error").hidden = faults.length === 0;
    setText(part("error"), faults.map((fault) => `${fault.message} ${fault.fix}`).join(" "));
    const items = column.kind === "neurons" ? Array.from({ length: column.shown }, (_, i) => i) : [];
    reconcile(part("neurons"), items, String, () => clone("t-neuron"), (cell, unit) => {
      const button = /** @type {HTMLElement} */ (cell.firstElementChild);
      button.dataset.layer = layer.id;
      button.dataset.unit = String(unit);
      button.dataset.title = neuronTitle(catalogue, layer, unit, classes);
      const bias = /** @type {HTMLElement} */ (cell.lastElementChild);
      bias.hidden = layer.type !== "dense" || layer.bias === false;
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
  if (like) return { ...like };
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
