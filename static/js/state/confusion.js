// @ts-check
// What the network confuses, counted by the server: true class against told class, or for values predicted against
// true. Judging all examples takes a while, so nothing is asked while nobody looks, and less often the longer it takes.

import { createPace } from "../lib/pace.js";
import { createStore } from "../lib/store.js";

const PAIRS = 120; // points of "predicted against true"

/**
 * @typedef {object} ConfusionState
 * @property {number[][]|null} confusion
 * @property {string[]|null} classes
 * @property {string} split
 * @property {{target: number, output: number}[]} pairs
 * @property {number} update
 */

/** @param {{api: import("./api.js").Api, run: import("./run.js").Run}} options */
export function createConfusion({ api, run }) {
  /** @type {ConfusionState} */
  const nothing = { confusion: null, classes: null, split: "test", pairs: [], update: -1 };
  const store = createStore(nothing);
  let looking = false;

  async function work() {
    const { id, data } = run.store.get();
    const { split } = store.get();
    if (!looking || !id || !data || globalThis.document?.hidden) return;
    const at = run.past?.update;
    /** @type {Partial<ConfusionState>} */
    let found;
    if (data.task === "classification") {
      const { confusion, classes, update } = await api.evaluation(id, split, at);
      found = { confusion, classes, update, pairs: [] };
    } else {
      const some = await api.examples(id, split, 0, PAIRS);
      const { values, outputs, update } = await api.predict(id, some.inputs, true);
      const pairs = some.targets.map((/** @type {number} */ target, /** @type {number} */ i) => ({ target, output: [(values ?? outputs)[i]].flat()[0] }));
      found = { confusion: null, classes: null, update, pairs };
    }
    if (id === run.store.get().id && split === store.get().split) store.patch(found);
  }
  const isRunning = () => run.store.get().state === "running";
  const ask = createPace(work, (took) => (isRunning() ? Math.max(900, 10 * took) : 150));

  run.watch(ask);
  run.store.subscribe((now, before) => {
    if (now.id !== before.id) store.set({ ...nothing, split: store.get().split });
    if (now.id !== before.id || now.state !== before.state) ask();
  });
  return {
    store,
    /** Whether somebody sees it. @param {boolean} seen */
    look(seen) {
      if (looking === seen) return;
      looking = seen;
      if (seen) ask();
    },
    /** @param {string} split */
    choose(split) {
      if (split === store.get().split) return;
      store.patch({ split });
      ask();
    },
  };
}

/** @typedef {ReturnType<typeof createConfusion>} Confusion */
