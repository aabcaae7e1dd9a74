// @ts-check
// Notes on the page: sentences with what to do, to be dismissed.

import { together } from "../lib/words.js";
import { all, clone, on, reconcile, setText } from "./dom.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, { notes }) {
  const draw = () => reconcile(root, notes.store.get(), (note) => note.topic, () => clone("t-note"), (element, note) => {
    element.classList.toggle("note--error", note.tone === "error");
    element.classList.toggle("note--calm", note.tone === "calm");
    setText(/** @type {Element} */ (element.querySelector(".note__text")), together(note.text, note.fix));
    const button = /** @type {HTMLElement} */ (element.querySelector('[data-action="fix"]'));
    button.hidden = !note.action;
    setText(button, note.action?.label ?? "");
  });
  draw();
  return all(notes.store.subscribe(draw), on(root, "click", (event) => {
    const topic = event.target.closest(".note")?.dataset.key;
    const action = event.target.closest("[data-action]")?.dataset.action;
    const note = notes.store.get().find((n) => n.topic === topic);
    if (action === "fix") note?.action?.run();
    if (action === "close" && topic) notes.clear(topic);
  }));
}
