// @ts-check
// Runs that are made, steered and watched together: twins, many starts, optimizers. One stream tells of all of them.

import { createStore } from "../lib/store.js";
import { HistoryTable } from "../lib/table.js";
import { Problem } from "./api.js";
import { openStream } from "./socket.js";
import { told } from "../lib/words.js";

/**
 * One run of the group, as the stream has told so far.
 * @typedef {object} Member
 * @property {number} number
 * @property {string} id
 * @property {import("../lib/types.js").Spec} spec
 * @property {import("../lib/types.js").ManifestEntry[]} manifest
 * @property {string} state
 * @property {string} message
 * @property {number} epoch
 * @property {number} update
 * @property {number} start
 * @property {HistoryTable} table
 * @property {Float32Array} weights  the newest
 * @property {Float32Array} first    those it began with
 * @property {number} version        counts news
 */

/** @typedef {{id: string|null, state: "none"|"making"|"created"|"running"|"paused"|"ended", problem: string, fix: string}} GroupState */
/** @type {GroupState} */
const NOTHING = { id: null, state: "none", problem: "", fix: "" };
const ENDED = ["finished", "diverged", "failed"];

/**
 * @param {{api: import("./api.js").Api, normal: (spec: any) => import("../lib/types.js").Spec, open?: (url: string) => WebSocket}} options
 */
export function createGroup({ api, normal, open }) {
  const store = createStore(NOTHING);
  /** @type {Set<() => void>} */
  const watchers = new Set();
  /** @type {Member[]} */
  let members = [];
  /** @type {ReturnType<typeof openStream>|null} */
  let stream = null;
  let turn = 0;
  let version = 0;
  /** @type {Promise<any>} */
  let queue = Promise.resolve();
  /** The epoch to which all go on before the group counts as paused; Infinity while that is not known. @type {number|null} */
  let meetAt = null;
  let giveUp = () => {};

  const hasMet = (/** @type {number} */ epoch) => (/** @type {Member} */ one) => ENDED.includes(one.state)
    || (one.state !== "running" && one.table.length > 0 && one.table.last("epoch") >= epoch); // its row comes last
  const tell = () => {
    version += 1;
    const states = members.map((member) => member.state);
    if (meetAt !== null && members.every(hasMet(meetAt))) meetAt = null;
    const state = meetAt !== null || states.includes("running") ? "running" : states.every((s) => s === "created") ? "created"
      : states.every((s) => ENDED.includes(s)) ? "ended" : "paused";
    if (store.get().id !== null && store.get().state !== state) store.patch({ state });
    watchers.forEach((watch) => watch());
  };

  /** @param {any} view of a run @param {number} number @returns {Member} */
  const member = (view, number) => ({ number, id: view.id, spec: normal(view.spec), manifest: view.manifest ?? [], state: view.state, message: told(view.message ?? ""),
    epoch: view.epoch, update: view.update, start: view.start ?? 1, table: new HistoryTable(["epoch"]), weights: new Float32Array(0), first: new Float32Array(0), version: 0 });

  const restart = (/** @type {Member} */ one, /** @type {number} */ start) => {
    one.start = start;
    one.table = new HistoryTable(one.table.columns);
    one.first = new Float32Array(0);
  };

  const onMessage = (/** @type {any} */ message) => {
    if (message.type === "hello") {
      for (const { member: number, run, manifest } of message.members) {
        const one = members[number];
        if (one.table.columns.length !== message.columns.length) one.table = new HistoryTable(message.columns);
        if (run.start !== one.start) restart(one, run.start);
        Object.assign(one, { manifest, state: run.state, message: told(run.message ?? ""), epoch: run.epoch, update: run.update });
      }
    } else if (message.type === "state") {
      const { state, message: words, epoch, update } = message;
      Object.assign(members[message.member], { state, message: told(words ?? ""), epoch, update });
    } else if (message.type === "reset") {
      const one = members[message.member];
      restart(one, message.start ?? one.start + 1);
      Object.assign(one, { spec: normal(message.spec), epoch: 0, update: 0 });
    } else if (message.type === "error") {
      store.patch({ problem: told(message.message), fix: told(message.fix ?? "") });
    }
    tell();
  };

  const onFrame = (/** @type {import("../lib/types.js").Frame} */ { head, arrays }) => {
    for (const { member: number, start, first, ...facts } of head.members) {
      const one = members[number];
      if (start !== undefined && start !== one.start) restart(one, start);
      const rows = arrays[`${number}.history`]?.data;
      if (rows?.length && !one.table.add(first, /** @type {Float64Array} */ (rows))) stream?.again();
      const fresh = /** @type {Float32Array|undefined} */ (arrays[`${number}.weights`]?.data);
      if (fresh && (facts.state !== "diverged" || fresh.every(Number.isFinite))) one.weights = fresh;
      if (fresh && facts.update === 0) one.first = fresh;
      one.version += 1;
      Object.assign(one, { epoch: facts.epoch, update: facts.update, state: facts.state });
    }
    tell();
  };

  /** One thing after another; a refusal is shown. @param {() => Promise<any>} work @returns {Promise<void>} */
  const inTurn = (work) => {
    const mine = turn;
    queue = queue.then(() => (mine === turn ? work() : undefined)).catch((error) => {
      const fix = error instanceof Problem ? error.fix : "";
      if (mine === turn) store.patch({ problem: error.message, fix, ...(store.get().id ? {} : { state: "none" }) });
    });
    return queue;
  };
  const steer = (/** @type {Record<string, any>} */ state) => inTurn(async () => {
    if (store.get().id === null) return;
    meetAt = null;
    store.patch({ problem: "", fix: "" });
    await api.setGroupState(/** @type {string} */ (store.get().id), state);
  });

  function forget() {
    const { id } = store.get();
    turn += 1;
    meetAt = null;
    giveUp();
    stream?.close();
    stream = null;
    members = [];
    store.set(NOTHING);
    if (id) api.deleteGroup(id).catch(() => {});
    watchers.forEach((watch) => watch());
  }

  /**
   * Runs that paused one after another go on to the end of the furthest one's epoch, where all have a row to compare.
   * Where they stand is asked for: the stream comes later.
   */
  async function meet() {
    const views = (await Promise.all(members.map((one) => api.getRun(one.id)))).filter((view) => !ENDED.includes(view.state));
    const apart = new Set(views.map((view) => `${view.epoch} ${view.update}`)).size > 1;
    const epoch = meetAt = Math.max(...views.map((view) => view.epoch)) + Number(apart);
    if (!apart) return;
    await Promise.all(views.map((view) => api.setState(view.id, { state: "running", advance: { unit: "epoch", count: epoch - view.epoch } })));
  }

  return {
    store,
    /** Called after each piece of news. @param {() => void} watch */
    watch(watch) {
      watchers.add(watch);
      return () => watchers.delete(watch);
    },
    get members() { return members; },
    get version() { return version; },
    /**
     * Make a group in the place of the one before. Resolves when the first weights of all its runs are here.
     * @param {Record<string, any>} body  as POST /groups takes it
     */
    make(body) {
      forget();
      store.patch({ state: "making" });
      const mine = turn;
      return inTurn(async () => {
        const view = await api.createGroup(body);
        if (mine !== turn) return void api.deleteGroup(view.id).catch(() => {});
        members = view.runs.map(member);
        await /** @type {Promise<void>} */ (new Promise((resolve) => {
          giveUp = resolve;
          const only = (/** @type {(x: any) => void} */ take) => (/** @type {any} */ x) => {
            if (mine !== turn) return resolve();
            take(x);
            if (members.every((one) => one.weights.length) || store.get().problem) resolve();
          };
          stream = openStream({
            url: () => api.groupStreamUrl(view.id, members.map((one) => one.table.length), members.map((one) => one.start)),
            after: () => 0, onMessage: only(onMessage), onFrame: only(onFrame), onConnection: () => {}, ...(open ? { open } : {}),
          });
        }));
        if (mine !== turn) return;
        store.patch({ id: view.id, state: "created" });
        tell();
      });
    },
    play: () => steer({ state: "running" }),
    /** All at the end of the same epoch; a second time, or with `here`, where each of them is. */
    pause(here = false) {
      const before = meetAt;
      meetAt = here || before !== null ? null : Infinity;
      return inTurn(async () => {
        try {
          if (store.get().id === null) return;
          await api.setGroupState(/** @type {string} */ (store.get().id), { state: "paused" });
          if (meetAt === Infinity) await meet();
        } catch (error) {
          meetAt = null;
          throw error;
        } finally {
          tell();
        }
      });
    },
    step: () => steer({ state: "running", advance: { unit: "epoch", count: 1 } }),
    reset: () => steer({ state: "created", seed: "same" }),
    /** Epochs a second of each; null: as fast as it goes. @param {number|null} speed */
    setSpeed: (speed) => inTurn(() => Promise.all(members.map((one) => api.setSettings(one.id, { speed })))),
    forget,
    settle: () => inTurn(async () => {}),
  };
}

/** @typedef {ReturnType<typeof createGroup>} Group */
