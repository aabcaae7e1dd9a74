// @ts-check
// The field below the features: a formula in x and y becomes a feature. What is wrong with it is said right there.

import { mistakeText, pretty, readFormula } from "../lib/formula.js";
import { show } from "../lib/number.js";
import { t } from "../lib/words.js";
import { all, on, setAttribute, setText, slot } from "./dom.js";

/**
 * @param {HTMLElement} root @param {import("../main.js").App} app
 * @param {(name: string) => boolean} feedIn  a feature, by its name; false where it is fed in already
 */
export function mountOwnFormula(root, app, feedIn) {
  const { experiment, run } = app;
  const form = /** @type {HTMLFormElement} */ (slot(root, "own-formula"));
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  let mistake = "";

  const draw = () => {
    const told = experiment.store.get().errors.filter(({ where }) => where === "data.features").map(({ message, fix }) => `${message} ${fix}`);
    const text = mistake || told.join(" ");
    setText(slot(form, "mistake"), text);
    setAttribute(input, "aria-invalid", text ? "true" : null);
  };
  const say = (/** @type {string} */ text) => {
    mistake = text;
    draw();
  };

  /** Where a formula has no value among the examples; "" where it has one everywhere. @param {import("../lib/formula.js").Formula} formula */
  const lost = ({ text, compute }) => {
    const { data } = run.store.get();
    const points = /** @type {number[][]} */ (data?.view === "plane" ? data.points : []);
    const without = points.filter(([x, y]) => !Number.isFinite(Math.fround(compute(x, y))));
    if (!without.length) return "";
    return t("{formula} has no value, or one too large, at {n} of {of} points: first at x = {x}, y = {y}.",
      { formula: pretty(text), n: without.length, of: points.length, x: show(without[0][0]), y: show(without[0][1]) });
  };

  return all(
    on(form, "submit", (event) => {
      event.preventDefault();
      if (!input.value.trim()) return say("");
      const made = readFormula(input.value);
      if ("mistake" in made) return say(mistakeText(made.mistake));
      const missing = lost(made);
      if (missing) return say(missing);
      if (!feedIn(made.text)) return say(t("It is fed in already."));
      input.value = "";
      say("");
    }),
    on(input, "input", () => mistake && say("")),
    experiment.store.subscribe(draw),
  );
}
