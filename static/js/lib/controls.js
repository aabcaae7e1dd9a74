// @ts-check
// The controls that a teacher can hide or lock: what each is called in an address, in the dialog, and where it is on
// the page. hide=… and lock=… name them; TensorFlow Playground's own <name>_hide=true is understood too.

import { t } from "./words.js";

/**
 * @typedef {object} Control
 * @property {string} name    in an address
 * @property {string} label   in the dialog
 * @property {string} group
 * @property {string} hide    what disappears, as a selector; empty where it can only be locked
 * @property {string} lock    what can no longer be used; empty where there is nothing to use
 * @property {string} [theirs]  its name in TensorFlow Playground's links, before _hide
 * @property {string} [key]   the key of the keyboard that does the same
 */

/** @param {string} path */
const field = (path) => `.field:has([data-path="${path}"])`;
/** @param {string} path */
const withMore = (path) => `.field__with:has([data-path="${path}"])`;
/** @param {string} name @param {string} label @param {string} group @param {string} hide @param {Partial<Control>} [more] @returns {Control} */
const control = (name, label, group, hide, more = {}) => ({ name, label, group, hide, lock: hide, ...more });

const TRAINING = t("Training");
const SETTINGS = t("Settings");
const DATA = t("Data");
const NETWORK = t("Network");
const OUTPUT = t("Output");
const PAGE = t("Whole parts");

/** @type {Control[]} */
export const CONTROLS = [
  control("play", t("Play"), TRAINING, '[data-view="transport"] [data-action="toggle"]', { theirs: "playButton", key: " " }),
  control("step", t("Step"), TRAINING, ".step", { theirs: "stepButton", key: "s" }),
  control("reset", t("Reset"), TRAINING, '[data-view="transport"] [data-action="reset"]', { theirs: "resetButton", key: "r" }),
  control("restart", t("New start"), TRAINING, '[data-view="transport"] [data-action="restart"]', { key: "n" }),
  control("speed", t("Speed"), TRAINING, ".transport__speed"),
  control("epoch", t("Epoch counter"), TRAINING, ".epoch", { lock: "" }),
  control("task", t("Task"), SETTINGS, '.field:has([data-slot="task"])', { theirs: "problem" }),
  control("loss", t("Loss"), SETTINGS, `#settings ${field("training.loss")}`),
  control("optimizer", t("Optimizer"), SETTINGS, withMore("training.optimizer")),
  control("learningRate", t("Learning rate"), SETTINGS, '[data-slot="learning-rate"]', { theirs: "learningRate" }),
  control("schedule", t("Schedule"), SETTINGS, withMore("training.schedule")),
  control("regularization", t("Regularization"), SETTINGS, `#settings ${field("training.regularizer")}`, { theirs: "regularization" }),
  control("regularizationRate", t("Regularization rate"), SETTINGS, '[data-slot="regularization-rate"]', { theirs: "regularizationRate" }),
  control("epochs", t("Stop at epoch, and more"), SETTINGS, withMore("training.epochs")),
  control("dataset", t("Data set"), DATA, '.data .thumbs, .data__missing, .data > .column__question, .data :is([data-action="preset"], [data-action="own-data"])', { lock: '.thumb, .data :is([data-action="preset"], [data-action="own-data"])', theirs: "dataset" }),
  control("ownData", t("Own data"), DATA, '[data-action="own-data"], [data-action="edit-points"]'),
  control("starts", t("Start from …"), DATA, '[data-action="starts"]'),
  control("noise", t("Noise"), DATA, `.data ${field("data.noise")}`, { theirs: "noise" }),
  control("samples", t("Other knobs of the data"), DATA, '.data__own > :not(:has([data-path="data.noise"]))'),
  control("train", t("Training share"), DATA, `.data ${field("data.train_fraction")}`, { theirs: "percTrainData" }),
  control("batch", t("Batch size"), DATA, `.data ${field("training.batch_size")}`, { theirs: "batchSize" }),
  control("regenerate", t("Regenerate"), DATA, '.data [data-action="regenerate"]'),
  control("features", t("Features that are off"), NETWORK, '.feature[data-on="false"], .own-formula', { lock: ".feature button, .own-formula" }),
  control("layers", t("Adding and moving layers"), NETWORK, '.layers__count .button, [data-action="palette"], .layer__grip', { theirs: "numHiddenLayers" }),
  control("units", t("Number of neurons"), NETWORK, ".layer__units .button"),
  control("activation", t("Activation"), NETWORK, ".layer__activation", { theirs: "activation" }),
  control("menu", t("Each layer’s own menu"), NETWORK, "", { lock: ".layer__title" }),
  control("weights", t("Weights and biases"), NETWORK, "#card .card__weights", { lock: '#card .card__weights input, .check:has([data-look="lines"])' }),
  control("diagnosis", t("Why is it stuck?"), NETWORK, '[data-view="diagnosis"]'),
  control("numbers", t("Losses and accuracy"), OUTPUT, ".numbers", { lock: "" }),
  control("chart", t("Loss chart"), OUTPUT, ".chart", { lock: "" }),
  control("timeline", t("Time line"), OUTPUT, ".time-line"),
  control("microscope", t("Step by step"), OUTPUT, '[data-action="microscope"]'),
  control("lines", t("Drag the lines"), OUTPUT, '.check:has([data-look="lines"])'),
  control("confusion", t("What it confuses"), OUTPUT, ".confusions", { lock: "" }),
  control("test", t("Show test data"), OUTPUT, '.check:has([data-look="test"])', { theirs: "showTestData", key: "t" }),
  control("discretize", t("Discretize"), OUTPUT, '.check:has([data-look="discretize"])', { theirs: "discretize", key: "d" }),
  control("settings", t("All settings"), PAGE, '#settings, [data-action="settings"]', { lock: "#settings" }),
  control("data", t("All about the data"), PAGE, ".data"),
  control("output", t("The output"), PAGE, ".output"),
  control("open", t("“Open in the playground”"), PAGE, '[data-action="open-page"]', { lock: "" }),
];

/** Features may be named one by one: <name> here, and as TensorFlow Playground calls them. @type {Record<string, string>} */
const FEATURES = { x: "x", y: "y", xSquared: "x_squared", ySquared: "y_squared", xTimesY: "x_times_y", sinX: "sin_x", sinY: "sin_y" };
const FEATURE = /^feature:([a-z_]+)$/;
const UNITS = /^units([1-9]\d?)$/;
const THEIRS = /^(\w+)_hide$/;
const NODES = /^numNodes([1-9]\d?)$/;
const OWN = new Set(["hide", "lock", "theme", "lang"]); // the server has seen to the language

/** @typedef {{hide: string[], lock: string[], theme: string|null}} Restrictions */

/** The control of that name, those of single features and layers too. @param {string} name @returns {Control|undefined} */
export function findControl(name) {
  const [, feature] = FEATURE.exec(name) ?? [];
  const [, layer] = UNITS.exec(name) ?? [];
  if (feature && Object.values(FEATURES).includes(feature)) {
    return { name, label: feature, group: NETWORK, hide: `.feature[data-key="${feature}"][data-on="false"]`, lock: `.feature[data-key="${feature}"] button` };
  }
  if (layer) {
    const buttons = `.layer:nth-child(${layer}) .layer__units .button`;
    return { name, label: name, group: NETWORK, hide: buttons, lock: buttons };
  }
  return CONTROLS.find((known) => known.name === name);
}

/** What TensorFlow Playground's <name>_hide means here. @param {string} theirs */
function ours(theirs) {
  const [, layer] = NODES.exec(theirs) ?? [];
  if (layer) return `units${layer}`;
  if (theirs in FEATURES) return `feature:${FEATURES[theirs]}`;
  return CONTROLS.find((known) => known.theirs === theirs)?.name;
}

/**
 * Take what hides and locks out of an address; `rest` describes the experiment, `kept` is what was taken, to be written
 * back. Names that are not known are told.
 * @param {string} text pairs of key and value, with & between them
 * @param {(note: string) => void} [say]
 * @returns {Restrictions & {rest: string, kept: string}}
 */
export function takeRestrictions(text, say = () => {}) {
  /** @type {Restrictions} */
  const found = { hide: [], lock: [], theme: null };
  /** @type {string[]} */
  const rest = [];
  /** @type {string[]} */
  const kept = [];
  for (const pair of text.replace(/^[#?]/, "").split("&").filter(Boolean)) {
    const [key, value = ""] = pair.split("=");
    const [, theirs] = THEIRS.exec(key) ?? [];
    if (!OWN.has(key) && !theirs) {
      rest.push(pair);
      continue;
    }
    kept.push(pair);
    if (key === "lang") continue;
    if (key === "theme") found.theme = value === "light" || value === "dark" ? value : null;
    else if (theirs) {
      const name = ours(theirs) ?? (findControl(theirs) ? theirs : undefined);
      if (value === "true" && name) found.hide.push(name);
      else if (value === "true") say(t("There is no control “{name}” to hide.", { name: theirs }));
    } else {
      for (const name of decode(value).split(",").filter(Boolean)) {
        if (findControl(name)) found[/** @type {"hide"|"lock"} */ (key)].push(name);
        else say(t(key === "hide" ? "There is no control “{name}” to hide." : "There is no control “{name}” to lock.", { name }));
      }
    }
  }
  const unique = (/** @type {string[]} */ names) => [...new Set(names)];
  return { hide: unique(found.hide), lock: unique(found.lock), theme: found.theme, rest: rest.join("&"), kept: kept.join("&") };
}

/** As it stands in an address; nothing where nothing is hidden or locked. @param {Partial<Restrictions> & {lang?: string|null}} restrictions */
export function writeRestrictions({ hide = [], lock = [], theme = null, lang = null }) {
  /** @type {[string, string][]} */
  const pairs = [["hide", hide.join(",")], ["lock", lock.join(",")], ["theme", theme ?? ""], ["lang", lang ?? ""]];
  return pairs.filter(([, value]) => value).map(([key, value]) => `${key}=${value}`).join("&");
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
