// @ts-check
// The map under the race: a slice of the loss and each run's way over it, asked for anew as the runs go on.

import { around, mirrored } from "../lib/contour.js";
import { furthest, onlyTwo } from "../lib/race.js";
import { createStore } from "../lib/store.js";
import { together } from "../lib/words.js";
import { Problem } from "./api.js";

const GRID = 25;
const FINE = 41; // points a side, where only a part is shown
const SMALLEST = 1.5; // of a map over two weights, from side to side
const FEWEST = 2; // epochs until a run has a path with directions of its own

/** @typedef {{update: number, epoch: number, x: number|null, y: number|null}} Point */
/** @typedef {{x: {label: string, values: number[]}, y: {label: string, values: number[]}, losses: (number|null)[][], paths: Point[][], directions: string}} Surface */

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {import("./group.js").Group} options.group
 * @param {() => boolean} options.wanted  whether anybody looks
 * @param {() => number} options.pause   milliseconds from one answer to the next question
 * @param {() => number} [options.clock]
 * @param {(work: () => void, ms: number) => any} [options.wait]
 * @param {(timer: any) => void} [options.cancel]
 */
export function createSurface({ api, group, wanted, pause, clock = () => performance.now(), wait = (work, ms) => setTimeout(work, ms), cancel = clearTimeout }) {
  const store = createStore(/** @type {Surface|null} */ (null));
  const problem = createStore(""); // why there is no map
  let leader = 0;
  let of = "";
  let at = "";
  let far = 0;
  let due = 0;
  /** @type {any} */
  let timer = null;
  let busy = false;

  const place = () => group.members.map(({ id, start, update, state }) => `${id} ${start} ${update} ${state}`).join();

  /** How far from the start any of the two weights has been, with air. */
  const reach = () => {
    for (const { weights, first } of group.members) weights.forEach((w, i) => {
      if (Number.isFinite(w - first[i])) far = Math.max(far, Math.abs(w - first[i]));
    });
    return Math.max(SMALLEST, far * 1.3);
  };

  async function look() {
    const { members } = group;
    const name = `${group.store.get().id} ${members.map(({ start }) => start)}`;
    const before = name === of ? store.get() : null;
    if (name !== of) leader = 0;
    leader = furthest(members, leader);
    const two = onlyTwo(members[0].manifest);
    const directions = two ? "weights" : members[leader].epoch >= FEWEST ? "path" : "random";
    const others = members.filter((_, k) => k !== leader);
    const found = await api.surface(members[leader].id, { directions, grid: GRID, paths: others.map(({ id }) => id).join(),
      ...(two ? { x: two[0], y: two[1], at: 0, grid: FINE, span: reach() } : {}), ...(directions === "random" ? { span: 1 } : {}) });
    if (`${group.store.get().id} ${group.members.map(({ start }) => start)}` !== name) return;
    of = name;
    const paths = members.map(({ id }, k) => (k === leader ? found.path : found.paths[id]));
    const map = two ? around(found, paths.flat(), SMALLEST, FINE) : found;
    store.set(asBefore({ x: map.x, y: map.y, losses: map.losses, directions, paths }, before, leader));
  }

  async function go() {
    timer = null;
    busy = true;
    const mine = place();
    try {
      if (wanted() && group.members.length) await look();
      at = mine;
      problem.set("");
    } catch (error) {
      problem.set(error instanceof Problem ? together(error.message, error.fix) : "");
      at = ""; // the runs may have just been replaced, or the server be away: the next news asks again
    }
    due = clock() + pause();
    busy = false;
    if (at) ask();
  }

  /** While the runs train, with a pause from one map to the next; at once when they stand. */
  function ask() {
    if (busy || !wanted() || !group.members.length || !group.members.every((one) => one.weights.length) || place() === at) return;
    const stands = group.store.get().state !== "running";
    if (timer !== null && !stands) return;
    cancel(timer);
    timer = wait(go, stands ? 0 : Math.max(0, due - clock()));
  }
  group.watch(() => {
    if (wanted() && group.members[0]?.weights.length === 2) reach();
    ask();
  });
  group.store.subscribe((now, before) => {
    if (now.id !== before.id) {
      store.set(null);
      at = "";
      far = 0;
    }
    ask();
  });
  return { store, problem, ask };
}

/** @typedef {ReturnType<typeof createSurface>} SurfaceState */

/** A slice turned so that it lies as the one before did. @param {Surface} now @param {Surface|null} before @param {number} leader @returns {Surface} */
function asBefore(now, before, leader) {
  if (!before || before.directions !== "path" || now.directions !== "path") return now;
  const turn = mirrored(before.paths[leader], now.paths[leader]);
  const flip = (/** @type {{label: string, values: number[]}} */ axis, /** @type {boolean} */ on) => (on ? { ...axis, values: axis.values.map((v) => -v).reverse() } : axis);
  const rows = turn.y ? [...now.losses].reverse() : now.losses;
  const sign = (/** @type {number|null} */ v, /** @type {boolean} */ on) => (v !== null && on ? -v : v);
  return { ...now, x: flip(now.x, turn.x), y: flip(now.y, turn.y), losses: turn.x ? rows.map((row) => [...row].reverse()) : rows,
    paths: now.paths.map((path) => path.map((point) => ({ ...point, x: sign(point.x, turn.x), y: sign(point.y, turn.y) }))) };
}
