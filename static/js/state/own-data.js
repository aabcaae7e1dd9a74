// @ts-check
// Data of one's own on the way in: the files chosen, how they are to be read, what the server finds in them; and the
// data sets that were kept.

import { formOf, idIn, introduce, startWith } from "../lib/own-data.js";
import { createStore } from "../lib/store.js";
import { t } from "../lib/words.js";
import { Problem, Unreachable } from "./api.js";

/**
 * @typedef {object} OwnDataState
 * @property {File[]} files
 * @property {Record<string, any>} choices
 * @property {import("../lib/own-data.js").Look|null} look
 * @property {string} busy  what the page waits for; empty: nothing
 * @property {{message: string, fix: string}[]} problems  why a file can not be used, or something could not be done
 * @property {import("../lib/own-data.js").Upload[]} kept
 */

/** @type {OwnDataState} */
const NOTHING = { files: [], choices: {}, look: null, busy: "", problems: [], kept: [] };

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {import("../lib/types.js").Catalogue} options.catalogue
 * @param {number} options.most  bytes of a file
 */
export function createOwnData({ api, catalogue, most }) {
  const store = createStore(NOTHING);
  /** @type {AbortController|null} */
  let asked = null;

  const tell = (/** @type {unknown} */ error) => {
    if (error instanceof Problem) store.patch({ problems: error.errors.map(({ message, fix }) => ({ message, fix })) });
    else if (error instanceof Unreachable) store.patch({ problems: [{ message: error.message, fix: t("Try again.") }] });
    else throw error;
  };

  /** Do something that takes a moment; a refusal is told. @template T @param {string} busy @param {() => Promise<T>} work @returns {Promise<T|null>} */
  const during = async (busy, work) => {
    store.patch({ busy, problems: [] });
    try {
      return await work();
    } catch (error) {
      tell(error);
      return null;
    } finally {
      store.patch({ busy: "" });
    }
  };

  /** Ask what is in the files, as they are to be read now. An older question is let go. */
  async function look() {
    asked?.abort();
    const mine = new AbortController();
    asked = mine;
    const { files, choices } = store.get();
    store.patch({ busy: t("Reading …"), problems: [] });
    try {
      const found = await api.lookInto(formOf(files, choices), mine.signal);
      if (asked === mine) store.patch({ look: found, busy: "" });
    } catch (error) {
      if (asked !== mine) return;
      store.patch({ busy: "", look: Object.keys(choices).length ? store.get().look : null });
      tell(error);
    }
  }

  return {
    store,
    /** Facts of the uploaded data that an address speaks of, before it is read. @param {string} hash */
    async know(hash) {
      const id = idIn(hash);
      const known = catalogue.dataset.find((part) => part.type === "own")?.sets?.[id ?? ""];
      if (!id || known) return;
      const found = await api.getUpload(id).catch(() => null); // what is wrong is told when it is to be used
      if (found) introduce(catalogue, found);
    },
    /** The data sets that were kept. */
    async list() {
      const found = await api.uploads().catch(() => ({ uploads: [] }));
      for (const upload of found.uploads) introduce(catalogue, upload);
      store.patch({ kept: found.uploads });
    },
    /** @param {File[]} files */
    choose(files) {
      if (!files.length) return;
      const size = files.reduce((sum, file) => sum + file.size, 0);
      store.patch({ files, choices: {}, look: null, problems: [] });
      if (size <= most) return void look();
      asked?.abort();
      const sizes = { size: size.toLocaleString("en"), most: most.toLocaleString("en") };
      const message = t("The file has {size} bytes; this server takes {most} (max_dataset_bytes).", sizes);
      store.patch({ problems: [{ message, fix: t("Give a smaller file.") }], busy: "" });
    },
    /** Read the files in another way. @param {Record<string, any>} choices */
    change(choices) {
      store.patch({ choices: { ...store.get().choices, ...choices } });
      return look();
    },
    /** What one column is. @param {string} name @param {string} kind */
    changeColumn(name, kind) {
      const { choices } = store.get();
      return this.change({ columns: { ...choices.columns, [name]: kind } });
    },
    /** Back to where another file can be chosen. */
    drop() {
      asked?.abort();
      asked = null;
      store.patch({ files: [], choices: {}, look: null, problems: [], busy: "" });
    },
    /** Keep what is on show. @returns {Promise<string|null>} its id */
    async keep() {
      const { files, choices } = store.get();
      const made = await during(t("Keeping …"), () => api.upload(formOf(files, choices)));
      if (made) introduce(catalogue, made);
      return made?.id ?? null;
    },
    /** @param {string} id @param {boolean} shared */
    async share(id, shared) {
      store.patch({ kept: store.get().kept.map((upload) => (upload.id === id ? { ...upload, shared } : upload)) });
      await during("", () => api.shareUpload(id, shared));
      await this.list();
    },
    /** @param {string} id */
    async remove(id) {
      await during("", () => api.deleteUpload(id));
      await this.list();
    },
    /** The experiment that a data set starts with. @param {import("../lib/types.js").Spec} defaults @param {import("../lib/types.js").Spec} spec @param {string} id */
    startWith: (defaults, spec, id) => startWith(catalogue, defaults, spec, id),
  };
}

/** @typedef {ReturnType<typeof createOwnData>} OwnData */
