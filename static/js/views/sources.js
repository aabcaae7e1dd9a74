// @ts-check
// What a layer reads, chosen in its menu: one layer from a list, or several to be joined by ticking them.

import { layerTitle, shapeText } from "../lib/naming.js";
import { INPUT, changeInputs, merges, readable, wired } from "../lib/wiring.js";
import { t } from "../lib/words.js";
import { all, clone, on, reconcile, setText, slot } from "./dom.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app @param {() => string} layerId */
export function mountSources(root, app, layerId) {
  const { catalogue, experiment } = app;
  const one = /** @type {HTMLSelectElement} */ (slot(root, "source"));
  const many = slot(root, "sources");

  const layer = () => wired(experiment.store.get().spec.network.layers).find(({ id }) => id === layerId());
  const nameOf = (/** @type {string} */ id) => {
    const found = experiment.store.get().spec.network.layers.find((other) => other.id === id);
    return found ? layerTitle(catalogue, found) : t("Input");
  };
  const sizeOf = (/** @type {string} */ id) => {
    const { check } = experiment.store.get();
    const shape = id === INPUT ? check?.input_shape : check?.layers.find((other) => other.id === id)?.output_shape;
    return shape ? shapeText(shape) : "";
  };
  const change = (/** @type {string[]} */ inputs) => experiment.change(t("inputs"), changeInputs(experiment.store.get().spec, layerId(), inputs));

  const unmount = all(on(one, "change", () => change([one.value])), on(many, "change", () => {
    const ticked = /** @type {HTMLElement[]} */ ([...many.children]).filter((box) => box.querySelector("input")?.checked).map((box) => box.dataset.key ?? "");
    const before = layer()?.inputs ?? [];
    change([...before.filter((id) => ticked.includes(id)), ...ticked.filter((id) => !before.includes(id))]);
  }));

  return {
    unmount,
    show() {
      const now = layer();
      if (!now) return;
      const choices = readable(experiment.store.get().spec.network.layers, now.id).reverse();
      const joins = merges(catalogue, now.type);
      slot(root, "source-field").hidden = joins || choices.length < 2;
      slot(root, "sources-field").hidden = !joins;
      const text = choices.join();
      if (one.dataset.filled !== text) {
        one.dataset.filled = text;
        one.replaceChildren(...choices.map((id) => new Option(nameOf(id), id)));
      }
      one.value = now.inputs[0];
      reconcile(many, joins ? choices : [], String, () => clone("t-source"), (element, id) => {
        setText(slot(element, "name"), nameOf(id));
        setText(slot(element, "size"), sizeOf(id));
        /** @type {HTMLInputElement} */ (element.querySelector("input")).checked = now.inputs.includes(id);
      });
    },
  };
}
