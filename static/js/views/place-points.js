// @ts-check
// Placing points on the plane: by mouse, by touch and by keyboard. A click places, a drag moves, the eraser, the right
// button or Delete takes away; numbers choose the colour.

import { clamp } from "../lib/number.js";
import { t } from "../lib/words.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { pointColor } from "./points.js";

const REACH = { mouse: 6, pen: 9, touch: 18 }; // pixels from a point that still mean it
const SLIP = 4; // pixels that a click may move
const DOING = t("Arrow keys move the cursor; Enter places a point, or takes hold of one and lets it go; Delete takes one away; numbers choose the colour.");

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { own, pictures, selection, experiment, theme, run } = app;
  const picture = /** @type {HTMLCanvasElement} */ (document.querySelector(".plane__picture"));
  const edit = /** @type {HTMLElement} */ (document.querySelector('[data-action="edit-points"]'));
  const swatches = slot(root, "classes");
  const value = /** @type {HTMLInputElement} */ (slot(root, "value"));
  const button = (/** @type {string} */ action) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-action="${action}"]`));
  const usual = picture.getAttribute("aria-description") ?? "";
  /** @type {{x: number, y: number, moved: boolean, shift: boolean}|null} */
  let pressed = null;

  const draw = () => {
    const active = own.active();
    root.hidden = !active;
    edit.hidden = !own.canAdopt();
    setAttribute(picture, "role", active ? "application" : "img");
    setAttribute(picture, "aria-description", active ? DOING : usual);
    picture.classList.toggle("is-placing", active);
    if (!active) return;
    const { next, erase, value: given, said } = own.store.get();
    const k = own.classes();
    const color = pointColor({ classes: k ? Array.from({ length: k }) : null, targets: [given] }, theme.palette);
    slot(root, "class-field").hidden = k === 0;
    slot(root, "value-field").hidden = k > 0;
    const chosen = Math.min(next, k - 1);
    reconcile(swatches, Array.from({ length: k }, (_, i) => i), String, () => clone("t-swatch"), (element, i) => {
      const input = /** @type {HTMLInputElement} */ (element.querySelector("input"));
      input.value = String(i);
      input.checked = i === chosen;
      element.style.setProperty("--swatch", color(i));
      setText(slot(element, "number"), String(i + 1));
    });
    if (document.activeElement !== value) value.value = String(given);
    setText(slot(root, "shown"), given.toFixed(1));
    setAttribute(button("erase"), "aria-pressed", String(erase));
    picture.classList.toggle("is-erasing", erase);
    button("clear").disabled = own.points().length === 0;
    button("more-classes").hidden = k === 0;
    button("more-classes").disabled = k >= 8;
    setText(slot(root, "said"), said);
  };

  /** Where a pointer is on the plane, and how far its reach goes there. @param {PointerEvent|MouseEvent|Touch} event @param {string} [kind] */
  const place = (event, kind = "mouse") => {
    const r = picture.getBoundingClientRect();
    const { x0, x1, y0, y1 } = pictures.bounds;
    return { x: x0 + clamp((event.clientX - r.left) / r.width, 0, 1) * (x1 - x0), y: y1 - clamp((event.clientY - r.top) / r.height, 0, 1) * (y1 - y0),
      reach: (REACH[/** @type {keyof typeof REACH} */ (kind)] ?? REACH.mouse) * ((x1 - x0) / r.width) };
  };
  const near = (/** @type {{x: number, y: number, reach: number}} */ { x, y, reach }) => own.at(x, y, reach);
  const ready = () => own.active() && pictures.kind === "plane";

  const press = (/** @type {PointerEvent} */ event) => {
    if (!ready()) return;
    const found = near(place(event, event.pointerType));
    const remove = own.store.get().erase || event.button === 2 || event.ctrlKey || event.metaKey;
    if (remove) {
      if (found !== null) own.remove(found);
    } else if (event.button === 0) {
      pressed = { x: event.clientX, y: event.clientY, moved: false, shift: event.shiftKey };
      if (found !== null) {
        own.hold(found);
        picture.setPointerCapture(event.pointerId);
      }
    }
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!pressed) return;
    pressed.moved ||= Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLIP;
    const { x, y } = place(event);
    if (pressed.moved && own.store.get().held !== null) own.drag(x, y);
  };
  const release = (/** @type {PointerEvent} */ event) => {
    if (!pressed) return;
    const { moved, shift } = pressed;
    pressed = null;
    if (own.store.get().held !== null) {
      if (moved) own.letGo();
      else own.hold(null);
    } else if (!moved) {
      const { x, y } = place(event);
      own.place(x, y, shift);
    }
  };
  const cancel = () => {
    pressed = null;
    own.hold(null);
  };

  const cursor = () => {
    const { x0, x1, y0, y1 } = pictures.bounds;
    const [x, y] = selection.store.get().probe ?? [(x0 + x1) / 2, (y0 + y1) / 2];
    return { x, y, reach: (x1 - x0) / 40 };
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    Enter() {
      const at = cursor();
      selection.probe([at.x, at.y]);
      const found = near(at);
      if (own.store.get().held !== null) own.letGo();
      else if (own.store.get().erase) found !== null && own.remove(found);
      else if (found !== null) own.hold(found);
      else own.place(at.x, at.y);
    },
    Delete() {
      const held = own.store.get().held ?? near(cursor());
      if (held !== null) own.remove(held);
    },
    Escape: () => own.hold(null),
  };
  keys.Backspace = keys.Delete;

  draw();
  return all(
    own.store.subscribe(draw), experiment.store.subscribe(draw), theme.subscribe(draw), run.store.subscribe((now, before) => now.data !== before.data && draw()),
    on(picture, "pointerdown", press), on(picture, "pointermove", move), on(picture, "pointerup", release), on(picture, "pointercancel", cancel),
    on(picture, "contextmenu", (event) => ready() && event.preventDefault()),
    // a finger that takes hold of a point drags it, any other scrolls the page
    on(picture, "touchstart", (event) => ready() && near(place(event.touches[0], "touch")) !== null && event.preventDefault(), { passive: false }),
    on(picture, "click", (event) => ready() && event.stopPropagation()),
    on(picture, "keydown", (event) => {
      const action = ready() ? keys[event.key] : undefined;
      if (!action || (event.key === "Escape" && own.store.get().held === null)) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    }),
    selection.store.subscribe((now, before) => {
      if (now.probe !== before.probe && now.probe && !pressed && own.store.get().held !== null) own.drag(now.probe[0], now.probe[1]);
    }),
    on(document, "keydown", (event) => {
      if (document.querySelector("dialog:modal")) return; // what is behind it is out of reach
      const typing = event.target.matches?.('input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select');
      if (!own.active() || typing || event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
      own.choose(Number(event.key) - 1);
    }),
    on(swatches, "change", (event) => own.choose(Number(event.target.value))),
    on(value, "input", () => own.store.patch({ value: Number(value.value) })),
    on(button("erase"), "click", () => own.store.patch({ erase: !own.store.get().erase })),
    on(button("clear"), "click", () => own.clear()),
    on(button("more-classes"), "click", () => own.addClass()),
    on(edit, "click", () => own.adopt()),
  );
}
