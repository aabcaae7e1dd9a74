// @ts-check
// The example on show and the drawing outlive a reload, with the run that they were put through.

/** @typedef {{run: string|null, split: string, index: number, open: boolean, marks: import("./drawing.js").Mark[]}} Kept */

/**
 * @param {object} options
 * @param {import("./run.js").Run} options.run
 * @param {import("./example.js").Example} options.example
 * @param {import("./drawing.js").Drawing} options.drawing
 * @param {{get: () => Kept|null, set: (kept: Kept) => void}} options.memory
 */
export function keepExample({ run, example, drawing, memory }) {
  const kept = memory.get();
  const keep = () => {
    const { split, index } = example.store.get();
    const { id } = run.store.get();
    if (id !== null) memory.set({ run: id, split, index, ...drawing.store.get() });
  };
  run.store.subscribe((now, before) => {
    if (now.id === before.id) return;
    if (before.id === null && kept !== null && kept.run === now.id) {
      example.choose(kept.split, kept.index);
      drawing.bringBack(kept.open, kept.marks);
    }
    keep();
  });
  example.store.subscribe((now, before) => (now.split !== before.split || now.index !== before.index) && keep());
  drawing.store.subscribe(keep);
}
