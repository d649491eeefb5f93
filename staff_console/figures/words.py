"""Polish words for the figures: names of outcomes and channels, numbers as people write them."""

from __future__ import annotations

from collections.abc import Mapping

from staff_console.figures.values import NO_TOPIC, Outcome, Period

OUTCOMES_PL: Mapping[Outcome, str] = {
    "resolved": "załatwione, bez powrotu w 7 dni",
    "returned": "odpowiedź była, ale osoba wróciła w 7 dni",
    "open": "odpowiedź była, 7 dni jeszcze nie minęło",
    "unknown": "odpowiedź była, nie wiadomo, czy osoba wróciła",
    "passed_on": "przekazane pracownikowi",
    "given_up": "przerwane przez mieszkańca",
    "not_understood": "niezrozumiane",
}
CHANNELS_PL: Mapping[str, str] = {
    "phone": "telefon",
    "browser": "mikrofon na stronie",
    "chat": "czat",
}
NO_TOPIC_PL = "bez nazwanej sprawy"


def topic_pl(topic: str, topics: Mapping[str, str]) -> str:
    """A matter's name; an unknown id is shown as it is."""
    return topics.get(topic, topic) if topic != NO_TOPIC else NO_TOPIC_PL


def channel_pl(channel: str) -> str:
    """A channel's name."""
    return CHANNELS_PL.get(channel, channel)


def number(value: float, places: int = 0) -> str:
    """ "12 345" or "1,5" with a non-breaking space."""
    return f"{value:,.{places}f}".replace(",", "\u00a0").replace(".", ",")


def share(part: int, whole: int) -> str:
    """ "12,5%"; a dash for a part of nothing."""
    return f"{number(100 * part / whole, 1)}%" if whole else "–"


def seconds(time_s: float | None) -> str:
    """ "0,8 s" or "3 min 20 s"; a dash when nothing was measured."""
    if time_s is None:
        return "–"
    if time_s < 60:
        return f"{number(time_s, 1)}\u00a0s"
    minutes, rest = divmod(round(time_s), 60)
    return f"{minutes}\u00a0min {rest}\u00a0s"


def period_pl(period: Period) -> str:
    """ "1.10.2026–31.10.2026"."""
    first, last = period.first, period.last
    return f"{first.day}.{first:%m.%Y}–{last.day}.{last:%m.%Y}"
