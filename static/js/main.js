// @ts-check
// Starts the page: reads what the server put into it, makes the stores, mounts the view that each [data-view] names.

import { createPainter } from "./lib/frame.js";
import { normal } from "./lib/spec.js";
import { createHistory } from "./lib/undo.js";
import { createApi } from "./state/api.js";
import { createDiagnosis } from "./state/diagnosis.js";
import { createExample } from "./state/example.js";
import { createExperiment } from "./state/experiment.js";
import { createMicroscope } from "./state/microscope.js";
import { createNotes } from "./state/notes.js";
import { createBranches, createPast } from "./state/past.js";
import { createPictures } from "./state/pictures.js";
import { createRun } from "./state/run.js";
import { createSelection } from "./state/selection.js";
import { createSession } from "./state/session.js";
import { ownerKey, tabRun, theme as storedTheme } from "./state/storage.js";
import { createTheme } from "./state/theme.js";
import { mount as card } from "./views/card.js";
import { mount as data } from "./views/data.js";
import { mount as diagnosisView } from "./views/diagnosis.js";
import { mount as example } from "./views/example.js";
import { mountForms } from "./views/forms.js";
import { describeControls, mount as helpLine } from "./views/help-line.js";
import { mount as lossChart } from "./views/loss-chart.js";
import { mount as microscopeView } from "./views/microscope.js";
import { openMicroscope } from "./views/microscope-open.js";
import { mount as network } from "./views/network.js";
import { mount as notesView } from "./views/notes.js";
import { mount as numbers } from "./views/numbers.js";
import { mount as palette } from "./views/palette.js";
import { mount as partMenu } from "./views/part-menu.js";
import { mount as plane } from "./views/plane.js";
import { mount as runLine } from "./views/run-line.js";
import { mount as settings } from "./views/settings.js";
import { mountShortcuts } from "./views/shortcuts.js";
import { mount as spoken } from "./views/spoken.js";
import { mount as timeLine } from "./views/time-line.js";
import { mount as transport } from "./views/transport.js";

/** @type {Record<string, (root: HTMLElement, app: App) => () => void>} */
const VIEWS = { "part-menu": partMenu, palette, card, network, plane, example, "loss-chart": lossChart, numbers, data, settings, transport,
  notes: notesView, spoken, "run-line": runLine, "time-line": timeLine, diagnosis: diagnosisView, microscope: microscopeView, "help-line": helpLine };

const json = (/** @type {string} */ id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

function createApp() {
  /** @type {import("./lib/types.js").Catalogue} */
  const catalogue = json("catalogue");
  /** @type {import("./lib/types.js").Spec} */
  const defaults = normal(catalogue, json("defaults"));
  const root = document.documentElement.dataset.root ?? "";
  const history = createHistory();
  const notes = createNotes();
  const theme = createTheme(document);
  const painter = createPainter();
  const selection = createSelection();
  const api = createApi({ root, key: ownerKey() });
  const experiment = createExperiment({
    catalogue,
    defaults,
    history,
    address: {
      read: () => location.hash,
      write(address, replace) {
        if (location.hash === `#${address}`) return;
        window.history[replace ? "replaceState" : "pushState"](null, "", `#${address}`);
      },
    },
    say: (lines) => (lines.length ? notes.warn("address", `The address has been put right. ${lines.join(" ")}`) : notes.clear("address")),
  });
  const run = createRun({ api, normal: (spec) => normal(catalogue, spec) });
  const pictures = createPictures(run);
  const branches = createBranches();
  const session = createSession({ api, experiment, run, notes, catalogue, history, tabRun, branches, manyPoints: (view) => view !== "image" && view !== "sequence" });
  const shown = createExample({ api, run, pictures, selection });
  const past = createPast({ api, run });
  const diagnosis = createDiagnosis({ api, run });
  const microscope = createMicroscope({ api, run, session });
  return {
    past, branches, diagnosis, microscope,
    root, catalogue, defaults, history, notes, theme, painter, selection, api, experiment, run, pictures, session, example: shown,
    describeControls,
    toggleTheme() {
      const next = theme.isDark() ? "light" : "dark";
      storedTheme.set(next);
      theme.choose(next);
    },
    // filled in by the views that own them
    /** @type {(path: string, value: any, control: HTMLElement) => void} */
    setValue: () => {},
    showValues: () => {},
    /** @type {(button: HTMLElement, path: string, without?: string) => void} */
    openPartMenu: () => {},
    /** @type {(button: HTMLElement, id: string) => void} */
    openLayerMenu: () => {},
    /** @type {(index: number) => void} */
    focusLayer: () => {},
  };
}

/** @typedef {ReturnType<typeof createApp>} App */

const app = createApp();
for (const [name, mount] of Object.entries(VIEWS)) {
  const element = /** @type {HTMLElement|null} */ (document.querySelector(`[data-view="${name}"]`));
  if (element) mount(element, app);
}
mountForms(document, app);
mountShortcuts(document, app);
openMicroscope(document, app);
window.addEventListener("popstate", () => app.experiment.addressChanged());
window.addEventListener("hashchange", () => app.experiment.addressChanged());

// The page shows where the run is, and the address bar its seed, even when another page resets it.
app.run.store.subscribe((now, before) => {
  const { spec } = app.experiment.store.get();
  if (now.spec && before.spec && now.id === before.id && now.spec.seed !== before.spec.seed && now.spec.seed !== spec.seed) {
    app.experiment.follow({ ...spec, seed: now.spec.seed });
  }
});

/** For tests and the curious: read only. */
Object.defineProperty(window, "playground", {
  value: Object.freeze({
    get spec() { return structuredClone(app.experiment.store.get().spec); },
    get runId() { return app.run.store.get().id; },
    get run() {
      const { id, state, epoch, update, start, message, connected } = app.run.store.get();
      return { id, state, epoch, update, start, message, connected, spec: structuredClone(app.run.store.get().spec) };
    },
    get frame() { return { version: app.run.version, weights: Array.from(app.run.weights) }; },
    get history() {
      const { history } = app.run;
      return { columns: [...history.columns], rows: Array.from({ length: history.length }, (_, r) => history.columns.map((name) => history.at(r, name))) };
    },
    get past() { return app.run.past && { epoch: app.run.past.epoch, update: app.run.past.update, seq: app.run.past.seq }; },
    get findings() { return structuredClone(app.diagnosis.store.get().findings); },
    get errors() { return structuredClone(app.experiment.store.get().errors); },
    get kind() { return app.pictures.kind; },
    /** Values of a layer's neurons, computed in the browser, at points in the user's units. @param {string} layer @param {number[][]} points */
    pictures: (layer, points) => app.pictures.valuesAt(layer, points),
    /** Resolves when everything asked for so far has been done. */
    settled: () => app.session.settle(),
  }),
});

await app.session.start();
document.documentElement.dataset.ready = "true";
