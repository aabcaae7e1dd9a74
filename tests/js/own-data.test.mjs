import assert from "node:assert/strict";
import { test } from "node:test";
import { readAddress, writeAddress, LOOK } from "../../static/js/lib/address.js";
import { groupOf, groupsOf } from "../../static/js/lib/groups.js";
import { bars, columnWords, describe, idIn, introduce, outcome, startWith } from "../../static/js/lib/own-data.js";
import { normal } from "../../static/js/lib/spec.js";
import { catalogue as made, defaults as start } from "./catalogue.fixture.mjs";

const ID = "A".repeat(22);
const UPLOAD = {
  id: ID, name: "Penguins", shared: false, mine: true, size: 1, created_at: 0, notes: [],
  facts: {
    task: "classification", view: "table", shape: [3], columns: ["bill", "sex=f", "sex=m"], class_names: ["a", "b", "c"], train_fraction: 0.8, samples: 90,
    preset: { layers: [{ id: "hidden1", type: "dense", units: 8, activation: "relu" }, { id: "output", type: "dense", units: 3, activation: "softmax" }],
      training: { loss: "categorical_cross_entropy", optimizer: { type: "adam", learning_rate: 0.01 }, batch_size: 10 } },
  },
};

const world = () => {
  const catalogue = structuredClone(made);
  const param = (name, widget, value, options = []) => ({ ...catalogue.dataset[0].params[0], name, widget, default: value, options, label: name });
  catalogue.dataset.push({ ...catalogue.dataset[0], type: "own", params: [param("id", "text", ""), param("split", "choice", "mixed", ["mixed", "in_order"])] });
  const defaults = normal(catalogue, start);
  introduce(catalogue, UPLOAD);
  return { catalogue, defaults };
};

test("an experiment with uploaded data survives the address", () => {
  const { catalogue, defaults } = world();
  const spec = startWith(catalogue, defaults, defaults, ID);
  assert.equal(spec.data.id, ID);
  assert.deepEqual(spec.data.features, UPLOAD.facts.columns);
  assert.equal(spec.network.layers.at(-1)?.units, 3);
  const address = writeAddress(catalogue, spec, LOOK);
  assert.equal(idIn(`#${address}`), ID);
  const again = readAddress(catalogue, defaults, address);
  assert.deepEqual(again.notes, []);
  assert.deepEqual(again.spec, spec);
});

test("columns left out are in the address by name", () => {
  const { catalogue, defaults } = world();
  const spec = startWith(catalogue, defaults, defaults, ID);
  const fewer = { ...spec, data: { ...spec.data, features: ["bill", "sex=m"] } };
  const again = readAddress(catalogue, defaults, writeAddress(catalogue, fewer, LOOK));
  assert.deepEqual(again.spec.data.features, ["bill", "sex=m"]);
});

test("its task is that of its facts, and it is not among the sets to choose from", () => {
  const { catalogue } = world();
  assert.equal(groupOf(catalogue, { type: "own", id: ID }), "classification real data");
  assert.ok(groupsOf(catalogue).every((group) => !group.types.includes("own")));
});

test("other addresses speak of no data of one's own", () => {
  assert.equal(idIn("#dataset=circle&id=x"), null);
  assert.equal(idIn(""), null);
});

const COLUMN = { name: "age", role: "input", kind: "number", note: "", missing: 2, different: 40, numeric: true, lo: 1.23456, hi: 90, mean: 30, bins: [1, 4, 2], top: [] };

test("a column in words and bars", () => {
  assert.equal(columnWords(COLUMN), "1.235 to 90, 2 missing");
  assert.deepEqual(bars(COLUMN).map(({ share }) => share), [0.25, 1, 0.5]);
  const words = { ...COLUMN, kind: "category", bins: [], missing: 0, different: 1, top: [["f", 3]] };
  assert.equal(columnWords(words), "1 value");
  assert.deepEqual(bars(words), [{ share: 1, label: "f: 3" }]);
  assert.equal(columnWords({ ...COLUMN, kind: "out", note: "always the same" }), "left out: always the same");
});

test("what a file becomes, in a line", () => {
  const look = { ready: true, kind: "table", kept: 1200, inputs: ["a", "b"], shape: [2], class_names: null };
  assert.equal(outcome(look), "1,200 rows: 2 inputs → a number");
  assert.equal(outcome({ ...look, ready: false }), "");
  assert.equal(outcome({ ...look, kind: "pictures", shape: [16, 24, 3], class_names: ["a", "b"] }), "1,200 pictures: 24×16 pixels in colour → 2 classes");
  assert.equal(describe(UPLOAD), "90 rows, 3 inputs, 3 classes");
});
