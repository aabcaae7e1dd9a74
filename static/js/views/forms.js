// @ts-check
// Every control that names a value: data-path for the experiment, data-look for how it is looked at. One listener for
// all of them, so a new control needs markup only.

import { findPart, fit } from "../lib/catalogue.js";
import { complaint, readField, textOf } from "../lib/fields.js";
import { plain } from "../lib/number.js";
import { fitPoints } from "../lib/own-points.js";
import { classCount, fitOutput, read, write } from "../lib/spec.js";
import { all, on, setAttribute, setText } from "./dom.js";

/** @param {Document} document @param {import("../main.js").App} app */
export function mountForms(document, app) {
  const { catalogue, experiment, notes } = app;

  /** The declaration behind a path: what is allowed, and what it is called. @param {string} path */
  const declared = (path) => {
    const keys = path.split(".");
    const name = keys.at(-1);
    const holder = keys.slice(0, -1).join(".");
    const { spec } = experiment.store.get();
    const settings = findPart(catalogue, "settings", "training")?.params ?? [];
    if (holder === "training") return settings.find((param) => param.name === name);
    const part = read(spec, holder);
    return Object.keys(catalogue).map((kind) => findPart(catalogue, kind, part?.type)?.params.find((param) => param.name === name)).find(Boolean);
  };

  /** @param {string} path @param {any} value @param {HTMLElement} control */
  const setValue = (path, value, control) => {
    const param = declared(path);
    let fitted = value;
    notes.clear("field");
    if (param) fitted = fit(catalogue, param, value, (message) => notes.warn("field", message));
    const before = experiment.store.get().spec;
    let next = write(before, path, fitted);
    if (path.startsWith("data.") && classCount(catalogue, next.data) !== classCount(catalogue, before.data)) next = fitPoints(catalogue, fitOutput(catalogue, next));
    if (path === "training.optimizer" && read(before, "training.optimizer.type") !== fitted.type) next = write(next, "training.optimizer", fitted);
    experiment.change(param?.label.toLowerCase() ?? path.split(".").at(-1) ?? path, next, { merge: control.dataset.widget === "slider" ? path : undefined });
    showValues();
  };
  app.setValue = setValue;

  /** Write the experiment's values into the controls (but for the one being typed in). */
  const showValues = () => {
    const { spec, look, errors } = experiment.store.get();
    for (const control of /** @type {NodeListOf<any>} */ (document.querySelectorAll("[data-path]"))) {
      const path = control.dataset.path;
      const value = read(spec, path);
      const wrong = errors.some((fault) => fault.where && (path === fault.where || path.endsWith(`.${fault.where}`)));
      setAttribute(control, "aria-invalid", wrong ? "true" : null);
      if (value === undefined) continue;
      if (control.type === "checkbox") control.checked = Boolean(value);
      else if (control.dataset.widget === "part") control.value = value?.type ?? "";
      else if (control.dataset.widget === "slider") control.value = String(value * Number(control.dataset.scale ?? 1));
      else if (document.activeElement !== control || control.tagName === "SELECT") {
        const text = textOf(value);
        if (control.value !== text) control.value = text;
      }
    }
    for (const output of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-shows]"))) {
      const control = /** @type {HTMLElement|null} */ (document.querySelector(`[data-path="${output.dataset.shows}"]`));
      const value = read(spec, output.dataset.shows ?? "");
      if (typeof value === "number") setText(output, plain(Math.round(value * Number(control?.dataset.scale ?? "1") * 1e6) / 1e6));
    }
    for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[type="checkbox"][data-look]'))) {
      box.checked = Boolean(/** @type {any} */ (look)[box.dataset.look ?? ""]);
    }
  };
  app.showValues = showValues;

  const take = (/** @type {any} */ event) => {
    const control = event.target.closest?.("[data-path]");
    if (control && (event.type === "change" || control.type === "range")) {
      const param = declared(control.dataset.path);
      const value = readField(catalogue, control, param);
      if (value === undefined) {
        notes.warn("field", complaint(control, param));
        setAttribute(control, "aria-invalid", "true");
      } else {
        setValue(control.dataset.path, value, control);
      }
    }
    const box = event.target.closest?.('input[type="checkbox"][data-look]');
    if (box && event.type === "change") experiment.setLook({ [box.dataset.look]: box.checked });
  };
  showValues();
  return all(
    experiment.store.subscribe(showValues),
    on(document, "change", take),
    on(document, "input", (event) => event.target.type === "range" && take(event)),
    on(document, "keydown", (event) => {
      const control = event.target.closest?.('input[data-path]:not([type="range"], [type="checkbox"])');
      if (!control) return;
      if (event.key === "Enter") {
        event.preventDefault();
        control.blur();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        control.value = textOf(read(experiment.store.get().spec, control.dataset.path));
        control.blur();
      }
    }),
  );
}
