// AudioWorklet: 16-bit pieces at the gateway's rate -> the speaker, in order; "flush" silences at once.

import { Resampler } from "./resample.js";

const AHEAD_S = 0.06; // gathered before sound starts, so that a late packet is not heard
const LONGEST_S = 60; // more than this waiting: the newest is dropped
const FADE_S = 0.005; // cutting a wave in the middle clicks

class Playback extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate } }) {
    super();
    this.rate = rate;
    this.port.onmessage = ({ data }) => (data === "flush" ? this.#flush() : this.#take(data));
    this.#empty();
  }

  #empty() {
    this.queue = [];
    this.queued = 0;
    this.offset = 0;
    this.waited = 0;
    this.playing = false;
    this.resampler = new Resampler(this.rate, sampleRate);
  }

  #take(buffer) {
    if (this.queued > LONGEST_S * sampleRate) return;
    const floats = Float32Array.from(new Int16Array(buffer), (sample) => sample / 32768);
    const piece = this.resampler.process(floats);
    if (!piece.length) return;
    this.queue.push(piece);
    this.queued += piece.length;
  }

  #flush() {
    const fade = Math.min(this.queued, Math.round(FADE_S * sampleRate));
    const last = new Float32Array(fade);
    if (this.playing) this.#pull(last);
    const wasPlaying = this.playing;
    this.#empty();
    if (!wasPlaying || !fade) return this.#tell(false);
    this.queue = [last.map((sample, i) => sample * (1 - i / fade))];
    this.queued = fade;
    this.playing = true;
  }

  #pull(out) {
    let at = 0;
    while (at < out.length && this.queue.length) {
      const head = this.queue[0].subarray(this.offset, this.offset + out.length - at);
      out.set(head, at);
      at += head.length;
      this.offset += head.length;
      if (this.offset === this.queue[0].length) {
        this.queue.shift();
        this.offset = 0;
      }
    }
    this.queued -= at;
  }

  #tell(playing) {
    this.playing = playing;
    this.port.postMessage({ playing });
  }

  process(_inputs, [output]) {
    const out = output[0];
    if (!this.playing && this.queued) {
      this.waited += out.length;
      const enough = AHEAD_S * sampleRate;
      if (this.queued >= enough || this.waited >= enough) this.#tell(true);
    }
    if (this.playing) {
      this.#pull(out);
      if (!this.queued) {
        this.waited = 0;
        this.#tell(false);
      }
    }
    for (const channel of output.slice(1)) channel.set(out);
    return true;
  }
}

registerProcessor("halo-playback", Playback);
