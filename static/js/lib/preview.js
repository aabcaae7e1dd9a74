// @ts-check
// Data on their way to the server and back.

import { told } from "./words.js";

/**
 * The examples as the page draws them: points in the user's units, and which of them train. Classes and columns (names)
 * are called as the page's language has them, unless they are of one's own data. @param {any} found @param {boolean} [own]
 */
export function asPoints({ inputs, split, ...about }, own = false) {
  const called = (/** @type {string[]|null|undefined} */ names) => (own || !names ? names : names.map(told));
  return { ...about, classes: called(about.classes), names: called(about.input_names), points: inputs, train: split.map((/** @type {string} */ part) => part === "train") };
}

/** What has no value is left out. @param {Record<string, any>} data */
export function withoutNull(data) {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
}
