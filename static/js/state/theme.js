// @ts-check
// The colours of the style sheet as numbers, read once per theme and again when it changes. No colour is named in a
// script: canvases paint with what the tokens say.

import { createRamp, css } from "../lib/color.js";

const CLASSES = 10;
const NAMES = ["surface", "paper", "ink", "muted", "line", "line-strong", "accent", "negative", "neutral", "positive", "negative-strong",
  "positive-strong", "ring-train", "ring-test"];

/** @typedef {import("../lib/color.js").Rgb} Rgb */
/** @typedef {{rgb: Record<string, Rgb>, css: Record<string, string>, ramp: Uint32Array, classes: Rgb[]}} Palette */

/** @param {Document} document */
export function createTheme(document) {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  /** @type {Set<() => void>} */
  const listeners = new Set();

  /** @param {string} token @returns {Rgb} */
  const read = (token) => {
    probe.style.color = `var(--${token})`;
    const numbers = getComputedStyle(probe).color.match(/[\d.]+/g) ?? ["0", "0", "0"];
    return [Number(numbers[0]), Number(numbers[1]), Number(numbers[2])];
  };
  /** @returns {Palette} */
  const palette = () => {
    const rgb = Object.fromEntries(NAMES.map((name) => [name, read(name)]));
    return {
      rgb,
      css: Object.fromEntries(Object.entries(rgb).map(([name, color]) => [name, css(color)])),
      ramp: createRamp(rgb.negative, rgb.neutral, rgb.positive),
      classes: Array.from({ length: CLASSES }, (_, i) => read(`class-${i}`)),
    };
  };
  let current = palette();
  const changed = () => {
    current = palette();
    listeners.forEach((listener) => listener());
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);

  return {
    get palette() { return current; },
    /** "light", "dark", or null for what the system has. @param {string|null} name */
    choose(name) {
      if (name) document.documentElement.dataset.theme = name;
      else delete document.documentElement.dataset.theme;
      changed();
    },
    /** What is shown now, whoever chose it. */
    isDark: () => getComputedStyle(document.documentElement).colorScheme === "dark"
      || (getComputedStyle(document.documentElement).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches),
    /** @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createTheme>} Theme */
