// @ts-check
// What the run is up to, in words: connection lost, diverged, finished, moved to another worker.

import { t, together } from "../lib/words.js";
import { all, setAttribute, slot } from "./dom.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, { run, notes, session, root: base }) {
  const tell = () => {
    const now = run.store.get();
    root.hidden = now.id === null;
    setAttribute(slot(root, "run"), "href", `${base}/api/v1/runs/${now.id}`);
    if (now.connected) notes.clear("connection");
    else notes.warn("connection", t("The connection to the server is lost. Trying to get it back; training goes on there."));
    if (now.state === "diverged" || now.state === "failed") {
      notes.error("state", now.message || t("Training has stopped."), now.fix, { label: t("Reset"), run: () => void session.reset() });
    } else if (now.state === "finished") {
      notes.calm("state", together(now.message || t("Training has reached its last epoch."), now.fix));
    } else {
      notes.clear("state");
    }
    if (now.note) notes.calm("run", now.note);
  };
  tell();
  return all(run.store.subscribe(tell));
}
