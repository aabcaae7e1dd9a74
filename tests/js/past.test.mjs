// The time line: the nearest moment, two courses over one axis, and asking for one moment at a time.

import assert from "node:assert/strict";
import test from "node:test";

import { joined, nearestMoment } from "../../static/js/lib/moments.js";
import { createStore } from "../../static/js/lib/store.js";
import { createDiagnosis } from "../../static/js/state/diagnosis.js";
import { createPast } from "../../static/js/state/past.js";

const MOMENTS = [0, 1, 2, 4, 8].map((epoch, i) => ({ seq: i + 1, epoch, update: epoch * 10 }));
const turn = () => new Promise((resolve) => setTimeout(resolve));

function fakeRun() {
  const watchers = new Set();
  const run = {
    store: createStore({ id: "a", start: 1, update: 80, state: "paused" }), past: null, history: { length: 0, at: () => NaN },
    watch: (f) => watchers.add(f),
    showPast(moment) {
      run.past = moment;
      run.tell();
    },
    tell: () => watchers.forEach((f) => f()),
  };
  return run;
}

test("the nearest moment is found; of two equally near the earlier", () => {
  assert.equal(nearestMoment(MOMENTS, 3)?.epoch, 2);
  assert.equal(nearestMoment(MOMENTS, 100)?.epoch, 8);
  assert.equal(nearestMoment([], 1), null);
});

test("two courses share one axis, with gaps where one has no row", () => {
  assert.deepEqual(joined([[2, 3], [0.5, 0.4]], [[1, 2], [0.9, 0.8]]), [[1, 2, 3], [undefined, 0.5, 0.4], [0.9, 0.8, undefined]]);
});

test("while a moment is on its way, only the newest wish is remembered", async () => {
  const run = fakeRun();
  const asked = [];
  const past = createPast({ run, clock: () => 0, api: {
    timeline: async () => ({ moments: MOMENTS }),
    weightsAt: async (_, at) => (asked.push(at), turn().then(() => Float32Array.of(at))),
  } });
  const all = [past.seek(1), past.seek(2), past.seek(8)];
  await Promise.all(all);
  assert.deepEqual(asked.at(-1), 80);
  assert.ok(asked.length <= 2);
  assert.equal(run.past.update, 80);
  past.leave();
  assert.equal(run.past, null);
});

test("a list of moments is believed for a while as long as the run goes on; where it has stopped, the last ones are asked for", async () => {
  const run = fakeRun();
  let asked = 0;
  const past = createPast({ run, clock: () => 0, api: { timeline: async () => (asked += 1, { moments: MOMENTS }), weightsAt: async () => Float32Array.of(1) } });
  for (const [state, update] of [["running", 80], ["running", 90], ["paused", 95], ["paused", 95]]) {
    run.store.patch({ state, update });
    await past.seek(4);
  }
  assert.equal(asked, 2);
});

test("a reset ends the look at the past", async () => {
  const run = fakeRun();
  const past = createPast({ run, clock: () => 0, api: { timeline: async () => ({ moments: MOMENTS }), weightsAt: async () => Float32Array.of(1) } });
  await past.seek(4);
  assert.equal(past.store.get().wanted, 4);
  run.past = null;
  run.tell();
  assert.equal(past.store.get().wanted, null);
});

test("the diagnosis is asked for at most every two seconds while training, and forgets another run's findings", async () => {
  const run = fakeRun();
  let [time, asked] = [0, 0];
  const waits = [];
  const diagnosis = createDiagnosis({ run, clock: () => time, wait: (work, ms) => waits.push([work, ms]),
    api: { diagnosis: async () => (asked += 1, { findings: [{ kind: "chance" }] }) } });
  run.store.patch({ state: "running" });
  run.tell();
  await waits.shift()[0]();
  assert.deepEqual([asked, diagnosis.store.get().findings.length], [1, 1]);
  time = 500;
  run.store.patch({ update: 90 });
  run.tell();
  run.tell();
  assert.equal(waits.length, 1);
  assert.equal(waits[0][1], 1500);
  run.store.patch({ id: "b" });
  assert.equal(diagnosis.store.get().findings.length, 0);
});

test("steps go from moment to moment, never past the start, and past the last one to now", async () => {
  const run = fakeRun();
  const past = createPast({ run, clock: () => 0, api: { timeline: async () => ({ moments: MOMENTS }), weightsAt: async () => Float32Array.of(1) } });
  const seen = [];
  for (const by of [-1, -1, 1, -10, 1, 10]) {
    await past.step(by);
    seen.push(run.past?.update ?? "now");
  }
  assert.deepEqual(seen, [40, 20, 40, 0, 10, "now"]);
});
