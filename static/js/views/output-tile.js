// @ts-check
// The picture of an output on a canvas, and of how two outputs differ; colours as on the large picture.

import { rangeOf } from "../lib/activations.js";
import { mix, paintClasses, paintRamp, pixel, rampIndex, RAMP_SIZE } from "../lib/color.js";
import { Ranges, targetRange } from "../lib/range.js";
import { cells, fitCanvas } from "./dom.js";
import { drawCurve } from "./tile.js";

/** @typedef {import("../lib/output-picture.js").OutputPicture} OutputPicture */
/** @typedef {import("../state/theme.js").Palette} Palette */

/** Outputs between 0 and 1 are shares already. @param {OutputPicture} picture */
export const givesShares = ({ activation }) => Boolean(activation) && rangeOf(/** @type {any} */ (activation).type, /** @type {any} */ (activation)).join() === "0,1";

/**
 * From which value to which the colours reach.
 * @param {OutputPicture} picture @param {Float32Array} values @param {any} data @param {Ranges} ranges
 */
export function rangeFor(picture, values, data, ranges) {
  return data.classes ? ranges.of("output", picture.activation, values, 0, picture.count) : targetRange(data.targets);
}

/** @param {[number, number]} range @returns {[number, number]} */
export const lineRange = ([lo, hi]) => [Math.min(lo, -hi) * 1.25, hi * 1.25];

/**
 * @param {HTMLCanvasElement} canvas @param {OutputPicture} picture @param {Float32Array} values @param {any} data
 * @param {Palette} palette @param {[number, number]} range
 */
export function paintOutput(canvas, picture, values, data, palette, range) {
  if (picture.kind === "line") {
    const fitted = fitCanvas(canvas);
    if (fitted) drawCurve(fitted.context, fitted.width, fitted.height, palette, values, 0, picture.count, lineRange(range), 2);
    return;
  }
  const grid = cells(canvas, picture.side, picture.side);
  if (picture.units > 1 && data.classes) paintClasses(grid.pixels, values, picture.units, palette.classes, palette.rgb.neutral, givesShares(picture) ? "share" : "softmax");
  else paintRamp(grid.pixels, values, 0, palette.ramp, ...range);
  grid.show();
}

/**
 * Second less first on the signed scale; for classes the darker, the more they differ.
 * @param {HTMLCanvasElement} canvas @param {OutputPicture} picture @param {Float32Array} values @param {Palette} palette @param {[number, number]} range
 */
export function paintDifference(canvas, picture, values, palette, [lo, hi]) {
  const reach = (hi - lo) / 2;
  if (picture.kind === "line") {
    const fitted = fitCanvas(canvas);
    if (fitted) drawCurve(fitted.context, fitted.width, fitted.height, palette, values, 0, picture.count, lineRange([-reach, reach]), 2);
    return;
  }
  const grid = cells(canvas, picture.side, picture.side);
  if (picture.units > 1) {
    const shades = Uint32Array.from({ length: 65 }, (_, i) => pixel(mix(palette.rgb.neutral, palette.rgb.ink, (i / 64) * 0.85)));
    for (let p = 0; p < grid.pixels.length; p++) grid.pixels[p] = shades[Math.round(64 * (rampIndex(values[p], 0, 1) / (RAMP_SIZE - 1)))];
  } else paintRamp(grid.pixels, values, 0, palette.ramp, -reach, reach);
  grid.show();
}
