// @ts-check
// "Start from …": whole experiments that are known to be worth a look. Undo brings back what was there before.

import { normal, renumber } from "../lib/spec.js";
import { dataFor, factsOf } from "../lib/spec.js";
import { all, on, setAttribute, slot } from "./dom.js";
import { stand } from "./stand.js";

/** @typedef {{name: string, label: string, help: string, group: string, experiment: any}} Preset */

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { catalogue, experiment, defaults, session } = app;
  /** @type {Preset[]} */
  const presets = JSON.parse(document.getElementById("presets")?.textContent ?? "[]");
  const list = slot(root, "list");
  const button = (/** @type {string} */ name) => /** @type {HTMLButtonElement|null} */ (list.querySelector(`[data-preset="${name}"]`));
  /** @type {HTMLElement|null} */
  let opener = null;

  /** Sets that are read from files may not be on this server: say so before anybody chooses them. */
  const lookForFiles = async () => {
    const types = [...new Set(presets.map((preset) => preset.experiment.data.type))];
    for (const type of types.filter((name) => factsOf(catalogue, name).view === "image")) {
      const problem = await session.preview(dataFor(catalogue, type, defaults)).then(() => null, (error) => error);
      for (const preset of presets.filter((one) => one.experiment.data.type === type)) {
        const item = button(preset.name);
        if (!item) continue;
        item.disabled = problem !== null;
        const told = item.querySelector(".starts__missing");
        if (told) told.textContent = problem === null ? "" : problem.message;
        if (problem !== null && !told) setAttribute(item, "title", problem.message);
      }
    }
  };

  const start = (/** @type {Preset} */ preset) => {
    const spec = normal(catalogue, preset.experiment);
    experiment.change(preset.label, { ...spec, network: { ...spec.network, layers: renumber(spec.network.layers) } });
  };

  return all(
    on(document, "click", (event) => {
      const from = event.target.closest('[data-action="starts"]');
      if (!from) return;
      opener = from;
      root.showPopover();
      stand(root, from);
      /** @type {HTMLElement|null} */ (list.querySelector("button:enabled"))?.focus();
      void lookForFiles();
    }),
    on(list, "click", (event) => {
      const name = event.target.closest("[data-preset]")?.dataset.preset;
      const preset = presets.find((one) => one.name === name);
      if (!preset) return;
      root.hidePopover();
      opener?.focus();
      start(preset);
    }),
  );
}
