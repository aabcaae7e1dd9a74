// @ts-check
// What the buttons do. Keeps the run on the server in step with the experiment on the page: a change that can be made
// live is told to the run, any other makes a new run, and while an experiment is impossible the old run goes on.

import { LOOK, writeAddress } from "../lib/address.js";
import { debounce } from "../lib/frame.js";
import { difference, normal } from "../lib/spec.js";
import { HistoryTable } from "../lib/table.js";
import { Problem, Unreachable } from "./api.js";

const PREVIEW_LIMIT = 5000; // of each part; the server gives no more
const KEEP = 6; // runs of this page that are kept on the server after others took their place

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {import("./experiment.js").Experiment} options.experiment
 * @param {import("./run.js").Run} options.run
 * @param {import("./notes.js").Notes} options.notes
 * @param {import("../lib/types.js").Catalogue} options.catalogue
 * @param {import("../lib/undo.js").History} options.history
 * @param {{get: () => string|null, set: (id: string|null) => void}} options.tabRun
 * @param {(view: string) => boolean} options.manyPoints  whether all points of a data set of this view are drawn
 * @param {{add: (table: import("../lib/table.js").HistoryTable) => void, clear: () => void}} [options.branches]  keeps the courses that were left
 * @param {() => number} [options.random]
 */
export function createSession({ api, experiment, run, notes, catalogue, history, tabRun, manyPoints, branches = { add() {}, clear() {} }, random = Math.random }) {
  /** @type {Promise<any>} */
  let queue = Promise.resolve();
  /** @type {string[]} */
  let made = [];

  /** One thing after another, in the order asked; a failure is told and the next goes on. @param {() => Promise<any>} work */
  const inTurn = (work) => {
    const mine = queue.then(work);
    queue = mine.catch(tellProblem);
    return queue;
  };

  function tellProblem(/** @type {unknown} */ error) {
    if (error instanceof Problem) notes.error("problem", error.message, error.fix);
    else if (error instanceof Unreachable) notes.error("problem", error.message, "Your experiment is safe in the address bar. Trying again …");
    else throw error;
  }

  /** The run's address, without how it is looked at. @param {import("../lib/types.js").Spec} spec */
  const addressOf = (spec) => writeAddress(catalogue, spec, LOOK);

  /** Where the past is on show, whatever is done next is done from there: by another run, which goes on from that moment. */
  async function branch() {
    const { past } = run;
    if (past) await goOn({ at: past.update });
  }

  /** Show a fork of the run, which itself stops. @param {{at?: number|null, changes?: Record<string, any>}} how */
  async function goOn(how) {
    const parent = id();
    const view = await api.fork(parent, how);
    if (run.store.get().state === "running") await api.setState(parent, { state: "paused" });
    branches.add(run.history);
    await show(view, await preview(view.spec.data));
    return view;
  }

  /** The course of the run that this one went on from, unless that is gone. @param {string} parent */
  async function recall(parent) {
    const found = await api.curve(parent).catch(() => null);
    if (!found) return;
    const table = new HistoryTable(found.columns);
    table.add(1, Float64Array.from(found.rows.flat(), (value) => value ?? NaN));
    branches.add(table);
  }

  async function sync() {
    await branch();
    const { spec } = experiment.store.get();
    const shown = run.store.get();
    const change = shown.spec ? difference(catalogue, shown.spec, spec) : { kind: /** @type {const} */ ("new") };
    try {
      if (change.kind === "live") {
        await api.setSettings(/** @type {string} */ (shown.id), change.settings);
        run.store.patch({ spec });
        if (shown.epoch > 0 && shown.state !== "created") notes.calm("live", `Changed at epoch ${shown.epoch}: the link starts with the new value. Reset to see it from the start.`);
      } else if (change.kind === "seed") {
        await run.learn(() => api.setState(/** @type {string} */ (shown.id), { state: "created", seed: spec.seed }));
        if (run.store.get().spec?.seed !== spec.seed) run.store.patch({ spec: { .../** @type {any} */ (run.store.get().spec), seed: spec.seed } });
      } else if (change.kind === "new") {
        if (await isSound(spec)) await renew(spec);
        return;
      }
      experiment.judge(experiment.store.get().check ?? shown.check, []);
      notes.clear("problem");
    } catch (error) {
      blame(spec, error);
    }
  }

  /** Ask whether the network is possible at all, and show the answer at its layers. @param {import("../lib/types.js").Spec} spec */
  async function isSound(spec) {
    try {
      const check = await api.check(spec.network, spec.data);
      if (experiment.store.get().spec !== spec) return false; // changed meanwhile: a newer turn is waiting
      experiment.judge(check, check.errors ?? []);
      if (check.errors?.length) keepOld();
      else notes.clear("problem");
      return !check.errors?.length;
    } catch (error) {
      blame(spec, error);
      return false;
    }
  }

  /** @param {import("../lib/types.js").Spec} spec */
  async function renew(spec) {
    try {
      const wanted = { ...spec, data: withoutNull(spec.data) };
      const [view, data] = await Promise.all([api.createRun(wanted), preview(spec.data)]);
      branches.clear();
      await show(view, data);
      experiment.judge(view.check ?? experiment.store.get().check, []);
      notes.clear("problem", "live");
    } catch (error) {
      blame(spec, error);
    }
  }

  /** @param {any} view @param {any} data */
  async function show(view, data) {
    const old = run.store.get();
    await run.attach(view, data);
    tabRun.set(view.id);
    made = [...made.filter((id) => id !== view.id), view.id];
    const { speed } = experiment.store.get().look;
    if ((view.settings?.speed ?? null) !== speed) await api.setSettings(view.id, { speed });
    const unused = old.id && old.id !== view.id && made.includes(old.id) && old.epoch === 0 && old.update === 0 ? [old.id] : [];
    const excess = made.filter((id) => id !== view.id).slice(0, Math.max(0, made.length - KEEP));
    for (const id of new Set([...unused, ...excess])) {
      made = made.filter((kept) => kept !== id);
      api.deleteRun(id).catch(() => {});
    }
  }

  /** @type {Map<string, Promise<any>>} */
  const previews = new Map();
  /** The points of a data set; asked for once. @param {any} data @returns {Promise<any>} */
  function preview(data) {
    const wanted = withoutNull(data);
    const view = catalogue.dataset.find((part) => part.type === data.type)?.facts.view;
    const name = JSON.stringify(wanted);
    let found = previews.get(name);
    if (!found) {
      found = api.preview(wanted, manyPoints(view) ? PREVIEW_LIMIT : 16).then(asPoints);
      previews.set(name, found);
      if (previews.size > 24) previews.delete(/** @type {string} */ (previews.keys().next().value));
      found.catch(() => previews.delete(name));
    }
    return found;
  }

  const keepOld = () => {
    notes.error("problem", "This network can not be built as it is.", run.store.get().id
      ? "See the mark at its layer, or undo. The network before it goes on meanwhile." : "See the mark at its layer.");
  };

  /** Show what the server refused where it belongs. @param {import("../lib/types.js").Spec} spec @param {unknown} error */
  function blame(spec, error) {
    if (!(error instanceof Problem)) return tellProblem(error);
    experiment.judge(experiment.store.get().check, error.errors);
    notes.error("problem", error.message, error.fix);
  }

  const later = debounce(60, () => inTurn(sync));
  const settle = () => {
    later.cancel();
    return inTurn(sync);
  };
  const isReady = () => run.store.get().id !== null && experiment.store.get().errors.length === 0;
  /** @param {() => Promise<any>} work */
  const whenReady = async (work) => {
    await settle();
    if (isReady()) await inTurn(work);
  };
  const id = () => /** @type {string} */ (run.store.get().id);
  /** @param {Record<string, any>} state */
  const setState = (state) => whenReady(() => run.learn(() => api.setState(id(), state)));

  /** A run that has broken off says so already, with what to do; it can not go on. @param {Record<string, any>} state */
  const go = (state) => {
    const { errors } = experiment.store.get();
    const broken = !run.past && ["diverged", "failed"].includes(run.store.get().state) && !errors.length
      && difference(catalogue, /** @type {any} */ (run.store.get().spec), experiment.store.get().spec).kind === "same";
    return broken ? Promise.resolve() : setState(state);
  };

  return {
    preview,
    /** First of all: go on with the run of this tab if it is of this experiment, else make one. */
    async start() {
      await inTurn(async () => {
        const known = tabRun.get();
        const { spec } = experiment.store.get();
        if (known) {
          const view = await api.getRun(known).catch(() => null);
          if (view && addressOf(normal(catalogue, view.spec)) === addressOf(spec)) {
            made = [known];
            await show(view, await preview(spec.data));
            if (view.fork_seq) await recall(view.parent);
            experiment.judge(view.check ?? null, []);
            return;
          }
        }
        await sync();
      });
      experiment.store.subscribe((now, before) => {
        if (now.spec !== before.spec) later();
        if (now.look.speed !== before.look.speed && run.store.get().id) inTurn(() => api.setSettings(id(), { speed: now.look.speed }));
      });
    },
    toggle: () => go({ state: run.store.get().state === "running" ? "paused" : "running" }),
    step: () => go({ state: "running", advance: { unit: experiment.store.get().look.advance, count: 1 } }),
    reset: () => {
      notes.clear("live", "edited");
      run.showPast(null);
      return setState({ state: "created", seed: "same" });
    },
    /** Another start: other first weights, by a seed that the address then holds. */
    restart() {
      const { spec } = experiment.store.get();
      let seed = spec.seed;
      while (seed === spec.seed) seed = 1 + Math.floor(random() * 9999);
      notes.clear("live", "edited");
      run.showPast(null);
      experiment.change("new start", { ...spec, seed });
      return settle();
    },
    /**
     * Set weights by hand; can be undone.
     * @param {{layer: string, name: string, index: number[], value: number, before: number}[]} edits
     */
    edit(edits) {
      const send = (/** @type {"value"|"before"} */ which) => whenReady(() => api.editWeights(id(), edits.map((edit) => (
        { layer: edit.layer, name: edit.name, index: edit.index, value: edit[which] }))));
      notes.calm("edited", "You have set weights by hand. The link describes the experiment without them; reset brings back its own start.");
      history.push({ label: "weight", undo: () => void send("before"), redo: () => void send("value"),
        merge: `${edits[0].layer}.${edits[0].name}.${edits[0].index}` });
      return send("value");
    },
    settle,
    /** Go on from the past moment on show. */
    fork: () => whenReady(async () => {}),
    /**
     * Try what a finding proposes: a fork with its change, which starts to train. Can be undone.
     * @param {{label: {text: string}, changes: Record<string, any>, at: number|null}} proposal
     */
    tryOut(proposal) {
      return whenReady(async () => {
        const view = await goOn({ at: proposal.at, changes: proposal.changes });
        experiment.change(proposal.label.text, normal(catalogue, view.spec));
        experiment.judge(view.check ?? null, []);
        await run.learn(() => api.setState(view.id, { state: "running" }));
      });
    },
  };
}

/** @typedef {ReturnType<typeof createSession>} Session */

/** The examples as the page draws them: points in the user's units, and which of them train. @param {any} found */
function asPoints({ inputs, split, ...about }) {
  return { ...about, points: inputs, train: split.map((/** @type {string} */ part) => part === "train") };
}

/** What has no value is left out. @param {Record<string, any>} data */
function withoutNull(data) {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
}
