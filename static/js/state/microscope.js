// @ts-check
// What lies under the microscope: an example, the server's explanation of it, and the step on show.

import { findStep, stepsFor } from "../lib/microscope.js";
import { createStore } from "../lib/store.js";
import { t, together } from "../lib/words.js";
import { Problem } from "./api.js";

/** @typedef {import("../lib/microscope.js").Step} Step */
/** @typedef {import("../lib/microscope.js").Told} Told */

/**
 * @typedef {object} MicroscopeState
 * @property {boolean} open
 * @property {string} split
 * @property {number} index
 * @property {Told|null} told
 * @property {Step[]} steps
 * @property {number} at     which step is on show
 * @property {number} chosen which weight of an update is on show: its place in the neuron's rows; −1: the one that changes most
 * @property {string} problem
 */

/**
 * @param {{api: import("./api.js").Api, run: import("./run.js").Run, session: {settle: () => Promise<any>},
 *   experiment: import("./experiment.js").Experiment}} options
 */
export function createMicroscope({ api, run, session, experiment }) {
  const store = createStore(/** @type {MicroscopeState} */ ({ open: false, split: "train", index: 0, told: null, steps: [], at: 0, chosen: -1, problem: "" }));
  let asked = 0;

  const total = (/** @type {string} */ split) => Math.max(1, run.store.get().data?.counts?.[split] ?? 1);

  async function ask() {
    asked += 1;
    const turn = asked;
    try {
      await session.settle();
      const { split, index } = store.get();
      const id = run.store.get().id;
      if (!id) {
        const [fault] = experiment.store.get().errors; // no network has ever stood: the first one is impossible
        if (fault && turn === asked) store.patch({ problem: together(fault.message, fault.fix) });
        return;
      }
      const told = await api.explain(id, { split, index, ...(run.past ? { at: run.past.update } : {}) });
      if (turn !== asked) return;
      const steps = stepsFor(told);
      const { steps: old, at } = store.get();
      store.patch({ told, steps, at: old.length ? findStep(steps, old[at]) : 0, chosen: -1, problem: "" });
    } catch (error) {
      if (turn !== asked) return;
      store.patch({ problem: error instanceof Problem ? together(error.message, error.fix) : t("The server can not be reached.") });
    }
  }

  return {
    store,
    /** @param {{split: string, index: number}} [example] */
    open(example) {
      store.patch({ open: true, at: 0, steps: [], told: null, problem: "", ...example });
      return ask();
    },
    close() {
      asked += 1;
      store.patch({ open: false });
    },
    /** @param {string} split @param {number} index */
    choose(split, index) {
      const all = total(split);
      store.patch({ split, index: ((index % all) + all) % all });
      return ask();
    },
    /** @param {number} by */
    move(by) {
      const { at, steps } = store.get();
      store.patch({ at: Math.min(Math.max(0, at + by), Math.max(0, steps.length - 1)), chosen: -1 });
    },
    /** @param {Step} step */
    go(step) {
      store.patch({ at: findStep(store.get().steps, step), chosen: -1 });
    },
    /** @param {number} row */
    chooseWeight: (row) => store.patch({ chosen: row }),
    total,
  };
}

/** @typedef {ReturnType<typeof createMicroscope>} Microscope */
