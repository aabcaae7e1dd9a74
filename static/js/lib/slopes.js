// @ts-check
// The derivative of each activation at one place: its value, the formula, and the formula with the numbers put in.
// How the engine goes backward is in its file of each family; here is what a person writes on paper.

import { sigmoid } from "./activations.js";
import { factor, tex } from "./exact.js";
import { t } from "./words.js";

/**
 * name: f(z) as TeX, given what stands in the brackets. slope: f′ from z and a. rule: f′ as TeX. put: with numbers.
 * @typedef {object} Shape
 * @property {(z: string) => string} name
 * @property {(z: number, a: number, p: Record<string, any>) => number} slope
 * @property {string} rule
 * @property {(z: number, a: number, p: Record<string, any>) => string} [put]
 */

/** @type {Record<string, Shape>} */
export const SHAPES = {
  linear: { name: (z) => z, slope: () => 1, rule: "1" },
  tanh: { name: (z) => `\\tanh(${z})`, slope: (_, a) => 1 - a * a, rule: "1 - a^2", put: (_, a) => `1 - ${factor(a)}^2` },
  sigmoid: { name: (z) => `\\sigma(${z})`, slope: (_, a) => a * (1 - a), rule: "a\\,(1 - a)",
    put: (_, a) => `${tex(a)}\\,(1 - ${tex(a)})` },
  relu: { name: (z) => `\\max(0,\\,${z})`, slope: (z) => (z > 0 ? 1 : 0), rule: t("1 \\text{ if } z > 0 \\text{, else } 0") },
  leaky_relu: { name: (z) => `\\mathrm{leaky}(${z})`, slope: (z, _, p) => (z > 0 ? 1 : p.negative_slope ?? 0.01),
    rule: t("1 \\text{ if } z > 0 \\text{, else } \\alpha") },
  elu: { name: (z) => `\\mathrm{elu}(${z})`, slope: (z, a, p) => (z > 0 ? 1 : a + (p.alpha ?? 1)),
    rule: t("1 \\text{ if } z > 0 \\text{, else } a + \\alpha") },
  softplus: { name: (z) => `\\ln(1 + e^{${z}})`, slope: (z) => sigmoid(z), rule: "\\sigma(z)", put: (z) => `\\sigma(${tex(z)})` },
  silu: { name: (z) => `${z}\\;\\sigma(${z})`, slope: (z, a) => sigmoid(z) + a * (1 - sigmoid(z)),
    rule: "\\sigma(z) + a\\,(1 - \\sigma(z))" },
  gelu: { name: (z) => `\\mathrm{gelu}(${z})`, slope: geluSlope, rule: "\\text{gelu}'(z)" },
  step: { name: (z) => `\\mathrm{step}(${z})`, slope: (z) => (Math.abs(z) < 0.5 ? 1 : 0),
    rule: t("1 \\text{ if } |z| < \\tfrac12 \\text{, else } 0 \\quad\\text{(straight through)}") },
};

/** @param {number} z */
function geluSlope(z) {
  const c = Math.sqrt(2 / Math.PI);
  const t = Math.tanh(c * (z + 0.044715 * z ** 3));
  return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * c * (1 + 3 * 0.044715 * z * z);
}

/** What stands for an activation in a formula. @param {string|null} activation @param {string} z */
export function applied(activation, z) {
  const shape = SHAPES[activation ?? "linear"];
  return shape ? shape.name(z) : `\\mathrm{${(activation ?? "f").replaceAll("_", "\\_")}}(${z})`;
}
