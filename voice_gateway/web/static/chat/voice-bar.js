// The bar of a voice talk inside the chat: state, live transcript, mute, stop.

import { VoiceTalk } from "../voice/talk.js";
import { el } from "./dom.js";
import { TEXTS } from "./texts.js";

/**
 * Voice for one chat panel. Gives {toggle(), stop()}.
 * `conversationId()` joins the spoken talk to the written one; `add(who, text)` shows a line;
 * `onPerson()` asks for a clerk in the written talk.
 */
export function mountVoice(panel, { server, conversationId, add, onPerson }) {
  const bar = new VoiceBar(panel);
  let talk = null;

  async function begin() {
    talk = new VoiceTalk({ server, conversationId: conversationId(), on: handlers });
    const mine = talk;
    bar.show({ mute: (on) => mine.mute(on), stop: () => stop() });
    await mine.start();
  }

  function stop() {
    talk?.stop();
  }

  const handlers = {
    state: (state) => bar.state(state),
    level: (level) => bar.level(level),
    transcript: ({ text, final }) => {
      bar.heard(final ? "" : text);
      if (final && text) add("residentVoice", text);
    },
    reply: ({ text, choices }) => {
      if (text) add("assistant", text);
      panel.offer(choices ?? []);
    },
    handoff: () => {
      add("system", TEXTS.voiceHandoff);
      onPerson();
    },
    end: (text) => {
      talk = null;
      bar.hide();
      add("system", text);
    },
  };

  return { toggle: () => (talk ? stop() : begin()), stop };
}

class VoiceBar {
  constructor(panel) {
    this.panel = panel;
    this.meter = el("span", { class: "halo-meter", "aria-hidden": "true" });
    this.line = el("span", { class: "halo-voice-state", role: "status" });
    this.words = el("p", { class: "halo-heard" });
    this.muteButton = el("button", { type: "button", class: "halo-quiet" });
    this.stopButton = el("button", { type: "button", class: "halo-quiet halo-stop" }, TEXTS.stopVoice);
    this.element = el(
      "div",
      { class: "halo-voice", role: "group", "aria-label": TEXTS.voice },
      el("p", { class: "halo-voice-line" }, this.meter, this.line),
      this.words,
      el("div", { class: "halo-voice-buttons" }, this.muteButton, this.stopButton),
    );
    this.muteButton.addEventListener("click", () => this.#mute());
    this.stopButton.addEventListener("click", () => this.stop());
  }

  show({ mute, stop }) {
    this.mute = mute;
    this.stop = stop;
    this.muted = false;
    this.#muteLabel();
    this.heard("");
    this.state("starting");
    this.panel.microphone.hidden = true;
    this.panel.voice.replaceChildren(this.element);
    this.stopButton.focus();
  }

  hide() {
    const hadFocus = this.element.contains(this.element.getRootNode().activeElement);
    this.element.remove();
    this.panel.microphone.hidden = false;
    if (hadFocus) this.panel.microphone.focus();
  }

  state(state) {
    this.now = state;
    const texts = {
      starting: TEXTS.voiceStarting,
      listening: TEXTS.voiceListening,
      speaking: TEXTS.voiceSpeaking,
    };
    const text = this.muted && state !== "speaking" ? TEXTS.voiceMuted : texts[state];
    if (this.line.textContent !== text) this.line.textContent = text;
    this.element.dataset.state = this.muted ? "muted" : state;
  }

  level(level) {
    this.meter.style.setProperty("--level", level.toFixed(2));
  }

  heard(text) {
    this.words.textContent = text ? `${TEXTS.voiceHeard} ${text}` : "";
  }

  #mute() {
    this.muted = !this.muted;
    this.mute(this.muted);
    this.#muteLabel();
    this.state(this.now);
  }

  #muteLabel() {
    this.muteButton.textContent = this.muted ? TEXTS.unmute : TEXTS.mute;
  }
}
