// Puts a chat into a place on a page: joins the view, the live channel and the microphone.

import { ChatConnection, socketAddress } from "./connection.js";
import { el, icon } from "./dom.js";
import { Memory } from "./memory.js";
import { ChatPanel } from "./panel.js";
import { TEXTS } from "./texts.js";
import { mountVoice } from "./voice-bar.js";

const TYPING_EVERY_MS = 3000;

/** The gateway that served this module. */
const HOME = new URL(import.meta.url).origin;

/**
 * Mount a chat in `place` (an element or a shadow root).
 * Options: `server` (origin of the gateway), `microphone`, `maxChars`, `heading` (tag of the title).
 * Gives {panel, say(text), open(), close(), focus()}; nothing is sent before `open()`.
 */
export function mountChat(place, { server = HOME, microphone = true, maxChars = 1000, heading } = {}) {
  const talk = new Talk({ server, microphone, maxChars, heading });
  place.append(talk.panel.element);
  return talk;
}

class Talk {
  #lastTyping = 0;
  #unanswered = 0;
  #started = false;
  #handoff = "none";

  constructor({ server, microphone, maxChars, heading }) {
    this.panel = new ChatPanel({
      maxChars,
      microphone,
      heading,
      on: {
        say: (text) => this.say(text),
        human: () => this.askForPerson(),
        typing: () => this.typing(),
        microphone: () => this.voice.toggle(),
      },
    });
    const address = socketAddress(server, "/ws/chat");
    this.memory = new Memory(address);
    this.connection = new ChatConnection({
      address,
      memory: this.memory,
      onMessage: (message) => this.#received(message),
      onState: (state) => this.#connected(state),
    });
    this.voice = mountVoice(this.panel, {
      server,
      conversationId: () => this.memory.id.get(),
      add: (who, text) => this.#add(who, text),
      onPerson: () => this.askForPerson(),
    });
  }

  open() {
    this.connection.open();
  }

  close() {
    this.voice.stop();
    this.connection.close();
  }

  focus() {
    this.panel.focus();
  }

  /** One turn of the resident. False: not taken, the text stays in the writing line. */
  say(text) {
    if (!this.#send({ type: "say", text })) return false;
    this.#add("resident", text);
    this.panel.offer([]);
    return true;
  }

  askForPerson() {
    if (this.#send({ type: "human" })) this.panel.offer([]);
  }

  typing() {
    // Only a clerk cares; a machine is not told of every letter.
    const now = Date.now();
    if (this.#handoff !== "taken" || now - this.#lastTyping < TYPING_EVERY_MS) return;
    this.#lastTyping = now;
    this.connection.send({ type: "typing" });
  }

  #send(message) {
    if (!this.connection.send(message)) {
      this.panel.showConnection(TEXTS.outboxFull);
      return false;
    }
    this.#unanswered += 1;
    return true;
  }

  #connected(state) {
    if (state === "connecting" && !this.#started) this.panel.showConnection(TEXTS.connecting);
    if (state === "lost") this.panel.showConnection(TEXTS.lost);
    if (state === "refused") this.panel.showConnection(TEXTS.refused);
    if (state === "lost" || state === "refused") this.panel.showTyping(false);
  }

  #received(message) {
    const handlers = {
      welcome: () => this.#welcome(message),
      turn: () => this.#turn(message),
      typing: () => this.panel.showTyping(true),
      handoff: () => this.#person(message),
      human: () => {
        this.panel.showTyping(false);
        this.#add("clerk", message.text, message.name);
      },
      error: () => {
        this.#unanswered = 0;
        this.panel.showTyping(false);
        this.#add("system", message.detail || TEXTS.unknownError);
      },
    };
    handlers[message.type]?.(); // an unknown type is from a newer gateway
  }

  #welcome(message) {
    const first = !this.#started;
    this.#started = true;
    if (message.renewed) this.memory.forgetLines();
    else if (first) for (const line of this.memory.lines()) this.panel.add(...line);
    if (!first && message.renewed) this.#add("system", TEXTS.newTalk);
    const back = this.#unanswered ? TEXTS.unanswered : TEXTS.back;
    this.panel.showConnection(message.resumed && !first ? back : "");
    this.#unanswered = 0;
    this.#answers(message.replies ?? []);
    if (message.handoff) this.#strip(message.handoff);
    else this.panel.showHandoff("", (this.#handoff = "none"));
  }

  #turn(message) {
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    this.panel.showTyping(false);
    this.panel.showConnection("");
    this.#answers(message.replies ?? []);
    if (message.handoff && this.#handoff === "none") this.#strip(message.handoff);
  }

  #answers(replies) {
    for (const reply of replies) this.#add("assistant", reply.text);
    if (replies.length) this.panel.offer(replies.at(-1).choices ?? []);
  }

  #person(message) {
    const before = this.#handoff;
    this.#strip(message);
    if (message.state === "ended") this.panel.showTyping(false);
    if (message.state === before) return; // only the place in the queue changed
    if (message.state === "taken") {
      this.#add("system", message.text || TEXTS.taken(message.name || TEXTS.takenUnnamed));
    }
    if (message.state === "ended") this.#add("system", message.text || TEXTS.ended);
  }

  #add(who, text, name = "") {
    this.panel.add(who, text, name);
    this.memory.keep([who, text, name]);
  }

  #strip({ state, position, name }) {
    this.#handoff = state === "ended" || !state ? "none" : state;
    const waiting = [TEXTS.waiting, position ? TEXTS.waitingPlace(position) : "", TEXTS.waitingMeanwhile];
    const texts = {
      waiting: () => waiting.filter(Boolean).join(" "),
      taken: () => TEXTS.taken(name || TEXTS.takenUnnamed),
    };
    this.panel.showHandoff(texts[this.#handoff]?.() ?? "", this.#handoff);
  }
}

/** The button that closes the embedded panel. */
export function closeButton(onClick) {
  const label = { type: "button", class: "halo-close", "aria-label": TEXTS.close, title: TEXTS.close };
  const button = el("button", label, icon("close"));
  button.addEventListener("click", onClick);
  return button;
}
