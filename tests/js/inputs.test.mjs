import assert from "node:assert/strict";
import test from "node:test";

import { boundsOf, gridPoints, knowsFeatures, linePoints, makeInputs } from "../../static/js/lib/inputs.js";
import { HistoryTable } from "../../static/js/lib/table.js";

test("features of points, then mean and scale, input after input", () => {
  const features = { kind: "features", features: ["x", "x_times_y", "sin_y"], mean: 0, scale: 1, target: null };
  const inputs = makeInputs(features, [[1, 2], [3, -4]]);
  assert.deepEqual([...inputs], [1, 2, 3, -8, Math.fround(Math.sin(3)), Math.fround(Math.sin(-4))]);
  assert.ok(knowsFeatures(features));
  assert.ok(!knowsFeatures({ ...features, features: ["tan_x"] }));
  const table = { kind: "standardize", features: [], mean: [1, 10], scale: [2, 5], target: null };
  assert.deepEqual([...makeInputs(table, [[3, 1], [20, 10]])], [1, 0, 2, 0]);
});

test("a grid goes row by row from the top left, through the centres of its cells", () => {
  const [x, y] = gridPoints({ x0: -6, x1: 6, y0: -6, y1: 6 }, 2);
  assert.deepEqual([...x], [-3, 3, -3, 3]);
  assert.deepEqual([...y], [3, 3, -3, -3]);
  assert.deepEqual([...linePoints(-1, 1, 3)], [-1, 0, 1]);
});

test("made planes show ±6, tables what their points need", () => {
  assert.deepEqual(boundsOf("plane", [[100, 100]]), { x0: -6, x1: 6, y0: -6, y1: 6 });
  const bounds = boundsOf("table", [[0, 5], [10, 5]]);
  assert.ok(bounds.x0 < 0 && bounds.x1 > 10 && bounds.y0 === 4 && bounds.y1 === 6);
});

test("history keeps every row once and in order, and notices a gap", () => {
  const table = new HistoryTable(["epoch", "loss"]);
  assert.ok(table.add(1, Float64Array.of(0, 9, 1, 8)));
  assert.ok(table.add(2, Float64Array.of(1, 8, 2, 7)), "an overlap is no fault");
  assert.equal(table.length, 3);
  assert.equal(table.add(5, Float64Array.of(4, 1)), false, "row 4 is missing");
  assert.equal(table.length, 3);
  assert.ok(table.add(9, new Float64Array(0)), "no rows, no gap");
  assert.equal(table.last("loss"), 7);
  for (let i = 3; i < 1000; i++) table.add(i + 1, Float64Array.of(i, 1 / i));
  assert.equal(table.length, 1000);
  const [epochs] = table.series(["epoch"], 100);
  assert.equal(epochs[0], 0);
  assert.equal(epochs.at(-1), 999);
  assert.ok(epochs.length <= 102);
});
