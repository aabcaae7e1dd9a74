// @ts-check
// Whether the browser can compute a network's picture, and over what: the plane, or a line.

import { compile } from "./forward.js";
import { boundsOf, extent, gridPoints, knowsFeatures, linePoints } from "./inputs.js";

/** @typedef {"plane"|"line"|"other"} Kind */
/** @typedef {{kind: Kind, reason: string, steps: import("./forward.js").Step[], bounds: import("./inputs.js").Bounds}} Drawable */

/** How many numbers describe one example as the user knows it; 0 where it is no short row. @param {any} data preview of the data set */
function rawColumns(data) {
  if (data.view === "plane") return 2;
  if (data.view === "line") return 1;
  if (data.view === "table" && data.input_shape.length === 1 && data.input_shape[0] <= 2) return data.input_shape[0];
  return 0;
}

/**
 * @param {import("./types.js").LayerSpec[]} layers @param {import("./types.js").ManifestEntry[]} manifest @param {any} data
 * @returns {Drawable}
 */
export function drawable(layers, manifest, data) {
  const other = (/** @type {string} */ reason) => ({ kind: /** @type {const} */ ("other"), reason, steps: [], bounds: { x0: -6, x1: 6, y0: -6, y1: 6 } });
  const columns = rawColumns(data);
  if (!columns) return other("more than two inputs");
  if (!knowsFeatures(data.preprocess)) return other("a feature is not computed in the browser");
  const steps = compile(layers, manifest, data.input_shape[0]);
  if (typeof steps === "string") return other(steps);
  const bounds = boundsOf(data.view, data.points);
  if (columns === 1 && data.view === "table") [bounds.x0, bounds.x1] = extent(data.points.map((/** @type {number[]} */ p) => p[0]));
  return { kind: columns === 2 ? "plane" : "line", reason: "", steps, bounds };
}

/** The points at which a picture is computed. @param {Kind} kind @param {import("./inputs.js").Bounds} bounds @param {number} side */
export function pointsOf(kind, bounds, side) {
  return kind === "line" ? [linePoints(bounds.x0, bounds.x1, side)] : gridPoints(bounds, side);
}
