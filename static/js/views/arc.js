// @ts-check
// One shortcut on the canvas: down from the layer it leaves, along below the others, up to where it joins.

import { corners } from "../lib/arcs.js";

const ROUND = 8;
const HEAD = 5;

/** @param {CanvasRenderingContext2D} context @param {import("../lib/arcs.js").Arc} arc @param {string} color */
export function strokeArc(context, arc, color) {
  const [start, low, along, end] = corners(arc);
  const round = Math.min(ROUND, Math.abs(along[0] - low[0]) / 2);
  context.save();
  context.setLineDash([]);
  context.lineWidth = 2;
  context.strokeStyle = context.fillStyle = color;
  context.beginPath();
  context.moveTo(...start);
  context.arcTo(...low, ...along, round);
  context.arcTo(...along, ...end, round);
  context.lineTo(end[0], end[1] + HEAD);
  context.stroke();
  context.beginPath();
  context.moveTo(end[0], end[1]);
  context.lineTo(end[0] - HEAD, end[1] + HEAD + 3);
  context.lineTo(end[0] + HEAD, end[1] + HEAD + 3);
  context.fill();
  context.beginPath();
  context.arc(start[0], start[1], 3, 0, 2 * Math.PI);
  context.fill();
  context.restore();
}
