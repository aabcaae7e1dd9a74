// @ts-check
// The HTML that a teacher pastes into a page: the component with its script, or a plain frame.

import { t } from "./words.js";

/** @param {string} text */
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/**
 * @param {object} wanted
 * @param {string} wanted.kind  component or frame
 * @param {string} wanted.script address of the component's script
 * @param {string} wanted.url    address of the frame
 * @param {string|null} wanted.share
 * @param {string} wanted.experiment  as the page's address has it; where nothing is shared
 * @param {string[]} wanted.hide @param {string[]} wanted.lock @param {string|null} wanted.theme @param {string|null} wanted.lang
 */
export function snippet({ kind, script, url, share, experiment, hide, lock, theme, lang }) {
  if (kind === "frame") {
    return `<iframe src="${escape(url)}" title="${escape(t("Neural network playground"))}" width="100%" height="720" style="border: 0" loading="lazy"></iframe>`;
  }
  const attributes = Object.entries({ ...(share ? { share } : { experiment }), hide: hide.join(","), lock: lock.join(","), theme: theme ?? "", lang: lang ?? "" });
  const written = attributes.filter(([, value]) => value).map(([name, value]) => ` ${name}="${escape(value)}"`);
  return `<script src="${escape(script)}"></script>\n<network-playground${written.join("")}></network-playground>`;
}
