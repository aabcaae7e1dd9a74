// @ts-check
// The notebook widget's half in the browser (app/jupyter.py is the other): a frame, its news as traits, and commands.

const VERSION = 1;
const KNOCK = 700; // milliseconds between two greetings
const TOLD = ["state", "epoch", "update", "train_loss", "test_loss"];
const SHOWN = ["server", "experiment", "share", "hide", "lock", "theme", "lang"];

/** @param {any} model */
function address(model) {
  const share = model.get("share");
  const url = new URL(`${model.get("server")}/embed/${share ? `s/${encodeURIComponent(share)}` : ""}`);
  const pairs = [["hide", model.get("hide").join(",")], ["lock", model.get("lock").join(",")], ["theme", model.get("theme")], ["lang", model.get("lang")]];
  url.search = pairs.filter(([, value]) => value).map(([name, value]) => `${name}=${value}`).join("&");
  url.hash = model.get("experiment").replace(/^#/, "");
  return url;
}

/** @param {{model: any, el: HTMLElement}} place */
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = "Neural network playground";
  frame.style.cssText = "display: block; inline-size: 100%; border: 0";
  const size = (/** @type {number} */ content) => {
    frame.style.blockSize = `${model.get("height") || content}px`;
  };
  const send = (/** @type {Record<string, any>} */ message) => frame.contentWindow?.postMessage({ playground: VERSION, id: null, ...message }, address(model).origin);
  const show = () => {
    frame.src = address(model).href;
  };
  const hear = (/** @type {MessageEvent} */ { data, source, origin }) => {
    if (source !== frame.contentWindow || origin !== address(model).origin || data?.playground !== VERSION) return;
    if (data.type === "ready") clearInterval(knock);
    if (data.type === "size") size(data.height);
    else if (data.type === "error") model.set("error", `${data.message} ${data.fix}`.trim());
    else for (const name of TOLD) if (name in data) model.set(name, data[name]);
    if (data.type !== "size" && data.type !== "done") model.save_changes();
  };
  const changes = SHOWN.map((name) => `change:${name}`).join(" ");
  const fit = () => size(frame.offsetHeight);
  const knock = setInterval(() => send({ type: "hello" }), KNOCK); // until it is there to hear it
  frame.addEventListener("load", () => send({ type: "hello" }));
  window.addEventListener("message", hear);
  model.on("msg:custom", send);
  model.on(changes, show);
  model.on("change:height", fit);
  size(640);
  show();
  el.append(frame);
  return () => {
    clearInterval(knock);
    window.removeEventListener("message", hear);
    model.off("msg:custom", send);
    model.off(changes, show);
    model.off("change:height", fit);
  };
}

export default { render };
