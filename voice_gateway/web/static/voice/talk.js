// One spoken talk: microphone -> /ws/voice -> loudspeaker (docs/chat-protocol.md).

import { socketAddress } from "../chat/connection.js";
import { TEXTS } from "../chat/texts.js";

const RATE = 16_000;
const LONGEST_DRAIN_MS = 15_000; // the last answer is played to its end, but not for ever
const BACKLOG_BYTES = 64_000; // 2 s of sound waiting to leave: the network is gone, drop the newest

/** The Polish sentence for what went wrong with the microphone. */
export function microphoneTrouble(error) {
  return TEXTS.microphone[error?.name] ?? TEXTS.microphone.other;
}

/** `on`: {state(text), level(0..1), transcript(m), reply(m), handoff(m), end(text)}; end comes once. */
export class VoiceTalk {
  #ended = false;
  #ending = false;
  #playing = false;
  #playback = null;

  constructor({ server, conversationId, on }) {
    this.server = server;
    this.conversationId = conversationId;
    this.on = on;
  }

  async start() {
    if (!navigator.mediaDevices?.getUserMedia || typeof AudioWorkletNode === "undefined") {
      return this.#end(TEXTS.microphone.insecure);
    }
    // Made inside the click, before anything is awaited: else browsers keep it silent.
    this.context = new AudioContext({ latencyHint: "interactive" });
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
      });
      await this.#wire();
    } catch (error) {
      return this.#end(microphoneTrouble(error));
    }
    if (this.#ended) return this.#release(); // stopped while the browser was asking
    this.#connect();
  }

  mute(on) {
    // The track goes on as silence: the gateway counts frames, so it must keep getting them.
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !on;
  }

  stop() {
    this.#tell({ type: "hangup" });
    this.#end(TEXTS.voiceEnded);
  }

  async #wire() {
    const module = (name) => this.context.audioWorklet.addModule(new URL(name, import.meta.url));
    await Promise.all([module("./capture.js"), module("./playback.js"), this.context.resume()]);
    const options = { processorOptions: { rate: RATE } };
    const capture = new AudioWorkletNode(this.context, "halo-capture", { ...options, numberOfOutputs: 0 });
    capture.port.onmessage = ({ data }) => this.#captured(data);
    this.context.createMediaStreamSource(this.stream).connect(capture);
    this.#playback = new AudioWorkletNode(this.context, "halo-playback", {
      ...options,
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.#playback.port.onmessage = ({ data }) => this.#played(data.playing);
    this.#playback.connect(this.context.destination);
    this.stream.getAudioTracks()[0].addEventListener("ended", () => {
      this.#end(microphoneTrouble({ name: "NotFoundError" })); // pulled out, or permission taken back
    });
  }

  #connect() {
    const socket = new WebSocket(socketAddress(this.server, "/ws/voice"));
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.addEventListener("open", () => {
      const id = this.conversationId;
      this.#tell({ type: "start", rate: RATE, ...(id ? { conversation_id: id } : {}) });
      this.on.state("listening");
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#told(data);
      else this.#playback.port.postMessage(data, [data]);
    });
    socket.addEventListener("close", () => {
      if (!this.#ending) this.#end(TEXTS.voiceLost);
    });
  }

  #tell(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  #captured({ pcm, level }) {
    this.on.level(Math.min(1, level * 6)); // ordinary speech has an effective value near 0.1
    const socket = this.socket;
    if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < BACKLOG_BYTES) socket.send(pcm);
  }

  #told(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (message.type === "flush") this.#playback.port.postMessage("flush");
    else if (message.type === "end") this.#drain();
    else if (message.type === "error") this.#end(message.detail || TEXTS.unknownError);
    else if (["transcript", "reply", "handoff"].includes(message.type)) this.on[message.type](message);
  }

  #played(playing) {
    this.#playing = playing;
    if (this.#ended) return;
    this.on.state(playing ? "speaking" : "listening");
    if (this.#ending && !playing) this.#end(TEXTS.voiceEnded);
  }

  #drain() {
    this.#ending = true;
    // Sound that has only just arrived starts within the playback's gathering time.
    setTimeout(() => this.#playing || this.#end(TEXTS.voiceEnded), 300);
    setTimeout(() => this.#end(TEXTS.voiceEnded), LONGEST_DRAIN_MS);
  }

  #end(text) {
    if (this.#ended) return;
    this.#ended = this.#ending = true;
    this.#release();
    this.on.end(text);
  }

  #release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.socket?.close(1000);
    if (this.context?.state !== "closed") this.context?.close();
  }
}
