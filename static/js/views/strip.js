// @ts-check
// A strip of the data set's pictures to choose from: the page of it that has the one on show.

import { t } from "../lib/words.js";
import { all, cells, clone, on, reconcile, setAttribute, slot } from "./dom.js";
import { paintImage } from "./image.js";

const PAGE = 10;

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { example, run, api, painter, theme } = app;
  /** What is in the strip. @type {{name: string, from: number, pictures: any[], targets: number[]}} */
  let page = { name: "", from: 0, pictures: [], targets: [] };
  let wanted = "";

  const load = async () => {
    const { id, data } = run.store.get();
    const { split, index, total } = example.store.get();
    root.hidden = data?.view !== "image";
    if (root.hidden || !id || !total) return;
    const from = Math.floor(index / PAGE) * PAGE;
    const name = `${id} ${split} ${from}`;
    if (wanted === name) return painter.request(draw);
    wanted = name;
    try {
      const found = await api.examples(id, split, from, PAGE);
      if (wanted !== name) return;
      page = { name, from, pictures: found.raw, targets: found.targets };
      painter.request(draw);
    } catch {
      wanted = ""; // the next change asks again
    }
  };

  const draw = () => {
    const { data } = run.store.get();
    const { index, own } = example.store.get();
    if (!data || data.view !== "image") return;
    reconcile(slot(root, "pictures"), page.pictures.map((picture, i) => ({ picture, i })), ({ i }) => `${page.name} ${i}`, () => clone("t-strip-item"), (element, { picture, i }) => {
      const button = /** @type {HTMLElement} */ (element.firstElementChild);
      const canvas = /** @type {HTMLCanvasElement} */ (button.firstElementChild);
      button.dataset.index = String(page.from + i);
      setAttribute(button, "aria-pressed", String(!own && page.from + i === index));
      setAttribute(button, "aria-label", t("Example {n}: {actual}", { n: page.from + i + 1, actual: data.classes?.[page.targets[i]] ?? page.targets[i] }));
      paintImage(cells(canvas, picture[0].length, picture.length), picture, theme.palette, data.preprocess.scale);
    });
  };
  void load();
  return all(
    example.store.subscribe((now, before) => {
      if (now.index !== before.index || now.split !== before.split || now.own !== before.own || now.total !== before.total) void load();
    }),
    run.store.subscribe((now, before) => now.id !== before.id && void load()), theme.subscribe(() => painter.request(draw)),
    on(root, "click", (event) => {
      const chosen = event.target.closest("[data-index]");
      if (!chosen) return;
      app.drawing.close();
      example.choose(example.store.get().split, Number(chosen.dataset.index));
    }),
    () => painter.cancel(draw),
  );
}
