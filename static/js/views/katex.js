// @ts-check
// Formulas, set by KaTeX; where it can not read one, the text itself stays.

import katex from "../../vendor/katex/katex.esm.js";

/** @param {HTMLElement} element @param {string} formula */
export function showFormula(element, formula) {
  if (element.dataset.shown === formula) return;
  element.dataset.shown = formula;
  try {
    katex.render(formula, element, { throwOnError: true, output: "htmlAndMathml" });
  } catch {
    element.textContent = formula;
  }
}

/** Every formula that markup names. @param {ParentNode} root */
export function showFormulas(root) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-formula]"))) {
    showFormula(element, element.dataset.formula ?? "");
  }
}
