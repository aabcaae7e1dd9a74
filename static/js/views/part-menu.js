// @ts-check
// The menu of a layer, or of an optimizer, a schedule …: its form comes from the server, made from the declaration.

import htmx from "../../vendor/htmx.esm.min.js";
import { findPart, labelOf } from "../lib/catalogue.js";
import { count, layerTitle, shapeText } from "../lib/naming.js";
import { changeKind, insertLayer, moveLayer, read, removeLayer } from "../lib/spec.js";
import { all, on, setText, slot } from "./dom.js";
import { showFormulas } from "./katex.js";
import { fillPartMenu } from "./menus.js";

/** Which part of the catalogue is at a path: a layer, the optimizer …, or training as a whole. @param {string} path @param {any} [part] */
export function partAt(path, part) {
  if (path === "training") return { kind: "settings", type: "training" };
  return { kind: path.startsWith("network.layers.") ? "layer" : path.split(".")[1], type: part?.type ?? "" };
}

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { catalogue, experiment } = app;
  const form = slot(root, "form");
  const kind = /** @type {HTMLSelectElement} */ (slot(root, "kind"));
  fillPartMenu(kind, catalogue.layer);
  let path = "";
  let without = "";
  let shown = "";
  /** @type {HTMLElement|null} */
  let opener = null;

  const isLayer = () => path.startsWith("network.layers.");
  const layerId = () => path.split(".").at(-1) ?? "";

  /** Show the form anew where the kind of a part in it changed. */
  const refresh = () => {
    const { spec, check } = experiment.store.get();
    const part = read(spec, path);
    if (!part) return root.hidePopover();
    const layer = isLayer();
    slot(root, "layer").hidden = slot(root, "actions").hidden = !layer;
    const { kind: what, type } = partAt(path, part);
    setText(slot(root, "title"), layer ? layerTitle(catalogue, part) : labelOf(catalogue, what, type));
    if (layer) {
      kind.value = part.type;
      const found = check?.layers.find((l) => l.id === part.id);
      setText(slot(root, "shape"), found ? `${shapeText(found.input_shape)} → ${shapeText(found.output_shape)}, ${count(found.parameters, "weight or bias", "weights and biases")}` : "");
      const at = spec.network.layers.findIndex((l) => l.id === part.id);
      const last = spec.network.layers.length - 1;
      /** @type {[string, boolean][]} */
      const able = [["left", at > 0 && at < last], ["right", at < last - 1], ["duplicate", at < last], ["delete", at < last]];
      for (const [action, can] of able) /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`)).disabled = !can;
    }
    const types = JSON.stringify(part, (key, value) => (key === "" || key === "type" || (value && typeof value === "object") ? value : undefined));
    if (shown === path + types) return;
    shown = path + types;
    const query = new URLSearchParams({ path, values: JSON.stringify(part), without });
    htmx.ajax("GET", `${app.root}/parts/${what}/${type}?${query}`, { target: form, swap: "innerHTML" }).then(() => {
      showFormulas(form);
      app.describeControls(form);
      stand();
    });
  };

  const stand = () => {
    if (!opener || !root.matches(":popover-open")) return;
    const r = opener.getBoundingClientRect();
    root.style.left = `${Math.max(8, Math.min(r.left - 10, innerWidth - root.offsetWidth - 8))}px`;
    root.style.top = `${Math.max(8, Math.min(r.bottom + 8, innerHeight - root.offsetHeight - 8))}px`;
  };

  /** @param {HTMLElement} button @param {string} where @param {string} [hide] */
  const open = (button, where, hide = "") => {
    [opener, path, without, shown] = [button, where, hide, ""];
    refresh();
    root.showPopover();
    stand();
    /** @type {HTMLElement} */ (isLayer() ? kind : root.querySelector("button")).focus();
  };
  app.openPartMenu = open;
  app.openLayerMenu = (button, id) => open(button, `network.layers.${id}`);

  /** @type {Record<string, (spec: any, at: number) => [string, any]>} */
  const actions = {
    left: (spec, at) => ["move layer", moveLayer(spec, layerId(), at - 1)],
    right: (spec, at) => ["move layer", moveLayer(spec, layerId(), at + 1)],
    duplicate: (spec, at) => ["duplicate layer", insertLayer(spec, at + 1, spec.network.layers[at])],
    delete: (spec) => ["delete layer", removeLayer(spec, layerId())],
  };
  return all(
    experiment.store.subscribe(() => root.matches(":popover-open") && refresh()),
    on(kind, "change", () => experiment.change(`${findPart(catalogue, "layer", kind.value)?.label} layer`, changeKind(catalogue, experiment.store.get().spec, layerId(), kind.value))),
    on(slot(root, "actions"), "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (!action) return;
      const { spec } = experiment.store.get();
      root.hidePopover();
      experiment.change(...actions[action](spec, spec.network.layers.findIndex((/** @type {any} */ l) => l.id === layerId())));
    }),
    on(root, "toggle", (event) => {
      if (event.newState === "closed" && opener?.isConnected && (document.activeElement === document.body || root.contains(document.activeElement))) opener.focus();
    }),
  );
}
