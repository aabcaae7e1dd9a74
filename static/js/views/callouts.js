// @ts-check
// Two sentences in place: what a neuron is, what a line is. They stand where they cover nothing, or not at all.

import { pointAt } from "../lib/curves.js";
import { slot } from "./dom.js";

/** @typedef {{left: number, right: number, y: number, bottom: number}} Place */

const GAP = 18;
const WIDTH = 128;

/** @param {HTMLElement} strip */
export function createCallouts(strip) {
  const neuron = slot(strip, "callout-neuron");
  const edge = slot(strip, "callout-edge");

  /** @param {HTMLElement} element @param {number} x @param {number} y @param {number} from where its line begins @param {number} height of the strip
   * @param {import("../lib/curves.js").Edge[]} edges that it must not lie on */
  const put = (element, x, y, from, height, edges) => {
    element.hidden = false;
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
    element.style.setProperty("--lead", `${Math.max(4, y - from)}px`);
    const crossed = edges.some((e) => [0.2, 0.35, 0.5, 0.65, 0.8, 1].some((t) => {
      const [px, py] = pointAt(e, t);
      return px > x - 4 && px < x + WIDTH && py > y - 4 && py < y + element.offsetHeight;
    }));
    if (crossed || y + element.offsetHeight > height) element.hidden = true;
  };

  return {
    /**
     * @param {Place[][]} columns  hidden neurons by column
     * @param {import("../lib/curves.js").Edge[]} edges
     * @param {number} height  of the strip
     */
    place(columns, edges, height) {
      neuron.hidden = edge.hidden = true;
      const first = columns[0];
      const lowest = edges.filter((e) => first?.some((place) => place.left === e.x1)).reduce((a, e) => (!a || e.y1 + e.y0 > a.y1 + a.y0 ? e : a),
        /** @type {import("../lib/curves.js").Edge|null} */ (null));
      if (!first?.length || !lowest) return;
      const bottom = Math.max(...first.map((place) => place.bottom));
      const [x, y] = pointAt(lowest, 0.55);
      put(edge, x - 10, bottom + GAP, y + 4, height, edges);
      const last = columns.length > 1 ? columns.slice(1).reduce((a, c) => (c.length <= a.length ? c : a)) : null;
      const under = last?.at(-1);
      if (!under) return;
      const left = (under.left + under.right) / 2 - 10;
      const clash = !edge.hidden && left < x - 10 + WIDTH + 8 && under.bottom + GAP + 76 > bottom + GAP;
      if (!clash) put(neuron, left, under.bottom + GAP, under.bottom + 2, height, edges);
    },
  };
}
