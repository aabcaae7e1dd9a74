// @ts-check
// The slider below the loss chart: back to any moment, back to now, or on from there in another run.

import { t } from "../lib/words.js";
import { all, on, setAttribute, setText, slot } from "./dom.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, past, session, painter, branches } = app;
  const slider = /** @type {HTMLInputElement} */ (slot(root, "slider"));
  const [earlier, later] = ["earlier", "later"].map((action) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`)));
  const [pastRow, placeText, branch, problemText] = ["past", "place", "branch", "problem"].map((name) => slot(root, name));

  /** The past moment on show: at the head of a line, and spoken. */
  const places = () => {
    const { past: moment } = run;
    if (!moment) return ["", t("now")];
    return Number.isInteger(moment.epoch) ? [t("Epoch {n}", { n: moment.epoch }), t("epoch {n}", { n: moment.epoch })]
      : [t("Update {n}", { n: moment.update }), t("update {n}", { n: moment.update })];
  };

  const draw = () => {
    const { history, past: moment } = run;
    const end = history.length ? history.last("epoch") : 0;
    setAttribute(slider, "max", String(Math.max(end, 1)));
    slider.disabled = history.length < 2;
    const { wanted } = past.store.get();
    const value = String(wanted === null ? Math.max(end, 1) : Math.min(wanted, end));
    if (slider.value !== value) slider.value = value;
    const [text, spoken] = places();
    setAttribute(slider, "aria-valuetext", spoken);
    pastRow.hidden = !moment;
    setText(placeText, text);
    document.documentElement.classList.toggle("is-past", Boolean(moment));
    earlier.disabled = slider.disabled || moment?.seq === 1;
    later.disabled = !moment;
    branch.hidden = !branches.store.get();
    const { problem } = past.store.get();
    setText(problemText, problem);
    problemText.hidden = !problem;
  };

  /** @type {Record<string, () => void>} */
  const actions = {
    earlier: () => void past.step(-1),
    later: () => void past.step(1),
    now: () => past.leave(),
    fork: () => void session.fork().then(() => slider.focus()),
    forget: () => branches.clear(),
  };
  const request = () => painter.request(draw);
  const seek = () => {
    if (Number(slider.value) >= Number(slider.max)) past.leave();
    else void past.seek(Number(slider.value));
  };
  draw();
  return all(
    run.watch(request), run.store.subscribe(request), past.store.subscribe(request), branches.store.subscribe(request),
    on(slider, "input", seek),
    on(root, "click", (event) => actions[event.target.closest("[data-action]")?.dataset.action]?.()),
    on(slider, "keydown", (event) => {
      const step = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 })[event.key];
      if (event.key === "Escape" && run.past) past.leave();
      if (!step) return;
      event.preventDefault();
      void past.step(step);
    }),
  );
}
