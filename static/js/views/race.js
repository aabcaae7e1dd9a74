// @ts-check
// The race: a map of the loss, each optimizer's way over it, and a table of where they are.

import { overOneAxis } from "../lib/bands.js";
import { css as cssOf, mix, pixel } from "../lib/color.js";
import { extremes, paintContour } from "../lib/contour.js";
import { parseNumber, plain, showCount, showLoss } from "../lib/number.js";
import { racers } from "../lib/race.js";
import { fill, t } from "../lib/words.js";
import { createSurface } from "../state/surface.js";
import { createCompareChart } from "./compare-chart.js";
import { all, cells, clone, fitCanvas, on, reconcile, setAttribute, setText, slot } from "./dom.js";

const SIDE = 220;
const EVERY_MS = 600; // the map moves no more often
const CALM_MS = 3000;
const CLASSES = [2, 4, 3]; // colours that do not mean below or above zero; the last racer has the ink's
/** Signs told apart without colour, within ±6. */
const SIGNS = ["M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z", "M-4.6-4.6H4.6V4.6H-4.6Z", "M0-5.6L5.4 4.2H-5.4Z", "M0-6L6 0L0 6L-6 0Z"];
const WORDS = {
  words: t("All start with the same weights and see the same batches. The map shows the training loss; each line on it is a step."),
  exact: t("The net has two weights, so the map is the whole loss."),
  path: t("The net has {count} weights. The map is the slice on which the longest way spreads most; each way is drawn at its nearest points, the table has the true losses."),
  random: t("Train for two epochs: then the map turns to where the ways lead."),
  across: t("→ {label}"),
  up: t("↑ {label}"),
  weight: t("the weight"),
  bias: t("the bias"),
  along: t("along the way"),
  beside: t("across it"),
  first: t("one direction"),
  second: t("another"),
  map: t("Map of the training loss with the ways of {names}"),
  rate: t("Learning rate of {name}"),
  diverged: t("diverged"),
};

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mountRace(root, app) {
  const { compare, catalogue, painter, theme, api } = app;
  const group = compare.groups.race;
  const isOpen = () => compare.store.get().open && compare.store.get().tab === "race";
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const surface = createSurface({ api, group, wanted: isOpen, pause: () => (calm.matches ? CALM_MS : EVERY_MS) });
  const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (slot(root, name));
  const small = /** @type {HTMLInputElement} */ (slot(root, "small"));
  const rows = slot(root, "rows");
  let painted = "";

  const names = () => racers(catalogue, compare.base(), compare.store.get().rates);
  const colors = () => [...CLASSES.map((k) => cssOf(mix(theme.palette.classes[k], theme.palette.rgb.ink, 0.15))), theme.palette.css.ink];

  const drawTable = () => {
    const paint = colors();
    reconcile(rows, names(), ({ name }) => name, () => clone("t-racer"), (row, { name, optimizer }, k) => {
      const member = group.members[k];
      const sign = /** @type {SVGElement} */ (row.querySelector("path"));
      setAttribute(sign, "d", SIGNS[k]);
      sign.style.fill = paint[k];
      setText(slot(row, "name"), name);
      const input = /** @type {HTMLInputElement} */ (row.querySelector("input"));
      setAttribute(input, "aria-label", fill(WORDS.rate, { name }));
      if (document.activeElement !== input) input.value = plain(optimizer.learning_rate);
      setText(slot(row, "train"), member?.state === "diverged" ? WORDS.diverged : showLoss(member?.table.last("train_loss") ?? NaN));
      setText(slot(row, "test"), member?.state === "diverged" ? "–" : showLoss(member?.table.last("test_loss") ?? NaN));
    });
  };

  const drawMap = () => {
    const shown = surface.store.get();
    root.classList.toggle("is-empty", !shown);
    if (!shown) return setText(slot(root, "note"), surface.problem.get());
    const { rgb } = theme.palette;
    const range = extremes(shown.losses);
    const grid = cells(canvas("surface"), SIDE, SIDE);
    const high = mix(rgb.neutral, rgb.muted, 0.8);
    paintContour(grid.pixels, SIDE, shown.losses, rgb.surface, high, rgb.ink);
    grid.show();
    setAttribute(canvas("surface"), "aria-label", fill(WORDS.map, { names: names().map(({ name }) => name).join(", ") }));
    const ramp = cells(canvas("ramp"), 64, 1);
    for (let i = 0; i < 64; i++) ramp.pixels[i] = pixel(mix(rgb.surface, high, i / 63));
    ramp.show();
    setText(slot(root, "low"), showLoss(range[0]));
    setText(slot(root, "high"), showLoss(range[1]));
    const labels = shown.directions === "weights" ? [shown.x.label, shown.y.label].map((label) => (label.includes("bias") ? WORDS.bias : WORDS.weight)) : shown.directions === "path" ? [WORDS.along, WORDS.beside] : [WORDS.first, WORDS.second];
    setText(slot(root, "x"), fill(WORDS.across, { label: labels[0] }));
    setText(slot(root, "y"), fill(WORDS.up, { label: labels[1] }));
    setText(slot(root, "note"), shown.directions === "weights" ? WORDS.exact : shown.directions === "random" ? WORDS.random
      : fill(WORDS.path, { count: showCount(group.members[0]?.weights.length ?? 0) }));
  };

  const drawPaths = () => {
    const shown = surface.store.get();
    const fitted = fitCanvas(canvas("paths"));
    if (!fitted || !shown) return;
    const { context, width, height } = fitted;
    const [x0, x1] = [shown.x.values[0], shown.x.values[shown.x.values.length - 1]];
    const [y0, y1] = [shown.y.values[0], shown.y.values[shown.y.values.length - 1]];
    const paint = colors();
    context.lineJoin = "round";
    shown.paths.forEach((path, k) => {
      const points = path.filter(({ x, y }) => x !== null && y !== null).map(({ x, y }) => [((Number(x) - x0) / (x1 - x0)) * width, ((y1 - Number(y)) / (y1 - y0)) * height]);
      // with two weights the newest ones lie on the map themselves: no need to wait for the server
      const member = group.members[k];
      if (shown.directions === "weights" && member?.weights.length === 2) points.push([((member.weights[0] - x0) / (x1 - x0)) * width, ((y1 - member.weights[1]) / (y1 - y0)) * height]);
      for (const [color, thick] of /** @type {[string, number][]} */ ([[theme.palette.css.surface, 4.5], [paint[k], 2.2]])) {
        context.strokeStyle = color;
        context.lineWidth = thick;
        context.beginPath();
        points.forEach(([x, y]) => context.lineTo(x, y));
        context.stroke();
      }
      const last = points[points.length - 1];
      if (!last) return;
      const sign = new Path2D(SIGNS[k]);
      context.save();
      context.translate(last[0], last[1]);
      context.scale(1.25, 1.25);
      context.lineWidth = 3;
      context.strokeStyle = theme.palette.css.surface;
      context.stroke(sign);
      context.fillStyle = paint[k];
      context.fill(sign);
      context.restore();
    });
  };

  const draw = () => {
    if (!isOpen()) return;
    setText(slot(root, "words"), WORDS.words);
    small.checked = compare.store.get().small;
    drawTable();
    const version = `${theme.palette.css.ink} ${group.store.get().id} ${canvas("paths").clientWidth}`;
    if (version !== painted || changed) drawMap();
    painted = version;
    changed = false;
    drawPaths();
    chart.request();
  };
  let changed = true;
  const chart = createCompareChart(slot(root, "chart"), app, (column) => (group.members.length < 2 ? null : {
    data: overOneAxis(group.members.map(({ table }) => table), column), band: null,
    lines: names().map(({ name }, k) => ({ label: name, color: colors()[k], width: 1.8 })) }));
  const request = () => painter.request(draw);
  surface.ask();

  return all(
    surface.store.subscribe(() => {
      changed = true;
      request();
    }),
    surface.problem.subscribe(() => {
      changed = true;
      request();
    }),
    compare.store.subscribe(() => {
      surface.ask();
      request();
    }),
    group.watch(request), group.store.subscribe(request), theme.subscribe(request),
    on(small, "change", () => compare.simplify(small.checked)),
    on(rows, "change", (event) => {
      const k = [...rows.children].indexOf(event.target.closest("tr"));
      const value = parseNumber(event.target.value);
      const rates = names().map(({ optimizer }) => optimizer.learning_rate);
      if (value !== null && value > 0 && value <= 100) compare.race(rates.map((rate, i) => (i === k ? value : rate)));
      else request();
    }),
    chart.undo,
  );
}
