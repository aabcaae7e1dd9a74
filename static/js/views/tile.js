// @ts-check
// The small picture of a neuron: a heat map over the plane, a curve over the line, or its weights.

import { paintRamp } from "../lib/color.js";
import { paintChannel, paintKernel } from "../lib/maps.js";
import { weightGrid } from "../lib/plan.js";
import { cells, fitCanvas } from "./dom.js";

/** @typedef {import("../state/theme.js").Palette} Palette */

const SLICES = 16; // of a filter's kernel that its small picture shows; the card has all
const KERNEL = 34; // pixels on the screen for it

/** @param {HTMLCanvasElement} canvas */
export function createTile(canvas) {
  /** @type {import("./dom.js").Cells|null} */
  let grid = null;
  const gridOf = (/** @type {number} */ width, /** @type {number} */ height) => {
    if (!grid || canvas.width !== width || canvas.height !== height || grid.image.width !== width) grid = cells(canvas, width, height);
    return grid;
  };

  return {
    canvas,
    /** @param {Palette} palette @param {Float32Array} values @param {number} from @param {number} side @param {[number, number]} range */
    plane(palette, values, from, side, [lo, hi]) {
      const { pixels, show } = gridOf(side, side);
      paintRamp(pixels, values, from, palette.ramp, lo, hi);
      show();
    },
    /** @param {Palette} palette @param {Float32Array} values @param {number} from @param {number} count @param {[number, number]} range */
    line(palette, values, from, count, range) {
      grid = null;
      const fitted = fitCanvas(canvas);
      if (fitted) drawCurve(fitted.context, fitted.width, fitted.height, palette, values, from, count, range, 1.8);
    },
    /** @param {Palette} palette @param {Float32Array} weights @param {number} from @param {number} stride
     * @param {number} count @param {number[]|null} shape */
    weights(palette, weights, from, stride, count, shape) {
      const [rows, columns] = weightGrid(count, shape);
      const { pixels, show } = gridOf(columns, rows);
      let most = 1e-6;
      for (let i = 0; i < count; i++) most = Math.max(most, Math.abs(weights[from + i * stride]));
      const middle = palette.ramp.length / 2;
      for (let i = 0; i < pixels.length; i++) {
        const value = i < count ? weights[from + i * stride] / most : 0;
        pixels[i] = palette.ramp[Math.min(palette.ramp.length - 1, Math.max(0, Math.round(middle + value * (middle - 1))))];
      }
      show();
    },
    /** One channel of a feature map, from −most to most. @param {Palette} palette @param {import("../lib/maps.js").Values} map @param {number} channel @param {number} most */
    map(palette, { shape: [rows, columns, channels], values }, channel, most) {
      const { pixels, show } = gridOf(columns, rows);
      paintChannel(pixels, values, channel, channels, palette.ramp, most);
      show();
    },
    /** The weights of a filter, for up to SLICES channels. @param {Palette} palette @param {import("../lib/maps.js").Kernel} kernel */
    kernel(palette, kernel) {
      const shown = { ...kernel, channels: Math.min(SLICES, kernel.channels) };
      let show = () => {};
      paintKernel((width, height) => {
        const made = gridOf(width, height);
        const times = Math.max(1, Math.floor(KERNEL / Math.max(width, height)));
        canvas.style.inlineSize = `${width * times}px`;
        canvas.style.blockSize = `${height * times}px`;
        show = made.show;
        return made.pixels;
      }, shown, palette.ramp, 0);
      show();
    },
    /** Nothing to show yet. @param {Palette} palette */
    blank(palette) {
      const { pixels, show } = gridOf(1, 1);
      pixels[0] = palette.ramp[palette.ramp.length / 2];
      show();
    },
  };
}

/** @typedef {ReturnType<typeof createTile>} Tile */

/**
 * A neuron's values along the line, with the zero line.
 * @param {CanvasRenderingContext2D} context @param {number} width @param {number} height @param {Palette} palette
 * @param {Float32Array} values @param {number} from @param {number} count @param {[number, number]} range @param {number} thickness
 */
export function drawCurve(context, width, height, palette, values, from, count, [lo, hi], thickness) {
  const y = (/** @type {number} */ value) => height - ((value - lo) / (hi - lo)) * (height - 6) - 3;
  context.fillStyle = palette.css.neutral;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = palette.css["line-strong"];
  context.lineWidth = 0.75;
  context.beginPath();
  context.moveTo(0, y(0));
  context.lineTo(width, y(0));
  context.stroke();
  context.lineWidth = thickness;
  context.lineJoin = "round";
  for (const [sign, color] of /** @type {[number, string][]} */ ([[1, palette.css.positive], [-1, palette.css.negative]])) {
    context.save();
    context.beginPath();
    if (sign > 0) context.rect(0, 0, width, y(0));
    else context.rect(0, y(0), width, height);
    context.clip();
    context.beginPath();
    for (let p = 0; p < count; p++) context.lineTo((p / (count - 1)) * width, y(values[from + p]));
    context.strokeStyle = color;
    context.stroke();
    context.restore();
  }
}
