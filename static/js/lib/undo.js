// @ts-check
// Undo and redo: a list of done commands and a place in it. Quick equal edits of one thing count as one.

/**
 * @typedef {object} Command
 * @property {string} label  what was done, in the user's words ("Change units")
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {string} [merge]  edits with the same key soon after each other become one
 */

const MERGE_MS = 700;
const LIMIT = 200;

/** @param {() => number} [now] milliseconds; a parameter so that tests need not wait */
export function createHistory(now = () => performance.now()) {
  /** @type {(Command & {time: number})[]} */
  let done = [];
  /** @type {(Command & {time: number})[]} */
  let undone = [];
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const tell = () => listeners.forEach((listener) => listener());
  return {
    /** Remember a command that has been carried out. @param {Command} command */
    push(command) {
      const time = now();
      const last = done.at(-1);
      undone = [];
      if (last && command.merge && last.merge === command.merge && time - last.time < MERGE_MS) {
        done[done.length - 1] = { ...command, undo: last.undo, time };
      } else {
        done = [...done.slice(-LIMIT + 1), { ...command, time }];
      }
      tell();
    },
    undo() {
      const command = done.pop();
      if (!command) return null;
      undone.push(command);
      command.undo();
      tell();
      return command.label;
    },
    redo() {
      const command = undone.pop();
      if (!command) return null;
      done.push({ ...command, time: -Infinity });
      command.redo();
      tell();
      return command.label;
    },
    /** What undo and redo would take back or do again; null where there is nothing. */
    labels: () => ({ undo: done.at(-1)?.label ?? null, redo: undone.at(-1)?.label ?? null }),
    clear() {
      done = [];
      undone = [];
      tell();
    },
    /** @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createHistory>} History */
