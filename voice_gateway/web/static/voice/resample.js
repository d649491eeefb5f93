// Streaming change of sampling rate: windowed-sinc filter, one table of coefficients per phase.
// Sound cards run at 44.1 or 48 kHz, the gateway at 8 or 16; without the filter speech would alias.

const ZERO_CROSSINGS = 12; // each side; about 60 dB down in the stop band with this window
const ROLL_OFF = 0.92; // pass band's share of the lower rate's half

const gcd = (a, b) => (b ? gcd(b, a % b) : a);
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const hann = (x) => (Math.abs(x) >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * x));

/** Feed mono Float32 pieces of any length at `from` Hz, get pieces at `to` Hz. */
export class Resampler {
  constructor(from, to) {
    const common = gcd(from, to);
    this.up = to / common;
    this.down = from / common;
    const cutoff = Math.min(1, to / from) * ROLL_OFF;
    this.half = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.taps = 2 * this.half;
    this.kernels = Array.from({ length: this.up }, (_, phase) => this.#kernel(phase / this.up, cutoff));
    this.kept = new Float32Array(this.half - 1); // silence before the first sample
    this.phase = 0;
  }

  #kernel(fraction, cutoff) {
    const kernel = Float32Array.from({ length: this.taps }, (_, k) => {
      const x = k - this.half + 1 - fraction;
      return sinc(cutoff * x) * hann(x / this.half);
    });
    const sum = kernel.reduce((a, b) => a + b, 0);
    return kernel.map((value) => value / sum);
  }

  process(piece) {
    const data = new Float32Array(this.kept.length + piece.length);
    data.set(this.kept);
    data.set(piece, this.kept.length);
    const out = new Float32Array(Math.ceil((data.length * this.up) / this.down) + 1);
    let count = 0;
    let at = 0;
    while (at + this.taps <= data.length) {
      const kernel = this.kernels[this.phase];
      let sum = 0;
      for (let k = 0; k < this.taps; k++) sum += kernel[k] * data[at + k];
      out[count++] = sum;
      this.phase += this.down;
      at += Math.floor(this.phase / this.up);
      this.phase %= this.up;
    }
    this.kept = data.slice(at);
    return out.subarray(0, count);
  }
}
