// @ts-check
// The edges of the network as curves: where they run, and which one lies under a finger.

/** @typedef {{x0: number, y0: number, x1: number, y1: number}} Edge */

/** How far the control points lie from the ends: level at both ends, so that edges leave and arrive straight. */
const bend = (/** @type {Edge} */ e) => (e.x1 - e.x0) / 2;

/** @param {Edge} e @param {number} t 0 … 1 @returns {[number, number]} */
export function pointAt(e, t) {
  const s = 1 - t;
  const a = s * s * s;
  const b = 3 * s * s * t;
  const c = 3 * s * t * t;
  const d = t * t * t;
  const k = bend(e);
  return [a * e.x0 + b * (e.x0 + k) + c * (e.x1 - k) + d * e.x1, (a + b) * e.y0 + (c + d) * e.y1];
}

/** Add the curve to a canvas path. @param {CanvasRenderingContext2D|Path2D} path @param {Edge} e */
export function trace(path, e) {
  const k = bend(e);
  path.moveTo(e.x0, e.y0);
  path.bezierCurveTo(e.x0 + k, e.y0, e.x1 - k, e.y1, e.x1, e.y1);
}

/** Squared distance from a point to a curve, to about a pixel. @param {Edge} e @param {number} x @param {number} y */
export function distance2(e, x, y) {
  let best = Infinity;
  let [px, py] = [e.x0, e.y0];
  const pieces = 24;
  for (let i = 1; i <= pieces; i++) {
    const [qx, qy] = pointAt(e, i / pieces);
    const dx = qx - px;
    const dy = qy - py;
    const along = Math.min(1, Math.max(0, ((x - px) * dx + (y - py) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, (x - px - along * dx) ** 2 + (y - py - along * dy) ** 2);
    [px, py] = [qx, qy];
  }
  return best;
}

/**
 * The edge nearest to a point, if it is within `reach` pixels; else null.
 * @template {Edge} E
 * @param {E[]} edges @param {number} x @param {number} y @param {number} reach
 * @returns {E|null}
 */
export function nearest(edges, x, y, reach) {
  let found = null;
  let best = reach * reach;
  for (const edge of edges) {
    if (x < edge.x0 - reach || x > edge.x1 + reach) continue;
    if (y < Math.min(edge.y0, edge.y1) - reach || y > Math.max(edge.y0, edge.y1) + reach) continue;
    const d = distance2(edge, x, y);
    if (d < best) [best, found] = [d, edge];
  }
  return found;
}

/** Line width of a weight: you see importance without numbers. 0 → 0.75 px, 5 and more → 9 px. @param {number} weight */
export function widthOf(weight) {
  return 0.75 + 8.25 * Math.min(1, Math.abs(weight) / 5) ** 0.8;
}
