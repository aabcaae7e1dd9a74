// @ts-check
// Curves of several runs on one chart: as lines, or as a median within a band. Drawn anew at most some times a second.

import uPlot from "../../vendor/uPlot.esm.js";
import { axisIn, EPOCHS, sizeIn } from "./chart.js";
import { all, on, slot } from "./dom.js";

const REDRAW_MS = 80;

/** @typedef {{label: string, color: string, width: number, dash?: number[]}} Line */
/** @typedef {{lines: Line[], data: (number|null)[][], band: string|null}} Curves  data: epochs, then one list a line; band: a colour between the first two lines */

/**
 * @param {HTMLElement} root  the figure
 * @param {import("../main.js").App} app
 * @param {(column: string) => Curves|null} curves  what to draw of a column
 */
export function createCompareChart(root, app, curves) {
  const holder = slot(root, "plot");
  const column = /** @type {HTMLSelectElement} */ (slot(root, "column"));
  const logBox = /** @type {HTMLInputElement} */ (slot(root, "log"));
  /** @type {uPlot|null} */
  let plot = null;
  let made = "";
  let drawn = -Infinity;
  /** @type {any} */
  let timer = null;

  const isMetric = () => column.value === "test_metric";
  const log = () => logBox.checked && !isMetric();

  /** @param {Curves} shown */
  const make = ({ lines, band }) => {
    plot?.destroy();
    const { css } = app.theme.palette;
    const axis = axisIn(css);
    const tick = (/** @type {number} */ t) => (isMetric() && app.run.store.get().data?.task !== "regression" ? `${Math.round(t * 100)}%` : t !== 0 && Math.abs(t) < 0.001 ? t.toExponential(0) : String(Number(t.toPrecision(3))));
    plot = new uPlot({
      ...sizeIn(holder), padding: [8, 12, 0, 0], legend: { show: false }, cursor: { show: false },
      scales: {
        x: EPOCHS,
        y: log() ? { distr: 3 } : { range: (_, lo, hi) => (isMetric() ? [Math.min(0, Math.max(-1, lo ?? 0)), 1] : [Math.min(0, lo || 0), Number.isFinite(hi) && hi > 0 ? hi * 1.05 : 1]) },
      },
      axes: [{ ...axis, size: 22, gap: 2, space: 46, incrs: [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4].map((power) => n * 10 ** power)).sort((a, b) => a - b) }, { ...axis, size: 42, gap: 3, space: 24, values: (_, ticks) => ticks.map((t) => (t === null ? "" : tick(t))) }],
      series: [{ label: "epoch" }, ...lines.map(({ label, color, width, dash }) => ({ label, stroke: color, width, dash, spanGaps: true, points: { show: false } }))],
      bands: band ? [{ series: [2, 1], fill: band }] : [],
    }, [[0]], holder);
    plot.root.setAttribute("aria-hidden", "true");
  };

  function draw() {
    const now = performance.now();
    if (now - drawn < REDRAW_MS) {
      timer ??= setTimeout(() => {
        timer = null;
        app.painter.request(draw);
      }, REDRAW_MS);
      return;
    }
    const shown = holder.clientWidth ? curves(column.value) : null;
    if (!shown) return;
    drawn = now;
    const name = JSON.stringify([shown.lines, shown.band, column.value, log()]);
    if (name !== made) make(shown);
    made = name;
    const positive = (/** @type {(number|null)[]} */ values) => (log() ? values.map((v) => (v !== null && v > 0 ? v : null)) : values);
    const [epochs, ...rest] = shown.data;
    plot?.setData(/** @type {any} */ ([epochs, ...rest.map(positive)]));
  }
  const resize = new ResizeObserver(() => {
    plot?.setSize(sizeIn(holder));
    app.painter.request(draw);
  });
  resize.observe(holder);
  const request = () => app.painter.request(draw);
  const undo = all(on(column, "change", request), on(logBox, "change", request), app.theme.subscribe(request), () => resize.disconnect(), () => plot?.destroy(), () => clearTimeout(timer));
  return { request, undo, get column() { return column.value; } };
}
