// @ts-check
// The run on show: its state, newest weights and complete history, as the stream tells them.
// Another run takes its place in one go, when its first weights and its data are here: pictures never mix two runs.

import { createStore } from "../lib/store.js";
import { HistoryTable } from "../lib/table.js";
import { openStream } from "./socket.js";
import { told as say } from "../lib/words.js";

/** @typedef {import("../lib/types.js").Spec} Spec */
/** @typedef {import("../lib/types.js").ManifestEntry} ManifestEntry */

/**
 * @typedef {object} RunState
 * @property {string|null} id
 * @property {string} state     none | created | running | paused | finished | diverged | failed
 * @property {string} message
 * @property {string} fix
 * @property {number} epoch
 * @property {number} update
 * @property {Spec|null} spec
 * @property {import("../lib/types.js").Check|null} check
 * @property {ManifestEntry[]} manifest
 * @property {any} data         the preview of its data set: points, targets, train flags, preprocess …
 * @property {boolean} connected
 * @property {number} start     counts resets
 * @property {string} note      what happened to the run behind the scenes
 */

/** A moment of a run: the row of its history, and the weights then.
 * @typedef {{seq: number, epoch: number, update: number, weights: Float32Array}} Past */

/** @type {RunState} */
const NOTHING = { id: null, state: "none", message: "", fix: "", epoch: 0, update: 0, spec: null, check: null, manifest: [],
  data: null, connected: true, start: 0, note: "" };

/**
 * @param {{api: import("./api.js").Api, normal: (spec: any) => Spec, open?: (url: string) => WebSocket}} options
 */
export function createRun({ api, normal, open }) {
  const store = createStore(NOTHING);
  /** @type {Set<() => void>} */
  const watchers = new Set();
  /** @type {Float32Array} */
  let weights = new Float32Array(0);
  /** @type {Past|null} */
  let past = null;
  let history = new HistoryTable(["epoch"]);
  let version = 0;
  /** @type {ReturnType<typeof openStream>|null} */
  let stream = null;
  let attached = 0;
  let told = 0; // messages and frames of the stream so far
  let frame = { update: 0, state: "none" }; // what the newest frame said of itself

  /** @type {{start: number, update: number}|null} */
  let stands = null; // where the run stands by an answer, until the stream says that it stands or went on from there

  /** Whether this of the stream was on its way before the answer that the run stands. @param {any} m @param {number} start */
  const isEarlier = (m, start) => {
    if (stands && (m.state !== "running" || start > stands.start || (start === stands.start && m.update > stands.update))) stands = null;
    return stands !== null;
  };

  const tell = () => {
    version += 1;
    watchers.forEach((watch) => watch());
  };

  /**
   * Show a run (as POST or GET gives it). Resolves once its first weights are in the place of the old ones.
   * @param {any} view @param {any} data the preview of its data set
   * @returns {Promise<void>}
   */
  function attach(view, data) {
    attached += 1;
    const turn = attached;
    stands = null;
    stream?.close();
    return new Promise((resolve) => {
      let shown = false;
      let start = view.start ?? 1;
      let table = new HistoryTable(["epoch"]);
      /** @type {Partial<RunState>} */
      let facts = { id: view.id, spec: normal(view.spec), check: view.check, manifest: view.manifest ?? [], data, note: "",
        ...standing(view) };

      const restart = (/** @type {number} */ number) => {
        past = null; // of a start that is no more
        start = number;
        table = new HistoryTable(table.columns);
        if (shown) history = table;
      };
      const onMessage = (/** @type {any} */ message) => {
        if (turn !== attached) return;
        told += 1;
        if (message.type === "hello") {
          if (message.columns.length !== table.columns.length) table = new HistoryTable(message.columns);
          if (message.run.start !== start) restart(message.run.start);
          facts = { ...facts, ...standing(message.run), manifest: message.manifest, spec: normal(message.run.spec), start };
          if (shown) store.patch({ ...facts, connected: true });
        } else if (message.type === "state") {
          const now = isEarlier(message, start) ? {} : standing(message);
          facts = { ...facts, ...now };
          if (shown) store.patch(now);
        } else if (message.type === "reset") {
          restart(message.start ?? start + 1);
          facts = { ...facts, spec: normal(message.spec), start };
          if (shown) store.patch({ spec: facts.spec, start, epoch: 0, update: 0 });
        } else if (message.type === "note" && shown) {
          store.patch({ note: say(message.message) });
        }
      };
      const onFrame = (/** @type {import("../lib/types.js").Frame} */ { head, arrays }) => {
        if (turn !== attached) return;
        told += 1;
        if (head.start !== undefined && head.start !== start) restart(head.start);
        if (arrays.history?.data.length && !table.add(head.first, /** @type {Float64Array} */ (arrays.history.data))) stream?.again();
        const now = isEarlier(head, head.start ?? start) ? {} : { epoch: head.epoch, update: head.update, state: head.state };
        facts = { ...facts, ...now };
        const fresh = /** @type {Float32Array|undefined} */ (arrays.weights?.data);
        // where numbers have grown beyond all bounds, the last picture that means something stays
        if (fresh && (!shown || allFinite(fresh))) weights = fresh;
        if (shown || arrays.weights) frame = { update: head.update, state: head.state };
        if (!shown && arrays.weights) {
          shown = true;
          past = null;
          history = table;
          store.set({ ...NOTHING, ...facts, connected: true, start });
          resolve();
        } else if (shown) {
          store.patch(now);
        }
        if (shown) tell();
      };
      stream = openStream({
        url: (after) => api.streamUrl(view.id, after, start),
        after: () => table.length,
        onMessage,
        onFrame,
        onConnection: (connected) => {
          if (turn === attached && shown) store.patch({ connected });
        },
        ...(open ? { open } : {}),
      });
    });
  }

  return {
    store,
    attach,
    /** Called after each frame. @param {() => void} watch */
    watch(watch) {
      watchers.add(watch);
      return () => watchers.delete(watch);
    },
    /** What is on show: the newest weights, or those of the past moment. */
    get weights() { return past?.weights ?? weights; },
    /** The moment of the past that is on show; null for the present. */
    get past() { return past; },
    /** @param {Past|null} moment */
    showPast(moment) {
      if (past === moment) return;
      past = moment;
      tell();
    },
    /** The row of the history that is on show. */
    get row() { return past ? Math.min(past.seq, history.length) - 1 : history.length - 1; },
    get history() { return history; },
    get version() { return version; },
    /** Where the run stood when what is on show was sent: the store may know more already, from an answer or a message. */
    get frame() { return frame; },
    /** Whether the last losses and weights of a run that stands are here: the word that it stands comes first. */
    get isWhole() { return store.get().state === "running" || frame.update === store.get().update; },
    /**
     * Ask the server something whose answer says how the run stands, and believe it unless the stream, which is always
     * newer, has spoken meanwhile.
     * @param {() => Promise<any>} ask
     */
    async learn(ask) {
      const before = told;
      const view = await ask();
      if (told !== before || view?.id !== store.get().id) return;
      stands = view.state === "running" ? null : { start: view.start, update: view.update };
      store.patch({ ...standing(view), ...(view.spec ? { spec: normal(view.spec) } : {}) });
    },
    /** One weight. @param {string} layer @param {string} name @param {number} place flat index */
    weight(layer, name, place) {
      const entry = store.get().manifest.find((e) => e.layer === layer && e.name === name);
      return entry ? (past?.weights ?? weights)[entry.offset + place] : NaN;
    },
  };
}

/** @typedef {ReturnType<typeof createRun>} Run */

/** Whether all of them are numbers. One that is not makes the sum none, and no sum of so many grows too large. @param {Float32Array} values */
function allFinite(values) {
  return Number.isFinite(values.reduce((sum, value) => sum + value, 0));
}

/** Where a run stands, from any message that says so. @param {any} m */
function standing(m) {
  return { state: m.state, message: say(m.message ?? ""), fix: say(m.fix ?? ""), epoch: m.epoch, update: m.update };
}
