// @ts-check
// A store: one value that changes as a whole, and those who want to know.

/**
 * @template T
 * @typedef {object} Store
 * @property {() => T} get
 * @property {(next: T) => void} set
 * @property {(part: Partial<T>) => void} patch
 * @property {(listener: (value: T, before: T) => void) => () => void} subscribe  returns its own undo
 */

/**
 * @template T
 * @param {T} initial
 * @returns {Store<T>}
 */
export function createStore(initial) {
  let value = initial;
  /** @type {Set<(value: T, before: T) => void>} */
  const listeners = new Set();
  const set = (/** @type {T} */ next) => {
    if (Object.is(next, value)) return;
    const before = value;
    value = next;
    for (const listener of [...listeners]) listener(value, before);
  };
  return {
    get: () => value,
    set,
    patch(part) {
      const keys = /** @type {(keyof T)[]} */ (Object.keys(part));
      if (keys.some((key) => !Object.is(value[key], part[key]))) set({ ...value, ...part });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
