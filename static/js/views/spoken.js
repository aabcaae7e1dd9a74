// @ts-check
// What a screen reader hears while training: the epoch and the losses, not more often than one can listen to. A step
// is told once, when it is done.

import { showLoss, showPercent, show } from "../lib/number.js";
import { fill, t } from "../lib/words.js";
import { setText } from "./dom.js";

const EVERY_MS = 8000;
const SETTLED_MS = 400; // what comes and goes within this time is told as one
const CLEAR = 0.02; // a loss that changed by less, as a share, stays about the same
const WORDS = {
  /** @type {Record<string, string>} */
  states: { running: t("Training."), paused: t("Paused."), created: t("Ready."), finished: t("Finished."), diverged: t("Diverged."), failed: t("Stopped.") },
  classes: t("{state} Epoch {epoch}. Test loss {loss}, {trend}. Accuracy {metric}."),
  numbers: t("{state} Epoch {epoch}. Test loss {loss}, {trend}. R squared {metric}."),
  first: t("{state} Epoch {epoch}. Test loss {loss}."),
  falling: t("falling"),
  rising: t("rising"),
  steady: t("about the same"),
};

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, { run }) {
  let said = 0;
  let state = "";
  let updateSaid = 0;
  let lossSaid = NaN;
  let nameSaid = "";
  /** @type {any} */
  let timer = null;

  const summary = () => {
    const { history } = run;
    const now = run.store.get();
    const name = `${now.id} ${now.start}`;
    const [loss, metric] = [history.last("test_loss"), history.last("test_metric")];
    const change = name === nameSaid ? (loss - lossSaid) / Math.abs(lossSaid) : NaN;
    const trend = change < -CLEAR ? WORDS.falling : change > CLEAR ? WORDS.rising : WORDS.steady;
    [lossSaid, nameSaid] = [loss, name];
    const words = Number.isNaN(change) ? WORDS.first : now.data?.task === "regression" ? WORDS.numbers : WORDS.classes;
    return fill(words, { state: WORDS.states[now.state] ?? "", epoch: Math.floor(now.epoch), loss: showLoss(loss), trend,
      metric: now.data?.task === "regression" ? show(metric, 2) : showPercent(metric) });
  };
  const say = () => {
    timer = null;
    if (!run.isWhole) return; // the frame that is on its way calls again
    said = performance.now();
    ({ state, update: updateSaid } = run.store.get());
    setText(root, summary());
  };
  const listen = () => {
    const now = run.store.get();
    if (now.state === "created" && now.epoch === 0 && state === "") state = now.state;
    if (timer !== null) return;
    if (now.state !== state || (now.state !== "running" && now.update !== updateSaid)) timer = setTimeout(say, SETTLED_MS);
    else if (now.state === "running" && performance.now() - said >= EVERY_MS) say();
  };
  const undo = [run.watch(listen), run.store.subscribe((after, before) => after.state !== before.state && listen())];
  return () => {
    clearTimeout(timer);
    undo.forEach((f) => f());
  };
}
