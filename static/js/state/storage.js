// @ts-check
// What this browser remembers: the key of the runs made here, the theme, and (per tab) which run is shown.

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

/** The secret that says "these runs are mine": made once, at least 20 signs. */
export function ownerKey() {
  const known = readFrom(browser, "playground.key");
  if (known && known.length >= 20) return known;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  writeTo(browser, "playground.key", made);
  return made;
}

export const theme = {
  get: () => readFrom(browser, "playground.theme"),
  /** @param {string|null} value */
  set: (value) => writeTo(browser, "playground.theme", value),
};

/** The run that this tab shows: survives a reload, not the tab. */
export const tabRun = {
  get: () => readFrom(tab, "playground.run"),
  /** @param {string|null} id */
  set: (id) => writeTo(tab, "playground.run", id),
};
