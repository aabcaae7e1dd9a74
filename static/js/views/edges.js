// @ts-check
// The edges on one canvas: width by size, colour by sign, dashes that flow while training; and which weight is
// pointed at. The keyboard reaches every weight through its neuron's card.

import { LANE, arcAt, layArcs, shortcuts } from "../lib/arcs.js";
import { inputName, layerTitle, neuronTitle } from "../lib/naming.js";
import { nearest, trace, widthOf } from "../lib/curves.js";
import { showSigned } from "../lib/number.js";
import { t } from "../lib/words.js";
import { createCallouts } from "./callouts.js";
import { strokeArc } from "./arc.js";
import { all, fitCanvas, on, setText, slot } from "./dom.js";

/** @typedef {import("../lib/curves.js").Edge & {layer: string, input: number, unit: number, direct: boolean}} Weight */

const REACH = 8;

/** @param {HTMLElement} strip @param {import("../main.js").App} app @param {() => import("../lib/plan.js").Column[]} plan */
export function mountEdges(strip, app, plan) {
  const { run, theme, painter, selection, catalogue } = app;
  const canvas = /** @type {HTMLCanvasElement} */ (slot(strip, "edges"));
  const card = /** @type {HTMLElement} */ (document.getElementById("edge-card"));
  const callouts = createCallouts(strip);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Weight[]} */
  let edges = [];
  /** @type {import("../lib/arcs.js").Arc[]} */
  let arcs = [];
  /** @type {import("../lib/arcs.js").Arc|null} */
  let pointedArc = null;
  /** @type {{x0: number, y0: number, x1: number, y1: number}[]} */
  let leads = [];
  /** @type {Weight|null} */
  let pointed = null;
  let size = { width: 0, height: 0 };

  /** Measure where everything stands. */
  const measure = () => {
    const origin = strip.getBoundingClientRect();
    const box = (/** @type {Element} */ element) => {
      const r = element.getBoundingClientRect();
      return { left: r.left - origin.left + strip.scrollLeft, right: r.right - origin.left + strip.scrollLeft, y: r.top - origin.top + r.height / 2, bottom: r.bottom - origin.top };
    };
    /** @type {Map<string, import("./callouts.js").Place[]>} */
    const places = new Map();
    const active = [...strip.querySelectorAll('.feature[data-on="true"] .feature__button')].filter((b) => !(/** @type {HTMLElement} */ (b).hidden));
    const order = app.experiment.store.get().spec.data.features ?? []; // which may be another than that in which they stand
    const placeOf = (/** @type {Element} */ button) => order.indexOf(/** @type {HTMLElement} */ (button.closest(".feature"))?.dataset.key ?? "");
    places.set("input", active.sort((a, b) => placeOf(a) - placeOf(b)).map(box));
    for (const column of plan()) {
      const cells = strip.querySelectorAll(`.layer[data-layer="${column.id}"] .neuron`);
      if (cells.length && column.kind !== "maps") places.set(column.id, [...cells].map(box)); // a map has a kernel, not one weight for each source
    }
    const image = strip.querySelector('.feature[data-kind="image"]');
    edges = [];
    plan().forEach((column, place) => {
      const targets = places.get(column.id);
      const link = column.links.find(({ id }) => id === (plan()[place - 1]?.id ?? "input"));
      const sources = link && places.get(link.reads);
      // what is no row of numbers has no one place for each weight to begin
      if (!targets || !sources || (link.reads === "input" && column.inputs === 0)) return;
      targets.forEach((to, unit) => sources.forEach((from, input) => {
        if (column.direct && input + link.offset !== unit) return;
        edges.push({ x0: from.right, y0: from.y, x1: to.left, y1: to.y, layer: column.id, input, unit, direct: column.direct });
      }));
    });
    layShortcuts(box);
    const last = places.get(plan().at(-1)?.id ?? "") ?? [];
    canvas.style.width = "0px"; // or it would hold the strip open after layers have become narrower
    size = { width: Math.max(strip.scrollWidth, strip.clientWidth), height: strip.clientHeight };
    const middle = last.length ? last.reduce((sum, b) => sum + b.y, 0) / last.length : 0;
    leads = last.map((b) => ({ x0: b.right, y0: b.y, x1: size.width, y1: middle }));
    const hidden = plan().slice(0, -1).flatMap((column) => (places.has(column.id) ? [/** @type {any} */ (places.get(column.id))] : []));
    const ghosts = strip.querySelector(".layer.is-ghost"); // without weights yet there are no lines to speak of
    callouts.place(image || arcs.length || ghosts ? [] : hidden, edges, size.height);
    painter.request(draw);
  };

  /** @param {(element: Element) => {left: number, right: number, bottom: number}} box */
  const layShortcuts = (box) => {
    const links = shortcuts(plan());
    const stands = new Map();
    const stand = (/** @type {number} */ place) => {
      const id = place < 0 ? "" : plan()[place].id;
      const element = place < 0 ? slot(strip, "features") : strip.querySelector(`.layer[data-layer="${id}"]`);
      if (!stands.has(place)) stands.set(place, element ? box(element) : { left: 0, right: 0, bottom: 0 });
      const { left, right, bottom } = stands.get(place);
      return { x: place < 0 ? right - 20 : (left + right) / 2, bottom };
    };
    arcs = layArcs(links, stand);
    const lowest = Math.max(0, ...arcs.map((arc) => arc.y));
    const room = Math.max(0, ...[...strip.querySelectorAll(".layer, .features")].map((element) => box(element).bottom));
    strip.style.setProperty("--arcs", arcs.length ? `${Math.max(0, lowest - room) + LANE}px` : "0px");
  };

  const draw = () => {
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    const fitted = fitCanvas(canvas, size.width, size.height);
    const now = run.store.get();
    if (!fitted || !now.spec) return;
    const { context } = fitted;
    const { css } = theme.palette;
    context.lineCap = "butt";
    context.strokeStyle = css.line;
    context.lineWidth = 1.5;
    for (const lead of leads) stroke(context, lead);
    for (const arc of arcs) strokeArc(context, arc, arc === pointedArc ? css.accent : css["line-strong"]);
    const flows = now.state === "running" && !calm.matches;
    context.setLineDash(flows ? [9, 1.5] : []);
    context.lineDashOffset = -now.epoch / 3;
    const shown = selection.shown();
    for (const edge of edges) {
      if (edge.direct) {
        context.strokeStyle = css["line-strong"];
        context.lineWidth = 1;
        stroke(context, edge);
        continue;
      }
      const weight = weightOf(edge);
      if (Number.isNaN(weight)) continue;
      const off = shown && (shown.layer !== edge.layer || shown.unit !== edge.unit);
      context.globalAlpha = off ? 0.22 : 0.95;
      context.strokeStyle = weight < 0 ? css.negative : css.positive;
      context.lineWidth = widthOf(weight) + (edge === pointed ? 2 : 0);
      stroke(context, edge);
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
    if (pointed || shown) signs(context, css, shown);
    if (pointed) tellWeight(pointed);
  };

  /** A plus or minus on the edges that are looked at: sign without colour. @param {CanvasRenderingContext2D} context
   * @param {Record<string, string>} css @param {import("../state/selection.js").Neuron|null} shown */
  const signs = (context, css, shown) => {
    context.font = "700 12px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const edge of edges) {
      if (edge.direct || (edge !== pointed && !(shown?.layer === edge.layer && shown.unit === edge.unit))) continue;
      const weight = weightOf(edge);
      if (Number.isNaN(weight) || edge.x1 - edge.x0 < 36) continue;
      const x = edge.x0 + 14;
      const y = edge.y0 + (edge.y1 - edge.y0) * 0.06;
      context.fillStyle = css.surface;
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = css[weight < 0 ? "negative-strong" : "positive-strong"];
      context.fillText(weight < 0 ? "−" : "+", x, y + 0.5);
    }
  };

  const weightOf = (/** @type {Weight} */ edge) => {
    const kernel = run.store.get().manifest.find((entry) => entry.layer === edge.layer && entry.name === "kernel");
    if (!kernel || edge.input >= kernel.shape[0] || edge.unit >= kernel.shape[1]) return NaN;
    return run.weights[kernel.offset + edge.input * kernel.shape[1] + edge.unit];
  };

  const tellWeight = (/** @type {Weight} */ edge) => {
    const column = plan().find((c) => c.id === edge.layer);
    if (!column) return;
    const { data } = run.store.get();
    const from = inputName(catalogue, data, column.reads === "input", edge.input);
    const to = neuronTitle(catalogue, column.layer, edge.unit, data?.classes ?? null);
    setText(slot(card, "text"), t("Weight {value} from {from} to {to}. Click to change.", { value: showSigned(weightOf(edge), 3), from, to }));
  };

  const find = (/** @type {PointerEvent|MouseEvent} */ event) => {
    if (event.target instanceof Element && event.target.closest("button, select, input, label")) return null;
    const r = strip.getBoundingClientRect();
    const reach = /** @type {PointerEvent} */ (event).pointerType === "touch" ? 2 * REACH : REACH;
    return nearest(edges.filter((edge) => !edge.direct), event.clientX - r.left + strip.scrollLeft, event.clientY - r.top, reach);
  };
  /** @param {PointerEvent|MouseEvent} event */
  const findArc = (event) => {
    if (event.target instanceof Element && event.target.closest("button, select, input, label")) return null;
    const r = strip.getBoundingClientRect();
    return arcAt(arcs, event.clientX - r.left + strip.scrollLeft, event.clientY - r.top, REACH);
  };
  const tellArc = (/** @type {import("../lib/arcs.js").Arc} */ arc) => {
    const name = (/** @type {string} */ id) => {
      const column = plan().find((c) => c.id === id);
      return column ? layerTitle(catalogue, column.layer) : t("the input");
    };
    setText(slot(card, "text"), t("A shortcut: {layer} reads {source} too. Click to change.", { layer: name(arc.layer), source: name(arc.source) }));
  };
  const point = (/** @type {Weight|null} */ edge, /** @type {PointerEvent|null} */ event) => {
    const arc = !edge && event ? findArc(event) : null;
    if (arc !== pointedArc) {
      pointedArc = arc;
      strip.style.cursor = arc ? "pointer" : "";
      painter.request(draw);
    }
    if (arc) tellArc(arc);
    if ((edge || arc) && event) {
      if (!card.matches(":popover-open")) card.showPopover();
      card.style.left = `${Math.min(event.clientX + 14, innerWidth - card.offsetWidth - 8)}px`;
      card.style.top = `${event.clientY + 16}px`;
    } else if (card.matches(":popover-open")) {
      card.hidePopover();
    }
    if (edge === pointed) return;
    pointed = edge;
    strip.style.cursor = edge || pointedArc ? "pointer" : "";
    painter.request(draw);
  };

  const resize = new ResizeObserver(measure);
  resize.observe(strip);
  for (const part of strip.children) resize.observe(part);
  const request = () => painter.request(draw);
  const unmount = all(
    run.watch(request), selection.store.subscribe(request), theme.subscribe(request),
    on(strip, "pointermove", (event) => {
      if (event.pointerType !== "touch") point(find(event), event);
    }),
    on(strip, "pointerleave", () => point(null, null)),
    on(strip, "click", (event) => {
      const edge = find(event);
      const arc = edge ? null : findArc(event);
      const title = arc && /** @type {HTMLElement|null} */ (strip.querySelector(`.layer[data-layer="${arc.layer}"] .layer__title`));
      if (arc && title) app.openLayerMenu(title, arc.layer);
      if (!edge) return;
      point(null, null);
      selection.pin({ layer: edge.layer, unit: edge.unit }, String(edge.input));
    }),
    () => resize.disconnect(), () => painter.cancel(draw),
  );
  return { rebuild: () => painter.request(measure), unmount };
}

/** @param {CanvasRenderingContext2D} context @param {import("../lib/curves.js").Edge} edge */
function stroke(context, edge) {
  context.beginPath();
  trace(context, edge);
  context.stroke();
}
