// @ts-check
// Sentences for the user: what was put right, what went wrong and what to do. Each has a topic; a newer note on the
// same topic takes the place of the older.

import { createStore } from "../lib/store.js";

/** @typedef {{topic: string, tone: "warning"|"error"|"calm", text: string, fix: string, action?: {label: string, run: () => void}}} Note */

export function createNotes() {
  const store = createStore(/** @type {Note[]} */ ([]));
  /** @param {Note} note */
  const put = (note) => {
    const others = store.get().filter((other) => other.topic !== note.topic);
    const same = store.get().find((other) => other.topic === note.topic);
    if (same && same.text === note.text && same.fix === note.fix) return;
    store.set([...others, note]);
  };
  return {
    store,
    /** @param {string} topic @param {string} text @param {string} [fix] @param {Note["action"]} [action] */
    error: (topic, text, fix = "", action) => put({ topic, tone: "error", text, fix, action }),
    /** @param {string} topic @param {string} text */
    warn: (topic, text) => put({ topic, tone: "warning", text, fix: "" }),
    /** @param {string} topic @param {string} text @param {Note["action"]} [action] */
    calm: (topic, text, action) => put({ topic, tone: "calm", text, fix: "", action }),
    /** @param {string[]} topics */
    clear(...topics) {
      if (store.get().some((note) => topics.includes(note.topic))) store.set(store.get().filter((note) => !topics.includes(note.topic)));
    },
  };
}

/** @typedef {ReturnType<typeof createNotes>} Notes */
