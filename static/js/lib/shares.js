// @ts-check
// How sure a network is of each class, from its outputs.

/**
 * Outputs as shares of 1: as they are where they are shares, else by softmax; one output speaks for two classes.
 * @param {number[]} output @param {import("./types.js").Spec|null} spec
 */
export function sharesOf(output, spec) {
  const activation = spec?.network.layers.at(-1)?.activation?.type;
  const logistic = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));
  if (output.length === 1) {
    const one = output[0];
    const share = activation === "tanh" ? (one + 1) / 2 : activation === "linear" ? logistic(one) : one;
    return [1 - share, share].map((s) => Math.min(1, Math.max(0, s)));
  }
  if (output.every((v) => v >= 0) && Math.abs(output.reduce((a, v) => a + v, 0) - 1) < 1e-3) return output;
  const top = Math.max(...output);
  const total = output.reduce((a, v) => a + Math.exp(v - top), 0);
  return output.map((v) => Math.exp(v - top) / total);
}
