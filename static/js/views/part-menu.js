// @ts-check
// The menu of a layer, or of an optimizer, a schedule …: its form comes from the server, made from the declaration.

import htmx from "../../vendor/htmx.esm.min.js";
import { complete, findPart, labelOf } from "../lib/catalogue.js";
import { layerTitle, parameterCount, shapeText } from "../lib/naming.js";
import { read } from "../lib/spec.js";
import { addShortcut, changeKind, insertLayer, moveLayer, removeLayer, shortcutKind } from "../lib/wiring.js";
import { t } from "../lib/words.js";
import { all, on, setText, slot } from "./dom.js";
import { showFormulas } from "./katex.js";
import { fillPartMenu } from "./menus.js";
import { mountSources } from "./sources.js";
import { stand as standBelow } from "./stand.js";

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
  const sources = mountSources(root, app, () => layerId());
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
      setText(slot(root, "shape"), found ? t("{from} → {to}, {count}", { from: shapeText(found.input_shape), to: shapeText(found.output_shape), count: parameterCount(found.parameters) }) : "");
      const at = spec.network.layers.findIndex((l) => l.id === part.id);
      const last = spec.network.layers.length - 1;
      /** @type {[string, boolean][]} */
      const able = [["left", at > 0 && at < last], ["right", at < last - 1], ["before", true], ["duplicate", at < last], ["delete", at < last],
        ["shortcut", shortcutKind(spec.network.layers, part.id, check) !== null]];
      sources.show();
      for (const [action, can] of able) /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`)).disabled = !can;
    }
    const types = JSON.stringify(part, (key, value) => (key === "" || key === "type" || (value && typeof value === "object") ? value : undefined));
    if (shown === path + types) return;
    shown = path + types;
    const query = new URLSearchParams({ path, values: JSON.stringify(part), without, lang: document.documentElement.lang });
    htmx.ajax("GET", `${app.root}/parts/${what}/${type}?${query}`, { target: form, swap: "innerHTML" }).then(() => {
      showFormulas(form);
      app.describeControls(form);
      stand();
    });
  };

  const stand = () => {
    if (opener && root.matches(":popover-open")) standBelow(root, opener);
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
    left: (spec, at) => [t("move layer"), moveLayer(spec, layerId(), at - 1)],
    right: (spec, at) => [t("move layer"), moveLayer(spec, layerId(), at + 1)],
    duplicate: (spec, at) => [t("duplicate layer"), insertLayer(catalogue, spec, at + 1, spec.network.layers[at])],
    delete: (spec) => [t("delete layer"), removeLayer(spec, layerId())],
    shortcut: (spec) => {
      const type = shortcutKind(spec.network.layers, layerId(), experiment.store.get().check) ?? "add";
      return [t("shortcut"), addShortcut(spec, layerId(), complete(catalogue, "layer", type))];
    },
  };
  return all(
    sources.unmount, experiment.store.subscribe(() => root.matches(":popover-open") && refresh()),
    on(kind, "change", () => experiment.change(t("{kind} layer", { kind: labelOf(catalogue, "layer", kind.value) }), changeKind(catalogue, experiment.store.get().spec, layerId(), kind.value, experiment.store.get().check))),
    on(slot(root, "actions"), "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (!action) return;
      const { spec } = experiment.store.get();
      const at = spec.network.layers.findIndex((/** @type {any} */ l) => l.id === layerId());
      root.hidePopover();
      if (action === "before") app.openPalette(/** @type {HTMLElement} */ (opener ?? root), at);
      else experiment.change(...actions[action](spec, at));
    }),
    on(root, "toggle", (event) => {
      if (event.newState === "closed" && opener?.isConnected && (document.activeElement === document.body || root.contains(document.activeElement))) opener.focus();
    }),
  );
}
