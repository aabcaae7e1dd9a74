import assert from "node:assert/strict";
import test from "node:test";

import {
  changeLayer, chooseDataset, difference, fitOutput, presetFor, read, renumber, write,
} from "../../static/js/lib/spec.js";
import { catalogue, defaults } from "./catalogue.fixture.mjs";

const start = presetFor(catalogue, defaults, defaults.data);
const units = (spec) => spec.network.layers.map((layer) => layer.units ?? layer.type);

test("layers have ids by place, and inputs follow their layers", () => {
  const layers = renumber([{ id: "a", type: "dense" }, { id: "b", type: "dropout" }, { id: "c", type: "dropout" },
    { id: "d", type: "dense", inputs: ["a", "input"] }, { id: "e", type: "dense" }]);
  assert.deepEqual(layers.map((layer) => layer.id), ["hidden1", "dropout", "dropout2", "hidden2", "output"]);
  assert.deepEqual(layers[3].inputs, ["hidden1", "input"]);
});

test("values are read and written by their path", () => {
  assert.equal(read(start, "training.optimizer.learning_rate"), 0.03);
  const next = write(start, "training.optimizer.learning_rate", 0.1);
  assert.equal(read(next, "training.optimizer.learning_rate"), 0.1);
  assert.equal(read(start, "training.optimizer.learning_rate"), 0.03);
  const wider = write(start, "network.layers.hidden2.activation.type", "relu");
  assert.equal(read(wider, "network.layers.hidden2.activation.type"), "relu");
  assert.equal(write(start, "network.layers.nowhere.units", 3).network.layers.length, 3);
});

test("a dataset of the same kind keeps the network, another one brings its own", () => {
  const own = changeLayer(start, "hidden1", { units: 7 });
  assert.deepEqual(units(chooseDataset(catalogue, defaults, own, "spiral")), [7, 2, 1]);
  const blobs = chooseDataset(catalogue, defaults, own, "blobs");
  assert.deepEqual([units(blobs), blobs.training.loss.type], [[3], "categorical_cross_entropy"]);
  const iris = chooseDataset(catalogue, defaults, own, "iris");
  assert.deepEqual([units(iris), iris.data.train_fraction, iris.data.features], [[4, 3], 0.8, catalogue.dataset[3].facts.columns]);
  assert.equal(chooseDataset(catalogue, defaults, { ...own, data: { ...own.data, noise: 30 } }, "spiral").data.noise, 30);
});

test("the number of outputs follows the number of classes", () => {
  const blobs = chooseDataset(catalogue, defaults, start, "blobs");
  const five = fitOutput(catalogue, { ...blobs, data: { ...blobs.data, classes: 5 } });
  assert.deepEqual([units(five), five.network.layers[0].activation.type], [[5], "softmax"]);
  assert.equal(fitOutput(catalogue, five), five);
});

test("a change is live, a reset with another seed, or another run", () => {
  assert.deepEqual(difference(catalogue, start, { ...start }), { kind: "same" });
  const reordered = start.network.layers.map(({ id, type, ...rest }) => ({ ...rest, type, id }));
  assert.deepEqual(difference(catalogue, start, { ...start, network: { version: 1, layers: reordered } }), { kind: "same" });
  assert.deepEqual(difference(catalogue, start, write(start, "training.batch_size", 20)), { kind: "live", settings: { batch_size: 20 } });
  assert.deepEqual(difference(catalogue, start, { ...start, seed: 2 }), { kind: "seed" });
  assert.deepEqual(difference(catalogue, start, write(start, "training.loss", { type: "mae" })), { kind: "new" });
  assert.deepEqual(difference(catalogue, start, write(start, "data.noise", 5)), { kind: "new" });
  assert.deepEqual(difference(catalogue, start, changeLayer(start, "hidden1", { units: 3 })), { kind: "new" });
});
