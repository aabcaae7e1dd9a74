// @ts-check
// Whether an element can be seen: what nobody sees is neither asked for nor drawn.

/**
 * Tells at once and whenever it changes; returns the undo.
 * @param {Element} element @param {(seen: boolean) => void} tell
 */
export function onScreen(element, tell) {
  const watcher = new IntersectionObserver((entries) => tell(entries[entries.length - 1].isIntersecting));
  watcher.observe(element);
  return () => watcher.disconnect();
}
