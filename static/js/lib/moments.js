// @ts-check
// Finding one's way on a time line: the kept moment nearest to an epoch, and the one before or after.

/** @typedef {{seq: number, epoch: number, update: number}} Moment */

/** Of two equally near the earlier. @template {{epoch: number}} M @param {M[]} moments in order @param {number} epoch @returns {M|null} */
export function nearestMoment(moments, epoch) {
  let best = null;
  for (const moment of moments) {
    if (best === null || Math.abs(moment.epoch - epoch) < Math.abs(best.epoch - epoch)) best = moment;
  }
  return best;
}

/** The columns of two courses over one axis: each epoch that either has, undefined where a course has none.
 * @param {number[][]} a epoch and more @param {number[][]} b epoch and more @returns {(number|null|undefined)[][]} epoch, columns of a, columns of b */
export function joined(a, b) {
  const epochs = [...new Set([...a[0], ...b[0]])].sort((x, y) => x - y);
  const spread = (/** @type {number[][]} */ table) => {
    const place = new Map(table[0].map((epoch, row) => [epoch, row]));
    return table.slice(1).map((column) => epochs.map((epoch) => {
      const row = place.get(epoch);
      return row === undefined ? undefined : column[row];
    }));
  };
  return [epochs, ...spread(a), ...spread(b)];
}
