// @ts-check
// What the page's dialogs and cards have in common: how they are left and who has the focus then, how they tell what
// went wrong, and how text is copied.

import { together } from "../lib/words.js";
import { on, setText } from "./dom.js";

/** Its close button, and a press beside it, leave a dialog. @param {HTMLElement} dialog @param {() => void} leave */
export const onLeave = (dialog, leave) => on(dialog, "click", (event) => {
  if (event.target === dialog || event.target.closest('[data-action="close"]')) leave();
});

/** A card over the page, which gives the focus back to where it was. @param {HTMLElement} root */
export function createPopover(root) {
  /** @type {Element|null} */
  let opener = null;
  return {
    show() {
      if (root.matches(":popover-open")) return;
      opener = document.activeElement;
      root.showPopover();
    },
    hide() {
      if (!root.matches(":popover-open")) return;
      const hadFocus = root.contains(document.activeElement);
      root.hidePopover();
      if (hadFocus && opener instanceof HTMLElement) opener.focus();
    },
  };
}

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
