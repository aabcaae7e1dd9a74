// @ts-check
// What the page's dialogs have in common: how they are left, how they tell what went wrong, and how text is copied.

import { together } from "../lib/words.js";
import { on, setText } from "./dom.js";

/** Its close button, and a press beside it, leave a dialog. @param {HTMLElement} dialog @param {() => void} leave */
export const onLeave = (dialog, leave) => on(dialog, "click", (event) => {
  if (event.target === dialog || event.target.closest('[data-action="close"]')) leave();
});

/** Show what went wrong and what to do; null: nothing. @param {HTMLElement} element @param {any} problem */
export function showProblem(element, problem) {
  element.hidden = !problem;
  setText(element, together(problem?.message, problem?.fix));
}

/** Whether the browser let the page copy: some refuse, and over plain HTTP there is no clipboard. @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
