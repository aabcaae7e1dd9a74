// @ts-check
// The experiment as the controls show it: a spec, how it is looked at, and what is wrong with it. Kept in the address
// bar, with undo for every change.

import { LOOK, readAddress, writeAddress } from "../lib/address.js";
import { createStore } from "../lib/store.js";

/** @typedef {import("../lib/types.js").Spec} Spec */
/** @typedef {import("../lib/address.js").Look} Look */
/** @typedef {{where: string, message: string, fix: string}} Fault */

/**
 * @typedef {object} ExperimentState
 * @property {Spec} spec
 * @property {Look} look
 * @property {Fault[]} errors  what is wrong with the spec; the run on show is then an older one
 * @property {import("../lib/types.js").Check|null} check  shapes and sizes by layer
 */

/**
 * @param {object} options
 * @param {import("../lib/types.js").Catalogue} options.catalogue
 * @param {Spec} options.defaults
 * @param {import("../lib/undo.js").History} options.history
 * @param {{read: () => string, write: (address: string, replace: boolean) => void}} options.address
 * @param {(notes: string[]) => void} options.say  tells the user what of an address could not be used
 */
export function createExperiment({ catalogue, defaults, history, address, say }) {
  const first = readAddress(catalogue, defaults, address.read());
  const store = createStore(/** @type {ExperimentState} */ ({ spec: first.spec, look: first.look, errors: [], check: null }));
  const written = () => writeAddress(catalogue, store.get().spec, store.get().look);
  let lastMerge = "";
  address.write(written(), true);
  say(first.notes);

  const show = (/** @type {boolean} */ replace) => address.write(written(), replace);
  const put = (/** @type {Spec} */ spec) => {
    store.patch({ spec, errors: [] });
    show(false);
  };

  return {
    store,
    address: written,
    /**
     * Another spec, as one step that can be undone. `merge` names edits that count as one while they follow each other.
     * @param {string} label @param {Spec} next @param {{merge?: string}} [options]
     */
    change(label, next, { merge } = {}) {
      const before = store.get().spec;
      if (JSON.stringify(before) === JSON.stringify(next)) return;
      store.patch({ spec: next, errors: [] });
      show(merge !== undefined && merge === lastMerge);
      lastMerge = merge ?? "";
      history.push({ label, merge, undo: () => put(before), redo: () => put(next) });
    },
    /** Take over a spec that came from the run, not from the user. @param {Spec} spec */
    follow(spec) {
      store.patch({ spec });
      show(true);
    },
    /** @param {Partial<Look>} part */
    setLook(part) {
      store.patch({ look: { ...LOOK, ...store.get().look, ...part } });
      show(true);
    },
    /** @param {import("../lib/types.js").Check|null} check @param {Fault[]} errors */
    judge(check, errors) {
      store.patch({ check, errors });
    },
    /** The address was changed by hand, or by the back and forward buttons. */
    addressChanged() {
      if (address.read().replace(/^#/, "") === written()) return;
      const found = readAddress(catalogue, defaults, address.read());
      store.patch({ spec: found.spec, look: found.look, errors: [] });
      if (found.notes.length) show(true);
      say(found.notes);
    },
  };
}

/** @typedef {ReturnType<typeof createExperiment>} Experiment */
