// @ts-check
// One line that says what the control under the pointer, in focus or just tapped is for. The sentences are the
// controls' titles; they move to where screen readers find them and no bubble covers the page.

import { all, on, setText } from "./dom.js";

/** Move titles below `root` to where this line reads them. @param {ParentNode} root */
export function describeControls(root) {
  for (const element of root.querySelectorAll("[title]")) moveTitle(element);
}

/** @param {Element} element */
function moveTitle(element) {
  const text = element.getAttribute("title");
  if (!text) return;
  element.setAttribute("data-help", text);
  element.setAttribute("aria-description", text);
  element.removeAttribute("title");
}

/** @param {HTMLElement} root */
export function mount(root) {
  const calm = root.textContent ?? "";
  describeControls(document);
  // Views set titles too, whenever what they show changes.
  const watcher = new MutationObserver((changes) => changes.forEach((change) => {
    if (change.type === "attributes") moveTitle(/** @type {Element} */ (change.target));
    else change.addedNodes.forEach((node) => node instanceof Element && (moveTitle(node), describeControls(node)));
  }));
  watcher.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["title"] });
  const tell = (/** @type {Event} */ event) => {
    const element = event.target instanceof Element ? event.target.closest("[data-help]") : null;
    if (element) setText(root, element.getAttribute("data-help") ?? "");
  };
  const clear = (/** @type {Event} */ event) => {
    const element = event.target instanceof Element ? event.target.closest("[data-help]") : null;
    if (element) setText(root, calm);
  };
  return all(
    on(document, "pointerover", tell), on(document, "pointerout", clear), on(document, "focusin", tell), on(document, "focusout", clear),
    () => watcher.disconnect(),
  );
}
