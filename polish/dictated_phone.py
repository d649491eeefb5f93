"""A Polish telephone number dictated in one or several breaths and corrected on the way.

``hear`` takes what was said or typed next and gives the number so far. It asks nothing: what does
not fit changes no digit and is named in ``problem``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from polish.phones import digits_in_words
from polish.said_number import Reading, alone, is_dictation, plain, readings, settle

LENGTH = 9
"""Digits of a Polish number, mobile or with the area code, without the country's 48."""

Problem = Literal["", "too_long", "not_polish", "unclear"]
"""too_long: more digits than fit; not_polish: another country's or an impossible number;
unclear: a correction that fits no place."""

_Kind = Literal["digits", "no", "instead", "place"]
_Where = Literal["start", "middle", "third", "end", "digit"]

_COUNT = r"(?:dwie|trzy|cztery|piec|szesc)"
_PLACE_TAIL = (
    r"(?: (?:(?:dwie|trzy|cztery|piec|szesc)(?= cyfr)|cyfr\w*|trojk\w+|grup\w*|liczb\w*|czesc\w*|"
    r"to|jest|sa|byc|ma|maja|powinn\w+|bedzie|zle))*"
)
_ORDINALS = "pierwsz drug trzeci czwart piat szost siodm osm dziewiat".split()
_CUES = re.compile(
    rf"\b(?:"
    rf"(?P<digit>(?:{'|'.join(_ORDINALS)}|przedostatni)\w* cyfr(?:a|e|ze)\b{_PLACE_TAIL})|"
    rf"(?P<end>(?:(?:na|w) (?:samym )?koncu|koncowk\w+|(?:{_COUNT} )?ostatni\w*){_PLACE_TAIL})|"
    rf"(?P<start>(?:na (?:samym )?poczatku|poczatek|(?:{_COUNT} )?pierwsz\w+){_PLACE_TAIL})|"
    rf"(?P<middle>(?:(?:w |po)?(?:samym )?srodk\w+|drug\w+){_PLACE_TAIL})|"
    rf"(?P<third>trzeci\w*{_PLACE_TAIL})|"
    r"(?P<mistake>pomylk\w+|pomylil\w+(?: sie)?|cofnij|skasuj\w*|usun\w*)|"
    r"(?P<no>a nie|nie|zamiast|zle|poprawk\w+|zmien\w*|popraw)|"
    r"(?P<soft>przepraszam|to znaczy|znaczy|wroc|oj)|"
    r"(?P<instead>tylko|lecz|ale|(?:a )?(?:powinno|ma|mialo) byc|a|na)"
    r")\b"
)
_PART = re.compile(r"cyfr|trojk|grup|koncowk|zle")
_RESTART = re.compile(
    r"\bod (?:samego )?poczatku\b|\bod nowa\b|\bwszystko (?:jest )?zle\b|\bcalkiem zle\b|"
    r"\b(?:skasuj|usun|wyczysc) (?:wszystko|calosc|caly|numer)\b|\bwyczysc\b"
)
_AGAIN = re.compile(r"\bjeszcze raz\b")
_PLUS = re.compile(r"^[^0-9+]*(?:\+|\bplus\b)")
_COUNTRY = "48"


@dataclass(frozen=True, slots=True)
class DictatedPhone:
    """A number being dictated.

    ``digits``: so far, at most nine, without the country's 48; ``earlier``: what they were before
    each breath, for "pomyłka"; ``problem``: of the last breath.
    """

    digits: str = ""
    problem: Problem = ""
    earlier: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Nine digits, of which the first is no zero."""
        return len(self.digits) == LENGTH and self.digits[0] != "0"

    @property
    def missing(self) -> int:
        """How many digits are still to come."""
        return LENGTH - len(self.digits)

    @property
    def groups(self) -> tuple[str, ...]:
        """The digits in threes; the last group may be shorter."""
        return _threes(self.digits)


def hear(state: DictatedPhone, text: str) -> DictatedPhone:
    """The number after one more breath (words, figures or pressed keys)."""
    said = plain(text)
    if restart := _RESTART.search(said):
        fresh = DictatedPhone(earlier=_with(state.earlier, state.digits))
        return hear(fresh, said[restart.end() :])
    again = _AGAIN.search(said)
    if again and is_dictation(said[again.end() :]):
        fresh = DictatedPhone(earlier=_with(state.earlier, state.digits))
        return hear(fresh, said[again.end() :])
    breath = _Breath(state)
    breath.take(_items(said))
    return breath.state()


def read_back(digits: str) -> str:
    """Digits as they are said, in threes: "pięćset jeden, dwieście trzydzieści cztery, …"."""
    return ", ".join(map(digits_in_words, _threes(digits)))


def shown(digits: str) -> str:
    """Digits as they are written: "501 234 567"."""
    return " ".join(_threes(digits))


@dataclass(frozen=True, slots=True)
class _Item:
    """A stretch of a breath: digits, a "nie", an "ale …" or the name of a place.

    ``index`` counts digits for the place "digit" (-1: the last but one).
    """

    kind: _Kind
    text: str
    where: _Where = "end"
    index: int = 0
    mistake: bool = False  # "pomyłka": takes back even without new digits
    soft: bool = False  # "przepraszam": may be mere politeness


def _items(said: str) -> list[_Item]:
    """The breath's stretches in order; words that are not dictation are left out."""
    items: list[_Item] = []
    last = 0
    for match in _CUES.finditer(said):
        _add_digits(items, said[last : match.start()])
        _add_cue(items, match)
        last = match.end()
    _add_digits(items, said[last:])
    if not is_dictation(_CUES.sub(" ", said)):  # "nie mam dwóch telefonów", "druga grupa źle"
        parts = [item for item in items if item.kind == "place" and _PART.search(item.text)]
        return [item for item in items if item.kind == "no" or item in parts]
    return items


def _add_digits(items: list[_Item], text: str) -> None:
    if not readings(text):
        return
    # an "a" or "ale" with nothing to put right before it is only a pause
    if len(items) > 1 and items[-1].kind == "instead" and items[-2].kind == "digits":
        if not _put_right(items[:-2]):
            items.pop()
            items[-1] = _Item("digits", f"{items[-1].text}, {text}")
            return
    elif items and items[-1].kind == "instead":
        items.pop()
    items.append(_Item("digits", text))


def _put_right(items: list[_Item]) -> bool:
    return bool(items) and items[-1].kind in ("no", "place")


def _add_cue(items: list[_Item], match: re.Match[str]) -> None:
    kind, text = str(match.lastgroup), match[0]
    if kind in ("no", "soft", "mistake"):
        item = _Item("no", text, mistake=kind == "mistake", soft=kind == "soft")
        if items and items[-1].kind == "no":  # "nie, przepraszam, pomyłka"
            before = items.pop()
            item = _Item(
                "no",
                before.text,
                mistake=before.mistake or item.mistake,
                soft=before.soft and item.soft,
            )
        items.append(item)
    elif kind == "instead":
        items.append(_Item("instead", text))
    elif kind == "digit":
        stems = [i for i, stem in enumerate(_ORDINALS) if text.startswith(stem)]
        items.append(_Item("place", text, "digit", stems[0] if stems else -2))
    else:
        where: dict[str, _Where] = {
            "start": "start",
            "middle": "middle",
            "third": "third",
            "end": "end",
        }
        items.append(_Item("place", text, where[kind]))


class _Breath:
    """What one breath makes of the number, stretch by stretch."""

    def __init__(self, before: DictatedPhone) -> None:
        self._before = before
        self._digits = before.digits
        self._problem: Problem = ""
        self._back = False  # the last breath is taken back
        self._fresh = False  # digits of this breath were taken already

    def state(self) -> DictatedPhone:
        """The number after the breath; nothing is half taken."""
        before = self._before
        if self._back:
            earlier = before.earlier
            return DictatedPhone(earlier[-1] if earlier else "", earlier=earlier[:-1])
        if self._problem:
            return DictatedPhone(before.digits, self._problem, before.earlier)
        if self._digits == before.digits:
            return DictatedPhone(before.digits, "", before.earlier)
        return DictatedPhone(self._digits, "", _with(before.earlier, before.digits))

    def take(self, items: list[_Item]) -> None:
        """Take all stretches in order."""
        denied: _Item | None = None
        place: _Item | None = None
        at = 0
        while at < len(items) and not self._problem:
            item, rest = items[at], items[at + 1 :]
            at += 1
            if item.kind == "no":
                denied = item
            elif item.kind == "place":
                place = item
            elif item.kind == "digits":
                at += self._take_digits(item.text, rest, denied, place)
                denied = place = None
                self._fresh = True
        if place is not None and not self._problem:
            self._problem = "unclear"  # "druga grupa źle": but what then?
        if denied is not None and denied.mistake and place is None:
            self._digits = self._before.digits  # "pięćset jeden, nie, pomyłka"
            self._back = not self._fresh

    def _take_digits(
        self, text: str, rest: list[_Item], denied: _Item | None, place: _Item | None
    ) -> int:
        """Take a stretch of digits; returns how many stretches behind it were taken with it."""
        behind = rest[1].text if len(rest) > 1 and rest[1].kind == "digits" else ""
        if behind and self._take_two(text, rest[0], behind, denied, place):
            return 2
        if len(rest) == 1 and rest[0].kind == "place" and not place and self._digits:
            self._put(text, rest[0], denied=bool(denied))  # "siedem pięć na końcu"
            return 1
        if place:
            self._put(text, place, denied=bool(denied))
        elif denied:
            self._amend(text, denied)
        else:
            self._append(text)
        return 0

    def _take_two(
        self, text: str, cue: _Item, behind: str, denied: _Item | None, place: _Item | None
    ) -> bool:
        """Take digits and those behind a cue where one of them stands for the other."""
        if cue.kind == "instead" and (denied or place):  # "nie 234, tylko 235"
            self._swap(text, behind, place)
        elif cue.kind == "place" and denied and denied.text == "zamiast":
            self._put(behind, cue, denied=True)  # "zamiast siedem na końcu osiem"
        elif cue.kind != "no":
            return False
        elif place and self._stands(behind, place):  # "na końcu osiem, nie siedem"
            self._put(text, place, denied=True)
        elif denied:
            return False
        elif self._names(behind) and not self._names(text):  # "235, a nie 234"
            self._swap(behind, text, place)
        elif len(self._digits) == LENGTH and self._names(text):  # "234 nie, 235"
            self._swap(text, behind, place)
        else:
            return False
        return True

    def _names(self, text: str) -> bool:
        """Whether these digits, more than one, are anywhere in the number."""
        return any(len(r.digits) > 1 and r.digits in self._digits for r in readings(text))

    def _stands(self, text: str, place: _Item) -> bool:
        """Whether these digits are in that place now."""
        start, end = _region(place, len(self._digits))
        return any(r.digits in self._digits[max(start, 0) : end] for r in readings(text))

    def _append(self, text: str) -> None:
        """Digits that go on, or a whole number said again."""
        digits, missing = self._digits, LENGTH - len(self._digits)
        whole = settle(text, LENGTH)
        foreign = bool(_PLUS.search(text)) or (not digits and bool(re.match(r"\s*00 ?\d", text)))
        again = whole is not None and (missing == 0 or whole.digits.startswith(digits))
        if again and whole and len(_national(whole.digits)) == LENGTH:
            digits, missing = "", LENGTH
        for more in (0, 2, 4, 1):  # also with 48, 0048 and the 0 of old
            reading = settle(text, missing + more)
            said = reading.digits if reading else ""
            if foreign and not said.removeprefix("00").startswith(_COUNTRY):
                self._problem = "not_polish"
                return
            together = digits + (said.removeprefix("00")[2:] if foreign else said)
            together = _national(together)
            if len(together) <= LENGTH:
                self._keep(together)
                return
        self._overlap(text)

    def _overlap(self, text: str) -> None:
        """More digits than are due: some said twice, or others in the talk around them."""
        said = readings(text)[0].digits
        last = self._digits[-3:]
        if said.startswith(last) and len(self._digits) - 3 + len(said) == LENGTH:
            self._keep(self._digits[:-3] + said)
        elif stretch := alone(text, LENGTH - len(self._digits)):
            self._append(stretch)
        elif not (len(said) >= 3 and self._digits.endswith(said)):
            self._problem = "too_long"

    def _keep(self, digits: str) -> None:
        """The digits are these, if that can be."""
        if len(digits) > LENGTH:
            self._problem = "too_long"
        elif _impossible(digits):
            self._problem = "not_polish"
        else:
            self._digits = digits

    def _swap(self, old: str, new: str, place: _Item | None) -> None:
        """ "Nie 234, tylko 235": the new digits where the old ones stand."""
        start, end = _region(place, len(self._digits))
        for reading in readings(old):
            spots = _spots(self._digits, reading.digits, start, end)
            if not spots and place:
                spots = _spots(self._digits, reading.digits, 0, LENGTH)
            if len(spots) == 1:
                put = settle(new, len(reading.digits))
                self._replace(spots[0], len(reading.digits), put.digits if put else "")
                return
        self._problem = "unclear"

    def _replace(self, start: int, length: int, new: str) -> None:
        self._keep(self._digits[:start] + new + self._digits[start + length :])

    def _put(self, text: str, place: _Item, *, denied: bool) -> None:
        """Digits for a place: "druga grupa dwieście trzydzieści pięć", "na końcu siedem pięć"."""
        length = len(self._digits)
        due = LENGTH - length if place.where == "end" and not denied else 3
        reading = settle(text, due)
        if reading is None:
            return
        new = _without_count(reading) if place.where in ("end", "start") else reading.digits
        if not length or (place.where == "end" and not denied and len(new) == LENGTH - length):
            self._append(text)  # nothing is put right: the number goes on with its end
        elif place.where == "digit":
            self._put_digit(place.index % LENGTH, new)
        elif place.where == "end" and len(new) <= length:
            self._replace(length - len(new), len(new), new)
        elif place.where == "start" and len(new) <= LENGTH:
            self._replace(0, len(new), new)
        elif place.where in ("middle", "third") and len(new) == 3:
            self._put_group(1 if place.where == "middle" else 2, new)
        elif place.where in ("middle", "third") and len(new) > 3 and not denied:
            self._append(text)  # "mój drugi numer to …"
        else:
            self._problem = "unclear"

    def _put_digit(self, index: int, new: str) -> None:
        if len(new) == 1 and index <= len(self._digits):
            self._replace(index, 1, new)
        else:
            self._problem = "unclear"

    def _put_group(self, group: int, new: str) -> None:
        if len(self._digits) >= 3 * group:
            self._replace(3 * group, 3, new)
        else:
            self._problem = "unclear"

    def _amend(self, text: str, denied: _Item) -> None:
        """ "Nie, …" without a place: what is put right must be found by what is there."""
        digits, before = self._digits, self._before
        said = readings(text)[0]
        whole = settle(text, LENGTH)
        if whole and len(_national(whole.digits)) == LENGTH:
            self._keep(_national(whole.digits))
            return
        breath = len(digits) - len(before.earlier[-1]) if before.earlier else 0
        if not digits or (denied.soft and not self._fresh and not self._resembles(said.digits)):
            self._append(text)
        elif denied.mistake and not self._fresh and 0 < breath < len(said.digits):
            self._digits = before.earlier[-1]
            self._append(text)
        elif not self._amend_pair(said):
            self._amend_last(said)

    def _amend_pair(self, said: Reading) -> bool:
        """ "Nie sześćset, pięćset": the first piece is there, the second stands for it."""
        old, new, rest = said.pieces[0], "".join(said.pieces[1:2]), "".join(said.pieces[2:])
        spots = _spots(self._digits, old, 0, LENGTH)
        if len(old) < 2 or len(new) != len(old) or len(spots) != 1:
            return False
        restarted = spots[0] == 0 and len(said.digits) >= len(self._digits)
        if restarted and _differ(old, new) > 1:
            self._keep(said.digits)
            return True
        self._replace(spots[0], len(old), new)
        if rest and not self._problem:
            self._append(rest)
        return True

    def _amend_last(self, said: Reading) -> None:
        digits, new = self._digits, said.digits
        alike = [i for i in range(0, len(digits), 3) if _differ(digits[i : i + 3], new) == 1]
        if len(new) == 3 and len(alike) == 1:
            self._replace(alike[0], 3, new)
        elif len(digits) == LENGTH and not self._fresh and len(new) != 6:
            self._problem = "unclear"  # the whole number was read back: any place may be meant
        else:
            back = self._back_by(said)
            self._keep(digits[: len(digits) - back] + new)

    def _back_by(self, said: Reading) -> int:
        """How many of the last digits the new ones stand for."""
        length, new = len(self._digits), said.digits
        if _differ(self._digits[-len(new) :], new) == 1:
            return len(new)
        group = length % 3 or 3  # the group that was begun last
        if len(new) == 3 or (len(new) > 3 and length - group + len(new) <= LENGTH):
            return min(group, length)
        return min(len(new), length)

    def _resembles(self, new: str) -> bool:
        return _differ(self._digits[-len(new) :], new) <= 1


def _threes(digits: str) -> tuple[str, ...]:
    return tuple(digits[i : i + 3] for i in range(0, len(digits), 3))


def _with(earlier: tuple[str, ...], digits: str) -> tuple[str, ...]:
    return (*earlier, digits)[-LENGTH:]


def _national(digits: str) -> str:
    """The digits without the country's 48 or the 0 that was dialled before area codes of old."""
    if len(digits) == 13 and digits.startswith("00" + _COUNTRY):
        return digits[4:]
    if len(digits) == 11 and digits.startswith(_COUNTRY):
        return digits[2:]
    return digits[1:] if len(digits) == 10 and digits[0] == "0" and digits[1] != "0" else digits


def _impossible(digits: str) -> bool:
    """Whether the digits begin a number of another country, or are nine with a zero before."""
    abroad = digits.startswith("00") and len(digits) > 3 and not digits.startswith("0048")
    return abroad or (len(digits) == LENGTH and digits[0] == "0")


def _differ(one: str, other: str) -> int:
    """In how many places two rows differ; the longer length for rows of two lengths."""
    if len(one) != len(other):
        return max(len(one), len(other))
    return sum(a != b for a, b in zip(one, other, strict=True))


def _region(place: _Item | None, length: int) -> tuple[int, int]:
    """First and last place (exclusive) of what a place's name covers."""
    if place is None:
        return 0, length
    if place.where == "digit":
        return place.index % LENGTH, place.index % LENGTH + 1
    return {"start": (0, 3), "middle": (3, 6), "third": (6, 9), "end": (length - 3, length)}[
        place.where
    ]


def _spots(digits: str, old: str, start: int, end: int) -> list[int]:
    """Where the row stands: at the borders of groups if it does so at all, else anywhere."""
    spots = [i for i in range(max(start, 0), end) if digits[i : i + len(old)] == old]
    spots = [i for i in spots if i + len(old) <= end]
    at_border = [i for i in spots if i % 3 == 0 and len(old) % 3 == 0]
    return at_border or spots


def _without_count(reading: Reading) -> str:
    """ "Ostatnie trzy: pięć sześć osiem" without its "trzy"."""
    first, rest = reading.pieces[0], "".join(reading.pieces[1:])
    return rest if len(rest) > 1 and first == str(len(rest)) else reading.digits
