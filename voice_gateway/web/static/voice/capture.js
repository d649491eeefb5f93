// AudioWorklet: microphone -> 16-bit pieces of 20 ms at the gateway's rate, with their loudness.

import { Resampler } from "./resample.js";

const PIECE_S = 0.02;

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate } }) {
    super();
    this.resampler = new Resampler(sampleRate, rate);
    this.piece = new Int16Array(rate * PIECE_S);
    this.filled = 0;
    this.energy = 0;
  }

  process([channels]) {
    if (!channels?.[0]) return true; // no sound card input yet
    for (const sample of this.resampler.process(channels[0])) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.energy += clipped * clipped;
      this.piece[this.filled++] = Math.round(clipped * 32767);
      if (this.filled === this.piece.length) this.#give();
    }
    return true;
  }

  #give() {
    const level = Math.sqrt(this.energy / this.piece.length);
    const pcm = this.piece.slice().buffer; // Int16Array is little-endian on everything browsers run on
    this.port.postMessage({ pcm, level }, [pcm]);
    this.filled = 0;
    this.energy = 0;
  }
}

registerProcessor("halo-capture", Capture);
