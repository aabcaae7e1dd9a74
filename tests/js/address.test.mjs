import assert from "node:assert/strict";
import test from "node:test";

import { LOOK, readAddress, writeAddress } from "../../static/js/lib/address.js";
import { brief, complete } from "../../static/js/lib/catalogue.js";
import { formatPart, parsePart, parseParts } from "../../static/js/lib/notation.js";
import { presetFor, dataFor } from "../../static/js/lib/spec.js";
import { catalogue, defaults } from "./catalogue.fixture.mjs";

const read = (hash) => readAddress(catalogue, defaults, hash);
const start = presetFor(catalogue, defaults, defaults.data);

test("a part is written as one would say it, and read back", () => {
  const part = { type: "dense", units: 4, activation: { type: "leaky_relu", negative_slope: 0.1 }, bias: false, size: [3, 5], stop: null };
  const text = "dense(units=4,activation=leaky_relu(negative_slope=0.1),bias=false,size=3x5,stop=none)";
  assert.equal(formatPart(part), text);
  assert.deepEqual(parsePart(text), part);
  assert.deepEqual(parseParts("a,b(c=-1e-3)"), [{ type: "a" }, { type: "b", c: -0.001 }]);
  for (const bad of ["dense(", "dense(units)", "dense(units=)", "4", "a;b", "a(b=1", "a)b"]) assert.throws(() => parseParts(bad));
});

test("an empty address is the default experiment", () => {
  const { spec, look, notes } = read("");
  assert.deepEqual([spec, look, notes], [start, LOOK, []]);
});

test("only what differs from the defaults is written for a part; nothing is lost", () => {
  const layer = complete(catalogue, "layer", { type: "dense", units: 3, activation: "tanh" });
  assert.deepEqual(brief(catalogue, "layer", layer), { type: "dense", units: 3, activation: "tanh" });
  assert.deepEqual(complete(catalogue, "layer", brief(catalogue, "layer", layer)), layer);
});

const experiments = {
  "the default": start,
  "every knob": {
    ...start,
    seed: 77,
    data: { type: "blobs", samples: 300, noise: 12.5, classes: 5, seed: 9, train_fraction: 0.7, features: ["x", "sin_x"] },
    network: { version: 1, layers: [
      { id: "hidden1", ...complete(catalogue, "layer", { type: "dense", units: 7, activation: { type: "leaky_relu", negative_slope: 0.3 },
        kernel_initializer: { type: "normal", stddev: 1 } }) },
      { id: "dropout", ...complete(catalogue, "layer", { type: "dropout", rate: 0.2 }) },
      { id: "hidden2", ...complete(catalogue, "layer", { type: "dense", units: 2, bias: false }) },
      { id: "output", ...complete(catalogue, "layer", { type: "dense", units: 5, activation: "softmax" }) },
    ] },
    training: { loss: { type: "categorical_cross_entropy" }, optimizer: { type: "sgd", learning_rate: 0.3, momentum: 0.9 },
      schedule: { type: "cosine", epochs: 50 }, regularizer: { type: "l2", rate: 0.01 }, batch_size: 32, epochs: 200, shuffle: false, clip_norm: 2.5 },
  },
  "a table with chosen columns": presetFor(catalogue, defaults,
    { ...dataFor(catalogue, "iris", defaults), features: ["petal length (cm)", "petal width (cm)"] }),
};
for (const [name, spec] of Object.entries(experiments)) {
  test(`the address describes the whole experiment: ${name}`, () => {
    const look = { test: true, discretize: true, lines: true, speed: 10, advance: "batch" };
    const address = writeAddress(catalogue, spec, look);
    const back = read(`#${address}`);
    assert.deepEqual(back.notes, []);
    assert.deepEqual(back.spec, spec);
    assert.deepEqual(back.look, look);
    assert.equal(writeAddress(catalogue, back.spec, back.look), address);
  });
}

test("as fast as it goes is a speed too", () => {
  const address = writeAddress(catalogue, start, { ...LOOK, speed: null });
  assert.match(address, /&speed=max$/);
  assert.equal(read(`#${address}`).look.speed, null);
});

test("an address is readable", () => {
  assert.equal(writeAddress(catalogue, start, LOOK), "dataset=circle&samples=500&noise=0&dataSeed=1&train=50&features=x,y"
    + "&layers=dense(units=4,activation=tanh),dense(units=2,activation=tanh),dense(units=1,activation=tanh)"
    + "&loss=mse&optimizer=sgd&learningRate=0.03&schedule=constant&regularization=none&batch=10&seed=1");
});

test("a short address takes the dataset's own start for what it leaves out", () => {
  const { spec, notes } = read("#dataset=spiral&noise=10");
  assert.deepEqual(notes, []);
  assert.equal(spec.data.noise, 10);
  assert.equal(spec.training.optimizer.type, "adam");
  assert.deepEqual(spec.network.layers.map((layer) => [layer.id, layer.units]), [["hidden1", 8], ["output", 1]]);
});

test("the output fits the number of classes even where no network is given", () => {
  assert.deepEqual(read("#dataset=blobs&classes=5").spec.network.layers.map((layer) => layer.units), [5]);
  const two = read("#dataset=blobs&classes=2").spec;
  assert.deepEqual([two.network.layers[0].units, two.network.layers[0].activation.type, two.training.loss.type], [1, "tanh", "mse"]);
});

for (const [hash, note, check] of [
  ["#noise=90", /Noise: 90 .*0 to 50.*50 is used/, (spec) => spec.data.noise === 50],
  ["#noise=lots", /Noise: lots is no number/, (spec) => spec.data.noise === 0],
  ["#train=100", /train: 100 .*10 to 90/, (spec) => spec.data.train_fraction === 0.9],
  ["#layers=dense(units=1000000),dense(units=1)", /Units: 1000000/, (spec) => spec.network.layers[0].units === 4096],
  ["#layers=dense(units=2.6)", /Units/, (spec) => spec.network.layers[0].units === 3],
  ["#layers=wild,dense(units=1)", /no layer "wild"/, (spec) => spec.network.layers.length === 1],
  ["#layers=dense((", /layers: Expected/, (spec) => spec.network.layers.length === 3],
  ["#layers=dense(units=2,wings=4)", /dense has no wings/, (spec) => !("wings" in spec.network.layers[0])],
  ["#layers=dense(activation=zigzag)", /no activation/, (spec) => spec.network.layers[0].activation.type === "linear"],
  ["#learningRate=-1", /Learning rate/, (spec) => spec.training.optimizer.learning_rate === 0.03],
  ["#learningRate=1e9", /Learning rate/, (spec) => spec.training.optimizer.learning_rate === 100],
  ["#batch=0", /Batch size: 0/, (spec) => spec.training.batch_size === 1],
  ["#dataset=donut", /no dataset "donut"/, (spec) => spec.data.type === "circle"],
  ["#features=z,x", /no feature "z"/, (spec) => spec.data.features.join() === "x"],
  ["#features=", /No feature is left/, (spec) => spec.data.features.join() === "x,y"],
  ["#loss=anger", /loss: there is no "anger"/, (spec) => spec.training.loss.type === "mse"],
  ["#speed=5000", /speed: 5000/, (_, look) => look.speed === 60],
  ["#step=week", /step: week/, (_, look) => look.advance === "epoch"],
  ["#colour=red", /"colour" is not known/, () => true],
  ["#noise=%E0%A4%A", /noise/i, (spec) => spec.data.noise === 0],
]) {
  test(`put right and said: ${hash}`, () => {
    const { spec, look, notes } = read(hash);
    assert.ok(notes.some((line) => note.test(line)), `notes: ${notes.join(" | ")}`);
    assert.ok(check(spec, look));
  });
}

test("what a layer reads is in the address where it is not the layer before", () => {
  const layers = [
    { id: "hidden1", ...complete(catalogue, "layer", { type: "dense", units: 4 }) }, { id: "hidden2", ...complete(catalogue, "layer", { type: "dense", units: 4 }) },
    { id: "add", type: "add", inputs: ["hidden2", "hidden1"] }, { id: "hidden3", ...complete(catalogue, "layer", { type: "dense", units: 2 }), inputs: ["input"] },
    { id: "concatenate", type: "concatenate", inputs: ["hidden3", "add", "input"] }, { id: "output", ...complete(catalogue, "layer", { type: "dense", units: 1 }) },
  ];
  const spec = { ...defaults, network: { version: 1, layers } };
  const text = writeAddress(catalogue, spec, LOOK);
  assert.match(text, /add\(inputs=hidden2;hidden1\),dense\(units=2,inputs=input\),concatenate\(inputs=hidden3;add;input\)/);
  const read = readAddress(catalogue, defaults, text);
  assert.deepEqual(read.notes, []);
  assert.deepEqual(read.spec.network.layers, layers);
  const strange = readAddress(catalogue, defaults, "layers=dense(units=4),add(inputs=hidden1;nowhere),dense(units=1)");
  assert.deepEqual(strange.spec.network.layers[1].inputs, ["hidden1"]);
  assert.match(strange.notes[0], /no nowhere before it/);
});
