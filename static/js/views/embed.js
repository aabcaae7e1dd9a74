// @ts-check
// The embed dialog: the teacher ticks what is hidden and what is fixed, the preview beside shows it at once, and the
// code for the page is made from the same ticks.

import { CONTROLS, writeRestrictions } from "../lib/controls.js";
import { snippet } from "../lib/snippet.js";
import { t } from "../lib/words.js";
import { copyText, onLeave } from "./dialog.js";
import { all, clone, on, setAttribute, setText, slot } from "./dom.js";

const SCRIPT = "static/js/embed/network-playground.js";

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { experiment, place, root: base } = app;
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const select = (/** @type {string} */ name) => /** @type {HTMLSelectElement} */ (slot(root, name));
  const preview = slot(root, "preview");
  const server = new URL(`${base}/`, location.href).href;
  const sites = (root.dataset.ancestors ?? "").split(" ");
  let kind = "component";
  let address = "";
  let shown = "";

  /** A row for each control; made when the dialog opens, gone when it closes. */
  const fill = () => {
    slot(root, "controls").replaceChildren();
    for (const group of new Set(CONTROLS.map((control) => control.group))) {
      const fieldset = clone("t-embed-group");
      setText(/** @type {Element} */ (fieldset.firstElementChild), group);
      for (const control of CONTROLS.filter((c) => c.group === group)) {
        const row = clone("t-embed-control");
        setText(/** @type {Element} */ (row.firstElementChild), control.label);
        for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (row.querySelectorAll("input"))) {
          const what = /** @type {"hide"|"lock"} */ (box.dataset.what);
          box.value = control.name;
          setAttribute(box, "aria-label", t(what === "hide" ? "{control}: hidden" : "{control}: fixed", { control: control.label }));
          box.classList.toggle("is-impossible", !control[what]);
          box.disabled = !control[what];
        }
        fieldset.append(row);
      }
      slot(root, "controls").append(fieldset);
    }
  };

  const ticked = (/** @type {string} */ what) => /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll(`input[data-what="${what}"]:checked`)]).map((box) => box.value);

  const draw = () => {
    const share = select("what").value || null;
    const chosen = { hide: ticked("hide"), lock: ticked("lock"), theme: select("theme").value || null, lang: select("lang").value || null };
    const query = writeRestrictions(chosen);
    const path = `${server}embed/${share ? `s/${share}` : ""}`;
    const url = `${path}${query && `?${query}`}${share ? "" : `#${address}`}`;
    const code = /** @type {HTMLTextAreaElement} */ (slot(root, "code"));
    code.value = snippet({ kind, script: server + SCRIPT, url, share, experiment: address, ...chosen });
    const width = select("width").value;
    if (url === shown) return fit(width);
    shown = url;
    const frame = document.createElement("iframe");
    frame.setAttribute("aria-label", t("The playground as learners see it")); // titles go to the help line
    frame.className = "embed__frame";
    frame.src = url;
    preview.replaceChildren(frame);
    fit(width);
  };
  const fit = (/** @type {string} */ width) => {
    const frame = /** @type {HTMLElement|null} */ (preview.firstElementChild);
    if (frame) frame.style.inlineSize = width ? `${width}px` : "100%";
  };

  const explain = () => {
    for (const button of root.querySelectorAll("[data-kind]")) setAttribute(button, "aria-pressed", String(button.getAttribute("data-kind") === kind));
    setText(slot(root, "words"), kind === "component"
      ? t("Fits its height to what is in it, and your page’s scripts can steer it and hear the losses.")
      : t("For pages that let no scripts in, such as most learning platforms. Give it the height you like."));
  };

  /** @param {string|null} share id of a shared run, null for the experiment on the page @param {any[]} links */
  app.openEmbed = (share, links) => {
    address = experiment.address();
    fill();
    const options = links.map(({ id, title, trained, epoch }) => new Option(trained ? t("Your link: {title}, epoch {epoch}", { title, epoch })
      : t("Your link: {title}", { title }), id));
    select("what").replaceChildren(new Option(t("This experiment, from epoch 0"), ""), ...options);
    select("what").value = share ?? "";
    const own = sites.filter((site) => site !== "'self'");
    setText(slot(root, "sites"), sites.includes("*") ? t("Every site may show it.")
      : own.length && !own.includes("'none'") ? t("Sites that may show it: {sites}.", { sites: own.join(", ") })
        : t("So far no other site may show it. Whoever runs this server can name yours in PLAYGROUND_FRAME_ANCESTORS."));
    shown = "";
    explain();
    draw();
    dialog.showModal();
  };

  return all(
    on(slot(root, "form"), "submit", (event) => event.preventDefault()),
    on(slot(root, "form"), "change", (event) => {
      const { what } = event.target.dataset;
      if (what && event.target.checked) { // what is hidden can not be changed either
        const other = event.target.parentElement.querySelector(`[data-what="${what === "hide" ? "lock" : "hide"}"]`);
        other.checked = false;
      }
      draw();
    }),
    onLeave(root, () => dialog.close()),
    on(root, "click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.kind) {
        ({ kind } = button.dataset);
        explain();
        draw();
      }
      if (button?.dataset.action !== "copy") return;
      const code = /** @type {HTMLTextAreaElement} */ (slot(root, "code"));
      void copyText(code.value).then((done) => {
        if (!done) code.select();
        setText(slot(root, "said"), done ? t("The code is copied.") : t("Copying is not allowed here: the code is selected, copy it."));
      });
    }),
    on(root, "close", () => {
      preview.replaceChildren(); // its run goes with it
      slot(root, "controls").replaceChildren();
    }),
  );
}
