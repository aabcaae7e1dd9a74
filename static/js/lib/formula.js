// @ts-check
// A formula in x and y, typed by a user: the twin of engine/formula.py, held to the same table of cases by the tests.

import { t } from "./words.js";

/** @typedef {(x: number, y: number) => number} Compute */
/** What was expected, and at which sign, from 1. @typedef {{sign: number, expected: "value"|"operator"|"opening"|"closing"|"comma"|"short", got: string}} Mistake */
/** text: as it is kept, without blanks, x1 and x2 as x and y. @typedef {{text: string, compute: Compute}} Formula */

export const MOST = 80; // signs
const TOKEN = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z]\w*|\*\*|\S/g;
/** @type {Record<string, string>} */
const SAME = { "**": "^", "·": "*", "×": "*", "−": "-", x1: "x", x2: "y", X: "x", Y: "y" };
/** @type {Record<string, string>} */
const RAISED = { "²": "2", "³": "3" };
/** @type {Record<string, string>} */
const RAISED_TO = { 2: "²", 3: "³" };
/** @type {Record<string, (value: number) => number>} */
const ONE = { sin: Math.sin, cos: Math.cos, tan: Math.tan, exp: Math.exp, log: Math.log, sqrt: Math.sqrt, abs: Math.abs };
/** @type {Record<string, (...values: number[]) => number>} */
const SEVERAL = { min: Math.min, max: Math.max };
/** @type {Record<string, (a: number, b: number) => number>} */
const OPERATORS = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "^": power };

/** As NumPy has it: 1 to whatever power is 1, and −1 to an infinite one too. @param {number} a @param {number} b */
function power(a, b) {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

/** @param {string} text @returns {Formula|{mistake: Mistake}} */
export function readFormula(text) {
  if ([...text].length > MOST) return { mistake: { sign: MOST + 1, expected: "short", got: String([...text].length) } };
  try {
    return read(text);
  } catch (mistake) {
    if (mistake instanceof Error) throw mistake;
    return { mistake: /** @type {Mistake} */ (mistake) };
  }
}

/** @type {Map<string, Compute|null>} */
const known = new Map();
/** The function of a formula; null where the text is none. Read once. @param {string} text @returns {Compute|null} */
export function formulaOf(text) {
  let found = known.get(text);
  if (found === undefined) {
    const made = readFormula(text);
    known.set(text, found = "mistake" in made ? null : made.compute);
  }
  return found;
}

/** A formula as one would write it by hand: x·y² + 1. @param {string} text as it is kept */
export function pretty(text) {
  const tokens = [...text.matchAll(TOKEN)].map(([token]) => token);
  return tokens.map((token, i) => {
    const [before, after] = [tokens[i - 1] ?? "", tokens[i + 1] ?? ""];
    if (token === "^") return RAISED_TO[after] ? "" : "^";
    if (before === "^" && RAISED_TO[token]) return RAISED_TO[token];
    if (token === "*") return "·";
    if (token === ",") return ", ";
    if (token !== "+" && token !== "-") return token;
    const sign = token === "-" ? "−" : token;
    return /[\w.)]$/.test(before) ? ` ${sign} ` : sign; // between two, or before one
  }).join("");
}

/** @param {Mistake} mistake */
export function mistakeText({ expected, got, sign }) {
  const at = { got, sign };
  if (expected === "short") return t("A formula has at most {most} signs; this one has {n}.", { most: MOST, n: got });
  if (expected === "value") return t(got ? "Expected a number, x, y or a function, got “{got}” at sign {sign}." : "Expected a number, x, y or a function at the end.", at);
  if (expected === "opening") return t(got ? "Expected “(” after the function, got “{got}” at sign {sign}." : "Expected “(” after the function.", at);
  if (expected === "closing") return t(got ? "Expected “)” or an operator, got “{got}” at sign {sign}." : "Expected “)” or an operator at the end.", at);
  if (expected === "comma") return t("Expected “,” and another value, got “{got}” at sign {sign}.", at);
  return t("Expected an operator or the end, got “{got}” at sign {sign}.", at);
}

/** Throws a Mistake. @param {string} text @returns {Formula} */
function read(text) {
  const tokens = [...text.matchAll(TOKEN)].flatMap(({ 0: token, index }) => {
    const place = index + 1;
    return token in RAISED ? [{ token: "^", place }, { token: RAISED[token], place }] : [{ token: SAME[token] ?? token, place }];
  });
  let at = 0;
  const next = () => tokens[at]?.token ?? "";
  const take = (/** @type {string[]} */ ...wanted) => (at < tokens.length && wanted.includes(next()) ? tokens[at++].token : "");
  const refuse = (/** @type {Mistake["expected"]} */ expected) => {
    throw { expected, got: next(), sign: tokens[at]?.place ?? text.length + 1 };
  };
  /** Left to right. @param {() => Compute} part @param {string[]} signs @returns {Compute} */
  const chain = (part, ...signs) => {
    let left = part();
    for (let sign = take(...signs); sign; sign = take(...signs)) left = join(sign, left, part());
    return left;
  };
  /** @param {string} sign @param {Compute} a @param {Compute} b @returns {Compute} */
  const join = (sign, a, b) => {
    const f = OPERATORS[sign];
    return (x, y) => f(a(x, y), b(x, y));
  };
  const sum = () => chain(product, "+", "-");
  const product = () => chain(signed, "*", "/");
  /** @returns {Compute} */
  const signed = () => {
    const sign = take("-", "+");
    if (!sign) return raised();
    const part = signed();
    return sign === "+" ? part : (x, y) => -part(x, y);
  };
  const raised = () => {
    const base = atom();
    return take("^") ? join("^", base, signed()) : base;
  };
  const close = () => take(")") || refuse("closing");
  /** @returns {Compute} */
  const atom = () => {
    const token = next();
    if (/^\.?\d/.test(token)) {
      at += 1;
      return () => Number(token);
    }
    if (take("x")) return (x) => x;
    if (take("y")) return (_, y) => y;
    if (take("pi")) return () => Math.PI;
    if (take("(")) {
      const inside = sum();
      close();
      return inside;
    }
    const isSeveral = Object.hasOwn(SEVERAL, token);
    if (!isSeveral && !Object.hasOwn(ONE, token)) refuse("value");
    at += 1;
    if (!take("(")) refuse("opening");
    const parts = [sum()];
    while (isSeveral && take(",")) parts.push(sum());
    if (isSeveral && parts.length === 1 && next() === ")") refuse("comma");
    close();
    const [f, [only]] = [isSeveral ? SEVERAL[token] : ONE[token], parts];
    return isSeveral ? (x, y) => f(...parts.map((part) => part(x, y))) : (x, y) => f(only(x, y));
  };
  const compute = sum();
  if (next()) refuse("operator");
  return { text: tokens.map(({ token }) => token).join(""), compute };
}
