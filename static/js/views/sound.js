// @ts-check
// The loss as sound, for who can not or would not look: off until asked for, and silent when nothing trains.

import { pitchOf } from "../lib/pitch.js";
import { all, on, setAttribute } from "./dom.js";

const LOUDNESS = 0.07;
const GLIDE = 0.04; // seconds: tones glide, they do not click

/** @param {HTMLElement} button @param {import("../main.js").App} app */
export function mount(button, { run }) {
  /** @type {{context: AudioContext, tone: OscillatorNode, volume: GainNode}|null} */
  let player = null;

  const start = () => {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { type: "triangle", frequency: 440 });
    const volume = new GainNode(context, { gain: 0 });
    tone.connect(volume).connect(context.destination);
    tone.start();
    player = { context, tone, volume };
    void context.resume();
  };
  const stop = () => {
    void player?.context.close();
    player = null;
  };

  const play = () => {
    if (!player) return;
    const { history } = run;
    const trains = run.store.get().state === "running" && !run.past && history.length > 0;
    const pitch = trains ? pitchOf(history.last("train_loss"), history.at(0, "train_loss")) : null;
    const { tone, volume, context } = player;
    if (pitch !== null) tone.frequency.setTargetAtTime(pitch, context.currentTime, GLIDE);
    volume.gain.setTargetAtTime(pitch === null ? 0 : LOUDNESS, context.currentTime, GLIDE);
    setAttribute(button, "data-pitch", pitch === null ? null : pitch.toFixed(0));
  };

  return all(
    run.watch(play), run.store.subscribe((now, before) => now.state !== before.state && play()),
    on(button, "click", () => {
      if (player) stop();
      else start();
      setAttribute(button, "aria-pressed", String(player !== null));
      if (!player) setAttribute(button, "data-pitch", null);
      play();
    }),
    stop,
  );
}
