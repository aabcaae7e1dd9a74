// @ts-check
// The features column: small pictures that toggle for points, column names for tables, the example for images.

import { featureBound, gridPoints, linePoints, makeInputs } from "../lib/inputs.js";
import { largestOf } from "../lib/maps.js";
import { featurePart } from "../lib/naming.js";
import { shownOf } from "../lib/plan.js";
import { factsOf } from "../lib/spec.js";
import { t, told } from "../lib/words.js";
import { all, cells, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { paintImage } from "./image.js";
import { mountOwnFormula } from "./own-formula.js";
import { createTile } from "./tile.js";

const SIDE = 24;
const PLANE = { x0: -6, x1: 6, y0: -6, y1: 6 };

/** @typedef {{name: string, label: string, help: string, on: boolean, kind: "feature"|"column"|"steps"|"image"|"more"}} Item */

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mountFeatures(root, app) {
  const { catalogue, experiment, run, theme, painter, example } = app;
  const list = slot(root, "features");
  const column = /** @type {HTMLElement} */ (root.querySelector(".features"));

  /** Formulas that were features while the page is open: they stay, switched off. @type {Set<string>} */
  const typed = new Set();

  /** The features of a point, in the order in which they stand. @param {string[]} chosen */
  const namesOf = (chosen) => {
    const known = (catalogue.feature ?? []).map((part) => part.type);
    for (const name of chosen) if (!known.includes(name)) typed.add(name);
    return [...known, ...typed];
  };

  /** @returns {Item[]} */
  const items = () => {
    const { data } = experiment.store.get().spec;
    const facts = factsOf(catalogue, data);
    const chosen = data.features ?? [];
    const named = data.type === "own" ? String : told;
    if (facts.view === "plane") {
      return namesOf(chosen).map((name) => ({ name, ...featurePart(catalogue, name), on: chosen.includes(name), kind: "feature" }));
    }
    if (facts.view === "table") {
      const names = /** @type {string[]} */ (facts.columns);
      const wide = chosen.length > shownOf(chosen.length);
      const on = names.filter((name) => chosen.includes(name));
      const shown = wide ? on.slice(0, shownOf(chosen.length)) : names.filter((name) => chosen.includes(name) || names.length <= 16);
      /** @type {Item[]} */
      const made = shown.map((name) => ({ name, label: named(name), help: t("Whether the network is told: {name}.", { name: named(name) }), on: chosen.includes(name), kind: "column" }));
      const rest = names.length - shown.length;
      if (rest > 0) made.push({ name: "more", label: t("+ {n} more", { n: rest }), help: "", on: true, kind: "more" });
      return made;
    }
    if (facts.view === "image") return [{ name: "image", label: t("{size} pixels", { size: facts.shape.slice(0, 2).join("×") }), help: "", on: true, kind: "image" }];
    const names = /** @type {string[]} */ (facts.columns?.length ? facts.columns : ["input"]);
    /** @type {Item[]} */
    const made = names.slice(0, shownOf(names.length)).map((name) => ({ name, label: named(name), help: t("What the network reads."), on: true, kind: facts.view === "sequence" ? "steps" : "column" }));
    const rest = names.length - made.length;
    return rest > 0 ? [...made, { name: "more", label: t("+ {n} more", { n: rest }), help: "", on: true, kind: "more" }] : made;
  };

  const draw = () => {
    const palette = theme.palette;
    for (const element of /** @type {HTMLElement[]} */ ([...list.children])) {
      const canvas = element.querySelector("canvas");
      if (!canvas) continue;
      if (element.dataset.kind === "feature") {
        const preprocess = { kind: "features", features: [element.dataset.key ?? ""], mean: 0, scale: 1, target: null };
        const values = makeInputs(preprocess, gridPoints(PLANE, SIDE));
        const most = featureBound(values);
        createTile(canvas).plane(palette, values, 0, SIDE, [-most, most]);
      } else if (element.dataset.kind === "image") {
        const shown = example.store.get();
        if (Array.isArray(shown.raw?.[0])) paintImage(cells(canvas, shown.raw[0].length, shown.raw.length), shown.raw, palette, run.store.get().data?.preprocess?.scale ?? 1);
      } else if (element.dataset.kind === "steps") {
        drawSteps(createTile(canvas), element.dataset.key ?? "");
      } else if (factsOf(catalogue, experiment.store.get().spec.data).view === "line") {
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

  /** One input at every step of the example. @param {import("./tile.js").Tile} tile @param {string} name */
  const drawSteps = (tile, name) => {
    const { data } = run.store.get();
    const { input } = example.store.get();
    const [steps, channels = 1] = data?.input_shape ?? [0];
    if (!input || input.length !== steps * channels) return tile.blank(theme.palette);
    tile.map(theme.palette, { shape: [1, steps, channels], values: input }, Math.max(0, data.input_names.indexOf(name)), largestOf(input) || 1);
  };

  const update = () => {
    const { data } = experiment.store.get().spec;
    const { view } = factsOf(catalogue, data);
    const canToggle = view === "plane" || view === "table";
    column.classList.toggle("features--names", view === "table");
    column.classList.toggle("features--image", view === "image");
    column.classList.toggle("features--steps", view === "sequence");
    slot(root, "own-formula").hidden = view !== "plane";
    setText(slot(root, "question"), canToggle ? t("Which properties do you want to feed in?") : view === "image" ? t("Each pixel’s brightness goes in.") : t("This goes in."));
    const shown = items();
    reconcile(list, shown, (item) => item.name, () => clone("t-feature"), (element, item) => {
      element.dataset.kind = item.kind;
      const button = /** @type {HTMLButtonElement} */ (element.querySelector("button"));
      setText(/** @type {Element} */ (element.querySelector(".feature__label")), item.label);
      button.hidden = item.kind === "more";
      setAttribute(button, "aria-pressed", canToggle ? String(item.on) : null);
      button.classList.toggle("is-pixel", item.kind === "image" || item.kind === "steps");
      button.classList.toggle("neuron--strip", item.kind === "steps");
      element.classList.toggle("feature--formula", typed.has(item.name));
      setAttribute(button, "aria-label", item.label);
      setAttribute(button, "title", item.help || null);
      element.dataset.on = String(item.on);
    });
    painter.request(draw);
    return shown.length;
  };

  const toggle = (/** @type {string} */ name) => {
    const { spec } = experiment.store.get();
    const facts = factsOf(catalogue, spec.data);
    const chosen = spec.data.features ?? [];
    const order = facts.view === "plane" ? namesOf([...chosen, name]) : facts.columns;
    const next = chosen.includes(name) ? chosen.filter((other) => other !== name) : order.filter((/** @type {string} */ n) => chosen.includes(n) || n === name);
    if (!next.length) return app.notes.warn("features", t("The network needs at least one input."));
    app.notes.clear("features");
    const values = { feature: facts.view === "plane" ? featurePart(catalogue, name).label : name, n: next.length };
    const label = chosen.includes(name) ? t(next.length === 1 ? "leave out {feature} ({n} input)" : "leave out {feature} ({n} inputs)", values)
      : t("feed in {feature} ({n} inputs)", values); // there was one before
    experiment.change(label, { ...spec, data: { ...spec.data, features: next } });
  };

  const unmount = all(
    mountOwnFormula(root, app, (name) => {
      if (experiment.store.get().spec.data.features?.includes(name)) return false;
      toggle(name);
      return true;
    }),
    theme.subscribe(() => painter.request(draw)),
    example.store.subscribe(() => painter.request(draw)),
    on(list, "click", (event) => {
      const item = event.target.closest(".feature");
      if (item && (item.dataset.kind === "feature" || (item.dataset.kind === "column" && event.target.closest("[aria-pressed]")))) toggle(item.dataset.key);
    }),
  );
  return { update, unmount };
}
