// @ts-check
// A neuron of the first layer as a line: where w·p + b = 0 on the plane. Turned and shifted, the weights follow and keep
// their length, so that the neuron is as sure of itself as before.

/** What a neuron makes of a point of the plane: wx·x + wy·y + b, in the user's units. @typedef {{wx: number, wy: number, b: number}} Plane */
/** @typedef {import("./inputs.js").Bounds} Bounds */
/** @typedef {[number, number]} Spot */

/** One of two numbers where there is one for both. @param {number|number[]} value @param {number} i */
const part = (value, i) => (Array.isArray(value) ? value[i] : value);

/** From stored weights, which act on (value − mean) / scale. @param {number[]} w @param {number} b @param {{mean: number|number[], scale: number|number[]}} preprocess @returns {Plane} */
export function toPlane([w0, w1], b, { mean, scale }) {
  const [wx, wy] = [w0 / part(scale, 0), w1 / part(scale, 1)];
  return { wx, wy, b: b - wx * part(mean, 0) - wy * part(mean, 1) };
}

/** And back. @param {Plane} plane @param {{mean: number|number[], scale: number|number[]}} preprocess */
export function toWeights({ wx, wy, b }, { mean, scale }) {
  return { w: [wx * part(scale, 0), wy * part(scale, 1)], b: b + wx * part(mean, 0) + wy * part(mean, 1) };
}

/**
 * Where the line enters and leaves the picture; null where it does not cross it.
 * @param {Plane} plane @param {Bounds} bounds @returns {[Spot, Spot]|null}
 */
export function across({ wx, wy, b }, { x0, x1, y0, y1 }) {
  const length = Math.hypot(wx, wy);
  if (!(length > 1e-9) || !Number.isFinite(b)) return null;
  const foot = [(-b * wx) / length ** 2, (-b * wy) / length ** 2];
  const along = [-wy / length, wx / length];
  let [from, to] = [-Infinity, Infinity];
  for (const [axis, lo, hi] of /** @type {[number, number, number][]} */ ([[0, x0, x1], [1, y0, y1]])) {
    if (Math.abs(along[axis]) < 1e-12) {
      if (foot[axis] < lo || foot[axis] > hi) return null;
      continue;
    }
    const [a, c] = [(lo - foot[axis]) / along[axis], (hi - foot[axis]) / along[axis]];
    from = Math.max(from, Math.min(a, c));
    to = Math.min(to, Math.max(a, c));
  }
  if (!(to > from)) return null;
  const spot = (/** @type {number} */ t) => /** @type {Spot} */ ([foot[0] + t * along[0], foot[1] + t * along[1]]);
  return [spot(from), spot(to)];
}

/** In the middle of what is seen of it: what it is turned about. @param {[Spot, Spot]} ends @returns {Spot} */
export const middle = ([a, c]) => [(a[0] + c[0]) / 2, (a[1] + c[1]) / 2];

/** The same direction and length, through another spot. @param {Plane} plane @param {Spot} spot @returns {Plane} */
export const through = ({ wx, wy }, [x, y]) => ({ wx, wy, b: -wx * x - wy * y });

/** Turned about a spot of it, counter-clockwise. @param {Plane} plane @param {Spot} spot @param {number} angle in radians */
export function turned({ wx, wy }, spot, angle) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return through({ wx: c * wx - s * wy, wy: s * wx + c * wy, b: 0 }, spot);
}

/** Shifted towards the side where the neuron is positive. @param {Plane} plane @param {number} by in units of the plane @returns {Plane} */
export const shifted = (plane, by) => ({ ...plane, b: plane.b - by * Math.hypot(plane.wx, plane.wy) });

/** The line's direction in degrees, 0 to 180: level is 0. @param {Plane} plane */
export function degrees({ wx, wy }) {
  const angle = (Math.atan2(wx, -wy) * 180) / Math.PI;
  return Math.round(((angle % 180) + 180) % 180) % 180;
}

/** The angle from one spot to another, seen from a third. @param {Spot} from @param {Spot} to @param {Spot} about */
export function angleBetween(from, to, about) {
  const turn = Math.atan2(to[1] - about[1], to[0] - about[0]) - Math.atan2(from[1] - about[1], from[0] - about[0]);
  return Math.atan2(Math.sin(turn), Math.cos(turn));
}
