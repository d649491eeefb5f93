// The start page: opens the chat, lets examples be asked, tells which model hears.

import { mountChat } from "./chat/mount.js";
import { describeHearing } from "./hearing.js";

const place = document.querySelector("#chat");
const chat = mountChat(place, { maxChars: Number(place.dataset.maxChars) });
chat.open();

for (const button of document.querySelectorAll(".examples button")) {
  button.addEventListener("click", () => {
    if (chat.say(button.textContent)) chat.focus();
  });
}

describeHearing(document.querySelector("#hearing"));
