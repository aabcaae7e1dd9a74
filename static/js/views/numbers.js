// @ts-check
// The big numbers: test loss, training loss, accuracy or R².

import { showLoss, showPercent, show } from "../lib/number.js";
import { t } from "../lib/words.js";
import { setText, slot } from "./dom.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, { run, painter }) {
  const draw = () => {
    const { history, row } = run;
    const at = (/** @type {string} */ name) => (row >= 0 ? history.at(row, name) : NaN);
    const task = run.store.get().data?.task;
    setText(slot(root, "test"), showLoss(at("test_loss")));
    setText(slot(root, "train"), showLoss(at("train_loss")));
    setText(slot(root, "metric-name"), task === "regression" ? "R²" : t("Accuracy"));
    const metric = at("test_metric");
    setText(slot(root, "metric"), task === "regression" ? show(metric, 3) : showPercent(metric));
  };
  draw();
  return run.watch(() => painter.request(draw));
}
