// @ts-check
// Every neuron's picture and bias, drawn from the newest weights, once a frame.

import { css, mix } from "../lib/color.js";
import { isMap, kernelOf, largestOf } from "../lib/maps.js";
import { Ranges, targetRange } from "../lib/range.js";
import { show, showSigned } from "../lib/number.js";
import { t } from "../lib/words.js";
import { all, setAttribute, setText } from "./dom.js";
import { onScreen } from "./on-screen.js";
import { createTile } from "./tile.js";

/** @typedef {{tile: import("./tile.js").Tile, button: HTMLElement, bias: HTMLElement, kernel: import("./tile.js").Tile|null, layer: string, unit: number, column: import("../lib/plan.js").Column}} Cell */

const SPOKEN_MS = 700; // labels that screen readers use need not change 60 times a second

/** @param {HTMLElement} strip @param {import("../main.js").App} app @param {() => import("../lib/plan.js").Column[]} plan */
export function mountNeurons(strip, app, plan) {
  const { run, pictures, theme, painter, selection, example, experiment } = app;
  const ranges = new Ranges();
  /** @type {WeakMap<HTMLElement, import("./tile.js").Tile>} */
  const tiles = new WeakMap();
  /** @type {Cell[]} */
  let cellsShown = [];
  let spoken = 0;
  let rangesFor = "";

  const rebuild = () => {
    cellsShown = [];
    for (const column of plan()) {
      const element = strip.querySelector(`.layer[data-layer="${column.id}"]`);
      element?.querySelectorAll(".cell").forEach((cell, unit) => {
        const [button, bias] = [".neuron", ".bias"].map((part) => /** @type {HTMLElement} */ (cell.querySelector(part)));
        const sketch = /** @type {HTMLCanvasElement|null} */ (cell.querySelector(".kernel"));
        const canvas = /** @type {HTMLCanvasElement} */ (button.firstElementChild);
        let tile = tiles.get(button);
        if (!tile) tiles.set(button, tile = createTile(canvas));
        if (sketch && !tiles.has(sketch)) tiles.set(sketch, createTile(sketch));
        cellsShown.push({ tile, button, bias, kernel: sketch && !sketch.hidden ? tiles.get(sketch) ?? null : null, layer: column.id, unit, column });
      });
    }
    spoken = 0;
    painter.request(draw);
  };

  const draw = () => {
    const now = run.store.get();
    if (!now.spec) return;
    const inStep = sameLayers(now.spec, experiment.store.get().spec);
    strip.classList.toggle("is-waiting", !inStep && experiment.store.get().errors.length === 0);
    if (rangesFor !== `${now.id} ${now.start}`) {
      ranges.clear();
      rangesFor = `${now.id} ${now.start}`;
    }
    const small = pictures.small();
    const { palette } = theme;
    const shown = selection.shown();
    const speak = performance.now() - spoken > SPOKEN_MS;
    if (speak) spoken = performance.now();
    const most = largest(example.store.get().layers);
    for (const cell of cellsShown) {
      const layer = now.spec.network.layers.find((l) => l.id === cell.layer);
      if (!layer || layer.type !== cell.column.layer.type || (layer.units ?? 0) !== (cell.column.layer.units ?? 0)) continue; // not yet in the run on show
      const isShown = shown?.layer === cell.layer && shown.unit === cell.unit;
      cell.button.classList.toggle("is-shown", isShown);
      if (cell.column.kind === "maps") {
        paintMap(cell, palette);
        if (speak) tellMap(cell);
        continue;
      }
      const values = small?.pass.values.get(cell.layer);
      if (small && values) {
        const from = cell.unit * small.count;
        const predicts = layer.id === "output" && now.data && !now.data.classes; // numbers: on the scale of the data
        const range = predicts ? targetRange(now.data.targets)
          : ranges.of(`${cell.layer} ${cell.unit}`, layer.activation ?? null, values, from, small.count);
        if (pictures.kind === "line") cell.tile.line(palette, values, from, small.count, widened(range));
        else cell.tile.plane(palette, values, from, small.side, range);
      } else {
        paintWeights(cell, palette);
      }
      cell.button.classList.toggle("is-pixel", !small);
      const reaction = example.store.get().layers?.[cell.layer]?.values?.[cell.unit];
      if (!small && reaction !== undefined) {
        cell.button.style.setProperty("--reaction", String(Math.min(1, Math.abs(reaction) / (most.get(cell.layer) || 1))));
        cell.button.dataset.reaction = reaction < 0 ? "negative" : "positive";
      } else if (cell.button.dataset.reaction) {
        delete cell.button.dataset.reaction;
      }
      const bias = cell.column.layer.type === "dense" ? run.weight(cell.layer, "bias", cell.unit) : NaN;
      paintBias(cell.bias, bias, palette);
      if (speak) {
        const told = { neuron: cell.button.dataset.title ?? "", value: showSigned(bias) };
        setAttribute(cell.button, "aria-label", t("{neuron}. Enter for its weights.", told));
        setAttribute(cell.bias, "aria-label", t("Bias {value} of {neuron}", told));
        setAttribute(cell.bias, "title", t("Bias {value}: what is added to the sum. Click to change.", told));
      }
    }
  };

  /** @param {Cell} cell @param {import("../state/theme.js").Palette} palette */
  const paintWeights = ({ tile, layer, unit, column }, palette) => {
    const kernel = run.store.get().manifest.find((entry) => entry.layer === layer && entry.name === "kernel");
    if (!kernel || kernel.shape.length !== 2) return tile.blank(palette);
    tile.weights(palette, run.weights, kernel.offset + unit, kernel.shape[1], kernel.shape[0], column.inputShape);
  };

  /** What the layer makes of the example on show, one channel of it, and beside it the kernel that looks for it. @param {Cell} cell @param {import("../state/theme.js").Palette} palette */
  const paintMap = ({ tile, kernel, bias, layer, unit, column }, palette) => {
    const map = example.store.get().layers?.[layer];
    if (!map || !isMap(map.shape) || unit >= map.shape[2]) tile.blank(palette);
    else tile.map(palette, map, unit, ranges.of(`${layer} maps`, column.layer.activation ?? null, map.values, 0, map.values.length)[1]);
    const { manifest } = run.store.get();
    const weights = kernel && kernelOf(manifest, run.weights, layer, unit);
    if (kernel && weights) kernel.kernel(palette, weights);
    paintBias(bias, run.weight(layer, "bias", unit), palette);
  };

  /** @param {Cell} cell */
  const tellMap = ({ button, bias, layer, unit }) => {
    const told = { map: button.dataset.title ?? "", value: showSigned(run.weight(layer, "bias", unit)) };
    setAttribute(button, "aria-label", t("{map}. Enter for how each of its values is made.", told));
    setAttribute(bias, "aria-label", t("Bias {value} of {map}", told));
    setAttribute(bias, "title", t("Bias {value}: what is added to each sum. Click to change.", told));
  };

  const request = () => painter.request(draw);
  const unmount = all(run.watch(request), selection.store.subscribe(request), theme.subscribe(request), example.store.subscribe(request),
    onScreen(strip, (seen) => example.see("network", seen)), () => painter.cancel(draw));
  return { rebuild, unmount };
}

/** The bias as a square: its colour and its sign. @param {HTMLElement} element @param {number} value @param {import("../state/theme.js").Palette} palette */
function paintBias(element, value, palette) {
  if (Number.isNaN(value)) return;
  const share = Math.min(1, Math.abs(value));
  element.style.background = css(mix(palette.rgb.neutral, value < 0 ? palette.rgb.negative : palette.rgb.positive, share));
  setText(element, show(value) === "0.00" ? "" : value < 0 ? "−" : "+");
}

/** Curves get some air above and below. @param {[number, number]} range @returns {[number, number]} */
const widened = ([lo, hi]) => [Math.min(lo, -hi) * 1.08, hi * 1.08];

/** @param {import("../lib/types.js").Spec} a @param {import("../lib/types.js").Spec} b */
function sameLayers(a, b) {
  return a.network.layers.length === b.network.layers.length && a.data.type === b.data.type
    && a.network.layers.every((layer, i) => layer.id === b.network.layers[i].id && layer.type === b.network.layers[i].type
      && layer.units === b.network.layers[i].units);
}

/** The largest reaction of each layer to the example. @param {Record<string, import("../lib/maps.js").Values>|null} layers */
function largest(layers) {
  return new Map(Object.entries(layers ?? {}).filter(([, { shape }]) => shape.length === 1).map(([id, { values }]) => [id, largestOf(values)]));
}
