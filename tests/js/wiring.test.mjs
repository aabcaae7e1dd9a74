import assert from "node:assert/strict";
import test from "node:test";

import { arcAt, layArcs, shortcuts } from "../../static/js/lib/arcs.js";
import { complete } from "../../static/js/lib/catalogue.js";
import { planColumns } from "../../static/js/lib/plan.js";
import { presetFor } from "../../static/js/lib/spec.js";
import {
  addShortcut, branches, changeInputs, changeKind, insertLayer, moveLayer, readable, removeLayer, shortcutKind, unwired, wired,
} from "../../static/js/lib/wiring.js";
import { catalogue, defaults } from "./catalogue.fixture.mjs";

const start = presetFor(catalogue, defaults, defaults.data);
const units = (spec) => spec.network.layers.map((layer) => layer.units ?? layer.type);
const ids = (spec) => spec.network.layers.map((layer) => layer.id);
const reads = (spec) => wired(spec.network.layers).map((layer) => `${layer.id} < ${layer.inputs.join(" ")}`);
const dense = (n) => ({ ...complete(catalogue, "layer", "dense"), units: n });
/** Every layer reads only what stands before it. */
const sound = (spec) => wired(spec.network.layers).every((layer, i, layers) =>
  layer.inputs.every((id) => id === "input" || layers.slice(0, i).some((other) => other.id === id)));

test("layers are put in, moved and removed; the output stays last", () => {
  const dropout = complete(catalogue, "layer", "dropout");
  const more = insertLayer(catalogue, start, 1, dropout);
  assert.deepEqual(units(more), [4, "dropout", 2, 1]);
  assert.deepEqual(units(moveLayer(more, "hidden1", 1)), ["dropout", 4, 2, 1]);
  assert.deepEqual(units(moveLayer(more, "hidden1", 9)), ["dropout", 2, 4, 1]);
  assert.equal(moveLayer(more, "output", 0), more);
  assert.deepEqual(ids(removeLayer(more, "hidden1")), ["dropout", "hidden1", "output"]);
  assert.deepEqual(units(start), [4, 2, 1], "the experiment itself is never changed");
});

test("another kind of layer keeps the parameters that it shares", () => {
  const changed = changeKind(catalogue, start, "hidden1", "activation");
  assert.deepEqual(changed.network.layers[0].activation, { type: "tanh" });
  assert.equal("units" in changed.network.layers[0], false);
});

test("a plain row of layers names no inputs", () => {
  assert.deepEqual(unwired(wired(start.network.layers)), start.network.layers);
  assert.equal(branches(start.network.layers), false);
});

const same = { layers: [{ id: "hidden1", input_shape: [2], output_shape: [4] }, { id: "hidden2", input_shape: [4], output_shape: [4] }], input_shape: [2] };
const square = { ...start, network: { ...start.network, layers: [{ ...dense(4), id: "hidden1" }, { ...dense(4), id: "hidden2" }, { ...dense(1), id: "output" }] } };

test("a shortcut leads around a layer, and goes with it", () => {
  assert.equal(shortcutKind(square.network.layers, "hidden2", same), "add");
  assert.equal(shortcutKind(square.network.layers, "hidden1", same), "concatenate", "two features and four units differ in size");
  assert.equal(shortcutKind(square.network.layers, "output", same), null);
  const residual = addShortcut(square, "hidden2", { type: "add" });
  assert.deepEqual(reads(residual), ["hidden1 < input", "hidden2 < hidden1", "add < hidden2 hidden1", "output < add"]);
  assert.equal(residual.network.layers[3].inputs, undefined, "what reads the layer before says nothing");
  assert.equal(branches(residual.network.layers), true);
  assert.deepEqual(reads(removeLayer(residual, "hidden2")), ["hidden1 < input", "output < hidden1"], "nothing is left to join");
  assert.deepEqual(reads(removeLayer(residual, "add")), ["hidden1 < input", "hidden2 < hidden1", "output < hidden2"]);
});

test("a join put in finds a second layer of the same shape", () => {
  const joined = insertLayer(catalogue, square, 2, { type: "add" }, same);
  assert.deepEqual(reads(joined)[2], "add < hidden2 hidden1");
  assert.deepEqual(reads(insertLayer(catalogue, square, 1, { type: "add" }, same))[1], "add < hidden1 input", "else the nearest");
  const turned = changeKind(catalogue, joined, "add", "concatenate");
  assert.deepEqual(reads(turned)[2], "concatenate < hidden2 hidden1");
  assert.deepEqual(reads(changeKind(catalogue, turned, "concatenate", "dropout"))[2], "dropout < hidden2");
});

test("layers put in before a join stand on its main way; inputs are chosen by hand", () => {
  const residual = addShortcut(square, "hidden2", { type: "add" });
  const more = insertLayer(catalogue, residual, 2, complete(catalogue, "layer", "dropout"));
  assert.deepEqual(reads(more), ["hidden1 < input", "hidden2 < hidden1", "dropout < hidden2", "add < dropout hidden1", "output < add"]);
  assert.deepEqual(readable(more.network.layers, "add"), ["input", "hidden1", "hidden2", "dropout"]);
  assert.deepEqual(reads(changeInputs(more, "add", ["dropout", "hidden2"]))[3], "add < dropout hidden2");
});

test("whatever is moved or removed, every layer reads only what stands before it, and the output stays last", () => {
  const residual = addShortcut(addShortcut(square, "hidden2", { type: "add" }), "hidden1", { type: "concatenate" });
  const before = insertLayer(catalogue, residual, 3, dense(3));
  assert.equal(sound(before), true);
  for (const id of ids(before)) {
    if (id !== "output") assert.equal(sound(removeLayer(before, id)), true, `without ${id}`);
    for (let to = 0; to < ids(before).length; to++) {
      const moved = moveLayer(before, id, to);
      assert.equal(sound(moved), true, `${id} to ${to}: ${reads(moved)}`);
      assert.equal(moved.network.layers.at(-1).units, 1);
    }
  }
});

test("moving inside a branch keeps its shortcut around the same places", () => {
  const wide = { ...square, network: { ...square.network, layers: [dense(7), dense(8), dense(9), dense(1)].map((layer, i) => ({ ...layer, id: ["hidden1", "hidden2", "hidden3", "output"][i] })) } };
  const residual = addShortcut(wide, "hidden3", { type: "add" });
  const moved = moveLayer(residual, "hidden1", 1);
  assert.deepEqual(units(moved), [8, 7, 9, "add", 1]);
  assert.deepEqual(reads(moved)[3], "add < hidden3 hidden2");
});

test("shortcuts are drawn below what they pass, each in a lane of its own", () => {
  const residual = addShortcut(addShortcut(square, "hidden2", { type: "add" }), "hidden1", { type: "concatenate" });
  const plan = planColumns(residual.network.layers, null, 2);
  const links = shortcuts(plan);
  assert.deepEqual(links.map((link) => `${link.source} > ${link.layer}`), ["input > concatenate", "concatenate > add"]);
  const stand = (place) => ({ x: 100 * (place + 1), bottom: place === 1 ? 300 : 200 });
  const arcs = layArcs([...links, { from: 0, to: 3, source: "hidden1", layer: "add" }], stand);
  for (const arc of arcs) {
    for (let place = arc.from; place <= arc.to; place++) assert.ok(arc.y > stand(place).bottom);
    for (const other of arcs) if (other !== arc && other.from < arc.to && arc.from < other.to) assert.notEqual(other.y, arc.y);
  }
  const [first] = arcs;
  assert.equal(arcAt(arcs, (first.x0 + first.x1) / 2, first.y + 3, 8), first);
  assert.equal(arcAt(arcs, first.x0, 0, 8), null);
});

test("a join's neurons are drawn one to one with those it joins", () => {
  const residual = addShortcut(square, "hidden2", { type: "add" });
  const join = planColumns(residual.network.layers, null, 2)[2];
  assert.deepEqual([join.kind, join.units, join.direct], ["neurons", 4, true]);
  const beside = planColumns(addShortcut(square, "hidden2", { type: "concatenate" }).network.layers, { ...same, layers: [...same.layers,
    { id: "concatenate", type: "concatenate", input_shape: [4], output_shape: [8] }] }, 2)[2];
  assert.deepEqual(beside.links, [{ id: "hidden2", reads: "hidden2", offset: 0 }, { id: "hidden1", reads: "hidden1", offset: 4 }]);
  assert.equal(beside.units, 8);
});
