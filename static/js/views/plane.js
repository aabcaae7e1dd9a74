// @ts-check
// The large picture: what the output, or the neuron looked at, gives at each point; the points themselves; the legend;
// and the numbers at one point.

import { rangeOf } from "../lib/activations.js";
import { paintClasses, paintRamp } from "../lib/color.js";
import { featureBound, makeInputs } from "../lib/inputs.js";
import { featurePart } from "../lib/naming.js";
import { clamp, show } from "../lib/number.js";
import { Ranges, targetRange, threshold } from "../lib/range.js";
import { t } from "../lib/words.js";
import { all, cells, fitCanvas, on, setAttribute, setText, slot } from "./dom.js";
import { formulaOf, numbersOf } from "./formula.js";
import { createLegend } from "./legend.js";
import { paintPoints } from "./points.js";
import { drawCurve } from "./tile.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, pictures, theme, painter, selection, experiment, own } = app;
  const picture = /** @type {HTMLCanvasElement} */ (slot(root, "picture"));
  const points = /** @type {HTMLCanvasElement} */ (slot(root, "points"));
  const legend = createLegend(slot(root, "legend"));
  const cross = slot(root, "cross");
  const discretizeBox = slot(root, "discretize");
  const ranges = new Ranges();
  let rangesFor = "";

  /** What is on show: the output as a whole, or one neuron. */
  const subject = () => {
    const { spec } = run.store.get();
    if (!spec) return null;
    const layers = spec.network.layers;
    const chosen = selection.shown();
    const layer = layers.find((l) => l.id === chosen?.layer) ?? layers[layers.length - 1];
    const found = chosen && layer.id === chosen.layer ? chosen : null;
    const single = layer.id === "output" && layer.units === 1;
    return { layer, unit: found ? found.unit : 0, whole: !found || single, chosen: found };
  };

  const draw = () => {
    const now = run.store.get();
    const kind = pictures.kind;
    root.hidden = kind === "other";
    setText(slot(root, "empty"), experiment.store.get().errors[0]?.message ?? t("The network appears here."));
    slot(root, "empty").hidden = now.id !== null;
    if (!now.spec || !now.data || kind === "other" || kind === "none") return;
    if (rangesFor !== `${now.id} ${now.start}`) ranges.clear();
    rangesFor = `${now.id} ${now.start}`;
    const view = pictures.large();
    const what = subject();
    if (!view || !what) return;
    const { palette } = theme;
    const feature = selection.shown()?.feature;
    if (feature) return drawFeature(featurePart(app.catalogue, feature), view, palette);
    const values = view.pass.values.get(what.layer.id);
    if (!values) return;
    const { discretize } = experiment.store.get().look;
    const classes = now.data.classes;
    const many = what.whole && what.layer.id === "output" && what.layer.units > 1 && classes;
    const from = what.unit * view.count;
    const isOutput = what.layer.id === "output" && what.whole;
    const activation = what.layer.activation ?? null;
    const range = isOutput && !classes ? targetRange(now.data.targets)
      : ranges.of(`${what.layer.id} ${what.unit}`, activation, values, from, view.count);
    if (kind === "line") {
      const fitted = fitCanvas(picture);
      if (fitted) drawCurve(fitted.context, fitted.width, fitted.height, palette, values, from, view.count, lineRange(range), 3);
    } else {
      const grid = cells(picture, view.side, view.side);
      if (many) paintClasses(grid.pixels, values, what.layer.units, palette.classes, palette.rgb.neutral, confidence(activation), discretize);
      else paintRamp(grid.pixels, values, from, palette.ramp, ...range, discretize && isOutput && Boolean(classes));
      grid.show();
    }
    if (many) legend.classes(palette, classes);
    else if (isOutput && classes) legend.twoClasses(palette, range, classes, threshold(activation));
    else legend.scale(palette, range, now.data.preprocess.target && isOutput ? now.data.preprocess.target : null);
    setText(slot(root, "name"), what.chosen ? formulaOf(app, what.layer, what.unit, false).name : "");
    setText(slot(root, "formula"), what.whole && what.layer.units > 1 ? t("the strongest output at each point; the paler, the less sure") : formulaOf(app, what.layer, what.unit, false).text);
    discretizeBox.hidden = !classes;
    tellProbe(what);
  };

  /** @param {ReturnType<typeof featurePart>} feature @param {import("../state/pictures.js").View} view @param {import("../state/theme.js").Palette} palette */
  const drawFeature = (feature, view, palette) => {
    if (pictures.kind !== "plane") return;
    const values = makeInputs({ kind: "features", features: [feature.type], mean: 0, scale: 1, target: null }, view.raw);
    const most = featureBound(values);
    const grid = cells(picture, view.side, view.side);
    paintRamp(grid.pixels, values, 0, palette.ramp, -most, most);
    grid.show();
    legend.scale(palette, [-most, most], null);
    setText(slot(root, "name"), t("Feature {feature}", { feature: feature.label }));
    setText(slot(root, "formula"), feature.help);
    setText(slot(root, "probe"), "");
  };

  const drawPoints = () => {
    const now = run.store.get();
    const fitted = fitCanvas(points);
    if (!fitted || !now.data || pictures.kind === "other" || pictures.kind === "none") return;
    const placing = own.active();
    slot(root, "test-check").hidden = placing; // points of one's own are all there
    paintPoints(fitted, own.shown(now.data), pictures, theme.palette, placing || experiment.store.get().look.test,
      lineRange(targetRange(now.data.targets)), own.store.get().held);
  };

  const tellProbe = (/** @type {NonNullable<ReturnType<typeof subject>>} */ what) => {
    const probe = selection.store.get().probe;
    const { data } = run.store.get();
    cross.hidden = !probe;
    if (probe) {
      const { x0, x1, y0, y1 } = pictures.bounds;
      cross.style.left = `${((probe[0] - x0) / (x1 - x0)) * 100}%`;
      cross.style.top = probe.length > 1 ? `${((y1 - probe[1]) / (y1 - y0)) * 100}%` : "50%";
    }
    const at = probe ?? data.points[0];
    const found = pictures.at(at);
    if (!found) return;
    const names = data.view === "table" ? data.names ?? data.input_names : ["x", "y"];
    const place = at.map((/** @type {number} */ v, /** @type {number} */ i) => `${names[i]} = ${show(v)}`).join(", ");
    setText(slot(root, "probe"), `${place}:  ${numbersOf(app, what.layer, what.unit, what.whole, found)}`);
  };

  const pointAt = (/** @type {PointerEvent} */ event) => {
    const r = picture.getBoundingClientRect();
    const { x0, x1, y0, y1 } = pictures.bounds;
    const x = x0 + clamp((event.clientX - r.left) / r.width, 0, 1) * (x1 - x0);
    const y = y1 - clamp((event.clientY - r.top) / r.height, 0, 1) * (y1 - y0);
    selection.probe(pictures.kind === "line" ? [x] : [x, y]);
  };
  const both = () => {
    painter.request(draw);
    painter.request(drawPoints);
  };
  const resize = new ResizeObserver(both);
  resize.observe(picture);
  setAttribute(picture, "aria-description", t("Arrow keys move the point whose numbers are shown below."));
  both();

  return all(
    own.store.subscribe(() => painter.request(drawPoints)), run.watch(() => painter.request(draw)), experiment.store.subscribe(both),
    run.store.subscribe((now, before) => {
      if (now.id !== before.id || now.data !== before.data || now.spec !== before.spec) both();
    }), theme.subscribe(both),
    selection.store.subscribe(() => painter.request(draw)),
    on(picture, "pointermove", pointAt),
    on(picture, "pointerdown", pointAt),
    on(picture, "pointerleave", (event) => event.pointerType !== "touch" && selection.probe(null)),
    on(picture, "keydown", (event) => {
      const step = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] })[event.key];
      if (!step) return;
      event.preventDefault();
      const { x0, x1, y0, y1 } = pictures.bounds;
      const [x, y = 0] = selection.store.get().probe ?? [(x0 + x1) / 2, (y0 + y1) / 2];
      const to = [clamp(x + (step[0] * (x1 - x0)) / 40, x0, x1), clamp(y + (step[1] * (y1 - y0)) / 40, y0, y1)];
      selection.probe(pictures.kind === "line" ? [to[0]] : to);
    }),
    () => resize.disconnect(), () => painter.cancel(draw), () => painter.cancel(drawPoints),
  );
}

/** Outputs between 0 and 1 are shares already; others are turned into shares. @param {any} activation @returns {"share"|"softmax"} */
const confidence = (activation) => (activation && rangeOf(activation.type, activation).join() === "0,1" ? "share" : "softmax");

/** @param {[number, number]} range @returns {[number, number]} */
const lineRange = ([lo, hi]) => [Math.min(lo, -hi) * 1.25, hi * 1.25];
