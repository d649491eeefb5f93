// Two short tones, made here so that no sound file is needed.

const TONES_HZ = [880, 1175];
const TONE_S = 0.18;

export function ring() {
  const context = new AudioContext();
  TONES_HZ.forEach((frequency, number) => {
    const from = context.currentTime + number * TONE_S;
    const tone = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0.15 });
    gain.gain.setTargetAtTime(0, from + TONE_S / 2, 0.03);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + TONE_S);
  });
  setTimeout(() => context.close(), 1000);
}
