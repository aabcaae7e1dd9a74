// @ts-check
// The tour of the first visit: one card that goes from place to place. The page stays usable meanwhile; Esc leaves at
// once, and it is not shown again unless somebody asks for it.

import { tour as seen } from "../state/storage.js";
import { all, on, setText, slot } from "./dom.js";

const GAP = 12;
const EDGE = 8;

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const steps = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-target]")]);
  const button = (/** @type {string} */ action) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`));
  let at = -1;

  const target = () => (at < 0 ? null : /** @type {HTMLElement|null} */ (document.querySelector(steps[at].dataset.target ?? "")));

  /** Beside what it speaks of, where there is room: on its right, its left, below or above. */
  const place = () => {
    const r = target()?.getBoundingClientRect();
    if (!r) return;
    const [w, h] = [root.offsetWidth, root.offsetHeight];
    const x = Math.min(Math.max(EDGE, r.left), innerWidth - w - EDGE);
    const y = Math.min(Math.max(EDGE, r.top), innerHeight - h - EDGE);
    const spots = [[r.right + GAP, y], [r.left - w - GAP, y], [x, r.bottom + GAP], [x, r.top - h - GAP]];
    const [left, top] = spots.find(([a, b]) => a >= EDGE && b >= EDGE && a + w <= innerWidth - EDGE && b + h <= innerHeight - EDGE)
      ?? [x, innerHeight - h - EDGE];
    root.style.left = `${left}px`;
    root.style.top = `${top}px`;
  };

  const show = (/** @type {number} */ step) => {
    target()?.classList.remove("is-toured");
    at = step;
    steps.forEach((element, i) => { element.hidden = i !== at; });
    setText(slot(root, "place"), String(at + 1));
    button("back").hidden = at === 0;
    const last = at === steps.length - 1;
    slot(root, "more").hidden = last;
    slot(root, "last").hidden = !last;
    const here = target();
    here?.classList.add("is-toured");
    here?.scrollIntoView({ block: "nearest", inline: "nearest" });
    place();
  };

  const start = () => {
    seen.set("seen");
    if (!root.matches(":popover-open")) root.showPopover();
    show(0);
    button("next").focus({ preventScroll: true });
  };
  const leave = () => {
    if (!root.matches(":popover-open")) return;
    target()?.classList.remove("is-toured");
    at = -1;
    root.hidePopover();
    /** @type {HTMLElement|null} */ (document.querySelector(".play"))?.focus({ preventScroll: true });
  };

  if (app.firstVisit) start();
  return all(
    on(root, "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action === "leave" || (action === "next" && at === steps.length - 1)) leave();
      else if (action === "next") show(at + 1);
      else if (action === "back") show(at - 1);
    }),
    on(document, "click", (event) => {
      if (!event.target.closest?.('[data-action="tour"]')) return;
      document.getElementById("help")?.hidePopover();
      start();
    }),
    on(document, "keydown", (event) => {
      if (event.key !== "Escape" || at < 0 || document.querySelector(":popover-open:not(#tour), dialog[open]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leave();
    }, { capture: true }),
    on(window, "resize", place), on(window, "scroll", place, { passive: true }),
  );
}
