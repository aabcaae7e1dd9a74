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
 * The same function, computed anew only where its argument is another than the last time.
 * @template A, R
 * @param {(argument: A) => R} f @returns {(argument: A) => R}
 */
export function remembering(f) {
  /** @type {{argument: A, result: R}|null} */
  let last = null;
  return (argument) => {
    if (!last || !Object.is(last.argument, argument)) last = { argument, result: f(argument) };
    return last.result;
  };
}

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
