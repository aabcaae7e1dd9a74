// @ts-check
// The value of a feature map that is looked at: its place, and every number that made it, asked for anew while training.

import { channelOf, isMap } from "../lib/maps.js";
import { createPace } from "../lib/pace.js";
import { createStore } from "../lib/store.js";
import { slides } from "../lib/sliding.js";
import { strongestPlace } from "../lib/window.js";

const CHANNELS = 3; // told in full; the others are added up

/** @typedef {{layer: string|null, channel: number, row: number, column: number, told: import("../lib/window.js").Told|null}} WindowState */

/**
 * @param {{api: import("./api.js").Api, run: import("./run.js").Run, example: import("./example.js").Example,
 *   selection: import("./selection.js").Selecting}} options
 */
export function createWindow({ api, run, example, selection }) {
  const store = createStore(/** @type {WindowState} */ ({ layer: null, channel: 0, row: 0, column: 0, told: null }));

  const map = () => {
    const { layer } = store.get();
    const found = layer === null ? undefined : example.store.get().layers?.[layer];
    return found && isMap(found.shape) ? found : null;
  };
  /** Whether the layer's values are made of windows. */
  const isMade = () => slides(run.store.get().spec?.network.layers.find((l) => l.id === store.get().layer)?.type ?? "");

  async function look() {
    const { id } = run.store.get();
    const { layer, row, column, channel } = store.get();
    if (!id || layer === null || !isMade() || !map()) return;
    const told = await api.window(id, example.asked(), { layer, row, column, channel, most: CHANNELS }, run.past?.update);
    const now = store.get();
    if (id !== run.store.get().id || now.layer !== layer || now.channel !== channel) return;
    if (now.row !== row || now.column !== column) return ask(); // the pointer has gone on
    store.patch({ told });
  }
  const ask = createPace(look, (took) => Math.max(20, Math.min(took, 60)));

  /** @param {number} row @param {number} column */
  function point(row, column) {
    const shape = map()?.shape;
    if (!shape) return;
    const place = { row: Math.max(0, Math.min(shape[0] - 1, row)), column: Math.max(0, Math.min(shape[1] - 1, column)) };
    if (place.row === store.get().row && place.column === store.get().column) return;
    store.patch(place);
    ask();
  }

  const follow = () => {
    const { pinned } = selection.store.get();
    example.need("window", pinned && example.isMap(pinned.layer) ? pinned.unit + 1 : 0);
    if (!pinned || !example.isMap(pinned.layer)) return store.patch({ layer: null, told: null });
    if (pinned.layer === store.get().layer && pinned.unit === store.get().channel) return;
    store.patch({ layer: pinned.layer, channel: pinned.unit, told: null });
    const found = map();
    const [row, column] = found && pinned.unit < found.shape[2] ? strongestPlace(channelOf(found, pinned.unit), found.shape[1]) : [0, 0];
    store.patch({ row, column });
    ask();
  };
  selection.store.subscribe((now, before) => now.pinned !== before.pinned && follow());
  example.store.subscribe((now, before) => {
    if (now.layers !== before.layers && store.get().layer !== null) ask();
  });

  return { store, point, map, isMade };
}

/** @typedef {ReturnType<typeof createWindow>} Windows */
