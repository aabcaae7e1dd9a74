// @ts-check
// What the user looks at: a neuron under the pointer or in focus, and one that stays chosen while its card is open.

import { createStore } from "../lib/store.js";

/** Or a feature: layer "input", with its name. @typedef {{layer: string, unit: number, feature?: string}} Neuron */
/** @typedef {{hover: Neuron|null, pinned: Neuron|null, focusWeight: string|null, probe: number[]|null}} Selection */

export function createSelection() {
  const store = createStore(/** @type {Selection} */ ({ hover: null, pinned: null, focusWeight: null, probe: null }));
  const same = (/** @type {Neuron|null} */ a, /** @type {Neuron|null} */ b) => a?.layer === b?.layer && a?.unit === b?.unit && a?.feature === b?.feature;
  return {
    store,
    /** The neuron on show, or null for the network's output. */
    shown: () => store.get().hover ?? store.get().pinned,
    /** @param {Neuron|null} neuron */
    hover(neuron) {
      if (!same(store.get().hover, neuron)) store.patch({ hover: neuron });
    },
    /** Open a neuron's card; `weight` names the field to start in ("bias", or the number of an input). @param {Neuron} neuron @param {string|null} [weight] */
    pin: (neuron, weight = null) => store.patch({ pinned: neuron, focusWeight: weight }),
    unpin: () => store.patch({ pinned: null, hover: null, focusWeight: null }),
    /** The point at which numbers are shown, in the user's units. @param {number[]|null} point */
    probe: (point) => store.patch({ probe: point }),
  };
}

/** @typedef {ReturnType<typeof createSelection>} Selecting */
