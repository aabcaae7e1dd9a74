// @ts-check
// "Why is it stuck?": asks the server what may be wrong, while training at most every two seconds, and once more when
// training stops.

import { createStore } from "../lib/store.js";

const EVERY_MS = 2000;

/** @typedef {{id: string, values: Record<string, any>, text: string}} Sentence */
/**
 * @typedef {object} Finding
 * @property {string} kind
 * @property {"problem"|"warning"|"hint"} severity
 * @property {string|null} layer
 * @property {Sentence} sentence
 * @property {{label: Sentence, changes: Record<string, any>, at: number|null}|null} experiment
 */

/**
 * @param {{api: import("./api.js").Api, run: import("./run.js").Run, clock?: () => number, wait?: (work: () => void, ms: number) => any}} options
 */
export function createDiagnosis({ api, run, clock = () => performance.now(), wait = (work, ms) => setTimeout(work, ms) }) {
  const store = createStore({ findings: /** @type {Finding[]} */ ([]) });
  let due = 0;
  let waiting = false;
  let toldAt = "";

  const name = () => {
    const { id, start } = run.store.get();
    return `${id} ${start}`;
  };
  const place = () => `${name()} ${run.store.get().update} ${run.store.get().state}`;

  function ask() {
    if (waiting || run.store.get().id === null || run.store.get().update === 0 || place() === toldAt) return;
    waiting = true;
    wait(async () => {
      const [mine, at] = [name(), place()];
      try {
        const { findings } = await api.diagnosis(/** @type {string} */ (run.store.get().id));
        if (mine === name()) store.set({ findings });
        toldAt = at;
      } catch {
        // the run may have just been replaced, or the server be away: the next frame asks again
      }
      due = clock() + EVERY_MS;
      waiting = false;
      if (run.store.get().state !== "running") ask();
    }, Math.max(0, due - clock()));
  }

  run.watch(ask);
  run.store.subscribe((now, before) => {
    if ((now.id !== before.id || now.start !== before.start || now.update === 0) && store.get().findings.length) store.set({ findings: [] });
    if (now.state !== before.state) ask();
  });
  return { store };
}

/** @typedef {ReturnType<typeof createDiagnosis>} Diagnosis */
