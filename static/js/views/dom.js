// @ts-check
// The few DOM helpers that every view uses. Markup comes from the page's <template> elements, never from strings.

/** A copy of the content of <template id>. @param {string} id @returns {HTMLElement} */
export function clone(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
}

/** The part of a view that markup calls data-slot=name. @param {ParentNode} root @param {string} name @returns {HTMLElement} */
export function slot(root, name) {
  const found = root.querySelector(`[data-slot="${name}"]`);
  if (!found) throw new Error(`There is no [data-slot="${name}"] here.`);
  return /** @type {HTMLElement} */ (found);
}

/** Write text only where it differs: the browser then has nothing to lay out. @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} element @param {string} name @param {string|null} value */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Listen; returns the undo.
 * @param {EventTarget} target @param {string} type @param {(event: any) => void} listener @param {AddEventListenerOptions} [options]
 */
export function on(target, type, listener, options) {
  target.addEventListener(type, listener, options);
  return () => target.removeEventListener(type, listener, options);
}

/** One undo for many. @param {...(() => void)} undos */
export const all = (...undos) => () => undos.forEach((undo) => undo());

/**
 * Match a list of keyed things with the children of an element: makes, keeps, orders, removes.
 * @template T
 * @param {HTMLElement} parent @param {T[]} items @param {(item: T) => string} key
 * @param {(item: T) => HTMLElement} make @param {(element: HTMLElement, item: T, index: number) => void} update
 */
export function reconcile(parent, items, key, make, update) {
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  for (const child of /** @type {HTMLElement[]} */ ([...parent.children])) known.set(child.dataset.key ?? "", child);
  items.forEach((item, index) => {
    const name = key(item);
    let element = known.get(name);
    known.delete(name);
    if (!element) {
      element = make(item);
      element.dataset.key = name;
    }
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
    update(element, item, index);
  });
  known.forEach((element) => element.remove());
}

/**
 * Give a canvas as many pixels as it covers on the screen. Returns its size in CSS pixels; null while it is not shown.
 * @param {HTMLCanvasElement} canvas @param {number} [width] @param {number} [height]
 */
export function fitCanvas(canvas, width = canvas.clientWidth, height = canvas.clientHeight) {
  if (!width || !height) return null;
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** The smallest squares a canvas is made of: one pixel a cell. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
export function cells(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(width, height);
  return { context, image, pixels: new Uint32Array(image.data.buffer), show: () => context.putImageData(image, 0, 0) };
}

/** Outlines above a picture. @param {HTMLElement} holder @param {import("../lib/window.js").Box[]} boxes */
export function outline(holder, boxes) {
  reconcile(holder, boxes.map((box, i) => ({ box, i })), ({ i }) => String(i), () => document.createElement("span"), (element, { box }) => {
    for (const side of /** @type {("left"|"top"|"width"|"height")[]} */ (["left", "top", "width", "height"])) element.style[side] = `${100 * box[side]}%`;
  });
}

/** @typedef {ReturnType<typeof cells>} Cells */
