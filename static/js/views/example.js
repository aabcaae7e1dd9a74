// @ts-check
// For data that is no plane: one example, the network's answer as bars, and the confusion matrix or, for values,
// predicted against true.

import { css, mix } from "../lib/color.js";
import { parseNumber, show, showPercent } from "../lib/number.js";
import { extent } from "../lib/inputs.js";
import { all, cells, clone, fitCanvas, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { paintImage } from "./image.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, example, pictures, painter, theme } = app;
  const part = (/** @type {string} */ name) => slot(root, name);
  const index = /** @type {HTMLInputElement} */ (part("index"));
  const split = /** @type {HTMLSelectElement} */ (part("split"));

  const draw = () => {
    const now = run.store.get();
    root.hidden = pictures.kind !== "other";
    const shown = example.store.get();
    if (root.hidden || !now.data) return;
    if (document.activeElement !== index) index.value = String(shown.index + 1);
    split.value = shown.split;
    if (!shown.raw) return;
    drawExample(now.data, shown);
    drawAnswer(now.data, shown);
    drawConfusion(now.data, shown);
  };

  const drawExample = (/** @type {any} */ data, /** @type {import("../state/example.js").ExampleState} */ { raw }) => {
    const picture = /** @type {HTMLCanvasElement} */ (part("picture"));
    const isImage = data.view === "image" && Array.isArray(raw[0]);
    picture.hidden = !isImage;
    part("values").hidden = isImage;
    if (isImage) return paintImage(cells(picture, raw[0].length, raw.length), raw, theme.palette, data.preprocess.scale);
    const flat = /** @type {number[]} */ ([raw].flat(3));
    reconcile(part("values"), flat.map((value, i) => ({ value, name: data.input_names[i % data.input_names.length] ?? `value ${i + 1}`, i })), (f) => String(f.i),
      () => clone("t-fact"), (element, fact) => {
        setText(/** @type {Element} */ (element.firstElementChild), fact.name);
        setText(/** @type {Element} */ (element.lastElementChild), show(fact.value));
      });
  };

  const drawAnswer = (/** @type {any} */ data, /** @type {import("../state/example.js").ExampleState} */ { target, output }) => {
    if (!output || target === null) return;
    const { classes } = data;
    const own = (/** @type {number} */ v) => (data.preprocess.target ? v * data.preprocess.target.scale + data.preprocess.target.mean : v);
    if (!classes) {
      setText(part("truth"), `It says ${show(own(output[0]), 1)}; true is ${show(target, 1)}.`);
      return reconcile(part("bars"), [], String, () => clone("t-bar"), () => {});
    }
    const shares = sharesOf(output, run.store.get().spec);
    const best = shares.indexOf(Math.max(...shares));
    setText(part("truth"), `It says ${classes[best]}${best === target ? ", which is right." : `; it is ${classes[target]}.`}`);
    reconcile(part("bars"), shares.map((share, i) => ({ share, i })), (bar) => String(bar.i), () => clone("t-bar"), (element, { share, i }) => {
      setText(/** @type {Element} */ (element.querySelector(".bars__name")), classes[i]);
      const meter = /** @type {HTMLMeterElement} */ (element.querySelector("meter"));
      meter.value = share;
      setAttribute(meter, "aria-label", classes[i]);
      setText(/** @type {Element} */ (element.querySelector(".bars__value")), showPercent(share));
      element.classList.toggle("is-answer", i === best);
      element.classList.toggle("is-truth", i === target);
    });
  };

  const drawConfusion = (/** @type {any} */ data, /** @type {import("../state/example.js").ExampleState} */ { evaluation, pairs, split: which }) => {
    const holder = part("confusion");
    const name = which === "train" ? "training examples" : "test examples";
    if (!evaluation?.confusion || !data.classes) {
      if (pairs.length) drawScatter(holder, pairs, name);
      else holder.replaceChildren();
      return;
    }
    fillConfusion(holder, evaluation.confusion, data.classes, name, theme.palette);
  };

  const drawScatter = (/** @type {HTMLElement} */ holder, /** @type {{target: number, output: number}[]} */ pairs, /** @type {string} */ name) => {
    reconcile(holder, ["scatter"], String, () => document.createElement("figure"), (figure) => {
      const canvas = /** @type {HTMLCanvasElement} */ (figure.querySelector("canvas") ?? figure.appendChild(document.createElement("canvas")));
      const caption = figure.querySelector("figcaption") ?? figure.appendChild(document.createElement("figcaption"));
      canvas.className = "scatter";
      setText(caption, `Across: true value. Up: what the network says, for ${pairs.length} ${name}. On the line, both are the same.`);
      const fitted = fitCanvas(canvas);
      if (!fitted) return;
      const { context, width } = fitted;
      const [lo, hi] = extent(pairs.flatMap((p) => [p.target, p.output]));
      const at = (/** @type {number} */ v) => ((v - lo) / (hi - lo)) * width;
      context.strokeStyle = theme.palette.css["line-strong"];
      context.beginPath();
      context.moveTo(0, width);
      context.lineTo(width, 0);
      context.stroke();
      context.fillStyle = theme.palette.css.positive;
      for (const { target, output } of pairs) {
        context.beginPath();
        context.arc(at(target), width - at(output), 3, 0, 2 * Math.PI);
        context.fill();
      }
    });
  };

  const choose = (/** @type {number} */ to) => example.choose(split.value, to);
  const request = () => painter.request(draw);
  request();
  return all(
    example.store.subscribe(request), run.store.subscribe(request), theme.subscribe(request),
    on(root, "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action === "next") choose(example.store.get().index + 1);
      else if (action === "previous") choose(example.store.get().index - 1);
    }),
    on(index, "change", () => choose((parseNumber(index.value) ?? 1) - 1)),
    on(split, "change", () => choose(0)),
    () => painter.cancel(draw),
  );
}

/** Outputs as shares of 1: as they are where they are shares, else by softmax; one output speaks for two classes.
 * @param {number[]} output @param {import("../lib/types.js").Spec|null} spec */
function sharesOf(output, spec) {
  const activation = spec?.network.layers.at(-1)?.activation?.type;
  const logistic = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));
  if (output.length === 1) {
    const one = output[0];
    const share = activation === "tanh" ? (one + 1) / 2 : activation === "linear" ? logistic(one) : one;
    return [1 - share, share].map((s) => Math.min(1, Math.max(0, s)));
  }
  if (output.every((v) => v >= 0) && Math.abs(output.reduce((a, v) => a + v, 0) - 1) < 1e-3) return output;
  const top = Math.max(...output);
  const total = output.reduce((a, v) => a + Math.exp(v - top), 0);
  return output.map((v) => Math.exp(v - top) / total);
}

/** @param {HTMLElement} holder @param {number[][]} confusion @param {string[]} classes @param {string} name @param {import("../state/theme.js").Palette} palette */
function fillConfusion(holder, confusion, classes, name, palette) {
  let table = /** @type {HTMLTableElement|null} */ (holder.querySelector("table"));
  if (!table || table.rows.length !== classes.length + 1 || table.dataset.classes !== classes.join()) {
    table = document.createElement("table");
    table.dataset.classes = classes.join();
    table.createCaption();
    const head = table.createTHead().insertRow();
    const heading = (/** @type {HTMLTableRowElement} */ row, /** @type {string} */ text, /** @type {string} */ scope) => {
      const th = document.createElement("th");
      th.scope = scope;
      th.textContent = text;
      row.append(th);
    };
    heading(head, "", "col");
    classes.forEach((label) => heading(head, label, "col"));
    const body = table.createTBody();
    for (const label of classes) {
      const row = body.insertRow();
      heading(row, label, "row");
      classes.forEach(() => row.insertCell());
    }
    holder.replaceChildren(table);
  }
  setText(/** @type {Element} */ (table.caption), `Rows: what it is. Columns: what the network says, for all ${name}.`);
  const most = Math.max(1, ...confusion.flat());
  confusion.forEach((counts, r) => counts.forEach((n, c) => {
    const cell = /** @type {HTMLTableElement} */ (table).rows[r + 1].cells[c + 1];
    setText(cell, String(n));
    cell.classList.toggle("is-zero", n === 0);
    const { neutral, positive, negative } = palette.rgb;
    cell.style.background = css(mix(neutral, r === c ? positive : negative, n === 0 ? 0 : 0.15 + (0.35 * n) / most));
  }));
}
