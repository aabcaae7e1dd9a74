// @ts-check
// From strokes of a pen to a picture like those of the data set. As for MNIST, the drawing is scaled so that it fills
// 20 of 28 pixels, kept in proportion, and centred by its mass; small pictures such as the digits' 8×8 are filled from
// edge to edge, and their values count the inked cells of a 4×4 block. Edges are soft: a cell counts by its share of ink.

/** Points of one line of the pen, each coordinate from 0 to 1 of the pad; a single point is a dot. @typedef {[number, number][]} Stroke */

const FINE = 4; // cells along a pixel's side
const FILLED = 20 / 28; // of the picture's side
const SMALL = 12; // pictures up to this size are filled
// radius of the pen as a share of what the drawing fills: then drawings have as much ink as the data sets' pictures
const PEN = { small: 0.078, large: 0.064 };
const MOST = 6; // a small drawing is not blown up further, in sides of the pad

/**
 * Share of ink in each cell of size × size pixels, before it is scaled or centred.
 * @param {Stroke[]} strokes in pixels of the picture @param {number} size @param {number} radius
 */
export function inked(strokes, size, radius) {
  const side = size * FINE;
  const ink = new Float32Array(side * side);
  for (const stroke of strokes) {
    for (let i = 0; i < Math.max(1, stroke.length - 1); i++) inkLine(ink, side, stroke[i], stroke[Math.min(i + 1, stroke.length - 1)], radius);
  }
  const pixels = new Float32Array(size * size);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) pixels[Math.floor(row / FINE) * size + Math.floor(column / FINE)] += ink[row * side + column] / FINE ** 2;
  }
  return pixels;
}

/** One straight piece. @param {Float32Array} ink @param {number} side @param {[number, number]} a @param {[number, number]} b @param {number} radius */
function inkLine(ink, side, a, b, radius) {
  const clamp = (/** @type {number} */ v) => Math.max(0, Math.min(side, v));
  const [x0, x1, y0, y1] = [
    clamp(Math.floor((Math.min(a[0], b[0]) - radius) * FINE) - 1), clamp(Math.ceil((Math.max(a[0], b[0]) + radius) * FINE) + 1),
    clamp(Math.floor((Math.min(a[1], b[1]) - radius) * FINE) - 1), clamp(Math.ceil((Math.max(a[1], b[1]) + radius) * FINE) + 1),
  ];
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  for (let row = y0; row < y1; row++) {
    for (let column = x0; column < x1; column++) {
      const [x, y] = [(column + 0.5) / FINE - a[0], (row + 0.5) / FINE - a[1]];
      const t = length > 0 ? Math.max(0, Math.min(1, (x * dx + y * dy) / length)) : 0;
      const share = (radius - Math.hypot(x - t * dx, y - t * dy)) * FINE + 0.5;
      const place = row * side + column;
      if (share > ink[place]) ink[place] = Math.min(1, share);
    }
  }
}

/** The rectangle around all points. @param {Stroke[]} strokes */
function bounds(strokes) {
  const points = strokes.flat();
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) };
}

/**
 * A drawing as the data set would have it.
 * @param {Stroke[]} strokes on the pad @param {number} size pixels along a side
 * @returns {Float32Array} from 0 to 1, row by row
 */
export function pictureOf(strokes, size) {
  if (!strokes.some((stroke) => stroke.length)) return new Float32Array(size * size);
  const fill = size <= SMALL ? size : size * FILLED;
  const radius = fill * (size <= SMALL ? PEN.small : PEN.large);
  const box = bounds(strokes);
  const scale = Math.min((fill - 2 * radius) / Math.max(box.x1 - box.x0, box.y1 - box.y0, 1e-6), MOST * size);
  const middle = size / 2;
  const placed = (/** @type {[number, number]} */ [cx, cy]) => strokes.map((stroke) => stroke.map(([x, y]) => /** @type {[number, number]} */ (
    [(x - cx) * scale + middle, (y - cy) * scale + middle])));
  const centre = /** @type {[number, number]} */ ([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2]);
  const mass = massOf(inked(placed(centre), size, radius), size);
  // by mass, but not over the edge
  const limit = (/** @type {number} */ extent) => Math.max(0, (size - extent * scale) / 2 - radius);
  const shift = [[mass[0] - middle, limit(box.x1 - box.x0)], [mass[1] - middle, limit(box.y1 - box.y0)]]
    .map(([by, most]) => Math.max(-most, Math.min(most, by)) / scale);
  return inked(placed([centre[0] + shift[0], centre[1] + shift[1]]), size, radius);
}

/** Where the middle of the ink is. @param {Float32Array} pixels @param {number} size @returns {[number, number]} */
export function massOf(pixels, size) {
  let [sum, x, y] = [0, 0, 0];
  pixels.forEach((ink, p) => {
    sum += ink;
    x += ink * ((p % size) + 0.5);
    y += ink * (Math.floor(p / size) + 0.5);
  });
  return sum > 0 ? [x / sum, y / sum] : [size / 2, size / 2];
}

/**
 * Shares of ink in the data set's own units and shape: rows of pixels of channels.
 * @param {Float32Array} pixels @param {number[]} shape @param {number} full
 * @returns {number[][][]}
 */
export function inUnits(pixels, [rows, columns, channels], full) {
  const value = (/** @type {number} */ ink) => (full > 1 ? Math.round(ink * full) : ink * full);
  return Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (__, c) => Array(channels).fill(value(pixels[r * columns + c]))));
}

/** How many cells along its side the pad has for the keyboard. @param {number} size of the pictures */
export const gridOf = (size) => (size <= SMALL ? size : 14);
