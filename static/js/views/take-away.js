// @ts-check
// The dialog that takes work away: files of the run on show, scripts to copy, and pictures as the page has them.

import { t } from "../lib/words.js";
import { copyText, onLeave, showProblem } from "./dialog.js";
import { all, on, setText, slot } from "./dom.js";

/** @type {Record<string, string>} */
const PICTURES = { loss: ".chart canvas, [data-view='loss-chart'] canvas", output: ".plane__picture" };
const WITH_NAMES = new Set(["safetensors", "npz"]);
const COPY_MS = 1600;
const FINE = 2; // dots of a drawing to each of its units

/** @param {HTMLElement} element @param {import("../main.js").App} app */
export function mount(element, app) {
  const root = /** @type {HTMLDialogElement} */ (element);
  const { api, run } = app;
  const names = /** @type {HTMLSelectElement} */ (slot(root, "names"));
  const say = (/** @type {string} */ text) => setText(slot(root, "said"), text);
  const problem = (/** @type {any} */ error = null) => {
    showProblem(slot(root, "problem"), error);
    if (error) slot(root, "problem").scrollIntoView({ block: "nearest" });
  };
  const picture = (/** @type {string} */ name) => /** @type {HTMLCanvasElement|null} */ (document.querySelector(`.output ${PICTURES[name].split(", ").join(", .output ")}`));
  const visible = (/** @type {HTMLElement|null} */ canvas) => Boolean(canvas?.getClientRects().length);

  const drawMoment = () => {
    const now = run.past ?? run.store.get();
    setText(slot(root, "moment"), Number.isInteger(now.epoch) ? t("The network at epoch {n}.", { n: now.epoch.toLocaleString("en") })
      : t("The network at update {n}.", { n: now.update }));
    for (const name of Object.keys(PICTURES)) {
      /** @type {HTMLElement} */ (root.querySelector(`[data-picture="${name}"]`)?.closest("li")).hidden = !visible(picture(name));
    }
  };

  /** @param {Blob} blob @param {string} name */
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    say(t("{name} is on its way to your downloads.", { name }));
  };

  /** The run on show, when everything asked for is done. */
  const current = async () => {
    await app.session.settle();
    const { id } = run.store.get();
    if (!id) throw new Error(t("There is no network to take away yet."));
    return id;
  };
  const moment = () => (run.past ? { at: run.past.update } : {});

  const download = async (/** @type {string} */ format) => {
    const { blob, name } = await api.exportRun(await current(), format, { ...(WITH_NAMES.has(format) ? { names: names.value } : {}), ...moment() });
    save(blob, name);
  };

  const copy = async (/** @type {HTMLElement} */ button, /** @type {string} */ format) => {
    const { blob } = await api.exportRun(await current(), format, moment());
    if (!await copyText(await blob.text())) throw new Error(t("Copying is not allowed here."));
    const word = /** @type {Element} */ (button.querySelector("span"));
    setText(word, t("Copied"));
    say(t("The script is copied."));
    setTimeout(() => setText(word, t("Copy")), COPY_MS);
  };

  const draw = async (/** @type {string} */ name) => {
    const canvas = picture(name);
    const blob = canvas && await new Promise((done) => canvas.toBlob(done));
    if (blob) save(/** @type {Blob} */ (blob), `${name}.png`);
  };

  /** A drawing of the server's, as dots. @param {string} format */
  const raster = async (format) => {
    const { blob, name } = await api.exportRun(await current(), format, moment());
    const image = new Image();
    image.src = URL.createObjectURL(blob);
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth * FINE, image.naturalHeight * FINE];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    const dots = await new Promise((done) => canvas.toBlob(done));
    if (dots) save(/** @type {Blob} */ (dots), name.replace(/svg$/, "png"));
  };

  return all(
    on(document, "click", (event) => {
      if (!event.target.closest?.('[data-action="take-away"]')) return;
      /** @type {HTMLDialogElement|null} */ (event.target.closest("dialog"))?.close();
      problem();
      say("");
      drawMoment();
      root.showModal();
    }),
    run.watch(() => root.open && drawMoment()),
    onLeave(root, () => root.close()),
    on(root, "click", (event) => {
      const button = event.target.closest("button");
      const { format, script, picture: name, raster: drawing } = button?.dataset ?? {};
      if (!format && !script && !name && !drawing) return;
      problem();
      (format ? download(format) : script ? copy(button, script) : drawing ? raster(drawing) : draw(name)).catch(problem);
    }),
  );
}
