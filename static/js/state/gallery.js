// @ts-check
// Examples that the network gets wrong, or those of one cell of the confusion matrix, the largest loss first.

import { createStore } from "../lib/store.js";
import { t, together } from "../lib/words.js";
import { Problem } from "./api.js";

const PAGE = 24;
const SEARCHED = 200; // the most wrong examples among which the next wrong one is looked for

/** Which examples: all wrong ones, or one cell. @typedef {{split: string, true?: number, predicted?: number}} Which */
/** @typedef {{index: number, raw: any, target: number, predicted: number|null, share: number|null, loss: number|null}} Item */
/** @typedef {{open: boolean, which: Which, total: number, items: Item[], busy: boolean, problem: string}} GalleryState */

/** @param {{api: import("./api.js").Api, run: import("./run.js").Run}} options */
export function createGallery({ api, run }) {
  const store = createStore(/** @type {GalleryState} */ ({ open: false, which: { split: "test" }, total: 0, items: [], busy: false, problem: "" }));
  let turn = 0;

  async function load(/** @type {number} */ offset) {
    const mine = ++turn;
    const { id } = run.store.get();
    if (!id) return;
    store.patch({ busy: true, problem: "" });
    try {
      const found = await api.mistakes(id, { ...store.get().which, limit: PAGE, offset }, run.past?.update);
      if (mine !== turn) return;
      const more = found.index.map((/** @type {number} */ index, /** @type {number} */ i) => {
        const predicted = found.predicted?.[i] ?? null;
        return { index, raw: found.raw[i], target: found.targets[i], predicted, share: predicted === null ? null : found.probabilities?.[i]?.[predicted] ?? null,
          loss: found.losses[i] };
      });
      store.patch({ busy: false, total: found.total, items: offset ? [...store.get().items, ...more] : more });
    } catch (error) {
      if (mine === turn) store.patch({ busy: false, problem: error instanceof Problem ? together(error.message, error.fix) : t("The server can not be reached.") });
    }
  }

  return {
    store,
    /** @param {Which} which */
    open(which) {
      store.patch({ open: true, which, items: [], total: 0 });
      return load(0);
    },
    more: () => load(store.get().items.length),
    close() {
      turn += 1;
      store.patch({ open: false, busy: false });
    },
    /** The next example after this one that it gets wrong, from the start again after the last; null: there is none.
     * @param {string} split @param {number} after @returns {Promise<number|null>} */
    async nextWrong(split, after) {
      const { id } = run.store.get();
      if (!id) return null;
      const { index } = await api.mistakes(id, { split, limit: SEARCHED }, run.past?.update);
      const later = index.filter((/** @type {number} */ i) => i > after);
      return index.length ? Math.min(...(later.length ? later : index)) : null;
    },
  };
}

/** @typedef {ReturnType<typeof createGallery>} Gallery */
