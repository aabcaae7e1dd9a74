// @ts-check
// The frame's side of the conversation with the page around it: commands in, events out, with sites on the list alone.
// docs/embedding.md has the table; static/js/embed/network-playground.js is the other side.

import { isAllowed } from "../lib/origins.js";

export const VERSION = 1;

/**
 * @param {object} options
 * @param {Window} options.window
 * @param {string[]} options.ancestors  sites that may show the frame
 * @param {Record<string, (message: any) => any>} options.commands  by type; what they return goes back as `result`
 */
export function createMessages({ window, ancestors, commands }) {
  const { parent } = window;
  const own = window.location.origin;
  const trusts = (/** @type {string} */ origin) => isAllowed(origin, ancestors, own);
  /** The site around, once it is known. @type {string|null} */
  let site = null;
  const [nearest] = window.location.ancestorOrigins ?? [];
  if (parent !== window && nearest && trusts(nearest)) site = nearest;

  /** @param {string} type @param {Record<string, any>} [fields] */
  const tell = (type, fields = {}) => {
    if (site !== null) parent.postMessage({ playground: VERSION, type, ...fields }, site);
  };

  const hear = async (/** @type {MessageEvent} */ event) => {
    const message = event.data;
    if (event.source !== parent || parent === window || !trusts(event.origin) || message?.playground !== VERSION) return;
    site = event.origin;
    const { id = null, type } = message;
    try {
      if (!Object.hasOwn(commands, type)) throw new Error(`There is no command “${String(type).slice(0, 40)}”.`);
      tell("done", { id, result: await commands[type](message) ?? null });
    } catch (error) {
      const { message: text, fix = "" } = /** @type {any} */ (error);
      tell("error", { id, message: String(text), fix: String(fix) });
    }
  };
  window.addEventListener("message", hear);
  return { tell, close: () => window.removeEventListener("message", hear) };
}
