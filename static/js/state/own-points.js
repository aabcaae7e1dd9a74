// @ts-check
// Placing points: the colour or value of the next one, the eraser, the point that is held; and the points as they are
// drawn, which are those of the experiment, not of the run that is still being made.

import { asOwn, makePoint, nearestPoint, pointsParam, withPoint, withPoints } from "../lib/own-points.js";
import { classCount, factsOf, fitOutput } from "../lib/spec.js";
import { createStore } from "../lib/store.js";
import { t } from "../lib/words.js";

/** @typedef {import("../lib/own-points.js").Point} Point */
/** @typedef {{next: number, value: number, erase: boolean, held: number|null, draft: Point[]|null, said: string}} Placing */

/**
 * @param {object} options
 * @param {import("../lib/types.js").Catalogue} options.catalogue
 * @param {import("./experiment.js").Experiment} options.experiment
 * @param {import("./run.js").Run} options.run
 */
export function createOwnPoints({ catalogue, experiment, run }) {
  const store = createStore(/** @type {Placing} */ ({ next: 0, value: 1, erase: false, held: null, draft: null, said: "" }));
  const spec = () => experiment.store.get().spec;
  const points = () => /** @type {Point[]} */ (store.get().draft ?? spec().data.points ?? []);
  const classes = () => classCount(catalogue, spec().data);
  const active = () => pointsParam(catalogue, spec().data.type) !== undefined;
  const most = () => pointsParam(catalogue, spec().data.type)?.length?.[1] ?? Infinity;
  const change = (/** @type {string} */ label, /** @type {Point[]} */ next) => {
    store.patch({ draft: null, held: null });
    experiment.change(label, withPoints(catalogue, spec(), next));
  };
  const say = (/** @type {string} */ said) => store.patch({ said });

  return {
    store, points, classes, active,
    /** Whether what is on the plane can be made one's own. */
    canAdopt: () => !active() && factsOf(catalogue, spec().data.type).view === "plane" && run.store.get().data?.view === "plane",
    adopt() {
      const { data } = run.store.get();
      if (data) experiment.change(t("edit points"), asOwn(catalogue, spec(), data));
    },
    /** @param {number} next */
    choose: (next) => {
      if (next < Math.max(1, classes())) store.patch({ next, erase: false });
    },
    /** One class more, which the next point is of. */
    addClass() {
      const k = classes();
      const top = catalogue.dataset.find((part) => part.type === spec().data.type)?.params.find((param) => param.name === "classes")?.hi ?? k;
      if (k >= top) return;
      experiment.change(t("classes"), fitOutput(catalogue, { ...spec(), data: { ...spec().data, classes: k + 1 } }));
      store.patch({ next: k, erase: false });
    },
    /** @param {number} x @param {number} y @param {number} reach in the units of the plane */
    at(x, y, reach) {
      const found = nearestPoint(points(), x, y);
      return found && found.distance <= reach ? found.i : null;
    },
    /** @param {number} x @param {number} y @param {boolean} [other] of the colour after the chosen one */
    place(x, y, other = false) {
      const { next, value } = store.get();
      const k = classes();
      if (points().length >= most()) return say(t("There is room for {n} points.", { n: most() }));
      const third = k ? (Math.min(next, k - 1) + Number(other)) % k : value;
      const point = makePoint(catalogue, spec().data.type, x, y, third);
      change(t("place a point"), [...points(), point]);
      say(t("Placed at {x}, {y}.", { x: point[0], y: point[1] }));
    },
    /** @param {number} i */
    remove(i) {
      const [x, y] = points()[i];
      change(t("delete a point"), withPoint(points(), i, null));
      say(t("Deleted at {x}, {y}.", { x, y }));
    },
    clear: () => change(t("delete all points"), []),
    /** @param {number|null} i */
    hold: (i) => store.patch({ held: i, draft: i === null ? null : points() }),
    /** Move the held point; the experiment changes when it is let go. @param {number} x @param {number} y */
    drag(x, y) {
      const { held, draft } = store.get();
      if (held === null || !draft) return;
      store.patch({ draft: withPoint(draft, held, makePoint(catalogue, spec().data.type, x, y, draft[held][2])) });
    },
    letGo() {
      const { draft, held } = store.get();
      if (!draft || held === null) return;
      const [x, y] = draft[held];
      change(t("move a point"), draft);
      say(t("Moved to {x}, {y}.", { x, y }));
    },
    /** What to draw: the points of the experiment, with the rings that the run on show gave them. @param {any} data */
    shown(data) {
      if (!active() || !data) return data;
      const list = points();
      const key = (/** @type {ArrayLike<number>} */ p, /** @type {number} */ t) => `${p[0]} ${p[1]} ${t}`;
      const test = new Set(data.points.flatMap((/** @type {number[]} */ p, /** @type {number} */ i) => (data.train[i] ? [] : [key(p, data.targets[i])])));
      return { ...data, points: list, targets: list.map((p) => p[2]), train: list.map((p) => !test.has(key(p, p[2]))),
        classes: classes() ? Array.from({ length: classes() }, (_, i) => String(i + 1)) : null };
    },
  };
}

/** @typedef {ReturnType<typeof createOwnPoints>} OwnPoints */
