// @ts-check
// Many curves as one picture: all over one axis, or as median and quartiles; and how many runs have solved the task.
// The same definitions as app/runs/bands.py.

/** @typedef {import("./table.js").HistoryTable} HistoryTable */

/**
 * A column of each table over the epochs that any of them has, thinned; null where a run has no such row.
 * @param {HistoryTable[]} tables @param {string} column @param {number} [most]
 * @returns {(number|null)[][]} epochs, then one list a table
 */
export function overOneAxis(tables, column, most = 500) {
  const parts = tables.map((table) => table.series(["epoch", column], most));
  const epochs = [...new Set(parts.flatMap(([own]) => own))].sort((a, b) => a - b);
  const lists = parts.map(([own, values]) => {
    const place = new Map(own.map((epoch, row) => [epoch, row]));
    return epochs.map((epoch) => {
      const row = place.get(epoch);
      return row === undefined || !Number.isFinite(values[row]) ? null : values[row];
    });
  });
  return [epochs, ...lists];
}

/**
 * Lower quartile, median and upper quartile of the runs that have got so far, over whole epochs.
 * @param {HistoryTable[]} tables @param {string} column @param {number} [most] epochs
 * @returns {{epochs: number[], lower: (number|null)[], median: (number|null)[], upper: (number|null)[], count: number[]}}
 */
export function band(tables, column, most = 200) {
  const parts = tables.filter((table) => table.length);
  const last = Math.floor(Math.max(0, ...parts.map((table) => table.last("epoch"))));
  const step = Math.max(1, Math.ceil((last + 1) / most));
  /** @type {ReturnType<typeof band>} */
  const out = { epochs: [], lower: [], median: [], upper: [], count: [] };
  const at = parts.map(() => 0);
  for (let epoch = 0; epoch <= last; epoch += step) {
    /** @type {number[]} */
    const values = [];
    parts.forEach((table, k) => {
      if (table.last("epoch") < epoch) return;
      while (at[k] + 1 < table.length && table.at(at[k] + 1, "epoch") <= epoch) at[k] += 1;
      const value = table.at(at[k], column);
      if (!Number.isNaN(value)) values.push(value);
    });
    values.sort((a, b) => a - b);
    out.epochs.push(epoch);
    out.count.push(values.length);
    out.lower.push(quantile(values, 0.25));
    out.median.push(quantile(values, 0.5));
    out.upper.push(quantile(values, 0.75));
  }
  return out;
}

/** The value nearest to a share of the way; of two equally near the one at the even place. @param {number[]} sorted @param {number} share */
function quantile(sorted, share) {
  if (!sorted.length) return null;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const rest = place - below;
  const value = sorted[rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below];
  return Number.isFinite(value) ? value : null;
}

/** @typedef {{column: string, below?: number|null, at_least?: number|null}} Criterion */

/** Whether a run's newest row meets the criterion. @param {HistoryTable} table @param {Criterion} criterion */
export function solved(table, criterion) {
  const value = table.last(criterion.column);
  return typeof criterion.below === "number" ? value < criterion.below : value >= Number(criterion.at_least);
}
