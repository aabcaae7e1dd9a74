// @ts-check
// The dialog of all maps of a layer, where the network shows only some: live, for the example on show.

import { isMap, largestOf } from "../lib/maps.js";
import { layerTitle } from "../lib/naming.js";
import { t } from "../lib/words.js";
import { onLeave } from "./dialog.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { createTile } from "./tile.js";

const ALL = 4096; // more channels than any layer has

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { example, run, selection, painter, theme, catalogue } = app;
  const dialog = /** @type {HTMLDialogElement} */ (root);
  /** @type {WeakMap<Element, import("./tile.js").Tile>} */
  const tiles = new WeakMap();
  let layer = "";

  const draw = () => {
    const found = run.store.get().spec?.network.layers.find((l) => l.id === layer);
    const map = example.store.get().layers?.[layer];
    if (!dialog.open || !found || !map || !isMap(map.shape)) return;
    const count = map.shape[2];
    const of = run.store.get().check?.layers.find((l) => l.id === layer)?.output_shape[2] ?? count;
    setText(slot(root, "title"), t("{layer}, all {count} maps", { layer: layerTitle(catalogue, found), count: of }));
    const most = largestOf(map.values) || 1;
    slot(root, "list").classList.toggle("is-strips", map.shape[0] === 1 && map.shape[1] > 1);
    reconcile(slot(root, "list"), Array.from({ length: count }, (_, i) => i), String, () => clone("t-all-maps-item"), (item, channel) => {
      const button = /** @type {HTMLElement} */ (item.firstElementChild);
      button.dataset.channel = String(channel);
      setAttribute(button, "aria-label", t("Map {n}", { n: channel + 1 }));
      setText(/** @type {Element} */ (button.lastElementChild), String(channel + 1));
      let tile = tiles.get(item);
      if (!tile) tiles.set(item, tile = createTile(/** @type {HTMLCanvasElement} */ (button.firstElementChild)));
      tile.map(theme.palette, map, channel, most);
    });
  };
  const close = () => {
    example.need("all maps", 0);
    if (dialog.open) dialog.close();
  };
  const request = () => painter.request(draw);
  return all(
    example.store.subscribe(request), theme.subscribe(request), run.store.subscribe((now, before) => now.id !== before.id && close()),
    on(document, "click", (event) => {
      const opener = event.target instanceof Element ? event.target.closest('[data-action="all-maps"]') : null;
      const column = /** @type {HTMLElement|null|undefined} */ (opener?.closest(".layer"));
      if (!column) return;
      layer = column.dataset.layer ?? "";
      slot(root, "list").replaceChildren();
      dialog.showModal();
      example.need("all maps", ALL);
      request();
    }),
    on(root, "close", close),
    onLeave(root, close),
    on(root, "click", (event) => {
      const chosen = event.target.closest("[data-channel]");
      if (!chosen) return;
      close();
      selection.pin({ layer, unit: Number(chosen.dataset.channel) });
    }),
    () => painter.cancel(draw),
  );
}
