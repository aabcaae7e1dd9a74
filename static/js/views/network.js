// @ts-check
// The network: features, layers, neurons and edges. Builds columns when the experiment changes, moves the focus by
// arrow keys, tells what is pointed at. Pictures and edges are drawn by neurons.js and edges.js, once a frame.

import Sortable from "../../vendor/Sortable.esm.js";
import { withMaps } from "../lib/maps.js";
import { parameterCount } from "../lib/naming.js";
import { planColumns, sharedPrefix } from "../lib/plan.js";
import { canonical } from "../lib/spec.js";
import { insertLayer, moveLayer, removeLayer } from "../lib/wiring.js";
import { t } from "../lib/words.js";
import { all, on, reconcile, setText, slot } from "./dom.js";
import { mountEdges } from "./edges.js";
import { mountFeatures } from "./features.js";
import { createColumn, freshLayer } from "./layer-column.js";
import { mountNeurons } from "./neurons.js";
import { mountRepairs } from "./repairs.js";
import { mountSeen } from "./seen.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { experiment, run, selection } = app;
  const list = slot(root, "layers");
  const strip = slot(root, "strip");
  /** @type {Map<string, import("./layer-column.js").LayerColumn>} */
  const columns = new Map();
  /** @type {import("../lib/plan.js").Column[]} */
  let plan = [];

  const features = mountFeatures(root, app);
  const neurons = mountNeurons(strip, app, () => plan);
  const edges = mountEdges(strip, app, () => plan);

  const build = () => {
    const { spec, check, errors } = experiment.store.get();
    const now = run.store.get();
    const { layers } = spec.network;
    const same = now.spec && canonical(now.spec.data) === canonical(spec.data) ? sharedPrefix(now.spec.network.layers, layers) : null;
    const shapes = check ?? now.check;
    plan = withMaps(planColumns(layers, shapes, vectorSize(shapes, now)), shapes);
    const classes = now.data?.classes ?? null;
    reconcile(list, plan, (column) => column.id, (column) => {
      const made = createColumn(app, app.openLayerMenu);
      columns.set(column.id, made);
      return made.element;
    }, (element, column) => {
      const found = shapes?.layers.find((layer) => layer.id === column.id && layer.type === column.layer.type) ?? null;
      const faults = errors.filter((fault) => fault.where.split(".").includes(column.id));
      const live = errors.length === 0 || (same?.has(column.id) ?? false);
      columns.get(element.dataset.key ?? "")?.update(column, { found, faults, live, classes });
      setText(slot(element, "size"), found?.parameters ? t(found.parameters === 1 ? "{n} weight" : "{n} weights", { n: found.parameters }) : "");
    });
    for (const [key, column] of columns) {
      if (column.element.isConnected) continue;
      column.unmount();
      columns.delete(key);
    }
    const hidden = layers.length - 1;
    setText(slot(root, "count"), hidden === layers.filter((l) => l.type === "dense").length - 1
      ? t(hidden === 1 ? "{n} hidden layer" : "{n} hidden layers", { n: hidden })
      : t(hidden === 1 ? "{n} layer before the output" : "{n} layers before the output", { n: hidden }));
    setText(slot(root, "sum"), shapes ? parameterCount(shapes.parameters) : "");
    /** @type {HTMLButtonElement} */ (root.querySelector('[data-action="remove-layer"]')).disabled = hidden === 0;
    const rows = Math.max(...plan.map((column) => column.shown), features.update());
    strip.classList.toggle("is-dense", rows > 7);
    strip.classList.toggle("is-narrow", plan.length > 4);
    neurons.rebuild();
    edges.rebuild();
    rove();
  };

  /** Exactly one neuron can be reached by Tab; arrows go on from there. */
  const rove = (/** @type {HTMLElement|null} */ next = null) => {
    const buttons = /** @type {HTMLElement[]} */ ([...strip.querySelectorAll(".layer .neuron")]);
    const current = next ?? buttons.find((button) => button.tabIndex === 0) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
  };

  const neuronOf = (/** @type {EventTarget|null} */ target) => {
    const button = target instanceof Element ? /** @type {HTMLElement|null} */ (target.closest(".layer .neuron, .bias")) : null;
    const picture = button?.classList.contains("bias") ? /** @type {HTMLElement} */ (button.previousElementSibling) : button;
    return picture ? { layer: picture.dataset.layer ?? "", unit: Number(picture.dataset.unit), button: picture, bias: button !== picture } : null;
  };

  /** What is to be shown large: a neuron, or a feature. @param {EventTarget|null} target */
  const subjectOf = (target) => {
    const feature = target instanceof Element ? /** @type {HTMLElement|null} */ (target.closest('.feature[data-kind="feature"]')) : null;
    if (feature) return { layer: "input", unit: 0, feature: feature.dataset.key };
    return neuronOf(target);
  };

  const unmount = all(
    experiment.store.subscribe(build),
    run.store.subscribe((now, before) => {
      if (now.id !== before.id || now.spec !== before.spec || now.data !== before.data) build();
    }),
    on(root, "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      const { spec } = experiment.store.get();
      const last = spec.network.layers.length - 1;
      if (action === "add-layer") experiment.change(t("add layer"), insertLayer(app.catalogue, spec, last, freshLayer(app, "dense")));
      else if (action === "remove-layer" && last > 0) experiment.change(t("remove layer"), removeLayer(spec, spec.network.layers[last - 1].id));
      const found = neuronOf(event.target);
      if (!found) return;
      const pinned = selection.store.get().pinned;
      if (!found.bias && pinned?.layer === found.layer && pinned.unit === found.unit) selection.unpin();
      else selection.pin({ layer: found.layer, unit: found.unit }, found.bias ? "bias" : null);
    }),
    on(root, "pointerover", (event) => {
      if (event.pointerType !== "touch") selection.hover(subjectOf(event.target));
    }),
    on(root, "pointerleave", () => selection.hover(null)),
    on(root, "focusin", (event) => {
      const found = neuronOf(event.target);
      if (found) rove(found.button);
      if (event.target.matches(":focus-visible")) selection.hover(subjectOf(event.target));
    }),
    on(root, "focusout", () => selection.hover(null)),
    on(strip, "keydown", (event) => {
      const found = neuronOf(event.target);
      const step = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] })[event.key];
      if (!found || !step || event.altKey) return;
      event.preventDefault();
      const groups = [...list.children].map((layer) => /** @type {HTMLElement[]} */ ([...layer.querySelectorAll(".neuron")])).filter((g) => g.length);
      const column = groups.findIndex((group) => group.includes(found.button));
      const group = groups[column + step[0]];
      const row = groups[column].indexOf(found.button) + step[1];
      group?.[Math.min(Math.max(0, row), group.length - 1)]?.focus();
    }),
    sortable(list, (from, to) => {
      const { spec } = experiment.store.get();
      experiment.change(t("move layer"), moveLayer(spec, spec.network.layers[from].id, to));
      build();
    }),
    features.unmount, neurons.unmount, edges.unmount, mountRepairs(root, app), mountSeen(root, app),
  );
  app.focusLayer = (index) => {
    const column = list.children[index];
    for (const handle of /** @type {Iterable<HTMLElement>} */ (column?.querySelectorAll(".layer__grip, .layer__title") ?? [])) {
      handle.focus();
      if (document.activeElement === handle) break; // the grip, where there is room for one
    }
  };
  build();
  return unmount;
}

/** How many numbers a network reads, 0 where it reads no vector. @param {import("../lib/types.js").Check|null} check @param {import("../state/run.js").RunState} now */
function vectorSize(check, now) {
  const shape = check?.input_shape ?? now.data?.input_shape ?? [];
  return shape.length === 1 ? shape[0] : 0;
}

/** Dragging layers by their grip. @param {HTMLElement} list @param {(from: number, to: number) => void} moved */
function sortable(list, moved) {
  const made = Sortable.create(list, {
    handle: ".layer__grip, .layer__title",
    draggable: ".layer:not(.layer--output)",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd: (/** @type {{oldDraggableIndex?: number, newDraggableIndex?: number}} */ { oldDraggableIndex: from, newDraggableIndex: to }) => {
      if (from !== undefined && to !== undefined && from !== to) moved(from, to);
    },
  });
  return () => made.destroy();
}
