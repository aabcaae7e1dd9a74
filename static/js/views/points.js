// @ts-check
// The examples on the plane: those that train have a white ring, those that test a dark one.

import { css, mix } from "../lib/color.js";

/**
 * @param {{context: CanvasRenderingContext2D, width: number, height: number}} canvas
 * @param {any} data preview of the data set
 * @param {import("../state/pictures.js").Pictures} pictures
 * @param {import("../state/theme.js").Palette} palette
 * @param {boolean} withTest
 * @param {[number, number]} lineRange
 * @param {number|null} [held]  a point that is larger
 */
export function paintPoints({ context, width, height }, data, pictures, palette, withTest, [lo, hi], held = null) {
  const { x0, x1, y0, y1 } = pictures.bounds;
  const line = pictures.kind === "line";
  const radius = width > 340 ? 4 : width > 150 ? 3.3 : 2;
  const color = pointColor(data, palette);
  for (const part of withTest ? [false, true] : [true]) {
    data.points.forEach((/** @type {number[]} */ point, /** @type {number} */ i) => {
      if (Boolean(data.train[i]) !== part) return;
      const x = ((point[0] - x0) / (x1 - x0)) * width;
      const y = line ? height - ((data.targets[i] - lo) / (hi - lo)) * (height - 6) - 3 : ((y1 - point[1]) / (y1 - y0)) * height;
      if (x < 0 || y < 0 || x > width || y > height) return;
      context.beginPath();
      context.arc(x, y, i === held ? radius + 3 : radius, 0, 2 * Math.PI);
      context.fillStyle = color(data.targets[i]);
      context.fill();
      context.lineWidth = 1.1;
      context.strokeStyle = palette.css[part ? "ring-train" : "ring-test"];
      context.stroke();
    });
  }
}

/** How a target is coloured: its class, or its value on the diverging scale. @param {any} data @param {import("../state/theme.js").Palette} palette */
export function pointColor(data, palette) {
  const { classes, targets } = data;
  if (classes?.length === 2) return (/** @type {number} */ t) => palette.css[t === 1 ? "positive-strong" : "negative-strong"];
  if (classes) { // darker than the area behind them
    const colors = palette.classes.map((color) => css(mix(color, palette.rgb.ink, 0.28)));
    return (/** @type {number} */ t) => colors[t % colors.length];
  }
  const most = targets.reduce((/** @type {number} */ a, /** @type {number} */ t) => Math.max(a, Math.abs(t)), 1e-9);
  const zero = mix(palette.rgb.neutral, palette.rgb.ink, 0.3); // a value of zero is grey, or it would vanish
  return (/** @type {number} */ t) => css(mix(zero, palette.rgb[t < 0 ? "negative-strong" : "positive-strong"], Math.min(1, Math.abs(t) / most)));
}
