// @ts-check
// Feature maps: arrays (rows, columns, channels) as pictures, one for each channel, and the kernels that made them.

import { shownOf } from "./plan.js";

/** @typedef {{shape: number[], values: Float32Array}} Values */

/** Rows, columns and channels: of a picture as they are, of a sequence (steps, features) one row of steps; else null.
 * @param {number[]|undefined} shape @returns {number[]|null} */
export const asMap = (shape) => (shape?.length === 2 ? [1, ...shape] : shape?.length === 3 ? shape : null);

/** Whether it can be drawn channel by channel. @param {number[]|undefined} shape */
export const isMap = (shape) => asMap(shape) !== null;

/**
 * Columns of the network whose layers give maps are drawn as such.
 * @param {import("./plan.js").Column[]} plan @param {import("./types.js").Check|null} check
 */
export function withMaps(plan, check) {
  const shapes = new Map((check?.layers ?? []).map((layer) => [layer.id, layer]));
  for (const column of plan) {
    const found = shapes.get(column.id);
    const shape = asMap(found?.output_shape);
    if (column.kind !== "block" || found?.type !== column.layer.type || !shape) continue;
    column.kind = "maps";
    column.strips = shape[0] === 1 && shape[1] > 1;
    column.units = shape[2];
    column.shown = shownOf(column.units);
  }
  return plan;
}

/** One channel as a picture of its own. @param {Values} map @param {number} channel */
export function channelOf({ shape: [rows, columns, channels], values }, channel) {
  const picture = new Float32Array(rows * columns);
  for (let p = 0; p < picture.length; p++) picture[p] = values[p * channels + channel];
  return picture;
}

/** The largest number, whatever its sign. @param {ArrayLike<number>} values */
export function largestOf(values) {
  let most = 0;
  for (let p = 0; p < values.length; p++) {
    const size = Math.abs(values[p]);
    if (size > most) most = size;
  }
  return most;
}

/**
 * One channel as pixels, from −most to most.
 * @param {Uint32Array} pixels @param {ArrayLike<number>} values @param {number} channel @param {number} channels @param {Uint32Array} ramp @param {number} most
 */
export function paintChannel(pixels, values, channel, channels, ramp, most) {
  const middle = (ramp.length - 1) / 2;
  const scale = most > 0 ? middle / most : 0;
  for (let p = 0; p < pixels.length; p++) {
    const place = Math.round(middle + values[p * channels + channel] * scale);
    pixels[p] = ramp[place < 0 ? 0 : place >= ramp.length ? ramp.length - 1 : place];
  }
}

/** @typedef {{rows: number, columns: number, channels: number, at: (row: number, column: number, channel: number) => number}} Kernel */

/**
 * The weights of one filter, where they lie in the packed row; null where the layer has none.
 * @param {import("./types.js").ManifestEntry[]} manifest @param {ArrayLike<number>} weights @param {string} layer @param {number} filter
 * @returns {Kernel|null}
 */
export function kernelOf(manifest, weights, layer, filter) {
  const entry = manifest.find((e) => e.layer === layer && e.name === "kernel");
  if (!entry || entry.shape.length < 3) return null; // not of a convolution
  const [rows, columns, channels, filters] = [1, ...entry.shape].slice(-4);
  if (filter >= filters) return null;
  return { rows, columns, channels, at: (row, column, channel) => weights[entry.offset + ((row * columns + column) * channels + channel) * filters + filter] };
}

/** The weights of a filter channel by channel, row by row. @param {Kernel} kernel */
export const slicesOf = ({ rows, columns, channels, at }) => Array.from({ length: channels }, (_, c) => (
  Float32Array.from({ length: rows * columns }, (__, p) => at(Math.floor(p / columns), p % columns, c))));

/** How many of a kernel's slices are drawn beside each other in a small picture: near a square. @param {number} channels @returns {[number, number]} */
export function sheet(channels) {
  const across = Math.ceil(Math.sqrt(channels));
  return [Math.ceil(channels / across), across];
}

/**
 * A kernel as one small picture: its slices beside and below each other, with a pixel of `gap` between them; those of
 * one row below each other, step by step.
 * @param {(width: number, height: number) => Uint32Array} gridOf gives the pixels of a picture of that size
 * @param {Kernel} kernel @param {Uint32Array} ramp @param {number} gap
 */
export function paintKernel(gridOf, kernel, ramp, gap) {
  const isRow = kernel.rows === 1;
  const [down, across] = isRow ? [kernel.channels, 1] : sheet(kernel.channels);
  const width = across * (kernel.columns + 1) - 1;
  const height = kernel.rows + (isRow ? 0 : 1); // of a slice and the gap below it
  const pixels = gridOf(width, isRow ? down : down * height - 1);
  const middle = (ramp.length - 1) / 2;
  let most = 1e-9;
  const each = (/** @type {(row: number, column: number, channel: number) => void} */ visit) => {
    for (let c = 0; c < kernel.channels; c++) for (let i = 0; i < kernel.rows; i++) for (let j = 0; j < kernel.columns; j++) visit(i, j, c);
  };
  each((i, j, c) => { most = Math.max(most, Math.abs(kernel.at(i, j, c))); });
  pixels.fill(gap);
  each((i, j, c) => {
    const row = Math.floor(c / across) * height + i;
    const place = Math.round(middle + (kernel.at(i, j, c) / most) * middle);
    pixels[row * width + (c % across) * (kernel.columns + 1) + j] = ramp[place] ?? ramp[Math.round(middle)];
  });
}
