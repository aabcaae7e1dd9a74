import assert from "node:assert/strict";
import test from "node:test";

import { across, angleBetween, degrees, middle, shifted, through, toPlane, toWeights, turned } from "../../static/js/lib/lines.js";
import { asOwn, fitPoints, keepsWeights, lacking, makePoint, nearestPoint, withPoint, withPoints } from "../../static/js/lib/own-points.js";
import { write } from "../../static/js/lib/spec.js";
import { catalogue as small, defaults } from "./catalogue.fixture.mjs";

const points = { name: "points", widget: "points", default: [[0, 0, 0], [1, 1, 1]], help: "", label: "Points", lo: -10, hi: 10, options: ["x", "y", "class"], length: [2, 5] };
const facts = { task: "classification", view: "plane", shape: [2], class_names: ["orange", "blue"] };
const catalogue = { ...small, dataset: [...small.dataset, { kind: "dataset", type: "points", label: "", help: "", formula: "", facts,
  params: [points, { name: "classes", widget: "integer", default: 2, lo: 2, hi: 8, options: [] }] }] };
const own = { ...defaults, data: { ...defaults.data, type: "points", points: points.default, classes: 2 } };

test("points lie on the plane to two digits, and lists of them are never changed in place", () => {
  assert.deepEqual(makePoint(catalogue, "points", 1.23456, -77, 1), [1.23, -10, 1]);
  const list = [[0, 0, 0], [3, 3, 1]];
  assert.deepEqual(withPoint(list, 0, null), [[3, 3, 1]]);
  assert.deepEqual(withPoint(list, 1, [1, 1, 0]), [[0, 0, 0], [1, 1, 0]]);
  assert.equal(nearestPoint(list, 2, 2).i, 1);
  assert.equal(nearestPoint([], 2, 2), null);
  assert.deepEqual(list, [[0, 0, 0], [3, 3, 1]]);
});

test("a batch is never larger than what trains, and grows again with the points", () => {
  const few = withPoints(catalogue, own, [[0, 0, 0], [1, 1, 1], [2, 2, 0]]);
  assert.equal(few.training.batch_size, 1);
  const more = withPoints(catalogue, few, Array.from({ length: 40 }, (_, i) => [i / 10, 0, i % 2]));
  assert.equal(more.training.batch_size, 10);
});

test("any points of the plane become one's own, as many as there is room for; the network stays", () => {
  const shown = { points: Array.from({ length: 9 }, (_, i) => [i, -i]), targets: [0, 1, 2, 0, 1, 2, 0, 1, 2], classes: ["A", "B", "C"] };
  const made = asOwn(catalogue, defaults, shown);
  assert.deepEqual([made.data.type, made.data.points.length, made.data.classes], ["points", 5, 3]);
  assert.deepEqual(made.network.layers[0], defaults.network.layers[0]);
  assert.equal(made.network.layers.at(-1).units, 3);
});

test("points of a class that is no more go; too few are counted", () => {
  assert.deepEqual(fitPoints(catalogue, { ...own, data: { ...own.data, points: [[0, 0, 2], [1, 1, 1], [2, 2, 0]] } }).data.points, [[1, 1, 1], [2, 2, 0]]);
  assert.equal(fitPoints(catalogue, own), own);
  assert.deepEqual([lacking(catalogue, own), lacking(catalogue, { ...own, data: { ...own.data, points: [] } }), lacking(catalogue, defaults)], [0, 2, 0]);
});

test("a network goes on learning when only its points are others", () => {
  const moved = withPoints(catalogue, own, [[5, 5, 0], [1, 1, 1]]);
  assert.equal(keepsWeights(catalogue, own, moved), true);
  assert.equal(keepsWeights(catalogue, defaults, own), true, "also when it learned other points before");
  assert.equal(keepsWeights(catalogue, own, defaults), false);
  assert.equal(keepsWeights(catalogue, own, write(moved, "training.loss", { type: "mae" })), false);
  assert.equal(keepsWeights(catalogue, own, { ...moved, seed: 99 }), false);
});

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `expected ${expected}, got ${actual}`);
const bounds = { x0: -6, x1: 6, y0: -6, y1: 6 };

test("a neuron is a line where its sum is zero, whatever was done to its inputs before", () => {
  const preprocess = { mean: [1, -2], scale: [2, 4] };
  const plane = toPlane([3, 5], 0.5, preprocess);
  const sum = (x, y) => 3 * ((x - 1) / 2) + 5 * ((y + 2) / 4) + 0.5;
  near(plane.wx * 2.5 + plane.wy * -3 + plane.b, sum(2.5, -3));
  const back = toWeights(plane, preprocess);
  [...back.w, back.b].forEach((value, i) => near(value, [3, 5, 0.5][i]));
  for (const [x, y] of across(plane, bounds)) near(plane.wx * x + plane.wy * y + plane.b, 0);
  assert.equal(across({ wx: 1, wy: 0, b: 40 }, bounds), null, "outside");
  assert.equal(across({ wx: 0, wy: 0, b: 0 }, bounds), null, "no line at all");
  assert.deepEqual(across({ wx: 0, wy: 2, b: -2 }, bounds).map(([, y]) => y), [1, 1], "level");
});

test("turned and shifted, a line keeps its length", () => {
  const plane = { wx: 0, wy: 2, b: -2 };
  const spot = middle(across(plane, bounds));
  const upright = turned(plane, spot, Math.PI / 2);
  [upright.wx, upright.wy, upright.b].forEach((value, i) => near(value, [-2, 0, 0][i]));
  assert.deepEqual([degrees(plane), degrees(upright), degrees(turned(plane, spot, Math.PI / 6))], [0, 90, 30]);
  near(shifted(plane, 1.5).b, -5); // y = 1 becomes y = 2.5
  near(through(plane, [3, 4]).b, -8);
  near(angleBetween([1, 0], [0, 1], [0, 0]), Math.PI / 2);
  near(angleBetween([-1, 0.1], [-1, -0.1], [0, 0]), 2 * Math.atan(0.1));
});
