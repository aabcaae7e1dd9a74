// @ts-check
// The runs of this page that stay on the server after others took their place: the newest few. Undo, which puts back the
// very experiment that was left, finds its run among them, with what that has learned.

const KEEP = 6;

/** @param {Pick<import("./api.js").Api, "deleteRun">} api */
export function createKeptRuns(api) {
  /** Oldest first. @type {string[]} */
  let ids = [];
  /** Those with weights that their experiment does not say. @type {Set<string>} */
  const weighted = new Set();
  /** The run that was on show with an experiment, by the object itself, which only undo and redo bring back. @type {WeakMap<object, string>} */
  const runs = new WeakMap();

  return {
    get ids() { return ids; },
    /** @param {string} id */
    start(id) {
      ids = [id];
    },
    /** @param {object} spec @param {string} id */
    belongs(spec, id) {
      runs.set(spec, id);
    },
    /** The run of an experiment that was left. @param {object} spec @returns {string|null} */
    of(spec) {
      const id = runs.get(spec);
      return id && ids.includes(id) ? id : null;
    },
    /** It has weights that its experiment does not say, so it is worth something before its first update. @param {string} id */
    weigh(id) {
      weighted.add(id);
    },
    /**
     * A run takes the place of another. Too many, and one that never did anything, are deleted.
     * @param {string} id @param {{id: string|null, epoch: number, update: number}} old
     */
    show(id, old) {
      const fresh = old.id && old.id !== id && ids.includes(old.id) && old.epoch === 0 && old.update === 0 && !weighted.has(old.id);
      const others = ids.filter((kept) => kept !== id && !(fresh && kept === old.id));
      const excess = others.slice(0, Math.max(0, others.length + 1 - KEEP));
      ids = [...others.slice(excess.length), id];
      for (const gone of [...(fresh ? [/** @type {string} */ (old.id)] : []), ...excess]) api.deleteRun(gone).catch(() => {});
    },
  };
}
