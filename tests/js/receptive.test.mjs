import assert from "node:assert/strict";
import test from "node:test";

import { asMap, kernelOf, paintKernel, withMaps } from "../../static/js/lib/maps.js";
import { planColumns } from "../../static/js/lib/plan.js";
import { seenBy } from "../../static/js/lib/receptive.js";

/** Layers with the shapes that the server tells: each is [layer, output shape]. */
function net(input, ...layers) {
  return [layers.map(([layer]) => layer), { input_shape: input, layers: layers.map(([{ id, type }, output_shape]) => ({ id, type, output_shape })) }];
}
const conv = (id, more = {}) => ({ id, type: "conv2d", filters: 2, kernel_size: [3, 3], strides: [1, 1], dilation: [1, 1], padding: "valid", ...more });
const at = (layer, row, column) => ({ layer, row, column });

test("behind a pooled and twice convolved value lies a patch that grows with the depth", () => {
  const [layers, check] = net([28, 28, 1], [conv("a"), [26, 26, 2]], [{ id: "pool", type: "max_pool2d", pool_size: [2, 2], strides: null, padding: "valid" }, [13, 13, 2]],
    [{ id: "bend", type: "activation", activation: "relu" }, [13, 13, 2]], [conv("b"), [11, 11, 2]]);
  assert.deepEqual(seenBy(layers, check, at("a", 4, 5)), [4, 5, 6, 7]);
  assert.deepEqual(seenBy(layers, check, at("pool", 4, 5)), [8, 10, 11, 13]);
  assert.deepEqual(seenBy(layers, check, at("bend", 4, 5)), [8, 10, 11, 13]);
  assert.deepEqual(seenBy(layers, check, at("b", 10, 0)), [20, 0, 27, 7]);
});

test("borders, steps and gaps; what lies outside of the picture is not marked", () => {
  const [layers, check] = net([8, 6, 1], [conv("a", { padding: "same", kernel_size: [3, 5], strides: [2, 1] }), [4, 6, 2]], [conv("b", { padding: "explicit", border: [1, 2], dilation: [1, 2] }), [4, 6, 2]]);
  assert.deepEqual(seenBy(layers, check, at("a", 0, 0)), [0, 0, 2, 2]);
  assert.deepEqual(seenBy(layers, check, at("b", 0, 0)), [0, 0, 4, 4]);
});

test("where branches meet, both count; after a Flatten there is no map", () => {
  const [layers, check] = net([8, 8, 1], [conv("a", { padding: "same" }), [8, 8, 2]], [conv("wide", { padding: "same", kernel_size: [5, 5] }), [8, 8, 2]],
    [{ id: "sum", type: "add", inputs: ["a", "wide"] }, [8, 8, 2]], [{ id: "flat", type: "flatten" }, [128]]);
  assert.deepEqual(seenBy(layers, check, at("sum", 4, 4)), [1, 1, 7, 7]);
  assert.equal(seenBy(layers, check, at("flat", 0, 0)), null);
  assert.equal(seenBy(layers, check, at("gone", 0, 0)), null);
  assert.equal(seenBy(layers, null, at("sum", 0, 0)), null);
});

test("a sequence is one row of steps: a window of it, or with a memory all steps so far", () => {
  const [layers, check] = net([16, 3], [{ id: "look", type: "conv1d", filters: 4, kernel_size: 3, strides: 2, dilation: 1, padding: "valid" }, [7, 4]],
    [{ id: "memory", type: "gru", units: 5, return_sequences: true }, [7, 5]]);
  assert.deepEqual(seenBy(layers, check, at("look", 0, 2)), [0, 4, 0, 6]);
  assert.deepEqual(seenBy(layers, check, at("memory", 0, 2)), [0, 0, 0, 6]);
  const plan = withMaps(planColumns(layers, { ...check, layers: check.layers.map((layer) => ({ ...layer, input_shape: [16, 3] })) }, 0), check);
  assert.deepEqual(plan.map(({ kind, units, strips }) => [kind, units, strips]), [["maps", 4, true], ["maps", 5, true]]);
  assert.deepEqual([asMap([7, 4]), asMap([2, 2, 1]), asMap([7]), asMap(undefined)], [[1, 7, 4], [2, 2, 1], null, null]);
});

test("the kernel of a sequence is a row for each feature that it reads", () => {
  const manifest = [{ layer: "look", name: "kernel", shape: [3, 2, 4], offset: 1, size: 24 }];
  const weights = Float32Array.from({ length: 25 }, (_, i) => i - 1);
  const kernel = kernelOf(manifest, weights, "look", 1);
  assert.deepEqual([kernel.rows, kernel.columns, kernel.channels, kernel.at(0, 2, 1)], [1, 3, 2, 21]);
  assert.equal(kernelOf(manifest, weights, "look", 4), null);
  let size = [];
  paintKernel((width, height) => (size = [width, height], new Uint32Array(width * height)), kernel, Uint32Array.of(1, 2, 3), 0);
  assert.deepEqual(size, [3, 2]);
  assert.equal(kernelOf([{ layer: "memory", name: "kernel", shape: [3, 16], offset: 0, size: 48 }], weights, "memory", 0), null);
});
