// @ts-check
// What the microscope says at each step: a title, a sentence, formulas with their numbers, a table, maps. All its words
// are here; no element is touched.

import { agrees, exact, factor, sum, tex } from "./exact.js";
import { backwardTerms, forwardTerms, largest, layerOf, weightRows } from "./microscope.js";
import { applied, SHAPES } from "./slopes.js";
import { plain } from "./number.js";
import { updateLines } from "./update-terms.js";
import { t, together } from "./words.js";

/** @typedef {import("./microscope.js").Told} Told */
/** @typedef {import("./microscope.js").Step} Step */
/** @typedef {import("./microscope.js").ToldLayer} ToldLayer */

/**
 * What the explanation does not know: names and formulas of the page.
 * @typedef {object} Names
 * @property {(layer: string) => string} layer
 * @property {(layer: string, unit: number) => string} neuron
 * @property {(layer: ToldLayer, i: number) => string} input  what a layer's i-th input is called
 * @property {(layer: string) => Record<string, any>} activation  its parameters
 * @property {string} loss  its type
 * @property {string} lossFormula
 * @property {string} lossLabel
 * @property {string} optimizerFormula
 * @property {string} optimizerLabel
 * @property {{type: string, rate?: number}} penalty
 * @property {boolean} clipped
 */

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string[]} cells
 * @property {"total"|"chosen"|""} [state]
 * @property {boolean} [agreed]  of the last cell: a check that agrees or does not
 * @property {number} [choose]   clicking shows this weight
 *
 * @typedef {object} Page
 * @property {string} title
 * @property {string} words
 * @property {string[]} formulas
 * @property {string} caption
 * @property {string[]} columns
 * @property {Row[]} rows
 * @property {string} note
 * @property {{label: string, array: any}[]} maps
 */

const MOST = 12; // rows that one can read
const EMPTY = { words: "", formulas: [], caption: "", columns: [], rows: [], note: "", maps: [] };

/** @param {Told} told @param {Step} step @param {Names} names @param {number} chosen @returns {Page} */
export function pageOf(told, step, names, chosen = -1) {
  const layer = layerOf(told, step.layer);
  if (step.phase === "loss" || !layer) return lossPage(told, names);
  if (step.unit === null) return { ...EMPTY, ...layerPage(layer, step.phase, names) };
  return { ...EMPTY, ...{ forward, backward, update }[/** @type {"forward"|"backward"|"update"} */ (step.phase)](told, layer, step.unit, names, chosen) };
}

/** @param {Told} told @param {ToldLayer} layer @param {number} unit @param {Names} names */
function forward(told, layer, unit, names) {
  const { terms, bias } = forwardTerms(told, layer, unit);
  const [z, a] = [layer.pre[unit], layer.output[unit]];
  const { rows, left } = largest(terms, (t) => t.product, MOST);
  const products = terms.length <= 3 ? terms.map((t) => `${factor(t.w)}\\cdot${factor(t.x)}`)
    : [tex(terms.reduce((total, t) => total + t.product, 0))];
  if (bias !== null) products.push(tex(bias));
  const f = layer.activation ?? "linear";
  const formulas = [
    `z = \\textstyle\\sum_i w_i x_i${bias === null ? "" : " + b"} = ${sum(products)} = ${tex(z)}`,
    f === "softmax" ? `a = \\dfrac{e^{z}}{\\sum_k e^{z_k}} = ${tex(a)}`
      : f === "linear" ? `a = z = ${tex(a)}` : `a = ${applied(f, "z")} = ${applied(f, tex(z))} = ${tex(a)}`,
  ];
  /** @type {Row[]} */
  const table = rows.map((t) => ({ key: `w${t.index}`, cells: [names.input(layer, t.index), exact(t.x), exact(t.w), exact(t.product)] }));
  if (left.length) table.push({ key: "rest", cells: [t("{n} more", { n: left.length }), "", "", exact(left.reduce((total, t) => total + t.product, 0))] });
  if (bias !== null) table.push({ key: "bias", cells: [t("bias b"), "", "", exact(bias)] });
  table.push({ key: "total", state: "total", cells: [t("sum z"), "", "", exact(z)] });
  return {
    title: names.neuron(layer.id, unit),
    words: t("Each input times its weight, all added up, and the bias: the sum z. The activation f bends it."),
    formulas, caption: t("The terms of the sum"), columns: [t("from"), "x", "× w", "= w·x"], rows: table,
  };
}

/** Losses that can be written down with a few numbers. @param {string} loss @param {number[]} outputs @param {number[]} targets */
function lossNumbers(loss, outputs, targets) {
  const n = outputs.length;
  if (n > 3 || n !== targets.length || (loss !== "mse" && loss !== "mae")) return "";
  const terms = outputs.map((y, i) => (loss === "mse" ? `(${sum([tex(y), tex(-targets[i])])})^2` : `|${sum([tex(y), tex(-targets[i])])}|`));
  return n === 1 ? `${terms[0]} = ` : `\\tfrac1${n}\\left(${sum(terms)}\\right) = `;
}

/** @param {Told} told @param {Names} names @returns {Page} */
function lossPage(told, names) {
  const last = told.layers[told.layers.length - 1];
  const outputs = /** @type {number[]} */ ([last.output].flat(Infinity));
  const targets = /** @type {number[]} */ ([told.encoded_target].flat(Infinity));
  const rows = outputs.length === targets.length ? outputs.map((a, i) => ({ key: `output${i}`, cells: [names.neuron(last.id, i), exact(a), exact(targets[i])] })) : [];
  return {
    ...EMPTY, title: t("The loss"),
    words: t("How far the output is from the target: one number, L. Here by {loss}. Training tries to make it smaller.", { loss: names.lossLabel.toLowerCase() }),
    formulas: [names.lossFormula, `L = ${lossNumbers(names.loss, outputs, targets)}${tex(told.loss)}`],
    caption: t("Output and target"), columns: ["", t("output"), t("target")], rows,
    note: told.penalty > 0
      ? t("The penalty on large weights, {penalty}, comes on top; it joins the gradient in the update.", { penalty: exact(told.penalty) }) : "",
  };
}

/** @param {Told} told @param {ToldLayer} layer @param {number} unit @param {Names} names */
function backward(told, layer, unit, names) {
  const [z, a, dz] = [layer.pre[unit], layer.output[unit], layer.gradient_pre[unit]];
  const da = layer.gradient_output?.[unit];
  const through = backwardTerms(told, layer, unit);
  const formulas = [];
  let words = "";
  const D = (/** @type {string} */ x) => `\\dfrac{\\partial L}{\\partial ${x}}`;
  if (layer.joint) {
    const target = [told.encoded_target].flat(Infinity)[unit];
    const simple = Math.abs(a - target - dz) < 1e-9;
    words = t("Loss and output activation are differentiated together: what remains is simple, and exact even where the output is nearly 0 or 1.");
    formulas.push(`${D("z")} = ${simple ? `a - t = ${sum([tex(a), tex(-target)])} = ` : ""}${tex(dz)}`);
  } else {
    const shape = SHAPES[layer.activation ?? "linear"];
    if (through) {
      words = t("The chain rule along the edges: what this neuron does to the loss, it does through the neurons that read it; then through its own activation.");
      const { rows: terms, left } = largest(through, (t) => t.product, 3);
      const shown = terms.map((t) => `${factor(t.w)}\\cdot${factor(t.g)}`);
      if (left.length) shown.push(tex(left.reduce((total, t) => total + t.product, 0)));
      formulas.push(`${D("a")} = \\textstyle\\sum_k w_k \\dfrac{\\partial L}{\\partial z_k} = ${sum(shown)} = ${tex(da)}`);
    } else {
      words = t("How the loss changes with this output, and through its activation with the sum z.");
      formulas.push(`${D("a")} = ${tex(da)}`);
    }
    if (shape) {
      const p = names.activation(layer.id);
      const slope = shape.slope(z, a, p);
      formulas.push(`f'(z) = ${shape.rule}${shape.put ? ` = ${shape.put(z, a, p)}` : ""}${shape.rule === String(slope) ? "" : ` = ${tex(slope)}`}`);
      formulas.push(`${D("z")} = ${D("a")}\\,f'(z) = ${factor(da)}\\cdot${factor(slope)} = ${tex(dz)}`);
    } else formulas.push(`${D("z")} = ${tex(dz)}`);
  }
  const weights = weightRows(layer, unit);
  const { rows, left } = largest(weights, (row) => row.gradient, MOST);
  const { terms } = forwardTerms(told, layer, unit);
  formulas.push(`\\dfrac{\\partial L}{\\partial w_i} = x_i\\,\\dfrac{\\partial L}{\\partial z}${layer.weights.bias ? ",\\qquad \\dfrac{\\partial L}{\\partial b} = \\dfrac{\\partial L}{\\partial z}" : ""}`);
  return {
    title: t("{name}, backward", { name: names.neuron(layer.id, unit) }), words, formulas,
    caption: t("The gradients of the weights"), columns: [t("weight from"), "x", "∂L/∂w", t("measured")],
    rows: rows.map((row) => ({
      key: row.name === "bias" ? "bias" : `w${row.index}`,
      cells: [row.name === "bias" ? t("bias b") : names.input(layer, row.index), row.name === "bias" ? "1" : exact(terms[row.index].x), exact(row.gradient),
        row.check === null ? t("not measured") : exact(row.check)],
      ...(row.check === null ? {} : { agreed: agrees(row.gradient, row.check) }),
    })),
    note: together(left.length > 0 && t(left.length === 1 ? "{n} smaller gradient is not shown." : "{n} smaller gradients are not shown.", { n: left.length }),
      t("Measured: the weight moved a millionth up and down, and the change of the loss divided by that of the weight.")),
  };
}

/** @param {Told} told @param {ToldLayer} layer @param {number} unit @param {Names} names @param {number} chosen */
function update(told, layer, unit, names, chosen) {
  const all = weightRows(layer, unit);
  const { rows, left } = largest(all, (row) => row.after - row.value, MOST);
  const moves = all.map((row) => Math.abs(row.after - row.value));
  const row = all[chosen] ?? all[moves.indexOf(Math.max(...moves))] ?? all[0];
  const about = { optimizer: names.optimizerLabel, rate: plain(told.learning_rate) };
  const rule = names.clipped ? { ...told, optimizer: { ...told.optimizer, type: "" } } : told;
  return {
    title: t("{name}, update", { name: names.neuron(layer.id, unit) }),
    words: row.name === "bias" ? t("{optimizer} turns each weight a little against its gradient g; η = {rate} says how much. Shown: the bias.", about)
      : t("{optimizer} turns each weight a little against its gradient g; η = {rate} says how much. Shown: the weight from {input}.",
        { ...about, input: names.input(layer, row.index) }),
    formulas: updateLines(rule, row, names.penalty, names.optimizerFormula),
    caption: t("Each weight before and after"), columns: [t("weight from"), t("before"), t("gradient"), t("change"), t("after")],
    rows: rows.map((r) => ({
      key: r.name === "bias" ? "bias" : `w${r.index}`, choose: all.indexOf(r), state: /** @type {"chosen"|""} */ (r === row ? "chosen" : ""),
      cells: [r.name === "bias" ? t("bias b") : names.input(layer, r.index), exact(r.value), exact(r.gradient), exact(r.after - r.value), exact(r.after)],
    })),
    note: together(left.length > 0 && t(left.length === 1 ? "{n} weight that changes less is not shown." : "{n} weights that change less are not shown.", { n: left.length }),
      names.clipped && t("The gradient is clipped before the update."),
      t("This is what a batch of this one example would do; the training itself is not touched.")),
  };
}

/** A layer as a whole, in pictures. @param {ToldLayer} layer @param {string} phase @param {Names} names */
function layerPage(layer, phase, names) {
  const label = names.layer(layer.id);
  if (phase === "forward") {
    return { title: label, words: t("What this layer gives for the example: orange below zero, blue above."), maps: [{ label: t("output"), array: layer.output }] };
  }
  if (phase === "backward") {
    return { title: t("{name}, backward", { name: label }), words: t("How the loss changes with each of its values."),
      maps: [{ label: "∂L/∂z", array: layer.gradient_pre },
        ...Object.entries(layer.weights).map(([name, w]) => ({ label: `∂L/∂ ${name}`, array: w.gradient }))], note: measured(layer) };
  }
  return { title: t("{name}, update", { name: label }),
    words: t("{optimizer} changes each weight against its gradient: before, and by how much.", { optimizer: names.optimizerLabel }),
    maps: Object.entries(layer.weights).flatMap(([name, w]) => [{ label: t("{name} before", { name }), array: w.value },
      { label: t("change of {name}", { name }), array: minus(w.after, w.value) }]) };
}

/** @param {any} a @param {any} b @returns {any} */
const minus = (a, b) => (Array.isArray(a) ? a.map((x, i) => minus(x, b[i])) : a - b);

/** How many gradients were measured, and how many agreed. @param {ToldLayer} layer */
function measured(layer) {
  let [checked, same] = [0, 0];
  for (const { gradient, finite_difference: check } of Object.values(layer.weights)) {
    const gradients = [gradient].flat(Infinity);
    [check].flat(Infinity).forEach((c, i) => {
      if (c === null) return;
      checked += 1;
      if (agrees(gradients[i], c)) same += 1;
    });
  }
  return checked ? t("Measured by moving the weight a millionth up and down: {same} of the {checked} largest gradients agree.", { same, checked }) : "";
}

