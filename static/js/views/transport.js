// @ts-check
// The buttons that make the network run, the epoch counter, and the page's tools.

import { showEpoch } from "../lib/number.js";
import { t } from "../lib/words.js";
import { all, on, setAttribute, setText, slot } from "./dom.js";

/** What undo and redo would do. @param {"undo"|"redo"} action @param {string|null} what */
const nameOf = (action, what) => (what === null ? t(action === "undo" ? "undo" : "redo") : t(action === "undo" ? "undo: {what}" : "redo: {what}", { what }));

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, session, experiment, history, painter } = app;
  const button = (/** @type {string} */ action) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`));
  const speed = /** @type {HTMLSelectElement} */ (root.querySelector('[data-look="speed"]'));
  const advance = /** @type {HTMLSelectElement} */ (root.querySelector('[data-look="advance"]'));

  const draw = () => {
    const now = run.store.get();
    const running = now.state === "running";
    setAttribute(button("toggle"), "aria-pressed", String(running));
    setAttribute(button("toggle"), "aria-label", running ? t("Pause") : t("Play"));
    const { epoch, update } = run.past ?? now;
    setText(slot(root, "epoch"), showEpoch(epoch));
    const { advance: unit } = experiment.store.get().look;
    setText(slot(root, "part"), unit !== "epoch" || !Number.isInteger(epoch) ? t("update {n}", { n: update }) : "");
    const { look } = experiment.store.get();
    const wanted = look.speed === null ? "max" : String(look.speed);
    if (![...speed.options].some((option) => option.value === wanted)) speed.add(new Option(t("{n} / s", { n: wanted }), wanted), 0);
    speed.value = wanted;
    advance.value = look.advance;
    const labels = history.labels();
    for (const name of /** @type {const} */ (["undo", "redo"])) {
      button(name).disabled = labels[name] === null;
      setAttribute(button(name), "aria-label", nameOf(name, labels[name]));
    }
  };

  /** @type {Record<string, () => void>} */
  const actions = {
    toggle: () => void session.toggle(),
    step: () => void session.step(),
    reset: () => void session.reset(),
    restart: () => void session.restart(),
    undo: () => void history.undo(),
    redo: () => void history.redo(),
    theme: () => app.toggleTheme(),
    settings: () => {
      const open = document.getElementById("settings")?.classList.toggle("is-open") ?? false;
      setAttribute(button("settings"), "aria-expanded", String(open));
    },
  };
  const request = () => painter.request(draw);
  draw();
  return all(
    run.store.subscribe(request), run.watch(request), experiment.store.subscribe(request), history.subscribe(request),
    on(root, "click", (event) => actions[event.target.closest("[data-action]")?.dataset.action]?.()),
    on(speed, "change", () => experiment.setLook({ speed: speed.value === "max" ? null : Number(speed.value) })),
    on(advance, "change", () => experiment.setLook({ advance: advance.value })),
  );
}
