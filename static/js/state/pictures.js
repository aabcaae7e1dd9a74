// @ts-check
// What every neuron computes over the plane (or the line), from the newest weights, in the browser. One pass a frame
// gives all small pictures; the large one and single points have passes of their own. Resolution follows the cost.

import { drawable, pointsOf } from "../lib/drawable.js";
import { cost, createPass } from "../lib/forward.js";
import { makeInputs } from "../lib/inputs.js";
import { clamp } from "../lib/number.js";

const SMALL = { work: 3e6, least: 12, most: 32, line: 72 };
const LARGE = { work: 12e6, least: 16, most: 100, line: 240 };

/** @typedef {"none"|"plane"|"line"|"other"} Kind */
/** @typedef {{pass: import("../lib/forward.js").Pass, inputs: Float32Array, side: number, count: number, raw: ArrayLike<number>[]}} View */

/** @param {import("./run.js").Run} run */
export function createPictures(run) {
  /** @type {Kind} */
  let kind = "none";
  let reason = "";
  /** @type {import("../lib/forward.js").Step[]} */
  let steps = [];
  let bounds = { x0: -6, x1: 6, y0: -6, y1: 6 };
  /** @type {View|null} */
  let small = null;
  /** @type {View|null} */
  let large = null;
  /** @type {import("../lib/forward.js").Pass|null} */
  let point = null;
  let smallVersion = -1;
  let largeVersion = -1;
  /** @type {any} */
  let preparedFor = null;

  /** @param {typeof SMALL} size @returns {View} */
  const view = (size) => {
    const { data } = run.store.get();
    const side = kind === "line" ? size.line : Math.round(clamp(Math.sqrt(size.work / cost(steps)), size.least, size.most));
    const raw = pointsOf(kind === "line" ? "line" : "plane", bounds, side);
    const count = raw[0].length;
    return { pass: createPass(steps, count), inputs: makeInputs(data.preprocess, raw), side, count, raw };
  };

  /** Compile anew where the run on show is another one. */
  function prepare() {
    const now = run.store.get();
    if (preparedFor?.id === now.id && preparedFor?.manifest === now.manifest && preparedFor?.data === now.data) return;
    preparedFor = now;
    smallVersion = largeVersion = -1;
    small = large = point = null;
    kind = "none";
    if (!now.spec || !now.data) return;
    ({ kind, reason, steps, bounds } = drawable(now.spec.network.layers, now.manifest, now.data));
    if (kind === "other") return;
    small = view(SMALL);
    large = view(LARGE);
    point = createPass(steps, 1);
  }

  return {
    get kind() { prepare(); return kind; },
    get reason() { prepare(); return reason; },
    get bounds() { prepare(); return bounds; },
    /** All neurons at low resolution, up to date with the newest weights. @returns {View|null} */
    small() {
      prepare();
      if (small && smallVersion !== run.version) {
        small.pass.run(run.weights, small.inputs);
        smallVersion = run.version;
      }
      return small;
    },
    /** The same at high resolution. @returns {View|null} */
    large() {
      prepare();
      if (large && largeVersion !== run.version) {
        large.pass.run(run.weights, large.inputs);
        largeVersion = run.version;
      }
      return large;
    },
    /** The network at one point in the user's units. @param {number[]} raw */
    at(raw) {
      prepare();
      if (!point) return null;
      const inputs = makeInputs(/** @type {any} */ (run.store.get().data).preprocess, raw.map((value) => [value]));
      point.run(run.weights, inputs);
      return { inputs, values: point.values, sums: point.sums };
    },
    /** Every neuron of a layer at given points: what tests compare with the engine. @param {string} layer @param {number[][]} points */
    valuesAt(layer, points) {
      prepare();
      if (!steps.length) return null;
      const columns = points[0].map((_, i) => points.map((p) => p[i]));
      const pass = createPass(steps, points.length);
      pass.run(run.weights, makeInputs(/** @type {any} */ (run.store.get().data).preprocess, columns));
      const values = pass.values.get(layer);
      if (!values) return null;
      const units = values.length / points.length;
      return points.map((_, p) => Array.from({ length: units }, (__, u) => values[u * points.length + p]));
    },
  };
}

/** @typedef {ReturnType<typeof createPictures>} Pictures */
