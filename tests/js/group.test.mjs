// A group of runs: made together, told of by one stream, lined up when they pause.

import assert from "node:assert/strict";
import test from "node:test";

import { createGroup } from "../../static/js/state/group.js";

const COLUMNS = ["epoch", "train_loss"];
const turn = () => new Promise((resolve) => setTimeout(resolve));

class FakeSocket extends EventTarget {
  static made = [];
  constructor(url) {
    super();
    Object.assign(this, { url, readyState: 1 });
    FakeSocket.made.push(this);
  }
  send() {}
  close() { this.readyState = 3; }
  receive(data) { this.dispatchEvent(Object.assign(new Event("message"), { data: data instanceof ArrayBuffer ? data : JSON.stringify(data) })); }
}

/** A frame with a row and two weights of each member named. */
function frame(members) {
  const arrays = members.flatMap(({ member }) => [[`${member}.history`, "f8", [1, 2]], [`${member}.weights`, "f4", [2]]]);
  const head = { v: 1, seq: 1, members: members.map(({ member, epoch, state = "running" }) => ({ member, epoch, update: epoch, state, start: 1, first: epoch + 1 })), arrays };
  let text = JSON.stringify(head);
  text += " ".repeat((8 - ((4 + text.length) % 8)) % 8);
  const bytes = new ArrayBuffer(4 + text.length + members.length * 24);
  new DataView(bytes).setUint32(0, text.length, true);
  new Uint8Array(bytes).set(new TextEncoder().encode(text), 4);
  members.forEach(({ epoch }, k) => {
    new Float64Array(bytes, 4 + text.length + k * 24, 2).set([epoch, 1 / (1 + epoch)]);
    new Float32Array(bytes, 4 + text.length + k * 24 + 16, 2).set([epoch, 7]);
  });
  return bytes;
}

/** A group of two runs whose server notes what it is asked; on it they stand further than has been told. */
async function made({ states = ["paused", "paused"] } = {}) {
  FakeSocket.made = [];
  globalThis.requestAnimationFrame = (callback) => callback();
  const asked = [];
  const run = (id) => ({ id, spec: {}, manifest: [], state: "created", epoch: 0, update: 0, start: 1 });
  const stands = { a: { epoch: 5, update: 123, state: states[0] }, b: { epoch: 3, update: 80, state: states[1] } };
  const api = {
    createGroup: async (body) => (asked.push(["create", body]), { id: "g", runs: [run("a"), run("b")] }),
    setGroupState: async (id, state) => void asked.push(["group", state]),
    setState: async (id, state) => void asked.push([id, state]),
    getRun: async (id) => ({ ...run(id), ...stands[id] }),
    deleteGroup: async (id) => void asked.push(["delete", id]),
    groupStreamUrl: (id, after, starts) => `${id} ${after} ${starts}`,
  };
  const group = createGroup({ api, normal: (spec) => spec, open: (url) => new FakeSocket(url) });
  const making = group.make({ changes: [{}, {}] });
  await turn();
  const [socket] = FakeSocket.made;
  socket.receive({ type: "hello", columns: COLUMNS, members: ["a", "b"].map((id, member) => ({ member, run: run(id), manifest: [] })) });
  socket.receive(frame([{ member: 0, epoch: 0, state: "created" }]));
  assert.equal(group.store.get().state, "making");
  socket.receive(frame([{ member: 1, epoch: 0, state: "created" }]));
  await making;
  return { group, socket, asked };
}

test("it is made when the first weights of all its runs are here, and those stay known", async () => {
  const { group, socket } = await made();
  assert.deepEqual([group.store.get().id, group.store.get().state], ["g", "created"]);
  socket.receive(frame([{ member: 0, epoch: 1 }, { member: 1, epoch: 1 }]));
  assert.equal(group.store.get().state, "running");
  assert.deepEqual(group.members.map(({ weights, first, table }) => [weights[0], first[0], table.length]), [[1, 0, 2], [1, 0, 2]]);
});

/** News of every epoch up to those at which the members stand. */
const stand = (socket, ...members) => members.forEach(([state, end], member) => {
  for (let epoch = 1; epoch <= end; epoch += 1) socket.receive(frame([{ member, epoch, state: epoch < end ? "running" : state }]));
});
const further = (count) => ({ state: "running", advance: { unit: "epoch", count } });

test("runs that paused at different updates go on to the end of the furthest one's epoch, whatever was told of them", async () => {
  const { group, socket, asked } = await made();
  await group.play();
  socket.receive(frame([{ member: 0, epoch: 1 }, { member: 1, epoch: 1 }]));
  await group.pause();
  assert.deepEqual(asked.slice(-2), [["a", further(1)], ["b", further(3)]]);
  for (const epoch of [5, 6]) {
    stand(socket, ["paused", epoch], ["paused", epoch]);
    for (const member of [0, 1]) socket.receive({ type: "state", member, state: "paused", message: "", epoch: 6, update: 6 }); // sooner than its row
    assert.equal(group.store.get().state, epoch === 6 ? "paused" : "running");
  }
});

test("pausing again on the way stops them where they are; so does pausing for something else", async () => {
  const { group, socket, asked } = await made();
  await group.play();
  await group.pause();
  await group.pause();
  assert.deepEqual(asked.slice(-2), [["b", further(3)], ["group", { state: "paused" }]]);
  stand(socket, ["paused", 5], ["paused", 3]);
  assert.equal(group.store.get().state, "paused");
  await group.play();
  await group.pause(true);
  assert.deepEqual(asked.at(-1), ["group", { state: "paused" }]);
});

test("a run that has ended stays, and where all the others are together nobody goes on", async () => {
  const { group, socket, asked } = await made({ states: ["diverged", "paused"] });
  await group.play();
  await group.pause();
  assert.deepEqual(asked.at(-1), ["group", { state: "paused" }]);
  stand(socket, ["diverged", 5], ["paused", 3]);
  assert.equal(group.store.get().state, "paused");
});

test("a refusal is told, and nothing is left of a group that is given up", async () => {
  const { group, asked } = await made();
  group.forget();
  assert.deepEqual(asked.at(-1), ["delete", "g"]);
  assert.deepEqual([group.members.length, group.store.get().state], [0, "none"]);
  const refusing = createGroup({ api: { createGroup: async () => { throw new Error("Too many."); } }, normal: (spec) => spec });
  await refusing.make({});
  assert.deepEqual([refusing.store.get().state, refusing.store.get().problem], ["none", "Too many."]);
});
