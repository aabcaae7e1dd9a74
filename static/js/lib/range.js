// @ts-check
// From which value to which the colours of a neuron's picture reach, so that no number is painted as another.

import { rangeOf } from "./activations.js";
import { nice } from "./number.js";

/** @typedef {[number, number]} Range */

/**
 * Bounded activations have their own range. Others reach as far, both ways from zero, as their values do: the bound
 * is a round number that follows with some delay, so that colours do not flicker while training.
 */
export class Ranges {
  /** @type {Map<string, number>} */
  #bounds = new Map();

  clear() {
    this.#bounds.clear();
  }

  /**
   * @param {string} name      of the neuron; its bound is remembered under it
   * @param {{type: string} & Record<string, any>|null} activation
   * @param {Float32Array} values @param {number} from @param {number} count
   * @returns {Range}
   */
  of(name, activation, values, from, count) {
    const [lo, hi] = activation ? rangeOf(activation.type, activation) : [-Infinity, Infinity];
    if (Number.isFinite(lo) && Number.isFinite(hi)) return [lo, hi];
    let size = 0;
    for (let p = from; p < from + count; p++) {
      const v = Math.abs(values[p]);
      if (v > size && v < Infinity) size = v;
    }
    let bound = this.#bounds.get(name) ?? 0;
    if (size > bound || size < bound * 0.3) bound = Math.max(nice(size), 1e-3);
    this.#bounds.set(name, bound);
    return [-bound, bound];
  }
}

/** The range of numbers to predict: as far both ways from zero as they reach. @param {number[]} targets @returns {Range} */
export function targetRange(targets) {
  let size = 0;
  for (const target of targets) size = Math.max(size, Math.abs(target));
  const step = nice(size) / 10;
  const bound = Number((Math.ceil(size / step - 1e-9) * step).toPrecision(12)) || 1;
  return [-bound, bound];
}

/**
 * Where one output decides between two classes: half-way between what stands for them.
 * @param {{type: string} & Record<string, any>|null} activation
 */
export function threshold(activation) {
  return activation && rangeOf(activation.type, activation)[0] >= 0 ? 0.5 : 0;
}
