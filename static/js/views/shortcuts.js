// @ts-check
// Keys for the whole page. They keep out of the way of whatever is typed in, and of the browser's own.

import { on } from "./dom.js";

/** @param {Document} document @param {import("../main.js").App} app */
export function mountShortcuts(document, app) {
  const { session, experiment, history, selection } = app;
  const look = (/** @type {"test"|"discretize"|"lines"} */ name) => experiment.setLook({ [name]: !experiment.store.get().look[name] });
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": () => void session.toggle(),
    s: () => void session.step(),
    r: () => void session.reset(),
    n: () => void session.restart(),
    t: () => look("test"),
    d: () => look("discretize"),
    l: () => look("lines"),
    a: () => /** @type {HTMLElement|null} */ (document.querySelector('[data-action="palette"]'))?.click(),
    "?": () => document.getElementById("help")?.togglePopover(),
    Escape: () => selection.unpin(),
  };
  return on(document, "keydown", (event) => {
    if (document.querySelector("dialog:modal")) return; // what is behind it is out of reach
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches?.('input:not([type="checkbox"], [type="range"]), textarea, select');
    if (event.ctrlKey || event.metaKey) {
      const name = event.key.toLowerCase();
      const field = target instanceof HTMLInputElement && target.dataset.before !== undefined ? target : null;
      if ((name !== "z" && name !== "y") || (field && field.value !== field.dataset.before)) return; // the field's own undo
      event.preventDefault();
      target.blur?.();
      if (name === "y" || event.shiftKey) history.redo();
      else history.undo();
      return;
    }
    if (event.altKey || typing) return;
    // a focused button has its own meaning of Space and Enter
    if (event.key === " " && target.closest?.("button, a, input, summary, [role=button]")) return;
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
