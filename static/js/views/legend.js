// @ts-check
// What the colours of the large picture mean: a scale with numbers, or classes with names.

import { pixel } from "../lib/color.js";
import { show } from "../lib/number.js";
import { cells, clone, reconcile, setText } from "./dom.js";

/** @param {HTMLElement} root */
export function createLegend(root) {
  let drawn = "";
  /** Draw only what changed. @param {string} name @param {() => void} work */
  const once = (name, work) => {
    if (drawn === name) return;
    drawn = name;
    work();
  };
  /** @param {import("../state/theme.js").Palette} palette @param {string[]} ticks */
  const scale = (palette, ticks) => {
    reconcile(root, ["scale"], String, () => clone("t-legend-scale"), (element) => {
      const grid = cells(/** @type {HTMLCanvasElement} */ (element.querySelector("canvas")), palette.ramp.length, 1);
      grid.pixels.set(palette.ramp);
      grid.show();
      [.../** @type {Element} */ (element.querySelector(".legend__ticks")).children].forEach((tick, i) => setText(tick, ticks[i]));
    });
  };
  const key = (/** @type {import("../state/theme.js").Palette} */ palette) => palette.css.neutral + palette.css.ink;

  return {
    /** @param {import("../state/theme.js").Palette} palette @param {[number, number]} range @param {{mean: number, scale: number}|null} target */
    scale(palette, [lo, hi], target) {
      const own = (/** @type {number} */ v) => show(target ? v * target.scale + target.mean : v, hi - lo > 20 ? 0 : 1);
      const ticks = [own(lo), own((lo + hi) / 2), own(hi)];
      once(`scale ${ticks} ${key(palette)}`, () => scale(palette, ticks));
    },
    /** @param {import("../state/theme.js").Palette} palette @param {[number, number]} range @param {string[]} classes @param {number} middle */
    twoClasses(palette, [lo, hi], classes, middle) {
      const ticks = [`${show(lo, 1)} ${classes[0]}`, show(middle, 1), `${classes[1]} ${show(hi, 1)}`];
      once(`two ${ticks} ${key(palette)}`, () => scale(palette, ticks));
    },
    /** @param {import("../state/theme.js").Palette} palette @param {string[]} classes */
    classes(palette, classes) {
      once(`classes ${classes} ${key(palette)}`, () => reconcile(root, classes, String, () => clone("t-legend-class"), (element, name, index) => {
        const grid = cells(/** @type {HTMLCanvasElement} */ (element.querySelector("canvas")), 1, 1);
        grid.pixels[0] = pixel(palette.classes[index % palette.classes.length]);
        grid.show();
        setText(/** @type {Element} */ (element.lastElementChild), name);
      }));
    },
  };
}
