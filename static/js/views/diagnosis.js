// @ts-check
// The card "Why is it stuck?": what was found, in sentences with their numbers, and a button that tries what may help.

import { t } from "../lib/words.js";
import { all, clone, on, reconcile, setText, slot } from "./dom.js";

const MOST = 3;

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { diagnosis, session, painter, run } = app;
  let dismissed = "";
  const named = () => diagnosis.store.get().findings.map(({ kind, layer }) => `${kind} ${layer}`).join();

  const draw = () => {
    const { findings } = diagnosis.store.get();
    root.hidden = !findings.length || named() === dismissed || Boolean(run.past);
    root.classList.toggle("diagnosis--problem", findings[0]?.severity === "problem");
    root.classList.toggle("diagnosis--warning", findings[0]?.severity === "warning");
    setText(slot(root, "title"), findings[0]?.severity === "hint" ? t("Something to try") : t("Why is it stuck?"));
    reconcile(slot(root, "list"), findings.slice(0, MOST), ({ kind, layer }) => `${kind} ${layer}`, () => clone("t-finding"), (item, finding, i) => {
      setText(/** @type {Element} */ (item.querySelector(".finding__text")), finding.sentence.text);
      const button = /** @type {HTMLElement} */ (item.querySelector("button"));
      button.hidden = !finding.experiment;
      button.dataset.finding = String(i);
      setText(button, finding.experiment?.label.text ?? "");
    });
  };
  const request = () => painter.request(draw);
  draw();
  return all(
    diagnosis.store.subscribe(request), run.watch(request),
    run.store.subscribe((now, before) => {
      if (now.id !== before.id) dismissed = "";
    }),
    on(root, "click", (event) => {
      const button = event.target.closest("[data-action]");
      if (button?.dataset.action === "close") {
        dismissed = named();
        request();
      }
      const proposal = diagnosis.store.get().findings[Number(button?.dataset.finding)]?.experiment;
      if (button?.dataset.action === "try" && proposal) void session.tryOut(proposal);
    }),
  );
}
