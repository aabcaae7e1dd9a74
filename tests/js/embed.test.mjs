// What an embed hides, whose messages it hears, and what its address says.
import assert from "node:assert/strict";
import test from "node:test";
import { createMessages } from "../../static/js/embed/messages.js";
import { CONTROLS, findControl, takeRestrictions, writeRestrictions } from "../../static/js/lib/controls.js";
import { isAllowed } from "../../static/js/lib/origins.js";
import { createPlace } from "../../static/js/state/place.js";
import { catalogue, defaults } from "./catalogue.fixture.mjs";
import { LOOK, writeAddress } from "../../static/js/lib/address.js";

const OWN = "https://playground.example";

test("a site is on the list as frame-ancestors has it", () => {
  const cases = [
    ["https://school.example", ["https://school.example"], true],
    ["https://school.example", ["https://school.example/"], true],
    ["https://school.example:443", ["https://school.example"], true],
    ["https://school.example:8443", ["https://school.example"], false],
    ["https://school.example:8443", ["https://school.example:*"], true],
    ["http://school.example", ["https://school.example"], false],
    ["https://school.example", ["http://school.example"], true],
    ["https://a.school.example", ["https://*.school.example"], true],
    ["https://school.example", ["https://*.school.example"], false],
    ["https://evilschool.example", ["https://*.school.example"], false],
    ["https://school.example.evil.example", ["https://school.example"], false],
    ["http://localhost:3000", ["http://localhost:*"], true],
    ["http://[::1]:3000", ["http://[::1]:*"], true],
    [OWN, ["'self'"], true],
    ["https://school.example", ["'self'"], false],
    ["https://school.example", ["*"], true],
    ["null", ["*"], false],
    ["file://", ["*"], false],
    ["https://school.example", ["'none'"], false],
    ["https://school.example", [], false],
  ];
  for (const [origin, list, expected] of cases) assert.equal(isAllowed(origin, list, OWN), expected, `${origin} in ${list}`);
});

function stage({ ancestors, ancestorOrigins = [] }) {
  const posted = [];
  const parent = { postMessage: (message, target) => posted.push([message, target]) };
  let hear;
  const window = { parent, location: { origin: OWN, ancestorOrigins }, addEventListener: (_, listener) => { hear = listener; }, removeEventListener() {} };
  const done = [];
  const messages = createMessages({ window, ancestors, commands: { play: (message) => done.push(message.type), fail: () => { throw Object.assign(new Error("no"), { fix: "try" }); } } });
  return { posted, parent, done, messages, send: (origin, data, source = parent) => hear({ origin, data, source }) };
}

test("messages of sites that are not on the list are neither heard nor answered", async () => {
  const { posted, done, messages, send } = stage({ ancestors: ["'self'", "https://school.example"], ancestorOrigins: ["https://stranger.example"] });
  await send("https://stranger.example", { playground: 1, type: "play", id: 1 });
  await send("null", { playground: 1, type: "play", id: 2 });
  messages.tell("epoch", { epoch: 1 });
  assert.deepEqual([posted, done], [[], []]);
});

test("nor are those that come from elsewhere than the page around, or speak otherwise", async () => {
  const { posted, done, send } = stage({ ancestors: ["https://school.example"] });
  await send("https://school.example", { playground: 1, type: "play", id: 1 }, { postMessage() {} });
  for (const strange of [null, "play", { type: "play" }, { playground: 2, type: "play" }]) await send("https://school.example", strange);
  assert.deepEqual([posted, done], [[], []]);
});

test("a friend is answered, at its own address alone", async () => {
  const { posted, done, messages, send } = stage({ ancestors: ["https://*.school.example"] });
  messages.tell("epoch", { epoch: 0 });
  assert.deepEqual(posted, []); // nobody is known yet
  await send("https://a.school.example", { playground: 1, type: "play", id: 7 });
  assert.deepEqual(done, ["play"]);
  await send("https://a.school.example", { playground: 1, type: "fail", id: 8 });
  await send("https://a.school.example", { playground: 1, type: "constructor", id: 9 });
  messages.tell("epoch", { epoch: 1 });
  assert.deepEqual(posted.map(([message, target]) => [message.type, message.id, target]), [
    ["done", 7, "https://a.school.example"], ["error", 8, "https://a.school.example"], ["error", 9, "https://a.school.example"], ["epoch", undefined, "https://a.school.example"]]);
  assert.deepEqual([posted[1][0].message, posted[1][0].fix], ["no", "try"]);
});

test("names of controls are unique, and every key of TensorFlow Playground's list is there", () => {
  assert.equal(new Set(CONTROLS.map(({ name }) => name)).size, CONTROLS.length);
  const theirs = ["showTestData", "discretize", "playButton", "stepButton", "resetButton", "learningRate", "activation", "regularization",
    "regularizationRate", "problem", "dataset", "percTrainData", "noise", "batchSize", "numHiddenLayers"];
  assert.deepEqual(theirs.filter((key) => !CONTROLS.some((control) => control.theirs === key)), []);
});

test("what hides and locks is taken out of an address and can be written back", () => {
  const notes = [];
  const found = takeRestrictions("#dataset=xor&hide=noise,play&noise=5&lock=loss,whatever&batchSize_hide=true&numNodes2_hide=true&xSquared_hide=true&playButton_hide=false&theme=dark&odd_hide=true", (note) => notes.push(note));
  assert.deepEqual(found.hide, ["noise", "play", "batch", "units2", "feature:x_squared"]);
  assert.deepEqual([found.lock, found.theme, found.rest], [["loss"], "dark", "dataset=xor&noise=5"]);
  assert.equal(notes.length, 2);
  assert.match(found.kept, /^hide=noise,play&lock=.*odd_hide=true$/);
  const again = takeRestrictions(writeRestrictions(found));
  assert.deepEqual([again.hide, again.lock, again.theme], [found.hide, found.lock, found.theme]);
  assert.equal(writeRestrictions({ hide: [], lock: [] }), "");
  assert.equal(findControl("units3").hide, ".layer:nth-child(3) .layer__units .button");
  assert.equal(findControl("feature:nothing"), undefined);
});

test("the language of an embed is the server's to read, and stays in the address", () => {
  const found = takeRestrictions("?lang=zh&hide=noise&dataset=xor", assert.fail);
  assert.deepEqual([found.hide, found.rest, found.kept], [["noise"], "dataset=xor", "lang=zh&hide=noise"]);
  assert.equal(writeRestrictions({ hide: ["noise"], lang: "zh" }), "hide=noise&lang=zh");
});

/** A window at an address whose history really changes it. */
function windowAt(path, { hash = "", search = "" } = {}) {
  const location = { origin: OWN, pathname: path, hash, search };
  const pushed = [];
  const go = (how) => (_, __, url) => {
    const [, pathname, query = "", fragment = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url);
    Object.assign(location, { pathname, search: query, hash: fragment });
    pushed.push([how, url]);
  };
  return { location, pushed, history: { pushState: go("push"), replaceState: go("replace") } };
}

const SHARE = { id: "abc", url: `${OWN}/s/abc`, title: "", trained: true, spec: defaults };
const ADDRESS = writeAddress(catalogue, defaults, LOOK);

test("the address of a shared run stays short until the experiment is another one, and then says all of it", () => {
  const window = windowAt("/s/abc", { hash: "#show=test" });
  const place = createPlace({ catalogue, root: "", share: SHARE, embedded: false, window });
  assert.equal(place.read(), `${ADDRESS}&show=test`);
  place.write(`${ADDRESS}&show=test`, true);
  assert.equal(place.share, SHARE);
  assert.deepEqual(window.pushed, []);
  place.write(`${ADDRESS}&speed=3`, true);
  assert.equal(window.location.pathname + window.location.hash, "/s/abc#speed=3");
  assert.equal(place.link(`${ADDRESS}&speed=3`), `${OWN}/s/abc#speed=3`);
  const other = `${ADDRESS}0`; // another seed, which begins alike
  place.write(other, false);
  assert.deepEqual(window.pushed.at(-1), ["push", `/#${other}`]);
  assert.equal(place.share, null);
  place.write(ADDRESS, false); // undone: the run is no longer the shared one
  assert.equal(window.location.pathname, "/");
});

test("an embed writes nothing into the history of the page around, and keeps what it hides", () => {
  const window = windowAt("/embed/s/abc", { search: "?hide=noise&lock=loss" });
  const place = createPlace({ catalogue, root: "", share: SHARE, embedded: true, window });
  assert.deepEqual([place.restrictions.hide, place.restrictions.lock], [["noise"], ["loss"]]);
  place.write(`${ADDRESS}0`, false);
  assert.deepEqual(window.pushed, [["replace", `/embed/s/abc?hide=noise&lock=loss#${ADDRESS}0`]]);
  assert.equal(place.read(), `${ADDRESS}0`);
  assert.equal(place.link(`${ADDRESS}0`), `${OWN}/#${ADDRESS}0`);
  assert.notEqual(place.key(), place.key());
});

test("an experiment may stand after the ? of an embed as after its #", () => {
  const window = windowAt("/embed/", { search: "?dataset=xor&noise_hide=true" });
  const place = createPlace({ catalogue, root: "", share: null, embedded: true, window });
  assert.equal(place.read(), "dataset=xor");
  assert.deepEqual(place.restrictions.hide, ["noise"]);
});

test("docs/embedding.md names every control as it is", async () => {
  const { readFile } = await import("node:fs/promises");
  const page = await readFile(new URL("../../docs/embedding.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| `(\w+)` \| ([^|]*) \| (?:`(\w+)`)? ?\| (lock only|hide only)? ?\|$/gm)].map(([, name, label, theirs, only]) => [name, label, theirs, only]);
  const only = (control) => (!control.hide ? "lock only" : !control.lock ? "hide only" : undefined);
  assert.deepEqual(told, CONTROLS.map((control) => [control.name, control.label, control.theirs, only(control)]));
});
