// @ts-check
// <network-playground>: the playground in somebody's own page, by one script tag from its server. A classic script, so
// that it needs no leave to be loaded by other sites. What it can do is in docs/embedding.md.
//
//   <script src="https://playground.example/static/js/embed/network-playground.js"></script>
//   <network-playground experiment="dataset=spiral" hide="noise,batch" lock="dataset"></network-playground>
(() => {
  const VERSION = 1;
  const KNOCK = 700; // milliseconds between two greetings
  const PATIENCE = 30_000; // milliseconds to wait for an answer before saying what may be wrong
  const script = /** @type {HTMLScriptElement|null} */ (document.currentScript);
  const server = (script?.src ?? "").replace(/\/static\/js\/embed\/network-playground\.js.*$/, "");
  const LOOKS = ["hide", "lock", "theme", "lang"];

  class NetworkPlayground extends HTMLElement {
    static observedAttributes = ["src", "share", "experiment", "hide", "lock", "theme", "lang", "height"];

    /** @type {HTMLIFrameElement|null} */
    #frame = null;
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
    #waiting = new Map();
    /** @type {Record<string, any>} */
    #standing = { state: "none", epoch: 0 };
    #asked = 0;
    #planned = false;
    #greeted = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    #doubt;
    /** @type {ReturnType<typeof setInterval>|undefined} */
    #knock;
    #hear = (/** @type {MessageEvent} */ event) => this.#take(event);
    /** @type {Promise<void>} */
    #ready = Promise.resolve();
    /** @type {() => void} */
    #isReady = () => {};

    connectedCallback() {
      window.addEventListener("message", this.#hear);
      this.#show();
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.#hear);
      clearTimeout(this.#doubt);
      clearInterval(this.#knock);
      this.#frame?.remove();
      this.#frame = null;
    }

    /** @param {string} name @param {string|null} before @param {string|null} now */
    attributeChangedCallback(name, before, now) {
      if (!this.#frame || before === now || this.#planned) return;
      if (name === "height") return this.#size();
      this.#planned = true; // several attributes set together load the frame once
      queueMicrotask(() => {
        this.#planned = false;
        if (this.isConnected) this.#show();
      });
    }

    /** created, running, paused, finished, diverged, failed; none before the frame has answered. */
    get state() { return this.#standing.state; }
    get epoch() { return this.#standing.epoch; }
    get trainLoss() { return this.#standing.train_loss ?? null; }
    get testLoss() { return this.#standing.test_loss ?? null; }

    play() { return this.#ask("play"); }
    pause() { return this.#ask("pause"); }
    /** @param {"epoch"|"batch"|"sample"} [unit] */
    step(unit) { return this.#ask("step", { unit }); }
    reset() { return this.#ask("reset"); }
    /** @param {string} path such as training.optimizer.learning_rate @param {any} value */
    set(path, value) { return this.#ask("set", { path, value }); }
    /** @param {string} [path] */
    get(path) { return this.#ask("get", { path }); }

    /** Where the frame is: a whole address, a shared run, or an experiment as the page's address has it. */
    get address() {
      const src = this.getAttribute("src");
      const share = this.getAttribute("share");
      const url = new URL(src ?? `${server}/embed/${share ? `s/${encodeURIComponent(share)}` : ""}`, document.baseURI);
      const experiment = this.getAttribute("experiment");
      if (experiment !== null) url.hash = experiment.replace(/^#/, "");
      for (const name of LOOKS) {
        const value = this.getAttribute(name);
        if (value !== null) url.searchParams.set(name, value.replace(/\s+/g, ""));
      }
      url.search = decodeURIComponent(url.search); // hide=a,b stays readable
      return url;
    }

    #show() {
      const { address } = this;
      const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      const frame = document.createElement("iframe");
      frame.title = this.title || "Neural network playground";
      frame.style.cssText = "display: block; inline-size: 100%; border: 0; color-scheme: normal";
      if (getComputedStyle(this).display === "inline") this.style.display = "block";
      this.#ready = new Promise((resolve) => {
        this.#isReady = resolve;
      });
      clearInterval(this.#knock);
      this.#knock = setInterval(() => this.#send("hello"), KNOCK); // until it is there to hear it
      frame.addEventListener("load", () => this.#send("hello"));
      frame.src = address.href;
      this.#frame?.remove();
      this.#frame = frame;
      this.#greeted = false;
      this.#size();
      shadow.append(frame);
      clearTimeout(this.#doubt);
      this.#doubt = setTimeout(() => clearInterval(this.#knock) ?? this.#say("error", {
        message: `The playground at ${address.origin} does not answer.`,
        fix: `Is the server reachable, and is ${location.origin} among its PLAYGROUND_FRAME_ANCESTORS?`,
      }), PATIENCE);
    }

    /** @param {number} [content] */
    #size(content) {
      const asked = this.getAttribute("height");
      const own = asked !== null && asked !== "auto";
      if (this.#frame && (own || content || !this.#frame.style.blockSize)) {
        this.#frame.style.blockSize = own ? (/^\d+$/.test(asked) ? `${asked}px` : asked) : `${content ?? 640}px`;
      }
    }

    /** @param {string} type @param {Record<string, any>} [fields] */
    #send(type, fields = {}) {
      this.#frame?.contentWindow?.postMessage({ playground: VERSION, type, ...fields }, this.address.origin);
    }

    /** @param {string} type @param {Record<string, any>} [fields] @returns {Promise<any>} */
    async #ask(type, fields) {
      if (!this.isConnected) throw new Error("The playground is not in the page.");
      await this.#ready;
      this.#asked += 1;
      const id = this.#asked;
      return new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#send(type, { ...fields, id });
      });
    }

    /** @param {MessageEvent} event */
    #take({ data, source, origin }) {
      if (!this.#frame || source !== this.#frame.contentWindow || origin !== this.address.origin || data?.playground !== VERSION) return;
      const { playground: _, type, ...detail } = data;
      if (type === "size") return this.#size(detail.height);
      if (type === "done") {
        this.#waiting.get(detail.id)?.resolve(detail.result);
        return void this.#waiting.delete(detail.id);
      }
      if (type === "error" && detail.id !== null) {
        this.#waiting.get(detail.id)?.reject(Object.assign(new Error(detail.message), { fix: detail.fix }));
        this.#waiting.delete(detail.id);
      }
      if (type === "ready" || type === "state" || type === "epoch") this.#standing = { ...this.#standing, ...detail };
      if (type === "ready") {
        if (this.#greeted) return;
        this.#greeted = true;
        clearTimeout(this.#doubt);
        clearInterval(this.#knock);
        this.#isReady();
      }
      this.#say(type, detail);
    }

    /** @param {string} type @param {Record<string, any>} detail */
    #say(type, detail) {
      this.dispatchEvent(new CustomEvent(type, { detail }));
    }
  }

  if (!customElements.get("network-playground")) customElements.define("network-playground", NetworkPlayground);
})();
