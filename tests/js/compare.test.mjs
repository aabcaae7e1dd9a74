// Comparisons: the one change, many curves as a band, the map of the loss, the difference of two outputs.

import assert from "node:assert/strict";
import test from "node:test";

import { band, overOneAxis, solved } from "../../static/js/lib/bands.js";
import { around, between, extremes, heightOf, mirrored, paintContour } from "../../static/js/lib/contour.js";
import { settingsToChange, showValue, withChange } from "../../static/js/lib/one-change.js";
import { difference, rightAndWrong } from "../../static/js/lib/output-picture.js";
import { furthest, onlyTwo, racers, twoWeights } from "../../static/js/lib/race.js";
import { normal } from "../../static/js/lib/spec.js";
import { HistoryTable } from "../../static/js/lib/table.js";
import { fill } from "../../static/js/lib/words.js";
import { catalogue, defaults } from "./catalogue.fixture.mjs";

const spec = normal(catalogue, defaults);

/** A run of these losses, one row an epoch or each `step`. */
function table(losses, step = 1) {
  const made = new HistoryTable(["epoch", "test_loss"]);
  made.add(1, Float64Array.from(losses.flatMap((loss, row) => [row * step, loss])));
  return made;
}

test("a twin may change any setting that leaves weights, data and batches alone, and each has another value to propose", () => {
  const settings = settingsToChange(catalogue, spec);
  const ids = settings.map(({ id }) => id);
  assert.equal(ids[0], "training.optimizer.learning_rate");
  for (const id of ["training.optimizer", "activation", "training.batch_size", "training.regularizer", "training.loss"]) assert.ok(ids.includes(id), id);
  assert.equal(new Set(ids).size, ids.length);
  for (const setting of settings) assert.notEqual(setting.proposal, setting.value, setting.id);
});

test("the change that is sent and the experiment that is shown say the same", () => {
  const rate = withChange(catalogue, spec, "training.optimizer.learning_rate", 0.3);
  assert.deepEqual(rate.change, { training: { optimizer: { learning_rate: 0.3 } } });
  assert.equal(rate.spec.training.optimizer.learning_rate, 0.3);
  const optimizer = withChange(catalogue, spec, "training.optimizer", "adam");
  assert.equal(optimizer.change.training.optimizer.type, "adam");
  assert.deepEqual(optimizer.spec.training.optimizer, optimizer.change.training.optimizer);
  const batch = withChange(catalogue, spec, "training.batch_size", 50);
  assert.deepEqual(batch.change, { training: { batch_size: 50 } });
  const bent = withChange(catalogue, spec, "activation", "relu");
  assert.deepEqual(Object.keys(bent.change.network.layers), spec.network.layers.slice(0, -1).map(({ id }) => id));
  assert.deepEqual(bent.spec.network.layers.map((layer) => layer.activation.type), [...spec.network.layers.slice(1).map(() => "relu"), "tanh"]);
  const [setting] = settingsToChange(catalogue, spec);
  assert.equal(showValue(catalogue, setting, 0.3), "0.3");
});

test("a band has the nearest quartiles of the runs that have got so far", () => {
  const found = band([table([4, 3, 2, 1]), table([5, 4]), table([9, Infinity])], "test_loss");
  assert.deepEqual(found.epochs, [0, 1, 2, 3]);
  assert.deepEqual(found.count, [3, 3, 1, 1]);
  assert.deepEqual(found.median, [5, 4, 2, 1]);
  assert.deepEqual(band(Array.from({ length: 20 }, (_, k) => table([k])), "test_loss"), { epochs: [0], lower: [5], median: [10], upper: [14], count: [20] });
  assert.ok(band([table(Array.from({ length: 500 }, (_, k) => k), 3)], "test_loss").epochs.length <= 200);
});

test("curves share one axis; where a run has no row there is nothing", () => {
  assert.deepEqual(overOneAxis([table([3, 2, 1]), table([9, 8], 2)], "test_loss"), [[0, 1, 2], [3, 2, 1], [9, null, 8]]);
});

test("solved is judged by the newest row", () => {
  assert.equal(solved(table([3, 1, 2]), { column: "test_loss", below: 1.5 }), false);
  assert.equal(solved(table([3, 1]), { column: "test_loss", below: 1.5 }), true);
  assert.equal(solved(table([3]), { column: "test_loss", at_least: 3 }), true);
  assert.equal(solved(table([]), { column: "test_loss", below: 1 }), false);
});

test("the map: heights from 0 to 1, losses between points, a window around the ways, a line at each step", () => {
  const grid = [[0, 1], [2, 3]];
  assert.deepEqual(extremes(grid), [0, 3]);
  assert.equal(heightOf(0, [0, 3]), 0);
  assert.equal(heightOf(3, [0, 3]), 1);
  assert.equal(between(grid, 0.5, 0.5), 1.5);
  assert.equal(between(grid, 1, 0), 1);
  const axis = { values: [-10, 10] };
  const part = around({ x: axis, y: axis, losses: [[0, 20], [20, 40]] }, [{ x: 0, y: 0 }, { x: 5, y: 0 }], 2, 3);
  assert.ok(part.x.values[0] < 0 && part.x.values[0] > -1 && part.x.values[2] > 5 && part.x.values[2] < 6);
  assert.deepEqual(part.y.values, [-1, 0, 1]);
  assert.equal(part.losses[1][1], 10 + part.x.values[1] + 10);
  const pixels = new Uint32Array(16 * 16);
  paintContour(pixels, 16, grid, [255, 255, 255], [0, 0, 0], [9, 9, 9]);
  assert.ok(new Set(pixels).size > 5);
});

test("a slice that comes back mirrored is turned", () => {
  const way = [0, 1, 2].map((k) => ({ update: k, x: k, y: k * k }));
  assert.deepEqual(mirrored(way, way), { x: false, y: false });
  assert.deepEqual(mirrored(way, way.map((p) => ({ ...p, x: 5 - p.x }))), { x: true, y: false });
});

test("four optimizers, and a net of exactly two weights to see them on", () => {
  const small = twoWeights(catalogue, spec);
  const known = catalogue.optimizer.map(({ type }) => type);
  assert.deepEqual(racers(catalogue, spec, []).map(({ name }) => name), ["SGD", "Momentum", "RMSprop", "Adam"].filter((name) => name === "Momentum" || known.includes(name.toLowerCase())));
  assert.equal(racers(catalogue, spec, [0.5])[0].optimizer.learning_rate, 0.5);
  assert.equal(small.network.layers.length, 1);
  assert.deepEqual(onlyTwo([{ layer: "output", name: "kernel", shape: [1, 1], offset: 0, size: 1 }, { layer: "output", name: "bias", shape: [1], offset: 1, size: 1 }]), ["output.kernel.0.0", "output.bias.0"]);
  assert.equal(onlyTwo([{ layer: "output", name: "kernel", shape: [2, 4], offset: 0, size: 8 }]), null);
});

test("who has gone furthest leads, and keeps the lead until another is clearly further", () => {
  const at = (x) => ({ first: Float32Array.of(0), weights: Float32Array.of(x) });
  assert.equal(furthest([at(1), at(3)], 0), 1);
  assert.equal(furthest([at(1), at(1.2)], 0), 0);
});

test("outputs differ by second less first; classes by half of what their shares differ by", () => {
  assert.deepEqual([...difference(Float32Array.of(1, 0), Float32Array.of(0.5, 1), 1, false)], [-0.5, 1]);
  assert.deepEqual([...difference(Float32Array.of(1, 0), Float32Array.of(0, 1), 2, true)], [1]);
  assert.deepEqual([...difference(Float32Array.of(5, 5), Float32Array.of(2, 2), 2, false)], [0]);
});

test("of each true class the share of right answers lies above zero, those of wrong ones below", () => {
  assert.deepEqual([...rightAndWrong([[3, 1], [0, 2]])], [0.75, -0.25, -0, 1]);
});

test("a sentence is filled in as a whole", () => {
  assert.equal(fill("Solved {count} of {of}", { count: 14, of: 20 }), "Solved 14 of 20");
  assert.equal(fill("{unknown}", {}), "{unknown}");
});
