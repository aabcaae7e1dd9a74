// @ts-check
// The data column: thumbnails drawn from real examples, and the knobs that make and split them.

import { findPart } from "../lib/catalogue.js";
import { groupOf, groupsOf } from "../lib/groups.js";
import { boundsOf } from "../lib/inputs.js";
import { chooseDataset, dataFor, factsOf, presetFor } from "../lib/spec.js";
import { t, told } from "../lib/words.js";
import { all, clone, fitCanvas, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { pointColor } from "./points.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { catalogue, experiment, defaults, session, theme, painter, run } = app;
  const list = slot(root, "thumbs");
  const own = slot(root, "own");
  /** @type {Map<string, any>} */
  const samples = new Map();

  const types = () => {
    const { data } = experiment.store.get().spec;
    const { type } = data;
    const group = groupsOf(catalogue).find(({ name }) => name === groupOf(catalogue, data));
    return group?.types.includes(type) ? group.types : [type, ...(group?.types ?? [])];
  };

  /** A data set of the list: one's own is the one in use. @param {string} type */
  const given = (type) => (type === "own" ? { type, id: experiment.store.get().spec.data.id } : type);
  const sampleKey = (/** @type {string} */ type) => JSON.stringify(given(type));

  const update = () => {
    const { data } = experiment.store.get().spec;
    reconcile(list, types(), String, () => clone("t-thumb"), (element, type) => {
      const part = findPart(catalogue, "dataset", type);
      const facts = factsOf(catalogue, given(type));
      setText(/** @type {Element} */ (element.querySelector(".thumb__label")), facts.label ?? part?.label ?? type);
      setAttribute(element, "title", facts.label ?? part?.help ?? "");
      setAttribute(element, "aria-pressed", String(type === data.type));
      const found = samples.get(sampleKey(type));
      element.classList.toggle("is-missing", found instanceof Error);
      if (found instanceof Error) setAttribute(element, "title", `${part?.help ?? ""} ${found.message}`);
      const absent = /** @type {HTMLElement} */ (element.querySelector(".thumb__missing"));
      absent.hidden = !facts.missing;
      setAttribute(element, "aria-disabled", facts.missing ? "true" : null);
      if (!facts.missing && found === undefined) load(type);
    });
    const absent = types().filter((type) => factsOf(catalogue, given(type)).missing);
    const missing = slot(root, "missing");
    missing.hidden = !absent.length;
    setText(missing, t("Not on this server yet: {names}. To have them: {command}", {
      names: absent.map((type) => findPart(catalogue, "dataset", type)?.label ?? type).join(", "),
      command: `playground data fetch ${absent.map((type) => type.replaceAll("_", "-")).join(" ")}`,
    }));
    const params = (findPart(catalogue, "dataset", data.type)?.params ?? []).filter((param) => ["integer", "real", "choice"].includes(param.widget));
    reconcile(own, params, (param) => `${data.type} ${param.name}`, (param) => clone(param.widget === "choice" ? "t-choice" : "t-slider"), (element, param) => {
      setText(slot(element, "label"), param.label);
      const control = /** @type {HTMLInputElement|HTMLSelectElement} */ (element.querySelector("input, select"));
      setAttribute(control, "title", param.help);
      if (control.dataset.path === undefined) {
        if (control instanceof HTMLSelectElement) control.replaceChildren(...param.options.map((option) => new Option(told(String(option).replaceAll("_", " ")), String(option))));
        else Object.assign(control, { min: String(param.lo), max: String(sliderEnd(param)), step: String(sliderStep(param)) });
        element.querySelector(".slider__value")?.setAttribute("data-shows", `data.${param.name}`);
        control.dataset.path = `data.${param.name}`;
      }
    });
    const batch = /** @type {HTMLInputElement} */ (root.querySelector('[data-path="training.batch_size"]'));
    const size = experiment.store.get().spec.training.batch_size;
    setAttribute(batch, "max", String(Math.max(size, 64)));
    app.showValues();
  };

  const load = (/** @type {string} */ type) => {
    const key = sampleKey(type);
    samples.set(key, null);
    session.preview(dataFor(catalogue, given(type), defaults)).then((found) => {
      samples.set(key, found);
      painter.request(draw);
    }, (error) => {
      samples.set(key, error instanceof Error ? error : new Error(String(error)));
      update();
    });
  };

  const draw = () => {
    for (const element of /** @type {HTMLElement[]} */ ([...list.children])) {
      const found = samples.get(sampleKey(element.dataset.key ?? ""));
      const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
      const fitted = found && !(found instanceof Error) && fitCanvas(canvas);
      if (fitted) (found.view === "image" ? paintImages : paintThumb)(fitted, found, theme.palette);
    }
  };

  const resize = new ResizeObserver(() => painter.request(draw));
  resize.observe(list);
  update();
  return all(
    experiment.store.subscribe(update), theme.subscribe(() => painter.request(draw)),
    run.store.subscribe((now, before) => now.id !== before.id && painter.request(draw)),
    on(list, "click", (event) => {
      const type = event.target.closest(".thumb")?.dataset.key;
      const { spec } = experiment.store.get();
      const { missing } = type ? factsOf(catalogue, given(type)) : {};
      if (missing) app.notes.calm("data", `${told(missing.detail)} ${told(missing.fix)}`);
      else if (type && type !== spec.data.type) experiment.change(t("dataset {name}", { name: findPart(catalogue, "dataset", type)?.label ?? type }), chooseDataset(catalogue, defaults, spec, type));
    }),
    on(root, "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      const { spec } = experiment.store.get();
      if (action === "preset") {
        experiment.change(t("network that solves it"), { ...presetFor(catalogue, defaults, spec.data), seed: spec.seed });
      } else if (action === "regenerate") {
        experiment.change(t("regenerate data"), { ...spec, data: { ...spec.data, seed: spec.data.seed + 1 } });
      }
    }),
    on(root, "submit", (event) => event.preventDefault()),
    () => resize.disconnect(), () => painter.cancel(draw),
  );
}

/** Sliders end where a classroom ends; typed addresses go as far as the server lets them. @param {import("../lib/types.js").Param} param */
const sliderEnd = (param) => (param.widget === "integer" && typeof param.default === "number" && (param.hi ?? 0) > param.default * 8 ? param.default * 4 : param.hi);

/** @param {import("../lib/types.js").Param} param */
const sliderStep = (param) => {
  const reach = (sliderEnd(param) ?? 1) - (param.lo ?? 0);
  if (param.widget !== "integer") return reach >= 20 ? 5 : reach / 20;
  return reach > 400 ? 20 : 1;
};

/** @typedef {{context: CanvasRenderingContext2D, width: number, height: number}} Fitted */

/** @param {Fitted} canvas @param {any} data @param {import("../state/theme.js").Palette} palette */
function paintThumb({ context, width, height }, data, palette) {
  const flat = data.view === "line" || data.input_shape.length > 1;
  const [a, b] = data.view === "table" ? columnsToShow(data.points) : [0, 1];
  const points = data.points.map((/** @type {any} */ p, /** @type {number} */ i) => (flat ? [Number([p].flat(2)[0]), data.targets[i]] : [p[a], p[b]]));
  const bounds = flat ? { ...boundsOf("table", points) } : boundsOf(data.view, points);
  const color = pointColor(data, palette);
  const most = 220;
  const step = Math.max(1, Math.floor(points.length / most));
  for (let i = 0; i < points.length; i += step) {
    const x = ((points[i][0] - bounds.x0) / (bounds.x1 - bounds.x0)) * width;
    const y = ((bounds.y1 - points[i][1]) / (bounds.y1 - bounds.y0)) * height;
    context.fillStyle = color(data.targets[i]);
    context.beginPath();
    context.arc(x, y, Math.max(1.1, width / 48), 0, 2 * Math.PI);
    context.fill();
  }
}

/** The last two columns that are more than yes or no. @param {number[][]} points */
function columnsToShow(points) {
  const wide = points[0].map((_, i) => i).filter((i) => new Set(points.slice(0, 100).map((p) => p[i])).size > 2);
  const columns = wide.length > 1 ? wide : points[0].map((_, i) => i);
  return columns.length > 1 ? columns.slice(-2) : [0, 0];
}

/** The first nine images. @param {Fitted} canvas @param {any} data @param {import("../state/theme.js").Palette} palette */
function paintImages({ context, width, height }, data, palette) {
  const full = data.preprocess.scale;
  for (let i = 0; i < Math.min(9, data.points.length); i++) {
    const image = data.points[i];
    const size = width / 3;
    const pixel = (size - 3) / Math.max(image.length, image[0].length);
    image.forEach((/** @type {number[][]} */ row, /** @type {number} */ r) => row.forEach((channels, c) => {
      const [red, green, blue] = channels.map((value) => (255 * value) / full);
      context.globalAlpha = channels.length === 3 ? 1 : Math.min(1, channels[0] / full);
      context.fillStyle = channels.length === 3 ? `rgb(${red} ${green} ${blue})` : palette.css.ink;
      context.fillRect((i % 3) * size + 1.5 + c * pixel, Math.floor(i / 3) * (height / 3) + 1.5 + r * pixel, pixel + 0.3, pixel + 0.3);
    }));
  }
  context.globalAlpha = 1;
}
