// @ts-check
// Many starts: median and band on the chart, how many have solved the task, and each run's small picture.

import { band, overOneAxis, solved } from "../lib/bands.js";
import { css as cssOf, mix } from "../lib/color.js";
import { parseNumber, plain, show, showLoss, showPercent } from "../lib/number.js";
import { createOutputPicture } from "../lib/output-picture.js";
import { Ranges } from "../lib/range.js";
import { fill, t } from "../lib/words.js";
import { createCompareChart } from "./compare-chart.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { paintOutput, rangeFor } from "./output-tile.js";

const SIDES = { plane: 24, line: 48 };
const WORDS = {
  solved: t("Solved {count} of {of}"),
  accuracy: t("test accuracy is at least"),
  r2: t("test R² is at least"),
  byMetric: t("(test accuracy at least {bound})"),
  byR2: t("(test R² at least {bound})"),
  byLoss: t("(test loss below {bound})"),
  optionAccuracy: t("test accuracy"),
  optionR2: t("test R²"),
  seed: t("Seed {seed}: {value}. Make it the experiment."),
  seedSolved: t("Seed {seed}: {value}, solved. Make it the experiment."),
  pointed: t("seed {seed}"),
  start: t("Start them"),
  again: t("Start again"),
  keep: t("compare: seed {seed}"),
};

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mountSeeds(root, app) {
  const { compare, painter, theme } = app;
  const group = compare.groups.seeds;
  const count = /** @type {HTMLSelectElement} */ (slot(root, "count"));
  const column = /** @type {HTMLSelectElement} */ (slot(root, "criterion"));
  const bound = /** @type {HTMLInputElement} */ (slot(root, "bound"));
  const tiles = slot(root, "tiles");
  const ranges = new Ranges();
  /** @type {import("../lib/output-picture.js").OutputPicture|null} */
  let picture = null;
  let pictureOf = "";
  let painted = "";
  /** @type {Map<number, string>} */
  const versions = new Map();
  let pointed = -1;

  const isOpen = () => compare.store.get().open && compare.store.get().tab === "seeds";
  const isRegression = () => compare.store.get().data?.task === "regression";
  const showBound = () => {
    const { criterion } = compare.store.get();
    const value = criterion.below ?? criterion.at_least ?? 0;
    return criterion.column === "test_metric" && !isRegression() ? showPercent(value) : plain(value);
  };

  const drawSetup = () => {
    const { criterion } = compare.store.get();
    setText(slot(root, "criterion-metric"), isRegression() ? WORDS.r2 : WORDS.accuracy);
    setText(slot(root, "metric-option"), isRegression() ? WORDS.optionR2 : WORDS.optionAccuracy);
    column.value = criterion.column;
    if (document.activeElement !== bound) bound.value = showBound();
    const { members } = group;
    const any = members.length > 0;
    const has = members.filter(({ table }) => solved(table, criterion)).length;
    setText(slot(root, "solved"), any ? fill(WORDS.solved, { count: has, of: members.length }) : "");
    const words = criterion.column === "test_loss" ? WORDS.byLoss : isRegression() ? WORDS.byR2 : WORDS.byMetric;
    setText(slot(root, "criterion-words"), any ? fill(words, { bound: showBound() }) : "");
    setText(/** @type {Element} */ (root.querySelector('[data-action="run-seeds"]')), any ? WORDS.again : WORDS.start);
    slot(root, "empty").hidden = any;
    slot(root, "results").hidden = !any;
  };

  const prepare = () => {
    const { data } = compare.store.get();
    const [first] = group.members;
    const name = `${group.store.get().id} ${Boolean(data)} ${Boolean(first?.weights.length)}`;
    if (name === pictureOf) return;
    pictureOf = name;
    ranges.clear();
    versions.clear();
    picture = data && first ? createOutputPicture(first.spec, first.manifest, data, SIDES) : null;
  };

  const drawTiles = () => {
    const { data, criterion } = compare.store.get();
    const look = `${theme.palette.css.ink} ${pictureOf}`;
    if (look !== painted) versions.clear();
    painted = look;
    tiles.classList.toggle("is-bare", !picture);
    reconcile(tiles, group.members, ({ number }) => String(number), () => clone("t-seed"), (tile, member) => {
      const done = solved(member.table, criterion);
      const metric = member.table.last("test_metric");
      const value = isRegression() ? show(metric, 2) : showPercent(metric);
      tile.dataset.number = String(member.number);
      tile.classList.toggle("is-solved", done);
      setText(/** @type {Element} */ (tile.querySelector(".seed__words")), criterion.column === "test_loss" ? showLoss(member.table.last("test_loss")) : value);
      setAttribute(tile, "aria-label", fill(done ? WORDS.seedSolved : WORDS.seed, { seed: member.spec.seed, value }));
      const version = String(member.version);
      if (!picture || !data || versions.get(member.number) === version || !member.weights.length) return;
      versions.set(member.number, version);
      const canvas = /** @type {HTMLCanvasElement} */ (tile.querySelector("canvas"));
      const values = picture.values(member.weights);
      paintOutput(canvas, picture, values, data, theme.palette, rangeFor(picture, values, data, ranges));
    });
  };

  const draw = () => {
    if (!isOpen()) return;
    drawSetup();
    prepare();
    drawTiles();
    const chosen = group.members[pointed];
    const key = slot(root, "pointed");
    key.hidden = !chosen;
    if (chosen) setText(key, fill(WORDS.pointed, { seed: chosen.spec.seed }));
    chart.request();
  };
  const request = () => painter.request(draw);

  const chart = createCompareChart(slot(root, "chart"), app, (name) => {
    if (!group.members.length) return null;
    const { css, rgb } = theme.palette;
    const quiet = cssOf(mix(rgb.surface, rgb["line-strong"], 0.75));
    const found = band(group.members.map(({ table }) => table), name);
    const enough = (group.members.length + 1) / 2; // what only a few have reached is no band yet
    while (found.count.length > 1 && found.count[found.count.length - 1] < enough) for (const list of Object.values(found)) list.pop();
    /** @type {(number|null)[][]} */
    const data = [found.epochs, found.lower, found.upper, found.median];
    const lines = [{ label: t("lower quartile"), color: quiet, width: 0.75 }, { label: t("upper quartile"), color: quiet, width: 0.75 }, { label: t("median"), color: css.ink, width: 2 }];
    const chosen = group.members[pointed];
    if (chosen) {
      const [epochs, values] = overOneAxis([chosen.table], name, Infinity);
      const at = new Map(epochs.map((epoch, row) => [epoch, values[row]]));
      data.push(found.epochs.map((epoch) => at.get(epoch) ?? null));
      lines.push({ label: t("the run pointed at"), color: css.accent, width: 2 });
    }
    return { lines, data, band: cssOf(mix(rgb.surface, rgb["line-strong"], 0.35)) };
  });

  const point = (/** @type {number} */ number) => {
    if (pointed === number) return;
    pointed = number;
    request();
  };
  const judge = () => {
    const text = bound.value.replace("%", "");
    const typed = parseNumber(text);
    const old = compare.store.get().criterion;
    const share = column.value === "test_metric" && !isRegression();
    let value = typed === null ? (old.below ?? old.at_least ?? 0) : share && (typed > 1 || bound.value.includes("%")) ? typed / 100 : typed;
    if (column.value !== old.column) value = column.value === "test_loss" ? 0.1 : isRegression() ? 0.9 : 0.95;
    compare.judge({ column: column.value, ...(column.value === "test_loss" ? { below: value } : { at_least: value }) });
    bound.value = showBound();
  };
  const tileOf = (/** @type {Event} */ event) => /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest(".seed"));

  return all(
    compare.store.subscribe(request), group.watch(request), group.store.subscribe(request), theme.subscribe(request),
    on(column, "change", judge), on(bound, "change", judge),
    on(tiles, "pointerover", (event) => point(Number(tileOf(event)?.dataset.number ?? -1))),
    on(tiles, "pointerleave", () => point(-1)),
    on(tiles, "focusin", (event) => point(Number(tileOf(event)?.dataset.number ?? -1))),
    on(root, "click", (event) => {
      if (event.target.closest('[data-action="run-seeds"]')) void compare.start(Number(count.value));
      const number = tileOf(event)?.dataset.number;
      if (number !== undefined) void compare.keep(Number(number), fill(WORDS.keep, { seed: group.members[Number(number)].spec.seed }));
    }),
    chart.undo,
  );
}
