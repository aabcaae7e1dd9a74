// @ts-check
// Numbers as the microscope shows them: five decimals, so that a sum can be checked by hand, in text and in formulas.

export const DECIMALS = 5;
const NOTHING = 1e-7; // smaller ones lie below what a finite difference can see

/** 0.63512, −1.20000, 2.3e-6, ≈ 0. @param {number|null|undefined} value */
export function exact(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size === 0) return (0).toFixed(DECIMALS);
  if (size < NOTHING) return "≈ 0";
  if (size < 1e-4) return sign + size.toExponential(1);
  if (size >= 1e6) return sign + size.toExponential(3).replace("e+", "e");
  return sign + size.toFixed(size >= 1000 ? 2 : DECIMALS);
}

/** The same for KaTeX. @param {number} value */
export function tex(value) {
  const text = exact(value).replace("−", "-");
  if (text === "≈ 0") return "{\\approx}0";
  if (text.endsWith("∞")) return text.replace("∞", "\\infty");
  const power = /^(.*)e(-?\d+)$/.exec(text);
  return power ? `${power[1]}\\cdot10^{${power[2]}}` : text === "–" ? "?" : text;
}

/** As a factor: what has a sign or is a product stands in brackets. @param {number} value */
export function factor(value) {
  const text = tex(value);
  return /^-|cdot/.test(text) ? `(${text})` : text;
}

/** Summands with their signs: 0.1 + 0.2 - 0.3. @param {string[]} terms */
export const sum = (terms) => terms.join(" + ").replaceAll("+ -", "- ");

/** Whether a gradient and its finite difference are the same, as far as the digits go. @param {number} gradient @param {number} check */
export function agrees(gradient, check) {
  return Math.abs(gradient - check) <= Math.max(0.5 * 10 ** -DECIMALS, 1e-5 * Math.abs(gradient));
}
