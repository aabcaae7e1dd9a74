// @ts-check
// The pad: strokes of the pen and cells filled by keyboard, the newest last, and the picture that they make.

import { gridOf, inUnits, pictureOf } from "../lib/drawing.js";
import { createStore } from "../lib/store.js";

/** A stroke of the pen, or a cell of the pad's grid. @typedef {{points: import("../lib/drawing.js").Stroke, cell: string|null}} Mark */
/** @typedef {{open: boolean, marks: Mark[]}} DrawingState */

/** @param {{run: import("./run.js").Run, example: import("./example.js").Example, painter: import("../lib/frame.js").Painter}} options */
export function createDrawing({ run, example, painter }) {
  const store = createStore(/** @type {DrawingState} */ ({ open: false, marks: [] }));
  const shape = () => run.store.get().data?.raw_shape ?? [8, 8, 1];

  /** Put it through the network; pictures need not be square, the pad is. */
  const tell = () => {
    if (!store.get().open) return;
    const [rows, columns, channels] = shape();
    const size = Math.min(rows, columns);
    const pixels = pictureOf(store.get().marks.map((mark) => mark.points), size);
    const [top, left] = [Math.floor((rows - size) / 2), Math.floor((columns - size) / 2)];
    const whole = new Float32Array(rows * columns);
    for (let row = 0; row < size; row++) whole.set(pixels.subarray(row * size, (row + 1) * size), (row + top) * columns + left);
    example.draw(inUnits(whole, [rows, columns, channels], run.store.get().data?.preprocess?.scale ?? 1));
  };
  const change = (/** @type {Mark[]} */ marks) => {
    store.patch({ marks });
    painter.request(tell);
  };
  const close = () => {
    if (!store.get().open) return;
    store.patch({ open: false });
    const { split, index } = example.store.get();
    example.choose(split, index);
  };
  run.store.subscribe((now, before) => {
    if (now.data?.raw_shape?.join() !== before.data?.raw_shape?.join() || now.data?.view !== "image") {
      close();
      store.patch({ marks: [] });
    }
  });

  return {
    store,
    /** Cells along the pad's side. */
    get grid() { return gridOf(Math.min(shape()[0], shape()[1])); },
    toggle() {
      if (store.get().open) return close();
      store.patch({ open: true });
      tell();
    },
    close,
    /** As it was before the page was loaded anew. @param {boolean} open @param {Mark[]} marks */
    bringBack(open, marks) {
      if (run.store.get().data?.view !== "image") return;
      store.set({ open, marks });
      tell();
    },
    /** The pen goes down. @param {[number, number]} point */
    begin: (point) => change([...store.get().marks, { points: [point], cell: null }]),
    /** The pen moves on. @param {[number, number][]} points */
    move(points) {
      const { marks } = store.get();
      const last = marks.at(-1);
      if (last && last.cell === null) change([...marks.slice(0, -1), { ...last, points: [...last.points, ...points] }]);
    },
    /** Fill a cell, or clear it. @param {number} row @param {number} column @returns {boolean} whether it is filled now */
    cell(row, column) {
      const name = `${row} ${column}`;
      const { marks } = store.get();
      const rest = marks.filter((mark) => mark.cell !== name);
      const { grid } = this;
      if (rest.length !== marks.length) change(rest);
      else change([...marks, { points: [[(column + 0.5) / grid, (row + 0.5) / grid]], cell: name }]);
      return rest.length === marks.length;
    },
    undo: () => change(store.get().marks.slice(0, -1)),
    clear: () => change([]),
  };
}

/** @typedef {ReturnType<typeof createDrawing>} Drawing */
