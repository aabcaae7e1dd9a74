// @ts-check
// Questions to the catalogue: which parts there are, what their parameters default to, what a value may be.

import { plain } from "./number.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Catalogue} Catalogue */
/** @typedef {import("./types.js").Part} Part */
/** @typedef {import("./types.js").Param} Param */
/** @typedef {import("./types.js").PartSpec} PartSpec */

/** @param {Catalogue} catalogue @param {string} kind @param {string} type @returns {Part|undefined} */
export function findPart(catalogue, kind, type) {
  return (catalogue[kind] ?? []).find((part) => part.type === type);
}

/** @param {Catalogue} catalogue @param {string} kind @param {string} type */
export function labelOf(catalogue, kind, type) {
  return findPart(catalogue, kind, type)?.label ?? type;
}

/**
 * A part with every parameter written out; parts inside it too. Keys that are no parameters (id, inputs) stay.
 * @param {Catalogue} catalogue @param {string} kind @param {string|PartSpec} given
 * @returns {PartSpec}
 */
export function complete(catalogue, kind, given) {
  const spec = /** @type {PartSpec} */ (typeof given === "string" ? { type: given } : given);
  const part = findPart(catalogue, kind, spec.type);
  /** @type {PartSpec} */
  const out = { ...spec };
  for (const param of part?.params ?? []) {
    const value = param.name in spec ? spec[param.name] : param.default;
    out[param.name] = param.widget === "part" && value !== null ? complete(catalogue, param.kind, value) : value;
  }
  return out;
}

/**
 * A part with only what differs from the defaults: what is worth writing into an address.
 * @param {Catalogue} catalogue @param {string} kind @param {PartSpec} spec
 * @returns {PartSpec}
 */
export function brief(catalogue, kind, spec) {
  const part = findPart(catalogue, kind, spec.type);
  /** @type {PartSpec} */
  const out = { type: spec.type };
  for (const param of part?.params ?? []) {
    const value = spec[param.name];
    if (value === undefined) continue;
    if (param.widget === "part") {
      if (value === null) {
        if (param.default !== null) out[param.name] = null;
        continue;
      }
      const inner = brief(catalogue, param.kind, typeof value === "string" ? { type: value } : value);
      if (inner.type !== param.default || Object.keys(inner).length > 1) {
        out[param.name] = Object.keys(inner).length > 1 ? inner : inner.type;
      }
    } else if (JSON.stringify(value) !== JSON.stringify(param.default)) {
      out[param.name] = value;
    }
  }
  return out;
}

/**
 * A value that the parameter allows, as near to the one given as can be. `say` is told what was changed and why.
 * @param {Catalogue} catalogue @param {Param} param @param {any} value @param {(message: string) => void} say
 * @returns {any}
 */
export function fit(catalogue, param, value, say) {
  const name = param.label || param.name;
  const used = showDefault(param);
  const fallback = (/** @type {string} */ sentence) => {
    say(sentence);
    return param.widget === "part" ? complete(catalogue, param.kind, param.default) : param.default;
  };
  if (value === null && param.optional) return null;
  switch (param.widget) {
    case "part":
      return fitPart(catalogue, param.kind, value, say) ?? fallback(t("{name}: there is no {kind} of that name; {used} is used.", { name, kind: param.kind, used }));
    case "flag":
      return typeof value === "boolean" ? value : fallback(t("{name}: expected true or false, got {value}; {used} is used.", { name, value, used }));
    case "choice":
      return param.options.includes(value) ? value
        : fallback(t("{name}: {value} is not one of {options}; {used} is used.", { name, value, options: param.options.join(", "), used }));
    case "text":
      return typeof value === "string" ? value : fallback(t("{name}: expected text; {used} is used.", { name, used }));
    case "shape":
    case "numbers": {
      if (typeof value === "string") {
        return param.options.includes(value) ? value : fallback(t("{name}: {value} is no list of numbers; {used} is used.", { name, value, used }));
      }
      const list = Array.isArray(value) ? value : [value];
      const [fewest, most] = param.length ?? [1, Infinity];
      if (list.some((n) => typeof n !== "number") || list.length < fewest || list.length > most) {
        return fallback(t("{name}: expected {fewest} to {most} numbers; {used} is used.", { name, fewest, most, used }));
      }
      return list.map((n) => fitNumber(param, n, say));
    }
    case "points":
      return Array.isArray(value) && value.every((point) => Array.isArray(point) && point.length === 3 && point.every(Number.isFinite))
        ? value : fallback(t("{name}: expected points; {used} is used.", { name, used }));
    case "pair": {
      const two = Array.isArray(value) ? value : [value, value];
      if (two.length !== 2 || two.some((n) => typeof n !== "number")) return fallback(t("{name}: expected one number or two; {used} is used.", { name, used }));
      return two.map((n) => fitNumber(param, n, say));
    }
    default:
      return typeof value === "number" && Number.isFinite(value) ? fitNumber(param, value, say)
        : fallback(t("{name}: {value} is no number; {used} is used.", { name, value, used }));
  }
}

/**
 * A whole part with every parameter allowed; null where the catalogue has no such part.
 * @param {Catalogue} catalogue @param {string} kind @param {any} given @param {(message: string) => void} say
 * @returns {PartSpec|null}
 */
export function fitPart(catalogue, kind, given, say) {
  const spec = typeof given === "string" ? { type: given } : given;
  const part = spec && findPart(catalogue, kind, spec.type);
  if (!part) return null;
  /** @type {PartSpec} */
  const out = { type: part.type };
  for (const param of part.params) {
    const value = param.name in spec ? fit(catalogue, param, spec[param.name], say) : param.default;
    out[param.name] = param.widget === "part" && value !== null ? complete(catalogue, param.kind, value) : value;
  }
  const strange = Object.keys(spec).filter((key) => key !== "type" && key !== "id" && key !== "inputs" && !(key in out));
  if (strange.length) say(t("{part} has no {names}; left out.", { part: part.label, names: strange.join(", ") }));
  return out;
}

/** @param {Param} param @param {number} value @param {(message: string) => void} say */
function fitNumber(param, value, say) {
  const whole = ["integer", "pair", "shape"].includes(param.widget);
  const lo = param.lo ?? -Infinity;
  const hi = param.hi ?? Infinity;
  let fitted = whole ? Math.round(value) : value;
  if (fitted < lo || (param.open_lo && fitted <= lo)) fitted = param.open_lo ? justInside(param, lo) : lo;
  if (fitted > hi || (param.open_hi && fitted >= hi)) fitted = param.open_hi ? justInside(param, hi) : hi;
  if (fitted !== value) {
    const values = { key: param.label || param.name, text: plain(value), lo: plain(lo), hi: plain(hi), used: plain(fitted) };
    say(Number.isFinite(lo) && Number.isFinite(hi) ? t("{key}: {text} can not be used (allowed: {lo} to {hi}); {used} is used.", values)
      : t("{key}: {text} can not be used; {used} is used.", values));
  }
  return fitted;
}

/** The default where it lies inside, else a step from the open end. @param {Param} param @param {number} bound */
function justInside(param, bound) {
  if (typeof param.default === "number") return param.default;
  return bound + (bound === param.lo ? 1e-6 : -1e-6);
}

/** @param {Param} param */
const showDefault = (param) => (typeof param.default === "object" ? JSON.stringify(param.default) : String(param.default));
