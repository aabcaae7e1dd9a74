// @ts-check
// Ways to the microscope: a click on a point of the large picture, or the button below it.

import { all, on } from "./dom.js";

const REACH = 8; // pixels

/** An example's place within its part of the split: the preview lists each part in its order. @param {any} data @param {number} i */
export function placeOf(data, i) {
  const train = data.train.filter(Boolean).length;
  return data.train[i] ? { split: "train", index: i } : { split: "test", index: i - train };
}

/**
 * The example nearest to a point in the user's units; only those that are drawn.
 * @param {any} data @param {number[]} point @param {boolean} withTest
 * @returns {{i: number, distance: number}|null}
 */
export function nearestExample(data, point, withTest) {
  /** @type {{i: number, distance: number}|null} */
  let best = null;
  data.points.forEach((/** @type {number[]} */ p, /** @type {number} */ i) => {
    if (!withTest && !data.train[i]) return;
    const distance = Math.hypot(...point.map((v, k) => v - p[k]));
    if (best === null || distance < best.distance) best = { i, distance };
  });
  return best;
}

/** @param {Document} document @param {import("../main.js").App} app */
export function openMicroscope(document, { microscope, run, pictures, selection, experiment, example }) {
  /** @param {number[]} point @param {number} reach */
  const at = (point, reach) => {
    const { data } = run.store.get();
    const found = data && nearestExample(data, point, experiment.store.get().look.test);
    return found && found.distance <= reach ? placeOf(data, found.i) : null;
  };
  return all(
    on(document, "click", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (target.closest?.('[data-action="microscope"]')) {
        const { probe } = selection.store.get();
        if (pictures.kind === "other") {
          const { split, index } = example.store.get();
          void microscope.open({ split, index });
        } else void microscope.open(probe ? at(probe, Infinity) ?? undefined : undefined);
      }
      const picture = target.closest?.(".plane__picture");
      const { probe } = selection.store.get();
      if (!picture || !probe || event.pointerType === "touch") return;
      const { x0, x1 } = pictures.bounds;
      const found = at(probe, (REACH * (x1 - x0)) / picture.clientWidth);
      if (found) void microscope.open(found);
    }),
  );
}
