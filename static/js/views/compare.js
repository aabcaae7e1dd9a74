// @ts-check
// The comparison's dialog: which of the three is open, and the buttons that train all its runs together.

import { t, together } from "../lib/words.js";
import { all, on, setAttribute, setText, slot } from "./dom.js";
import { mountRace } from "./race.js";
import { mountSeeds } from "./seeds.js";
import { mountTwins } from "./twins.js";

const WORDS = { play: t("Play all"), pause: t("Pause all"), making: t("Making the runs …") };

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { compare, painter } = app;
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const foot = /** @type {HTMLElement} */ (root.querySelector(".compare__foot"));
  const problem = slot(root, "problem");
  const speed = /** @type {HTMLSelectElement} */ (slot(root, "speed"));
  const panel = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-panel="${name}"]`));
  const button = (/** @type {string} */ action) => /** @type {HTMLButtonElement} */ (foot.querySelector(`[data-action="${action}"]`));

  const draw = () => {
    const now = compare.store.get();
    if (now.open !== dialog.open) {
      if (now.open) dialog.showModal();
      else dialog.close();
    }
    if (!now.open) return;
    for (const tab of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-tab]"))) {
      setAttribute(tab, "aria-pressed", String(tab.dataset.tab === now.tab));
      panel(tab.dataset.tab ?? "").hidden = tab.dataset.tab !== now.tab;
    }
    const { group } = compare;
    const { state, problem: told, fix } = group.store.get();
    const running = state === "running";
    setAttribute(button("toggle"), "aria-pressed", String(running));
    setAttribute(button("toggle"), "aria-label", running ? WORDS.pause : WORDS.play);
    button("toggle").disabled = !["created", "paused", "running"].includes(state);
    button("step").disabled = !["created", "paused"].includes(state);
    button("reset").disabled = state === "none" || state === "making";
    root.classList.toggle("is-making", state === "making");
    const epochs = group.members.map((member) => Math.floor(member.epoch));
    const [least, most] = [Math.min(...epochs), Math.max(...epochs)];
    setText(slot(root, "epoch"), state === "making" ? WORDS.making : !epochs.length ? "–" : least === most ? String(most) : `${least} – ${most}`);
    const words = together(told || now.problem, fix);
    setText(problem, words);
    problem.hidden = !words;
  };
  const request = () => painter.request(draw);

  /** @type {Record<string, () => void>} */
  const actions = {
    close: () => compare.close(),
    reset: () => void compare.group.reset(),
    step: () => void compare.group.step(),
    toggle: () => void (compare.group.store.get().state === "running" ? compare.group.pause() : compare.group.play()),
  };
  return all(
    compare.store.subscribe(request),
    ...Object.values(compare.groups).flatMap((group) => [group.watch(request), group.store.subscribe(request)]),
    mountTwins(panel("twins"), app), mountSeeds(panel("seeds"), app), mountRace(panel("race"), app),
    on(document, "click", (event) => event.target.closest?.('[data-action="compare"]') && void compare.open()),
    on(root, "click", (event) => {
      const tab = event.target.closest("[data-tab]")?.dataset.tab;
      if (tab) compare.choose(tab);
      actions[event.target.closest("[data-action]")?.dataset.action]?.();
    }),
    on(root, "close", () => compare.store.get().open && compare.close()),
    on(document, "keydown", (event) => {
      if (!dialog.open || event.key !== " " || event.target.closest("button, input, select, a")) return;
      event.preventDefault();
      actions.toggle();
    }),
    on(speed, "change", () => compare.setSpeed(speed.value === "max" ? null : Number(speed.value))),
    on(window, "pagehide", (event) => !event.persisted && compare.leave()),
  );
}
