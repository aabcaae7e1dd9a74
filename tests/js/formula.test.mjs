import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { formulaOf, mistakeText, pretty, readFormula } from "../../static/js/lib/formula.js";
import { knowsFeatures, makeInputs } from "../../static/js/lib/inputs.js";

const { points, cases, errors } = JSON.parse(readFileSync(new URL("../data/formulas.json", import.meta.url), "utf8"));
const NUMBERS = { inf: Infinity, "-inf": -Infinity, nan: NaN };

for (const { formula, kept, values } of cases) {
  test(`${formula} is computed as by the engine`, () => {
    const made = readFormula(formula);
    assert.equal(made.text, kept);
    points.forEach(([x, y], i) => {
      const [value, expected] = [made.compute(x, y), NUMBERS[values[i]] ?? values[i]];
      if (Number.isFinite(expected)) assert.ok(Math.abs(value - expected) <= 1e-12 * Math.abs(expected) + 1e-15, `${value} for ${expected}`);
      else assert.deepEqual(value, expected);
    });
    assert.equal(readFormula(kept).text, kept);
    assert.equal(readFormula(pretty(kept)).text, kept, "what is shown can be typed");
  });
}

for (const { formula, sign, expected } of errors) {
  test(`“${formula}” is no formula: ${expected} at sign ${sign}`, () => {
    const { mistake } = readFormula(formula);
    assert.deepEqual([mistake.sign, mistake.expected], [sign, expected]);
    assert.ok(mistakeText(mistake).length > 10);
    assert.equal(formulaOf(formula), null);
  });
}

test("a mistake is said in a sentence, a formula shown as by hand", () => {
  assert.equal(mistakeText(readFormula("2x").mistake), "Expected an operator or the end, got “x” at sign 2.");
  assert.equal(mistakeText(readFormula("(x").mistake), "Expected “)” or an operator at the end.");
  assert.equal(pretty("sqrt(x^2+y^2)-x*y^30"), "sqrt(x² + y²) − x·y^30");
  assert.equal(pretty("max(-x,2^-y)"), "max(−x, 2^−y)");
});

test("features typed are computed for whole grids, beside the others", () => {
  const preprocess = { kind: "features", features: ["y", "x*y", "3"], mean: 0, scale: 1, target: null };
  assert.ok(knowsFeatures(preprocess));
  assert.ok(!knowsFeatures({ ...preprocess, features: ["x", "foo(x)"] }));
  assert.deepEqual([...makeInputs(preprocess, [[2, 3], [4, -1]])], [4, -1, 8, -3, 3, 3]);
});
