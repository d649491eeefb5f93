// The desk: who waits, the open talk, answers. Talks to WS /staff/live (staff_console/live.py).

import { backoff, socketAddress } from "/static/chat/connection.js";
import { el } from "/static/chat/dom.js";
import { linkified } from "/static/chat/links.js";
import { ring } from "./bell.js";

const SIGN_IN_AGAIN = 4401;
const TYPING_EVERY_MS = 3000;
const TYPING_SHOWN_MS = 5000;
const WHO = { resident: "Mieszkaniec", assistant: "Asystent (automat)", clerk: "Urząd" };
const TITLE = document.title;

const $ = (id) => document.getElementById(id);
const state = { talks: [], known: null, open: null, lastTyping: 0, typingTimer: 0 };
let socket;
let attempt = 0;

function connect() {
  socket = new WebSocket(socketAddress(location.href, "/staff/live"));
  socket.addEventListener("open", () => {
    attempt = 0;
    $("connection").textContent = "";
    if (state.open) send("open"); // after a lost connection: what was missed
  });
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    receive[message.type]?.(message);
  });
  socket.addEventListener("close", ({ code }) => {
    if (code === SIGN_IN_AGAIN) return location.assign("/staff/sign-in");
    $("connection").textContent = "Połączenie zostało przerwane. Łączę ponownie…";
    setTimeout(connect, backoff(attempt++));
  });
}

function send(type, more = {}) {
  if (socket.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ type, talk_id: state.open, ...more }));
  return true;
}

const receive = {
  queue({ talks }) {
    tellNews(talks);
    state.talks = talks;
    showQueue();
    const open = talks.find((talk) => talk.talk_id === state.open);
    if (open) showFacts(open);
    else if (state.open) showEnded();
  },
  talk({ talk, lines }) {
    if (talk.talk_id !== state.open) return;
    $("log").replaceChildren(...lines.map(lineElement));
    $("log").scrollTop = $("log").scrollHeight;
    showFacts(talk);
  },
  line({ talk_id, line }) {
    if (talk_id !== state.open) return;
    if (line.who === "resident") $("typing").hidden = true;
    $("log").append(lineElement(line));
    $("log").scrollTop = $("log").scrollHeight;
  },
  typing({ talk_id }) {
    if (talk_id !== state.open) return;
    $("typing").hidden = false;
    clearTimeout(state.typingTimer);
    state.typingTimer = setTimeout(() => ($("typing").hidden = true), TYPING_SHOWN_MS);
  },
  error({ detail }) {
    $("error").textContent = detail;
  },
};

function tellNews(talks) {
  const waiting = talks.filter((talk) => talk.state === "waiting");
  const fresh = waiting.filter((talk) => state.known && !state.known.has(talk.talk_id));
  if (fresh.length) {
    $("news").textContent = `Nowa rozmowa czeka: ${fresh[0].department}, ${fresh[0].reason}.`;
    if ($("bell").checked) ring();
  }
  state.known = new Set(talks.map((talk) => talk.talk_id));
  document.title = waiting.length ? `(${waiting.length}) ${TITLE}` : TITLE;
}

function showQueue() {
  const focused = document.activeElement?.dataset?.talk;
  $("talks").replaceChildren(...state.talks.map(queueItem));
  $("nobody").hidden = state.talks.length > 0;
  if (focused) document.querySelector(`[data-talk="${CSS.escape(focused)}"]`)?.focus();
}

function queueItem(talk) {
  const about = [talk.topic, talk.reason].filter(Boolean).join(" · ");
  const button = el(
    "button",
    { type: "button", class: "item", "data-talk": talk.talk_id, "data-state": talk.state },
    el("strong", {}, about),
    el("span", {}, `${talk.department}, ${talk.channel === "chat" ? "czat" : "telefon"}`),
    el("span", { class: "summary" }, talk.summary),
    el("span", { class: "wait", "data-since": talk.since }, stateText(talk)),
  );
  button.setAttribute("aria-current", String(talk.talk_id === state.open));
  button.addEventListener("click", () => open(talk));
  return el("li", {}, button);
}

function stateText(talk) {
  if (talk.mine) return "Twoja rozmowa";
  if (talk.state === "taken") return `Rozmawia: ${talk.clerk_name}`;
  const minutes = Math.floor((Date.now() - Date.parse(talk.since)) / 60_000);
  return minutes < 1 ? "czeka od chwili" : `czeka ${minutes} min`;
}

function open(talk) {
  state.open = talk.talk_id;
  $("log").replaceChildren();
  $("typing").hidden = true;
  $("choose").hidden = true;
  $("open").hidden = false;
  showFacts(talk);
  showQueue();
  send("open");
  $("talk-title").focus();
}

function showFacts(talk) {
  const answering = document.activeElement === $("text");
  const phone = talk.channel !== "chat";
  const facts = [talk.department, talk.topic, talk.reason, stateText(talk)];
  $("facts").textContent = facts.filter(Boolean).join(" · ");
  $("error").textContent = "";
  $("take").hidden = phone || talk.state !== "waiting";
  $("end").hidden = !(talk.mine || phone);
  $("end").textContent = phone ? "Załatwione, zdejmij z listy" : "Zakończ i\u00a0oddaj asystentowi";
  const wasHidden = $("answer").hidden;
  $("answer").hidden = !talk.mine;
  if (talk.mine && wasHidden && !answering) $("text").focus();
}

function showEnded() {
  state.open = null;
  $("open").hidden = $("end").hidden = true;
  $("choose").hidden = false;
  $("talk-title").focus();
}

function lineElement(line) {
  const who = line.name || WHO[line.who];
  const time = new Date(line.at).toLocaleTimeString("pl-PL", { hour: "2-digit", minute: "2-digit" });
  return el(
    "div",
    { class: `line ${line.who}` },
    el("span", { class: "by" }, `${who}, ${time}`),
    el("p", {}, ...linkified(line.text)),
  );
}

$("take").addEventListener("click", () => send("take"));
$("end").addEventListener("click", () => send("end"));
$("answer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  if (send("say", { text })) $("text").value = "";
  else $("error").textContent = "Nie ma połączenia. Proszę wysłać za chwilę.";
});
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("answer").requestSubmit();
});
$("text").addEventListener("input", () => {
  if (Date.now() - state.lastTyping < TYPING_EVERY_MS) return;
  state.lastTyping = Date.now();
  send("typing");
});
setInterval(() => {
  for (const [index, place] of document.querySelectorAll(".wait").entries()) {
    place.textContent = stateText(state.talks[index]);
  }
}, 15_000);

connect();
