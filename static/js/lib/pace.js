// @ts-check
// Asking again and again without haste: one question at a time, the next not before a wait that follows from how long
// the last one took, so that looking never costs more than a share of the time.

/**
 * @param {() => Promise<any>} work  a failure is passed over: the next frame asks again
 * @param {(took: number) => number} wait  milliseconds from the end of one to the start of the next
 * @param {{now: () => number, set: (f: () => void, ms: number) => any, clear: (id: any) => void}} [clock]
 */
export function createPace(work, wait, clock = { now: () => performance.now(), set: (f, ms) => setTimeout(f, ms), clear: (id) => clearTimeout(id) }) {
  let busy = false;
  let wanted = false;
  let took = 0;
  let ended = -Infinity;
  /** @type {any} */
  let timer = null;

  async function go() {
    timer = null;
    busy = true;
    wanted = false;
    const began = clock.now();
    try {
      await work();
    } catch {
      // the run may have just been replaced, or the server be away
    }
    ended = clock.now();
    took = ended - began;
    busy = false;
    if (wanted) ask();
  }

  function ask() {
    wanted = true;
    if (busy) return;
    if (timer !== null) clock.clear(timer);
    timer = clock.set(go, Math.max(0, ended + wait(took) - clock.now()));
  }

  return ask;
}
