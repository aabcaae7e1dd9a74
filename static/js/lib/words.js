// @ts-check
// Whole sentences with places for what changes: "Solved {count} of {of}". Sentences are never put together from parts.
// The page carries the table of its language, from the English sentence to its own; without one it is English.

/** @returns {Record<string, string>} */
function read() {
  const held = globalThis.document?.getElementById("words");
  return held ? JSON.parse(held.textContent ?? "{}") : {};
}

const table = read();
const translates = Object.keys(table).length > 0;
const LEAD = /^(?:(?:Lines?|Layers?|Row|Column) [^:]{1,60}: |Trained )/;
const CHOICE = /^([\w'.-]+(?:, [\w'.-]+)*) (or|and) ([\w'.-]+)$/; // a list of names
const BETWEEN = /([\u4e00-\u9fff，。：；、）]) (?=[\u4e00-\u9fff（])/g; // no blank between Chinese and what is Chinese in a place

/** @param {string} sentence @param {Record<string, string|number>} values */
export function fill(sentence, values) {
  const filled = sentence.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
  return translates ? filled.replace(BETWEEN, "$1") : filled;
}

/**
 * A sentence in the language of the page. The first argument is a literal (or a choice between literals), which the
 * catalogues are made from.
 * @param {string} sentence @param {Record<string, string|number>} [values]
 */
export function t(sentence, values) {
  const found = table[sentence] || sentence;
  return values ? fill(found, values) : found;
}

/** Sentences one after another; after a full-width stop there is no blank. @param {...(string|false|null|undefined)} said */
export const together = (...said) => said.filter(Boolean).join(" ").replace(/([。？！]) /g, "$1");

/**
 * Says what the server said, which speaks English, in the language of a table: an exact sentence, or else the pattern
 * ("Expected {0}, got {1}.") that has most letters in common with it. What stands in the places is told likewise.
 * @param {Record<string, string>} words
 */
export function teller(words) {
  const escaped = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const ends = (/** @type {string} */ text) => /[.?!…]$/.test(text);
  const sentences = (/** @type {string} */ text) => text.split(/(?<=[.?!]) (?=[A-Z“"])/);
  const patterns = Object.keys(words).filter((key) => /\{\d+\}/.test(key)).map((key) => {
    const pieces = key.split(/\{(\d+)\}/); // literals and numbers in turn
    const source = pieces.map((piece, i) => (i % 2 ? "(.*?)" : escaped(piece))).join("");
    return { key, long: sentences(key).length, letters: pieces.reduce((sum, piece, i) => sum + (i % 2 ? 0 : piece.length), 0),
      numbers: pieces.filter((_, i) => i % 2), test: new RegExp(`^${source}$`, "s") };
  }).sort((a, b) => b.letters - a.letters);

  /** @param {string} message @param {(pattern: {long: number, key: string}) => boolean} fits */
  const matched = (message, fits) => {
    for (const pattern of patterns) {
      const found = fits(pattern) && pattern.test.exec(message);
      if (found) return fill(words[pattern.key], Object.fromEntries(pattern.numbers.map((n, i) => [n, told(found[i + 1])]))).replace(BETWEEN, "$1");
    }
    return null;
  };

  /** @param {string} message @returns {string} */
  function told(message) {
    if (!message || words[message] || !Object.keys(words).length) return words[message] || message;
    const [, first, joint, last] = CHOICE.exec(message) ?? [];
    if (joint && words[joint]) return `${first.split(", ").map(told).join("、")} ${words[joint]} ${told(last)}`;
    const parts = sentences(message);
    const led = LEAD.test(message); // what is said of a line or a layer is no part of what stands in a sentence
    const like = (/** @type {{long: number, key: string}} */ { long, key }) => long === parts.length && !(led && key.startsWith("{"));
    const one = matched(message, (pattern) => like(pattern) && ends(pattern.key) === ends(message)) ?? matched(message, like);
    if (one !== null) return one;
    const each = parts.length > 1 ? parts.map(told) : [message];
    const joined = each.join(" ").replace(/([。？！]) /g, "$1");
    if (each.every((said, i) => said !== parts[i])) return joined;
    const plain = /\.$/.test(message) ? told(message.slice(0, -1)) : ""; // said without a full stop elsewhere
    const any = matched(message, () => true) ?? (plain && plain !== message.slice(0, -1) ? `${plain}。` : null);
    const [, place, rest = ""] = /^([^:]{1,80}): (.+)$/s.exec(message) ?? []; // "photos.zip: The file is empty."
    return any ?? (rest && told(rest) !== rest ? `${place}：${told(rest)}` : joined);
  }
  return told;
}

export const told = teller(table);

const SAID = new Set(["message", "fix", "note", "notes", "text"]);

/** A small answer of the server's, with all that it says to people told. @param {any} answer @returns {any} */
export function toldIn(answer) {
  if (!Object.keys(table).length || answer === null || typeof answer !== "object") return answer;
  if (Array.isArray(answer)) return answer.map(toldIn);
  /** @type {(value: any) => any} */
  const tell = (value) => (typeof value === "string" ? told(value) : Array.isArray(value) ? value.map(tell) : toldIn(value));
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, SAID.has(key) ? tell(value) : toldIn(value)]));
}
