import assert from "node:assert/strict";
import test from "node:test";

import { groupOf, groupsOf } from "../../static/js/lib/groups.js";
import { inputName, layerTitle, neuronTitle, subscript } from "../../static/js/lib/naming.js";
import { planColumns, sharedPrefix, shownOf, weightGrid } from "../../static/js/lib/plan.js";
import { Ranges, targetRange, threshold } from "../../static/js/lib/range.js";
import { catalogue } from "./catalogue.fixture.mjs";

const layers = [
  { id: "flatten", type: "flatten" },
  { id: "hidden1", type: "dense", units: 32, activation: { type: "relu" } },
  { id: "dropout", type: "dropout", rate: 0.5 },
  { id: "activation", type: "activation", activation: { type: "tanh" } },
  { id: "output", type: "dense", units: 3, activation: { type: "softmax" } },
];
const check = { layers: [
  { id: "flatten", type: "flatten", input_shape: [8, 8, 1], output_shape: [64] },
  { id: "hidden1", type: "dense", input_shape: [64], output_shape: [32] },
  { id: "dropout", type: "dropout", input_shape: [32], output_shape: [32] },
  { id: "activation", type: "activation", input_shape: [32], output_shape: [32] },
  { id: "output", type: "dense", input_shape: [32], output_shape: [3] },
] };

test("layers with neurons are columns, others blocks that edges pass; wide layers show a few", () => {
  const plan = planColumns(layers, check, 0);
  assert.deepEqual(plan.map((c) => [c.kind, c.shown, c.reads, c.direct]), [["block", 0, "input", false], ["neurons", 10, "input", false],
    ["block", 0, "hidden1", false], ["neurons", 10, "hidden1", true], ["neurons", 3, "activation", false]]);
  assert.deepEqual(plan[1].inputShape, [8, 8, 1], "the weights of the first layer are an image");
  assert.equal(plan[1].inputs, 0, "and have no edges from single inputs");
  assert.equal(plan[4].inputShape, null);
  assert.deepEqual([12, 13].map(shownOf), [12, 10]);
});

test("columns are planned even before the server has told shapes", () => {
  assert.deepEqual(planColumns(layers.slice(1), null, 2).map((c) => [c.units, c.inputs]), [[32, 2], [0, 32], [32, 32], [3, 32]]);
});

test("weights are an image, a row of bars, or near a square", () => {
  assert.deepEqual(weightGrid(64, [8, 8, 1]), [8, 8]);
  assert.deepEqual(weightGrid(13, null), [1, 13]);
  assert.deepEqual(weightGrid(30, null), [5, 6]);
  assert.deepEqual(weightGrid(72, [3, 3, 8]), [8, 9]);
});

test("what of a network still is as shown", () => {
  const edited = layers.map((layer) => ({ ...layer }));
  edited[2] = { ...edited[2], rate: 0.1 };
  assert.deepEqual([...sharedPrefix(layers, edited)], ["flatten", "hidden1"]);
});

test("colours reach as far as values do, and follow with delay", () => {
  const ranges = new Ranges();
  const values = Float32Array.of(0, 3, -7, 0);
  assert.deepEqual(ranges.of("a", { type: "tanh" }, values, 0, 4), [-1, 1]);
  assert.deepEqual(ranges.of("a", { type: "relu" }, values, 0, 4), [-10, 10]);
  assert.deepEqual(ranges.of("a", { type: "relu" }, values, 0, 2), [-10, 10], "a smaller value alone changes nothing");
  assert.deepEqual(ranges.of("a", { type: "relu" }, Float32Array.of(0.5), 0, 1), [-0.5, 0.5]);
  assert.deepEqual(targetRange([-1.14, 0.3]), [-1.2, 1.2]);
  assert.deepEqual([threshold({ type: "sigmoid" }), threshold({ type: "tanh" }), threshold({ type: "linear" })], [0.5, 0, 0]);
});

test("things are called what people call them", () => {
  const [, hidden, dropout, , output] = layers;
  assert.equal(layerTitle(catalogue, hidden), "Hidden 1");
  assert.equal(layerTitle(catalogue, dropout), "dropout");
  assert.equal(layerTitle(catalogue, { ...dropout, id: "dropout2" }), "dropout 2", "a second one of its kind");
  assert.equal(neuronTitle(catalogue, hidden, 2, null), "Hidden 1, neuron 3");
  assert.equal(neuronTitle(catalogue, output, 1, ["a", "b", "c"]), "Output for b");
  assert.equal(inputName(catalogue, { input_names: ["x", "y"] }, true, 1), "y");
  assert.equal(inputName(catalogue, null, false, 11), "n₁₂");
  assert.equal(subscript(10), "₁₀");
});

test("tasks are groups of data sets; what needs layers that are not here is left out", () => {
  assert.deepEqual(groupsOf(catalogue).map((group) => [group.label, group.types.length]),
    [["Classify: points", 3], ["Classify: real data", 1], ["Predict: points", 1]]);
  assert.equal(groupOf(catalogue, "spiral"), groupOf(catalogue, "blobs"));
  const poor = { ...catalogue, layer: catalogue.layer.filter((part) => part.type !== "dense") };
  assert.deepEqual(groupsOf(poor), []);
});
