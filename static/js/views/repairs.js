// @ts-check
// Buttons that put a network right, at the layer where it is wrong: only those of which the server says that they help.

import { layerOf, repairs } from "../lib/repairs.js";
import { all, on } from "./dom.js";

const MOST = 2; // ways to choose from

/** @param {HTMLElement} root the network @param {import("../main.js").App} app */
export function mountRepairs(root, app) {
  const { experiment, catalogue, api } = app;
  /** @type {import("../lib/repairs.js").Repair[]} */
  let offered = [];
  let shownFor = "";
  let turn = 0;

  const clear = () => root.querySelectorAll('[data-slot="repairs"]').forEach((box) => box.replaceChildren());

  const show = (/** @type {string} */ id) => {
    clear();
    const box = root.querySelector(`.layer[data-layer="${id}"] [data-slot="repairs"]`);
    box?.replaceChildren(...offered.map(({ label }, i) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button button--small", textContent: label });
      button.dataset.repair = String(i);
      return button;
    }));
  };

  const update = async () => {
    const { spec, errors, check } = experiment.store.get();
    const [fault] = errors;
    const layer = fault ? layerOf(spec, fault) : null;
    const key = layer ? JSON.stringify([layer.id, fault.where, spec.network, spec.data]) : "";
    if (key === shownFor) return;
    shownFor = key;
    turn += 1;
    const mine = turn;
    offered = [];
    clear();
    if (!layer) return;
    for (const one of repairs(catalogue, spec, layer.id, check)) {
      const told = await api.check(one.spec.network, one.spec.data).catch(() => null);
      if (mine !== turn) return;
      if (!told || told.errors?.length) continue;
      offered.push(one);
      if (offered.length === MOST) break;
    }
    show(layer.id);
  };

  return all(
    experiment.store.subscribe(() => void update()),
    on(root, "click", (event) => {
      const place = event.target.closest("[data-repair]")?.dataset.repair;
      const one = place === undefined ? undefined : offered[Number(place)];
      if (!one) return;
      experiment.change(one.label, one.spec);
      app.focusLayer(Math.max(0, one.spec.network.layers.length - 2));
    }),
  );
}
