import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../static/js/state/api.js";
import { withRoom } from "../../static/js/state/room.js";

/** A server that keeps three runs. @param {{id: string, state: string}[]} runs newest first */
function crowded(runs) {
  const api = { runs: async () => [...runs], deleteRun: async (/** @type {string} */ id) => runs.splice(runs.findIndex((run) => run.id === id), 1) };
  const make = async () => {
    if (runs.length >= 3) throw new Problem(429, { detail: "This server keeps 3 runs for one key.", where: "Authorization" });
    runs.unshift({ id: "new", state: "created" });
    return "made";
  };
  return { api, make, runs };
}

test("where there is room nothing is deleted", async () => {
  const { api, make, runs } = crowded([{ id: "a", state: "paused" }]);
  assert.equal(await withRoom(/** @type {any} */ (api), make), "made");
  assert.deepEqual(runs.map(({ id }) => id), ["new", "a"]);
});

test("the oldest runs make room, but none that is running or on show", async () => {
  const { api, make, runs } = crowded([{ id: "shown", state: "paused" }, { id: "runs", state: "running" }, { id: "old", state: "finished" }]);
  assert.equal(await withRoom(/** @type {any} */ (api), make, ["shown"]), "made");
  assert.deepEqual(runs.map(({ id }) => id), ["new", "shown", "runs"]);
});

test("other refusals are passed on, and so is a crowd of runs that are all needed", async () => {
  const { api, make } = crowded([{ id: "a", state: "running" }, { id: "b", state: "running" }, { id: "c", state: "running" }]);
  await assert.rejects(withRoom(/** @type {any} */ (api), make), /keeps 3 runs/);
  const other = new Problem(429, { detail: "Too fast.", where: "" });
  await assert.rejects(withRoom(/** @type {any} */ (api), () => Promise.reject(other)), /Too fast/);
});
