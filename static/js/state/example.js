// @ts-check
// One example put through the network by the server, for data that is no plane: what every layer makes of it, and the
// answer. It is one of the data set or a drawn one. Asked for anew with each frame, as often as answers come.

import { asMap, isMap } from "../lib/maps.js";
import { createPace } from "../lib/pace.js";
import { MOST } from "../lib/plan.js";
import { createStore } from "../lib/store.js";

/** @typedef {import("../lib/maps.js").Values} Values */

/**
 * @typedef {object} ExampleState
 * @property {string} split
 * @property {number} index
 * @property {number} total
 * @property {number[][][]|null} own  a drawn picture, in place of one of the data set
 * @property {any} raw       the example in the user's units
 * @property {Float32Array|null} input  as the network reads it
 * @property {number|null} target  null: unknown
 * @property {Float32Array|null} output
 * @property {Record<string, Values>|null} layers
 * @property {number} update  whose weights these are
 * @property {(layer: string) => {inputs: ArrayLike<number>, sum: number, value: number}|null} readings
 */

/**
 * @param {{api: import("./api.js").Api, run: import("./run.js").Run, pictures: import("./pictures.js").Pictures,
 *   selection: import("./selection.js").Selecting}} options
 */
export function createExample({ api, run, pictures, selection }) {
  const readings = (/** @type {string} */ layer) => {
    const { layers, input } = store.get();
    const order = run.store.get().spec?.network.layers ?? [];
    const place = order.findIndex((l) => l.id === layer);
    const unit = selection.store.get().pinned?.unit ?? 0;
    const before = place > 0 ? layers?.[order[place - 1].id]?.values : input;
    const value = layers?.[layer]?.values[unit];
    return before && value !== undefined ? { inputs: before, sum: layers?.[`${layer}:pre`]?.values[unit] ?? value, value } : null;
  };
  /** @type {ExampleState} */
  const nothing = { split: "test", index: 0, total: 0, own: null, raw: null, input: null, target: null, output: null, layers: null, update: -1, readings };
  const store = createStore(nothing);
  /** How many maps of each layer somebody wants to see, by who it is. @type {Map<string, number>} */
  const needs = new Map();
  /** Who can see something of the example now. @type {Set<string>} */
  const seers = new Set();
  /** What the data set's example looks like, kept while it is chosen. */
  let known = { name: "", raw: /** @type {any} */ (null) };

  const id = () => run.store.get().id;
  const isNeeded = () => id() !== null && run.store.get().data !== null && pictures.kind === "other" && seers.size > 0 && !globalThis.document?.hidden;

  /** How the example on show is asked for. @returns {import("./api.js").Example} */
  const asked = () => {
    const { own, split, index } = store.get();
    return own ? { input: own } : { split, index };
  };

  async function rawOf(/** @type {string} */ mine, /** @type {string} */ split, /** @type {number} */ index) {
    const name = `${mine} ${split} ${index}`;
    if (known.name !== name) known = { name, raw: (await api.examples(mine, split, index, 1)).raw[0] };
    return known.raw;
  }

  async function look() {
    if (!isNeeded()) return;
    const mine = /** @type {string} */ (id());
    const { own, split, index } = store.get();
    const [{ head, arrays }, raw] = await Promise.all([api.look(mine, asked(), Math.max(MOST, ...needs.values()), run.past?.update), own ?? rawOf(mine, split, index)]);
    const now = store.get();
    if (mine !== id() || own !== now.own || split !== now.split || index !== now.index) return ask(); // another one is wanted by now
    const layers = Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape: asMap(shape) ?? shape, values: /** @type {Float32Array} */ (data) }]));
    const output = /** @type {Float32Array} */ (arrays.output.data);
    if (!output.every(Number.isFinite)) return; // diverged: the last picture that means something stays
    store.patch({ raw, input: /** @type {Float32Array} */ (arrays.input.data), target: head.target === null ? null : Number([head.target].flat()[0]),
      output, layers, update: head.update });
  }
  const ask = createPace(look, (took) => Math.max(15, Math.min(took, 100))); // most of it is waiting for its turn

  run.watch(ask);
  run.store.subscribe((now, before) => {
    if (now.id === before.id) return;
    const { split, own } = store.get();
    const fits = own && before.spec?.data.type === now.spec?.data.type ? own : null;
    store.set({ ...nothing, split, own: fits, total: now.data?.counts[split] ?? 0 });
    ask();
  });

  return {
    store,
    asked,
    /** Whether a layer gives feature maps. @param {string} layer */
    isMap: (layer) => isMap(run.store.get().check?.layers.find((l) => l.id === layer)?.output_shape),
    /** Whether a view of it is on the screen: what nobody sees is not asked for. @param {string} who @param {boolean} seen */
    see(who, seen) {
      const before = seers.size;
      if (seen) seers.add(who);
      else seers.delete(who);
      if (!before && seers.size) ask();
    },
    /** More maps of each layer than the network shows. @param {string} who @param {number} channels 0: no longer */
    need(who, channels) {
      if ((needs.get(who) ?? 0) === channels) return;
      needs.set(who, channels);
      if (channels > MOST) ask();
    },
    /** @param {string} split @param {number} index */
    choose(split, index) {
      const total = Math.max(1, run.store.get().data?.counts[split] ?? 1);
      store.patch({ split, total, index: ((index % total) + total) % total, own: null });
      ask();
    },
    /** A picture of one's own, in the data set's units. @param {number[][][]} picture */
    draw(picture) {
      store.patch({ own: picture });
      ask();
    },
  };
}

/** @typedef {ReturnType<typeof createExample>} Example */
