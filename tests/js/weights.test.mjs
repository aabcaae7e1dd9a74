// The table twin of the weights, and the loss as a tone.

import assert from "node:assert/strict";
import test from "node:test";

import { pitchOf } from "../../static/js/lib/pitch.js";
import { fromText, MOST, tablesOf, toText } from "../../static/js/lib/weight-table.js";

const MANIFEST = [
  { layer: "hidden1", name: "kernel", shape: [2, 3], offset: 0, size: 6 }, { layer: "hidden1", name: "bias", shape: [3], offset: 6, size: 3 },
  { layer: "conv2d", name: "kernel", shape: [2, 2, 1, 2], offset: 9, size: 8 },
];
const name = (_, i) => ["x", "y"][i];

test("each layer is a table: a row for each input and the bias, a column for each neuron, each cell with its index", () => {
  const [dense, conv] = tablesOf(MANIFEST, name);
  assert.deepEqual(dense.rows, ["x", "y", "bias"]);
  assert.deepEqual(dense.cells[1][2], { name: "kernel", index: [1, 2], place: 5 });
  assert.deepEqual(dense.cells[2][1], { name: "bias", index: [1], place: 7 });
  assert.deepEqual(conv.rows, ["1, 1, 1", "1, 2, 1", "2, 1, 1", "2, 2, 1"]);
  assert.deepEqual(conv.cells[3][1], { name: "kernel", index: [1, 1, 0, 1], place: 16 });
});

test("of a large layer the first rows are shown, its bias too, and the rest is counted", () => {
  const [table] = tablesOf([{ layer: "a", name: "kernel", shape: [784, 64], offset: 0, size: 784 * 64 }, { layer: "a", name: "bias", shape: [64], offset: 784 * 64, size: 64 }], (_, i) => `${i}`);
  assert.ok(table.cells.length * 64 <= MOST + 64);
  assert.equal(table.rows.at(-1), "bias");
  assert.equal(table.left + table.cells.length * 64, 784 * 64 + 64);
});

test("a table goes to a spreadsheet and comes back", () => {
  const [table] = tablesOf(MANIFEST, name);
  const text = toText(table, Float32Array.from({ length: 17 }, (_, i) => i / 4), ["1", "2", "3"]);
  assert.equal(text, "\t1\t2\t3\nx\t0\t0.25\t0.5\ny\t0.75\t1\t1.25\nbias\t1.5\t1.75\t2");
  assert.deepEqual(fromText("0,5\t1/4\r\n−1\t\r\n"), [[0.5, 0.25], [-1, null]]);
  assert.equal(fromText("0.5"), null);
  assert.equal(fromText("some\twords"), null);
});

test("the lower the loss, the lower the tone, within what can be heard; no tone without a loss", () => {
  assert.equal(pitchOf(1, 1), 660);
  assert.equal(pitchOf(1 / 16, 1), 165);
  assert.ok(pitchOf(1e-12, 1) >= 50 && pitchOf(1e12, 1) <= 2000);
  for (const loss of [0, NaN, Infinity]) assert.equal(pitchOf(loss, 1), null);
});
