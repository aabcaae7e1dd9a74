import assert from "node:assert/strict";
import test from "node:test";

import { RAMP_SIZE, createRamp, mix, paintClasses, paintRamp, pixel, rampIndex, strongest } from "../../static/js/lib/color.js";
import { distance2, nearest, pointAt, widthOf } from "../../static/js/lib/curves.js";
import { createPainter, debounce } from "../../static/js/lib/frame.js";
import { nice, parseNumber, plain, show, showCount, showEpoch, showLoss, showPercent, showSigned } from "../../static/js/lib/number.js";
import { createStore, remembering } from "../../static/js/lib/store.js";
import { createHistory } from "../../static/js/lib/undo.js";

for (const [text, value] of [["0,5", 0.5], ["0.5", 0.5], ["−1,25", -1.25], [" -.5 ", -0.5], ["1/4", 0.25], ["2e-3", 0.002],
  ["", null], ["abc", null], ["1,2,3", null], ["1/0", null], ["Infinity", null]]) {
  test(`"${text}" is read as ${value}`, () => assert.equal(parseNumber(text), value));
}

for (const [value, text] of [[0.4217, "0.42"], [-1.305, "−1.30"], [0, "0.00"], [0.0123, "0.012"], [12345, "12345"], [123.45, "123.5"],
  [1234567, "1.2e6"], [-0.00001, "−1.0e-5"], [NaN, "–"], [-Infinity, "−∞"]]) {
  test(`${value} is shown as ${text}`, () => assert.equal(show(value), text));
}

test("numbers for people: signs, losses, shares, counts, epochs that do not jump", () => {
  assert.deepEqual([showSigned(0.5), showSigned(-0.5)], ["+0.50", "−0.50"]);
  assert.deepEqual([0.1234567, 0.00123, 0.0000123, NaN].map(showLoss), ["0.123", "0.00123", "1.2e-5", "–"]);
  assert.equal(showPercent(0.984), "98.4 %");
  assert.equal(showCount(1234567), "1,234,567");
  assert.deepEqual([0, 123, 1234567].map(showEpoch), ["000,000", "000,123", "1,234,567"]);
  assert.deepEqual([0.1 + 0.2, 1e-7, 0.03].map(plain), ["0.3", "1e-7", "0.03"]);
  assert.deepEqual([0.3, 1, 1.2, 23, 700, 0].map(nice), [0.5, 1, 2, 50, 1000, 1]);
});

const orange = [200, 100, 0];
const white = [255, 255, 255];
const blue = [0, 0, 255];

test("the colour scale is orange below, neutral in the middle, blue above, and clamped", () => {
  const ramp = createRamp(orange, white, blue);
  assert.equal(ramp[0], pixel(orange));
  assert.equal(ramp[RAMP_SIZE - 1], pixel(blue));
  assert.ok((ramp[RAMP_SIZE / 2] & 255) >= 253);
  assert.deepEqual([-9, -1, 0, 1, 9].map((v) => rampIndex(v, -1, 1)), [0, 0, 256, RAMP_SIZE - 1, RAMP_SIZE - 1]);
  const pixels = new Uint32Array(3);
  paintRamp(pixels, Float32Array.of(99, -2, 0.01, 5), 1, ramp, -1, 1);
  assert.deepEqual([pixels[0], pixels[2]], [pixel(orange), pixel(blue)]);
  paintRamp(pixels, Float32Array.of(99, -2, 0.01, 5), 1, ramp, -1, 1, true);
  assert.equal(pixels[1], pixel(blue), "discretized, a little above the middle is blue");
});

test("the strongest class gives the colour, the paler the less sure", () => {
  const pixels = new Uint32Array(2);
  paintClasses(pixels, Float32Array.of(1, 1 / 3, 0, 1 / 3, 0, 1 / 3), 3, [orange, blue, [0, 255, 0]], white, "share");
  assert.deepEqual([...pixels], [pixel(orange), pixel(white)]);
  assert.deepEqual(mix(white, orange, 1), orange);
  const [best, sure] = strongest([0, 2, 0], 0, 3, 1, "softmax");
  assert.equal(best, 1);
  assert.ok(Math.abs(sure - Math.exp(2) / (Math.exp(2) + 2)) < 1e-12);
});

test("an edge is found within reach of the finger, and only there", () => {
  const edge = { x0: 0, y0: 0, x1: 100, y1: 50 };
  assert.deepEqual(pointAt(edge, 0.5), [50, 25]);
  assert.ok(distance2(edge, 50, 25) < 0.01);
  const other = { x0: 0, y0: 80, x1: 100, y1: 80 };
  assert.equal(nearest([edge, other], 50, 28, 8), edge);
  assert.equal(nearest([edge, other], 50, 76, 8), other);
  assert.equal(nearest([edge, other], 50, 55, 8), null);
  assert.ok(widthOf(0) > 0.5 && widthOf(5) === 9 && widthOf(-50) === 9);
});

test("any number of requests before a frame end in one draw each", () => {
  const frames = [];
  const painter = createPainter((callback) => frames.push(callback));
  let a = 0;
  let b = 0;
  const drawA = () => { a += 1; };
  const drawB = () => { b += 1; painter.request(drawA); };
  for (let i = 0; i < 5; i++) painter.request(drawA);
  painter.request(drawB);
  assert.equal(frames.length, 1);
  frames.shift()();
  assert.deepEqual([a, b, frames.length], [1, 1, 1], "a request made while drawing waits for the next frame");
  painter.cancel(drawA);
  frames.shift()();
  assert.equal(a, 1);
});

test("debounced work runs once, with the newest arguments", () => {
  let due = null;
  const seen = [];
  const later = debounce(100, (x) => seen.push(x), { set: (f) => (due = f), clear: () => (due = null) });
  later(1);
  later(2);
  due();
  assert.deepEqual(seen, [2]);
});

test("a store tells its listeners about changes, and only those", () => {
  const store = createStore({ a: 1, b: 2 });
  const seen = [];
  const stop = store.subscribe((value, before) => seen.push([before.a, value.a]));
  store.patch({ a: 1 });
  store.patch({ a: 3 });
  stop();
  store.patch({ a: 4 });
  assert.deepEqual(seen, [[1, 3]]);
  assert.deepEqual(store.get(), { a: 4, b: 2 });
});

test("undo takes back, redo does again, a new edit forgets what was undone", () => {
  let time = 0;
  let value = 0;
  const history = createHistory(() => time);
  const edit = (to, merge) => {
    const from = value;
    value = to;
    history.push({ label: `to ${to}`, undo: () => (value = from), redo: () => (value = to), merge });
  };
  edit(1);
  edit(2);
  assert.equal(history.undo(), "to 2");
  assert.equal(value, 1);
  assert.equal(history.redo(), "to 2");
  assert.equal(value, 2);
  history.undo();
  edit(5);
  assert.equal(history.redo(), null);
  time = 10_000;
  edit(6, "weight");
  time += 100;
  edit(7, "weight");
  history.undo();
  assert.equal(value, 5, "quick edits of one thing are undone together");
  assert.equal(history.labels().redo, "to 7");
});

test("what is remembered is computed anew for another value only", () => {
  const seen = [];
  const double = remembering((value) => (seen.push(value), { value }));
  const [one, two] = [{}, {}];
  assert.equal(double(one), double(one));
  assert.notEqual(double(two), double(one));
  assert.deepEqual(seen, [one, two, one]);
});
