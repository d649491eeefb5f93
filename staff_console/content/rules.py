"""Which changes a second person must see: those of fees, deadlines and rights.

A change of wording counts as well, because one word can turn a right round. In other answers only
amounts, shares and lengths of time count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from polish.fold import strip_diacritics
from polish.said_number import number_value
from staff_console.content.publish import LOADER

SENSITIVE: Mapping[str, str] = {
    "cost": "opłaty",
    "deadline": "terminy",
    "eligibility": "uprawnienia",
    "validity": "okres ważności",
}
FIELDS = ("text", "spoken", "legal_basis", "valid_until")
AMOUNTS_PL = "kwoty albo liczby dni"

TOKEN = re.compile(r"\d{1,3}(?:[  ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?|[^\W\d_]+|%")
UNITS = (
    ("money", re.compile(r"zł|pln|złot\w+|gr|grosz\w*")),
    ("share", re.compile(r"%|procent\w*")),
    ("hours", re.compile(r"godzin\w*|dob[yęa]|dób")),
    ("days", re.compile(r"dzień|dni\w{0,3}")),
    ("weeks", re.compile(r"tydzień|tygod\w+")),
    ("months", re.compile(r"miesi[ąę]c\w*")),
    ("years", re.compile(r"rok|roku|rokiem|lat|lata|latach")),
)
FREE = re.compile(r"(?:bez|nieod)płat\w+|darmo\w*|gratis\w*")
# May stand between a number and its unit: „od 3 do 5 dni roboczych”, „2 tys. zł”.
JOINTS = frozenset(
    "a i do od lub albo oraz roboczych robocze kolejnych kolejne pełnych pełne kalendarzowych "
    "kalendarzowe".split()
)
NUMBERS = {
    "pół": "0.5", "półtora": "1.5", "tys": "1000", "tysiąc": "1000", "tysiące": "1000",
    "tysięcy": "1000", "mln": "1000000", "milion": "1000000", "miliona": "1000000",
    "milionów": "1000000",
}  # fmt: skip
ONE = frozenset("ciągu do po przez co najwyżej najpóźniej przed".split())  # „w ciągu miesiąca”
Key = tuple[str, ...]


def needs_second_person(before: str, after: str, path: str) -> str | None:
    """Why a second person must approve the change of a file, in Polish; None: nobody must.

    ``before``: empty for a new file.
    """
    place = path.split("/", maxsplit=1)[0]
    if place == "topics":
        found = list(dict.fromkeys(_topic_changes(before, after)))
    elif place == "acts":
        found = [AMOUNTS_PL] if _amounts(_said(before)) != _amounts(_said(after)) else []
    else:
        found = []
    return f"Zmiana dotyczy: {', '.join(found)}." if found else None


def _topic_changes(before: str, after: str) -> Iterator[str]:
    old, new = _answers(before), _answers(after)
    for key in dict.fromkeys([*old, *new]):
        was, will = old.get(key, {}), new.get(key, {})
        if key[-1] in SENSITIVE:
            if _told(was) != _told(will):
                yield SENSITIVE[key[-1]]
        elif _amounts(_strings(was)) != _amounts(_strings(will)):
            yield AMOUNTS_PL


def _answers(body: str) -> dict[Key, dict[str, Any]]:
    """(variant, aspect) -> answer; the matter's own have the variant "". Broken: none."""
    data = _mapping(_loaded(body))
    variants = {
        "": data,
        **{str(k): _mapping(v) for k, v in _mapping(data.get("variants")).items()},
    }
    return {
        (variant, str(aspect)): _mapping(answer)
        for variant, fields in variants.items()
        for aspect, answer in _mapping(fields.get("answers")).items()
    }


def _told(answer: Mapping[str, Any]) -> list[str]:
    # Lines may be wrapped anew; that changes nothing that is told.
    return [" ".join(str(answer.get(field, "")).split()) for field in FIELDS]


def _strings(answer: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(answer.get(field, "")) for field in ("text", "spoken"))


def _said(body: str) -> Iterator[str]:
    """All texts of an act's replies and sentences."""
    data = _mapping(_loaded(body))
    yield from _leaves([data.get("replies"), data.get("sentences")])


def _leaves(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | dict):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _leaves(part)


def _amounts(texts: Iterator[str]) -> Counter[Key]:
    """Each amount of money or time with its numbers: („days”, „3”, „5”)."""
    found: Counter[Key] = Counter()
    for text in texts:
        tokens = [token.lower() for token in TOKEN.findall(text)]
        for place, token in enumerate(tokens):
            if FREE.fullmatch(token):
                found["free",] += 1
            unit = next((name for name, words in UNITS if words.fullmatch(token)), None)
            if unit and (numbers := _numbers_before(tokens, place)):
                found[(unit, *numbers)] += 1
    return found


def _numbers_before(tokens: list[str], place: int) -> list[str]:
    numbers: list[str] = []
    for back in range(place - 1, -1, -1):
        number = _number(tokens[back])
        if number:
            numbers.insert(0, number)
        elif tokens[back] not in JOINTS:
            break
    if not numbers and place and tokens[place - 1] in ONE:
        return ["1"]
    return numbers


def _number(token: str) -> str:
    if token[0].isdigit():
        return re.sub(r"\s", "", token).replace(",", ".")
    if token in NUMBERS:
        return NUMBERS[token]
    value = number_value(strip_diacritics(token))
    return "" if value is None else str(value)


def _loaded(body: str) -> object:
    try:
        return yaml.load(body, Loader=LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError:
        return None


def _mapping(data: object) -> dict[Any, Any]:
    return data if isinstance(data, dict) else {}
