// @ts-check
// Where the page is: at an experiment described after the #, or at a shared run, whose address stays short for as long
// as the experiment is still the one that was shared. What the address hides and locks stays in it.

import { LOOK, writeAddress } from "../lib/address.js";
import { takeRestrictions } from "../lib/controls.js";
import { normal } from "../lib/spec.js";
import { ownerKey, sharedRun, tabRun } from "./storage.js";

/** @typedef {{id: string, url: string, title: string, trained: boolean, spec: any}} Shared */

/**
 * @param {object} options
 * @param {import("../lib/types.js").Catalogue} options.catalogue
 * @param {string} options.root
 * @param {Shared|null} options.share
 * @param {boolean} options.embedded  in a frame of another page, whose history and memory are not ours to fill
 * @param {Window & typeof globalThis} [options.window]
 */
export function createPlace({ catalogue, root, share, embedded, window = globalThis.window }) {
  const { location, history } = window;
  const shared = share && writeAddress(catalogue, normal(catalogue, share.spec), LOOK);
  const path = location.pathname; // of the share or the embed, where there is one
  /** @type {string[]} */
  const notes = [];
  const query = embedded ? takeRestrictions(location.search, (note) => notes.push(note)) : null;
  const after = () => takeRestrictions(location.hash);
  const restrictions = takeRestrictions(location.hash, (note) => notes.push(note));
  const atShare = () => shared !== null && location.pathname === path && !(embedded && left);
  let left = false; // whether the experiment has been changed: then the address says all of it, for good
  const join = (/** @type {string[]} */ ...parts) => parts.filter(Boolean).join("&");

  /** What an address says beyond the shared experiment; null where it is of another one. @param {string} address */
  const beyond = (address) => {
    if (shared === null || left || !address.startsWith(shared)) return null;
    const rest = address.slice(shared.length);
    return rest === "" || rest.startsWith("&") ? rest.slice(1) : null;
  };

  return {
    /** What is to be hidden and locked. */
    restrictions: {
      hide: [...new Set([...restrictions.hide, ...(query?.hide ?? [])])],
      lock: [...new Set([...restrictions.lock, ...(query?.lock ?? [])])],
      theme: restrictions.theme ?? query?.theme ?? null,
    },
    notes,
    /** The shared run, while the page still shows its experiment. */
    get share() { return left ? null : share; },
    /** Address of the experiment on the page, to be given away. @param {string} address */
    link(address) {
      const rest = beyond(address);
      const place = rest === null ? `${root}/` : `${root}/s/${/** @type {Shared} */ (share).id}`;
      return `${location.origin}${place}${(rest ?? address) && `#${rest ?? address}`}`;
    },
    /** Read this in the place of what stands in the address now. @param {string} address */
    instead(address) {
      history.replaceState(null, "", `${location.pathname}${location.search}#${join(address, after().kept)}`);
    },
    read() {
      const here = after().rest;
      return join(atShare() ? /** @type {string} */ (shared) : query?.rest ?? "", here);
    },
    /** @param {string} address @param {boolean} replace */
    write(address, replace) {
      const rest = beyond(address);
      left ||= shared !== null && rest === null;
      const hash = join(rest ?? address, after().kept);
      const place = left && !embedded ? `${root}/` : location.pathname;
      const wanted = `${place}${embedded ? location.search : ""}${hash && `#${hash}`}`;
      if (wanted === `${location.pathname}${location.search}${location.hash}`) return;
      history[replace || embedded ? "replaceState" : "pushState"](null, "", wanted);
    },
    /** The secret that its runs belong to: a frame has one of its own each time it is loaded. */
    key: () => (embedded ? ownerKey({ fresh: true }) : ownerKey()),
    /** Which run a reload comes back to. */
    tabRun: embedded ? { get: () => null, set() {} } : share ? sharedRun(share.id) : tabRun,
  };
}

/** @typedef {ReturnType<typeof createPlace>} Place */
