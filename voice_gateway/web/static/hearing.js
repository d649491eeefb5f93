// Says in plain Polish which speech model hears, from what /readyz tells.

const TEXTS = {
  unknown: "Nie udało się sprawdzić, który model mowy teraz słucha.",
  down: "Rozpoznawanie mowy chwilowo nie działa. Pytanie można napisać.",
  hears: (model) => `Mowę rozpoznaje model ${model} na serwerze urzędu; nagrania nie są zapisywane.`,
};

export async function describeHearing(place) {
  try {
    const response = await fetch("/readyz"); // 503 has the same body: some other part is missing
    const hearing = (await response.json()).parts.hearing;
    const text = hearing.state === "ready" ? TEXTS.hears(hearing.name) : TEXTS.down;
    place.textContent = [text, hearing.limits].filter(Boolean).join(" ");
  } catch {
    place.textContent = TEXTS.unknown;
  }
}
