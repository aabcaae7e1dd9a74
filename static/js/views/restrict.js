// @ts-check
// Carries out what a teacher hid and locked: hidden controls leave the page, locked ones show their value and can not
// be changed. Style rules do it, so whatever the page draws later is hidden and locked too. Meant to keep lessons
// calm, not to keep secrets.

import { findControl } from "../lib/controls.js";
import { t } from "../lib/words.js";
import { all, on } from "./dom.js";

const USABLE = "button, input, select, textarea";
const LOCKED = "data-locked";

/** @param {Document} document @param {import("../lib/controls.js").Restrictions} restrictions */
export function mountRestrictions(document, { hide, lock, theme }) {
  const root = document.documentElement;
  if (theme) root.dataset.theme = theme;
  const hidden = hide.map(findControl).filter((control) => control !== undefined);
  const locked = [...lock.map(findControl).filter((control) => control !== undefined), ...hidden];
  root.dataset.hide = hide.join(" ");
  const names = (/** @type {import("../lib/controls.js").Control[]} */ controls, /** @type {"hide"|"lock"} */ what) =>
    controls.map((control) => control[what]).filter(Boolean).join(", ");
  const gone = names(hidden, "hide");
  const fixed = names(locked, "lock");
  if (!gone && !fixed) return () => {};
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([
    gone && `:is(${gone}) { display: none !important; }`,
    `:root { --fixed: ${JSON.stringify(t("· fixed"))}; }`, // said behind the name of what is locked
    fixed && `:is(${fixed}) { cursor: default; } :is(${fixed}):not(:is(${gone || "html:not(*)"})) { pointer-events: none; }`,
  ].filter(Boolean).join("\n"));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  /** Keep controls off that views would switch on again. */
  const switchOff = () => {
    if (!fixed) return;
    for (const part of document.querySelectorAll(fixed)) {
      const usable = /** @type {HTMLInputElement[]} */ ([...(part.matches(USABLE) ? [part] : []), ...part.querySelectorAll(USABLE)]);
      part.setAttribute(LOCKED, "");
      for (const element of usable) if (!element.disabled) element.disabled = true;
    }
  };
  const watcher = new MutationObserver(switchOff);
  switchOff();
  watcher.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled", "data-on", "data-key"] });

  const keys = new Set(locked.map((control) => control.key).filter(Boolean));
  const withoutLayers = locked.some((control) => control.name === "layers");
  const withoutMicroscope = locked.some((control) => control.name === "microscope");
  return all(
    on(document, "keydown", (event) => {
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const typing = event.target.matches?.('input:not([type="checkbox"], [type="range"]), textarea, select');
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !typing && keys.has(key);
      const onButton = key === " " && event.target.closest?.("button, a, input, summary, [role=button]");
      const moves = withoutLayers && event.altKey && ["ArrowLeft", "ArrowRight"].includes(key);
      if ((plain && !onButton) || moves) event.stopImmediatePropagation();
    }, { capture: true }),
    on(document, "click", (event) => {
      if (withoutMicroscope && event.target.closest?.(".plane__picture")) event.stopImmediatePropagation();
    }, { capture: true }),
    () => watcher.disconnect(),
  );
}
