// @ts-check
// One example put through the network by the server, for data that is no plane: what every layer makes of it, the
// answer, and what the network confuses. Asked for anew while training, not more often than it can be read.

import { createStore } from "../lib/store.js";

const EXAMPLE_MS = 250;
const CONFUSION_MS = 900;

/**
 * @typedef {object} ExampleState
 * @property {string} split
 * @property {number} index
 * @property {number} total
 * @property {any} raw       the example in the user's units
 * @property {number[]|null} input  as the network reads it
 * @property {number|null} target
 * @property {number[]|null} output
 * @property {Record<string, {shape: number[], values: number[]}>|null} layers
 * @property {{confusion: number[][]|null, classes: string[]|null}|null} evaluation
 * @property {{target: number, output: number}[]} pairs  predicted against true, for values
 * @property {(layer: string) => {inputs: number[], sum: number, value: number}|null} readings
 */

/**
 * @param {{api: import("./api.js").Api, run: import("./run.js").Run, pictures: import("./pictures.js").Pictures,
 *   selection: import("./selection.js").Selecting}} options
 */
export function createExample({ api, run, pictures, selection }) {
  const readings = (/** @type {string} */ layer) => {
    const { layers, input } = store.get();
    const order = run.store.get().spec?.network.layers ?? [];
    const place = order.findIndex((l) => l.id === layer);
    const unit = selection.store.get().pinned?.unit ?? 0;
    const before = place > 0 ? layers?.[order[place - 1].id]?.values : input;
    const value = layers?.[layer]?.values[unit];
    return before && value !== undefined ? { inputs: before, sum: layers?.[`${layer}:pre`]?.values[unit] ?? value, value } : null;
  };
  /** @type {ExampleState} */
  const nothing = { split: "test", index: 0, total: 0, raw: null, input: null, target: null, output: null, layers: null, evaluation: null,
    pairs: [], readings };
  const store = createStore(nothing);
  /** @type {Record<string, {due: number, busy: boolean, wanted: boolean}>} */
  const pace = { example: { due: 0, busy: false, wanted: false }, evaluation: { due: 0, busy: false, wanted: false } };

  const id = () => run.store.get().id;
  const isNeeded = () => id() !== null && run.store.get().data !== null && pictures.kind === "other";

  /** Ask now, or as soon as the last answer is old enough; never twice at once. @param {"example"|"evaluation"} what */
  function ask(what) {
    const p = pace[what];
    if (!isNeeded()) return;
    if (p.busy) {
      p.wanted = true;
      return;
    }
    p.busy = true;
    p.wanted = false;
    setTimeout(async () => {
      try {
        if (isNeeded()) await (what === "example" ? askExample() : askEvaluation());
      } catch {
        // the run may have just been replaced, or the server be away: the next frame asks again
      }
      p.due = performance.now() + (what === "example" ? EXAMPLE_MS : CONFUSION_MS);
      p.busy = false;
      if (p.wanted) ask(what);
    }, Math.max(0, p.due - performance.now()));
  }

  async function askExample() {
    const mine = /** @type {string} */ (id());
    const { split, index } = store.get();
    const found = await api.activations(mine, split, index, run.past?.update);
    if (mine !== id() || split !== store.get().split || index !== store.get().index) return;
    store.patch({ raw: found.raw, input: found.input.values, target: Number([found.target].flat()[0]), output: found.output.values, layers: found.layers });
  }

  async function askEvaluation() {
    const mine = /** @type {string} */ (id());
    const { split } = store.get();
    if (run.store.get().data.task === "classification") {
      const found = await api.evaluation(mine, split);
      if (mine === id()) store.patch({ evaluation: { confusion: found.confusion, classes: found.classes } });
    } else if (run.store.get().data.view === "table") {
      const some = await api.examples(mine, split, 0, 120);
      const { values, outputs } = await api.predict(mine, some.inputs, true);
      if (mine === id()) store.patch({ evaluation: null, pairs: some.targets.map((/** @type {number} */ target, /** @type {number} */ i) => ({ target, output: [(values ?? outputs)[i]].flat()[0] })) });
    }
  }

  const askBoth = () => {
    ask("example");
    ask("evaluation");
  };
  run.watch(askBoth);
  run.store.subscribe((now, before) => {
    if (now.id === before.id) return;
    store.set({ ...nothing, split: store.get().split, total: now.data?.counts[store.get().split] ?? 0 });
    askBoth();
  });

  return {
    store,
    /** @param {string} split @param {number} index */
    choose(split, index) {
      const total = Math.max(1, run.store.get().data?.counts[split] ?? 1);
      store.patch({ split, total, index: ((index % total) + total) % total });
      askBoth();
    },
  };
}

/** @typedef {ReturnType<typeof createExample>} Example */
