import assert from "node:assert/strict";
import test from "node:test";

import { createStore } from "../../static/js/lib/store.js";
import { createDrawing } from "../../static/js/state/drawing.js";
import { createExample } from "../../static/js/state/example.js";
import { keepExample } from "../../static/js/state/kept-example.js";

const DIGITS = { view: "image", raw_shape: [8, 8, 1], counts: { train: 90, test: 40 }, preprocess: { scale: 16 } };

/** A page as it is loaded: its stores, and what the tab remembers. */
function load(memory) {
  const run = { store: createStore({ id: null, data: null, spec: null }), watch() {}, past: null };
  const example = createExample({ api: {}, run, pictures: { kind: "none" }, selection: { store: createStore({ pinned: null }) } });
  const drawing = createDrawing({ run, example, painter: { request: (draw) => draw() } });
  keepExample({ run, example, drawing, memory });
  return { run, example, drawing, show: (id, data = DIGITS) => run.store.set({ id, data, spec: { data: { type: data.view } } }) };
}

const tab = () => {
  let text = "null";
  return { get: () => JSON.parse(text), set: (kept) => { text = JSON.stringify(kept); } };
};

test("a page loaded anew shows the drawing again, and the example behind it", () => {
  const memory = tab();
  const page = load(memory);
  page.show("a");
  page.example.choose("train", 7);
  page.drawing.toggle();
  page.drawing.begin([0.5, 0.2]);
  page.drawing.move([[0.5, 0.8]]);
  const { own } = page.example.store.get();
  assert.ok(own.flat(2).some((value) => value > 8));

  const again = load(memory);
  again.show("a");
  assert.deepEqual(again.drawing.store.get(), page.drawing.store.get());
  assert.deepEqual(again.example.store.get().own, own);
  again.drawing.close();
  const { split, index, total, own: none } = again.example.store.get();
  assert.deepEqual([split, index, total, none], ["train", 7, 90, null]);
  const third = load(memory);
  third.show("a");
  assert.deepEqual([third.example.store.get().own, third.drawing.store.get().open, third.drawing.store.get().marks.length], [null, false, 1]);
});

test("another run than the one it was put through begins with nothing drawn", () => {
  const memory = tab();
  const page = load(memory);
  page.show("a");
  page.drawing.toggle();
  page.drawing.begin([0.5, 0.2]);
  const other = load(memory);
  other.show("b");
  assert.deepEqual(other.drawing.store.get(), { open: false, marks: [] });
  assert.equal(other.example.store.get().index, 0);
});
