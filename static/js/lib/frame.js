// @ts-check
// Drawing once per frame: any number of requests before the next frame end in one draw each, in one callback.

/**
 * A painter collects the draws asked for and runs each once when the browser next paints.
 * `schedule` is a parameter so that a test can count frames without a browser.
 * @param {(callback: () => void) => unknown} [schedule]
 */
export function createPainter(schedule = (callback) => requestAnimationFrame(callback)) {
  /** @type {Set<() => void>} */
  let waiting = new Set();
  const flush = () => {
    const due = waiting;
    waiting = new Set();
    for (const draw of due) draw();
  };
  return {
    /** Ask for `draw` at the next frame. @param {() => void} draw */
    request(draw) {
      const idle = waiting.size === 0;
      waiting.add(draw);
      if (idle) schedule(flush);
    },
    /** Forget a draw that was asked for. @param {() => void} draw */
    cancel(draw) {
      waiting.delete(draw);
    },
  };
}

/** @typedef {ReturnType<typeof createPainter>} Painter */

/**
 * A function that runs `work` once things have been quiet for `milliseconds`.
 * @template {any[]} A
 * @param {number} milliseconds
 * @param {(...args: A) => void} work
 * @param {{set: (f: () => void, ms: number) => any, clear: (id: any) => void}} [timer]
 */
export function debounce(milliseconds, work, timer = { set: (f, ms) => setTimeout(f, ms), clear: (id) => clearTimeout(id) }) {
  /** @type {any} */
  let pending = null;
  const debounced = (/** @type {A} */ ...args) => {
    if (pending !== null) timer.clear(pending);
    pending = timer.set(() => {
      pending = null;
      work(...args);
    }, milliseconds);
  };
  debounced.cancel = () => {
    if (pending !== null) timer.clear(pending);
    pending = null;
  };
  return debounced;
}
