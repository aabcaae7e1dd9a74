// @ts-check
// What the charts over epochs have in common: their size, their first axis, and how axes are drawn.

/** @param {HTMLElement} holder */
export const sizeIn = (holder) => ({ width: Math.max(160, holder.clientWidth), height: Math.max(80, holder.clientHeight) });

/** From the first epoch known on, one at least. @type {import("../../vendor/uPlot.esm.js").Scale} */
export const EPOCHS = { time: false, range: (_, lo, hi) => [Number.isFinite(lo) ? lo : 0, Math.max(Number.isFinite(hi) ? hi : 0, (lo || 0) + 1)] };

/** @param {Record<string, string>} css the colours of the theme */
export const axisIn = (css) => ({ stroke: css.muted, grid: { stroke: css.line, width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" });
