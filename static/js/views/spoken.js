// @ts-check
// What a screen reader hears while training: the epoch and the losses, not more often than one can listen to.

import { showLoss, showPercent, show } from "../lib/number.js";
import { setText } from "./dom.js";

const EVERY_MS = 8000;

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, { run }) {
  let said = 0;
  let state = "";
  const summary = () => {
    const { history } = run;
    const now = run.store.get();
    const metric = history.last("test_metric");
    const quality = now.data?.task === "regression" ? `R squared ${show(metric, 2)}` : `accuracy ${showPercent(metric)}`;
    return `Epoch ${Math.floor(now.epoch)}. Test loss ${showLoss(history.last("test_loss"))}, ${quality}.`;
  };
  const say = () => {
    const now = run.store.get();
    if (now.state === "created" && now.epoch === 0 && state === "") state = now.state;
    const changed = now.state !== state;
    if (!changed && (now.state !== "running" || performance.now() - said < EVERY_MS)) return;
    said = performance.now();
    state = now.state;
    const words = /** @type {Record<string, string>} */ ({ running: "Training.", paused: "Paused.", created: "Ready.", finished: "Finished.", diverged: "Diverged.", failed: "Stopped." });
    setText(root, `${words[now.state] ?? ""} ${summary()}`);
  };
  return run.watch(say);
}
