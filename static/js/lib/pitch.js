// @ts-check
// A loss as a tone: it falls as the loss falls, two octaves for a loss sixteen times smaller.

const FIRST = 660; // hertz, of the loss that the run began with
const [LOWEST, HIGHEST] = [70, 1320];

/** @param {number} loss @param {number} first  the loss at the start @returns {number|null} hertz; null where there is no loss to hear */
export function pitchOf(loss, first) {
  if (!(loss > 0) || !Number.isFinite(loss) || !(first > 0) || !Number.isFinite(first)) return null;
  return Math.min(HIGHEST, Math.max(LOWEST, FIRST * Math.sqrt(loss / first)));
}
