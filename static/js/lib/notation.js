// @ts-check
// A part as short readable text, for the address bar: dense(units=4,activation=leaky_relu(negative_slope=0.1)).
// Grammar: part = name [ "(" key "=" value { "," key "=" value } ")" ];  value = number | true | false | none | AxB | name;name | part.

import { plain } from "./number.js";
import { fill, t } from "./words.js";

/**
 * @param {any} value
 * @returns {string}
 */
export function formatValue(value) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "number") return plain(value);
  if (Array.isArray(value) && typeof value[0] === "string") return value.join(";");
  if (Array.isArray(value)) return value.map((item) => (Array.isArray(item) ? item.map(formatValue).join(",") : formatValue(item))).join(Array.isArray(value[0]) ? ";" : "x");
  if (typeof value === "object") return formatPart(value);
  return String(value);
}

/** @param {{type: string} & Record<string, any>} part */
export function formatPart(part) {
  const { type, ...parameters } = part;
  const inside = Object.entries(parameters).map(([key, value]) => `${key}=${formatValue(value)}`);
  return inside.length ? `${type}(${inside.join(",")})` : type;
}

/**
 * Several parts, separated by commas. Raises an Error that says where the text stops making sense.
 * @param {string} text
 * @returns {({type: string} & Record<string, any>)[]}
 */
export function parseParts(text) {
  const reader = createReader(text);
  const parts = [];
  while (!reader.atEnd()) {
    parts.push(reader.part());
    if (!reader.atEnd()) reader.expect(",");
  }
  return parts;
}

/** One part. @param {string} text */
export function parsePart(text) {
  const parts = parseParts(text);
  if (parts.length !== 1) throw new Error(t("Expected one name, got \"{text}\".", { text }));
  return parts[0];
}

/** @param {string} text */
function createReader(text) {
  let position = 0;
  const [NAME, NUMBER] = [t("Expected a name at \"{text}\"."), t("Expected a number at \"{text}\".")];
  const fail = (/** @type {string} */ sentence, sign = "") => {
    throw new Error(fill(sentence, { sign, text: text.slice(position, position + 12) }));
  };
  const take = (/** @type {RegExp} */ pattern, /** @type {string} */ sentence) => {
    const sticky = new RegExp(pattern.source, "y");
    sticky.lastIndex = position;
    const found = sticky.exec(text);
    if (!found) return fail(sentence);
    position = sticky.lastIndex;
    return found[0];
  };
  const expect = (/** @type {string} */ sign) => {
    if (text[position] !== sign) fail(t("Expected \"{sign}\" at \"{text}\"."), sign);
    position += 1;
  };
  /** @returns {any} */
  const value = () => {
    if (/[A-Za-z_]/.test(text[position] ?? "")) {
      const made = part();
      if (Object.keys(made).length > 1) return made;
      const words = /** @type {Record<string, any>} */ ({ true: true, false: false, none: null });
      if (text[position] === ";") {
        const names = [made.type];
        while (text[position] === ";") {
          expect(";");
          names.push(take(/[A-Za-z_]\w*/, NAME) ?? "");
        }
        return names;
      }
      return made.type in words ? words[made.type] : made.type;
    }
    const numbers = take(/[-+.\deE]+(x[-+.\deE]+)*/, NUMBER).split("x").map(Number);
    if (numbers.some((n) => !Number.isFinite(n))) fail(NUMBER);
    return numbers.length === 1 ? numbers[0] : numbers;
  };
  /** @returns {{type: string} & Record<string, any>} */
  const part = () => {
    /** @type {{type: string} & Record<string, any>} */
    const made = { type: take(/[A-Za-z_]\w*/, NAME) ?? "" };
    if (text[position] !== "(") return made;
    expect("(");
    while (text[position] !== ")") {
      const key = take(/[A-Za-z_]\w*/, NAME) ?? "";
      expect("=");
      made[key] = value();
      if (text[position] !== ")") expect(",");
    }
    expect(")");
    return made;
  };
  return { part, expect, atEnd: () => position >= text.length };
}
