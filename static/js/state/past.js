// @ts-check
// The time line: which moments of the run are kept, which one is on show, and the courses that were left for a fork.
// One question at a time; while an answer is on its way, only the newest wish is remembered.

import { nearestMoment } from "../lib/moments.js";
import { createStore } from "../lib/store.js";

const FRESH_MS = 1000; // so long a list of moments of a running run is believed
const KEPT = 80; // moments whose weights are kept here

/** @typedef {import("../lib/moments.js").Moment} Moment */

/** @param {{api: import("./api.js").Api, run: import("./run.js").Run, clock?: () => number}} options */
export function createPast({ api, run, clock = () => performance.now() }) {
  const store = createStore({ wanted: /** @type {number|null} */ (null), problem: "" });
  /** @type {{name: string, update: number, time: number, moments: Moment[]}} */
  let known = { name: "", update: -1, time: -Infinity, moments: [] };
  /** @type {Map<string, Float32Array>} */
  const weights = new Map();
  let busy = false;

  const name = () => `${run.store.get().id} ${run.store.get().start}`;

  async function moments() {
    const now = run.store.get();
    const mine = name();
    const isFresh = known.name === mine && (known.update === now.update || (now.state === "running" && clock() - known.time < FRESH_MS));
    if (!isFresh) {
      const found = await api.timeline(/** @type {string} */ (now.id));
      // a moment within an epoch lies where its row of the history says
      const epoch = (/** @type {Moment} */ m) => (m.seq <= run.history.length ? run.history.at(m.seq - 1, "epoch") : m.epoch);
      known = { name: mine, update: now.update, time: clock(), moments: found.moments.map((m) => ({ ...m, epoch: epoch(m) })) };
    }
    return known.moments;
  }

  /** @param {Moment} moment */
  async function weightsOf(moment) {
    const key = `${name()} ${moment.update}`;
    let found = weights.get(key);
    if (!found) {
      found = await api.weightsAt(/** @type {string} */ (run.store.get().id), moment.update);
      weights.set(key, found);
      if (weights.size > KEPT) weights.delete(/** @type {string} */ (weights.keys().next().value));
    }
    return found;
  }

  async function look() {
    if (busy) return;
    busy = true;
    try {
      for (let { wanted } = store.get(); wanted !== null;) {
        const mine = name();
        const moment = nearestMoment(await moments(), wanted);
        const found = moment && await weightsOf(moment);
        if (name() !== mine) return; // another run meanwhile
        if (store.get().wanted === null) return;
        if (moment && found && moment.update !== run.past?.update) run.showPast({ ...moment, weights: found });
        if (store.get().wanted === wanted) break;
        ({ wanted } = store.get());
      }
      store.patch({ problem: "" });
    } catch (error) {
      store.patch({ problem: error instanceof Error ? error.message : String(error) });
    } finally {
      busy = false;
    }
  }

  run.watch(() => {
    if (!run.past && !busy && store.get().wanted !== null) store.patch({ wanted: null }); // a reset or another run ended it
  });

  return {
    store,
    /** Show the network as it was at about this epoch. @param {number} epoch */
    seek(epoch) {
      store.patch({ wanted: epoch });
      return look();
    },
    /** One kept moment earlier (−1) or later (1). @param {number} by */
    async step(by) {
      const { update } = run.store.get();
      const list = (await moments()).filter((moment) => moment.update < update); // the present is no past
      const here = run.past?.update ?? update;
      const count = list.filter((moment) => (by < 0 ? moment.update < here : moment.update <= here)).length;
      const next = list[Math.max(0, by < 0 ? count + by : count - 1 + by)];
      if (next) await this.seek(next.epoch);
      else this.leave();
    },
    /** Back to now. */
    leave() {
      store.patch({ wanted: null });
      run.showPast(null);
    },
  };
}

/** The courses that forks have left: the newest is drawn beside the present one. */
export function createBranches() {
  const store = createStore(/** @type {import("../lib/table.js").HistoryTable|null} */ (null));
  return {
    store,
    /** @param {import("../lib/table.js").HistoryTable} table */
    add: (table) => store.set(table),
    clear: () => store.set(null),
  };
}

/** @typedef {ReturnType<typeof createPast>} TimeLine */
