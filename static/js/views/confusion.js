// @ts-check
// What the network confuses: the matrix, each of whose cells opens its examples; for values, predicted against true.

import { extent } from "../lib/inputs.js";
import { t } from "../lib/words.js";
import { all, fitCanvas, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { onScreen } from "./on-screen.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, confusion, pictures, painter, theme, gallery } = app;
  const box = /** @type {HTMLDetailsElement} */ (root);
  const holder = slot(root, "confusion");
  let kind = "";
  let seen = true;

  const draw = () => {
    const { data } = run.store.get();
    const isOther = pictures.kind === "other";
    root.hidden = !data || (data.task !== "classification" && !(isOther && data.view === "table"));
    if (root.hidden || !data) return confusion.look(false);
    if (kind !== pictures.kind) {
      kind = pictures.kind;
      box.open = isOther; // over the plane there is more to see than numbers
    }
    confusion.look(box.open && seen);
    const { confusion: counts, pairs, split } = confusion.store.get();
    const isClasses = data.task === "classification";
    setText(slot(root, "name"), isClasses ? t("What it confuses") : t("Predicted against true"));
    /** @type {HTMLElement} */ (root.querySelector('[data-action="most-wrong"]')).hidden = !box.open;
    if (counts && data.classes) fill(holder, counts, data.classes, split);
    else if (pairs.length) scatter(pairs, split);
    else holder.replaceChildren();
  };

  const scatter = (/** @type {{target: number, output: number}[]} */ pairs, /** @type {string} */ split) => {
    reconcile(holder, ["scatter"], String, () => document.createElement("figure"), (figure) => {
      const canvas = /** @type {HTMLCanvasElement} */ (figure.querySelector("canvas") ?? figure.appendChild(document.createElement("canvas")));
      const caption = figure.querySelector("figcaption") ?? figure.appendChild(document.createElement("figcaption"));
      canvas.className = "scatter";
      setText(caption, t(split === "train" ? "Across: true value. Up: what the network says, for {n} training examples. On the line, both are the same."
        : "Across: true value. Up: what the network says, for {n} test examples. On the line, both are the same.", { n: pairs.length }));
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

  const buttonOf = (/** @type {EventTarget|null} */ target) => (target instanceof Element ? /** @type {HTMLElement|null} */ (target.closest("button[data-true]")) : null);
  const move = (/** @type {KeyboardEvent} */ event) => {
    const from = buttonOf(event.target);
    const step = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
    if (!from || !step) return;
    event.preventDefault();
    const to = /** @type {HTMLElement|null} */ (holder.querySelector(
      `[data-true="${Number(from.dataset.true) + step[0]}"][data-predicted="${Number(from.dataset.predicted) + step[1]}"]`));
    to?.focus();
  };
  const request = () => painter.request(draw);
  request();
  return all(
    confusion.store.subscribe(request), run.store.subscribe((now, before) => (now.data !== before.data || now.id !== before.id) && request()), theme.subscribe(request),
    on(box, "toggle", request), on(holder, "keydown", move),
    on(holder, "focusin", ({ target }) => {
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (holder.querySelectorAll("button"))) button.tabIndex = button === target ? 0 : -1;
    }),
    on(root, "click", (event) => {
      const cell = buttonOf(event.target);
      const { split } = confusion.store.get();
      if (event.target.closest('[data-action="most-wrong"]')) void gallery.open({ split });
      else if (cell && cell.getAttribute("aria-disabled") !== "true") {
        void gallery.open({ split, true: Number(cell.dataset.true), predicted: Number(cell.dataset.predicted) });
      }
    }),
    onScreen(root, (now) => {
      seen = now;
      request();
    }),
    () => painter.cancel(draw),
  );
}

/** @param {HTMLElement} holder @param {number[][]} counts @param {string[]} classes @param {string} split */
function fill(holder, counts, classes, split) {
  const table = tableOf(holder, classes);
  setText(/** @type {Element} */ (table.previousElementSibling), t(split === "train" ? "Rows: what it is. Columns: what the network says, for all training examples. A cell opens its examples."
    : "Rows: what it is. Columns: what the network says, for all test examples. A cell opens its examples."));
  const most = Math.max(1, ...counts.flat());
  counts.forEach((row, r) => row.forEach((n, c) => {
    const cell = table.rows[r + 1].cells[c + 1];
    const button = /** @type {HTMLElement} */ (cell.firstElementChild);
    setText(button, String(n));
    setAttribute(button, "aria-disabled", n === 0 ? "true" : null);
    setAttribute(button, "aria-label", t("{actual}, taken for {answer}: {n}", { actual: classes[r], answer: classes[c], n }));
    cell.classList.toggle("is-zero", n === 0);
    cell.classList.toggle("is-right", r === c);
    cell.style.setProperty("--share", `${n === 0 ? 0 : 15 + (35 * n) / most}%`);
  }));
}

/** The empty matrix of these classes; the one that is there where it fits. @param {HTMLElement} holder @param {string[]} classes */
function tableOf(holder, classes) {
  const there = /** @type {HTMLTableElement|null} */ (holder.querySelector("table"));
  if (there?.dataset.classes === classes.join()) return there;
  const table = document.createElement("table");
  table.dataset.classes = classes.join();
  const head = table.createTHead().insertRow();
  const heading = (/** @type {HTMLTableRowElement} */ row, /** @type {string} */ text, /** @type {string} */ scope) => {
    const th = document.createElement("th");
    th.scope = scope;
    th.textContent = text;
    row.append(th);
  };
  head.append(document.createElement("td"));
  classes.forEach((label) => heading(head, label, "col"));
  const body = table.createTBody();
  classes.forEach((label, r) => {
    const row = body.insertRow();
    heading(row, label, "row");
    classes.forEach((_, c) => {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = r === 0 && c === 0 ? 0 : -1;
      Object.assign(button.dataset, { true: String(r), predicted: String(c) });
      row.insertCell().append(button);
    });
  });
  const words = document.createElement("p"); // no caption: that would be as narrow as a matrix of two classes
  words.id = "confusion-words";
  words.className = "confusion__words";
  table.setAttribute("aria-labelledby", words.id);
  holder.replaceChildren(words, table);
  return table;
}
