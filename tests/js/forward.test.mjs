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

test("layers are joined: added, multiplied, side by side; and normalized by their running mean and variance", () => {
  const two = (id, inputs) => ({ id, type: "dense", units: 2, activation: "linear", bias: false, ...(inputs ? { inputs } : {}) });
  const kernel = (layer, offset) => ({ layer, name: "kernel", shape: [2, 2], offset, size: 4 });
  const all = [two("a"), two("b", ["input"]), { id: "add", type: "add", inputs: ["b", "a"] }, { id: "multiply", type: "multiply", inputs: ["add", "input"] },
    { id: "beside", type: "concatenate", inputs: ["multiply", "a"] }, { id: "norm", type: "batch_norm", epsilon: 0.25 }];
  const norm = ["gamma", "beta", "mean", "variance"].map((name, i) => ({ layer: "norm", name, shape: [4], offset: 8 + 4 * i, size: 4 }));
  const pass = createPass(compile(all, [kernel("a", 0), kernel("b", 4), ...norm], 2), 1);
  pass.run(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 1, 2, 0, 0, 1, 0, 10, 0, 0, 0, 0, 0.75, 0, 6), Float32Array.of(1, -1));
  const of = (id) => [...pass.values.get(id)];
  assert.deepEqual([of("a"), of("b"), of("add"), of("multiply")], [[-2, -2], [-2, -2], [-4, -4], [-4, 4]]);
  assert.deepEqual(of("beside"), [-4, 4, -2, -2]);
  [(-4 - 10) / 0.5, 4, -2 / 0.5 + 1, (2 * -2) / 2.5].forEach((value, i) => near(of("norm")[i], value, 1e-5));
  assert.match(compile([two("a"), { id: "add", type: "add" }], [kernel("a", 0)], 2), /joins several reads only one/);
});

test("layer normalization: mean 0 and variance 1 over the channels of each place, at every point", () => {
  const norm = { id: "norm", type: "layer_norm", epsilon: 0.5, affine: true };
  const stored = ["gamma", "beta"].map((name, i) => ({ layer: "norm", name, shape: [2], offset: 2 * i, size: 2 }));
  const pass = createPass(compile([{ id: "two", type: "reshape", shape: [-1, 2] }, norm], stored, 4), 2);
  pass.run(Float32Array.of(1, 2, 0, 10), Float32Array.of(1, 0, 3, 0, 5, 2, 5, 4)); // points (1, 3, 5, 5) and (0, 0, 2, 4)
  const n = 1 / Math.sqrt(1.5);
  [-n, 0, 2 * n + 10, 10, 0, -n, 10, 2 * n + 10].forEach((value, i) => near(pass.values.get("norm")[i], value));
  const plain = createPass(compile([{ ...norm, affine: false }], [], 2), 1);
  plain.run(new Float32Array(0), Float32Array.of(1, 3));
  near(plain.values.get("norm")[1], n);
});

test("a plane's features laid out as a picture: convolved, pooled, averaged; a softmax at each place", () => {
  const reshape = { id: "image", type: "reshape", shape: [2, 2, 1] };
  const conv = { id: "conv", type: "conv2d", filters: 2, kernel_size: [1, 2], padding: "same", activation: "softmax", groups: 1 };
  const kernel = [{ layer: "conv", name: "kernel", shape: [1, 2, 1, 2], offset: 0, size: 4 }, { layer: "conv", name: "bias", shape: [2], offset: 4, size: 2 }];
  const layers = [reshape, conv, { id: "max", type: "max_pool2d", pool_size: [2, 1], strides: null, padding: "valid", inputs: ["image"] },
    { id: "mean", type: "avg_pool2d", pool_size: [3, 3], strides: [1, 1], padding: "same", inputs: ["image"] }, { id: "all", type: "global_avg_pool2d", inputs: ["conv"] }];
  const pass = createPass(compile(layers, kernel, 4), 1);
  pass.run(Float32Array.of(1, -1, 2, 0, 0.5, 0), Float32Array.of(1, 2, 3, 4));
  assert.deepEqual([...pass.sums.get("conv")], [1 + 4 + 0.5, -1, 2 + 0.5, -2, 3 + 8 + 0.5, -3, 4 + 0.5, -4]);
  const first = [6.5, 4.5, 14.5, 8.5].map((gap) => 1 / (1 + Math.exp(-gap)));
  first.forEach((share, place) => near(pass.values.get("conv")[2 * place], share));
  assert.deepEqual([...pass.values.get("max")], [3, 4]);
  assert.deepEqual([...pass.values.get("mean")], [2.5, 2.5, 2.5, 2.5], "the mean of what is inside");
  near(pass.values.get("all")[0], first.reduce((a, b) => a + b) / 4);
});

test("a sequence: strides, a border of one's own, gaps and groups", () => {
  const conv = { id: "conv", type: "conv1d", filters: 2, kernel_size: 2, strides: 2, padding: "explicit", border: 1, dilation: 2, groups: 2, activation: "linear" };
  const kernel = [{ layer: "conv", name: "kernel", shape: [2, 1, 2], offset: 0, size: 4 }];
  const pass = createPass(compile([{ id: "steps", type: "reshape", shape: [3, 2] }, conv], kernel, 6), 1);
  pass.run(Float32Array.of(1, 10, 100, 1000), Float32Array.of(1, 2, 3, 4, 5, 6)); // channels (1, 3, 5) and (2, 4, 6)
  assert.deepEqual([...pass.values.get("conv")], [300, 4000, 3, 40], "windows over steps −1 and 1, and 1 and 3");
});

const memory = (type, rows, more = {}) => [{ id: "cell", type, units: 1, return_sequences: true, ...more },
  [["kernel", [1, rows]], ["recurrent_kernel", [1, rows]], ["bias", type === "gru" ? [2, rows] : [rows]]]];
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

test("a memory goes from step to step: simple, LSTM and GRU, as one computes by hand", () => {
  const W = { simple_rnn: [0.5, -2, 0.25], lstm: [0.5, 1, -1, 2, 0.1, 0.2, 0.3, 0.4, 1, -1, 0.5, 0], gru: [1, -0.5, 2, 0.5, 0.25, -1, 0.1, 0.2, 0.3, -0.1, -0.2, 0.4] };
  const run = (type, rows, more) => {
    const [layer, arrays] = memory(type, rows, more);
    let offset = 0;
    const stored = arrays.map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b);
      offset += size;
      return { layer: "cell", name, shape, size, offset: offset - size };
    });
    const pass = createPass(compile([{ id: "steps", type: "reshape", shape: [2, 1] }, layer], stored, 2), 1);
    pass.run(Float32Array.from(W[type]), Float32Array.of(1, -2));
    return [...pass.values.get("cell")];
  };
  const close = (found, expected) => expected.forEach((value, i) => near(found[i], value));
  const h = Math.tanh(0.5 * 1 + 0.25);
  close(run("simple_rnn", 1), [h, Math.tanh(0.5 * -2 - 2 * h + 0.25)]);
  close(run("simple_rnn", 1, { nonlinearity: "relu" }), [0.75, 0]);
  assert.equal(run("simple_rnn", 1, { return_sequences: false }).length, 1);

  let [state, c] = [0, 0];
  close(run("lstm", 4), [1, -2].map((x) => {
    const z = [0, 1, 2, 3].map((g) => W.lstm[g] * x + W.lstm[4 + g] * state + W.lstm[8 + g]);
    c = sigmoid(z[1]) * c + sigmoid(z[0]) * Math.tanh(z[2]);
    return state = sigmoid(z[3]) * Math.tanh(c);
  }));
  state = 0;
  close(run("gru", 3), [1, -2].map((x) => {
    const [read, recalled] = [[0, 1, 2].map((g) => W.gru[g] * x + W.gru[6 + g]), [0, 1, 2].map((g) => W.gru[3 + g] * state + W.gru[9 + g])];
    const [r, z] = [sigmoid(read[0] + recalled[0]), sigmoid(read[1] + recalled[1])];
    return state = (1 - z) * Math.tanh(read[2] + r * recalled[2]) + z * state;
  }));
});

test("what the browser can not compute is said in words", () => {
  assert.match(compile([{ id: "c", type: "embedding" }], [], 2), /embedding is not computed/);
  assert.match(compile([{ id: "c", type: "dense", units: 1, inputs: ["gone"] }], [], 2), /dense is not computed/);
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
