import assert from "node:assert/strict";
import test from "node:test";

import { fieldOf, joined, outlines, products, strongestPlace, sumLine } from "../../static/js/lib/window.js";

/** A 2×2 window at the corner of a 4×8 map: its first row lies outside. */
const TOLD = {
  layer: "conv", row: 0, column: 1, channel: 0, how: "sum", reads: "input", rows: [-1, 0], columns: [1, 2], rest: -0.25, channels: 3, bias: 0.1,
  pre: 0.45, output: 0.45, activation: "relu", winner: null, field: [0, 1, 1, 2], update: 7,
  shares: [{ channel: 2, patch: [[null, null], [1, 2]], kernel: [[5, 5], [0.2, 0.2]], sum: 0.6, whole: [] }],
};

test("products count what lies outside as 0", () => {
  assert.deepEqual(products(TOLD.shares[0]), [[0, 0], [0.2, 0.4]]);
});

test("the window is outlined as one rectangle, with gaps place by place", () => {
  assert.deepEqual(outlines(TOLD, [4, 8]), [{ left: 1 / 8, top: -1 / 4, width: 2 / 8, height: 2 / 4 }]);
  const apart = outlines({ ...TOLD, rows: [0, 2] }, [4, 8]);
  assert.deepEqual(apart.map(({ top, left }) => [top, left]), [[0, 1 / 8], [0, 2 / 8], [2 / 4, 1 / 8], [2 / 4, 2 / 8]]);
  assert.deepEqual(fieldOf(TOLD, [4, 8]), [{ left: 1 / 8, top: 0, width: 2 / 8, height: 2 / 4 }]);
  assert.deepEqual(fieldOf({ ...TOLD, field: null }, [4, 8]), []);
});

test("the parts become the value: channels, the others, the bias, the activation", () => {
  const name = (channel) => `channel ${channel + 1}`;
  assert.equal(sumLine(TOLD, name, "ReLU"), "0.600 (channel 3) − 0.250 (2 more) + 0.100 (bias) = 0.450, and ReLU makes 0.450 of it");
  assert.equal(sumLine({ ...TOLD, channels: 1, bias: null, pre: 0.6 }, name, ""), "0.600 (window) = 0.600");
  assert.equal(sumLine({ ...TOLD, how: "largest", output: 2 }, name, ""), "The largest of 2 values: 2.000");
  assert.equal(sumLine({ ...TOLD, how: "mean", output: 1.5 }, name, ""), "The mean of 2 values: 1.500");
  assert.equal(joined(["1", "−2", "3"]), "1 − 2 + 3");
});

test("the value worth looking at first is the farthest from 0", () => {
  assert.deepEqual(strongestPlace([0, 1, -5, 2], 2), [1, 0]);
});
