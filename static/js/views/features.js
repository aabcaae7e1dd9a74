// @ts-check
// The features column: small pictures that toggle for points, column names for tables, the example for images.

import { findPart } from "../lib/catalogue.js";
import { gridPoints, linePoints, makeInputs } from "../lib/inputs.js";
import { count } from "../lib/naming.js";
import { shownOf } from "../lib/plan.js";
import { factsOf } from "../lib/spec.js";
import { all, cells, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { paintImage } from "./image.js";
import { createTile } from "./tile.js";

const SIDE = 24;
const PLANE = { x0: -6, x1: 6, y0: -6, y1: 6 };

/** @typedef {{name: string, label: string, help: string, on: boolean, kind: "feature"|"column"|"image"|"more"}} Item */

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mountFeatures(root, app) {
  const { catalogue, experiment, run, theme, painter, example } = app;
  const list = slot(root, "features");
  const column = /** @type {HTMLElement} */ (root.querySelector(".features"));

  /** @returns {Item[]} */
  const items = () => {
    const { data } = experiment.store.get().spec;
    const facts = factsOf(catalogue, data.type);
    const chosen = data.features ?? [];
    if (facts.view === "plane") {
      return (catalogue.feature ?? []).map((part) => (
        { name: part.type, label: part.label, help: part.help, on: chosen.includes(part.type), kind: "feature" }));
    }
    if (facts.view === "table") {
      const names = /** @type {string[]} */ (facts.columns);
      const wide = chosen.length > shownOf(chosen.length);
      const on = names.filter((name) => chosen.includes(name));
      const shown = wide ? on.slice(0, shownOf(chosen.length)) : names.filter((name) => chosen.includes(name) || names.length <= 16);
      /** @type {Item[]} */
      const made = shown.map((name) => ({ name, label: name, help: `Whether the network is told: ${name}.`, on: chosen.includes(name), kind: "column" }));
      const rest = names.length - shown.length;
      if (rest > 0) made.push({ name: "more", label: `+ ${rest} more`, help: "", on: true, kind: "more" });
      return made;
    }
    if (facts.view === "image") return [{ name: "image", label: `${facts.shape.slice(0, 2).join("×")} pixels`, help: "", on: true, kind: "image" }];
    const names = /** @type {string[]} */ (facts.columns?.length ? facts.columns : ["input"]);
    /** @type {Item[]} */
    const made = names.slice(0, shownOf(names.length)).map((name) => ({ name, label: name, help: "What the network reads.", on: true, kind: "column" }));
    const rest = names.length - made.length;
    return rest > 0 ? [...made, { name: "more", label: `+ ${rest} more`, help: "", on: true, kind: "more" }] : made;
  };

  const draw = () => {
    const palette = theme.palette;
    for (const element of /** @type {HTMLElement[]} */ ([...list.children])) {
      const canvas = element.querySelector("canvas");
      if (!canvas) continue;
      if (element.dataset.kind === "feature") {
        const preprocess = { kind: "features", features: [element.dataset.key ?? ""], mean: 0, scale: 1, target: null };
        const values = makeInputs(preprocess, gridPoints(PLANE, SIDE));
        createTile(canvas).plane(palette, values, 0, SIDE, featureRange(values));
      } else if (element.dataset.kind === "image") {
        const shown = example.store.get();
        if (shown.raw) paintImage(cells(canvas, shown.raw[0].length, shown.raw.length), shown.raw, palette, run.store.get().data?.preprocess?.scale ?? 1);
      } else if (factsOf(catalogue, experiment.store.get().spec.data.type).view === "line") {
        const values = Float32Array.from(linePoints(-1, 1, 48));
        createTile(canvas).line(palette, values, 0, 48, [-1, 1]);
      } else {
        const place = run.store.get().data?.input_names.indexOf(element.dataset.key ?? "") ?? -1;
        const value = example.store.get().input?.[place];
        const tile = createTile(canvas);
        if (value === undefined) tile.blank(palette);
        else tile.plane(palette, Float32Array.of(value), 0, 1, [-2.5, 2.5]); // standardized: nearly all lie within
      }
    }
  };

  const update = () => {
    const { data } = experiment.store.get().spec;
    const { view } = factsOf(catalogue, data.type);
    const canToggle = view === "plane" || view === "table";
    column.classList.toggle("features--names", view === "table");
    column.classList.toggle("features--image", view === "image");
    setText(slot(root, "question"), canToggle ? "Which properties do you want to feed in?" : view === "image" ? "Each pixel’s brightness goes in." : "This goes in.");
    const shown = items();
    reconcile(list, shown, (item) => item.name, () => clone("t-feature"), (element, item) => {
      element.dataset.kind = item.kind;
      const button = /** @type {HTMLButtonElement} */ (element.querySelector("button"));
      setText(/** @type {Element} */ (element.querySelector(".feature__label")), item.label);
      button.hidden = item.kind === "more";
      setAttribute(button, "aria-pressed", canToggle ? String(item.on) : null);
      button.classList.toggle("is-pixel", item.kind === "image");
      setAttribute(button, "aria-label", item.label);
      setAttribute(button, "title", item.help || null);
      element.dataset.on = String(item.on);
    });
    painter.request(draw);
    return shown.length;
  };

  const toggle = (/** @type {string} */ name) => {
    const { spec } = experiment.store.get();
    const facts = factsOf(catalogue, spec.data.type);
    const order = facts.view === "plane" ? catalogue.feature.map((part) => part.type) : facts.columns;
    const chosen = spec.data.features ?? [];
    const next = chosen.includes(name) ? chosen.filter((other) => other !== name) : order.filter((/** @type {string} */ n) => chosen.includes(n) || n === name);
    if (!next.length) return app.notes.warn("features", "The network needs at least one input.");
    app.notes.clear("features");
    const label = findPart(catalogue, "feature", name)?.label ?? name;
    experiment.change(`${chosen.includes(name) ? "leave out" : "feed in"} ${label} (${count(next.length, "input")})`,
      { ...spec, data: { ...spec.data, features: next } });
  };

  const unmount = all(
    theme.subscribe(() => painter.request(draw)),
    example.store.subscribe(() => painter.request(draw)),
    on(list, "click", (event) => {
      const item = event.target.closest(".feature");
      if (item && (item.dataset.kind === "feature" || (item.dataset.kind === "column" && event.target.closest("[aria-pressed]")))) toggle(item.dataset.key);
    }),
  );
  return { update, unmount };
}

/** x and sines have ±6 and ±1; squares only go up, and are shown from zero both ways like all others. @param {Float32Array} values @returns {[number, number]} */
function featureRange(values) {
  const most = values.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
  return [-most, most];
}
