// @ts-check
// Sums over many points at once: the inner loop of the browser's forward pass, where memory is contiguous.

/** z[to …] += w · x[from …], for so many points. @param {Float32Array} z @param {number} to @param {Float32Array} x @param {number} from @param {number} w @param {number} points */
export function addScaled(z, to, x, from, w, points) {
  if (w === 0) return;
  for (let p = 0; p < points; p++) z[to + p] += w * x[from + p];
}
