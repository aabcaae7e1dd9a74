// @ts-check
// Dragging a kind of layer from the palette onto the network: a mark shows where it would go. By mouse or pen from
// anywhere on an entry, by touch from its grip, so that the list can still be scrolled.

import { all, on, slot } from "./dom.js";

const START = 6; // pixels before a press becomes a drag

/**
 * @param {HTMLElement} root the palette @param {HTMLElement} list @param {(type: string, at: number) => void} drop
 */
export function draggable(root, list, drop) {
  const ghost = slot(root, "ghost");
  const mark = /** @type {HTMLElement} */ (document.getElementById("drop-mark"));
  /** @type {{type: string, x: number, y: number, item: HTMLElement, moving: boolean}|null} */
  let held = null;
  /** @type {number|null} */
  let place = null;
  let dropped = false;

  /** The place before which a layer would go: the first whose middle lies to the right. @param {PointerEvent} event */
  const find = ({ clientX, clientY }) => {
    const layers = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".layers__list > .layer")]);
    const strip = document.querySelector(".network__strip")?.getBoundingClientRect();
    if (!strip || clientX < strip.left || clientX > strip.right || clientY < strip.top || clientY > strip.bottom) return null;
    const middles = layers.map((layer) => layer.getBoundingClientRect()).map((r) => (r.left + r.right) / 2);
    const found = middles.findIndex((middle) => clientX < middle);
    return found < 0 ? layers.length - 1 : found;
  };

  const showMark = () => {
    mark.hidden = place === null;
    if (place === null) return;
    const layers = [...document.querySelectorAll(".layers__list > .layer")];
    const strip = /** @type {HTMLElement} */ (mark.parentElement);
    const origin = strip.getBoundingClientRect();
    const left = layers[place - 1]?.getBoundingClientRect().right ?? layers[0].getBoundingClientRect().left - 8;
    const x = (left + layers[place].getBoundingClientRect().left) / 2 - origin.left + strip.scrollLeft;
    mark.style.left = `${x}px`;
  };

  const end = () => {
    held?.item.classList.remove("is-held");
    root.classList.remove("is-dragging");
    ghost.hidden = true;
    held = place = null;
    showMark();
  };

  return all(
    on(list, "pointerdown", (event) => {
      const item = event.target.closest("li");
      dropped = false;
      if (!item || event.button !== 0 || (event.pointerType === "touch" && !event.target.closest(".palette__grip"))) return;
      held = { type: item.dataset.key ?? "", x: event.clientX, y: event.clientY, item, moving: false };
    }),
    on(document, "pointermove", (event) => {
      if (!held) return;
      if (!held.moving) {
        if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < START) return;
        held.moving = true;
        held.item.classList.add("is-held");
        root.classList.add("is-dragging");
        ghost.textContent = held.item.querySelector("strong")?.textContent ?? "";
        ghost.hidden = false;
        list.setPointerCapture?.(event.pointerId);
      }
      ghost.style.left = `${event.clientX + 10}px`;
      ghost.style.top = `${event.clientY + 10}px`;
      place = find(event);
      showMark();
    }),
    on(document, "pointerup", () => {
      if (!held) return;
      const { type, moving } = held;
      const at = place;
      end();
      dropped = moving;
      if (moving && at !== null) drop(type, at);
    }),
    on(document, "pointercancel", end),
    on(list, "dragstart", (event) => event.preventDefault()),
    // the click that a drag ends with chooses nothing
    on(list, "click", (event) => {
      if (dropped) event.stopImmediatePropagation();
      dropped = false;
    }, { capture: true }),
    on(document, "keydown", (event) => {
      if (event.key !== "Escape" || !held?.moving) return;
      event.preventDefault();
      end();
    }),
  );
}
