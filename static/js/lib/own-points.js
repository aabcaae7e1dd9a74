// @ts-check
// Data placed by hand: lists of points [x, y, class or value], never changed in place, and experiments that hold them.

import { complete, findPart } from "./catalogue.js";
import { clamp } from "./number.js";
import { canonical, classCount, factsOf, fitOutput, trainingParams } from "./spec.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {[number, number, number]} Point */

const USUAL_BATCH = 10;

/** The declaration of a data set's points, where they are placed by hand. @param {Catalogue} catalogue @param {string} type */
export const pointsParam = (catalogue, type) => findPart(catalogue, "dataset", type)?.params.find((param) => param.widget === "points");

/** Two digits behind the point are finer than a pixel. @param {number} value */
const rounded = (value) => Math.round(value * 100) / 100;

/** @param {Catalogue} catalogue @param {string} type @param {number} x @param {number} y @param {number} third @returns {Point} */
export function makePoint(catalogue, type, x, y, third) {
  const { lo, hi } = pointsParam(catalogue, type) ?? { lo: -10, hi: 10 };
  return [rounded(clamp(x, lo ?? -10, hi ?? 10)), rounded(clamp(y, lo ?? -10, hi ?? 10)), rounded(third)];
}

/** @param {Point[]} points @param {number} i @param {Point|null} point null takes it away */
export const withPoint = (points, i, point) => [...points.slice(0, i), ...(point ? [point] : []), ...points.slice(i + 1)];

/** @param {Point[]} points @param {number} x @param {number} y @returns {{i: number, distance: number}|null} */
export function nearestPoint(points, x, y) {
  /** @type {{i: number, distance: number}|null} */
  let best = null;
  points.forEach(([px, py], i) => {
    const distance = Math.hypot(px - x, py - y);
    if (best === null || distance <= best.distance) best = { i, distance }; // the one drawn on top
  });
  return best;
}

/**
 * The experiment with these points. A batch is never larger than what trains, and as large as usual where it can be.
 * @param {Catalogue} catalogue @param {Spec} spec @param {Point[]} points @returns {Spec}
 */
export function withPoints(catalogue, spec, points) {
  const train = Math.max(1, Math.min(points.length - 1, Math.floor(points.length * spec.data.train_fraction)));
  const batch = Math.min(Math.max(spec.training.batch_size, USUAL_BATCH), train);
  return { ...spec, data: { ...spec.data, points }, training: { ...spec.training, batch_size: batch } };
}

/** Points of classes that are no more are left out. @param {Catalogue} catalogue @param {Spec} spec @returns {Spec} */
export function fitPoints(catalogue, spec) {
  const classes = classCount(catalogue, spec.data);
  const { points } = spec.data;
  if (!classes || !points || points.every((/** @type {Point} */ point) => point[2] < classes)) return spec;
  return withPoints(catalogue, spec, points.filter((/** @type {Point} */ point) => point[2] < classes));
}

/**
 * The points of any data set of the plane as points of one's own; the network stays.
 * @param {Catalogue} catalogue @param {Spec} spec
 * @param {{points: number[][], targets: number[], classes: string[]|null}} shown  what is on the plane
 * @returns {Spec}
 */
export function asOwn(catalogue, spec, shown) {
  const kind = (catalogue.dataset ?? []).find((part) => pointsParam(catalogue, part.type)
    && part.facts.task === factsOf(catalogue, spec.data.type).task);
  if (!kind) return spec;
  const most = pointsParam(catalogue, kind.type)?.length?.[1] ?? Infinity;
  const points = shown.points.slice(0, most).map(([x, y], i) => makePoint(catalogue, kind.type, x, y, shown.targets[i]));
  const { seed, train_fraction, features } = spec.data;
  /** @type {Spec["data"]} */
  const data = { ...complete(catalogue, "dataset", kind.type), seed, train_fraction, features, points };
  if (shown.classes) data.classes = Math.max(2, shown.classes.length);
  return fitOutput(catalogue, withPoints(catalogue, { ...spec, data }, points));
}

/**
 * Whether a run can go on with its weights when the experiment becomes another: only points placed by hand, and what
 * may change during a run anyway, are other than before.
 * @param {Catalogue} catalogue @param {Spec} before @param {Spec} after
 */
export function keepsWeights(catalogue, before, after) {
  if (!pointsParam(catalogue, after.data.type) || canonical(before.data.features) !== canonical(after.data.features)) return false;
  const rest = (/** @type {Spec} */ spec) => {
    const training = { ...spec.training };
    for (const param of trainingParams(catalogue)) if (param.live) delete training[param.name];
    return canonical([spec.seed, spec.network.layers, training]);
  };
  return rest(before) === rest(after);
}

/** How many points are lacking before anything can be learned. @param {Catalogue} catalogue @param {Spec} spec */
export function lacking(catalogue, spec) {
  const param = pointsParam(catalogue, spec.data.type);
  return param ? Math.max(0, (param.length?.[0] ?? 2) - (spec.data.points?.length ?? 0)) : 0;
}
