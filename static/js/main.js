// @ts-check
// Starts the page: reads what the server put into it, makes the stores, mounts the view that each [data-view] names.

import { isForeignLink } from "./lib/bring-in.js";
import { createPainter } from "./lib/frame.js";
import { normal } from "./lib/spec.js";
import { createHistory } from "./lib/undo.js";
import { t, together } from "./lib/words.js";
import { translate } from "./state/foreign.js";
import { mountFrame } from "./embed/frame.js";
import { createApi } from "./state/api.js";
import { createCompare } from "./state/compare.js";
import { createConfusion } from "./state/confusion.js";
import { createDiagnosis } from "./state/diagnosis.js";
import { createDrawing } from "./state/drawing.js";
import { createExample } from "./state/example.js";
import { createExperiment } from "./state/experiment.js";
import { createGallery } from "./state/gallery.js";
import { keepExample } from "./state/kept-example.js";
import { createMicroscope } from "./state/microscope.js";
import { createOwnData } from "./state/own-data.js";
import { createOwnPoints } from "./state/own-points.js";
import { createNotes } from "./state/notes.js";
import { createBranches, createPast } from "./state/past.js";
import { createPictures } from "./state/pictures.js";
import { createPlace } from "./state/place.js";
import { withRoom } from "./state/room.js";
import { createRun } from "./state/run.js";
import { createSelection } from "./state/selection.js";
import { createSession } from "./state/session.js";
import { tabExample, theme as storedTheme, tour } from "./state/storage.js";
import { createTheme } from "./state/theme.js";
import { createWindow } from "./state/window.js";
import { mount as allMaps } from "./views/all-maps.js";
import { mount as bringIn } from "./views/bring-in.js";
import { mount as card } from "./views/card.js";
import { mount as compareView } from "./views/compare.js";
import { mount as confusionView } from "./views/confusion.js";
import { mount as data } from "./views/data.js";
import { mount as embedView } from "./views/embed.js";
import { mount as diagnosisView } from "./views/diagnosis.js";
import { mount as drawingView } from "./views/drawing.js";
import { mount as example } from "./views/example.js";
import { mountForms } from "./views/forms.js";
import { mount as galleryView } from "./views/gallery.js";
import { describeControls, mount as helpLine } from "./views/help-line.js";
import { mount as language } from "./views/language.js";
import { mount as lines } from "./views/lines.js";
import { mount as lossChart } from "./views/loss-chart.js";
import { mount as microscopeView } from "./views/microscope.js";
import { mount as mapCard } from "./views/map-card.js";
import { openMicroscope } from "./views/microscope-open.js";
import { mount as network } from "./views/network.js";
import { mount as notesView } from "./views/notes.js";
import { mount as numbers } from "./views/numbers.js";
import { mount as ownDataView } from "./views/own-data.js";
import { mount as palette } from "./views/palette.js";
import { mount as partMenu } from "./views/part-menu.js";
import { mount as placePoints } from "./views/place-points.js";
import { mount as plane } from "./views/plane.js";
import { mountRestrictions } from "./views/restrict.js";
import { mount as runLine } from "./views/run-line.js";
import { mount as shareView } from "./views/share.js";
import { mount as settings } from "./views/settings.js";
import { mountShortcuts } from "./views/shortcuts.js";
import { mount as starts } from "./views/starts.js";
import { mount as spoken } from "./views/spoken.js";
import { mount as strip } from "./views/strip.js";
import { mount as sound } from "./views/sound.js";
import { mount as takeAway } from "./views/take-away.js";
import { mount as timeLine } from "./views/time-line.js";
import { mount as tourView } from "./views/tour.js";
import { mount as transport } from "./views/transport.js";
import { mount as weights } from "./views/weights.js";

/** @type {Record<string, (root: HTMLElement, app: App) => () => void>} */
const VIEWS = { "own-data": ownDataView, "part-menu": partMenu, palette, starts, tour: tourView, "place-points": placePoints, lines, card, network, plane, example, "loss-chart": lossChart, numbers, data, settings, transport,
  notes: notesView, spoken, "run-line": runLine, "time-line": timeLine, diagnosis: diagnosisView, microscope: microscopeView, compare: compareView, sound, weights, share: shareView, embed: embedView, "help-line": helpLine, strip,
  "bring-in": bringIn, "take-away": takeAway, confusion: confusionView, drawing: drawingView, gallery: galleryView, "map-card": mapCard, "all-maps": allMaps, language };

const json = (/** @type {string} */ id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

const embedded = "embed" in document.documentElement.dataset;

async function createApp() {
  /** @type {import("./lib/types.js").Catalogue} */
  const catalogue = json("catalogue");
  /** @type {import("./lib/types.js").Spec} */
  const defaults = normal(catalogue, json("defaults"));
  const root = document.documentElement.dataset.root ?? "";
  const share = json("share");
  // somebody who follows a link came for what it shows
  const firstVisit = location.hash.length < 2 && !share && !embedded && tour.get() === null;
  const place = createPlace({ catalogue, root, share, embedded });
  mountRestrictions(document, place.restrictions);
  const history = createHistory();
  const notes = createNotes();
  const theme = createTheme(document);
  const painter = createPainter();
  const selection = createSelection();
  const api = createApi({ root, key: place.key() });
  const foreign = isForeignLink(place.read()) ? await translate({ api, catalogue, defaults }, `#${place.read()}`).catch(() => null) : null;
  if (foreign) place.instead(foreign.address);
  const ownData = createOwnData({ api, catalogue, most: Number(document.getElementById("own-data")?.dataset.most ?? Infinity) });
  await ownData.know(place.read());
  const experiment = createExperiment({
    catalogue,
    defaults,
    history,
    address: place,
    say: (lines) => (lines.length ? notes.warn("address", t("The address has been put right. {notes}", { notes: together(...lines) })) : notes.clear("address")),
  });
  if (foreign) notes.warn("foreign", t("A link of TensorFlow Playground. {notes}", { notes: together(...foreign.notes) }));
  if (place.notes.length) notes.warn("restrictions", together(...place.notes));
  const run = createRun({ api, normal: (spec) => normal(catalogue, spec) });
  const pictures = createPictures(run);
  const branches = createBranches();
  const session = createSession({ api, experiment, run, notes, catalogue, history, tabRun: place.tabRun, branches, manyPoints: (view) => view !== "image" && view !== "sequence" });
  const shown = createExample({ api, run, pictures, selection });
  const drawing = createDrawing({ run, example: shown, painter });
  if (!embedded) keepExample({ run, example: shown, drawing, memory: tabExample });
  const looking = createWindow({ api, run, example: shown, selection });
  const confusion = createConfusion({ api, run });
  const gallery = createGallery({ api, run });
  const own = createOwnPoints({ catalogue, experiment, run });
  const past = createPast({ api, run });
  const diagnosis = createDiagnosis({ api, run });
  const microscope = createMicroscope({ api, run, session, experiment });
  const compare = createCompare({ api, experiment, run, session, catalogue, normal: (spec) => normal(catalogue, spec) });
  return {
    firstVisit, own, ownData, past, branches, diagnosis, microscope, drawing, confusion, gallery, window: looking, compare,
    place, root, catalogue, defaults, history, notes, theme, painter, selection, api, experiment, run, pictures, session, example: shown,
    describeControls,
    toggleTheme() {
      const next = theme.isDark() ? "light" : "dark";
      storedTheme.set(next);
      theme.choose(next);
    },
    // filled in by the views that own them
    /** @type {(share: string|null, links: any[]) => void} */
    openEmbed: () => {},
    /** @type {(path: string, value: any, control: HTMLElement) => void} */
    setValue: () => {},
    showValues: () => {},
    /** @type {(button: HTMLElement, path: string, without?: string) => void} */
    openPartMenu: () => {},
    /** @type {(button: HTMLElement, id: string) => void} */
    openLayerMenu: () => {},
    /** @type {(button: HTMLElement, at?: number) => void} */
    openPalette: () => {},
    /** @type {(index: number) => void} */
    focusLayer: () => {},
  };
}

/** @typedef {Awaited<ReturnType<typeof createApp>>} App */

const app = await createApp();
for (const [name, mount] of Object.entries(VIEWS)) {
  const element = /** @type {HTMLElement|null} */ (document.querySelector(`[data-view="${name}"]`));
  if (element) mount(element, app);
}
mountForms(document, app);
mountShortcuts(document, app);
openMicroscope(document, app);
for (const event of ["popstate", "hashchange"]) {
  window.addEventListener(event, async () => {
    await app.ownData.know(app.place.read());
    app.experiment.addressChanged();
  });
}

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
    get frame() { return { version: app.run.version, ...app.run.frame, weights: Array.from(app.run.weights) }; },
    get history() {
      const { history } = app.run;
      return { columns: [...history.columns], rows: Array.from({ length: history.length }, (_, r) => history.columns.map((name) => history.at(r, name))) };
    },
    get past() { return app.run.past && { epoch: app.run.past.epoch, update: app.run.past.update, seq: app.run.past.seq }; },
    get findings() { return structuredClone(app.diagnosis.store.get().findings); },
    get errors() { return structuredClone(app.experiment.store.get().errors); },
    get kind() { return app.pictures.kind; },
    /** The example put through the network: the numbers that its pictures are painted from. */
    get example() {
      const { split, index, own, target, output, layers, update } = app.example.store.get();
      const seen = Object.entries(layers ?? {}).map(([id, { shape, values }]) => [id, { shape: [...shape], values: Array.from(values) }]);
      return { split, index, own: structuredClone(own), target, output: output && Array.from(output), layers: Object.fromEntries(seen), update };
    },
    /** The group of the comparison that is open, or was last. */
    get compare() {
      const { group, store } = app.compare;
      return { tab: store.get().tab, open: store.get().open, id: group.store.get().id, state: group.store.get().state, problem: group.store.get().problem,
        members: group.members.map(({ id, state, epoch, update, spec, weights, table }) => ({ id, state, epoch, update, spec: structuredClone(spec), weights: Array.from(weights),
          columns: [...table.columns], rows: Array.from({ length: table.length }, (_, r) => table.columns.map((name) => table.at(r, name))) })) };
    },
    /** Values of a layer's neurons, computed in the browser, at points in the user's units. @param {string} layer @param {number[][]} points */
    pictures: (layer, points) => app.pictures.valuesAt(layer, points),
    /** Resolves when everything asked for so far has been done. */
    settled: () => app.session.settle(),
  }),
});

const { share } = app.place;
const frame = embedded ? mountFrame(app, { ancestors: json("ancestors"), link: () => app.place.link(app.experiment.address()) }) : null;
await app.session.start(share ? () => withRoom(app.api, () => app.api.openShare(share.id)) : null);
document.documentElement.dataset.ready = "true";
frame?.greet();
