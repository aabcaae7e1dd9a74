// @ts-check
// How one weight is changed, as formulas with its numbers: what each optimizer adds to w ← w − η·g, from its memory
// before and after. An optimizer that is not here shows its formula, the weight before and the weight after.

import { factor, sum, tex } from "./exact.js";
import { plain } from "./number.js";

/** @typedef {import("./microscope.js").Row} Row */
/** @typedef {{optimizer: Record<string, any>, rate: number, row: Row, g: number}} Update */

/** A setting as it was set. @param {number} rate */
const eta = (rate) => plain(rate).replace(/e(-?\d+)$/, "\\cdot10^{$1}");

const set = (/** @type {string} */ name, /** @type {string} */ rule, /** @type {string} */ numbers, /** @type {number} */ result) =>
  `${name} \\leftarrow ${rule} = ${numbers} = ${tex(result)}`;

const step = (/** @type {Row} */ row, /** @type {string} */ rule, /** @type {string} */ numbers) =>
  set("w", `w - ${rule}`, sum([tex(row.value), `-${numbers}`]), row.after);

/** @type {Record<string, (update: Update) => string[]>} */
const RULES = {
  sgd({ optimizer, rate, row, g }) {
    const v = row.memory.velocity;
    if (!v) return [step(row, "\\eta\\,g", `${eta(rate)}\\cdot${factor(g)}`)];
    const mu = optimizer.momentum;
    const roll = set("v", "\\mu v + g", sum([`${eta(mu)}\\cdot${factor(v.before)}`, tex(g)]), v.after);
    if (!optimizer.nesterov) return [roll, step(row, "\\eta\\,v", `${eta(rate)}\\cdot${factor(v.after)}`)];
    return [roll, step(row, "\\eta\\,(g + \\mu v)", `${eta(rate)}\\cdot(${sum([tex(g), `${eta(mu)}\\cdot${factor(v.after)}`])})`)];
  },
  adam: adam,
  adamw: (update) => [...adam(update).slice(0, 2), `w \\leftarrow w - \\eta\\lambda w - \\eta\\,\\hat m / (\\sqrt{\\hat v} + \\epsilon) = ${tex(update.row.after)}`],
  rmsprop({ optimizer, rate, row, g }) {
    const s = row.memory.square_average;
    const lines = [average("s", optimizer.rho, "\\rho", s, g * g, `${factor(g)}^2`, "g^2")];
    const v = row.memory.velocity;
    const share = `\\dfrac{${tex(g)}}{\\sqrt{${tex(s.after)}} + \\epsilon}`;
    if (!v) return [...lines, step(row, "\\eta\\,\\dfrac{g}{\\sqrt s + \\epsilon}", `${eta(rate)}\\cdot${share}`)];
    return [...lines, set("v", "\\mu v + \\dfrac{g}{\\sqrt s + \\epsilon}", `${eta(optimizer.momentum)}\\cdot${factor(v.before)} + ${share}`, v.after),
      step(row, "\\eta\\,v", `${eta(rate)}\\cdot${factor(v.after)}`)];
  },
  adagrad({ rate, row, g }) {
    const s = row.memory.square_sum;
    return [set("s", "s + g^2", `${tex(s.before)} + ${factor(g)}^2`, s.after),
      step(row, "\\eta\\,\\dfrac{g}{\\sqrt s + \\epsilon}", `${eta(rate)}\\cdot\\dfrac{${tex(g)}}{\\sqrt{${tex(s.after)}} + \\epsilon}`)];
  },
};

/** @param {string} name @param {number} keep @param {string} sign @param {{before: number, after: number}} memory @param {number} _ @param {string} put @param {string} rule */
function average(name, keep, sign, memory, _, put, rule) {
  const rest = Number((1 - keep).toPrecision(6));
  return set(name, `${sign} ${name} + (1 - ${sign})\\,${rule}`, `${keep}\\cdot${factor(memory.before)} + ${rest}\\cdot${put}`, memory.after);
}

/** @param {Update} update */
function adam({ optimizer, rate, row, g }) {
  const { mean: m, square_average: v } = row.memory;
  const t = optimizer.step;
  const mHat = m.after / (1 - optimizer.beta1 ** t);
  const vHat = v.after / (1 - optimizer.beta2 ** t);
  return [
    average("m", optimizer.beta1, "\\beta_1", m, g, factor(g), "g"),
    average("v", optimizer.beta2, "\\beta_2", v, g * g, `${factor(g)}^2`, "g^2"),
    `\\hat m = \\dfrac{m}{1 - \\beta_1^{${t}}} = ${tex(mHat)},\\quad \\hat v = \\dfrac{v}{1 - \\beta_2^{${t}}} = ${tex(vHat)}`,
    step(row, "\\eta\\,\\dfrac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}", `${eta(rate)}\\cdot\\dfrac{${tex(mHat)}}{\\sqrt{${tex(vHat)}} + \\epsilon}`),
  ];
}

/**
 * The gradient that the optimizer is given: the loss's and the penalty's, which leaves biases alone.
 * @param {Row} row @param {{type: string, rate?: number}} penalty
 * @returns {{g: number, line: string}} line: the formula, "" where the penalty adds nothing
 */
export function withPenalty(row, penalty) {
  const rate = penalty.rate ?? 0;
  if (row.name === "bias" || !rate || (penalty.type !== "l1" && penalty.type !== "l2")) return { g: row.gradient, line: "" };
  const isL2 = penalty.type === "l2";
  const g = row.gradient + rate * (isL2 ? row.value : Math.sign(row.value));
  const part = isL2 ? `${eta(rate)}\\cdot${factor(row.value)}` : `${eta(rate)}\\cdot\\mathrm{sign}(${tex(row.value)})`;
  return { g, line: `g = \\dfrac{\\partial L}{\\partial w} + \\lambda\\,${isL2 ? "w" : "\\mathrm{sign}(w)"} = ${sum([tex(row.gradient), part])} = ${tex(g)}` };
}

/**
 * Every line of a weight's update.
 * @param {{optimizer: {type: string} & Record<string, any>, learning_rate: number}} told @param {Row} row
 * @param {{type: string, rate?: number}} penalty @param {string} formula the catalogue's, for optimizers without lines of their own
 */
export function updateLines(told, row, penalty, formula) {
  const { g, line } = withPenalty(row, penalty);
  const rule = RULES[told.optimizer.type];
  const lines = rule ? rule({ optimizer: told.optimizer, rate: told.learning_rate, row, g })
    : [formula, `w: ${tex(row.value)} \\to ${tex(row.after)}`].filter(Boolean);
  const symbol = row.name === "bias" ? lines.map((text) => text.replace(/^w \\leftarrow w/, "b \\leftarrow b")) : lines;
  return line ? [line, ...symbol] : symbol;
}
