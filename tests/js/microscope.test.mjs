// The microscope's steps, terms and words: pure, from an explanation such as the server gives.

import assert from "node:assert/strict";
import test from "node:test";

import { agrees, exact, factor, sum, tex } from "../../static/js/lib/exact.js";
import { pageOf } from "../../static/js/lib/microscope-page.js";
import { asMaps, backwardTerms, findStep, forwardTerms, largest, layerOf, stepsFor, weightRows } from "../../static/js/lib/microscope.js";
import { SHAPES } from "../../static/js/lib/slopes.js";
import { updateLines, withPenalty } from "../../static/js/lib/update-terms.js";

const weight = (value, gradient) => ({ value, gradient, finite_difference: gradient, after: value, memory: {} });
const layer = (id, inputs, kernel, bias, numbers) => ({
  id, type: "dense", activation: "tanh", inputs, joint: false, gradient_output: numbers.gradient_pre, ...numbers,
  weights: { kernel: weight(kernel, kernel), bias: weight(bias, bias) },
});
const told = {
  input: [2, -1], target: 1, encoded_target: [1], loss: 0.25, penalty: 0, learning_rate: 0.1, update: 4, optimizer: { type: "sgd", step: 4, momentum: 0 },
  layers: [
    layer("hidden1", ["input"], [[0.5, 1], [0.25, -1]], [0.1, 0], { pre: [0.85, 3], output: [0.69, 0.99], gradient_pre: [0.2, -0.1] }),
    layer("output", ["hidden1"], [[2], [3]], [0.5], { pre: [4.85], output: [0.99], gradient_pre: [-0.4] }),
  ],
};
const names = { layer: (id) => id, neuron: (id, unit) => `${id} ${unit + 1}`, input: (_, i) => `x${i + 1}`, activation: () => ({}), loss: "mse", lossFormula: "L", lossLabel: "MSE",
  optimizerFormula: "w", optimizerLabel: "SGD", penalty: { type: "none" }, clipped: false };

test("the way goes forward layer by layer, to the loss, back from the output, and into the update", () => {
  const steps = stepsFor(told).map(({ phase, layer: id, unit }) => `${phase} ${id ?? ""}${unit ?? ""}`);
  assert.deepEqual(steps, ["forward hidden10", "forward hidden11", "forward output0", "loss ", "backward output0", "backward hidden10", "backward hidden11",
    "update hidden10", "update hidden11", "update output0"]);
});

test("another example keeps the neuron and the phase on show", () => {
  const steps = stepsFor(told);
  assert.equal(findStep(steps, { phase: "backward", layer: "hidden1", unit: 1 }), 6);
  assert.equal(findStep(steps, { phase: "update", layer: "gone", unit: 9 }), 7);
});

test("a neuron's sum has a term for each input and its bias", () => {
  const { terms, bias } = forwardTerms(told, told.layers[0], 0);
  assert.deepEqual(terms.map((t) => [t.x, t.w, t.product]), [[2, 0.5, 1], [-1, 0.25, -0.25]]);
  assert.equal(bias, 0.1);
});

test("the chain rule adds over the edges to the neurons that read this one; the output has none", () => {
  assert.deepEqual(backwardTerms(told, told.layers[0], 1), [{ layer: "output", unit: 0, w: 3, g: -0.4, product: 3 * -0.4 }]);
  assert.equal(backwardTerms(told, told.layers[1], 0), null);
});

test("every weight of a neuron has a row, the bias last", () => {
  assert.deepEqual(weightRows(told.layers[0], 1).map((row) => [row.name, row.value]), [["kernel", 1], ["kernel", -1], ["bias", 0]]);
});

test("each step has a page with formulas, and words", () => {
  for (const step of stepsFor(told)) {
    const page = pageOf(told, step, names);
    assert.ok(page.title && page.words && page.formulas.length, step.phase);
    assert.ok(page.rows.every((row) => row.cells.length === page.columns.length), step.phase);
  }
});

test("a gradient whose finite difference differs is told", () => {
  const off = structuredClone(told);
  off.layers[1].weights.bias.finite_difference = [0.9];
  const page = pageOf(off, { phase: "backward", layer: "output", unit: 0 }, names);
  assert.deepEqual(page.rows.map((row) => row.agreed), [true, true, false]);
});

test("numbers have five decimals, tiny ones a power, and those below any finite difference are nearly nothing", () => {
  assert.deepEqual([0.123456, -1.5, 0, 2.34e-6, -3e-9, NaN, Infinity].map(exact), ["0.12346", "−1.50000", "0.00000", "2.3e-6", "≈ 0", "–", "∞"]);
  assert.equal(tex(-2.34e-6), "-2.3\\cdot10^{-6}");
  assert.equal(factor(-0.5), "(-0.50000)");
  assert.equal(sum(["1", "-2", "3"]), "1 - 2 + 3");
  assert.ok(agrees(0.123456, 0.123459) && !agrees(0.1, 0.1001));
});

test("each slope is the derivative of its activation", () => {
  const f = { tanh: Math.tanh, relu: (z) => Math.max(0, z), sigmoid: (z) => 1 / (1 + Math.exp(-z)), linear: (z) => z, elu: (z) => (z > 0 ? z : Math.expm1(z)),
    leaky_relu: (z) => (z > 0 ? z : 0.01 * z), softplus: (z) => Math.log1p(Math.exp(z)), silu: (z) => z / (1 + Math.exp(-z)),
    gelu: (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))) };
  for (const [name, of] of Object.entries(f)) {
    for (const z of [-1.3, -0.2, 0.4, 2.1]) {
      const measured = (of(z + 1e-6) - of(z - 1e-6)) / 2e-6;
      assert.ok(Math.abs(SHAPES[name].slope(z, of(z), {}) - measured) < 1e-6, `${name} at ${z}`);
    }
  }
});

test("momentum and Adam show their memory before and after", () => {
  const row = { name: "kernel", index: 0, value: 0.5, gradient: 0.2, check: 0.2, after: 0.47, memory: { velocity: { before: 0.1, after: 0.29 } } };
  const [roll, step] = updateLines({ optimizer: { type: "sgd", momentum: 0.9, nesterov: false }, learning_rate: 0.1 }, row, { type: "none" }, "");
  assert.match(roll, /0\.9\\cdot0\.10000 \+ 0\.20000 = 0\.29000/);
  assert.match(step, /0\.50000 - 0\.1\\cdot0\.29000 = 0\.47000/);
  const adam = { ...row, memory: { mean: { before: 0, after: 0.02 }, square_average: { before: 0, after: 0.00004 } } };
  const lines = updateLines({ optimizer: { type: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 }, learning_rate: 0.1 }, adam, { type: "none" }, "");
  assert.equal(lines.length, 4);
  assert.match(lines[2], /= 0\.20000.*= 0\.04000/);
});

test("a penalty joins the gradient of weights, not of biases", () => {
  const row = { name: "kernel", index: 0, value: -2, gradient: 0.5, check: null, after: 0, memory: {} };
  assert.equal(withPenalty(row, { type: "l2", rate: 0.1 }).g, 0.3);
  assert.equal(withPenalty(row, { type: "l1", rate: 0.1 }).g, 0.4);
  assert.equal(withPenalty({ ...row, name: "bias" }, { type: "l2", rate: 0.1 }).g, 0.5);
});

test("many rows are thinned to the largest, in their order", () => {
  const { rows, left } = largest([3, -9, 1, 7], (n) => n, 2);
  assert.deepEqual([rows, left], [[-9, 7], [3, 1]]);
});

test("images become one map for each channel, vectors one row", () => {
  assert.deepEqual(asMaps([[[1, 2], [3, 4]]]), { width: 2, height: 1, maps: [[1, 3], [2, 4]] });
  assert.deepEqual(asMaps([1, 2, 3]), { width: 3, height: 1, maps: [[1, 2, 3]] });
  assert.equal(layerOf(told, "none"), undefined);
});
