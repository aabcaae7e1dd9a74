// @ts-check
// The playground in a frame: tells the page around it how training goes and how high it is, and does what that asks.

import { chooseDataset, read } from "../lib/spec.js";
import { t } from "../lib/words.js";
import { all, on } from "../views/dom.js";
import { createMessages } from "./messages.js";

/** What of the looks may be set, and to what. @type {Record<string, (value: any) => boolean>} */
const LOOKS = {
  test: (value) => typeof value === "boolean",
  discretize: (value) => typeof value === "boolean",
  speed: (value) => value === null || (typeof value === "number" && value >= 1 && value <= 60),
  advance: (value) => ["epoch", "batch", "sample"].includes(value),
};

/** @param {import("../main.js").App} app @param {{ancestors: string[], link: () => string}} options */
export function mountFrame(app, { ancestors, link }) {
  const { run, session, experiment, catalogue, defaults, notes, api } = app;

  /** Where training is: state, place, and the newest losses by their names in the history. */
  const standing = () => {
    const now = run.store.get();
    const { history } = run;
    const newest = Object.fromEntries(history.columns.map((name) => [name, history.length ? finite(history.last(name)) : null]));
    return { ...newest, state: now.state, epoch: now.epoch, update: now.update };
  };
  /** The same, once its losses are those of where it stands. @returns {Promise<ReturnType<typeof standing>>} */
  const stood = () => new Promise((resolve) => {
    const check = () => {
      if (!run.isWhole && run.store.get().connected) return;
      undo();
      resolve(standing());
    };
    const undo = all(run.watch(check), run.store.subscribe(check));
    check();
  });

  const look = (/** @type {string} */ name, /** @type {any} */ value) => {
    if (!LOOKS[name](value)) throw new Error(`“${String(value).slice(0, 40)}” can not be used for ${name}.`);
    experiment.setLook({ [name]: value });
  };

  /** Change one value of the experiment, or of how it is looked at. @param {string} path @param {any} value */
  async function set(path, value) {
    const { spec } = experiment.store.get();
    notes.clear("field");
    if (Object.hasOwn(LOOKS, path)) look(path, value);
    else if (typeof path !== "string" || read(spec, path) === undefined) throw new Error(`There is no value “${String(path).slice(0, 80)}” in this experiment.`);
    else if (path === "data.type") {
      if (!catalogue.dataset.some((part) => part.type === value)) throw new Error(`There is no data set “${String(value).slice(0, 40)}”.`);
      experiment.change(t("dataset {name}", { name: value }), chooseDataset(catalogue, defaults, spec, value));
    } else app.setValue(path, value, document.body);
    await session.settle();
    const [fault] = experiment.store.get().errors;
    if (fault) throw Object.assign(new Error(fault.message), { fix: fault.fix });
    return { notes: notes.store.get().filter((note) => note.topic === "field").map((note) => note.text) };
  }

  let greeted = false; // nothing is told before the playground is there
  const { tell: say, close } = createMessages({
    window,
    ancestors,
    commands: {
      hello: () => {
        greet();
        return standing();
      },
      play: () => (run.store.get().state === "running" ? standing() : session.toggle().then(standing)),
      pause: () => (run.store.get().state === "running" ? session.toggle().then(stood) : stood()),
      step: ({ unit }) => {
        if (unit !== undefined) look("advance", unit);
        return session.step().then(stood);
      },
      reset: () => session.reset().then(stood),
      set: ({ path, value }) => set(path, value),
      get: ({ path }) => (path === undefined ? { ...standing(), link: link() } : read(experiment.store.get().spec, String(path))),
    },
  });

  const tell = (/** @type {string} */ type, /** @type {Record<string, any>} */ fields) => greeted && say(type, fields);
  let told = { id: "", start: -1, rows: -1 };
  let stateTold = "";
  /** @type {Set<string>} */
  const made = new Set();
  const followState = () => {
    const { id, state, message, fix } = run.store.get();
    if (!id || !run.isWhole || stateTold === `${id} ${state}`) return;
    stateTold = `${id} ${state}`;
    tell("state", { ...standing(), message, fix });
  };
  const follow = () => {
    const { id, start } = run.store.get();
    const { length: rows } = run.history;
    if (!id || !rows || (told.id === id && told.start === start && told.rows === rows)) return;
    told = { id, start, rows };
    tell("epoch", standing());
  };
  const size = () => tell("size", { height: Math.ceil(document.body.getBoundingClientRect().height) });
  const greet = () => {
    if (!document.documentElement.dataset.ready) return;
    greeted = true;
    tell("ready", standing());
    told = { id: "", start: -1, rows: -1 };
    size();
    follow();
  };
  const observer = new ResizeObserver(size);
  observer.observe(document.body);
  const undo = all(
    run.watch(() => {
      follow();
      followState();
    }),
    run.store.subscribe((now) => {
      if (now.id) made.add(now.id);
      followState();
    }),
    notes.store.subscribe((now, before) => {
      for (const note of now) if (note.tone === "error" && !before.includes(note)) tell("error", { id: null, message: note.text, fix: note.fix });
    }),
    on(document, "click", (event) => {
      const anchor = event.target.closest?.('[data-action="open-page"]');
      if (anchor) anchor.href = link();
    }),
    // its runs were for this page alone
    on(window, "pagehide", (event) => {
      if (!event.persisted) for (const id of made) void api.deleteRun(id, { keepalive: true }).catch(() => {});
    }),
    () => observer.disconnect(), close,
  );
  return { greet, undo };
}

/** @param {number} value */
const finite = (value) => (Number.isFinite(value) ? value : null);
