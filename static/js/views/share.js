// @ts-check
// The share dialog: the address to copy, a short link to the run as it stands, and the links made in this browser.

import { fill, t, together } from "../lib/words.js";
import { copyText, onLeave, showProblem } from "./dialog.js";
import { all, clone, on, reconcile, setText, slot } from "./dom.js";

const COPIED = t("The link is copied.");
/** What the buttons of a link are called. @type {Record<string, string>} */
const NAMES = { copy: t("Copy link: {title}"), delete: t("Delete link: {title}") };
const SURE_MS = 4000; // so long a second click deletes

/** @param {HTMLElement} root @param {import("../main.js").App} app */
export function mount(root, app) {
  const { api, run, experiment, place } = app;
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (slot(root, name));
  /** @type {any[]} */
  let links = [];
  /** @type {string|null} */
  let fresh = null; // the link just made
  let busy = false;

  const problem = (/** @type {unknown} */ error) => showProblem(slot(root, "problem"), error);
  const say = (/** @type {string} */ text) => setText(slot(root, "said"), text);

  const drawMoment = () => {
    const now = run.past ?? run.store.get();
    const trained = now.update > 0;
    const option = /** @type {HTMLOptionElement} */ (root.querySelector('option[value="weights"]'));
    setText(option, trained ? t("with trained weights") : t("with these first weights"));
    const moment = input("what").value !== "weights" ? t("It will begin at epoch 0, with the settings as they are now.")
      : Number.isInteger(now.epoch) ? t("It will be the network at epoch {n}.", { n: now.epoch }) : t("It will be the network at update {n}.", { n: now.update });
    const own = experiment.store.get().spec.data.type === "own" && t("Others can open it where your data may be used by others: see “Your own data”.");
    setText(slot(root, "moment"), together(moment, own));
  };

  const drawLinks = () => {
    slot(root, "mine").hidden = !links.length;
    reconcile(slot(root, "list"), links, (link) => link.id, () => clone("t-link"), (element, link) => {
      const picture = /** @type {HTMLImageElement} */ (element.querySelector("img"));
      if (!picture.src) picture.src = new URL(link.card_url).pathname;
      const title = /** @type {HTMLAnchorElement} */ (element.querySelector(".link__title"));
      title.href = new URL(link.url).pathname;
      setText(title, link.title);
      const until = link.expires_at && new Date(link.expires_at).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" });
      setText(/** @type {Element} */ (element.querySelector(".link__facts")), [
        link.trained ? t("epoch {n}", { n: link.epoch }) : t("the experiment alone"), until ? t("until {date}", { date: until }) : t("until you delete it")].join(" · "));
      element.classList.toggle("is-fresh", link.id === fresh);
      for (const button of element.querySelectorAll("[data-action]")) {
        const name = NAMES[button.getAttribute("data-action") ?? ""] ?? t("Embed: {title}");
        if (!button.classList.contains("is-asking")) button.setAttribute("aria-label", fill(name, { title: link.title }));
      }
    });
  };

  const load = () => api.shares().then(({ shares }) => {
    links = shares;
    drawLinks();
  }, problem);

  const open = () => {
    fresh = null;
    problem(null);
    say("");
    input("address").value = place.link(experiment.address());
    drawMoment();
    dialog.showModal();
    void load();
  };

  const make = async () => {
    if (busy) return;
    busy = true;
    problem(null);
    try {
      await app.session.settle();
      const { id } = run.store.get();
      if (!id) throw new Error(t("There is no network to share yet."));
      const days = input("days").value;
      const made = await api.share({ run: id, weights: input("what").value === "weights", title: input("name").value,
        ...(run.past ? { at: run.past.update } : {}), ...(days ? { days: Number(days) } : {}) });
      fresh = made.id;
      await load();
      await copy(made.url, t("The link is made and copied."));
      slot(root, "list").querySelector(`[data-key="${CSS.escape(made.id)}"] .link__title`)?.scrollIntoView({ block: "nearest" });
    } catch (error) {
      problem(error);
    } finally {
      busy = false;
    }
  };

  const copy = async (/** @type {string} */ text, said = COPIED) => {
    const done = await copyText(text);
    say(done ? said : t("Copying is not allowed here: select the link and copy it."));
    return done;
  };

  /** Show on the button that it has been copied. @param {HTMLElement} button @param {string} text */
  const copyFrom = async (button, text) => {
    const word = /** @type {Element} */ (button.querySelector("span"));
    if (!await copy(text)) return input("address").select();
    setText(word, t("Copied"));
    setTimeout(() => setText(word, t("Copy")), 1600);
  };

  /** The first click asks, the second deletes. @param {HTMLElement} button @param {any} link */
  const remove = async (button, link) => {
    if (!button.classList.contains("is-asking")) {
      button.classList.add("is-asking");
      button.setAttribute("aria-label", t("Really delete: {title}", { title: link.title }));
      say(t("Press again to delete the link “{title}”. It will lead nowhere then.", { title: link.title }));
      setTimeout(() => {
        button.classList.remove("is-asking");
        drawLinks();
      }, SURE_MS);
      return;
    }
    try {
      await api.deleteShare(link.id);
      say(t("The link is deleted."));
      await load();
      input("address").focus();
    } catch (error) {
      problem(error);
    }
  };

  return all(
    on(document, "click", (event) => {
      if (event.target.closest?.('.transport [data-action="share"]')) open();
    }),
    on(slot(root, "form"), "submit", (event) => {
      event.preventDefault();
      void make();
    }),
    on(input("what"), "change", drawMoment),
    run.watch(() => dialog.open && drawMoment()),
    onLeave(root, () => dialog.close()),
    on(root, "click", (event) => {
      const button = event.target.closest("button");
      const action = button?.dataset.action;
      const link = links.find(({ id }) => id === button?.closest(".link")?.dataset.key);
      if (action === "embed" || action === "embed-link") {
        dialog.close();
        app.openEmbed(link?.id ?? null, links);
      } else if (action === "copy" && link) void copyFrom(button, link.url);
      else if (action === "delete" && link) void remove(button, link);
      else if (button?.dataset.copy) void copyFrom(button, input("address").value);
    }),
    on(input("address"), "focus", () => input("address").select()),
  );
}
