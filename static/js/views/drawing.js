// @ts-check
// The pad to draw on, with mouse, pen or finger; by keyboard its cells are filled one by one.

import { fill, t } from "../lib/words.js";
import { all, fitCanvas, on, setText, slot } from "./dom.js";

const PEN = 0.045; // radius, as a share of the pad

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { drawing, painter, theme } = app;
  const pad = /** @type {HTMLCanvasElement} */ (slot(root, "pad"));
  const button = (/** @type {string} */ action) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`));
  let cursor = [0, 0];

  const draw = () => {
    const { open, marks } = drawing.store.get();
    root.hidden = !open;
    if (!open) return;
    button("undo-stroke").disabled = button("clear").disabled = marks.length === 0;
    const fitted = fitCanvas(pad);
    if (!fitted) return;
    const { context, width } = fitted;
    const { css } = theme.palette;
    const { grid } = drawing;
    const cell = width / grid;
    if (pad.matches(":focus-visible")) drawGrid(context, width, cell, css);
    context.strokeStyle = context.fillStyle = css.ink;
    context.lineWidth = 2 * PEN * width;
    context.lineCap = context.lineJoin = "round";
    for (const { points, cell: filled } of marks) {
      const [[x, y]] = points;
      if (filled) {
        context.fillRect(Math.floor(x * grid) * cell, Math.floor(y * grid) * cell, cell, cell);
        continue;
      }
      context.beginPath();
      context.moveTo(x * width, y * width);
      for (const [px, py] of points) context.lineTo(px * width, py * width);
      context.stroke();
    }
    if (marks.length) return;
    context.fillStyle = css.muted;
    context.font = "13px sans-serif";
    context.textAlign = "center";
    context.fillText(t("Draw here"), width / 2, width / 2);
  };

  /** @param {CanvasRenderingContext2D} context @param {number} width @param {number} cell @param {Record<string, string>} css */
  const drawGrid = (context, width, cell, css) => {
    context.strokeStyle = css.line;
    context.lineWidth = 1;
    context.beginPath();
    for (let at = cell; at < width - 1; at += cell) {
      context.moveTo(at, 0);
      context.lineTo(at, width);
      context.moveTo(0, at);
      context.lineTo(width, at);
    }
    context.stroke();
    context.strokeStyle = css.accent;
    context.lineWidth = 2.5;
    context.strokeRect(cursor[1] * cell + 1, cursor[0] * cell + 1, cell - 2, cell - 2);
  };

  /** @param {PointerEvent} event @returns {[number, number]} */
  const placeOf = (event) => {
    const r = pad.getBoundingClientRect();
    return [(event.clientX - r.left) / r.width, (event.clientY - r.top) / r.height];
  };
  const tellCell = (/** @type {string} */ sentence) => setText(slot(root, "cell"), fill(sentence, { row: cursor[0] + 1, column: cursor[1] + 1 }));
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
    const isFill = event.key === " " || event.key === "Enter";
    if ((event.ctrlKey || event.metaKey) && event.key === "z") drawing.undo();
    else if (step) {
      cursor = cursor.map((at, i) => Math.max(0, Math.min(drawing.grid - 1, at + step[i])));
      tellCell(t("Row {row}, column {column}"));
    } else if (isFill) tellCell(t(drawing.cell(cursor[0], cursor[1]) ? "Row {row}, column {column}: filled" : "Row {row}, column {column}: clear"));
    else return;
    event.preventDefault();
    event.stopPropagation();
    painter.request(draw);
  };
  const request = () => painter.request(draw);
  const resize = new ResizeObserver(request);
  resize.observe(pad);
  /** @type {Record<string, () => void>} */
  const actions = { "undo-stroke": drawing.undo, clear: drawing.clear };
  return all(
    drawing.store.subscribe(request), theme.subscribe(request), () => resize.disconnect(),
    on(pad, "pointerdown", (event) => {
      if (event.button !== 0) return;
      pad.setPointerCapture(event.pointerId);
      pad.focus({ preventScroll: true });
      drawing.begin(placeOf(event));
      event.preventDefault();
    }),
    on(pad, "pointermove", (event) => {
      if (!pad.hasPointerCapture(event.pointerId)) return;
      const all = event.getCoalescedEvents?.() ?? [];
      drawing.move((all.length ? all : [event]).map(placeOf));
    }),
    on(pad, "keydown", key), on(pad, "focus", request), on(pad, "blur", request),
    on(root, "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (!actions[action]) return;
      actions[action]();
      event.stopPropagation();
    }),
    () => painter.cancel(draw),
  );
}
