// @ts-check
// Shortcuts of a network as arcs below the columns: each in a lane of its own, below everything it passes, so that none
// crosses a neuron or another arc's level stretch.

/** A shortcut between the places of two columns; −1 is the input. @typedef {{from: number, to: number, source: string, layer: string}} Link */
/** Where a column stands. @typedef {{x: number, bottom: number}} Stand */
/** @typedef {Link & {x0: number, y0: number, x1: number, y1: number, lane: number, y: number}} Arc */

export const LANE = 13; // from one lane to the next
const ASIDE = 7; // arcs leave to the right of a column's middle and come in to the left of it
const GAP = 5;

/** Connections that lead past other columns, from a plan of columns. @param {import("./plan.js").Column[]} plan @returns {Link[]} */
export function shortcuts(plan) {
  const places = new Map(plan.map((column, i) => [column.id, i]));
  return plan.flatMap((column, to) => column.links
    .map(({ id }) => ({ from: places.get(id) ?? -1, to, source: id, layer: column.id }))
    .filter(({ from }) => from !== to - 1));
}

/**
 * @param {Link[]} links @param {(place: number) => Stand} stand  where the column at a place is; −1: the input
 * @returns {Arc[]}
 */
export function layArcs(links, stand) {
  /** @type {Arc[]} */
  const laid = [];
  for (const link of [...links].sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from)) {
    const [start, end] = [stand(link.from), stand(link.to)];
    const over = laid.filter((other) => other.from < link.to && link.from < other.to);
    const lane = over.length ? Math.max(...over.map((other) => other.lane)) + 1 : 0;
    let lowest = -Infinity;
    for (let place = link.from; place <= link.to; place++) lowest = Math.max(lowest, stand(place).bottom);
    const y = Math.max(lowest + GAP + LANE, ...over.map((other) => other.y + LANE));
    laid.push({ ...link, lane, y, x0: start.x + ASIDE, y0: start.bottom + GAP, x1: end.x - ASIDE, y1: end.bottom + GAP });
  }
  return laid;
}

/** The corners of an arc. @param {Arc} arc @returns {[number, number][]} */
export const corners = ({ x0, y0, x1, y1, y }) => [[x0, y0], [x0, y], [x1, y], [x1, y1]];

/** The arc within reach of a point, if any. @param {Arc[]} arcs @param {number} x @param {number} y @param {number} reach */
export function arcAt(arcs, x, y, reach) {
  return arcs.find((arc) => {
    const points = corners(arc);
    return points.slice(1).some(([bx, by], i) => {
      const [ax, ay] = points[i];
      const along = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 || 1)));
      return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= reach;
    });
  }) ?? null;
}
