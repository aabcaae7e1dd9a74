// @ts-check
// Data of one's own, as the page needs it: facts by id, the experiment that it starts with, a file's look in words.

import { findPart } from "./catalogue.js";
import { plain } from "./number.js";
import { dataFor, presetFor } from "./spec.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {import("./types.js").Spec} Spec */

/**
 * What the server tells of uploaded data.
 * @typedef {{id: string, name: string, shared: boolean, mine: boolean, size: number, created_at: number,
 *   facts: Record<string, any>, notes: string[]}} Upload
 */

/** @typedef {{name: string, role: string, kind: string, note: string, missing: number, different: number, numeric: boolean,
 *   lo: number|null, hi: number|null, mean: number|null, bins: number[], top: [string, number][]}} Column */

/**
 * What the server finds in a file.
 * @typedef {{name: string, kind: string, ready: boolean, rows: number, kept: number, gaps: number, columns: Column[],
 *   first: string[][], numbers: number[], classes: [string, number][], samples: {label: string, png: string}[],
 *   chosen: Record<string, any>, notes: string[], problems: {message: string, fix: string, row: number|null, column: string|null}[],
 *   shape: number[], task: string, class_names: string[]|null, inputs: string[]}} Look
 */

/** The id of the uploaded data that an address speaks of; null: of none. @param {string} hash */
export function idIn(hash) {
  const keys = new URLSearchParams(hash.replace(/^#/, ""));
  return keys.get("dataset") === "own" ? keys.get("id") : null;
}

/** Make facts of uploaded data known to all who ask the catalogue. @param {Catalogue} catalogue @param {Upload} upload */
export function introduce(catalogue, upload) {
  const part = findPart(catalogue, "dataset", "own");
  if (part) part.sets = { ...part.sets, [upload.id]: { ...upload.facts, label: upload.name } };
}

/** The experiment that uploaded data start with: their own network. @param {Catalogue} catalogue @param {Spec} defaults @param {Spec} spec @param {string} id @returns {Spec} */
export function startWith(catalogue, defaults, spec, id) {
  return { ...presetFor(catalogue, defaults, dataFor(catalogue, { type: "own", id }, defaults)), seed: spec.seed };
}

/** A number of things. @type {Record<string, (count: number, n: string) => string>} */
const COUNTS = {
  pictures: (count, n) => t(count === 1 ? "{n} picture" : "{n} pictures", { n }),
  rows: (count, n) => t(count === 1 ? "{n} row" : "{n} rows", { n }),
  inputs: (count, n) => t(count === 1 ? "{n} input" : "{n} inputs", { n }),
  classes: (count, n) => t(count === 1 ? "{n} class" : "{n} classes", { n }),
  values: (count, n) => t(count === 1 ? "{n} value" : "{n} values", { n }),
};
const many = (/** @type {number} */ count, /** @type {string} */ what) => COUNTS[what](count, count.toLocaleString("en"));

/** One line on what a data set is. @param {Upload} upload */
export function describe({ facts }) {
  const [count, size] = facts.view === "image" ? [many(facts.samples, "pictures"), `${facts.shape[1]}×${facts.shape[0]}`]
    : [many(facts.samples, "rows"), many(facts.shape[0], "inputs")];
  return t("{count}, {size}, {goal}", { count, size, goal: facts.class_names ? many(facts.class_names.length, "classes") : t("a number to predict") });
}

/** What would come out of a file as it is read now; empty while it can not be used. @param {Look} look */
export function outcome(look) {
  if (!look.ready) return "";
  const [rows, columns, channels] = look.shape;
  const inputs = look.kind !== "pictures" ? many(look.inputs.length, "inputs")
    : t(channels === 3 ? "{columns}×{rows} pixels in colour" : "{columns}×{rows} pixels", { columns, rows });
  const goal = look.class_names ? many(look.class_names.length, "classes") : t("a number");
  return t("{count}: {inputs} → {goal}", { count: many(look.kept, look.kind === "pictures" ? "pictures" : "rows"), inputs, goal });
}

/** What stands under a column's picture. @param {Column} column */
export function columnWords(column) {
  if (column.kind === "out" && column.note) return t("left out: {why}", { why: column.note });
  const values = column.bins.length ? t("{lo} to {hi}", { lo: short(column.lo), hi: short(column.hi) }) : many(column.different, "values");
  return column.missing ? t("{values}, {count} missing", { values, count: column.missing.toLocaleString("en") }) : values;
}

const short = (/** @type {number|null} */ value) => (value === null ? "" : plain(Number(value.toPrecision(4))));

/** Bars of a column's picture: shares of the highest. @param {Column} column @returns {{share: number, label: string}[]} */
export function bars(column) {
  const counts = column.bins.length ? column.bins : column.top.map(([, count]) => count);
  const most = Math.max(1, ...counts);
  return counts.map((count, i) => ({ share: count / most, label: column.bins.length ? "" : `${column.top[i][0]}: ${count}` }));
}

/**
 * A file and how it is to be read, as the server takes it.
 * @param {File[]} files @param {Record<string, any>} choices
 */
export function formOf(files, choices) {
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name);
  form.append("choices", JSON.stringify(choices));
  return form;
}
