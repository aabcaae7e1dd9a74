// @ts-check
// The switch of languages: the choice is remembered in a cookie, since the server writes the page, and the page is
// loaded anew. The experiment stays in the address and the run in this tab's memory, as at any reload.

import { on } from "./dom.js";

const YEAR = 365 * 24 * 60 * 60; // seconds

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const select = /** @type {HTMLSelectElement} */ (root.querySelector("select"));
  return on(select, "change", () => {
    document.cookie = `${select.name}=${select.value}; path=${app.root}/; max-age=${YEAR}; SameSite=Lax`;
    const url = new URL(location.href);
    url.searchParams.delete("lang"); // an address that asks for a language would go before the choice
    history.replaceState(history.state, "", url);
    location.reload();
  });
}
