// @ts-check
// The server's REST interface as functions. A refusal becomes a Problem, with the field and the advice that came with it.

import { decodeFrame } from "../lib/wire.js";
import { t, told, toldIn } from "../lib/words.js";

/** One of the data set, or one of your own. @typedef {{split: string, index: number}|{input: any}} Example */

/** What the server refused: a sentence, where, and what to do. */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} body */
  constructor(status, body) {
    super(told(body.detail || body.title || "") || t("The server answered {status}.", { status }));
    this.status = status;
    this.where = String(body.where ?? "");
    this.fix = told(String(body.fix ?? ""));
    /** @type {{where: string, message: string, fix: string}[]} */
    this.errors = Array.isArray(body.errors) && body.errors.length ? toldIn(body.errors)
      : [{ where: this.where, message: this.message, fix: this.fix }];
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor() {
    super(t("The server can not be reached."));
  }
}

/**
 * @param {{root: string, key: string, fetch?: typeof globalThis.fetch}} options
 */
export function createApi({ root, key, fetch = globalThis.fetch.bind(globalThis) }) {
  const base = `${root}/api/v1`;

  /** @param {string} method @param {string} path @param {any} [body] @param {{signal?: AbortSignal, keepalive?: boolean}} [options] @returns {Promise<any>} */
  async function ask(method, path, body, { signal, keepalive } = {}) {
    /** @type {Record<string, string>} */
    const headers = { accept: "application/json", authorization: `Bearer ${key}` };
    const isForm = typeof FormData !== "undefined" && body instanceof FormData;
    if (body !== undefined && !isForm) headers["content-type"] = "application/json";
    let response;
    try {
      response = await fetch(base + path, { method, headers, body: body === undefined || isForm ? body : JSON.stringify(body), signal, keepalive });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Unreachable();
    }
    const answer = response.status === 204 ? null : await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(response.status, answer ?? {});
    return answer;
  }
  const run = (/** @type {string} */ id, rest = "") => `/runs/${encodeURIComponent(id)}${rest}`;
  const group = (/** @type {string} */ id, rest = "") => `/groups/${encodeURIComponent(id)}${rest}`;
  const moment = (/** @type {number|undefined} */ at) => (at === undefined ? {} : { at });
  const query = (/** @type {Record<string, any>} */ values) => new URLSearchParams(values).toString();

  /** What would be long as text. @param {string} path @param {any} [body] @returns {Promise<ArrayBuffer>} */
  async function askBytes(path, body) {
    const headers = { accept: "application/octet-stream", authorization: `Bearer ${key}`, ...(body ? { "content-type": "application/json" } : {}) };
    const response = await fetch(base + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) }).catch(() => {
      throw new Unreachable();
    });
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
    return response.arrayBuffer();
  }
  /** An example of the data set is named in the address, one of your own is sent. @param {Example} example @returns {[Record<string, any>, {input: any}|undefined]} */
  const asked = (example) => ("input" in example ? [{}, { input: example.input }] : [{ split: example.split, index: example.index }, undefined]);

  const socketUrl = (/** @type {string} */ path) => {
    const url = new URL(base + path, globalThis.location?.href ?? "http://localhost");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  };

  return {
    /** @param {any} network @param {any} data @returns {Promise<import("../lib/types.js").Check>} */
    check: async (network, data) => toldIn(await ask("POST", "/networks/check", { network, data })),
    /** @param {any} data @param {number} limit */
    preview: (data, limit) => ask("POST", "/datasets/preview", { data, limit }),
    /** @param {any} spec */
    createRun: (spec) => ask("POST", "/runs", spec),
    /** The runs of this browser, newest first. @returns {Promise<{id: string, state: string}[]>} */
    async runs() {
      const found = [];
      for (let next = ""; next !== null;) {
        const page = await ask("GET", `/runs?${query({ limit: 100, ...(next && { cursor: next }) })}`);
        found.push(...page.runs);
        ({ next } = page);
      }
      return found;
    },
    /** @param {string} id */
    getRun: (id) => ask("GET", run(id)),
    /** @param {string} id @param {{keepalive?: boolean}} [options] keepalive: also while the page is being left */
    deleteRun: (id, options) => ask("DELETE", run(id), undefined, options),
    /** Somebody's code, link or model as an experiment. @param {string} source @param {string} text */
    importText: async (source, text) => toldIn(await ask("POST", `/import/${source}`, { text, weights: false })),
    /** A run as a file. @param {string} id @param {string} format @param {{names?: string, at?: number}} [options] @returns {Promise<{name: string, blob: Blob}>} */
    async exportRun(id, format, options = {}) {
      const response = await fetch(`${base}${run(id, `/export/${format}?${query(options)}`)}`, { headers: { authorization: `Bearer ${key}` } }).catch(() => {
        throw new Unreachable();
      });
      if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
      const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? format;
      return { name, blob: await response.blob() };
    },
    /** Put a run behind a short link. @param {{run: string, weights: boolean, at?: number, title?: string, days?: number}} wanted */
    share: (wanted) => ask("POST", "/shares", wanted),
    /** The links made in this browser. @returns {Promise<{shares: any[]}>} */
    shares: () => ask("GET", "/shares"),
    /** @param {string} id */
    deleteShare: (id) => ask("DELETE", `/shares/${encodeURIComponent(id)}`),
    /** A run of one's own from a shared one. @param {string} id */
    openShare: (id) => ask("POST", `/shares/${encodeURIComponent(id)}/runs`, {}),
    /** @param {string} id @param {Record<string, any>} state */
    setState: (id, state) => ask("PUT", run(id, "/state"), state),
    /** @param {string} id @param {Record<string, any>} settings */
    setSettings: (id, settings) => ask("PATCH", run(id, "/settings"), settings),
    /** @param {string} id @param {{layer: string, name: string, index: number[], value: number}[]} edits */
    editWeights: (id, edits) => ask("PATCH", run(id, "/weights"), { edits }),
    /** All weights, from a file. @param {string} id @param {Blob} file @param {string} [order] of an image's values in a row */
    async putWeights(id, file, order = "") {
      const form = new FormData();
      form.append("file", file, "weights");
      if (order) form.append("order", order);
      return toldIn(await ask("PUT", run(id, "/weights"), form));
    },
    /** What every layer makes of one example; of maps the first `channels`. @param {string} id @param {Example} example @param {number} channels @param {number} [at] the update of a past moment */
    async look(id, example, channels, at) {
      const [place, body] = asked(example);
      return decodeFrame(await askBytes(run(id, `/activations?${query({ ...place, channels, ...moment(at) })}`), body));
    },
    /** One value of a map and every number that made it. @param {string} id @param {Example} example @param {{layer: string, row: number, column: number, channel: number, most: number}} value @param {number} [at] */
    window(id, example, value, at) {
      const [place, body] = asked(example);
      return ask(body ? "POST" : "GET", run(id, `/window?${query({ ...value, ...place, ...moment(at) })}`), body);
    },
    /** The most wrong examples, or those of a cell of the confusion matrix. @param {string} id @param {{split: string, limit: number, offset?: number, true?: number, predicted?: number}} which @param {number} [at] */
    mistakes: (id, which, at) => ask("GET", run(id, `/mistakes?${query({ ...which, ...moment(at) })}`)),
    /** @param {string} id @param {string} split @param {number} [at] */
    evaluation: (id, split, at) => ask("GET", run(id, `/evaluation?${query({ split, ...moment(at) })}`)),
    /** @param {string} id @param {string} split @param {number} offset @param {number} limit */
    examples: (id, split, offset, limit) => ask("GET", run(id, `/examples?${query({ split, offset, limit })}`)),
    /** @param {string} id @param {any[]} inputs @param {boolean} ready */
    predict: (id, inputs, ready) => ask("POST", run(id, "/predict"), { inputs, ready }),
    /** Moments kept of a run. @param {string} id @returns {Promise<{moments: {seq: number, epoch: number, update: number}[]}>} */
    timeline: (id) => ask("GET", run(id, "/timeline")),
    /** A run's history in a few hundred rows. @param {string} id @returns {Promise<{columns: string[], rows: (number|null)[][]}>} */
    curve: (id) => ask("GET", run(id, "/curve")),
    /** Weights as they were. @param {string} id @param {number} at the update */
    weightsAt: async (id, at) => new Float32Array(await askBytes(run(id, `/weights?${query({ at })}`))),
    /** Another run that goes on from a moment, with changes. @param {string} id @param {{at?: number|null, changes?: Record<string, any>}} fork */
    fork: (id, fork) => ask("POST", run(id, "/fork"), fork),
    /** One example forward, backward and into an update. @param {string} id @param {{split: string, index: number, at?: number}} example */
    explain: (id, example) => ask("GET", run(id, `/explain?${query(example)}`)),
    /** What may be why it is stuck. @param {string} id @returns {Promise<{findings: import("./diagnosis.js").Finding[]}>} */
    diagnosis: async (id) => toldIn(await ask("GET", run(id, "/diagnosis"))),
    /** The loss on a slice through a run's weights. @param {string} id @param {Record<string, any>} asked */
    surface: (id, asked) => ask("GET", run(id, `/surface?${query(asked)}`)),
    /** What is in files of one's own, and what is wrong in them. @param {FormData} form @param {AbortSignal} [signal] */
    lookInto: async (form, signal) => toldIn(await ask("POST", "/datasets/uploads/preview", form, { signal })),
    /** Keep them as a data set. @param {FormData} form */
    upload: (form) => ask("POST", "/datasets/uploads", form),
    uploads: () => ask("GET", "/datasets/uploads"),
    /** @param {string} id */
    getUpload: (id) => ask("GET", `/datasets/uploads/${encodeURIComponent(id)}`),
    /** Let everybody use it who has a link. @param {string} id @param {boolean} shared */
    shareUpload: (id, shared) => ask("PATCH", `/datasets/uploads/${encodeURIComponent(id)}`, { shared }),
    /** @param {string} id */
    deleteUpload: (id) => ask("DELETE", `/datasets/uploads/${encodeURIComponent(id)}`),
    /** Runs made together. @param {Record<string, any>} body */
    createGroup: (body) => ask("POST", "/groups", body),
    /** @param {string} id @param {Record<string, any>} state */
    setGroupState: (id, state) => ask("PUT", group(id, "/state"), state),
    /** The runs as well; also while the page is being left. @param {string} id */
    deleteGroup: (id) => ask("DELETE", group(id), undefined, { keepalive: true }),
    /** @param {string} id @param {number[]} after the last history row known of each run @param {number[]} starts of those starts */
    groupStreamUrl: (id, after, starts) => socketUrl(group(id, `/stream?${query({ after, start: starts })}`)),
    /** @param {string} id @param {number} after the last history row known @param {number} start of that start */
    streamUrl: (id, after, start) => socketUrl(run(id, `/stream?${query({ after, start })}`)),
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */
