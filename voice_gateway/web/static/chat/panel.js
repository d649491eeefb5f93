// What is seen of the chat: log, choices, writing line. Knows nothing of connections.

import { el, icon } from "./dom.js";
import { linkified } from "./links.js";
import { TEXTS } from "./texts.js";

const TYPING_SHOWN_MS = 10_000;

/**
 * The chat's view. `on` = {say(text), human(), typing(), microphone()}.
 * Ids are never used to join parts, so that two chats on one page do not meet.
 */
export class ChatPanel {
  #typingTimer = 0;

  constructor({ on, maxChars = 1000, microphone = true, heading = "h2" }) {
    this.on = on;
    this.human = el("button", { type: "button", class: "halo-human" }, icon("person"), TEXTS.human);
    this.strip = el("p", { class: "halo-strip", hidden: true });
    this.connection = el("p", { class: "halo-connection", role: "status" });
    this.log = el("div", { class: "halo-log", role: "log", tabIndex: 0, "aria-label": TEXTS.log });
    this.typing = el(
      "p",
      { class: "halo-typing", hidden: true },
      el("span", { class: "halo-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
      el("span", { class: "halo-sr" }, TEXTS.typing),
    );
    this.choices = el("div", { class: "halo-choices", role: "group", "aria-label": TEXTS.choices });
    this.choices.hidden = true;
    this.voice = el("div", { class: "halo-voice-place" });
    this.input = el("textarea", {
      class: "halo-input",
      rows: 1,
      maxLength: maxChars,
      placeholder: TEXTS.placeholder,
      "aria-label": TEXTS.question,
      enterKeyHint: "send",
    });
    this.microphone = el(
      "button",
      { type: "button", class: "halo-round", title: TEXTS.speak, "aria-label": TEXTS.speak },
      icon("microphone"),
    );
    this.microphone.hidden = !microphone;
    const send = el("button", { type: "submit", class: "halo-send" }, icon("send"), el("span", {}, TEXTS.send));
    this.form = el("form", { class: "halo-form" }, this.microphone, this.input, send);
    this.header = el(
      "header",
      { class: "halo-header" },
      el(heading, { class: "halo-title" }, TEXTS.title, " ", el("small", {}, TEXTS.machine)),
      this.human,
    );
    this.element = el(
      "section",
      { class: "halo-chat", "aria-label": TEXTS.chat, lang: "pl" },
      this.header,
      this.strip,
      this.connection,
      this.log,
      this.choices,
      this.voice,
      this.form,
    );
    this.log.append(this.typing);
    this.#listen();
  }

  focus() {
    this.input.focus();
  }

  /** Add one message. `who`: resident, residentVoice, assistant, clerk, system. */
  add(who, text, name = "") {
    const kind = who === "residentVoice" ? "resident" : who;
    const label = name ? `${name} (${TEXTS.clerk.toLowerCase()})` : TEXTS[who];
    const message = el(
      "div",
      { class: `halo-message halo-${kind}` },
      el("span", { class: "halo-who" }, label),
      el("p", {}, ...linkified(text)),
    );
    this.log.insertBefore(message, this.typing);
    this.log.scrollTop = this.log.scrollHeight;
    return message;
  }

  /** Show answers that can be clicked; an empty list takes them away. */
  offer(choices) {
    const hadFocus = this.choices.contains(this.element.getRootNode().activeElement);
    this.choices.replaceChildren(
      ...choices.map((text) => {
        const button = el("button", { type: "button", class: "halo-choice" }, text);
        button.addEventListener("click", () => this.on.say(text));
        return button;
      }),
    );
    this.choices.hidden = choices.length === 0;
    if (hadFocus) this.focus(); // the pressed button is gone: keyboards go on at the writing line
    this.log.scrollTop = this.log.scrollHeight;
  }

  showTyping(shown) {
    clearTimeout(this.#typingTimer);
    this.typing.hidden = !shown;
    if (!shown) return;
    this.log.scrollTop = this.log.scrollHeight;
    this.#typingTimer = setTimeout(() => this.showTyping(false), TYPING_SHOWN_MS);
  }

  /** The line that tells of the connection; empty when all is well. */
  showConnection(text) {
    this.connection.textContent = text;
  }

  /** The strip under the header about a person: waiting, taken, or "" for none. */
  showHandoff(text, state) {
    this.strip.hidden = !text;
    this.strip.textContent = text;
    this.strip.dataset.state = state;
    const asked = state === "waiting" || state === "taken";
    if (asked && this.element.getRootNode().activeElement === this.human) this.focus();
    this.human.hidden = asked;
  }

  #listen() {
    this.human.addEventListener("click", () => this.on.human());
    this.microphone.addEventListener("click", () => this.on.microphone());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (text && this.on.say(text) !== false) {
        this.input.value = "";
        this.#grow();
      }
      this.focus();
    });
    this.input.addEventListener("keydown", (event) => {
      // isComposing: Enter that ends a composed character must not send
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    this.input.addEventListener("input", () => {
      this.#grow();
      this.on.typing();
    });
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }
}
