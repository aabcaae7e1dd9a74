// @ts-check
// A picture as the data set has it: grey or coloured pixels.

/**
 * @param {import("./dom.js").Cells} cells
 * @param {number[][][]} image rows of pixels of channels, from 0 to `full`
 * @param {import("../state/theme.js").Palette} palette
 * @param {number} full
 */
export function paintImage({ pixels, image: { width, height }, show }, image, palette, full) {
  const [back, front] = [palette.rgb.surface, palette.rgb.ink];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const channels = image[row][column];
      const share = channels.map((value) => Math.min(1, Math.max(0, value / full)));
      const rgb = share.length >= 3 ? share.map((s) => Math.round(255 * s)) : back.map((b, i) => Math.round(b + (front[i] - b) * share[0]));
      pixels[row * width + column] = ((255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0;
    }
  }
  show();
}
