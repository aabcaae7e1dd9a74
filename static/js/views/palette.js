// @ts-check
// The palette: every kind of layer the catalogue has, with its sentence.

import { findPart } from "../lib/catalogue.js";
import { insertLayer } from "../lib/spec.js";
import { all, clone, on, reconcile, setText, slot } from "./dom.js";
import { freshLayer } from "./layer-column.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { catalogue, experiment } = app;
  const list = slot(root, "list");
  reconcile(list, catalogue.layer ?? [], (part) => part.type, () => clone("t-palette"), (element, part) => {
    setText(slot(element, "label"), part.label);
    setText(slot(element, "help"), part.help);
  });
  return all(
    on(document, "click", (event) => {
      const button = event.target.closest('[data-action="palette"]');
      if (!button) return;
      root.showPopover();
      const r = button.getBoundingClientRect();
      root.style.left = `${Math.max(8, Math.min(r.left, innerWidth - root.offsetWidth - 8))}px`;
      root.style.top = `${Math.max(8, Math.min(r.bottom + 6, innerHeight - root.offsetHeight - 8))}px`;
      /** @type {HTMLElement|null} */ (list.querySelector("button"))?.focus();
    }),
    on(list, "click", (event) => {
      const type = event.target.closest("li")?.dataset.key;
      if (!type) return;
      const { spec } = experiment.store.get();
      root.hidePopover();
      experiment.change(`add ${findPart(catalogue, "layer", type)?.label}`, insertLayer(spec, spec.network.layers.length - 1, freshLayer(app, type)));
    }),
  );
}
