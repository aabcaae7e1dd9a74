// The session: what the buttons do is done in the order asked, and whoever waits for it waits for all of it.

import assert from "node:assert/strict";
import test from "node:test";

import { createStore } from "../../static/js/lib/store.js";
import { createHistory } from "../../static/js/lib/undo.js";
import { createExperiment } from "../../static/js/state/experiment.js";
import { createNotes } from "../../static/js/state/notes.js";
import { createSession } from "../../static/js/state/session.js";
import { catalogue, defaults } from "./catalogue.fixture.mjs";

const slowly = (answer) => new Promise((resolve) => setTimeout(() => resolve(answer), 5));

/** A session whose server notes what it is asked and takes its time. */
async function made() {
  const asked = [];
  const view = (spec) => ({ id: "a", spec, check: { layers: [], errors: [] }, settings: {} });
  const api = {
    check: () => slowly({ layers: [], errors: [] }),
    createRun: (spec) => slowly(view(spec)),
    preview: () => slowly({ inputs: [], split: [], targets: [] }),
    setSettings: (_, settings) => slowly(asked.push(["settings", settings])),
    setState: (_, state) => slowly(asked.push(["state", state])),
    editWeights: (_, edits) => slowly(asked.push(["edit", edits[0].value])),
    deleteRun: async () => {},
  };
  const history = createHistory(() => 0);
  const experiment = createExperiment({ catalogue, defaults, history, address: { read: () => "", write() {} }, say() {} });
  const store = createStore({ id: null, state: "none", epoch: 0, update: 0, spec: null, check: null });
  const run = { store, past: null, history: { columns: [], length: 0 }, learn: (ask) => ask(),
    attach: async (shown) => store.patch({ id: shown.id, state: "created", spec: experiment.store.get().spec, check: shown.check }) };
  const session = createSession({ api, experiment, run, notes: createNotes(), catalogue, history,
    tabRun: { get: () => null, set() {} }, manyPoints: () => true });
  await session.start();
  asked.length = 0;
  return { session, asked, experiment };
}

test("whoever waits until all is done waits for what was asked just before, too", async () => {
  const { session, asked } = await made();
  void session.edit([{ layer: "output", name: "bias", index: [0], value: 0.5, before: 0 }]);
  await session.settle();
  assert.deepEqual(asked, [["edit", 0.5]]);
});

test("a change, an edit and play reach the server in the order in which they were made", async () => {
  const { session, asked, experiment } = await made();
  const { spec } = experiment.store.get();
  const { optimizer } = spec.training;
  experiment.change("rate", { ...spec, training: { ...spec.training, optimizer: { ...optimizer, learning_rate: 0.5 } } });
  void session.edit([{ layer: "output", name: "bias", index: [0], value: 0.5, before: 0 }]);
  void session.step();
  await session.settle();
  assert.deepEqual(asked.map(([what]) => what), ["settings", "edit", "state"]);
});
