// Says in plain Polish which speech model hears and what it is good for, from what /readyz tells.

const LIMITS = {
  "pl-small":
    "To mały model próbny: uczył się wyłącznie na głosach syntetycznych i nie był mierzony na " +
    "ludziach, więc może się mylić. Zawsze można napisać albo poprosić o człowieka.",
};

const TEXTS = {
  unknown: "Nie udało się sprawdzić, który model mowy teraz słucha.",
  down: "Rozpoznawanie mowy chwilowo nie działa. Pytanie można napisać.",
  hears: (model) => `Mowę rozpoznaje model ${model} na serwerze urzędu. Nagrania nie są zapisywane.`,
};

function described({ state, model }) {
  if (state !== "ok") return TEXTS.down;
  const limits = Object.keys(LIMITS).find((name) => model.startsWith(name));
  return [TEXTS.hears(model), LIMITS[limits]].filter(Boolean).join(" ");
}

export async function describeHearing(place) {
  try {
    const response = await fetch("/readyz"); // 503 has the same body: some other part is missing
    place.textContent = described((await response.json()).parts.hearing);
  } catch {
    place.textContent = TEXTS.unknown;
  }
}
