// @ts-check
// For data that is no plane: one example, chosen from a strip or drawn, and the network's answer to it as bars.

import { largestOf, paintChannel } from "../lib/maps.js";
import { inputName, mapTitle } from "../lib/naming.js";
import { parseNumber, show, showPercent } from "../lib/number.js";
import { sharesOf } from "../lib/shares.js";
import { t } from "../lib/words.js";
import { all, cells, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { paintImage } from "./image.js";
import { onScreen } from "./on-screen.js";

const FIT = 10; // numbers that stand in its place without scrolling

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, example, confusion, pictures, painter, theme, gallery, catalogue, selection } = app;
  const part = (/** @type {string} */ name) => slot(root, name);
  const index = /** @type {HTMLInputElement} */ (part("index"));
  const split = /** @type {HTMLSelectElement} */ (part("split"));
  const drawing = /** @type {HTMLButtonElement} */ (root.querySelector('[data-action="draw"]'));

  const draw = () => {
    const now = run.store.get();
    root.hidden = pictures.kind !== "other";
    const shown = example.store.get();
    if (root.hidden || !now.data) return;
    if (document.activeElement !== index) index.value = shown.own ? "" : String(shown.index + 1);
    split.value = shown.split;
    drawing.hidden = now.data.view !== "image";
    setAttribute(drawing, "aria-pressed", String(app.drawing.store.get().open));
    const isClassified = now.data.task === "classification";
    /** @type {HTMLElement} */ (root.querySelector('[data-action="next-wrong"]')).hidden = !isClassified;
    /** @type {HTMLElement} */ (root.querySelector('[data-action="microscope"]')).hidden = shown.own !== null;
    if (!shown.raw) return;
    drawExample(now.data, shown);
    drawAnswer(now.data, shown);
  };

  const drawExample = (/** @type {any} */ data, /** @type {import("../state/example.js").ExampleState} */ { raw, own }) => {
    const picture = /** @type {HTMLCanvasElement} */ (part("picture"));
    if (data.view === "image" && drawPointedAt(picture)) return;
    setText(part("caption"), own ? t("Centred and scaled, as the network sees it.") : "");
    setAttribute(picture, "aria-label", own ? t("The drawing as the network sees it") : t("The example"));
    const isImage = data.view === "image" && Array.isArray(raw[0]);
    picture.hidden = !isImage;
    part("values").hidden = isImage;
    if (isImage) return paintImage(cells(picture, raw[0].length, raw.length), raw, theme.palette, data.preprocess.scale);
    const flat = /** @type {number[]} */ ([raw].flat(3));
    setAttribute(part("values"), "tabindex", flat.length > FIT ? "0" : null); // to be scrolled by keyboard
    const wide = data.input_names.length;
    const named = (/** @type {number} */ i) => {
      if (!wide) return inputName(catalogue, data, true, i);
      const name = (data.names ?? data.input_names)[i % wide];
      return flat.length > wide ? t("{name}, step {step}", { name, step: Math.floor(i / wide) + 1 }) : name;
    };
    reconcile(part("values"), flat.map((value, i) => ({ value, name: named(i), i })), (f) => String(f.i),
      () => clone("t-fact"), (element, fact) => {
        setText(/** @type {Element} */ (element.firstElementChild), fact.name);
        setText(/** @type {Element} */ (element.lastElementChild), show(fact.value));
      });
  };

  /** A feature map that is pointed at takes the example's place, as the large picture shows any neuron. @param {HTMLCanvasElement} picture */
  const drawPointedAt = (picture) => {
    const { hover } = selection.store.get();
    const map = hover && example.isMap(hover.layer) ? example.store.get().layers?.[hover.layer] : null;
    const layer = run.store.get().spec?.network.layers.find((l) => l.id === hover?.layer);
    if (!hover || !map || !layer || hover.unit >= map.shape[2]) return false;
    const grid = cells(picture, map.shape[1], map.shape[0]);
    paintChannel(grid.pixels, map.values, hover.unit, map.shape[2], theme.palette.ramp, largestOf(map.values) || 1);
    grid.show();
    const title = mapTitle(catalogue, layer, hover.unit);
    setText(part("caption"), title);
    setAttribute(picture, "aria-label", title);
    return true;
  };

  const drawAnswer = (/** @type {any} */ data, /** @type {import("../state/example.js").ExampleState} */ { target, output, own }) => {
    if (!output || (target === null && !own)) return;
    const { classes } = data;
    const scaled = (/** @type {number} */ v) => (data.preprocess.target ? v * data.preprocess.target.scale + data.preprocess.target.mean : v);
    if (!classes) {
      setText(part("truth"), target === null ? t("It says {answer}.", { answer: show(scaled(output[0]), 1) })
        : t("It says {answer}; true is {truth}.", { answer: show(scaled(output[0]), 1), truth: show(target, 1) }));
      return reconcile(part("bars"), [], String, () => clone("t-bar"), () => {});
    }
    const shares = sharesOf([...output], run.store.get().spec);
    const best = shares.indexOf(Math.max(...shares));
    const answer = classes[best];
    setText(part("truth"), own || target === null ? t("It says {answer}.", { answer })
      : best === target ? t("It says {answer}, which is right.", { answer }) : t("It says {answer}; it is {truth}.", { answer, truth: classes[target] }));
    reconcile(part("bars"), shares.map((share, i) => ({ share, i })), (bar) => String(bar.i), () => clone("t-bar"), (element, { share, i }) => {
      setText(/** @type {Element} */ (element.querySelector(".bars__name")), classes[i]);
      const meter = /** @type {HTMLMeterElement} */ (element.querySelector("meter"));
      meter.value = share;
      setAttribute(meter, "aria-label", classes[i]);
      setText(/** @type {Element} */ (element.querySelector(".bars__value")), showPercent(share));
      element.classList.toggle("is-answer", i === best);
      element.classList.toggle("is-truth", i === target);
    });
  };

  const choose = (/** @type {number} */ to) => {
    app.drawing.close();
    confusion.choose(split.value);
    example.choose(split.value, to);
  };
  const count = () => Math.max(1, example.store.get().total);
  /** @type {Record<string, () => void>} */
  const actions = {
    next: () => choose(example.store.get().index + 1),
    previous: () => choose(example.store.get().index - 1),
    random: () => choose((example.store.get().index + 1 + Math.floor(Math.random() * (count() - 1))) % count()),
    "next-wrong": () => void gallery.nextWrong(split.value, example.store.get().index).then((found) => {
      if (found !== null) return choose(found);
      app.notes.calm("wrong", t(split.value === "train" ? "It gets every training example right." : "It gets every test example right."));
    }),
    draw: () => app.drawing.toggle(),
  };
  const request = () => painter.request(draw);
  request();
  return all(
    example.store.subscribe(request), run.store.subscribe(request), theme.subscribe(request), selection.store.subscribe(request), app.drawing.store.subscribe(request),
    on(root, "click", (event) => actions[event.target.closest("[data-action]")?.dataset.action]?.()),
    on(index, "change", () => choose((parseNumber(index.value) ?? 1) - 1)),
    on(split, "change", () => choose(0)),
    onScreen(root, (seen) => example.see("example", seen)), () => painter.cancel(draw),
  );
}
