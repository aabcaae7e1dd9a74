// @ts-check
// The stream of one run: opens, acknowledges each frame when the browser is ready to draw the next, comes back after
// a break and asks for what it missed. The only module that touches a websocket.

import { decodeFrame } from "../lib/wire.js";

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5000;

/**
 * @param {object} options
 * @param {(after: number) => string} options.url       where to connect, given the last history row known
 * @param {() => number} options.after                  the last history row known
 * @param {(message: any) => void} options.onMessage
 * @param {(frame: import("../lib/types.js").Frame) => void} options.onFrame
 * @param {(connected: boolean) => void} options.onConnection
 * @param {(url: string) => WebSocket} [options.open]
 * @param {(callback: () => void) => unknown} [options.schedule]
 * @param {(callback: () => void, ms: number) => any} [options.wait]
 */
export function openStream({ url, after, onMessage, onFrame, onConnection, open = (address) => new WebSocket(address),
  schedule = (callback) => requestAnimationFrame(callback), wait = (callback, ms) => setTimeout(callback, ms) }) {
  let closed = false;
  let pause = FIRST_WAIT;
  /** @type {WebSocket|null} */
  let socket = null;

  const connect = () => {
    if (closed) return;
    const mine = open(url(after()));
    socket = mine;
    let spoken = false;
    mine.binaryType = "arraybuffer";
    mine.addEventListener("message", ({ data }) => {
      if (closed || socket !== mine) return;
      pause = FIRST_WAIT;
      const frame = typeof data === "string" ? null : decodeFrame(data);
      if (frame) onFrame(frame);
      else onMessage(JSON.parse(data));
      if (!spoken) onConnection(true); // it is back when it has said how the run stands, not before
      spoken = true;
      if (!frame) return;
      schedule(() => {
        if (mine.readyState === 1) mine.send(JSON.stringify({ type: "ack", seq: frame.head.seq }));
      });
    });
    mine.addEventListener("close", () => {
      if (closed || socket !== mine) return;
      onConnection(false);
      wait(connect, pause);
      pause = Math.min(LONGEST_WAIT, pause * 1.7);
    });
  };
  connect();

  return {
    /** Connect anew, asking for everything after the last row known. */
    again() {
      const old = socket;
      socket = null;
      old?.close();
      connect();
    },
    close() {
      closed = true;
      socket?.close();
    },
  };
}
