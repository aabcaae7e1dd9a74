import assert from "node:assert/strict";
import test from "node:test";

import { ACTIVATIONS, rangeOf } from "../../static/js/lib/activations.js";
import { compile, cost, createPass } from "../../static/js/lib/forward.js";

const near = (actual, expected, tolerance = 1e-6) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `expected ${expected}, got ${actual}`);

const layers = [
  { id: "hidden1", type: "dense", units: 2, activation: { type: "tanh" } },
  { id: "dropout", type: "dropout", rate: 0.5 },
  { id: "activation", type: "activation", activation: "relu" },
  { id: "output", type: "dense", units: 1, activation: "linear" },
];
const manifest = [
  { layer: "hidden1", name: "kernel", shape: [3, 2], offset: 0, size: 6 },
  { layer: "hidden1", name: "bias", shape: [2], offset: 6, size: 2 },
  { layer: "output", name: "kernel", shape: [2, 1], offset: 8, size: 2 },
  { layer: "output", name: "bias", shape: [1], offset: 10, size: 1 },
];
const weights = Float32Array.of(0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.05, -0.1, 2, -3, 0.25);

test("a 3-2-1 net with dropout and an activation layer computes what one computes by hand", () => {
  const steps = compile(layers, manifest, 3);
  const pass = createPass(steps, 2);
  const points = [[1, 2, 3], [-1, 0.5, 0.25]];
  pass.run(weights, Float32Array.from({ length: 6 }, (_, i) => points[i % 2][Math.floor(i / 2)]));
  points.forEach(([a, b, c], p) => {
    const z0 = 0.1 * a + 0.3 * b - 0.5 * c + 0.05;
    const z1 = -0.2 * a + 0.4 * b + 0.6 * c - 0.1;
    near(pass.sums.get("hidden1")[p], z0);
    near(pass.sums.get("hidden1")[2 + p], z1);
    near(pass.values.get("hidden1")[p], Math.tanh(z0));
    near(pass.values.get("dropout")[2 + p], Math.tanh(z1));
    near(pass.values.get("activation")[p], Math.max(0, Math.tanh(z0)));
    near(pass.values.get("output")[p], 2 * Math.max(0, Math.tanh(z0)) - 3 * Math.max(0, Math.tanh(z1)) + 0.25);
  });
});

test("a layer may name its input, and one without a bias has none", () => {
  const steps = compile(
    [{ id: "a", type: "dense", units: 1, activation: "linear" }, { id: "b", type: "dense", units: 1, activation: "linear", inputs: ["input"] }],
    [{ layer: "a", name: "kernel", shape: [1, 1], offset: 0, size: 1 }, { layer: "b", name: "kernel", shape: [1, 1], offset: 1, size: 1 }], 1);
  const pass = createPass(steps, 1);
  pass.run(Float32Array.of(5, 7), Float32Array.of(2));
  assert.deepEqual([pass.values.get("a")[0], pass.values.get("b")[0]], [10, 14]);
});

test("what the browser can not compute is said in words", () => {
  assert.match(compile([{ id: "c", type: "conv2d" }], [], 2), /conv2d is not computed/);
  assert.match(compile([{ id: "c", type: "activation", activation: "wild" }], [], 2), /wild is not computed/);
  assert.match(compile([layers[0]], [{ ...manifest[0], shape: [2, 2] }], 3), /another network/);
});

test("the cost of a picture grows with the weights", () => {
  assert.equal(cost(compile(layers, manifest, 3)), 3 * 2 + 2 * 1 + 4 * (2 + 2 + 2 + 1));
});

const one = (name, z, parameters = {}) => {
  const array = Float32Array.of(z);
  ACTIVATIONS[name](array, 1, 1, parameters);
  return array[0];
};

for (const [name, z, expected, parameters] of [
  ["linear", -1.5, -1.5], ["step", 0, 0], ["step", 0.1, 1], ["relu", -2, 0], ["relu", 2, 2],
  ["leaky_relu", -2, -0.02], ["leaky_relu", -2, -0.4, { negative_slope: 0.2 }], ["elu", -1, Math.exp(-1) - 1],
  ["elu", -1, 0.5 * (Math.exp(-1) - 1), { alpha: 0.5 }], ["tanh", 0.5, Math.tanh(0.5)], ["sigmoid", 2, 1 / (1 + Math.exp(-2))],
  ["sigmoid", -1000, 0], ["softplus", 1, Math.log(1 + Math.E)], ["softplus", 1000, 1000],
  ["silu", 2, 2 / (1 + Math.exp(-2))], ["gelu", 1, 0.841192],
]) {
  test(`${name}(${z}) is ${expected}`, () => near(one(name, z, parameters), expected, 1e-6 * Math.max(1, Math.abs(expected))));
}

test("softmax shares out 1 at each point, whatever the size of the sums", () => {
  const z = Float32Array.of(1000, 0, 1001, 0, 999, 0); // three units, two points
  ACTIVATIONS.softmax(z, 3, 2, {});
  near(z[0] + z[2] + z[4], 1);
  near(z[1], 1 / 3);
  assert.ok(z[2] > z[0] && z[0] > z[4]);
});

test("the range of an activation decides its colours", () => {
  assert.deepEqual(rangeOf("tanh"), [-1, 1]);
  assert.deepEqual(rangeOf("sigmoid"), [0, 1]);
  assert.deepEqual(rangeOf("relu"), [0, Infinity]);
  assert.deepEqual(rangeOf("linear"), [-Infinity, Infinity]);
  assert.deepEqual(rangeOf("elu", { alpha: 2 }), [-2, Infinity]);
});
