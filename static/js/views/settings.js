// @ts-check
// The settings bar: shows the experiment's values, fills menus of presets, offers more of a part's parameters.

import { findPart } from "../lib/catalogue.js";
import { chooseDataset, read } from "../lib/spec.js";
import { groupOf, groupsOf } from "../lib/groups.js";
import { t } from "../lib/words.js";
import { all, on, setAttribute, slot } from "./dom.js";
import { OTHER, fillPresets } from "./menus.js";
import { partAt } from "./part-menu.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { catalogue, experiment, defaults } = app;
  const task = /** @type {HTMLSelectElement} */ (slot(root, "task"));
  const groups = groupsOf(catalogue);
  task.replaceChildren(...groups.map((group) => new Option(group.label, group.name)));

  const draw = () => {
    const { spec } = experiment.store.get();
    task.value = groupOf(catalogue, spec.data);
    for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (root.querySelectorAll("[data-presets]"))) {
      const path = select.dataset.presets ?? "";
      const holder = path.split(".").slice(0, -1).join(".");
      const part = read(spec, holder);
      const param = findPart(catalogue, path.split(".")[1], part.type)?.params.find((p) => p.name === path.split(".").at(-1));
      const label = /** @type {HTMLElement} */ (select.closest(".field"));
      label.classList.toggle("is-off", !param);
      select.disabled = !param;
      if (param) fillPresets(select, param.presets, read(spec, path));
      else select.replaceChildren(new Option("–", ""));
      delete select.dataset[param ? "off" : "filled"];
      setAttribute(select, "title", param?.help ?? t("There is nothing to set."));
      setAttribute(select, "aria-label", label.querySelector(".field__label")?.textContent ?? "");
    }
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-options]"))) {
      const path = button.dataset.options ?? "";
      const without = (button.dataset.without ?? "").split(",");
      const { kind, type } = partAt(path, read(spec, path));
      button.disabled = !findPart(catalogue, kind, type)?.params.some((param) => !without.includes(param.name));
    }
  };

  const typed = (/** @type {HTMLSelectElement} */ select) => /** @type {HTMLInputElement} */ (select.parentElement?.querySelector("input"));
  draw();
  return all(
    experiment.store.subscribe(draw),
    on(task, "change", () => {
      const first = groups.find((group) => group.name === task.value)?.types[0];
      if (first) experiment.change(t("task {name}", { name: task.selectedOptions[0].label }), chooseDataset(catalogue, defaults, experiment.store.get().spec, first));
    }),
    on(root, "change", (event) => {
      const select = event.target.closest("[data-presets]");
      if (!select) return;
      if (select.value !== OTHER) return app.setValue(select.dataset.presets, Number(select.value), select);
      const input = typed(select);
      select.hidden = true;
      input.hidden = false;
      input.focus();
      input.select();
    }),
    on(root, "focusout", (event) => {
      const select = event.target.matches("[data-path]") && event.target.parentElement.querySelector("[data-presets]");
      if (!select) return;
      select.hidden = false;
      event.target.hidden = true;
      draw();
    }),
    on(root, "click", (event) => {
      const button = event.target.closest("[data-options]");
      if (button) app.openPartMenu(button, button.dataset.options, button.dataset.without ?? "");
    }),
    on(root, "submit", (event) => event.preventDefault()),
  );
}
