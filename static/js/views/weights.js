// @ts-check
// The table twin of the network: every weight and bias as a number, live; fields that can be changed, copied, pasted.

import { layerTitle, neuronTitle, inputName } from "../lib/naming.js";
import { parseNumber, show, showCount } from "../lib/number.js";
import { EDITABLE, fromText, tablesOf, toText } from "../lib/weight-table.js";
import { fill, t } from "../lib/words.js";
import { copyText } from "./dialog.js";
import { all, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";

const EVERY_MS = 500; // while training, numbers change no more often than one can read
const WORDS = {
  now: t("as of epoch {epoch}"),
  past: t("as it was at epoch {epoch}"),
  shape: t("{rows} × {columns}"),
  caption: t("{layer}, {name}: a row for each input, a column for each neuron"),
  from: t("from"),
  neuron: t("neuron {n}"),
  field: t("{layer}, {column}, from {row}"),
  left: t("{count} more are not shown here. The programming interface has them all."),
  copied: t("The table of {layer} is copied."),
  refused: t("The browser does not let the page copy. Select the table and copy it by hand."),
  noNumber: t("“{text}” is no number. Write it as 0.5, 0,5 or 1/2."),
};

/** @typedef {import("../lib/weight-table.js").Table} Table */

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { run, session, painter, catalogue, notes } = app;
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const holder = slot(root, "tables");
  /** @type {Table[]} */
  let tables = [];
  let builtFor = /** @type {any} */ (null);
  let drawn = -Infinity;
  /** @type {any} */
  let timer = null;

  const layerOf = (/** @type {string} */ id) => run.store.get().spec?.network.layers.find((layer) => layer.id === id);
  const titleOf = (/** @type {Table} */ table) => {
    const layer = layerOf(table.layer);
    return layer ? layerTitle(catalogue, layer) : table.layer;
  };
  const columnOf = (/** @type {Table} */ table, /** @type {number} */ k) => {
    const layer = layerOf(table.layer);
    return layer?.type === "dense" && layer.id === "output" ? neuronTitle(catalogue, layer, k, run.store.get().data?.classes ?? null) : fill(WORDS.neuron, { n: k + 1 });
  };

  /** Lay the tables out anew where the network is another one. */
  const build = () => {
    const { manifest, spec, data } = run.store.get();
    if (builtFor === manifest || !spec) return;
    builtFor = manifest;
    const first = spec.network.layers[0];
    tables = tablesOf(manifest, (id, i) => inputName(catalogue, data, id === first.id && !first.inputs, i));
    reconcile(holder, tables, ({ layer, name }) => `${layer} ${name} ${manifest.length}`, () => clone("t-weights"), (section, table, at) => {
      section.dataset.table = String(at);
      const title = titleOf(table);
      setText(slot(section, "title"), title);
      setText(slot(section, "shape"), fill(WORDS.shape, { rows: table.rows.length, columns: table.columns }));
      setText(slot(section, "caption"), fill(WORDS.caption, { layer: title, name: table.name }));
      const columns = table.cells[0]?.map((_, k) => columnOf(table, k)) ?? [];
      reconcile(slot(section, "columns"), [WORDS.from, ...columns].map((text, k) => ({ text, k })), ({ k }) => String(k), () => clone("t-weights-column"), (cell, { text }) => setText(cell, text));
      const fields = table.cells.length * columns.length <= EDITABLE;
      const kind = fields ? "t-weights-field" : "t-weights-cell";
      const rows = slot(section, "rows");
      rows.replaceChildren(...table.cells.map((cells, r) => {
        const row = clone("t-weights-row");
        setText(/** @type {Element} */ (row.firstElementChild), table.rows[r]);
        row.append(...cells.map((_, c) => {
          const cell = clone(kind);
          if (fields) setAttribute(/** @type {Element} */ (cell.firstElementChild), "aria-label", fill(WORDS.field, { layer: title, column: columns[c], row: table.rows[r] }));
          return cell;
        }));
        return row;
      }));
      const left = slot(section, "left");
      left.hidden = table.left === 0;
      setText(left, fill(WORDS.left, { count: showCount(table.left) }));
    });
  };

  const draw = () => {
    if (!dialog.open) return;
    const wait = EVERY_MS - (performance.now() - drawn);
    if (wait > 0 && run.store.get().state === "running") {
      timer ??= setTimeout(() => {
        timer = null;
        painter.request(draw);
      }, wait);
      return;
    }
    drawn = performance.now();
    build();
    const { weights, past } = run;
    setText(slot(root, "moment"), fill(past ? WORDS.past : WORDS.now, { epoch: Math.floor(past?.epoch ?? run.store.get().epoch) }));
    [...holder.children].forEach((section, t) => {
      [...slot(section, "rows").children].forEach((row, r) => tables[t].cells[r].forEach(({ place }, c) => {
        const cell = row.children[c + 1];
        const text = show(weights[place], 3);
        const field = /** @type {HTMLInputElement|null} */ (cell.firstElementChild);
        if (!field) setText(cell, text);
        else if (field !== document.activeElement && field.value !== text) field.value = text;
      }));
    });
  };
  const request = () => painter.request(draw);

  /** The table, row and column of a field. @param {EventTarget|null} target */
  const placeOf = (target) => {
    const field = /** @type {HTMLElement|null} */ (target)?.closest?.(".weights__field");
    const [cell, section] = [field?.closest("td"), /** @type {HTMLElement|null|undefined} */ (field?.closest("[data-table]"))];
    if (!cell || !section) return null;
    const row = /** @type {HTMLTableRowElement} */ (cell.parentElement);
    return { table: tables[Number(section.dataset.table)], r: row.sectionRowIndex, c: cell.cellIndex - 1 };
  };
  /** @param {Table} table @param {import("../lib/weight-table.js").Cell} cell @param {number} value */
  const editOf = (table, { name, index, place }, value) => ({ layer: table.layer, name, index, value, before: run.weights[place] });

  return all(
    run.watch(request), run.store.subscribe((now, before) => now.manifest !== before.manifest && request()),
    on(document, "click", (event) => {
      if (!event.target.closest?.('[data-action="weights"]') || run.store.get().id === null) return;
      dialog.showModal();
      drawn = -Infinity;
      request();
    }),
    on(root, "click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action === "close") dialog.close();
      if (action !== "copy") return;
      const table = tables[Number(event.target.closest("[data-table]").dataset.table)];
      const text = toText(table, run.weights, table.cells[0].map((_, k) => columnOf(table, k)));
      void copyText(text).then((done) => {
        if (done) setText(slot(root, "moment"), fill(WORDS.copied, { layer: titleOf(table) }));
        else notes.warn("copy", WORDS.refused);
      });
    }),
    on(root, "keydown", (event) => {
      const at = placeOf(event.target);
      if (event.key === "Enter" && at) event.target.blur();
      const down = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 })[event.key];
      if (!at || !down) return;
      event.preventDefault();
      event.target.closest("tbody").rows[at.r + down]?.cells[at.c + 1].querySelector("input")?.focus();
    }),
    on(holder, "focusin", (event) => event.target.matches?.(".weights__field") && event.target.select()),
    on(holder, "focusout", request),
    on(holder, "change", (event) => {
      const at = placeOf(event.target);
      const value = parseNumber(event.target.value);
      if (!at) return;
      if (value === null) {
        setText(slot(root, "moment"), fill(WORDS.noNumber, { text: event.target.value }));
        event.target.setAttribute("aria-invalid", "true");
        return;
      }
      event.target.removeAttribute("aria-invalid");
      void session.edit([editOf(at.table, at.table.cells[at.r][at.c], value)]);
    }),
    on(holder, "paste", (event) => {
      const at = placeOf(event.target);
      const block = fromText(event.clipboardData?.getData("text") ?? "");
      if (!at || !block) return;
      event.preventDefault();
      const edits = block.flatMap((row, r) => row.flatMap((value, c) => {
        const cell = at.table.cells[at.r + r]?.[at.c + c];
        return cell && value !== null ? [editOf(at.table, cell, value)] : [];
      }));
      if (edits.length) event.target.value = show(edits[0].value, 3);
      if (edits.length) void session.edit(edits);
    }),
    () => clearTimeout(timer),
  );
}
