// @ts-check
// The card of a feature map: the map large, and for the value pointed at the patch of what it reads, the kernel, their
// products and the sum. With the arrow keys one goes from value to value. Numbers stay live while training.

import { findPart, labelOf } from "../lib/catalogue.js";
import { kernelOf, largestOf, paintChannel, slicesOf } from "../lib/maps.js";
import { layerTitle, mapTitle } from "../lib/naming.js";
import { parseNumber, show } from "../lib/number.js";
import { readsBack } from "../lib/receptive.js";
import { convolves } from "../lib/sliding.js";
import { fieldOf, outlines, products, sumLine } from "../lib/window.js";
import { t } from "../lib/words.js";
import { createPopover } from "./dialog.js";
import { all, cells, clone, on, outline, reconcile, setAttribute, setText, slot } from "./dom.js";
import { paintImage } from "./image.js";
import { showFormula } from "./katex.js";
import { editable, fillTable } from "./number-table.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { window: looking, run, example, selection, session, painter, theme, catalogue } = app;
  const canvas = /** @type {HTMLCanvasElement} */ (slot(root, "map"));
  const biasField = /** @type {HTMLInputElement} */ (slot(root, "bias"));
  const popover = createPopover(root);

  const layerOf = (/** @type {string|null} */ id) => run.store.get().spec?.network.layers.find((l) => l.id === id) ?? null;

  const open = () => {
    const { layer, channel } = looking.store.get();
    if (layer === null) return popover.hide();
    popover.show();
    draw();
    stand(layer, channel);
    (selection.store.get().focusWeight === "bias" && !biasField.closest("label")?.hidden ? biasField : canvas).focus({ preventScroll: true });
  };

  /** Beside the map's column, where there is more room. @param {string} layer @param {number} unit */
  const stand = (layer, unit) => {
    const button = document.querySelector(`.neuron[data-layer="${layer}"][data-unit="${unit}"]`);
    const r = (button?.closest(".layer") ?? button)?.getBoundingClientRect();
    if (!r || !button) return;
    const left = innerWidth - r.right > root.offsetWidth + 16 ? r.right + 8 : Math.max(8, r.left - root.offsetWidth - 8);
    root.style.left = `${Math.min(left, innerWidth - root.offsetWidth - 8)}px`;
    root.style.top = `${Math.max(8, Math.min(button.getBoundingClientRect().top - 60, innerHeight - root.offsetHeight - 8))}px`;
  };

  const draw = () => {
    const { layer: id, channel, row, column, told } = looking.store.get();
    const layer = layerOf(id);
    const map = looking.map();
    if (!root.matches(":popover-open") || !layer || id === null) return;
    setText(slot(root, "title"), mapTitle(catalogue, layer, channel));
    showFormula(slot(root, "formula"), findPart(catalogue, "layer", layer.type)?.formula ?? "");
    if (!map || channel >= map.shape[2]) return;
    const [rows, columns, channels] = map.shape;
    const most = largestOf(map.values) || 1;
    const grid = cells(canvas, columns, rows);
    paintChannel(grid.pixels, map.values, channel, channels, theme.palette.ramp, most);
    grid.show();
    canvas.style.aspectRatio = `${columns} / ${rows}`;
    const isStrip = rows === 1 && columns > 1;
    canvas.classList.toggle("is-strip", isStrip);
    outline(slot(root, "cursor"), [{ left: column / columns, top: row / rows, width: 1 / columns, height: 1 / rows }]);
    const value = map.values[(row * columns + column) * channels + channel];
    const place = { row: row + 1, column: column + 1 };
    setText(slot(root, "place"), isStrip ? t("Step {step} of {steps}", { step: place.column, steps: columns })
      : t("Row {row}, column {column} of {rows}×{columns}", { ...place, rows, columns }));
    setText(slot(root, "value"), show(told && fits(told) ? told.output : value, 3));
    const spoken = { ...place, map: mapTitle(catalogue, layer, channel), value: show(value, 3) };
    setAttribute(canvas, "aria-label", isStrip ? t("{map}: arrow keys go from value to value. step {column}: {value}", spoken)
      : t("{map}: arrow keys go from value to value. row {row}, column {column}: {value}", spoken));
    drawBias(id, channel);
    drawSlices(id, channel);
    if (!told) {
      slot(root, "shares").replaceChildren();
      setText(slot(root, "sum"), looking.isMade() ? "" : readsBack(layer.type) ? t("Each value is made of all steps up to its own.")
        : t("Each value is made of the one at the same place."));
      return;
    }
    drawShares(told);
    drawField(told);
    const activation = layer.activation && told.activation !== "linear" ? labelOf(catalogue, "activation", told.activation) : "";
    setText(slot(root, "sum"), t("{sum}.", { sum: sumLine(told, (c) => t("channel {n}", { n: c + 1 }), activation) }));
  };
  const fits = (/** @type {import("../lib/window.js").Told} */ told) => {
    const { row, column } = looking.store.get();
    return told.row === row && told.column === column;
  };

  const drawShares = (/** @type {import("../lib/window.js").Told} */ told) => {
    const source = told.reads === "input" ? t(run.store.get().data?.view === "sequence" ? "the sequence" : "the picture") : layerTitle(catalogue, layerOf(told.reads) ?? { id: told.reads, type: "" });
    const many = told.channels > 1 || told.how !== "sum";
    const { spec } = run.store.get();
    reconcile(slot(root, "shares"), told.shares.map((share, i) => ({ share, i })), ({ i }) => String(i), () => clone("t-share"), (element, { share }) => {
      const size = [share.whole.length, share.whole[0].length];
      const isPicture = told.reads === "input";
      setText(slot(element, "name"), many || !isPicture ? t("channel {n} of {source}", { n: share.channel + 1, source }) : source);
      const values = Float32Array.from(share.whole.flat());
      const whole = /** @type {HTMLCanvasElement} */ (slot(element, "whole"));
      const grid = cells(whole, size[1], size[0]);
      paintChannel(grid.pixels, values, 0, 1, theme.palette.ramp, largestOf(values) || 1);
      grid.show();
      whole.classList.toggle("is-strip", size[0] === 1 && size[1] > 1);
      outline(slot(element, "outline"), outlines(told, size));
      const bound = largestOf(values) || 1;
      fillTable(slot(element, "patch"), share.patch, theme.palette, { most: bound, winner: told.winner });
      slot(element, "convolved").hidden = share.kernel === null;
      if (!share.kernel) return;
      const kernel = slot(element, "kernel");
      kernel.dataset.channel = String(share.channel % told.channels); // of its group
      fillTable(kernel, share.kernel, theme.palette, { most: largestOf(share.kernel.flat().map((w) => w ?? 0)) || 1, editable: true });
      const made = products(share);
      fillTable(slot(element, "products"), made, theme.palette, { most: largestOf(made.flat()) || 1 });
      setText(slot(element, "total"), `Σ ${show(share.sum, 3)}`);
    });
    setText(slot(root, "of"), spec && told.channels > told.shares.length ? t("The strongest {n} of {of} channels:", { n: told.shares.length, of: told.channels }) : "");
  };

  /** The kernel for every channel that is read, on one scale. @param {string} layer @param {number} filter */
  const drawSlices = (layer, filter) => {
    const kernel = kernelOf(run.store.get().manifest, run.weights, layer, filter);
    const details = /** @type {HTMLDetailsElement} */ (slot(root, "slices"));
    details.hidden = !kernel || kernel.channels === 1;
    if (!kernel || details.hidden) return;
    setText(slot(root, "slices-title"), t("The kernel for all {n} channels", { n: kernel.channels }));
    if (!details.open) return;
    const slices = slicesOf(kernel);
    const most = Math.max(...slices.map(largestOf)) || 1;
    reconcile(slot(root, "slices-list"), slices.map((values, i) => ({ values, i })), ({ i }) => String(i), () => clone("t-slice"), (item, { values, i }) => {
      const grid = cells(/** @type {HTMLCanvasElement} */ (item.firstElementChild), kernel.columns, kernel.rows);
      paintChannel(grid.pixels, values, 0, 1, theme.palette.ramp, most);
      grid.show();
      setText(/** @type {Element} */ (item.lastElementChild), String(i + 1));
    });
  };

  /** The picture with what the value sees of it. @param {import("../lib/window.js").Told} told */
  const drawField = (told) => {
    const { raw } = example.store.get();
    const { data } = run.store.get();
    const isShown = told.reads !== "input" && told.field !== null && data?.view === "image" && Array.isArray(raw?.[0]);
    slot(root, "seen").hidden = !isShown;
    if (!isShown) return;
    paintImage(cells(/** @type {HTMLCanvasElement} */ (slot(root, "picture")), raw[0].length, raw.length), raw, theme.palette, data.preprocess.scale);
    outline(slot(root, "field"), fieldOf(told, [raw.length, raw[0].length]));
  };

  const drawBias = (/** @type {string} */ layer, /** @type {number} */ channel) => {
    const bias = convolves(layerOf(layer)?.type ?? "") ? run.weight(layer, "bias", channel) : NaN;
    const label = /** @type {HTMLElement} */ (biasField.closest("label"));
    label.hidden = Number.isNaN(bias);
    if (document.activeElement !== biasField && !label.hidden) biasField.value = show(bias, 4);
  };
  const commit = () => {
    const { layer, channel } = looking.store.get();
    const value = parseNumber(biasField.value);
    setAttribute(biasField, "aria-invalid", value === null ? "true" : null);
    if (layer === null || value === null || biasField.value === biasField.dataset.before) return;
    biasField.dataset.before = biasField.value;
    void session.edit([{ layer, name: "bias", index: [channel], value, before: run.weight(layer, "bias", channel) }]);
  };

  /** @param {HTMLElement} button @param {number} row @param {number} column @param {number} value @param {number} before */
  const changeWeight = (button, row, column, value, before) => {
    const { layer, channel } = looking.store.get();
    const input = Number(/** @type {HTMLElement} */ (button.closest("[data-channel]")).dataset.channel);
    const place = layerOf(layer)?.type === "conv1d" ? [column] : [row, column];
    if (layer !== null) void session.edit([{ layer, name: "kernel", index: [...place, input, channel], value, before }]);
  };

  /** The value under the pointer, on the large map or on its small picture in the network. @param {PointerEvent} event @param {Element} [picture] */
  const point = (event, picture = canvas) => {
    const map = looking.map();
    if (!map) return;
    const r = picture.getBoundingClientRect();
    looking.point(Math.floor(((event.clientY - r.top) / r.height) * map.shape[0]), Math.floor(((event.clientX - r.left) / r.width) * map.shape[1]));
  };
  /** @param {PointerEvent} event */
  const pointInNetwork = (event) => {
    const { layer, channel } = looking.store.get();
    const button = layer !== null && event.target instanceof Element ? /** @type {HTMLElement|null} */ (event.target.closest(".cell--map .neuron")) : null;
    if (button?.dataset.layer === layer && button?.dataset.unit === String(channel)) point(event, /** @type {Element} */ (button.firstElementChild));
  };
  const request = () => painter.request(draw);
  const resize = new ResizeObserver(() => { // the numbers come a moment after the card
    const { layer, channel } = looking.store.get();
    if (layer !== null && root.matches(":popover-open")) stand(layer, channel);
  });
  resize.observe(root);
  return all(
    looking.store.subscribe(({ layer }) => example.see("map", layer !== null)),
    looking.store.subscribe((now, before) => (now.layer !== before.layer || now.channel !== before.channel ? open() : request())),
    example.store.subscribe(request), theme.subscribe(request),
    run.store.subscribe((now, before) => now.id !== before.id && looking.store.get().layer !== null && selection.unpin()),
    on(root, "click", (event) => event.target.closest('[data-action="close"]') && selection.unpin()),
    on(canvas, "pointermove", (event) => event.pointerType === "touch" && !event.buttons || point(event)), on(canvas, "pointerdown", (event) => point(event)), on(document, "pointermove", pointInNetwork),
    on(root, "keydown", (event) => {
      const step = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
      const { row, column } = looking.store.get();
      if (event.target === canvas && step) looking.point(row + step[0], column + step[1]);
      else if (event.key === "Escape") selection.unpin();
      else if (event.key === "Enter" && event.target === biasField) commit();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }),
    editable(slot(root, "shares"), changeWeight), on(slot(root, "slices"), "toggle", request),
    on(biasField, "focus", () => { biasField.dataset.before = biasField.value; }), on(biasField, "blur", commit),
    on(document, "pointerdown", (event) => {
      if (root.matches(":popover-open") && !event.target.closest("#map-card, .network, .output, .bar, dialog")) selection.unpin();
    }),
    () => resize.disconnect(), () => painter.cancel(draw),
  );
}
