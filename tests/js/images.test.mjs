import assert from "node:assert/strict";
import test from "node:test";

import { pixel } from "../../static/js/lib/color.js";
import { gridOf, inUnits, inked, massOf, pictureOf } from "../../static/js/lib/drawing.js";
import { channelOf, kernelOf, paintChannel, paintKernel, sheet, slicesOf, withMaps } from "../../static/js/lib/maps.js";
import { createPace } from "../../static/js/lib/pace.js";
import { planColumns } from "../../static/js/lib/plan.js";
import { sharesOf } from "../../static/js/lib/shares.js";

const RAMP = Uint32Array.of(pixel([255, 0, 0]), pixel([0, 0, 0]), pixel([0, 0, 255]));

test("layers that give maps are columns of maps; what comes after a Flatten is not", () => {
  const layers = [
    { id: "conv", type: "conv2d", filters: 32 }, { id: "pool", type: "max_pool2d" }, { id: "flat", type: "flatten" },
    { id: "output", type: "dense", units: 10 },
  ];
  const shapes = [[[8, 8, 1], [6, 6, 32]], [[6, 6, 32], [3, 3, 32]], [[3, 3, 32], [288]], [[288], [10]]];
  const check = { layers: layers.map((layer, i) => ({ ...layer, input_shape: shapes[i][0], output_shape: shapes[i][1] })) };
  const plan = withMaps(planColumns(layers, check, 0), check);
  assert.deepEqual(plan.map((c) => [c.kind, c.units, c.shown]), [["maps", 32, 10], ["maps", 32, 10], ["block", 288, 0], ["neurons", 10, 10]]);
  assert.equal(withMaps(planColumns(layers, null, 0), null)[0].kind, "block", "nothing is known of shapes yet");
});

test("one channel of a map, as numbers and as pixels", () => {
  const map = { shape: [1, 3, 2], values: Float32Array.of(1, -2, 0, 4, -1, 0) };
  assert.deepEqual([...channelOf(map, 1)], [-2, 4, 0]);
  const pixels = new Uint32Array(3);
  paintChannel(pixels, map.values, 0, 2, RAMP, 1);
  assert.deepEqual([...pixels], [RAMP[2], RAMP[1], RAMP[0]]);
  paintChannel(pixels, Float32Array.of(9, 0, -9, 0, 0, 0), 0, 2, RAMP, 1);
  assert.deepEqual([...pixels], [RAMP[2], RAMP[0], RAMP[1]], "beyond the range is its end");
});

test("a filter's weights are found in the packed row, and laid out side by side", () => {
  // kernel (2, 1, 3, 2) from place 5 on: value = its own flat index
  const manifest = [{ layer: "conv", name: "kernel", shape: [2, 1, 3, 2], offset: 5, size: 12 }];
  const weights = Float32Array.from({ length: 17 }, (_, i) => i - 5);
  const kernel = kernelOf(manifest, weights, "conv", 1);
  assert.equal(kernel.at(0, 0, 0), 1);
  assert.equal(kernel.at(1, 0, 2), 11);
  assert.equal(kernelOf(manifest, weights, "conv", 2), null);
  assert.equal(kernelOf(manifest, weights, "other", 0), null);
  assert.deepEqual(slicesOf(kernel).map((slice) => [...slice]), [[1, 7], [3, 9], [5, 11]]);
  assert.deepEqual([1, 3, 4, 32].map(sheet), [[1, 1], [2, 2], [2, 2], [6, 6]]);
  let size = [];
  let pixels = new Uint32Array(0);
  paintKernel((width, height) => (size = [width, height], pixels = new Uint32Array(width * height)), kernel, RAMP, 7);
  assert.deepEqual(size, [3, 5], "two across, two down, a gap between them");
  assert.deepEqual([...pixels.subarray(6, 9)], [7, 7, 7]);
  assert.equal(pixels[3 * 3], RAMP[1], "5 of 11 is nearer to the middle of three colours");
  assert.equal(pixels[4 * 3], RAMP[2]);
});

test("outputs as shares: as they are, by softmax, or one output for two classes", () => {
  const spec = (type) => ({ network: { layers: [{ activation: { type } }] } });
  assert.deepEqual(sharesOf([0.25, 0.75], spec("softmax")), [0.25, 0.75]);
  assert.deepEqual(sharesOf([-1], spec("tanh")), [1, 0]);
  assert.deepEqual(sharesOf([0], spec("linear")), [0.5, 0.5]);
  assert.ok(Math.abs(sharesOf([1, 3], spec("linear"))[1] - 1 / (1 + Math.exp(-2))) < 1e-12);
});

// ---- drawing ----

const LINE = [[[0.5, 0.3], [0.5, 0.7]]];
const at = (pixels, size, row, column) => pixels[row * size + column];

test("a drawing is scaled and centred by its mass, wherever and however large it was", () => {
  const small = LINE.map((stroke) => stroke.map(([x, y]) => [0.2 + x / 3, y / 2]));
  for (const size of [8, 28]) {
    const [a, b] = [pictureOf(LINE, size), pictureOf(small, size)];
    a.forEach((ink, p) => assert.ok(Math.abs(ink - b[p]) < 0.02, `pixel ${p} of ${size}`));
    massOf(a, size).forEach((middle) => assert.ok(Math.abs(middle - size / 2) < 0.05));
  }
});

test("as for MNIST, a drawing fills 20 of 28 pixels; small pictures are filled from edge to edge", () => {
  const rows = (pixels, size) => Array.from({ length: size }, (_, row) => pixels.subarray(row * size, (row + 1) * size).some((ink) => ink > 0.2));
  assert.equal(rows(pictureOf(LINE, 28), 28).filter(Boolean).length, 20);
  assert.equal(rows(pictureOf(LINE, 8), 8).filter(Boolean).length, 8);
});

test("what is heavy on one side is moved so that its mass is in the middle, but never over the edge", () => {
  const heavy = [[[0.3, 0.2], [0.3, 0.8]], [[0.34, 0.2], [0.34, 0.8]], [[0.3, 0.5], [0.7, 0.5]]];
  const pixels = pictureOf(heavy, 28);
  assert.ok(Math.abs(massOf(pixels, 28)[0] - 14) < 0.2);
  const edge = Array.from({ length: 28 }, (_, row) => at(pixels, 28, row, 27));
  assert.ok(Math.max(...edge) === 0);
});

test("edges are soft, dots stay small, and nothing drawn is an empty picture", () => {
  const pixels = inked([[[4, 4]]], 8, 1);
  assert.ok(Math.abs(pixels.reduce((a, v) => a + v, 0) - Math.PI) < 0.15, "as much ink as the dot is large");
  assert.ok(pixels.some((ink) => ink > 0 && ink < 1));
  assert.ok(pictureOf([[[0.1, 0.9]]], 28).reduce((a, v) => a + v, 0) < 12);
  assert.deepEqual([...pictureOf([], 8)], Array(64).fill(0));
});

test("pictures come in the data set's units and shape", () => {
  assert.deepEqual(inUnits(Float32Array.of(0, 0.5, 1, 0.26), [2, 2, 1], 16), [[[0], [8]], [[16], [4]]]);
  assert.deepEqual(inUnits(Float32Array.of(0.5), [1, 1, 3], 1), [[[0.5, 0.5, 0.5]]]);
  assert.deepEqual([8, 28].map(gridOf), [8, 14]);
});

// ---- pace ----

test("one question at a time, the next after a wait that follows from how long the last one took", async () => {
  let time = 0;
  const timers = [];
  const clock = { now: () => time, set: (f, ms) => timers.push({ f, due: time + ms }) - 1, clear: (i) => { timers[i] = null; } };
  const began = [];
  let done = () => {};
  const ask = createPace(() => (began.push(time), new Promise((resolve) => { done = resolve; })), (took) => 2 * took, clock);
  const run = async (until) => {
    time = until;
    for (const timer of timers.splice(0)) if (timer && timer.due <= time) timer.f(); else if (timer) timers.push(timer);
    await new Promise((resolve) => setImmediate(resolve));
  };
  ask();
  await run(0);
  ask();
  ask();
  await run(10);
  assert.deepEqual(began, [0], "the first is still being answered");
  done();
  await run(10);
  await run(29);
  assert.deepEqual(began, [0], "it took 10, so 20 are waited");
  await run(30);
  assert.deepEqual(began, [0, 30]);
  done();
  await run(31);
  await run(99);
  assert.deepEqual(began, [0, 30], "nobody asked again");
});

test("a question that fails does not end the asking", { timeout: 60_000 }, async () => {
  let asked = 0;
  const ask = createPace(async () => { asked += 1; throw new Error("away"); }, () => 0);
  for (const times of [1, 2]) {
    ask();
    while (asked < times) await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(asked, 2);
});
