// @ts-check
// What is compared: the same start with one change, the same experiment from many starts, or optimizers in a race.
// Each has a group of runs of its own, made from the experiment on the page, and given up when that has changed.

import { classCount } from "../lib/spec.js";
import { debounce } from "../lib/frame.js";
import { withoutNull } from "../lib/preview.js";
import { settingsToChange, withChange } from "../lib/one-change.js";
import { createStore, remembering } from "../lib/store.js";
import { racers, twoWeights } from "../lib/race.js";
import { createGroup } from "./group.js";

/** @typedef {import("../lib/types.js").Spec} Spec */
/** @typedef {"twins"|"seeds"|"race"} Tab */

/**
 * @typedef {object} CompareState
 * @property {boolean} open
 * @property {Tab} tab
 * @property {string} setting   of the twins: what differs
 * @property {any} value        of it, in the second run
 * @property {number} count     of starts
 * @property {import("../lib/bands.js").Criterion} criterion  when a start counts as solved
 * @property {(number|null)[]} rates  learning rates of the race; null: the usual
 * @property {boolean} small    the race is run by a net of two weights
 * @property {number|null} speed epochs a second
 * @property {any} data         preview of the data set that is shown
 * @property {string} problem
 */

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {import("./experiment.js").Experiment} options.experiment
 * @param {import("./run.js").Run} options.run
 * @param {import("./session.js").Session} options.session
 * @param {import("../lib/types.js").Catalogue} options.catalogue
 * @param {(spec: any) => Spec} options.normal
 */
export function createCompare({ api, experiment, run, session, catalogue, normal }) {
  const store = createStore(/** @type {CompareState} */ ({ open: false, tab: "twins", setting: "", value: null, count: 20, criterion: { column: "test_metric", at_least: 0.95 },
    rates: [], small: true, speed: 30, data: null, problem: "" }));
  const groups = { twins: createGroup({ api, normal }), seeds: createGroup({ api, normal }), race: createGroup({ api, normal }) };
  /** What each group was made of. @type {Partial<Record<Tab, string>>} */
  const madeOf = {};

  const page = () => experiment.store.get().spec;
  /** The experiment that the open comparison is of. */
  const base = () => (store.get().tab === "race" && store.get().small ? small(page()) : page());
  const small = remembering((/** @type {Spec} */ spec) => twoWeights(catalogue, spec));
  const sent = (/** @type {Spec} */ spec) => ({ ...spec, data: withoutNull(spec.data) });
  const group = () => groups[store.get().tab];
  const changeable = remembering((/** @type {Spec} */ spec) => settingsToChange(catalogue, spec));
  const settings = () => changeable(page());

  /** @param {Tab} tab @param {Record<string, any>[]} changes @param {any} [criterion] */
  async function make(tab, changes, criterion) {
    const spec = base();
    madeOf[tab] = JSON.stringify(spec);
    const { speed } = store.get();
    const body = { spec: sent(spec), changes: changes.map((change) => ({ ...change, speed })), ...(criterion ? { criterion } : {}) };
    const made = groups[tab].make(body);
    try {
      store.patch({ data: await session.preview(spec.data), problem: "" });
    } catch (error) {
      store.patch({ problem: error instanceof Error ? error.message : String(error) });
    }
    await made;
  }

  /** @type {Record<Tab, () => Promise<any>>} */
  const makers = {
    twins: () => {
      const { setting, value } = store.get();
      return make("twins", [{}, withChange(catalogue, page(), setting, value).change]);
    },
    seeds: () => {
      const { count, criterion } = store.get();
      return make("seeds", Array.from({ length: count }, (_, k) => ({ seed: page().seed + k })), criterion);
    },
    race: () => make("race", racers(catalogue, base(), store.get().rates).map(({ optimizer }) => ({ training: { optimizer } }))),
  };

  /** What the open tab needs, made anew where the experiment has changed since. */
  function prepare() {
    const { tab } = store.get();
    if (madeOf[tab] === JSON.stringify(base()) && (group().store.get().state !== "none" || tab === "seeds")) {
      void session.preview(base().data).then((data) => store.patch({ data }));
      return;
    }
    group().forget();
    delete madeOf[tab];
    if (tab === "twins") {
      const known = settings().find(({ id }) => id === store.get().setting) ?? settings()[0];
      store.patch({ setting: known.id, value: known.proposal });
    }
    if (tab === "seeds") {
      const classes = classCount(catalogue, page().data) > 0;
      store.patch({ criterion: { column: "test_metric", at_least: classes ? 0.95 : 0.9 } });
      void session.preview(page().data).then((data) => store.patch({ data }));
    } else {
      void makers[tab]();
    }
  }
  const again = debounce(300, () => void makers[store.get().tab]());

  return {
    store, groups, settings, base,
    get group() { return group(); },
    /** @param {Tab} [tab] */
    async open(tab = store.get().tab) {
      if (run.store.get().state === "running") void session.toggle();
      store.patch({ open: true, tab });
      prepare();
    },
    close() {
      for (const one of Object.values(groups)) if (one.store.get().state === "running") void one.pause(true);
      store.patch({ open: false });
    },
    /** @param {Tab} tab */
    choose(tab) {
      if (tab === store.get().tab) return;
      if (group().store.get().state === "running") void group().pause(true);
      store.patch({ tab });
      prepare();
    },
    /** @param {string} setting @param {any} [value] left out: what is proposed */
    change(setting, value) {
      const found = settings().find(({ id }) => id === setting);
      if (!found) return;
      store.patch({ setting, value: value ?? found.proposal });
      again();
    },
    /** @param {number} count */
    start(count) {
      store.patch({ count });
      return makers.seeds().then(() => groups.seeds.play());
    },
    /** @param {import("../lib/bands.js").Criterion} criterion */
    judge: (criterion) => store.patch({ criterion }),
    /** @param {(number|null)[]} rates */
    race(rates) {
      store.patch({ rates });
      again();
    },
    /** @param {boolean} small */
    simplify(small) {
      store.patch({ small, rates: [] });
      prepare();
    },
    /** @param {number|null} speed */
    setSpeed(speed) {
      store.patch({ speed });
      for (const one of Object.values(groups)) void one.setSpeed(speed);
    },
    /** A run of the group takes the place of the one on the page. @param {number} number @param {string} label */
    async keep(number, label) {
      const chosen = group().members[number];
      if (!chosen) return;
      await group().pause(true);
      this.close();
      await session.adopt(chosen.id, label);
    },
    /** Whoever leaves the page leaves nothing behind on the server. */
    leave() {
      for (const one of Object.values(groups)) one.forget();
    },
  };
}

/** @typedef {ReturnType<typeof createCompare>} Comparing */
