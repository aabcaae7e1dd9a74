// @ts-check
// The card of a neuron: its formula, its numbers at one point, and every weight as a field. Numbers stay live; a field
// that is being edited is left alone until Enter or a click elsewhere commits it, or Escape cancels.

import { css, mix } from "../lib/color.js";
import { findPart } from "../lib/catalogue.js";
import { neuronTitle } from "../lib/naming.js";
import { parseNumber, plain, show } from "../lib/number.js";
import { Ranges } from "../lib/range.js";
import { t } from "../lib/words.js";
import { createPopover } from "./dialog.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { weightsOf } from "./formula.js";
import { showFormula } from "./katex.js";
import { createTile } from "./tile.js";

const MOST = 128; // fields; a neuron with more inputs is edited through the programming interface

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, selection, painter, session, pictures, theme, catalogue, example } = app;
  const list = slot(root, "weights");
  const canvas = /** @type {HTMLCanvasElement} */ (slot(root, "picture"));
  const tile = createTile(canvas);
  const ranges = new Ranges();
  const popover = createPopover(root);

  const subject = () => {
    const chosen = selection.store.get().pinned;
    const layer = run.store.get().spec?.network.layers.find((l) => l.id === chosen?.layer);
    return chosen && layer && !example.isMap(layer.id) && (!("units" in layer) || chosen.unit < layer.units) ? { layer, unit: chosen.unit } : null;
  };

  const open = () => {
    const what = subject();
    if (!what) return popover.hide();
    const { data } = run.store.get();
    setText(slot(root, "title"), neuronTitle(catalogue, what.layer, what.unit, data?.classes ?? null));
    const weights = weightsOf(app, what.layer, what.unit);
    const activation = what.layer.activation && findPart(catalogue, "activation", what.layer.activation.type);
    const sum = weights ? `z = \\sum_{i=1}^{${weights.values.length}} w_i x_i${weights.bias === null ? "" : " + b"}` : "z = x";
    const joins = what.layer.inputs && what.layer.inputs.length > 1 ? findPart(catalogue, "layer", what.layer.type)?.formula : "";
    showFormula(slot(root, "formula"), joins ? joins : activation ? `${sum},\\qquad ${activation.formula}` : sum);
    const fields = weights ? [...weights.names.slice(0, MOST).map((name, i) => ({ key: String(i), name })),
      ...(weights.bias === null ? [] : [{ key: "bias", name: t("bias") }])] : [];
    reconcile(list, fields, (field) => `${what.layer.id} ${field.key}`, () => clone("t-weight"), (element, field) => {
      setText(/** @type {Element} */ (element.querySelector(".weight__name")), field.key === "bias" ? field.name : t("weight of {input}", { input: field.name }));
      element.dataset.weight = field.key;
    });
    popover.show();
    stand();
    draw();
    const wanted = selection.store.get().focusWeight;
    const input = wanted === null ? null : /** @type {HTMLInputElement|null} */ (list.querySelector(`[data-weight="${wanted}"] input`));
    (input ?? /** @type {HTMLElement} */ (root.querySelector('[data-action="close"]'))).focus({ preventScroll: false });
    input?.select();
  };

  /** Beside or below the neuron, where it hides least of the large picture; narrow screens keep the card at the bottom (see card.css). */
  const stand = () => {
    const { pinned } = selection.store.get();
    const button = pinned && document.querySelector(`.neuron[data-layer="${pinned.layer}"][data-unit="${pinned.unit}"]`);
    if (!button) return;
    const r = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = root;
    const top = Math.max(8, Math.min(r.top - 20, innerHeight - height - 8));
    const large = document.querySelector(".plane__frame")?.getBoundingClientRect();
    const neurons = [...document.querySelectorAll(".layer .neuron, .feature__button, .thumb")].map((element) => element.getBoundingClientRect());
    const below = r.bottom + 16;
    const column = [.../** @type {Element} */ (button.closest(".layer")).querySelectorAll(".neuron")].at(-1)?.getBoundingClientRect().bottom ?? r.bottom;
    /** @type {[number, number][]} */
    const places = [[r.right + 14, top], [r.right - 20, below], [r.left - width / 2, below], [r.right - width + 8, below], [r.left - width - 14, top],
      [r.left - width / 2, column + 16], [r.left - 20, column + 16], [r.right - width + 20, column + 16]];
    const free = places.map(([x, y]) => ({ x: Math.max(8, Math.min(x, innerWidth - width - 8)), y: Math.max(8, Math.min(y, innerHeight - height - 8)), width, height }))
      .map((place) => ({ ...place, covered: overlap(place, large) + 20 * overlap(place, r) + 3 * neurons.reduce((sum, n) => sum + overlap(place, n), 0) }));
    const best = free.reduce((a, b) => (b.covered < a.covered ? b : a));
    root.style.left = `${best.x}px`;
    root.style.top = `${best.y}px`;
  };

  const draw = () => {
    const what = subject();
    if (!what || !root.matches(":popover-open")) return;
    const weights = weightsOf(app, what.layer, what.unit);
    const { palette } = theme;
    for (const element of /** @type {HTMLElement[]} */ ([...list.children])) {
      const value = element.dataset.weight === "bias" ? weights?.bias ?? NaN : weights?.values[Number(element.dataset.weight)] ?? NaN;
      const input = /** @type {HTMLInputElement} */ (element.querySelector("input"));
      if (document.activeElement !== input) {
        const text = show(value, 4);
        if (input.value !== text) input.value = text;
      }
      const sign = /** @type {HTMLElement} */ (element.querySelector(".weight__sign"));
      setText(sign, value < 0 ? "−" : "+");
      sign.style.background = css(mix(palette.rgb.neutral, value < 0 ? palette.rgb.negative : palette.rgb.positive, Math.min(1, Math.abs(value))));
    }
    tellNumbers(what);
    const small = canvas.clientWidth ? pictures.large() : null;
    const values = small?.pass.values.get(what.layer.id);
    if (small && values && pictures.kind === "plane") {
      const range = ranges.of("card", what.layer.activation ?? null, values, what.unit * small.count, small.count);
      tile.plane(palette, values, what.unit * small.count, small.side, range);
    }
  };

  const tellNumbers = (/** @type {NonNullable<ReturnType<typeof subject>>} */ { layer, unit }) => {
    const weights = weightsOf(app, layer, unit);
    const { data } = run.store.get();
    const probe = selection.store.get().probe ?? data?.points[0];
    const found = pictures.kind === "plane" || pictures.kind === "line" ? pictures.at(probe) : null;
    const given = found ? readings(layer, found) : example.store.get().readings?.(layer.id) ?? null;
    if (!weights || !given) return setText(slot(root, "numbers"), "");
    const terms = weights.values.slice(0, 6).map((w, i) => `${show(w)} · ${bracketed(given.inputs[i])}`);
    if (weights.values.length > 6) terms.push("…");
    if (weights.bias !== null) terms.push(show(weights.bias));
    const told = { sum: `z = ${terms.join(" + ")} = ${show(given.sum)}`, value: show(given.value, 3) };
    const place = data.view === "line" ? `x = ${show(probe[0])}` : `(${show(probe[0])}, ${show(probe[1])})`;
    setText(slot(root, "numbers"), found ? t("{sum}, so it gives {value} at {place}.", { ...told, place }) : t("{sum}, so it gives {value} for this example.", told));
  };

  /** What a layer reads and gives at a point. @param {import("../lib/types.js").LayerSpec} layer @param {any} found */
  const readings = (layer, found) => {
    const layers = run.store.get().spec?.network.layers ?? [];
    const before = layers[layers.findIndex((l) => l.id === layer.id) - 1];
    const unit = subject()?.unit ?? 0;
    return { inputs: before ? found.values.get(before.id) : found.inputs, sum: found.sums.get(layer.id)?.[unit] ?? NaN, value: found.values.get(layer.id)?.[unit] ?? NaN };
  };

  const commit = (/** @type {HTMLInputElement} */ input) => {
    const what = subject();
    const key = /** @type {HTMLElement} */ (input.closest(".weight")).dataset.weight ?? "";
    if (!what || input.dataset.before === undefined || input.value === input.dataset.before) return;
    const value = parseNumber(input.value);
    setAttribute(input, "aria-invalid", value === null ? "true" : null);
    if (value === null) return app.notes.warn("weight", t("“{text}” is no number. Write it as 0.5, 0,5 or 1/2.", { text: input.value }));
    app.notes.clear("weight");
    input.dataset.before = input.value;
    const bias = key === "bias";
    const weights = weightsOf(app, what.layer, what.unit);
    const before = (bias ? weights?.bias : weights?.values[Number(key)]) ?? 0;
    void session.edit([{ layer: what.layer.id, name: bias ? "bias" : "kernel", index: bias ? [what.unit] : [Number(key), what.unit], value, before }]);
  };

  const request = () => painter.request(draw);
  return all(
    selection.store.subscribe((now, before) => {
      if (now.pinned === before.pinned && now.focusWeight === before.focusWeight) return request();
      if (now.pinned) open();
      else popover.hide();
    }),
    run.watch(request), run.store.subscribe((now, before) => now.id !== before.id && (subject() ? open() : selection.unpin())),
    on(root, "click", (event) => event.target.closest('[data-action="close"]') && selection.unpin()),
    on(list, "focusin", (event) => {
      const weights = subject() && weightsOf(app, /** @type {any} */ (subject()).layer, /** @type {any} */ (subject()).unit);
      const key = event.target.closest(".weight").dataset.weight;
      const exact = key === "bias" ? weights?.bias : weights?.values[Number(key)];
      if (exact !== undefined && exact !== null) event.target.value = plain(Number(exact.toPrecision(6)));
      event.target.dataset.before = event.target.value;
      event.target.select();
    }),
    on(list, "focusout", (event) => {
      commit(event.target);
      request();
    }),
    on(root, "keydown", (event) => {
      const input = event.target.closest(".weight input");
      if (event.key === "Enter" && input) {
        commit(input);
        input.select();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        if (input && input.value !== input.dataset.before) {
          input.value = input.dataset.before;
          input.select();
        } else {
          selection.unpin();
        }
      }
    }),
    on(document, "pointerdown", (event) => {
      if (root.matches(":popover-open") && !event.target.closest("#card, .network, .output, .bar")) selection.unpin();
    }),
    on(window, "resize", stand),
    () => painter.cancel(draw),
  );
}

/** How much of one rectangle lies on another, in pixels. @param {{x: number, y: number, width: number, height: number}} a @param {DOMRect} [b] */
function overlap(a, b) {
  if (!b) return 0;
  const across = Math.min(a.x + a.width, b.right) - Math.max(a.x, b.left);
  const down = Math.min(a.y + a.height, b.bottom) - Math.max(a.y, b.top);
  return Math.max(0, across) * Math.max(0, down);
}

/** Negative numbers in brackets, as in a sum. @param {number} value */
const bracketed = (value) => (value < 0 ? `(${show(value)})` : show(value));

