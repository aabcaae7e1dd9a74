// @ts-check
// The dialog that brings work in: code, a link or a file is read by the server, which says what it understood; then it
// is opened like any other change, with undo. Files of weights alone go into the network on show.

import { dataFitting, sourceOf } from "../lib/bring-in.js";
import { renumber } from "../lib/spec.js";
import { t } from "../lib/words.js";
import { whole } from "../state/foreign.js";
import { onLeave, showProblem } from "./dialog.js";
import { all, clone, on, reconcile, setText, slot } from "./dom.js";

const UNKNOWN = { message: t("This is none of the kinds that can be read."), fix: t("Paste Keras or PyTorch code, a link of TensorFlow Playground, or an experiment saved as JSON.") };
const WEIGHTS = /\.(safetensors|npz|keras|h5|hdf5|pt|pth)$/i; // the server says what to do with those that it does not read
const MODEL = /\.onnx$/i;
const NO_DATA = { message: t("No data set here has examples of that shape."), fix: t("Bring your own data first, then open this again.") };

/** @param {HTMLElement} element @param {import("../main.js").App} app */
export function mount(element, app) {
  const root = /** @type {HTMLDialogElement} */ (element);
  const { api, catalogue, defaults, experiment } = app;
  const text = /** @type {HTMLTextAreaElement} */ (slot(root, "text"));
  const file = /** @type {HTMLInputElement} */ (slot(root, "file"));
  const open = /** @type {HTMLButtonElement} */ (slot(root, "open"));
  const order = /** @type {HTMLSelectElement} */ (slot(root, "order"));
  /** What was read. @type {any} */
  let found = null;
  let asked = 0;

  /** Whether the network on show reads images of several channels in a row. */
  const flattensChannels = () => {
    const { layers = [], input_shape: first = [] } = experiment.store.get().check ?? {};
    const shapes = [first, ...layers.map(({ output_shape: shape }) => shape ?? [])];
    return layers.some(({ type }, i) => type === "flatten" && shapes[i].length > 2 && Number(shapes[i].at(-1)) > 1);
  };

  const show = (/** @type {any} */ problem = null) => {
    showProblem(slot(root, "problem"), problem);
    slot(root, "found").hidden = !found;
    open.disabled = !found;
    const alone = Boolean(found && !found.spec);
    setText(open, alone ? t("Put the weights in") : t("Open it here"));
    slot(root, "order-field").hidden = !alone || !flattensChannels();
    reconcile(slot(root, "notes"), found?.notes ?? [], String, () => document.createElement("li"), setText);
    const layers = found?.check?.layers ?? [];
    slot(root, "table").hidden = !layers.length;
    reconcile(slot(root, "layers"), layers, (/** @type {any} */ layer) => layer.id, () => clone("t-brought-layer"), (row, layer) => {
      [layer.id, layer.type, layer.output_shape.join(" × "), layer.parameters.toLocaleString("en")].forEach((word, i) => setText(row.children[i], word));
    });
  };

  /** @param {string} source @param {string} content @param {Blob} [file] that weights can be taken from */
  const read = async (source, content, file) => {
    const mine = ++asked;
    found = null;
    show();
    try {
      const answer = await api.importText(source, content);
      if (mine !== asked) return;
      const { data, network } = answer.spec;
      const shape = answer.input_shape ?? experiment.store.get().check?.input_shape;
      const fitting = data ?? dataFitting(catalogue, experiment.store.get().spec, defaults, shape ?? [], network.layers.at(-1)?.units);
      if (!fitting) throw NO_DATA;
      const notes = answer.weighted ? [t("It comes with its weights."), ...answer.notes] : answer.notes;
      found = { ...answer, notes, spec: { ...answer.spec, data: fitting }, file: answer.weighted && file };
      show();
      open.focus();
    } catch (problem) {
      if (mine === asked) show(problem);
    }
  };

  const readText = () => {
    const source = sourceOf(text.value);
    if (!source) return show(text.value.trim() ? UNKNOWN : { message: t("There is nothing to read yet."), fix: UNKNOWN.fix });
    return read(source, text.value);
  };

  const readFile = async (/** @type {File} */ given) => {
    if (WEIGHTS.test(given.name)) {
      asked++;
      found = { file: given, notes: [t("The weights in {name}, for the network on show. They take the place of all its weights.", { name: given.name })] };
      show();
      return open.focus();
    }
    if (MODEL.test(given.name)) {
      const bytes = new Uint8Array(await given.arrayBuffer());
      let binary = "";
      for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return read("onnx", btoa(binary), given);
    }
    text.value = await given.text();
    return readText();
  };

  return all(
    on(document, "click", (event) => {
      if (!event.target.closest?.('[data-action="bring-in"]')) return;
      /** @type {HTMLElement|null} */ (event.target.closest("[popover]"))?.hidePopover();
      found = null;
      show();
      root.showModal();
      text.focus();
    }),
    on(slot(root, "form"), "submit", (event) => {
      event.preventDefault();
      void readText();
    }),
    on(text, "input", () => {
      if (!found) return;
      asked++;
      found = null;
      show();
    }),
    on(file, "change", () => {
      if (file.files?.[0]) void readFile(file.files[0]);
      file.value = "";
    }),
    on(open, "click", () => {
      if (!found.spec) {
        app.session.load(found.file, order.value).then(() => root.close(), show);
        return;
      }
      const spec = whole(catalogue, defaults, found.spec);
      root.close();
      app.session.bring(t("what was brought in"), { ...spec, network: { ...spec.network, layers: renumber(spec.network.layers) } }, found.file);
    }),
    onLeave(root, () => root.close()),
  );
}
