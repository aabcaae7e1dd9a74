// @ts-check
// The palette: every kind of layer the catalogue has, with its sentence. Chosen by click or key for the place named
// above the list, or dragged to its place.

import { layerTitle } from "../lib/naming.js";
import { insertLayer } from "../lib/wiring.js";
import { t } from "../lib/words.js";
import { all, clone, on, reconcile, setText, slot } from "./dom.js";
import { draggable } from "./drag-layer.js";
import { freshLayer } from "./layer-column.js";
import { stand } from "./stand.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { catalogue, experiment } = app;
  const list = slot(root, "list");
  const find = /** @type {HTMLInputElement} */ (slot(root, "find"));
  const place = /** @type {HTMLSelectElement} */ (slot(root, "place"));
  const none = slot(root, "none");

  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (/** @type {import("../lib/types.js").Part} */ part) => words.every((word) => [part.label, part.type, part.help].some((text) => text.toLowerCase().includes(word)));
    // those whose name fits come first, in the order of the catalogue
    const named = (/** @type {import("../lib/types.js").Part} */ part) => words.every((word) => part.label.toLowerCase().includes(word));
    const parts = (catalogue.layer ?? []).filter(fits);
    const sorted = [...parts.filter(named), ...parts.filter((part) => !named(part))];
    reconcile(list, sorted, (part) => part.type, () => clone("t-palette"), (element, part) => {
      setText(slot(element, "label"), part.label);
      setText(slot(element, "help"), part.help);
    });
    none.hidden = sorted.length > 0;
  };

  const open = (/** @type {Element} */ button, at = experiment.store.get().spec.network.layers.length - 1) => {
    const { layers } = experiment.store.get().spec.network;
    place.replaceChildren(...layers.map((layer, i) => new Option(layerTitle(catalogue, layer), String(i))));
    place.value = String(at);
    find.value = "";
    show();
    root.showPopover();
    stand(root, button);
    find.focus();
  };
  app.openPalette = open;

  const add = (/** @type {string} */ type, /** @type {number} */ at) => {
    const { spec, check } = experiment.store.get();
    const label = catalogue.layer.find((part) => part.type === type)?.label ?? type;
    root.hidePopover();
    experiment.change(t("add {layer}", { layer: label }), insertLayer(catalogue, spec, at, freshLayer(app, type), check));
    app.focusLayer(at);
  };

  show();
  return all(
    on(document, "click", (event) => {
      const button = event.target.closest('[data-action="palette"]');
      if (button) open(button);
    }),
    on(find, "input", show),
    on(find, "keydown", (event) => {
      const first = /** @type {HTMLElement|null} */ (list.firstElementChild);
      if (event.key === "Enter" && first) {
        event.preventDefault();
        add(first.dataset.key ?? "", Number(place.value));
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        first?.querySelector("button")?.focus();
      }
    }),
    on(list, "keydown", (event) => {
      const step = /** @type {Record<string, "nextElementSibling"|"previousElementSibling">} */ (
        { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" })[event.key];
      if (!step) return;
      event.preventDefault();
      const next = event.target.closest("li")?.[step];
      /** @type {HTMLElement} */ (next?.querySelector("button") ?? (event.key === "ArrowUp" ? find : event.target)).focus();
    }),
    on(list, "click", (event) => {
      const type = event.target.closest("li")?.dataset.key;
      if (type) add(type, Number(place.value));
    }),
    draggable(root, list, add),
  );
}
