// @ts-check
// Changes to the list of layers that keep every connection sound: what read a layer that goes reads what that one read,
// a layer that comes is put on the way between two others. A layer with several inputs joins branches; its first input
// is its main one, the others are shortcuts.

import { complete, findPart } from "./catalogue.js";
import { canonical, renumber } from "./spec.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").LayerSpec} LayerSpec */
/** @typedef {import("./types.js").PartSpec} PartSpec */
/** @typedef {import("./types.js").Catalogue} Catalogue */
/** A layer of which it is written out what it reads. @typedef {LayerSpec & {inputs: string[]}} Wired */
/** Shapes that the server told. @typedef {import("./types.js").Check|null} Check */

export const INPUT = "input";

/** Layers with what each reads written out. @param {LayerSpec[]} layers @returns {Wired[]} */
export function wired(layers) {
  return layers.map((layer, i) => ({ ...layer, inputs: layer.inputs?.length ? layer.inputs : [layers[i - 1]?.id ?? INPUT] }));
}

/** The same with only those inputs written out that are not simply the layer before. @param {Wired[]} layers @returns {LayerSpec[]} */
export function unwired(layers) {
  return layers.map(({ inputs, ...layer }, i) => (canonical(inputs) === canonical([layers[i - 1]?.id ?? INPUT]) ? layer : { ...layer, inputs }));
}

/** Whether a kind of layer joins several others. @param {Catalogue} catalogue @param {string} type */
export const merges = (catalogue, type) => findPart(catalogue, "layer", type)?.facts.merges === true;

/** Whether a network is more than a row of layers. @param {LayerSpec[]} layers */
export const branches = (layers) => unwired(wired(layers)).some((layer) => layer.inputs !== undefined);

/** @param {Spec} spec @param {Wired[]} layers @returns {Spec} */
const withWired = (spec, layers) => ({ ...spec, network: { ...spec.network, layers: renumber(unwired(layers)) } });

/**
 * Without a layer: its readers read what it read. A join that has nothing left to join goes too.
 * @param {Wired[]} layers @param {string} id @returns {Wired[]}
 */
function without(layers, id) {
  const gone = layers.find((layer) => layer.id === id);
  if (!gone) return layers;
  const rest = layers.filter((layer) => layer !== gone).map((layer) => {
    const inputs = layer.inputs.map((source) => (source === id ? gone.inputs[0] : source));
    return { ...layer, inputs: [...new Set(inputs)] };
  });
  const lonely = rest.find((layer, i) => layer.inputs.length < 2 && layers.filter((l) => l !== gone)[i].inputs.length > 1);
  return lonely ? without(rest, lonely.id) : rest;
}

/**
 * With a layer on the way into the one at place `at`. More than one input of its own are kept as shortcuts.
 * @param {Wired[]} layers @param {number} at @param {Wired} layer @returns {Wired[]}
 */
function withLayer(layers, at, layer) {
  const next = layers[at];
  const before = layers[at - 1]?.id ?? INPUT;
  const main = !next || next.inputs.includes(before) ? before : next.inputs[0];
  const earlier = new Set([INPUT, ...layers.slice(0, at).map(({ id }) => id)]);
  const shortcuts = layer.inputs.filter((source) => source !== main && earlier.has(source));
  const made = { ...layer, inputs: [main, ...shortcuts] };
  const after = next ? [{ ...next, inputs: next.inputs.map((source) => (source === main ? layer.id : source)) }] : [];
  return [...layers.slice(0, at), made, ...after, ...layers.slice(at + 1)];
}

/**
 * What else a join at place `at` could read beside its main input: the nearest layer of the same shape, else the nearest.
 * @param {Wired[]} layers @param {number} at @param {Check} check @returns {string[]}
 */
function shortcutFor(layers, at, check) {
  const shapes = new Map((check?.layers ?? []).map((layer) => [layer.id, String(layer.output_shape)]));
  if (check) shapes.set(INPUT, String(check.input_shape));
  const [main, ...others] = [INPUT, ...layers.slice(0, at).map(({ id }) => id)].reverse();
  const found = others.find((id) => shapes.has(main) && shapes.get(id) === shapes.get(main)) ?? others[0];
  return found === undefined ? [] : [found];
}

/**
 * A layer put in before place `at`.
 * @param {Catalogue} catalogue @param {Spec} spec @param {number} at @param {PartSpec} layer @param {Check} [check]
 * @returns {Spec}
 */
export function insertLayer(catalogue, spec, at, layer, check = null) {
  const layers = wired(spec.network.layers);
  const given = /** @type {string[]} */ (layer.inputs ?? []);
  const inputs = !merges(catalogue, layer.type) ? [] : given.length > 1 ? given.slice(1) : shortcutFor(layers, at, check);
  return withWired(spec, withLayer(layers, at, { ...layer, id: `new-${at}`, inputs }));
}

/** @param {Spec} spec @param {string} id @returns {Spec} */
export function removeLayer(spec, id) {
  return withWired(spec, without(wired(spec.network.layers), id));
}

/**
 * A layer moved to another place; the output stays last. In a row of layers, and past layers that join nothing, the
 * connections stay as they are and the layers change places in them.
 * @param {Spec} spec @param {string} id @param {number} to @returns {Spec}
 */
export function moveLayer(spec, id, to) {
  const layers = wired(spec.network.layers);
  const from = layers.findIndex((layer) => layer.id === id);
  const last = layers.length - 1;
  const place = Math.min(Math.max(0, to), last - 1);
  if (from < 0 || from === last || place === from) return spec;
  const passed = layers.slice(Math.min(from, place), Math.max(from, place) + 1);
  if (passed.every((layer) => layer.inputs.length === 1)) {
    const order = layers.map((layer) => layer.id);
    order.splice(place, 0, ...order.splice(from, 1));
    const at = new Map(layers.map((layer, i) => [layer.id, order[i]]));
    const by = new Map(layers.map((layer) => [layer.id, layer]));
    return withWired(spec, order.map((name, i) => ({ .../** @type {Wired} */ (by.get(name)),
      inputs: layers[i].inputs.map((source) => at.get(source) ?? source) })));
  }
  const rest = without(layers, id);
  const after = layers.slice(0, place + 1).filter((layer) => layer.id !== id && rest.some((l) => l.id === layer.id)).length;
  return withWired(spec, withLayer(rest, Math.min(after, rest.length - 1), { ...layers[from], inputs: layers[from].inputs.slice(1) }));
}

/**
 * Another kind of layer at the same place; parameters of the same name keep their values.
 * @param {Catalogue} catalogue @param {Spec} spec @param {string} id @param {string} type @param {Check} [check]
 * @returns {Spec}
 */
export function changeKind(catalogue, spec, id, type, check = null) {
  const layers = wired(spec.network.layers);
  return withWired(spec, layers.map((layer, at) => {
    if (layer.id !== id) return layer;
    const fresh = complete(catalogue, "layer", type);
    for (const key of Object.keys(fresh)) if (key !== "type" && key in layer) fresh[key] = layer[key];
    const others = layer.inputs.length > 1 ? layer.inputs.slice(1) : shortcutFor(layers, at, check);
    return { ...fresh, id, inputs: [layer.inputs[0], ...(merges(catalogue, type) ? others.filter((o) => o !== layer.inputs[0]) : [])] };
  }));
}

/** What a layer reads, chosen by hand. @param {Spec} spec @param {string} id @param {string[]} inputs @returns {Spec} */
export function changeInputs(spec, id, inputs) {
  return withWired(spec, wired(spec.network.layers).map((layer) => (layer.id === id ? { ...layer, inputs } : layer)));
}

/** One more input for a join: the nearest that fits. @param {Spec} spec @param {string} id @param {Check} check @returns {Spec} */
export function addInput(spec, id, check) {
  const layers = wired(spec.network.layers);
  const at = layers.findIndex((layer) => layer.id === id);
  const [main] = layers[at].inputs;
  return changeInputs(spec, id, [...new Set([main, ...shortcutFor(layers, at, check)])]);
}

/** What a layer can read: the network's input and every layer before it. @param {LayerSpec[]} layers @param {string} id */
export function readable(layers, id) {
  return [INPUT, ...layers.slice(0, Math.max(0, layers.findIndex((layer) => layer.id === id))).map((layer) => layer.id)];
}

/**
 * The kind of join that can lead around a layer: one that adds where shapes agree, else one that puts side by side
 * where only their last sizes differ; null where neither can, or around the output.
 * @param {LayerSpec[]} layers @param {string} id @param {Check} check @returns {"add"|"concatenate"|null}
 */
export function shortcutKind(layers, id, check) {
  const found = check?.layers.find((layer) => layer.id === id);
  const layer = wired(layers).find((l) => l.id === id);
  if (!found || !layer || layer.inputs.length !== 1 || layer === layers.at(-1) || layers.at(-1)?.id === id) return null;
  const [a, b] = [found.input_shape, found.output_shape];
  if (String(a) === String(b)) return "add";
  return a.length === b.length && String(a.slice(0, -1)) === String(b.slice(0, -1)) ? "concatenate" : null;
}

/** A shortcut around a layer: what it reads joins what it gives. @param {Spec} spec @param {string} id @param {PartSpec} join @returns {Spec} */
export function addShortcut(spec, id, join) {
  const layers = wired(spec.network.layers);
  const at = layers.findIndex((layer) => layer.id === id);
  const made = { ...join, id: "new-join", inputs: [id, layers[at].inputs[0]] };
  const rest = layers.slice(at + 1).map((layer) => ({ ...layer, inputs: layer.inputs.map((source) => (source === id ? made.id : source)) }));
  return withWired(spec, [...layers.slice(0, at + 1), made, ...rest]);
}
