// @ts-check
// The server's REST interface as functions. A refusal becomes a Problem, with the field and the advice that came with it.

/** What the server refused: a sentence, where, and what to do. */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} body */
  constructor(status, body) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.where = String(body.where ?? "");
    this.fix = String(body.fix ?? "");
    /** @type {{where: string, message: string, fix: string}[]} */
    this.errors = Array.isArray(body.errors) && body.errors.length ? body.errors
      : [{ where: this.where, message: this.message, fix: this.fix }];
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor() {
    super("The server can not be reached.");
  }
}

/**
 * @param {{root: string, key: string, fetch?: typeof globalThis.fetch}} options
 */
export function createApi({ root, key, fetch = globalThis.fetch.bind(globalThis) }) {
  const base = `${root}/api/v1`;

  /** @param {string} method @param {string} path @param {any} [body] @param {{signal?: AbortSignal}} [options] @returns {Promise<any>} */
  async function ask(method, path, body, { signal } = {}) {
    /** @type {Record<string, string>} */
    const headers = { accept: "application/json", authorization: `Bearer ${key}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    let response;
    try {
      response = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Unreachable();
    }
    const answer = response.status === 204 ? null : await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(response.status, answer ?? {});
    return answer;
  }
  const run = (/** @type {string} */ id, rest = "") => `/runs/${encodeURIComponent(id)}${rest}`;
  const query = (/** @type {Record<string, any>} */ values) => new URLSearchParams(values).toString();

  /** Numbers that would be long as text: little-endian float32. @param {string} path @returns {Promise<Float32Array>} */
  async function askNumbers(path) {
    const response = await fetch(base + path, { headers: { accept: "application/octet-stream", authorization: `Bearer ${key}` } })
      .catch(() => {
        throw new Unreachable();
      });
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
    return new Float32Array(await response.arrayBuffer());
  }

  return {
    /** @param {any} network @param {any} data @returns {Promise<import("../lib/types.js").Check>} */
    check: (network, data) => ask("POST", "/networks/check", { network, data }),
    /** @param {any} data @param {number} limit */
    preview: (data, limit) => ask("POST", "/datasets/preview", { data, limit }),
    /** @param {any} spec */
    createRun: (spec) => ask("POST", "/runs", spec),
    /** @param {string} id */
    getRun: (id) => ask("GET", run(id)),
    /** @param {string} id */
    deleteRun: (id) => ask("DELETE", run(id)),
    /** @param {string} id @param {Record<string, any>} state */
    setState: (id, state) => ask("PUT", run(id, "/state"), state),
    /** @param {string} id @param {Record<string, any>} settings */
    setSettings: (id, settings) => ask("PATCH", run(id, "/settings"), settings),
    /** @param {string} id @param {{layer: string, name: string, index: number[], value: number}[]} edits */
    editWeights: (id, edits) => ask("PATCH", run(id, "/weights"), { edits }),
    /** @param {string} id @param {string} split @param {number} index @param {number} [at] the update of a past moment */
    activations: (id, split, index, at) => ask("GET", run(id, `/activations?${query({ split, index, ...(at === undefined ? {} : { at }) })}`)),
    /** @param {string} id @param {string} split @param {AbortSignal} [signal] */
    evaluation: (id, split, signal) => ask("GET", run(id, `/evaluation?${query({ split })}`), undefined, { signal }),
    /** @param {string} id @param {string} split @param {number} offset @param {number} limit */
    examples: (id, split, offset, limit) => ask("GET", run(id, `/examples?${query({ split, offset, limit })}`)),
    /** @param {string} id @param {any[]} inputs @param {boolean} ready */
    predict: (id, inputs, ready) => ask("POST", run(id, "/predict"), { inputs, ready }),
    /** Moments kept of a run. @param {string} id @returns {Promise<{moments: {seq: number, epoch: number, update: number}[]}>} */
    timeline: (id) => ask("GET", run(id, "/timeline")),
    /** A run's history in a few hundred rows. @param {string} id @returns {Promise<{columns: string[], rows: (number|null)[][]}>} */
    curve: (id) => ask("GET", run(id, "/curve")),
    /** Weights as they were. @param {string} id @param {number} at the update */
    weightsAt: (id, at) => askNumbers(run(id, `/weights?${query({ at })}`)),
    /** Another run that goes on from a moment, with changes. @param {string} id @param {{at?: number|null, changes?: Record<string, any>}} fork */
    fork: (id, fork) => ask("POST", run(id, "/fork"), fork),
    /** One example forward, backward and into an update. @param {string} id @param {{split: string, index: number, at?: number}} example */
    explain: (id, example) => ask("GET", run(id, `/explain?${query(example)}`)),
    /** What may be why it is stuck. @param {string} id @returns {Promise<{findings: import("./diagnosis.js").Finding[]}>} */
    diagnosis: (id) => ask("GET", run(id, "/diagnosis")),
    /** @param {string} id @param {number} after the last history row known @param {number} start of that start */
    streamUrl(id, after, start) {
      const url = new URL(`${base}${run(id, "/stream")}?${query({ after, start })}`, globalThis.location?.href ?? "http://localhost");
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      return url.href;
    },
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */
