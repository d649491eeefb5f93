// Keeps a training's progress, and which model answers, up to date on the page.
// Without this script the pages say the same when they are loaded again.

const EVERY_MS = 1000;

async function asked(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// A live region is read aloud at each change, so it is only written to when the words change.
function say(id, words) {
  const place = document.getElementById(id);
  if (place.textContent !== words) place.textContent = words;
}

async function follow(address, show) {
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    try {
      if (show(await asked(address))) return;
    } catch {
      // the server is away for a moment, or somebody signed out elsewhere: ask again
    }
  }
}

const training = document.getElementById("training");
if (training) {
  document.getElementById("again").hidden = true;
  follow(training.dataset.address, (state) => {
    if (!state.running) {
      location.reload();
      return true;
    }
    const bar = document.getElementById("bar");
    bar.value = Math.max(bar.value, state.percent); // a new estimate never goes back
    say("percent", `${bar.value} %`);
    say("remaining", state.remaining);
    say("stage", `Teraz: ${state.stage}.`);
    return false;
  });
}

const served = document.getElementById("served");
if (served) {
  follow(served.dataset.address, (state) => {
    say("served", state.words);
    return state.settled;
  });
}
