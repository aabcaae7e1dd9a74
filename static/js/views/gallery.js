// @ts-check
// The dialog of confused or most wrong examples: each with what it is, what the network says and how sure it is. One
// that is chosen becomes the example on show; over the plane it goes under the microscope.

import { inputName } from "../lib/naming.js";
import { show, showLoss, showPercent } from "../lib/number.js";
import { t } from "../lib/words.js";
import { onLeave } from "./dialog.js";
import { all, cells, clone, on, reconcile, setAttribute, setText, slot } from "./dom.js";
import { paintImage } from "./image.js";

const COLUMNS = 4; // values of a row that are named

/** @param {boolean} isTrain @param {number} n */
const howMany = (isTrain, n) => {
  if (n === 0) return t(isTrain ? "There is no such training example now." : "There is no such test example now.");
  if (isTrain) {
    return t(n === 1 ? "{n} training example, the largest loss first. Choose one to look at it closely."
      : "{n} training examples, the largest loss first. Choose one to look at it closely.", { n });
  }
  return t(n === 1 ? "{n} test example, the largest loss first. Choose one to look at it closely."
    : "{n} test examples, the largest loss first. Choose one to look at it closely.", { n });
};

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { gallery, run, painter, theme, pictures, example, microscope, catalogue } = app;
  const dialog = /** @type {HTMLDialogElement} */ (root);

  const titleOf = (/** @type {import("../state/gallery.js").Which} */ which, /** @type {any} */ data) => {
    const name = (/** @type {number|undefined} */ i) => data?.classes?.[i ?? -1] ?? String(i);
    if (which.true === undefined) return data?.task === "regression" ? t("Farthest off") : t("Most wrong");
    return which.true === which.predicted ? t("{actual}, told rightly", { actual: name(which.true) })
      : t("{actual}, taken for {answer}", { actual: name(which.true), answer: name(which.predicted) });
  };

  const draw = () => {
    const { open, which, items, total, busy, problem } = gallery.store.get();
    if (open !== dialog.open) open ? dialog.showModal() : dialog.close();
    if (!open) return;
    const { data } = run.store.get();
    setText(slot(root, "title"), titleOf(which, data));
    setText(slot(root, "words"), problem || (busy && !items.length ? t("Looking …") : howMany(which.split === "train", total)));
    reconcile(slot(root, "list"), items, (item) => String(item.index), () => clone("t-gallery-item"), (element, item) => {
      const button = /** @type {HTMLElement} */ (element.firstElementChild);
      button.dataset.index = String(item.index);
      const canvas = /** @type {HTMLCanvasElement} */ (button.querySelector("canvas"));
      const isImage = data?.view === "image" && Array.isArray(item.raw?.[0]);
      canvas.hidden = !isImage;
      if (isImage) paintImage(cells(canvas, item.raw[0].length, item.raw.length), item.raw, theme.palette, data.preprocess.scale);
      setText(slot(button, "values"), isImage ? "" : valuesOf(item.raw, data));
      const actual = data?.classes?.[item.target] ?? show(item.target);
      const answer = item.predicted === null ? "" : data?.classes?.[item.predicted] ?? String(item.predicted);
      const share = [item.share === null ? "" : showPercent(item.share), t("loss {loss}", { loss: showLoss(item.loss ?? Infinity) })].filter(Boolean).join(" · ");
      setText(slot(button, "classes"), answer ? `${actual} → ${answer}` : actual);
      setText(slot(button, "share"), share);
      const said = { n: item.index + 1, actual, answer, share };
      setAttribute(button, "aria-label", answer ? t("Example {n}: {actual}, taken for {answer}, {share}", said) : t("Example {n}: {actual}, {share}", said));
    });
    slot(root, "more").hidden = items.length >= total || items.length === 0;
  };

  /** A row in words: its first values by name. @param {any} raw @param {any} data */
  const valuesOf = (raw, data) => {
    const flat = /** @type {number[]} */ ([raw].flat(Infinity));
    const names = data?.raw_names?.length === flat.length ? data.raw_names : null;
    const shown = flat.slice(0, COLUMNS).map((value, i) => `${names?.[i] ?? inputName(catalogue, data, true, i)} ${show(value)}`);
    return shown.join(", ") + (flat.length > COLUMNS ? ", …" : "");
  };

  const choose = (/** @type {number} */ index) => {
    const { split } = gallery.store.get().which;
    gallery.close();
    draw();
    if (pictures.kind === "other") {
      app.drawing.close();
      example.choose(split, index);
    } else void microscope.open({ split, index });
  };
  const request = () => painter.request(draw);
  return all(
    gallery.store.subscribe(request), theme.subscribe(request),
    run.store.subscribe((now, before) => now.id !== before.id && gallery.close()),
    on(root, "close", () => gallery.close()),
    onLeave(root, () => gallery.close()),
    on(root, "click", (event) => {
      const item = event.target.closest("[data-index]");
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (item) choose(Number(item.dataset.index));
      else if (action === "more") void gallery.more();
    }),
    () => painter.cancel(draw),
  );
}
