// @ts-check
// Numbers as people write and read them: decimal comma or point, fractions in; short, aligned digits out.

/**
 * What someone typed, as a number; null where it is none. "0,5", "-.5", "1/3", "2e-3" and "−1" are all understood.
 * @param {string} text
 * @returns {number|null}
 */
export function parseNumber(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(/\s+/g, "").replace(",", ".");
  const fraction = /^(-?[\d.]+)\/([\d.]+)$/.exec(plain);
  const value = fraction ? Number(fraction[1]) / Number(fraction[2]) : plain === "" ? NaN : Number(plain);
  return Number.isFinite(value) ? value : null;
}

/**
 * A short number with a true minus sign: two decimals near 1, more for small ones, powers for very large or small.
 * @param {number} value
 * @param {number} [digits] decimals for numbers from 0.1 to 100
 */
export function show(value, digits = 2) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text;
  if (size === 0) text = (0).toFixed(digits);
  else if (size >= 1e5 || size < 1e-4) text = size.toExponential(1).replace("e+", "e");
  else if (size >= 1000) text = size.toFixed(0);
  else if (size >= 100) text = size.toFixed(Math.min(1, digits));
  else if (size < 0.1) text = size.toFixed(Math.max(digits, 3));
  else text = size.toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text;
}

/** A number with its sign always written: "+0.42", "−1.30". @param {number} value @param {number} [digits] */
export function showSigned(value, digits = 2) {
  const text = show(value, digits);
  return value > 0 ? `+${text}` : text;
}

/** A loss: three decimals, more when it gets small, so that progress stays visible. @param {number} value */
export function showLoss(value) {
  if (!Number.isFinite(value)) return "–";
  if (value >= 1000) return value >= 1e5 ? value.toExponential(2).replace("e+", "e") : value.toFixed(0);
  if (value >= 0.01) return value.toFixed(3);
  if (value >= 0.0001) return value.toFixed(5);
  return value === 0 ? "0.000" : value.toExponential(1);
}

/** A share as a percentage with one decimal: 98.4 %. @param {number} value */
export function showPercent(value) {
  return Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : "–";
}

/** An epoch counter that does not jump: 000,123. @param {number} epoch */
export function showEpoch(epoch) {
  return String(Math.max(0, Math.floor(epoch))).padStart(6, "0").replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with thousands apart: 12,345. @param {number} n */
export function showCount(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * A number as the address bar and fields hold it: exact, without noise such as 0.30000000000000004.
 * @param {number} value
 */
export function plain(value) {
  const short = Number(value.toPrecision(12));
  return String(Math.abs(value - short) <= Math.abs(value) * 1e-14 ? short : value);
}

/** The next larger "nice" bound: 1, 2, 5, 10, 20 … @param {number} value */
export function nice(value) {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 5]) if (value <= step * power * (1 + 1e-9)) return step * power;
  return 10 * power;
}

/** @param {number} value @param {number} lo @param {number} hi */
export function clamp(value, lo, hi) {
  return Math.min(hi, Math.max(lo, value));
}
