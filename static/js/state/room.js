// @ts-check
// Room for a new run where the server keeps no more for one visitor: the oldest ones of this browser make it.

import { Problem } from "./api.js";

const AT_ONCE = 10;

/**
 * Do what makes a run; where there is no room, delete the oldest runs that stand still and do it again.
 * @template T
 * @param {Pick<import("./api.js").Api, "runs"|"deleteRun">} api @param {() => Promise<T>} make @param {string[]} [keep] ids
 * @returns {Promise<T>}
 */
export async function withRoom(api, make, keep = []) {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 429 || error.where !== "Authorization") throw error;
    const old = (await api.runs()).filter(({ id, state }) => state !== "running" && !keep.includes(id)).slice(-AT_ONCE);
    if (!old.length) throw error;
    await Promise.all(old.map(({ id }) => api.deleteRun(id).catch(() => {}))); // another tab may have been quicker
    return make();
  }
}
