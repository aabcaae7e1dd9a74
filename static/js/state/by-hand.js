// @ts-check
// Weights that nobody trained: set one by one, or all of them from a file. Both can be undone; the link knows of neither.

import { t } from "../lib/words.js";
import { Problem } from "./api.js";

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {import("./notes.js").Notes} options.notes
 * @param {import("../lib/undo.js").History} options.history
 * @param {() => string} options.id  of the run on show
 * @param {(work: () => Promise<any>) => Promise<any>} options.whenReady
 * @param {(run: string) => void} options.keep  told which run has weights that its experiment does not say
 */
export function createByHand({ api, notes, history, id, whenReady, keep }) {
  /** Files that belong to an experiment. @type {WeakMap<object, Blob>} */
  const files = new WeakMap();

  /** Put a file's weights into a run. @param {string} run @param {Blob} file @param {string} [order] */
  async function put(run, file, order) {
    const view = await api.putWeights(run, file, order);
    keep(run);
    notes.calm("edited", [t("The weights are those of a file. The link describes the experiment without them; reset brings back its own start."), ...view.notes].join(" "));
  }

  return {
    /** From now on the weights of this experiment, wherever it is made. @param {object} spec @param {Blob} file */
    belong(spec, file) {
      files.set(spec, file);
    },
    /** The weights that belong to an experiment, into a run that was just made of it. @param {object} spec @param {string} run */
    async begin(spec, run) {
      const file = files.get(spec);
      if (file) await put(run, file);
    },
    /**
     * Put the weights of a file into the run on show. Rejects where they do not fit.
     * @param {Blob} file @param {string} order
     */
    async load(file, order) {
      /** @type {any} */
      let problem = new Problem(422, { detail: t("There is no network to put them into.") });
      await whenReady(async () => {
        const before = await api.exportRun(id(), "npz").then(({ blob }) => blob, () => null); // none where a run has diverged
        problem = await put(id(), file, order).then(() => null, (error) => error);
        const again = (/** @type {Blob} */ given, /** @type {string|undefined} */ how = undefined) => void whenReady(() => put(id(), given, how));
        if (before && !problem) history.push({ label: t("weights of a file"), undo: () => again(before), redo: () => again(file, order) });
      });
      if (problem) throw problem;
    },
    /**
     * Set single weights.
     * @param {{layer: string, name: string, index: number[], value: number, before: number}[]} edits
     */
    edit(edits) {
      const send = (/** @type {"value"|"before"} */ which) => whenReady(() => api.editWeights(id(), edits.map((edit) => (
        { layer: edit.layer, name: edit.name, index: edit.index, value: edit[which] }))));
      notes.calm("edited", t("You have set weights by hand. The link describes the experiment without them; reset brings back its own start."));
      history.push({ label: t("weight"), undo: () => void send("before"), redo: () => void send("value"),
        merge: `${edits[0].layer}.${edits[0].name}.${edits[0].index}` });
      return send("value");
    },
  };
}
