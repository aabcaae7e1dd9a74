// @ts-check
// Drag the line: every neuron of the first layer as a line on the large picture, turned and shifted by hand. Its weights
// follow at once, on the server too.

import { css } from "../lib/color.js";
import { across, angleBetween, degrees, middle, shifted, through, toPlane, toWeights, turned } from "../lib/lines.js";
import { neuronTitle, subscript } from "../lib/naming.js";
import { show } from "../lib/number.js";
import { INPUT, wired } from "../lib/wiring.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";

/** @typedef {import("../lib/lines.js").Plane} Plane */
/** @typedef {{layer: import("../lib/types.js").LayerSpec, unit: number, units: number, kernel: number, bias: number, key: string}} Neuron */

const TURN = 5; // degrees for a key
const SHIFT = 0.25; // units of the plane for a key
const ARM = 0.3; // where the handles that turn are, as a share of what is seen of the line
const NAME = 0.86; // and where its name is
const TICK = 16;

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, pictures, painter, theme, session, experiment, selection, catalogue } = app;
  const box = /** @type {HTMLElement} */ (document.querySelector('[data-slot="lines-check"]'));
  const outside = slot(/** @type {HTMLElement} */ (root.parentElement), "outside");
  /** A line in hand: where it is while the server has not yet told. @type {{key: string, plane: Plane, start: Plane, turns: boolean, grip: [number, number]}|null} */
  let held = null;
  /** @type {Promise<any>|null} */
  let sending = null;
  let waiting = false;

  /** @returns {Neuron[]} */
  const neurons = () => {
    const { spec, manifest, data } = run.store.get();
    const told = data?.preprocess;
    const plain = told && (told.kind !== "features" || String(told.features) === "x,y");
    if (!spec || !plain || pictures.kind !== "plane") return [];
    return wired(spec.network.layers).filter((layer) => layer.type === "dense" && layer.inputs[0] === INPUT).flatMap((layer) => {
      const offset = (/** @type {string} */ name) => manifest.find((entry) => entry.layer === layer.id && entry.name === name)?.offset ?? -1;
      const [kernel, bias] = [offset("kernel"), offset("bias")];
      if (kernel < 0 || bias < 0) return [];
      return Array.from({ length: layer.units }, (_, unit) => ({ layer, unit, units: layer.units, kernel, bias, key: `${layer.id} ${unit}` }));
    });
  };
  /** @param {Neuron} neuron @returns {Plane} */
  const planeOf = ({ unit, units, kernel, bias, key }) => (held?.key === key ? held.plane
    : toPlane([run.weights[kernel + unit], run.weights[kernel + units + unit]], run.weights[bias + unit], run.store.get().data.preprocess));
  const byKey = (/** @type {string|undefined} */ key) => neurons().find((neuron) => neuron.key === key) ?? null;

  const draw = () => {
    const all = neurons();
    box.hidden = all.length === 0;
    const shown = all.length > 0 && experiment.store.get().look.lines;
    setAttribute(root, "hidden", shown ? null : "");
    outside.hidden = true;
    if (!shown) return;
    const { clientWidth: width, clientHeight: height } = /** @type {HTMLElement} */ (root.parentElement);
    setAttribute(root, "viewBox", `0 0 ${width} ${height}`);
    const { x0, x1, y0, y1 } = pictures.bounds;
    const pixel = (/** @type {[number, number]} */ [x, y]) => [((x - x0) / (x1 - x0)) * width, ((y1 - y) / (y1 - y0)) * height];
    const seen = all.map((neuron) => ({ neuron, plane: planeOf(neuron) })).flatMap((line) => {
      const ends = across(line.plane, pictures.bounds);
      return ends ? [{ ...line, ends }] : [];
    });
    const looked = selection.shown();
    reconcile(root, seen, ({ neuron }) => neuron.key, () => /** @type {any} */ (clone("t-line").firstElementChild), (element, { neuron, plane, ends }) => {
      const place = middle(ends);
      const [a, c, m] = [ends[0], ends[1], place].map((spot) => pixel(/** @type {any} */ (spot)));
      const length = Math.hypot(plane.wx * (width / (x1 - x0)), plane.wy * (height / (y1 - y0)));
      const side = [(plane.wx * (width / (x1 - x0))) / length, (-plane.wy * (height / (y1 - y0))) / length];
      const put = (/** @type {string} */ name, /** @type {Record<string, number>} */ values) => {
        for (const part of element.querySelectorAll(`[data-part="${name}"]`)) for (const [key, value] of Object.entries(values)) part.setAttribute(key, value.toFixed(1));
      };
      put("line", { x1: a[0], y1: a[1], x2: c[0], y2: c[1] });
      // apart from the middle: new networks have all their lines through one spot
      const [second, end] = [2 * ARM, NAME].map((share) => [m[0] + (c[0] - m[0]) * share, m[1] + (c[1] - m[1]) * share]);
      put("tick", { x1: second[0], y1: second[1], x2: second[0] + side[0] * TICK, y2: second[1] + side[1] * TICK });
      put("middle", { cx: m[0], cy: m[1] });
      put("first", { cx: m[0] + (a[0] - m[0]) * 2 * ARM, cy: m[1] + (a[1] - m[1]) * 2 * ARM });
      put("second", { cx: second[0], cy: second[1] });
      put("name", { x: end[0] + side[0] * 11, y: end[1] + side[1] * 11 + 4 });
      setText(/** @type {Element} */ (element.querySelector("text")), `n${subscript(neuron.unit + 1)}`);
      element.style.setProperty("--line-color", css(theme.palette.classes[neuron.unit % theme.palette.classes.length]));
      element.classList.toggle("is-looked-at", looked?.layer === neuron.layer.id && looked.unit === neuron.unit);
      setAttribute(element, "aria-label", neuronTitle(catalogue, neuron.layer, neuron.unit, run.store.get().data?.classes ?? null));
      setAttribute(element, "aria-valuenow", String(degrees(plane)));
      setAttribute(element, "aria-valuetext", `${degrees(plane)}°, x ${show(place[0])}, y ${show(place[1])}`);
    });
    outside.hidden = seen.length === all.length;
  };

  /** Tell the server where the line in hand is, not oftener than it answers. */
  const send = () => {
    if (!held) return;
    if (sending) {
      waiting = true;
      return;
    }
    const neuron = byKey(held.key);
    if (!neuron) return;
    const { preprocess } = run.store.get().data;
    const [now, before] = [toWeights(held.plane, preprocess), toWeights(held.start, preprocess)];
    const entry = (/** @type {string} */ name, /** @type {number[]} */ index, /** @type {number} */ value, /** @type {number} */ old) => (
      { layer: neuron.layer.id, name, index, value: Math.fround(value), before: Math.fround(old) });
    const mine = held;
    sending = session.edit([entry("kernel", [0, neuron.unit], now.w[0], before.w[0]), entry("kernel", [1, neuron.unit], now.w[1], before.w[1]),
      entry("bias", [neuron.unit], now.b, before.b)]).catch(() => {}).then(() => {
      sending = null;
      if (waiting) {
        waiting = false;
        send();
      } else if (held === mine && !pressed) {
        held = null;
        painter.request(draw);
      }
    });
  };

  let pressed = false;
  /** @param {PointerEvent} event @returns {[number, number]} */
  const spot = (event) => {
    const r = root.getBoundingClientRect();
    const { x0, x1, y0, y1 } = pictures.bounds;
    return [x0 + ((event.clientX - r.left) / r.width) * (x1 - x0), y1 - ((event.clientY - r.top) / r.height) * (y1 - y0)];
  };
  const take = (/** @type {Neuron} */ neuron, /** @type {boolean} */ turns, /** @type {[number, number]} */ grip) => {
    const plane = planeOf(neuron);
    held = { key: neuron.key, plane, start: plane, turns, grip };
  };
  const release = () => {
    if (!pressed) return;
    pressed = false;
    send();
  };
  const request = () => painter.request(draw);
  request();

  return all(
    run.watch(request), run.store.subscribe(request), experiment.store.subscribe(request), selection.store.subscribe(request), theme.subscribe(request),
    on(root, "pointerdown", (event) => {
      const neuron = byKey(event.target.closest("[data-key]")?.dataset.key);
      if (!neuron || event.button !== 0) return;
      event.preventDefault();
      event.target.closest("[data-key]").focus();
      take(neuron, event.target.matches('[data-part="first"], [data-part="second"]'), spot(event));
      pressed = true;
      root.setPointerCapture(event.pointerId);
    }),
    on(root, "pointermove", (event) => {
      if (!pressed || !held) return;
      const at = spot(event);
      const ends = across(held.start, pictures.bounds);
      if (!ends) return;
      const about = middle(ends);
      held.plane = held.turns ? turned(held.start, about, angleBetween(held.grip, at, about))
        : through(held.start, [about[0] + at[0] - held.grip[0], about[1] + at[1] - held.grip[1]]);
      request();
      send();
    }),
    on(root, "pointerup", release), on(root, "pointercancel", release),
    on(root, "keydown", (event) => {
      const neuron = byKey(event.target.closest("[data-key]")?.dataset.key);
      const step = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] })[event.key];
      if (!neuron || !step) return;
      event.preventDefault();
      const fine = event.shiftKey ? 0.2 : 1;
      const plane = planeOf(neuron);
      const ends = across(plane, pictures.bounds);
      if (!ends) return;
      take(neuron, false, middle(ends));
      if (held) held.plane = step[0] ? turned(plane, middle(ends), (step[0] * TURN * fine * Math.PI) / 180) : shifted(plane, step[1] * SHIFT * fine);
      request();
      send();
    }),
    () => painter.cancel(draw),
  );
}
