"""The letter to a department about its answers that expire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from staff_console.expiry.due import Expiring, Stage

HEADINGS_PL: Mapping[Stage, str] = {
    "over": "Termin minął, asystent już tak nie odpowiada:",
    "week": "Wygasną najpóźniej za 7 dni:",
    "month": "Wygasną najpóźniej za 30 dni:",
}


def subject_pl(answers: Sequence[Expiring]) -> str:
    """What the letter is about."""
    return f"Asystent urzędu: odpowiedzi do sprawdzenia ({len(answers)})"


def body_pl(department: str, answers: Sequence[Expiring]) -> str:
    """The letter. ``department``: its name."""
    parts = [
        "Dzień dobry,",
        f"tym odpowiedziom asystenta mija termin ważności. Odpowiada za nie: {department}.",
    ]
    for stage, heading in HEADINGS_PL.items():
        rows = [one for one in answers if one.stage == stage]
        if rows:
            lines = [f"- {one.title_pl} (ważna do {_day(one.valid_until)})" for one in rows]
            parts.append("\n".join([heading, *lines]))
    parts += [
        "Proszę sprawdzić, czy treść jest nadal prawdziwa. Potem na stronie dla pracowników "
        "(Odpowiedzi) trzeba zmienić datę „Ważne do” i opublikować. Po terminie asystent nie "
        "udziela tej odpowiedzi i proponuje rozmowę z pracownikiem.",
        "Przypominamy o każdej odpowiedzi 30 dni i 7 dni przed terminem oraz po terminie. Tę "
        "wiadomość wysłał program, proszę na nią nie odpowiadać.",
    ]
    return "\n\n".join(parts) + "\n"


def _day(day: date) -> str:
    return f"{day.day}.{day:%m.%Y}"
