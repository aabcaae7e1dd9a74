// @ts-check
// The microscope's dialog: picks an example, walks through the steps, shows each with its formulas and numbers.

import { findPart, labelOf } from "../lib/catalogue.js";
import { createRamp, paintRamp } from "../lib/color.js";
import { pageOf } from "../lib/microscope-page.js";
import { asMaps, layerOf } from "../lib/microscope.js";
import { inputName, layerTitle, neuronTitle, subscript } from "../lib/naming.js";
import { parseNumber, show } from "../lib/number.js";
import { t } from "../lib/words.js";
import { all, cells, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { showFormula } from "./katex.js";
import { drawGraph } from "./microscope-graph.js";

const MAPS = 16; // channels that are drawn

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { microscope, run, catalogue, painter, theme } = app;
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const index = /** @type {HTMLInputElement} */ (slot(root, "index"));
  const split = /** @type {HTMLSelectElement} */ (slot(root, "split"));
  const progress = /** @type {HTMLProgressElement} */ (slot(root, "progress"));
  const button = (/** @type {string} */ action) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`));

  /** @returns {import("../lib/microscope-page.js").Names} */
  const names = () => {
    const { spec, data } = run.store.get();
    const layers = spec?.network.layers ?? [];
    const find = (/** @type {string} */ id) => layers.find((layer) => layer.id === id) ?? { id, type: "dense" };
    const training = /** @type {any} */ (spec?.training ?? {});
    return {
      layer: (id) => layerTitle(catalogue, find(id)),
      neuron: (id, unit) => neuronTitle(catalogue, find(id), unit, data?.classes ?? null),
      input: (layer, i) => (layer.inputs[0] === "input" ? inputName(catalogue, data, true, i) : `${layerTitle(catalogue, find(layer.inputs[0]))}, n${subscript(i + 1)}`),
      activation: (id) => /** @type {any} */ (find(id)).activation ?? {},
      loss: training.loss?.type ?? "",
      lossFormula: findPart(catalogue, "loss", training.loss?.type)?.formula ?? "",
      lossLabel: labelOf(catalogue, "loss", training.loss?.type),
      optimizerFormula: findPart(catalogue, "optimizer", training.optimizer?.type)?.formula ?? "",
      optimizerLabel: labelOf(catalogue, "optimizer", training.optimizer?.type),
      penalty: training.regularizer ?? { type: "none" },
      clipped: Boolean(training.clip_value || training.clip_norm),
    };
  };

  const draw = () => {
    const { open, told, steps, at, chosen, problem, split: part, index: number } = microscope.store.get();
    if (open !== dialog.open) open ? dialog.showModal() : dialog.close();
    if (!open) return;
    setText(slot(root, "problem"), problem);
    slot(root, "problem").hidden = !problem;
    if (document.activeElement !== index) index.value = String(number + 1);
    split.value = part;
    root.classList.toggle("is-waiting", !told && !problem);
    const step = steps[at];
    if (!told || !step) return;
    const called = names();
    const page = pageOf(told, step, called, chosen);
    setText(slot(root, "example"), exampleText(told));
    setText(slot(root, "title"), page.title);
    setText(slot(root, "words"), page.words);
    setText(slot(root, "note"), page.note);
    setText(slot(root, "caption"), page.caption);
    reconcile(slot(root, "formulas"), page.formulas.map((formula, i) => ({ formula, i })), ({ i }) => String(i), () => clone("t-formula"),
      (line, { formula }) => {
        showFormula(line, `\\displaystyle ${formula}`);
        setAttribute(line, "tabindex", line.scrollWidth > line.clientWidth ? "0" : null); // what scrolls can be reached by keyboard
      });
    table(page);
    maps(page);
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-phase]"))) {
      setAttribute(item, "aria-pressed", String(item.dataset.phase === step.phase));
    }
    progress.value = steps.length > 1 ? at / (steps.length - 1) : 1;
    setText(slot(root, "count"), t("{n} of {of}", { n: at + 1, of: steps.length }));
    button("previous").disabled = at === 0;
    button("next").disabled = at === steps.length - 1;
    const seen = new Set(steps.slice(0, at + 1).filter((s) => s.phase === step.phase || (step.phase === "loss" && s.phase === "forward") || (step.phase === "update" && s.phase === "backward"))
      .map((s) => `${s.layer}.${s.unit ?? ""}`));
    const focused = root.contains(document.activeElement) && document.activeElement?.closest(".graph__node");
    const active = drawGraph(slot(root, "graph"), told, step, called, seen);
    active?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    if (focused && active) /** @type {any} */ (active).focus();
  };

  const exampleText = (/** @type {import("../lib/microscope.js").Told} */ told) => {
    const { data } = run.store.get();
    const values = /** @type {any[]} */ ([told.input].flat(Infinity));
    const inputs = values.length > 8 ? "" : values.map((v, i) => `${inputName(catalogue, data, true, i)} = ${show(v)}`).join(", ");
    const target = [told.target].flat(Infinity)[0];
    const words = [inputs, t("target: {target}", { target: data?.classes?.[target] ?? show(target) })].filter(Boolean).join(" → ");
    return run.past ? t("{example} · epoch {epoch}, as it was", { example: words, epoch: run.past.epoch }) : words;
  };

  const table = (/** @type {import("../lib/microscope-page.js").Page} */ page) => {
    reconcile(slot(root, "columns"), page.rows.length ? page.columns : [], (name) => name, () => clone("t-column"), (cell, name) => setText(cell, name));
    reconcile(slot(root, "rows"), page.rows, (row) => row.key, () => clone("t-row"), (line, row) => {
      line.className = row.state ? `is-${row.state}` : "";
      reconcile(line, row.cells.map((text, i) => ({ text, i })), ({ i }) => `${i}${row.choose === undefined ? "" : "choose"}`, () => clone("t-cell"), (cell, { text, i }) => {
        if (row.choose !== undefined && i === 0) {
          const choose = /** @type {HTMLElement} */ (cell.firstElementChild ?? cell.appendChild(clone("t-choose")));
          choose.dataset.choose = String(row.choose);
          setText(choose, text);
        } else setText(cell, text);
        cell.className = row.agreed !== undefined && i === row.cells.length - 1 ? (row.agreed ? "is-agreed" : "is-different") : "";
      });
    });
  };

  const maps = (/** @type {import("../lib/microscope-page.js").Page} */ page) => {
    const { rgb } = theme.palette;
    const ramp = createRamp(rgb.negative, rgb.neutral, rgb.positive);
    const items = page.maps.flatMap(({ label, array }) => {
      if (array === null) return [];
      const { width, height, maps } = asMaps(array);
      const most = maps.flat().reduce((a, v) => Math.max(a, Math.abs(v)), 1e-12);
      const range = { label, most: show(most, 3), n: maps.length - MAPS };
      const text = maps.length > MAPS ? t("{label}, from −{most} to {most}; {n} more", range) : t("{label}, from −{most} to {most}", range);
      const head = { key: label, text, values: /** @type {number[]} */ ([]), width, height, most };
      return [head, ...maps.slice(0, MAPS).map((values, c) => ({ key: `${label} ${c}`, values, width, height, most, text: maps.length > 1 ? `${c + 1}` : "" }))];
    });
    reconcile(slot(root, "maps"), items, (item) => item.key, (item) => clone(item.values.length ? "t-map" : "t-map-label"), (figure, item) => {
      if (!item.values.length) return setText(figure, item.text);
      const canvas = /** @type {HTMLCanvasElement} */ (figure.querySelector("canvas"));
      const grid = cells(canvas, item.width, item.height);
      paintRamp(grid.pixels, Float32Array.from(item.values), 0, ramp, -item.most, item.most);
      grid.show();
      canvas.classList.toggle("maps__picture--row", item.height === 1);
      setAttribute(canvas, "aria-label", item.key);
      setText(/** @type {Element} */ (figure.querySelector("figcaption")), item.text);
    });
  };

  /** @type {Record<string, () => void>} */
  const actions = {
    previous: () => microscope.move(-1),
    next: () => microscope.move(1),
    close: () => microscope.close(),
    "example-before": () => void microscope.choose(split.value, microscope.store.get().index - 1),
    "example-after": () => void microscope.choose(split.value, microscope.store.get().index + 1),
  };
  const request = () => painter.request(draw);
  const resize = new ResizeObserver(request);
  resize.observe(slot(root, "graph"));
  const goTo = (/** @type {HTMLElement} */ node) => {
    const { steps, at, told } = microscope.store.get();
    const layer = node.dataset.layer ?? "";
    if (!told || !layerOf(told, layer)) return;
    const phase = steps[at].phase === "loss" ? "forward" : steps[at].phase;
    microscope.go({ phase, layer, unit: node.dataset.unit ? Number(node.dataset.unit) : null });
  };
  return all(
    microscope.store.subscribe(request), theme.subscribe(request), () => resize.disconnect(),
    on(root, "close", () => microscope.close()),
    on(root, "click", ({ target }) => {
      const phase = target.closest("[data-phase]")?.dataset.phase;
      const node = target.closest(".graph__node");
      const choose = target.closest("[data-choose]")?.dataset.choose;
      if (phase) microscope.go({ phase, layer: null, unit: null });
      else if (choose !== undefined) microscope.chooseWeight(Number(choose));
      else if (node) goTo(node);
      else actions[target.closest("[data-action]")?.dataset.action]?.();
    }),
    on(index, "change", () => {
      const wanted = parseNumber(index.value);
      if (wanted !== null) void microscope.choose(split.value, Math.round(wanted) - 1);
    }),
    on(split, "change", () => void microscope.choose(split.value, 0)),
    on(root, "keydown", (event) => {
      event.stopPropagation(); // the page's own keys do not reach through an open dialog
      if (event.target.closest("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      const move = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, Home: -1e6, End: 1e6 })[event.key];
      if (move) {
        event.preventDefault();
        microscope.move(move);
      } else if ((event.key === "Enter" || event.key === " ") && event.target.closest(".graph__node")) {
        event.preventDefault();
        goTo(event.target.closest(".graph__node"));
      }
    }),
  );
}
