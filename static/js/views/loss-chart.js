// @ts-check
// Loss over time: axes, logarithmic or not, values under the pointer, accuracy or R² on a second axis. The history is
// complete; only what is drawn is thinned.

import uPlot from "../../vendor/uPlot.esm.js";
import { joined } from "../lib/moments.js";
import { show, showLoss, showPercent } from "../lib/number.js";
import { t } from "../lib/words.js";
import { axisIn, EPOCHS, sizeIn } from "./chart.js";
import { all, on, setText, slot } from "./dom.js";

const REDRAW_MS = 60; // more often than this nobody sees

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, painter, theme } = app;
  const holder = slot(root, "plot");
  const logBox = /** @type {HTMLInputElement} */ (slot(root, "log"));
  const metricBox = /** @type {HTMLInputElement} */ (slot(root, "metric"));
  /** @type {uPlot|null} */
  let plot = null;
  let drawn = 0;
  let shownRows = -1;
  let shownPast = run.past;
  /** @type {any} */
  let timer = null;

  const isRegression = () => run.store.get().data?.task === "regression";
  const metricName = () => (isRegression() ? "R²" : t("accuracy"));

  const data = () => {
    const [epoch, train, test, metric] = run.history.series(["epoch", "train_loss", "test_loss", "test_metric"]);
    const clean = (/** @type {number[]} */ values, positive = false) => values.map((v) => (Number.isFinite(v) && (!positive || v > 0) ? v : null));
    const parent = app.branches.store.get()?.series(["epoch", "test_loss"]);
    if (parent?.[0].length) {
      const [epochs, ...columns] = joined([epoch, train, test, metric], parent);
      return /** @type {uPlot.AlignedData} */ ([epochs, ...columns.map((column, i) => column.map((v) => (v === undefined || v === null ? v : clean([v], logBox.checked && i !== 2)[0])))]);
    }
    if (epoch.length === 1) [epoch, train, test, metric].forEach((values, i) => values.push(i ? NaN : epoch[0] + 1)); // one point has no width
    return /** @type {uPlot.AlignedData} */ ([epoch, clean(train, logBox.checked), clean(test, logBox.checked), clean(metric), epoch.map(() => undefined)]);
  };

  const make = () => {
    plot?.destroy();
    const { css } = theme.palette;
    const axis = axisIn(css);
    plot = new uPlot({
      ...sizeIn(holder),
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: EPOCHS,
        y: logBox.checked ? { distr: 3 } : { range: (_, lo, hi) => [Math.min(0, lo || 0), Number.isFinite(hi) && hi > 0 ? hi * 1.05 : 1] },
        metric: { range: (_, lo) => [Math.min(0, Math.max(-1, lo ?? 0)), 1] },
      },
      axes: [
        { ...axis, size: 22, gap: 2, space: 46 },
        { ...axis, size: 40, gap: 3, space: 24, values: (_, ticks) => ticks.map((t) => (t === null ? "" : shortTick(t))) },
        { ...axis, side: 1, scale: "metric", size: 30, gap: 3, space: 30, grid: { show: false }, show: metricBox.checked,
          values: (_, ticks) => ticks.map((t) => (t === null ? "" : isRegression() ? String(t) : `${Math.round(t * 100)}%`)) },
      ],
      series: [
        { label: "epoch" },
        { label: "training loss", stroke: css["line-strong"], width: 1.6, points: { show: false } },
        { label: "test loss", stroke: css.ink, width: 1.8, points: { show: false } },
        { label: metricName(), scale: "metric", stroke: css.accent, width: 1.5, dash: [4, 3], show: metricBox.checked, points: { show: false } },
        { label: "test loss of the run before", stroke: css.ink, width: 1.4, alpha: 0.5, dash: [2, 2], points: { show: false } },
      ],
      hooks: { setCursor: [() => tell()], draw: [markPast] },
    }, data(), holder);
    plot.root.setAttribute("aria-hidden", "true");
    shownRows = run.history.length;
    tell();
  };

  /** Where the past moment on show lies. @param {uPlot} u */
  const markPast = (u) => {
    if (!run.past) return;
    const x = u.valToPos(run.past.epoch, "x", true);
    const { ctx, bbox } = u;
    ctx.save();
    ctx.strokeStyle = theme.palette.css.accent;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };

  const tell = () => {
    if (!plot) return;
    const pointed = plot.cursor.idx ?? null;
    const at = pointed ?? (run.past ? nearestRow(plot.data[0], run.past.epoch) : newest(plot.data));
    const [epoch, train, test, metric] = plot.data.map((column) => column[at] ?? NaN);
    setText(slot(root, "epoch"), pointed === null ? "" : t("epoch {epoch}:", { epoch: Number.isInteger(epoch) ? epoch : show(epoch) }));
    setText(slot(root, "test"), showLoss(test));
    setText(slot(root, "train"), showLoss(train));
    setText(slot(root, "metric-value"), metricBox.checked ? (isRegression() ? show(metric, 3) : showPercent(metric)) : "");
  };

  const draw = () => {
    const now = performance.now();
    if (now - drawn < REDRAW_MS) {
      timer ??= setTimeout(() => {
        timer = null;
        painter.request(draw);
      }, REDRAW_MS);
      return;
    }
    if (!plot || (run.history.length === shownRows && run.past === shownPast)) return;
    drawn = now;
    shownRows = run.history.length;
    shownPast = run.past;
    plot.setData(data());
    tell();
  };

  const remake = () => {
    setText(slot(root, "metric-label"), metricName());
    make();
  };
  const resize = new ResizeObserver(() => plot?.setSize(sizeIn(holder)));
  resize.observe(holder);
  remake();
  return all(
    run.watch(() => painter.request(draw)),
    run.store.subscribe((now, before) => {
      if (now.id !== before.id || now.start !== before.start) {
        shownRows = -1;
        remake();
      }
    }),
    app.branches.store.subscribe(make), dragBack(holder, () => plot, app.past),
    theme.subscribe(make), on(logBox, "change", make), on(metricBox, "change", make),
    () => resize.disconnect(), () => plot?.destroy(), () => clearTimeout(timer),
  );
}

/** @param {ArrayLike<number>} epochs @param {number} epoch */
const nearestRow = (epochs, epoch) => {
  let at = 0;
  for (let i = 1; i < epochs.length; i++) if (Math.abs(epochs[i] - epoch) < Math.abs(epochs[at] - epoch)) at = i;
  return at;
};

/** The last place at which the run itself has a value. @param {uPlot.AlignedData} data */
const newest = (data) => {
  let at = data[0].length - 1;
  while (at > 0 && !Number.isFinite(data[1][at]) && !Number.isFinite(data[2][at])) at -= 1;
  return at;
};

/**
 * Dragging over the chart, or a click, goes back to the moment there; past its right end, to now.
 * @param {HTMLElement} holder @param {() => uPlot|null} chart @param {import("../state/past.js").TimeLine} past
 */
function dragBack(holder, chart, past) {
  let dragging = false;
  const seek = (/** @type {PointerEvent} */ event) => {
    const plot = chart();
    if (!plot) return;
    const { left, width } = plot.over.getBoundingClientRect();
    if (event.clientX > left + width) past.leave();
    else void past.seek(Math.max(0, plot.posToVal(event.clientX - left, "x")));
  };
  const stop = () => {
    dragging = false;
  };
  return all(
    on(holder, "pointerdown", (event) => {
      if (event.button !== 0 || !event.target.closest(".u-over")) return;
      dragging = true;
      holder.setPointerCapture(event.pointerId);
      seek(event);
    }),
    on(holder, "pointermove", (event) => dragging && seek(event)),
    on(holder, "pointerup", stop), on(holder, "pointercancel", stop),
  );
}

/** @param {number} value */
const shortTick = (value) => (value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e4) ? value.toExponential(0).replace("e+", "e") : String(Number(value.toPrecision(3))));
