import assert from "node:assert/strict";
import test from "node:test";

import { createApi, Problem, Unreachable } from "../../static/js/state/api.js";
import { createExperiment } from "../../static/js/state/experiment.js";
import { createNotes } from "../../static/js/state/notes.js";
import { createRun } from "../../static/js/state/run.js";
import { openStream } from "../../static/js/state/socket.js";
import { createHistory } from "../../static/js/lib/undo.js";
import { catalogue, defaults } from "./catalogue.fixture.mjs";

const COLUMNS = ["epoch", "train_loss"];

/** A frame as the server packs it. */
function frame({ first = 1, rows = [], weights = [1, 2], start = 1, state = "running", epoch = rows.length }) {
  const head = { v: 1, seq: 1, start, epoch, update: epoch, state, first, arrays: [["history", "f8", [rows.length, 2]], ["weights", "f4", [weights.length]]] };
  let text = JSON.stringify(head);
  text += " ".repeat((8 - ((4 + text.length) % 8)) % 8);
  const bytes = new ArrayBuffer(4 + text.length + rows.length * 16 + weights.length * 4);
  new DataView(bytes).setUint32(0, text.length, true);
  new Uint8Array(bytes).set(new TextEncoder().encode(text), 4);
  new Float64Array(bytes, 4 + text.length, rows.length * 2).set(rows.flat());
  new Float32Array(bytes, 4 + text.length + rows.length * 16, weights.length).set(weights);
  return bytes;
}

class FakeSocket extends EventTarget {
  static made = [];
  constructor(url) {
    super();
    Object.assign(this, { url, sent: [], readyState: 1 });
    FakeSocket.made.push(this);
  }
  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
  receive(data) { this.dispatchEvent(Object.assign(new Event("message"), { data: data instanceof ArrayBuffer ? data : JSON.stringify(data) })); }
  breakOff() { this.readyState = 3; this.dispatchEvent(new Event("close")); }
}

const hello = (run = {}) => ({ type: "hello", columns: COLUMNS, manifest: [{ layer: "output", name: "bias", shape: [1], offset: 1, size: 1 }],
  run: { id: "a", start: 1, state: "created", epoch: 0, update: 0, spec: { seed: 4 }, ...run } });

function makeRun() {
  FakeSocket.made = [];
  globalThis.requestAnimationFrame = (callback) => callback();
  const api = { streamUrl: (id, after, start) => `${id} ${after} ${start}` };
  const run = createRun({ api, normal: (spec) => spec, open: (url) => new FakeSocket(url) });
  return { run, socket: () => FakeSocket.made.at(-1) };
}

test("a frame is acknowledged when the browser is ready for the next, not before", () => {
  FakeSocket.made = [];
  const frames = [];
  const ready = [];
  openStream({ url: () => "s", after: () => 0, onMessage() {}, onConnection() {}, onFrame: (f) => frames.push(f), open: (url) => new FakeSocket(url), schedule: (f) => ready.push(f) });
  const [socket] = FakeSocket.made;
  socket.receive(frame({ rows: [[0, 1]] }));
  assert.equal(frames.length, 1);
  assert.deepEqual(socket.sent, []);
  ready.shift()();
  assert.deepEqual(socket.sent, [{ type: "ack", seq: 1 }]);
});

test("after a break the stream comes back and asks for what it missed, waiting longer each time", () => {
  FakeSocket.made = [];
  const waits = [];
  const told = [];
  openStream({ url: (after) => `after ${after}`, after: () => 7, onMessage() {}, onFrame() {}, onConnection: (c) => told.push(c), open: (url) => new FakeSocket(url),
    schedule() {}, wait: (f, ms) => waits.push([f, ms]) });
  FakeSocket.made[0].breakOff();
  waits[0][0]();
  assert.equal(FakeSocket.made[1].url, "after 7");
  FakeSocket.made[1].breakOff();
  assert.ok(waits[1][1] > waits[0][1]);
  assert.deepEqual(told, [false, false]);
  waits[1][0]();
  FakeSocket.made[2].dispatchEvent(new Event("open"));
  assert.deepEqual(told, [false, false], "an open line says nothing of the run yet");
  FakeSocket.made[2].receive(hello());
  FakeSocket.made[2].receive(hello());
  assert.deepEqual(told, [false, false, true]);
});

test("a run is shown when its first weights are here, and history goes on where it was after a break", async () => {
  const { run, socket } = makeRun();
  const attached = run.attach({ ...hello().run, check: null }, { points: [] });
  socket().receive(hello());
  assert.equal(run.store.get().id, null, "not before there is something to show");
  socket().receive(frame({ rows: [[0, 0.5], [1, 0.25]] }));
  await attached;
  assert.equal(run.store.get().id, "a");
  assert.equal(run.weight("output", "bias", 0), 2);
  assert.equal(run.history.last("train_loss"), 0.25);
  const before = socket();
  before.receive(frame({ first: 9, rows: [[8, 0.1]] }));
  assert.notEqual(socket(), before, "rows are missing: it asks again");
  assert.equal(socket().url, "a 2 1");
});

test("another run takes the place of the old one in one go", async () => {
  const { run, socket } = makeRun();
  const first = run.attach(hello().run, {});
  socket().receive(hello());
  socket().receive(frame({ rows: [[0, 1]] }));
  await first;
  const old = socket();
  const second = run.attach({ ...hello().run, id: "b", spec: { seed: 5 } }, {});
  assert.equal(run.store.get().id, "a", "until then the old one stays");
  socket().receive(hello({ id: "b", spec: { seed: 5 } }));
  old.receive(frame({ rows: [[0, 99]], weights: [9, 9] }));
  assert.equal(run.weights[0], 1, "what still comes from the old one is not shown");
  socket().receive(frame({ rows: [[0, 3]], weights: [5, 6] }));
  await second;
  assert.deepEqual([run.store.get().id, run.store.get().spec.seed, run.history.length, run.weights[0]], ["b", 5, 1, 5]);
});

test("a reset starts the history anew; a run that diverges keeps its last finite picture", async () => {
  const { run, socket } = makeRun();
  const attached = run.attach(hello().run, {});
  socket().receive(hello());
  socket().receive(frame({ rows: [[0, 1], [1, 0.5]] }));
  await attached;
  socket().receive({ type: "reset", seed: 4, spec: { seed: 4 }, start: 2 });
  socket().receive(frame({ start: 2, rows: [[0, 1]], weights: [7, 8], state: "created" }));
  assert.deepEqual([run.history.length, run.store.get().start, run.weights[0]], [1, 2, 7]);
  socket().receive(frame({ start: 2, first: 2, weights: [6, Infinity], state: "running" })); // before anybody noticed
  assert.equal(run.weights[0], 7);
  socket().receive(frame({ start: 2, first: 2, weights: [NaN, NaN], state: "diverged" }));
  assert.deepEqual([run.store.get().state, run.weights[0]], ["diverged", 7]);
});

test("an answer that the stream has overtaken is not believed", async () => {
  const { run, socket } = makeRun();
  const attached = run.attach(hello().run, {});
  socket().receive(hello());
  socket().receive(frame({ rows: [[0, 1]], state: "created" }));
  await attached;
  await run.learn(async () => ({ ...hello().run, state: "running" }));
  assert.equal(run.store.get().state, "running");
  await run.learn(async () => {
    socket().receive({ type: "state", state: "diverged", message: "Too far.", fix: "Reset.", epoch: 1, update: 9 });
    return { ...hello().run, state: "running" };
  });
  assert.deepEqual([run.store.get().state, run.store.get().message], ["diverged", "Too far."]);
});

test("what is on show says of when it is, while an answer or a message knows more already", async () => {
  const { run, socket } = makeRun();
  const attached = run.attach(hello().run, {});
  socket().receive(hello());
  socket().receive(frame({ rows: [[0, 1]], state: "created" }));
  await attached;
  assert.deepEqual(run.frame, { update: 1, state: "created" });
  await run.learn(async () => ({ ...hello().run, state: "paused", update: 9 }));
  assert.deepEqual([run.store.get().state, run.store.get().update, run.frame], ["paused", 9, { update: 1, state: "created" }]);
  assert.equal(run.isWhole, false);
  socket().receive(frame({ first: 2, rows: [[1, 0.5]], state: "paused", epoch: 9 }));
  assert.deepEqual([run.frame, run.history.length, run.isWhole], [{ update: 9, state: "paused" }, 2, true]);
});

test("after the answer to pause, what was on its way before does not say running again", async () => {
  const { run, socket } = makeRun();
  const attached = run.attach(hello().run, {});
  socket().receive(hello());
  socket().receive(frame({ rows: [[0, 1]], state: "running", epoch: 0 }));
  await attached;
  const stand = () => [run.store.get().state, run.store.get().update, run.history.length];
  await run.learn(async () => ({ ...hello().run, state: "paused", update: 9, epoch: 9 }));
  socket().receive(frame({ first: 2, rows: [[5, 0.5]], state: "running", epoch: 5 }));
  assert.deepEqual(stand(), ["paused", 9, 2], "its rows are taken in");
  socket().receive({ type: "state", state: "running", message: "", fix: "", epoch: 9, update: 9 });
  assert.deepEqual(stand(), ["paused", 9, 2]);
  socket().receive(frame({ first: 3, rows: [[12, 0.4]], state: "running", epoch: 12 }));
  assert.deepEqual(stand(), ["running", 12, 3], "somebody else goes on with it");
  await run.learn(async () => ({ ...hello().run, state: "created", start: 2, update: 0, epoch: 0 }));
  socket().receive(frame({ first: 4, rows: [[13, 0.3]], state: "running", epoch: 13 }));
  assert.equal(run.store.get().state, "created", "of the start before the reset");
  socket().receive({ type: "state", state: "paused", message: "", fix: "", epoch: 12, update: 12 });
  socket().receive(frame({ first: 5, rows: [[11, 0.3]], state: "running", epoch: 11 }));
  assert.equal(run.store.get().state, "running", "once the stream has said that it stands, it is believed again");
});

function makeExperiment(address = "") {
  const written = [];
  let now = address;
  const history = createHistory(() => 0);
  const said = [];
  const experiment = createExperiment({ catalogue, defaults, history, say: (notes) => said.push(...notes),
    address: { read: () => now, write: (next, replace) => { now = `#${next}`; written.push([next, replace]); } } });
  return { experiment, history, written, said, goTo: (next) => { now = next; experiment.addressChanged(); } };
}

test("every change is in the address and can be undone", () => {
  const { experiment, history, written } = makeExperiment();
  const { spec } = experiment.store.get();
  experiment.change("noise", { ...spec, data: { ...spec.data, noise: 20 } });
  assert.match(written.at(-1)[0], /noise=20/);
  assert.equal(written.at(-1)[1], false, "a new entry for the back button");
  history.undo();
  assert.equal(experiment.store.get().spec.data.noise, 0);
  assert.match(written.at(-1)[0], /noise=0/);
  history.redo();
  assert.equal(experiment.store.get().spec.data.noise, 20);
  assert.equal(history.redo(), null);
});

test("a slider that moves is one step, for undo and for the back button", () => {
  const { experiment, history, written } = makeExperiment();
  for (const noise of [5, 10, 15]) {
    const { spec } = experiment.store.get();
    experiment.change("noise", { ...spec, data: { ...spec.data, noise } }, { merge: "data.noise" });
  }
  assert.deepEqual(written.slice(-3).map(([, replace]) => replace), [false, true, true]);
  history.undo();
  assert.equal(experiment.store.get().spec.data.noise, 0);
});

test("the back button and a pasted address change the experiment; nonsense is put right and said", () => {
  const { experiment, goTo, said } = makeExperiment("#noise=99");
  assert.match(said[0], /50 is used/);
  goTo("#dataset=spiral&noise=5");
  assert.deepEqual([experiment.store.get().spec.data.type, experiment.store.get().spec.data.noise], ["spiral", 5]);
});

test("a change that changes nothing is none", () => {
  const { experiment, history } = makeExperiment();
  experiment.change("nothing", structuredClone(experiment.store.get().spec));
  assert.equal(history.labels().undo, null);
});

test("a refusal brings its field and its advice; no answer at all is told apart", async () => {
  const body = { detail: "Too many units.", where: "network.layers.a.units", fix: "Take fewer.", errors: [{ where: "network.layers.a.units", message: "Too many units.", fix: "Take fewer." }] };
  const asked = [];
  const api = createApi({ root: "/sub", key: "k".repeat(24), fetch: async (url, options) => {
    asked.push([url, options]);
    return new Response(JSON.stringify(body), { status: 422 });
  } });
  await assert.rejects(api.createRun({}), (error) => error instanceof Problem && error.fix === "Take fewer." && error.errors[0].where.endsWith("units"));
  assert.equal(asked[0][0], "/sub/api/v1/runs");
  assert.equal(asked[0][1].headers.authorization, `Bearer ${"k".repeat(24)}`);
  const away = createApi({ root: "", key: "", fetch: async () => { throw new TypeError("failed"); } });
  await assert.rejects(away.getRun("x"), Unreachable);
});

test("one note a topic, the newest", () => {
  const notes = createNotes();
  notes.warn("field", "one");
  notes.warn("field", "two");
  notes.error("state", "three", "do this");
  assert.deepEqual(notes.store.get().map((note) => note.text), ["two", "three"]);
  notes.clear("field", "none");
  assert.deepEqual(notes.store.get().map((note) => note.topic), ["state"]);
});
