// @ts-check
// Twins: the setting in which they differ, both pictures with their difference, and both losses on one chart.

import { fit } from "../lib/catalogue.js";
import { overOneAxis } from "../lib/bands.js";
import { parseNumber, plain, show, showLoss, showPercent } from "../lib/number.js";
import { showValue } from "../lib/one-change.js";
import { createOutputPicture, difference, rightAndWrong } from "../lib/output-picture.js";
import { Ranges } from "../lib/range.js";
import { fill, t } from "../lib/words.js";
import { createTwinConfusions } from "../state/twin-confusions.js";
import { createCompareChart } from "./compare-chart.js";
import { paintRamp } from "../lib/color.js";
import { all, cells, fitCanvas, on, setAttribute, setText, slot } from "./dom.js";
import { givesShares, lineRange, paintDifference, paintOutput, rangeFor } from "./output-tile.js";
import { paintPoints } from "./points.js";

const SIDES = { plane: 60, line: 160 };
const WORDS = {
  name: t("{label} {value}"),
  numbers: t("Test loss {loss}, accuracy {metric}"),
  numbersRegression: t("Test loss {loss}, R² {metric}"),
  ended: t("{numbers} – {message}"),
  sameLoss: t("Same first weights, same first loss: {loss}."),
  otherLoss: t("Same first weights. Their first losses, {first} and {second}, differ because the change counts at once."),
  otherWeights: t("Their first weights differ: {count} of {of}."),
  signed: t("Blue where the second is higher, orange where it is lower."),
  shares: t("The stronger the shade, the more their answers differ."),
  picture: t("What the output of the run with {name} is at each point"),
  difference: t("How the two outputs differ at each point"),
  confusion: t("Which class the run with {name} takes for which: a row for each true class, a column for each answer"),
  confusionDifference: t("Which classes the two runs tell apart better or worse"),
  better: t("Rows: the true class, columns: the answer. Blue where the second does better, orange where worse."),
  keep: t("compare: {name}"),
};

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mountTwins(root, app) {
  const { compare, catalogue, painter, theme, notes } = app;
  const group = compare.groups.twins;
  const setting = /** @type {HTMLSelectElement} */ (slot(root, "setting"));
  const part = /** @type {HTMLSelectElement} */ (slot(root, "part"));
  const number = /** @type {HTMLInputElement} */ (slot(root, "number"));
  const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (slot(root, name));
  /** @type {(import("../lib/output-picture.js").OutputPicture|null)[]} */
  let pictures = [];
  let picturesOf = /** @type {any[]} */ ([]);
  const ranges = new Ranges();
  let listed = "";
  let painted = "";

  const isOpen = () => compare.store.get().open && compare.store.get().tab === "twins";
  const chosen = () => compare.settings().find(({ id }) => id === compare.store.get().setting);

  const confusions = createTwinConfusions({ api: app.api, group, wanted: () => isOpen() && pictures.length === 2 && !pictures[0] });

  /** Short names of the two: the setting with its value in each. */
  const names = () => {
    const found = chosen();
    if (!found) return ["", ""];
    return [found.value, compare.store.get().value].map((value) => fill(WORDS.name, { label: found.label, value: showValue(catalogue, found, value) }));
  };

  const drawSetup = () => {
    const settings = compare.settings();
    const key = settings.map(({ id }) => id).join();
    if (listed !== key) setting.replaceChildren(...settings.map(({ id, label }) => new Option(label, id)));
    listed = key;
    const found = chosen();
    if (!found) return;
    setting.value = found.id;
    const isPart = found.widget === "part";
    slot(root, "part-field").hidden = !isPart;
    slot(root, "number-field").hidden = isPart;
    const { value } = compare.store.get();
    if (isPart) {
      if ([...part.options].map((o) => o.value).join() !== found.options.map((o) => o.value).join()) part.replaceChildren(...found.options.map((o) => new Option(o.label, o.value)));
      part.value = value;
    } else if (document.activeElement !== number) number.value = plain(value);
  };

  const tellFact = () => {
    const [a, b] = group.members;
    const known = a?.first.length && b?.first.length && a.table.length && b.table.length;
    if (!known) return setText(slot(root, "fact"), "");
    let count = 0;
    for (let i = 0; i < a.first.length; i++) if (a.first[i] !== b.first[i]) count += 1;
    const [first, second] = [a.table.at(0, "train_loss"), b.table.at(0, "train_loss")];
    setText(slot(root, "fact"), count || a.first.length !== b.first.length ? fill(WORDS.otherWeights, { count, of: a.first.length })
      : first === second ? fill(WORDS.sameLoss, { loss: showLoss(first) }) : fill(WORDS.otherLoss, { first: showLoss(first), second: showLoss(second) }));
  };

  const prepare = () => {
    const { data } = compare.store.get();
    const of = [data, ...group.members.map((m) => m.manifest), ...group.members.map((m) => m.id)];
    if (of.length === picturesOf.length && of.every((x, i) => x === picturesOf[i])) return;
    picturesOf = of;
    ranges.clear();
    pictures = data ? group.members.map((m) => createOutputPicture(m.spec, m.manifest, data, SIDES)) : [];
    painted = "";
  };

  const drawPictures = () => {
    const { data } = compare.store.get();
    const [first, second] = pictures;
    const plain = !first || !second;
    slot(root, "pictures").classList.toggle("is-bare", plain && !confusions.store.get());
    slot(root, "pictures").classList.toggle("is-grid", plain);
    if (plain) drawConfusions();
    if (!data || plain) return;
    const version = `${group.version} ${theme.palette.css.ink} ${canvas("picture-0").clientWidth}`;
    if (version === painted) return;
    painted = version;
    const values = [first, second].map((picture, k) => picture.values(group.members[k].weights));
    const range = rangeFor(first, values[0], data, ranges);
    [first, second].forEach((picture, k) => {
      paintOutput(canvas(`picture-${k}`), picture, values[k], data, theme.palette, range);
      setAttribute(canvas(`picture-${k}`), "aria-label", fill(WORDS.picture, { name: names()[k] }));
      const fitted = fitCanvas(canvas(`points-${k}`));
      if (fitted) paintPoints(fitted, data, /** @type {any} */ (picture), theme.palette, false, lineRange(range));
    });
    paintDifference(canvas("difference"), first, difference(values[0], values[1], first.units, givesShares(first)), theme.palette, range);
    setAttribute(canvas("difference"), "aria-label", WORDS.difference);
    setText(slot(root, "difference-words"), first.units > 1 ? WORDS.shares : WORDS.signed);
  };

  const drawConfusions = () => {
    const found = confusions.store.get();
    if (!found) return;
    const shares = found.map(rightAndWrong);
    const better = shares[1].map((v, i) => v - shares[0][i]);
    /** @type {[string, Float32Array, number, string][]} */
    const shown = [["picture-0", shares[0], 1, fill(WORDS.confusion, { name: names()[0] })], ["difference", better, 0.5, WORDS.confusionDifference],
      ["picture-1", shares[1], 1, fill(WORDS.confusion, { name: names()[1] })]];
    for (const [name, values, reach, label] of shown) {
      const grid = cells(canvas(name), found[0].length, found[0].length);
      paintRamp(grid.pixels, values, 0, theme.palette.ramp, -reach, reach);
      grid.show();
      setAttribute(canvas(name), "aria-label", label);
    }
    for (const k of [0, 1]) fitCanvas(canvas(`points-${k}`)); // no points of a plane
    setText(slot(root, "difference-words"), WORDS.better);
  };

  const draw = () => {
    if (!isOpen()) return;
    confusions.ask();
    drawSetup();
    tellFact();
    prepare();
    names().forEach((name, k) => {
      setText(slot(root, `name-${k}`), name);
      setText(slot(root, `key-${k}`), name);
      const member = group.members[k];
      const regression = compare.store.get().data?.task === "regression";
      const metric = member?.table.last("test_metric") ?? NaN;
      const numbers = fill(regression ? WORDS.numbersRegression : WORDS.numbers, { loss: showLoss(member?.table.last("test_loss") ?? NaN), metric: regression ? show(metric, 3) : showPercent(metric) });
      setText(slot(root, `numbers-${k}`), member?.message ? fill(WORDS.ended, { numbers, message: member.message }) : numbers);
      /** @type {HTMLButtonElement} */ (root.querySelector(`[data-keep="${k}"]`)).disabled = !member || ["diverged", "failed"].includes(member.state);
    });
    drawPictures();
    chart.request();
  };
  const request = () => painter.request(draw);

  const chart = createCompareChart(slot(root, "chart"), app, (column) => {
    if (group.members.length !== 2) return null;
    const { css } = theme.palette;
    const [one, two] = names();
    return { data: overOneAxis(group.members.map((member) => member.table), column), band: null,
      lines: [{ label: one, color: css.ink, width: 1.8 }, { label: two, color: css.accent, width: 2, dash: [6, 3] }] };
  });

  return all(
    compare.store.subscribe(request), group.watch(request), group.store.subscribe(request), theme.subscribe(request), confusions.store.subscribe(request),
    on(setting, "change", () => compare.change(setting.value)),
    on(part, "change", () => compare.change(setting.value, part.value)),
    on(number, "change", () => {
      const found = chosen();
      const value = parseNumber(number.value);
      if (!found?.param || value === null) {
        number.value = plain(compare.store.get().value);
        return;
      }
      compare.change(found.id, fit(catalogue, found.param, value, (message) => notes.warn("field", message)));
      number.value = plain(compare.store.get().value);
    }),
    on(root, "click", (event) => {
      const k = event.target.closest("[data-keep]")?.dataset.keep;
      if (k !== undefined) void compare.keep(Number(k), fill(WORDS.keep, { name: names()[Number(k)] }));
    }),
    chart.undo,
  );
}
