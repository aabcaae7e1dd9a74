import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { decodeFrame } from "../../static/js/lib/wire.js";

const vectors = JSON.parse(readFileSync(new URL("../data/wire.json", import.meta.url), "utf8"));
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)).buffer;
const number = (value) => (typeof value === "string" ? Number(value) : value);

for (const frame of vectors.frames) {
  test(`a frame is decoded as the server means it: ${frame.name}`, () => {
    const { head, arrays } = decodeFrame(bytes(frame.hex));
    assert.deepEqual(head, frame.header);
    assert.deepEqual(Object.keys(arrays), Object.keys(frame.values));
    for (const [name, { data }] of Object.entries(arrays)) {
      const expected = frame.values[name].flat(Infinity).map(number);
      assert.deepEqual([...data], data instanceof Float32Array ? expected.map(Math.fround) : expected);
    }
  });
}

for (const refused of vectors.refused) {
  test(`bytes that are no frame are refused: ${refused.name ?? refused.why ?? refused.hex}`, () => {
    assert.throws(() => decodeFrame(bytes(refused.hex)));
  });
}

test("arrays are views of the frame, not copies", () => {
  const buffer = bytes(vectors.frames[0].hex);
  for (const { data } of Object.values(decodeFrame(buffer).arrays)) assert.equal(data.buffer, buffer);
});
