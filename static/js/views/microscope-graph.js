// @ts-check
// The network under the microscope as a drawing: each neuron with its number, the edges of the step in the colour of
// what flows along them. Forward they come in from the left; backward the gradients come in from the right.

import { trace } from "../lib/curves.js";
import { forwardTerms, inputsOf, isDense } from "../lib/microscope.js";
import { show } from "../lib/number.js";
import { t } from "../lib/words.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 10;
const ROOM = 5; // letters that fit into a neuron at full size
const ROOMY = { radius: 23, row: 54, head: 30, font: "" };
const TIGHT = { radius: 19, row: 41, head: 24, font: " graph--tight" }; // on phones

/** @typedef {import("../lib/microscope.js").Told} Told */
/** @typedef {import("../lib/microscope.js").Step} Step */
/** @typedef {import("../lib/microscope.js").ToldLayer} ToldLayer */
/** @typedef {{key: string, layer: string, unit: number|null, value: number|null, x: number, y: number}} Node */

/** @param {string} name @param {Record<string, string|number>} attributes @param {string} [text] */
function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Which of so many neurons have a place: the first ones, and the one on show. @param {number} units @param {number} active */
export function placed(units, active) {
  const all = Array.from({ length: Math.min(units, MOST) }, (_, i) => i);
  if (active >= MOST && active < units) all[MOST - 1] = active;
  return all;
}

/**
 * @param {HTMLElement} root @param {Told} told @param {Step} step
 * @param {import("../lib/microscope-page.js").Names} names
 * @param {Set<string>} seen  keys of neurons whose turn has come in this phase
 */
export function drawGraph(root, told, step, names, seen) {
  const columns = [column(told, null, step, names), ...told.layers.map((layer) => column(told, layer, step, names))];
  const tallest = Math.max(...columns.map((c) => c.units.length));
  const size = root.clientHeight < 300 ? TIGHT : ROOMY;
  const width = Math.max(root.clientWidth - 18, columns.length * 74);
  const { head } = size;
  const height = Math.max(root.clientHeight - 26, head + tallest * size.row);
  const most = Math.min(110, (height - head) / tallest);
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  columns.forEach((c, i) => c.units.forEach((unit, k) => {
    const key = `${c.id}.${unit ?? ""}`;
    nodes.set(key, { key, layer: c.id, unit, value: c.value(unit), x: ((i + 0.5) * width) / columns.length,
      y: head + (height - head) / 2 + (k - (c.units.length - 1) / 2) * most });
  }));
  const svg = element("svg", { class: `graph${size.font}`, width, height, viewBox: `0 0 ${width} ${height}` });
  for (const edge of edges(told, columns, nodes, step, size.radius)) svg.append(edge);
  columns.forEach((c, i) => svg.append(element("text", { class: "graph__label", x: ((i + 0.5) * width) / columns.length, y: 14 },
    c.more ? t("{layer} ({n} more)", { layer: c.title, n: c.more }) : c.title)));
  let active = null;
  for (const node of nodes.values()) {
    const on = node.layer === step.layer && node.unit === step.unit;
    const later = node.layer !== "input" && !seen.has(node.key);
    const group = element("g", { class: `graph__node${on ? " graph__node--on" : later ? " graph__node--later" : ""}`,
      transform: `translate(${node.x} ${node.y})`, "data-layer": node.layer, "data-unit": node.unit ?? "" });
    if (node.layer !== "input") {
      group.setAttribute("role", "button");
      group.setAttribute("tabindex", on ? "0" : "-1");
      group.setAttribute("aria-label", node.unit === null ? names.layer(node.layer) : names.neuron(node.layer, node.unit));
    }
    group.append(node.unit === null ? element("rect", { x: -30, y: -18, width: 60, height: 36, rx: 7 }) : element("circle", { r: size.radius }));
    const text = node.value === null ? "▦" : later && step.phase !== "update" ? "" : show(node.value);
    group.append(element("text", text.length > ROOM ? { class: "graph__long" } : {}, text));
    svg.append(group);
    if (on) active = group;
  }
  root.replaceChildren(svg);
  return active;
}

/** @param {Told} told @param {ToldLayer|null} layer @param {Step} step
 * @param {import("../lib/microscope-page.js").Names} names */
function column(told, layer, step, names) {
  const back = step.phase === "backward" || step.phase === "update";
  if (!layer) {
    const values = /** @type {number[]} */ ([told.input].flat(Infinity));
    const flat = !Array.isArray(told.input?.[0]);
    return { id: "input", title: t("Input"), units: flat ? placed(values.length, -1) : [null], more: flat ? Math.max(0, values.length - MOST) : 0,
      value: (/** @type {number|null} */ unit) => (unit === null ? null : values[unit]) };
  }
  const dense = isDense(layer);
  const values = back ? layer.gradient_pre : layer.output;
  return { id: layer.id, title: names.layer(layer.id), units: dense ? placed(layer.output.length, step.layer === layer.id ? step.unit ?? -1 : -1) : [null],
    more: dense ? Math.max(0, layer.output.length - MOST) : 0, value: (/** @type {number|null} */ unit) => (unit === null ? null : values?.[unit] ?? null) };
}

/** @param {Told} told @param {ReturnType<typeof column>[]} columns @param {Map<string, Node>} nodes @param {Step} step @param {number} radius */
function edges(told, columns, nodes, step, radius) {
  /** @type {Element[]} */
  const quiet = [];
  /** @type {Element[]} */
  const loud = [];
  for (const layer of told.layers) {
    const to = /** @type {any} */ (columns.find((c) => c.id === layer.id));
    for (const source of layer.inputs) {
      const from = columns.find((c) => c.id === source);
      if (!from) continue;
      for (const b of to.units) {
        for (const a of from.units) {
          const flow = flowOf(told, layer, source, a, b, step);
          const edge = line(/** @type {Node} */ (nodes.get(`${source}.${a ?? ""}`)), /** @type {Node} */ (nodes.get(`${layer.id}.${b ?? ""}`)), flow, radius);
          (flow === null ? quiet : loud).push(edge);
        }
      }
    }
  }
  return [...quiet, ...loud];
}

/** What flows along an edge at this step; null where nothing does. @param {Told} told @param {ToldLayer} layer @param {string} source @param {number|null} a @param {number|null} b @param {Step} step */
function flowOf(told, layer, source, a, b, step) {
  const into = step.layer === layer.id && step.unit === b;
  const outOf = step.layer === source && step.unit === a;
  if (step.phase === "backward" ? !outOf : !into) return null;
  if (b === null || a === null || !isDense(layer)) return 0;
  const w = layer.weights.kernel.value[a]?.[b];
  if (step.phase === "backward") return w * layer.gradient_pre[b];
  if (step.phase === "update") return layer.weights.kernel.after[a]?.[b] - w;
  return layer.inputs.length === 1 ? forwardTerms(told, layer, b).terms[a].product : inputsOf(told, layer)[a];
}

/** @param {Node} a @param {Node} b @param {number|null} flow @param {number} radius */
function line(a, b, flow, radius) {
  /** @type {string[]} */
  const d = [];
  trace(/** @type {any} */ ({ moveTo: (/** @type {number} */ x, /** @type {number} */ y) => d.push(`M${x} ${y}`),
    bezierCurveTo: (/** @type {number[]} */ ...p) => d.push(`C${p.join(" ")}`) }), { x0: a.x + radius, y0: a.y, x1: b.x - radius, y1: b.y });
  const tone = flow === null ? "" : ` graph__edge--on graph__edge--${flow < 0 ? "minus" : "plus"}`;
  return element("path", { d: d.join(""), class: `graph__edge${tone}`, ...(flow === null ? {} : { "stroke-width": 2 + 4 * Math.min(1, Math.abs(flow)) }) });
}
