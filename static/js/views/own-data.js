// @ts-check
// The dialog of one's own data: choose or drop a file, see what is in it, put it right, use it.

import { bars, columnWords, describe, outcome } from "../lib/own-data.js";
import { t } from "../lib/words.js";
import { onLeave } from "./dialog.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";

const SIZES = [8, 16, 24, 28, 32, 48, 64, 96, 128];
/** Choices that are no texts. @type {Record<string, (text: string) => any>} */
const READ = { header: (text) => text === "true", colour: (text) => text === "true", size: Number };

/** @param {HTMLElement} element @param {import("../main.js").App} app */
export function mount(element, app) {
  const root = /** @type {HTMLDialogElement} */ (element);
  const { ownData, experiment, defaults } = app;
  const use = /** @type {HTMLButtonElement} */ (root.querySelector('[data-action="use"]'));
  const drop = slot(root, "drop");
  /** @type {HTMLElement|null} */
  let opener = null;

  const draw = () => {
    const { files, look, busy, problems, kept } = ownData.store.get();
    const chosen = files.length > 0;
    setText(slot(root, "file"), chosen ? files.map((file) => file.name).join(", ") : "");
    slot(root, "choose").hidden = chosen;
    slot(root, "look").hidden = !look;
    slot(root, "foot").hidden = !chosen;
    use.disabled = !look?.ready || busy !== "" || problems.length > 0;
    setText(slot(root, "outcome"), busy || (look && !problems.length ? outcome(look) : ""));
    const told = problems.length ? problems : look?.problems ?? [];
    reconcile(slot(root, "problems"), told, (problem) => problem.message, () => clone("t-own-problem"), (line, { message, fix }) => {
      setText(slot(line, "message"), /[.!?。！？]$/.test(message) ? message : t("{sum}.", { sum: message }));
      setText(slot(line, "fix"), fix);
    });
    slot(root, "kept").hidden = !kept.length;
    reconcile(slot(root, "list"), kept, ({ id }) => id, () => clone("t-own-kept"), (item, upload) => {
      setText(/** @type {Element} */ (item.querySelector(".kept__name")), upload.name);
      setText(/** @type {Element} */ (item.querySelector(".kept__what")), describe(upload));
      /** @type {HTMLInputElement} */ (item.querySelector('[data-action="share"]')).checked = upload.shared;
      setAttribute(/** @type {Element} */ (item.querySelector('[data-action="delete"]')), "aria-label", t("Delete {name}", { name: upload.name }));
      setAttribute(/** @type {Element} */ (item.querySelector('[data-action="take"]')), "aria-label", t("Use {name}", { name: upload.name }));
    });
    if (look) drawLook(look);
  };

  const drawLook = (/** @type {import("../lib/own-data.js").Look} */ look) => {
    const { chosen } = look;
    reconcile(slot(root, "notes"), look.notes, String, () => clone("t-own-note"), setText);
    slot(root, "table-choices").hidden = look.kind !== "table";
    slot(root, "picture-choices").hidden = look.kind !== "pictures" || !look.shape.length;
    /** @type {HTMLElement} */ (root.querySelector('[data-choice="missing"]')?.closest(".field")).hidden = !look.gaps;
    options("target", look.columns.map(({ name }) => name));
    const sizes = [...new Set([...SIZES, Number(chosen.size)])].filter(Boolean).sort((a, b) => a - b).map(String);
    options("size", chosen.size === null ? ["", ...sizes] : sizes, (size) => (size ? `${size} × ${size}` : t("as they are")));
    for (const select of selects()) select.value = String(chosen[select.dataset.choice ?? ""] ?? "");
    drawTable(look);
    reconcile(slot(root, "samples"), look.samples.map((sample, i) => ({ ...sample, i })), ({ i }) => String(i), () => clone("t-own-sample"), (item, { label, png }) => {
      setAttribute(/** @type {Element} */ (item.querySelector("img")), "src", png);
      setAttribute(/** @type {Element} */ (item.querySelector("img")), "alt", label);
      setText(/** @type {Element} */ (item.querySelector("span")), label);
    });
    const most = Math.max(1, ...look.classes.map(([, count]) => count));
    reconcile(slot(root, "classes"), look.classes, ([name]) => name, () => clone("t-own-class"), (item, [name, count]) => {
      setText(/** @type {Element} */ (item.querySelector(".classes__name")), name);
      const meter = /** @type {HTMLMeterElement} */ (item.querySelector("meter"));
      meter.value = count / most;
      setAttribute(meter, "aria-label", `${name}: ${count}`);
      setText(/** @type {Element} */ (item.querySelector(".classes__count")), count.toLocaleString("en"));
    });
  };

  /** Columns with their pictures, and the first rows below. @param {import("../lib/own-data.js").Look} look */
  const drawTable = (look) => {
    slot(root, "rows-box").hidden = !look.columns.length;
    const wrong = new Set(look.problems.map(({ row, column }) => `${row} ${column}`));
    const heads = [null, ...look.columns];
    reconcile(slot(root, "heads"), heads, (column) => column?.name ?? "", () => clone("t-own-head"), (head, column) => {
      head.classList.toggle("is-number-of-row", column === null);
      head.classList.toggle("is-out", column?.role === "out");
      head.classList.toggle("is-target", column?.role === "target");
      setText(/** @type {Element} */ (head.querySelector(".col__name")), column?.name ?? t("Row"));
      setAttribute(head, "title", column?.name ?? null);
      setText(/** @type {Element} */ (head.querySelector(".col__words")), column ? columnWords(column) : "");
      const select = /** @type {HTMLSelectElement} */ (head.querySelector("select"));
      select.hidden = !column || column.role === "target" || look.kind !== "table";
      select.value = column?.kind ?? "out";
      setAttribute(select, "aria-label", t("What {column} is", { column: column?.name ?? "" }));
      /** @type {HTMLElement} */ (head.querySelector(".col__target")).hidden = column?.role !== "target";
      const shown = column ? bars(column) : [];
      reconcile(/** @type {HTMLElement} */ (head.querySelector(".col__bars")), shown.map((bar, i) => ({ ...bar, i })), ({ i }) => String(i), () => clone("t-own-bar"), (bar, { share, label }) => {
        bar.style.blockSize = `${Math.max(share * 100, share ? 4 : 0)}%`;
        setAttribute(bar, "title", label || null);
      });
    });
    reconcile(slot(root, "rows"), look.first.map((cells, i) => ({ cells, number: look.numbers[i] })), ({ number }) => String(number), () => clone("t-own-row"), (row, { cells, number }) => {
      const all = [String(number), ...cells].map((text, i) => ({ text, column: look.columns[i - 1], i }));
      reconcile(row, all, ({ i }) => String(i), () => clone("t-own-cell"), (cell, { text, column }) => {
        setText(cell, text);
        cell.classList.toggle("is-out", column?.role === "out");
        cell.classList.toggle("is-target", column?.role === "target");
        cell.classList.toggle("is-wrong", wrong.has(`${number} ${column?.name}`));
      });
    });
  };

  const selects = () => /** @type {NodeListOf<HTMLSelectElement>} */ (root.querySelectorAll("[data-choice]"));
  const options = (/** @type {string} */ choice, /** @type {string[]} */ values, label = (/** @type {string} */ value) => value) => {
    const select = /** @type {HTMLSelectElement} */ (root.querySelector(`[data-choice="${choice}"]`));
    const now = [...select.options].map((option) => option.value);
    if (String(now) !== String(values)) select.replaceChildren(...values.map((value) => new Option(label(value), value)));
  };

  const open = () => {
    if (root.open) return;
    root.showModal();
    void ownData.list();
  };
  const take = (/** @type {string} */ id) => {
    root.close();
    experiment.change(t("your own data"), ownData.startWith(defaults, experiment.store.get().spec, id));
    ownData.drop();
  };
  // a teacher may have locked the data
  const over = (/** @type {DragEvent} */ event) => !document.querySelector('button[data-action="own-data"]:disabled') && [...(event.dataTransfer?.types ?? [])].includes("Files");

  draw();
  return all(
    ownData.store.subscribe(draw),
    on(document, "click", (event) => {
      const from = event.target.closest('[data-action="own-data"]');
      if (!from) return;
      opener = from;
      open();
    }),
    on(root, "close", () => {
      ownData.drop();
      opener?.focus();
    }),
    on(slot(root, "input"), "change", (event) => {
      ownData.choose([...event.target.files]);
      event.target.value = ""; // so that the same file can be chosen again
      slot(root, "body").focus();
    }),
    onLeave(root, () => root.close()),
    on(root, "click", async (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      const id = event.target.closest(".kept__item")?.dataset.key;
      if (action === "other") {
        ownData.drop();
        slot(root, "input").focus();
      } else if (action === "use") {
        const made = await ownData.keep();
        if (made) take(made);
      } else if (action === "take" && id) take(id);
      else if (action === "delete" && id) {
        await ownData.remove(id);
        /** @type {HTMLElement} */ (root.querySelector(".kept__item button") ?? slot(root, "input")).focus();
      }
    }),
    on(root, "change", (event) => {
      const { choice } = event.target.dataset;
      const column = event.target.closest("th")?.dataset.key;
      const id = event.target.closest(".kept__item")?.dataset.key;
      // with another target or separator the rest is to be found out anew
      if (choice) void ownData.change({ ...(choice === "target" ? { task: undefined } : {}), [choice]: (READ[choice] ?? String)(event.target.value) });
      else if (column && event.target.matches("select")) void ownData.changeColumn(column, event.target.value);
      else if (id && event.target.matches('[data-action="share"]')) void ownData.share(id, event.target.checked);
    }),
    on(root, "submit", (event) => event.preventDefault()),
    // a file may be dropped anywhere on the page
    on(document, "dragover", (event) => {
      if (!over(event)) return;
      event.preventDefault();
      drop.classList.add("is-over");
    }),
    on(document, "dragleave", () => drop.classList.remove("is-over")),
    on(document, "drop", (event) => {
      if (!over(event)) return;
      event.preventDefault();
      drop.classList.remove("is-over");
      open();
      ownData.choose([...event.dataTransfer.files]);
    }),
  );
}
