// Sentences in another language: places are filled, and what the server said is recognized.
import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, t, teller, together, told } from "../../static/js/lib/words.js";

const words = {
  "Reset it.": "重置。",
  "Needs {0}, not {1}.": "需要 {0}，不是 {1}。",
  "Expected {0}, got {1}.": "需要{0}，得到的是 {1}。",
  "Expected a number from {0} to {1}, got {2}.": "需要 {0} 到 {1} 之间的数，得到的是 {2}。",
  "a whole number": "整数",
  "{0} (of {1}).": "{1} 中的 {0}。",
};

test("places are filled by name; unknown ones stay to be seen", () => {
  assert.equal(fill("Solved {count} of {of}", { count: 3, of: 20 }), "Solved 3 of 20");
  assert.equal(fill("{count} {what}", { count: 3 }), "3 {what}");
});

test("without a table everything is English", () => {
  assert.equal(t("Solved {count}", { count: 1 }), "Solved 1");
  assert.equal(told("Expected 1, got 2."), "Expected 1, got 2.");
  assert.equal(teller({})("Reset it."), "Reset it.");
});

test("the server's sentences are told exactly, by the nearest pattern, and inside their places", () => {
  const tell = teller(words);
  assert.equal(tell("Reset it."), "重置。");
  assert.equal(tell("Expected a number from 0 to 1, got 2."), "需要 0 到 1 之间的数，得到的是 2。");
  assert.equal(tell('Expected a whole number, got "x".'), '需要整数，得到的是 "x"。');
  assert.equal(tell("Needs a whole number, not 4."), "需要整数，不是 4。", "no blank before Chinese, one before numbers");
  assert.equal(tell("3 (of 4)."), "4 中的 3。", "places may change their order, and brackets are no pattern");
});

test("several sentences in one are told one by one, and what nobody knows stays", () => {
  const tell = teller(words);
  assert.equal(tell("Expected a whole number, got 1.5. Reset it."), "需要整数，得到的是 1.5。重置。");
  assert.equal(tell("Quite unknown"), "Quite unknown");
});

test("the page's table is read once, and a sentence that it lacks stays English", async () => {
  globalThis.document = { getElementById: (id) => (id === "words" ? { textContent: JSON.stringify({ "Solved {count} of {of}": "{of} 次中成功 {count} 次", "Move {layer}": "移动 {layer}", Play: "" }) } : null) };
  const chinese = await import("../../static/js/lib/words.js?chinese");
  delete globalThis.document;
  assert.equal(chinese.t("Solved {count} of {of}", { count: 3, of: 20 }), "20 次中成功 3 次");
  assert.equal(chinese.t("Move {layer}", { layer: "隐藏层 1" }), "移动隐藏层 1", "no blank between Chinese words");
  assert.equal(chinese.t("Move {layer}", { layer: "Conv2D" }), "移动 Conv2D");
  assert.equal(chinese.t("Step {n}", { n: 4 }), "Step 4");
  assert.equal(chinese.t("Play"), "Play", "what is not translated yet");
});

test("sentences one after another, as each language sets them", () => {
  assert.equal(together("It is full.", "", null, "Delete one."), "It is full. Delete one.");
  assert.equal(together("已满。", "请删除一个。"), "已满。请删除一个。");
});

test("what is said of a line is told by itself; lists of names and a missing full stop do not matter", () => {
  const tell = teller({ "Line {0}: {1}": "第 {0} 行：{1}", "{0} of {1} should be {2}, got {3}.": "{1} 的 {0} 应为 {2}，得到的是 {3}。", or: "或", "Only {0} rows are left": "只剩 {0} 行" });
  assert.equal(tell("Line 5: padding of Conv1D should be valid or same, got 'causal'."), "第 5 行：Conv1D 的 padding 应为 valid 或 same，得到的是 'causal'。");
  assert.equal(tell("Only 3 rows are left."), "只剩 3 行。");
});
