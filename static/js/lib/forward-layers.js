// @ts-check
// What each kind of layer makes of its inputs in the browser, for many points at once. Values lie unit after unit,
// y[unit * points + point]; a shape's values are its units in their order, the last axis, the channels, fastest.

import { addScaled } from "./at-points.js";
import { recurrent } from "./forward-recurrent.js";
import { slide, tapsOf } from "./sliding.js";

/** @typedef {import("./types.js").LayerSpec} LayerSpec */
/** @typedef {import("./types.js").ManifestEntry} ManifestEntry */
/** The weights of a layer by name, where they lie in the packed row. @typedef {(name: string) => ManifestEntry|undefined} Stored */
/** @typedef {(weights: Float32Array, xs: Float32Array[], y: Float32Array, points: number) => void} Compute */
/** What comes out, how, and the multiplications it takes for one point. @typedef {{shape: number[], compute: Compute, work?: number}} Made */

export const FOREIGN = "the weights are of another network";

export const sizeOf = (/** @type {number[]} */ shape) => shape.reduce((a, b) => a * b, 1);
const channelsOf = (/** @type {number[]} */ shape) => shape[shape.length - 1];

/** @type {Compute} */
const pass = (_, [x], y) => y.set(x);
const passed = (/** @type {LayerSpec} */ _, /** @type {number[][]} */ [shape]) => ({ shape, compute: pass });

/** By the kind of layer; a string says why it can not be computed. @type {Record<string, (layer: LayerSpec, shapes: number[][], stored: Stored) => Made|string>} */
export const KINDS = {
  dense,
  activation: passed,
  dropout: passed, // in use, dropout passes everything on
  spatial_dropout2d: passed,
  flatten: (_, [shape]) => ({ shape: [sizeOf(shape)], compute: pass }),
  reshape(layer, [shape]) {
    const known = layer.shape.reduce((/** @type {number} */ a, /** @type {number} */ n) => (n < 0 ? a : a * n), 1);
    return { shape: layer.shape.map((/** @type {number} */ n) => (n < 0 ? sizeOf(shape) / known : n)), compute: pass };
  },
  batch_norm: batchNorm,
  layer_norm: layerNorm,
  add: joined((a, b) => a + b),
  multiply: joined((a, b) => a * b),
  concatenate,
  conv1d: convolution,
  conv2d: convolution,
  max_pool2d: pooling((values) => Math.max(...values)),
  avg_pool2d: pooling((values) => values.reduce((a, b) => a + b, 0) / values.length),
  global_avg_pool2d: globalMean,
  simple_rnn: recurrent,
  lstm: recurrent,
  gru: recurrent,
};

/** z = x · kernel + bias, point after point in the inner loop, where memory is contiguous. @param {LayerSpec} layer @param {number[][]} shapes @param {Stored} stored */
function dense(layer, [shape], stored) {
  const [inputs, { units }] = [sizeOf(shape), layer];
  const kernel = stored("kernel");
  const bias = stored("bias")?.offset ?? -1;
  if (!kernel || kernel.shape[0] !== inputs || kernel.shape[1] !== units) return FOREIGN;
  /** @type {Compute} */
  const compute = (weights, [x], z, points) => {
    for (let u = 0; u < units; u++) {
      const to = u * points;
      z.fill(bias < 0 ? 0 : weights[bias + u], to, to + points);
      for (let i = 0; i < inputs; i++) addScaled(z, to, x, i * points, weights[kernel.offset + i * units + u], points);
    }
  };
  return { shape: [units], compute, work: inputs * units };
}

/** Several layers of one shape, value by value. @param {(a: number, b: number) => number} f */
function joined(f) {
  return (/** @type {LayerSpec} */ _, /** @type {number[][]} */ [shape, ...others]) => {
    if (!others.length) return "a layer that joins several reads only one";
    if (others.some((other) => other.join() !== shape.join())) return "the layers joined are of different sizes";
    /** @type {Compute} */
    const compute = (__, [first, ...rest], y) => {
      y.set(first);
      for (const x of rest) for (let i = 0; i < y.length; i++) y[i] = f(y[i], x[i]);
    };
    return { shape, compute };
  };
}

/** Side by side along the channels, place by place. @param {LayerSpec} _ @param {number[][]} shapes */
function concatenate(_, shapes) {
  const channels = shapes.map(channelsOf);
  const all = channels.reduce((a, b) => a + b, 0);
  const places = sizeOf(shapes[0]) / channels[0];
  /** @type {Compute} */
  const compute = (__, xs, y, points) => {
    for (let place = 0, to = 0; place < places; place++) {
      for (let k = 0; k < xs.length; k++) {
        const run = channels[k] * points;
        y.set(xs[k].subarray(place * run, (place + 1) * run), to);
        to += run;
      }
    }
  };
  return { shape: [...shapes[0].slice(0, -1), all], compute };
}

/** In use: by the running mean and variance of each channel. @param {LayerSpec} layer @param {number[][]} shapes @param {Stored} stored */
function batchNorm(layer, [shape], stored) {
  const channels = channelsOf(shape);
  const [mean, variance, gamma, beta] = ["mean", "variance", "gamma", "beta"].map((name) => stored(name)?.offset ?? -1);
  if (mean < 0 || stored("mean")?.size !== channels) return FOREIGN;
  /** @type {Compute} */
  const compute = (weights, [x], y, points) => {
    for (let u = 0; u < y.length / points; u++) {
      const c = u % channels;
      const scale = (gamma < 0 ? 1 : weights[gamma + c]) / Math.sqrt(weights[variance + c] + layer.epsilon);
      const shift = (beta < 0 ? 0 : weights[beta + c]) - weights[mean + c] * scale;
      for (let p = u * points; p < (u + 1) * points; p++) y[p] = x[p] * scale + shift;
    }
  };
  return { shape, compute };
}

/** By the mean and variance of the channels at each place. @param {LayerSpec} layer @param {number[][]} shapes @param {Stored} stored */
function layerNorm(layer, [shape], stored) {
  const channels = channelsOf(shape);
  const [gamma, beta] = ["gamma", "beta"].map((name) => stored(name)?.offset ?? -1);
  if (layer.affine !== false && stored("gamma")?.size !== channels) return FOREIGN;
  /** @type {Compute} */
  const compute = (weights, [x], y, points) => {
    for (let from = 0; from < y.length; from += channels * points) {
      for (let p = from; p < from + points; p++) {
        let [sum, squares] = [0, 0];
        for (let c = 0; c < channels; c++) sum += x[p + c * points];
        const mean = sum / channels;
        for (let c = 0; c < channels; c++) squares += (x[p + c * points] - mean) ** 2;
        const scale = 1 / Math.sqrt(squares / channels + layer.epsilon);
        for (let c = 0; c < channels; c++) {
          const normal = (x[p + c * points] - mean) * scale;
          y[p + c * points] = gamma < 0 ? normal : normal * weights[gamma + c] + weights[beta + c];
        }
      }
    }
  };
  return { shape, compute, work: 4 * sizeOf(shape) };
}

/** Rows and columns of windows; of a sequence its steps. @param {import("./sliding.js").Windows} windows @param {number[]} shape */
const placesOf = ({ count }, shape) => (shape.length === 2 ? count.slice(1) : count);

/** @param {LayerSpec} layer @param {number[][]} shapes @param {Stored} stored */
function convolution(layer, [shape], stored) {
  const sliding = slide(layer, shape);
  const windows = tapsOf(sliding);
  const [{ filters, groups = 1 }, channels] = [layer, channelsOf(shape)];
  const [share, perGroup] = [channels / groups, filters / groups];
  const kernel = stored("kernel");
  const bias = stored("bias")?.offset ?? -1;
  if (!kernel || kernel.size !== sizeOf(kernel.shape.slice(0, -2)) * share * filters) return FOREIGN;
  /** @type {Compute} */
  const compute = (weights, [x], z, points) => {
    windows.forEach((window, place) => {
      for (let f = 0; f < filters; f++) {
        const [to, first] = [(place * filters + f) * points, Math.floor(f / perGroup) * share];
        z.fill(bias < 0 ? 0 : weights[bias + f], to, to + points);
        for (const { tap, from } of window) {
          for (let c = 0; c < share; c++) addScaled(z, to, x, (from * channels + first + c) * points, weights[kernel.offset + (tap * share + c) * filters + f], points);
        }
      }
    });
  };
  return { shape: [...placesOf(sliding, shape), filters], compute, work: kernel.size * windows.length };
}

/** Each channel by itself. @param {(values: number[]) => number} f of the values in a window */
function pooling(f) {
  return (/** @type {LayerSpec} */ layer, /** @type {number[][]} */ [shape]) => {
    const sliding = slide(layer, shape);
    const windows = tapsOf(sliding);
    const channels = channelsOf(shape);
    /** @type {Compute} */
    const compute = (_, [x], y, points) => {
      windows.forEach((window, place) => {
        for (let c = 0; c < channels; c++) {
          for (let p = 0; p < points; p++) y[(place * channels + c) * points + p] = f(window.map(({ from }) => x[(from * channels + c) * points + p]));
        }
      });
    };
    return { shape: [...placesOf(sliding, shape), channels], compute };
  };
}

/** The mean of each channel over all places. @param {LayerSpec} _ @param {number[][]} shapes */
function globalMean(_, [shape]) {
  const channels = channelsOf(shape);
  const places = sizeOf(shape) / channels;
  /** @type {Compute} */
  const compute = (__, [x], y, points) => {
    y.fill(0);
    for (let u = 0; u < places * channels; u++) addScaled(y, (u % channels) * points, x, u * points, 1 / places, points);
  };
  return { shape: [channels], compute };
}
