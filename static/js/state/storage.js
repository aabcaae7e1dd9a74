// @ts-check
// What this browser remembers: the key of the runs made here, the theme, and (per tab) which run and example are shown.

/** @param {() => Storage} open @param {string} name */
const readFrom = (open, name) => {
  try {
    return open().getItem(name);
  } catch {
    return null; // storage may be forbidden: then nothing is remembered, and all else works
  }
};

/** @param {() => Storage} open @param {string} name @param {string|null} value */
const writeTo = (open, name, value) => {
  try {
    if (value === null) open().removeItem(name);
    else open().setItem(name, value);
  } catch {
    // as above
  }
};

const browser = () => localStorage;
const tab = () => sessionStorage;

/** The secret that says "these runs are mine": made once, at least 20 signs. fresh: another one, not remembered. */
export function ownerKey({ fresh = false } = {}) {
  const known = fresh ? null : readFrom(browser, "playground.key");
  if (known && known.length >= 20) return known;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!fresh) writeTo(browser, "playground.key", made);
  return made;
}

export const theme = {
  get: () => readFrom(browser, "playground.theme"),
  /** @param {string|null} value */
  set: (value) => writeTo(browser, "playground.theme", value),
};

/** Whether the tour of the first visit was shown. */
export const tour = {
  get: () => readFrom(browser, "playground.tour"),
  /** @param {string} value */
  set: (value) => writeTo(browser, "playground.tour", value),
};

/** The run that this tab shows: survives a reload, not the tab. */
export const tabRun = {
  get: () => readFrom(tab, "playground.run"),
  /** @param {string|null} id */
  set: (id) => writeTo(tab, "playground.run", id),
};

/** The example and the drawing that this tab shows. */
export const tabExample = {
  /** @returns {import("./kept-example.js").Kept|null} */
  get() {
    try {
      return JSON.parse(readFrom(tab, "playground.example") ?? "null");
    } catch {
      return null; // not ours
    }
  },
  /** @param {import("./kept-example.js").Kept} kept */
  set: (kept) => writeTo(tab, "playground.example", JSON.stringify(kept)),
};

/** The run that was opened from a share: a reload goes on with it, opening the link again begins anew. @param {string} share */
export const sharedRun = (share) => ({
  get() {
    const [navigation] = performance.getEntriesByType("navigation");
    const back = ["reload", "back_forward"].includes(/** @type {any} */ (navigation)?.type);
    const [kept, id] = (readFrom(tab, "playground.share") ?? "").split(" ");
    return back && kept === share && id ? id : null;
  },
  /** @param {string|null} id */
  set(id) {
    tabRun.set(id); // where the visitor changes the experiment, the page is no longer at the share
    writeTo(tab, "playground.share", id && `${share} ${id}`);
  },
});
