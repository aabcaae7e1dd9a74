import assert from "node:assert/strict";
import test from "node:test";

import { createKeptRuns } from "../../static/js/state/kept-runs.js";

function make() {
  const deleted = [];
  const kept = createKeptRuns({ deleteRun: async (id) => { deleted.push(id); } });
  return { kept, deleted };
}
const stood = (id, update = 9) => ({ id, epoch: 0, update });

test("a run that never did anything is deleted when another takes its place; one with weights of a file is not", () => {
  const { kept, deleted } = make();
  kept.show("a", stood(null));
  kept.show("b", stood("a", 0));
  assert.deepEqual([kept.ids, deleted], [["b"], ["a"]]);
  kept.weigh("b");
  kept.show("c", stood("b", 0));
  assert.deepEqual([kept.ids, deleted], [["b", "c"], ["a"]]);
});

test("six stay, the newest; one that comes back is the newest again", () => {
  const { kept, deleted } = make();
  let old = null;
  for (const id of ["a", "b", "c", "d", "e", "f"]) {
    kept.show(id, stood(old));
    old = id;
  }
  kept.show("a", stood("f"));
  assert.deepEqual([kept.ids, deleted], [["b", "c", "d", "e", "f", "a"], []]);
  kept.show("g", stood("a"));
  assert.deepEqual([kept.ids, deleted], [["c", "d", "e", "f", "a", "g"], ["b"]]);
});

test("the very experiment that was left finds its run as long as that is kept; an equal one does not", () => {
  const { kept } = make();
  const spec = { seed: 1 };
  kept.show("a", stood(null));
  kept.belongs(spec, "a");
  kept.show("b", stood("a"));
  assert.equal(kept.of(spec), "a");
  assert.equal(kept.of({ seed: 1 }), null);
  kept.start("c");
  assert.equal(kept.of(spec), null);
});
