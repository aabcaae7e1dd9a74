// @ts-check
// Where a card stands: below the button that opened it, inside the window.

const EDGE = 8;

/** @param {HTMLElement} card @param {Element} opener */
export function stand(card, opener) {
  const r = opener.getBoundingClientRect();
  card.style.left = `${Math.max(EDGE, Math.min(r.left - 10, innerWidth - card.offsetWidth - EDGE))}px`;
  card.style.top = `${Math.max(EDGE, Math.min(r.bottom + EDGE, innerHeight - card.offsetHeight - EDGE))}px`;
}
