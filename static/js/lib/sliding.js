// @ts-check
// Where the windows of a convolution or pooling layer lie: the twin of engine/windows.py.

/** A value in a window: which place of the window, and which place of the input. @typedef {{tap: number, from: number}} Tap */
/** Each along rows and columns; before: what the border adds above and on the left; count: how many windows.
 * @typedef {{image: number[], size: number[], strides: number[], gaps: number[], before: number[], count: number[]}} Windows */

const pair = (/** @type {number|number[]} */ size) => (Array.isArray(size) ? size : [size, size]);

/** Whether a kind of layer is a convolution. @param {string} type */
export const convolves = (type) => type === "conv1d" || type === "conv2d";

/** Whether its values are made of windows. @param {string} type */
export const slides = (type) => convolves(type) || type === "max_pool2d" || type === "avg_pool2d";

/** The windows over an image (rows, columns, channels), or over a sequence (steps, features), one row of steps.
 * @param {import("./types.js").LayerSpec} layer @param {number[]} shape @returns {Windows} */
export function slide(layer, shape) {
  const isSequence = shape.length === 2;
  const both = (/** @type {number|number[]} */ size, /** @type {number} */ other) => (isSequence ? [other, Number(size)] : pair(size));
  const size = both(layer.kernel_size ?? layer.pool_size, 1);
  const strides = both(layer.strides ?? layer.pool_size ?? 1, 1);
  const gaps = both(layer.dilation ?? 1, 1);
  const image = isSequence ? [1, shape[0]] : shape.slice(0, 2);
  const span = size.map((k, i) => (k - 1) * gaps[i] + 1);
  const fit = (/** @type {number[]} */ border) => image.map((n, i) => Math.floor((n + 2 * border[i] - span[i]) / strides[i]) + 1);
  if (layer.padding === "same") {
    const count = image.map((n, i) => Math.ceil(n / strides[i]));
    return { image, size, strides, gaps, count, before: count.map((n, i) => Math.floor(Math.max(0, (n - 1) * strides[i] + span[i] - image[i]) / 2)) };
  }
  const before = layer.padding === "explicit" ? both(layer.border, 0) : [0, 0];
  return { image, size, strides, gaps, before, count: fit(before) };
}

/** The values in each window, row by row; what lies outside of the input is left out. @param {Windows} windows @returns {Tap[][]} */
export function tapsOf({ image, size, strides, gaps, before, count }) {
  const line = (/** @type {number} */ i, /** @type {number} */ at) => Array.from({ length: size[i] }, (_, tap) => ({ tap, from: at * strides[i] - before[i] + tap * gaps[i] }))
    .filter(({ from }) => from >= 0 && from < image[i]);
  const taps = [];
  for (let row = 0; row < count[0]; row++) {
    for (let column = 0; column < count[1]; column++) {
      const across = line(1, column);
      taps.push(line(0, row).flatMap((r) => across.map((c) => ({ tap: r.tap * size[1] + c.tap, from: r.from * image[1] + c.from }))));
    }
  }
  return taps;
}
