// @ts-check
// What the buttons do. Keeps the run on the server in step with the experiment on the page: a change that can be made
// live is told to the run, any other makes a new run, and while an experiment is impossible the old run goes on.

import { LOOK, writeAddress } from "../lib/address.js";
import { debounce } from "../lib/frame.js";
import { keepsWeights, lacking } from "../lib/own-points.js";
import { withoutNull } from "../lib/preview.js";
import { difference, normal } from "../lib/spec.js";
import { HistoryTable } from "../lib/table.js";
import { t } from "../lib/words.js";
import { Problem, Unreachable } from "./api.js";
import { createByHand } from "./by-hand.js";
import { createKeptRuns } from "./kept-runs.js";
import { createPreviews } from "./previews.js";
import { withRoom } from "./room.js";

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
  const kept = createKeptRuns(api);
  const preview = createPreviews({ api, catalogue, manyPoints });

  /** One thing after another, in the order asked; a failure is told and the next goes on. @param {() => Promise<any>} work */
  const inTurn = (work) => {
    const mine = queue.then(work);
    queue = mine.catch(tellProblem);
    return queue;
  };

  function tellProblem(/** @type {unknown} */ error) {
    if (error instanceof Problem) notes.error("problem", error.message, error.fix);
    else if (error instanceof Unreachable) notes.error("problem", error.message, t("Your experiment is safe in the address bar. Trying again …"));
    else throw error;
  }

  /** The run's address, without how it is looked at. @param {import("../lib/types.js").Spec} spec */
  const addressOf = (spec) => writeAddress(catalogue, spec, LOOK);

  /** Where the past is on show, whatever is done next is done from there: by another run, which goes on from that moment. */
  async function branch() {
    const { past } = run;
    if (past) await goOn({ at: past.update });
  }

  /** Other points, the same network: it goes on learning. @param {import("../lib/types.js").Spec} spec */
  async function takePoints(spec) {
    const running = run.store.get().state === "running";
    const view = await goOn({ changes: { data: withoutNull(spec.data), training: spec.training } }, false);
    experiment.judge(view.check ?? experiment.store.get().check, []);
    notes.clear("problem");
    if (running) await run.learn(() => api.setState(view.id, { state: "running" }));
  }

  /** Show a fork of the run, which itself stops. @param {{at?: number|null, changes?: Record<string, any>}} how @param {boolean} [keep] its course on the chart
   * @param {string} [parent] another run than the one on show */
  async function goOn(how, keep = true, parent = id()) {
    const view = await withRoom(api, () => api.fork(parent, how), kept.ids);
    if (run.store.get().state === "running") await api.setState(id(), { state: "paused" });
    if (keep) branches.add(run.history);
    await show(view, await preview(view.spec.data));
    return view;
  }

  /** The experiment of a fork is the one of the page from now on. @param {string} label @param {any} view */
  function take(label, view) {
    experiment.change(label, normal(catalogue, view.spec));
    experiment.judge(view.check ?? null, []);
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
        if (shown.epoch > 0 && shown.state !== "created") notes.calm("live", t("Changed at epoch {epoch}: the link starts with the new value. Reset to see it from the start.", { epoch: shown.epoch }));
      } else if (change.kind === "seed") {
        await run.learn(() => api.setState(/** @type {string} */ (shown.id), { state: "created", seed: spec.seed }));
        if (run.store.get().spec?.seed !== spec.seed) run.store.patch({ spec: { .../** @type {any} */ (run.store.get().spec), seed: spec.seed } });
      } else if (change.kind === "new") {
        if (lacking(catalogue, spec)) return notes.calm("problem", t("Place at least two points. The network learns them as they come."));
        const trained = shown.update > 0 && ["running", "paused", "finished"].includes(shown.state);
        if (trained && shown.spec && keepsWeights(catalogue, shown.spec, spec)) await takePoints(spec);
        else if (await goBack(spec)) await sync();
        else if (await isSound(spec)) await renew(spec);
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

  /** Undo: the run that was left with this experiment, with what it has learned. @param {import("../lib/types.js").Spec} spec */
  async function goBack(spec) {
    const known = kept.of(spec);
    const view = known && known !== id() && await api.getRun(known).catch(() => null);
    if (!view || !["same", "live"].includes(difference(catalogue, normal(catalogue, view.spec), spec).kind)) return false;
    const [data, check] = await Promise.all([preview(spec.data), api.check(spec.network, spec.data)]);
    await leave();
    await show({ ...view, check }, data);
    if (view.fork_seq) await recall(view.parent);
    notes.clear("live", "edited");
    return true;
  }

  /** The run on show stops where it is. */
  async function leave() {
    branches.clear();
    if (run.store.get().state === "running") await api.setState(id(), { state: "paused" }).catch(() => {});
  }

  /** @param {import("../lib/types.js").Spec} spec */
  async function renew(spec) {
    try {
      const wanted = { ...spec, data: withoutNull(spec.data) };
      const [view, data] = await Promise.all([withRoom(api, () => api.createRun(wanted), kept.ids), preview(spec.data)]);
      await byHand.begin(spec, view.id);
      await leave();
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
    kept.show(view.id, old);
    const { speed } = experiment.store.get().look;
    if ((view.settings?.speed ?? null) !== speed) await api.setSettings(view.id, { speed });
  }

  const keepOld = () => {
    notes.error("problem", t("This network can not be built as it is."), run.store.get().id
      ? t("See the mark at its layer, or undo. The network before it goes on meanwhile.") : t("See the mark at its layer."));
  };

  /** Show what the server refused where it belongs. @param {import("../lib/types.js").Spec} spec @param {unknown} error */
  function blame(spec, error) {
    if (!(error instanceof Problem)) return tellProblem(error);
    experiment.judge(experiment.store.get().check, error.errors);
    notes.error("problem", error.message, error.fix);
  }

  /** Which run is of the experiment on show, for whoever comes back to it. */
  const remember = () => {
    const { spec } = experiment.store.get();
    const shown = run.store.get();
    if (shown.id && shown.spec && difference(catalogue, shown.spec, spec).kind === "same") kept.belongs(spec, shown.id);
  };
  const inStep = () => sync().then(remember);
  const later = debounce(60, () => inTurn(inStep));
  const settle = () => (later.cancel(), inTurn(inStep));
  const isReady = () => run.store.get().id !== null && experiment.store.get().errors.length === 0;
  /** In one turn with what it needs: whoever asks for something after it comes after it. @param {() => Promise<any>} work */
  const whenReady = (work) => (later.cancel(), inTurn(async () => {
    await inStep().catch(tellProblem);
    if (isReady()) await work();
  }));
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

  const byHand = createByHand({ api, notes, history, id, whenReady, keep: kept.weigh });

  return {
    preview,
    /**
     * First of all: go on with the run of this tab if it is of this experiment, else open the one that was shared, or
     * make one. @param {(() => Promise<any>)|null} [open]
     */
    async start(open = null) {
      await inTurn(async () => {
        const known = tabRun.get();
        const { spec } = experiment.store.get();
        if (known) {
          const view = await api.getRun(known).catch(() => null);
          if (view && addressOf(normal(catalogue, view.spec)) === addressOf(spec)) {
            kept.start(known);
            const [data, check] = await Promise.all([preview(spec.data), api.check(spec.network, spec.data)]);
            await show({ ...view, check }, data);
            if (view.fork_seq) await recall(view.parent);
            experiment.judge(check, []);
            return;
          }
        }
        const shared = await open?.().catch(tellProblem);
        if (!shared) return sync();
        await show(shared, await preview(shared.spec.data));
        kept.weigh(shared.id);
        experiment.follow(normal(catalogue, shared.spec));
        experiment.judge(shared.check ?? null, []);
      });
      remember();
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
      experiment.change(t("new start"), { ...spec, seed });
      return settle();
    },
    edit: byHand.edit,
    load: byHand.load,
    /** Another experiment, with the weights of a file where there is one. @param {string} label @param {import("../lib/types.js").Spec} spec @param {Blob|null} file */
    bring(label, spec, file) {
      if (file) byHand.belong(spec, file);
      experiment.change(label, spec);
    },
    settle,
    /** Go on from the past moment on show. */
    fork: () => whenReady(async () => {}),
    /** Take a run that was made beside this one: a fork of it, as it stands. Can be undone. @param {string} other @param {string} label */
    adopt: (other, label) => whenReady(async () => {
      branches.clear();
      take(label, await goOn({}, false, other));
    }),
    /**
     * Try what a finding proposes: a fork with its change, which starts to train. Can be undone.
     * @param {{label: {text: string}, changes: Record<string, any>, at: number|null}} proposal
     */
    tryOut: ({ label, changes, at }) => whenReady(async () => {
      const view = take(label.text, await goOn({ at, changes }));
      await run.learn(() => api.setState(view.id, { state: "running" }));
    }),
  };
}

/** @typedef {ReturnType<typeof createSession>} Session */
