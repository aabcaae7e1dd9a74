// @ts-check
// The history of a run as one growing array of rows: complete, in order, each row once.

export class HistoryTable {
  /** @param {string[]} columns */
  constructor(columns) {
    this.columns = columns;
    this.length = 0;
    /** @type {Float64Array} */
    this.data = new Float64Array(columns.length * 256);
  }

  /**
   * Rows whose first has sequence number `first` (1, 2, 3 …). Rows known already are passed over.
   * @param {number} first @param {Float64Array} rows
   * @returns {boolean} false where rows in between are missing: ask for those after `length`
   */
  add(first, rows) {
    const width = this.columns.length;
    const count = rows.length / width;
    if (first - 1 > this.length) return count === 0;
    const known = this.length - (first - 1);
    if (known >= count) return true;
    const fresh = rows.subarray(known * width);
    const needed = (this.length * width) + fresh.length;
    if (needed > this.data.length) {
      const larger = new Float64Array(Math.max(needed, this.data.length * 2));
      larger.set(this.data.subarray(0, this.length * width));
      this.data = larger;
    }
    this.data.set(fresh, this.length * width);
    this.length += count - known;
    return true;
  }

  /** @param {number} row @param {string} column */
  at(row, column) {
    return this.data[row * this.columns.length + this.columns.indexOf(column)];
  }

  /** The newest value of a column; NaN where there is none. @param {string} column */
  last(column) {
    return this.length ? this.at(this.length - 1, column) : NaN;
  }

  /**
   * Columns for a chart, thinned to about `most` rows: of each stretch the first row, and always the last one.
   * @param {string[]} names @param {number} [most]
   * @returns {number[][]}
   */
  series(names, most = 1600) {
    const step = Math.max(1, Math.ceil(this.length / most));
    const width = this.columns.length;
    const places = names.map((name) => this.columns.indexOf(name));
    const out = /** @type {number[][]} */ (names.map(() => []));
    for (let row = 0; row < this.length; row += step) {
      places.forEach((place, i) => out[i].push(this.data[row * width + place]));
    }
    if (this.length && (this.length - 1) % step !== 0) {
      places.forEach((place, i) => out[i].push(this.data[(this.length - 1) * width + place]));
    }
    return out;
  }
}
