// A content form: saves itself into the draft, shows lengths and advice, plays the telephone's voice.
// Without this file the form works all the same (staff_console/editor/edit_routes.py).

import { el } from "/static/chat/dom.js";

const SAVE_AFTER_MS = 3000;
const TRY_AGAIN_MS = 5000;
const ADVISE_AFTER_MS = 600;
const ASK_MODEL_AFTER_MS = 1500; // half a question would only tell that it is half
const LOOK_AROUND_MS = 10_000;
const LETTERS_A_DIGIT = 6.5; // "140" is read as "sto czterdzieści"
const NOT_CONTENT = new Set(["token", "marks", "reason", "deed", "aspect"]);

const form = document.querySelector("form[data-path]");
const $ = (id) => document.getElementById(id);
const fieldOf = (name) => form.elements.namedItem(name);

async function ask(address, question) {
  const answer = await fetch(`/staff/content/${address}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return answer;
}

// --- saving ---

function contents() {
  const found = new Map();
  for (const [name, value] of new FormData(form)) {
    if (NOT_CONTENT.has(name)) continue;
    found.set(name, found.has(name) ? `${found.get(name)}\n${value}` : value);
  }
  return found;
}

const saving = { before: null, timer: 0, running: null, stopped: false };

function touched(now) {
  return [...now.keys()].filter((name) => now.get(name) !== saving.before.get(name));
}

function saveLater(delay = SAVE_AFTER_MS) {
  clearTimeout(saving.timer);
  if (!saving.stopped) saving.timer = setTimeout(save, delay);
}

async function save() {
  clearTimeout(saving.timer);
  const now = contents();
  let names = touched(now);
  if (saving.stopped || saving.running || !names.length) return;
  if (names.some((name) => name.startsWith("exceptions."))) {
    // rows go together, or they would be taken apart
    names = [...names, "exceptions.date", "exceptions.hours", "exceptions.reason"];
  }
  const body = new FormData();
  for (const name of ["token", "marks"]) body.set(name, fieldOf(name).value);
  body.set("path", form.dataset.path);
  const all = new FormData(form);
  for (const name of new Set(names)) for (const value of all.getAll(name)) body.append(name, value);
  $("saved").textContent = "Zapisuję…";
  saving.running = fetch("/staff/content/save", { method: "POST", body })
    .then((answer) => took(answer, now))
    .catch(() => {
      $("saved").textContent = "Nie ma połączenia. Tekst jest w formularzu, zapiszę go za chwilę.";
      saveLater(TRY_AGAIN_MS);
    })
    .finally(() => (saving.running = null));
  await saving.running;
  if (touched(contents()).length) saveLater(); // written while it was being saved
}

async function took(answer, sent) {
  const told = await answer.json();
  if (answer.ok) return kept(told, sent);
  if (answer.status === 409) {
    saving.stopped = true;
    $("clash-text").textContent = told.detail;
    $("clash").hidden = false;
    $("saved").textContent = "Nie zapisano.";
  } else if (answer.status === 403 && (await newToken())) {
    saveLater(0);
  } else {
    $("saved").textContent = `Nie zapisano. ${told.detail} Tekst jest w formularzu.`;
    saveLater(TRY_AGAIN_MS);
  }
}

/** Signing in again in another tab makes this page's token void; the page's new one is taken. */
async function newToken() {
  const page = await (await fetch(location.pathname)).text();
  const found = new DOMParser().parseFromString(page, "text/html").querySelector("#editor [name=token]");
  const token = fieldOf("token");
  if (!found || found.value === token.value) return false;
  token.value = found.value;
  return true;
}

function kept(told, sent) {
  saving.before = sent;
  const marks = new Map(fieldOf("marks").value.split(" ").map(markPair));
  for (const [name, mark] of told.marks.split(" ").map(markPair)) marks.set(name, mark);
  fieldOf("marks").value = [...marks].map((pair) => pair.join(".")).join(" ");
  let note = "";
  for (const [name, value] of Object.entries(told.others)) {
    const field = fieldOf(name);
    if (!(field instanceof HTMLElement) || field.value !== sent.get(name)) continue;
    field.value = value;
    saving.before.set(name, field.value);
    note = " Zmiany innych osób są już w formularzu.";
  }
  $("saved").textContent = `Szkic zapisany: ${told.saved_at}.${note}`;
}

function markPair(text) {
  const at = text.lastIndexOf(".");
  return [text.slice(0, at), text.slice(at + 1)];
}

function keepSaving() {
  saving.before = contents();
  const clash = document.querySelector("[data-theirs]");
  saving.stopped = Boolean(clash); // the person decides first
  form.addEventListener("input", () => saveLater());
  form.addEventListener("focusout", () => saveLater(200));
  document.addEventListener("visibilitychange", () => document.hidden && save());
  form.addEventListener("submit", async (event) => {
    clearTimeout(saving.timer);
    const { submitter } = event;
    if (!saving.running) {
      saving.stopped = true;
      return;
    }
    event.preventDefault(); // else the form would meet its own autosave
    await saving.running;
    form.requestSubmit(submitter);
  });
}

async function lookAround() {
  try {
    const { others } = await (await ask("editing", { path: form.dataset.path })).json();
    const shown = others.length ? `Tę stronę ma też otwartą: ${others.join(", ")}.` : "";
    if ($("others").textContent !== shown) $("others").textContent = shown;
  } catch {
    // who is here matters less than what is written; the next look may succeed
  }
}

// --- length, advice, voice ---

function filled(text) {
  const values = JSON.parse(form.dataset.values);
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function estimated(spoken) {
  const text = filled(spoken.trim());
  const digits = text.replace(/\D/g, "").length;
  return (text.length - digits + digits * LETTERS_A_DIGIT) * Number(form.dataset.letter);
}

function showLength(name, seconds) {
  const shown = seconds.toFixed(1).replace(".", ",");
  document.querySelector(`[data-length="${name}"]`).textContent = `${shown} s`;
}

function showAdvice(name, advice) {
  const place = document.querySelector(`[data-advice="${name}"]`);
  if (!place) return;
  const rows = advice.map((one) => {
    const pair = one.mine
      ? [
          el(
            "span",
            { class: "pair" },
            el("span", {}, el("b", {}, "Tutaj: "), one.mine),
            el("span", {}, el("b", {}, "Tam: "), one.other),
          ),
        ]
      : [];
    return el("li", {}, `Rada: ${one.text}`, ...pair);
  });
  place.replaceChildren(...(rows.length ? [el("ul", {}, ...rows)] : []));
}

const timers = new Map();

async function adviseAnswer(place) {
  const dot = place ? `${place}.` : "";
  const value = (name) => fieldOf(dot + name)?.value ?? "";
  const question = { text: value("text"), spoken: value("spoken"), valid_until: value("valid_until") };
  const told = await (await ask("advice", { path: form.dataset.path, place, ...question })).json();
  if (value("spoken") === question.spoken) showLength(`${dot}spoken`, told.seconds);
  for (const name of ["text", "spoken", "valid_until"]) {
    const full = place ? `${place}.${name}` : `.${name}`;
    showAdvice(dot + name, told.advice.filter((one) => one.field === full));
  }
}

async function adviseQuestions(name) {
  const question = { path: form.dataset.path, field: name, questions: fieldOf(name).value };
  const told = await (await ask("advice", question)).json();
  showAdvice(name, told.advice);
}

/** A draft that was opened again: one list after another, so that residents' turns come between. */
async function askAboutDraft() {
  for (const { dataset } of form.querySelectorAll("[data-understood]")) {
    await adviseUnderstood(dataset.understood).catch(() => {}); // advice is not vital
  }
}

/** How the model that answers residents now takes questions that are not published yet. */
async function adviseUnderstood(name) {
  const place = document.querySelector(`[data-understood="${name}"]`);
  if (!place) return;
  const { value } = fieldOf(name);
  const aspect = fieldOf("aspect")?.value; // the guided form of a new part of the matter
  const field = aspect ? `questions.${aspect}` : name;
  const question = { path: form.dataset.path, field, questions: value };
  const { told } = await (await ask("understood", question)).json();
  if (fieldOf(name).value !== value) return; // a later answer is on its way
  const rows = told.map((text) => el("li", {}, text));
  place.replaceChildren(...(rows.length ? [el("ul", {}, ...rows)] : []));
}

function later(key, deed, wait = ADVISE_AFTER_MS) {
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => deed().catch(() => {}), wait)); // advice is not vital
}

function advise({ target }) {
  const { name } = target;
  if (name === "aspect" && fieldOf("questions")) later("model questions", () => adviseUnderstood("questions"));
  if (name === "questions" || name.startsWith("questions.")) {
    later(name, () => adviseQuestions(name));
    later(`model ${name}`, () => adviseUnderstood(name), ASK_MODEL_AFTER_MS);
  }
  const [, place = "", last] = name.match(/^(?:(.*)\.)?(text|spoken|valid_until)$/) ?? [];
  if (!last) return;
  if (last === "spoken") showLength(name, estimated(target.value));
  later(`answer ${place}`, () => adviseAnswer(place));
}

let audio;
let playing;

function stopPlaying() {
  playing?.source.stop();
  if (playing) playing.button.firstChild.textContent = "Posłuchaj";
  playing = null;
}

async function listen({ currentTarget: button }) {
  const wasPlaying = playing?.button === button;
  stopPlaying();
  if (wasPlaying) return;
  const fault = button.parentElement.querySelector(".error");
  fault.textContent = "";
  button.disabled = true;
  try {
    audio ??= new AudioContext();
    await audio.resume();
    const spoken = fieldOf(button.dataset.listen).value;
    const wav = await (await ask("listen", { spoken, path: form.dataset.path })).arrayBuffer();
    const source = audio.createBufferSource();
    source.buffer = await audio.decodeAudioData(wav);
    source.connect(audio.destination);
    source.addEventListener("ended", () => playing?.source === source && stopPlaying());
    source.start();
    playing = { source, button };
    button.firstChild.textContent = "Zatrzymaj";
    button.dataset.heard = source.buffer.duration.toFixed(1);
  } catch (error) {
    fault.textContent = error.message || "Nie udało się odczytać. Proszę spróbować za chwilę.";
  } finally {
    button.disabled = false;
  }
}

// --- rows of days ---

function addRow(button) {
  const rows = $(button.dataset.add);
  const row = rows.lastElementChild.cloneNode(true);
  const number = rows.children.length + 1;
  for (const field of row.querySelectorAll("input")) {
    const label = row.querySelector(`[for="${field.id}"]`);
    field.id = field.id.replace(/\d+$/, number);
    field.value = "";
    label.htmlFor = field.id;
    label.textContent = label.textContent.replace(/\d+$/, number);
  }
  row.querySelector("[data-remove] .sr").textContent = ` dzień ${number}`;
  rows.append(row);
  row.querySelector("input").focus();
}

function emptyRow(button) {
  for (const field of button.closest("li").querySelectorAll("input")) field.value = "";
  button.closest("li").querySelector("input").focus(); // a row without a date goes when it is saved
  saveLater();
}

function takeTheirs(button) {
  const field = fieldOf(button.dataset.take);
  field.value = document.querySelector(`[data-theirs="${button.dataset.take}"]`).textContent;
  field.closest("details")?.setAttribute("open", "");
  field.focus();
}

// A link to a field in a closed part opens it.
for (const link of document.querySelectorAll('a[href^="#f-"]')) {
  link.addEventListener("click", (event) => {
    const field = $(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.closest("details")?.setAttribute("open", "");
    if (field.matches("fieldset")) field.querySelector("input:not([type=hidden])")?.focus();
    else field.focus();
  });
}

if (form) {
  form.addEventListener("input", advise);
  for (const field of form.querySelectorAll("textarea, input")) {
    if (field.value !== field.defaultValue) advise({ target: field }); // written before this script ran
  }
  if (form.dataset.drafted !== undefined) askAboutDraft();
  for (const button of form.querySelectorAll("[data-listen]")) {
    button.hidden = false;
    button.addEventListener("click", listen);
  }
  if ($("saved")) {
    for (const button of document.querySelectorAll("[data-add], [data-remove]")) button.hidden = false;
    for (const button of document.querySelectorAll("[data-take]")) {
      // rows of days and boxes are no one field: there the person copies by hand
      button.hidden = !(fieldOf(button.dataset.take) instanceof HTMLElement);
    }
    document.addEventListener("click", ({ target }) => {
      const button = target.closest?.("[data-take], [data-add], [data-remove]");
      if (button?.dataset.take) takeTheirs(button);
      else if (button?.dataset.add) addRow(button);
      else if (button) emptyRow(button);
    });
    keepSaving();
    lookAround();
    setInterval(lookAround, LOOK_AROUND_MS);
  }
}
