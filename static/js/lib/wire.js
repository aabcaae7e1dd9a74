// @ts-check
// A frame of the stream: bytes → header and typed arrays, without a copy. The twin of app/wire.py.

export const VERSION = 1;

/** @type {Record<string, typeof Float32Array|typeof Float64Array>} */
const TYPES = { f4: Float32Array, f8: Float64Array };

/**
 * Raises an Error where the bytes are not such a frame.
 * @param {ArrayBuffer} buffer
 * @returns {import("./types.js").Frame}
 */
export function decodeFrame(buffer) {
  if (buffer.byteLength < 4) throw new Error(`Expected a frame, got ${buffer.byteLength} bytes.`);
  let position = 4 + new DataView(buffer).getUint32(0, true);
  if (position % 8 || position > buffer.byteLength) {
    throw new Error(`Expected a header that ends at a multiple of 8 within ${buffer.byteLength} bytes, got ${position}.`);
  }
  const head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 4, position - 4)));
  if (head === null || typeof head !== "object" || head.v !== VERSION || !Array.isArray(head.arrays)) {
    throw new Error(`Expected a frame of version ${VERSION}, got ${JSON.stringify(head).slice(0, 200)}.`);
  }
  /** @type {import("./types.js").Frame["arrays"]} */
  const arrays = {};
  for (const [name, type, shape] of head.arrays) {
    const Type = TYPES[type];
    if (!Type || !Array.isArray(shape) || shape.some((n) => !Number.isInteger(n) || n < 0)) {
      throw new Error(`Expected an array of f4 or f8 with a shape, got ${type} ${JSON.stringify(shape)}.`);
    }
    position += (8 - (position % 8)) % 8;
    const size = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    arrays[name] = { shape, data: new Type(buffer, position, size) };
    position += arrays[name].data.byteLength;
  }
  return { head, arrays };
}
