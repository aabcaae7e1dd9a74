// @ts-check
// Marks on the network's input what the value of a map that is pointed at can be moved by; while a map's card is open,
// what the value chosen in it can be moved by.

import { asMap } from "../lib/maps.js";
import { seenBy } from "../lib/receptive.js";
import { fieldOf } from "../lib/window.js";
import { all, on, outline, slot } from "./dom.js";

/** @param {HTMLElement} root of the network @param {import("../main.js").App} app */
export function mountSeen(root, app) {
  const { run, example, window: looking, painter } = app;
  const inputs = slot(root, "features");
  /** @type {{layer: string, row: number, column: number}|null} */
  let pointed = null;

  const chosen = () => {
    const { layer, row, column } = looking.store.get();
    return layer === null ? null : { layer, row, column };
  };
  const draw = () => {
    const { spec, check } = run.store.get();
    const place = pointed ?? chosen();
    const size = asMap(check?.input_shape);
    const field = place && spec ? seenBy(spec.network.layers, check, place) : null;
    for (const holder of inputs.querySelectorAll(':is([data-kind="image"], [data-kind="steps"]) .outlined__marks')) {
      outline(/** @type {HTMLElement} */ (holder), size ? fieldOf({ field }, size) : []);
    }
  };
  const request = () => painter.request(draw);

  /** @param {PointerEvent} event */
  const point = (event) => {
    const button = /** @type {HTMLElement|null} */ (event.target instanceof Element ? event.target.closest(".cell--map .neuron") : null);
    const layer = button?.dataset.layer ?? "";
    const shape = example.store.get().layers?.[layer]?.shape;
    const before = pointed;
    pointed = null;
    if (button && shape?.length === 3) {
      const r = /** @type {Element} */ (button.firstElementChild).getBoundingClientRect();
      const at = (/** @type {number} */ share, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
      pointed = { layer, row: at((event.clientY - r.top) / r.height, shape[0]), column: at((event.clientX - r.left) / r.width, shape[1]) };
    }
    if (pointed !== before) request();
  };
  return all(
    on(root, "pointermove", (event) => event.pointerType !== "touch" && point(event)),
    on(root, "pointerleave", point),
    looking.store.subscribe(request), run.store.subscribe((now, before) => now.check !== before.check && request()),
    () => painter.cancel(draw),
  );
}
