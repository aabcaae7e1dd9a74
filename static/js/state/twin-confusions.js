// @ts-check
// Which class each twin takes for which, where there is no picture of the plane: asked for now and then, and once more
// when training stops.

import { createStore } from "../lib/store.js";

/** Counts by true class and answer, of both twins. @typedef {number[][][]|null} Confusions */

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {import("./group.js").Group} options.group
 * @param {() => boolean} options.wanted  whether anybody looks
 * @param {(work: () => void, ms: number) => any} [options.wait]
 */
export function createTwinConfusions({ api, group, wanted, wait = (work, ms) => setTimeout(work, ms) }) {
  const store = createStore(/** @type {Confusions} */ (null));
  let at = "";
  let waiting = false;
  const place = () => group.members.map(({ id, start, update }) => `${id} ${start} ${update}`).join();

  function ask() {
    if (waiting || !wanted() || group.members.length !== 2 || place() === at) return;
    waiting = true;
    wait(async () => {
      const [mine, began] = [place(), performance.now()];
      try {
        const ids = group.members.map(({ id }) => id);
        const found = await Promise.all(ids.map((id) => api.evaluation(id, "test")));
        if (group.members.map(({ id }) => id).join() === ids.join()) store.set(found.every(({ confusion }) => confusion) ? found.map(({ confusion }) => confusion) : null);
        at = mine;
      } catch {
        at = ""; // the runs may have just been replaced: the next news asks again
      }
      wait(() => { // no more than a fifth of the time goes into asking
        waiting = false;
        if (at) ask();
      }, Math.max(500, 4 * (performance.now() - began)));
    }, 0);
  }
  group.watch(ask);
  group.store.subscribe((now, before) => {
    if (now.id !== before.id) {
      store.set(null);
      at = "";
    }
  });
  return { store, ask };
}
