// @ts-check
// Values as colours: one diverging ramp for everything signed, one colour a class for more classes.
// Colours come in as [r, g, b] (read from the style sheet's tokens by state/theme.js) and go out as pixels.

/** @typedef {[number, number, number]} Rgb */

export const RAMP_SIZE = 512;

/** One opaque pixel as ImageData holds it on a little-endian machine. @param {Rgb} color */
export function pixel([r, g, b]) {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Between two colours. @param {Rgb} a @param {Rgb} b @param {number} t 0 … 1 @returns {Rgb} */
export function mix(a, b, t) {
  return [Math.round(a[0] + (b[0] - a[0]) * t), Math.round(a[1] + (b[1] - a[1]) * t), Math.round(a[2] + (b[2] - a[2]) * t)];
}

/** @param {Rgb} color */
export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

/**
 * Pixels from the most negative to the most positive value, neutral in the middle.
 * @param {Rgb} negative @param {Rgb} neutral @param {Rgb} positive
 */
export function createRamp(negative, neutral, positive) {
  const ramp = new Uint32Array(RAMP_SIZE);
  const half = (RAMP_SIZE - 1) / 2;
  for (let i = 0; i < RAMP_SIZE; i++) {
    ramp[i] = pixel(i < half ? mix(neutral, negative, 1 - i / half) : mix(neutral, positive, i / half - 1));
  }
  return ramp;
}

/** Where a value lies on a ramp from lo to hi, clamped: 0 … RAMP_SIZE − 1. @param {number} value @param {number} lo @param {number} hi */
export function rampIndex(value, lo, hi) {
  const place = Math.round(((value - lo) / (hi - lo)) * (RAMP_SIZE - 1));
  return place > RAMP_SIZE - 1 ? RAMP_SIZE - 1 : place > 0 ? place : 0;
}

/**
 * Values (one unit's slice) as pixels.
 * @param {Uint32Array} pixels @param {Float32Array} values @param {number} from first value
 * @param {Uint32Array} ramp @param {number} lo @param {number} hi
 * @param {boolean} [discretize] only the two ends: below or above the middle
 */
export function paintRamp(pixels, values, from, ramp, lo, hi, discretize = false) {
  const middle = (lo + hi) / 2;
  const scale = (RAMP_SIZE - 1) / (hi - lo);
  for (let p = 0; p < pixels.length; p++) {
    const value = values[from + p];
    let place = discretize ? (value >= middle ? RAMP_SIZE - 1 : 0) : Math.round((value - lo) * scale);
    if (place < 0) place = 0;
    else if (place >= RAMP_SIZE) place = RAMP_SIZE - 1;
    pixels[p] = ramp[place];
  }
}

/**
 * The strongest of several units at each point: its class's colour, the paler the less sure it is.
 * Sure means its share of 1; `confidence` tells how outputs become shares.
 * @param {Uint32Array} pixels @param {Float32Array} values unit after unit
 * @param {number} units @param {Rgb[]} colors @param {Rgb} neutral
 * @param {"share"|"softmax"} confidence
 * @param {boolean} [discretize]
 */
export function paintClasses(pixels, values, units, colors, neutral, confidence, discretize = false) {
  const points = pixels.length;
  const steps = 32;
  const shades = colors.slice(0, units).map((color) => Uint32Array.from({ length: steps + 1 },
    (_, i) => pixel(mix(neutral, color, i / steps))));
  for (let p = 0; p < points; p++) {
    const [best, sure] = strongest(values, p, units, points, confidence);
    const shade = discretize ? steps : Math.round(steps * Math.max(0, (sure - 1 / units) / (1 - 1 / units)));
    pixels[p] = shades[best % shades.length][shade];
  }
}

/**
 * Which unit is largest at a point, and how sure it is (0 … 1).
 * @param {Float32Array|number[]} values @param {number} p @param {number} units @param {number} points
 * @param {"share"|"softmax"} confidence
 * @returns {[number, number]}
 */
export function strongest(values, p, units, points, confidence) {
  let best = 0;
  for (let u = 1; u < units; u++) if (values[u * points + p] > values[best * points + p]) best = u;
  const top = values[best * points + p];
  if (confidence === "share") return [best, Math.min(1, Math.max(0, top))];
  let total = 0;
  for (let u = 0; u < units; u++) total += Math.exp(values[u * points + p] - top);
  return [best, 1 / total];
}
