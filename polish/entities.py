"""What is named in a Polish text: days, hours, numbers, streets, papers, departments, people.

The project's one pipeline over ``pipeline()`` (spaCy's blank Polish with Morfeusz): token matchers
over folded forms, so that "w środę", "W SRODE" and "w srode" are one. Built once by
``entity_reader``; ``read`` then gives the entities of a text, in order, without overlaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span, Token
from spacy.util import filter_spans

from polish.dates import MONTHS
from polish.digits import number_runs
from polish.fold import fold
from polish.lemmas import folded_lemma
from polish.masking import personal_spans
from polish.ordinals import ordinal
from polish.papers import PAPERS
from polish.pipeline import pipeline

Label = Literal["date", "time", "number", "street", "paper", "department", "personal"]
Pattern = list[dict[str, Any]]

MOST_LETTERS = 2000  # of a text that is read; what comes later names nothing new
WHOLE_WORD_UP_TO = 4  # letters: longer last words of a department's name may have any ending
_MONTHS = {fold(name): number for number, name in enumerate(MONTHS, 1)}
_ORDINALS = {fold(ordinal(n, "gen")): n for n in range(1, 32)}
_DAYS = (
    "poniedzialek poniedzialku poniedzialki wtorek wtorku wtorki sroda srode srody czwartek "
    "czwartku czwartki piatek piatku piatki sobota sobote soboty niedziela niedziele niedzieli"
).split()
_NEAR = "dzis dzisiaj jutro jutra pojutrze wczoraj przedwczoraj".split()
_NEXT = (
    "przyszly przyszla przyszle przyszlym przyszlej nastepny nastepna nastepne nastepnym nastepnej "
    "ten ta te tym tej najblizszy najblizsza najblizsze najblizszym najblizszej ubieglym zeszlym"
).split()
_SPANS = (
    "tydzien tygodnia tygodniu tygodnie tygodni miesiac miesiaca miesiacu weekend weekendzie "
    "weekendu"
).split()
_COUNTED = "dzien dni tydzien tygodnie tygodni miesiac miesiace miesiecy".split()
_HOLIDAYS = (
    "wigilia wigilie wigilii sylwester sylwestra swieta swietach swietami swiat wielkanoc "
    "wielkanocy majowka majowke majowce"
).split()
_DAY_PARTS = "rano wieczorem popoludniu przedpoludniem".split()
_HOUR_BEFORE = "o przed po do od na kolo okolo za".split()
_HOURS = {
    form: n for n in range(1, 25) for form in {fold(ordinal(n, c, "f")) for c in ("nom", "gen")}
}
_MINUTES = {
    "piec": 5, "dziesiec": 10, "pietnascie": 15, "dwadziescia": 20,
    "trzydziesci": 30, "czterdziesci": 40, "piecdziesiat": 50,
}  # fmt: skip
_STREET_CUES = (
    "ul ulica ulicy ulice ulicą al aleja alei aleje plac placu os osiedle osiedlu osiedla rondo "
    "rondzie ronda skwer skwerze"
).split()
_NOT_A_STREET = (
    "i a w z na do od za nie jest sa czy gdzie kiedy jak co bo ze to nad pod przed przy obok zeby "
    "mam lezy swieci ktora ktory jest nikt ktos od znowu ciagle nasza nasz moja"
).split()
_NUMERIC_DATE = re.compile(
    r"(?<![\d.,:])(?:(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)|"
    r"(?P<d2>0?[1-9]|[12]\d|3[01])[./-](?P<m2>0[1-9]|1[0-2]|[1-9])(?:[./-](?P<y2>20\d\d))?)(?![\d:,]|\.\d)"
)
_CLOCK = re.compile(r"(?<![\d.,])(?P<h>[01]?\d|2[0-3])(?P<s>[:.])(?P<m>[0-5]\d)(?![\d.,]\d|\d)")


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """Something named in a text: ``start`` and ``end`` in characters.

    ``value``: dates as ISO 8601 where the text says the day itself ("2026-12-03", "--12-03" with
    no year), else the folded words; hours "15:30"; numbers in digits; departments' ids; of
    personal data only the kind ("PESEL"), never the data.
    """

    label: Label
    value: str
    start: int
    end: int


class EntityReader:
    """Reads entities; safe for threads. ``departments``: id -> names by which it is called."""

    def __init__(self, departments: Mapping[str, Sequence[str]]) -> None:
        nlp = pipeline()
        if not Token.has_extension("folded"):
            Token.set_extension("folded", getter=lambda token: _folded_word(token.text))
            Token.set_extension("base", getter=lambda token: _base_word(token.lower_))
        self._nlp = nlp
        self._matcher = Matcher(nlp.vocab)
        self._departments: dict[str, str] = {}
        for label, patterns in (  # what matches twice at one length counts as the first
            ("date", _date_patterns()),
            ("time", _time_patterns()),
            ("street", _street_patterns()),
            ("paper", [[{"_": {"base": w}} for w in name.split()] for name in PAPERS]),
        ):
            self._matcher.add(label, patterns)
        for number, (department, names) in enumerate(departments.items()):
            self._departments[f"department{number}"] = department
            self._matcher.add(f"department{number}", [_called(name) for name in names])

    def read(self, text: str) -> list[NamedEntity]:
        """All entities, in order; where two overlap, personal data win, then the longer one."""
        text = text[:MOST_LETTERS]
        doc = self._nlp(text)
        personal = [
            NamedEntity("personal", span.kind, span.start, span.end)
            for span in personal_spans(text)
        ]
        found = [*personal, *_outside(personal, self._matched(doc))]
        found += _outside(found, _numbers(text))
        return sorted(found, key=lambda entity: entity.start)

    def _matched(self, doc: Doc) -> list[NamedEntity]:
        spans = [Span(doc, a, b, label=key) for key, a, b in self._matcher(doc)]
        spans += _by_regex(doc, "date", _NUMERIC_DATE) + _by_regex(doc, "time", _CLOCK)
        return [self._entity(span) for span in filter_spans(spans)]

    def _entity(self, span: Span) -> NamedEntity:
        if span.label_ in self._departments:
            value, label = self._departments[span.label_], "department"
        else:
            label = span.label_
            value = _VALUES[label](span)
        return NamedEntity(label, value, span.start_char, span.end_char)  # type: ignore[arg-type]


# A matcher asks for the same word's form once a pattern, some hundred times a text.
_folded_word = lru_cache(MOST_LETTERS)(fold)
_base_word = lru_cache(MOST_LETTERS)(folded_lemma)


def _folded(*words: str) -> dict[str, Any]:
    return {"_": {"folded": {"IN": list(words)}}}


def _date_patterns() -> list[Pattern]:
    day_number = {"TEXT": {"REGEX": r"^(0?[1-9]|[12]\d|3[01])\.?$"}}
    year: Pattern = [
        {"TEXT": {"REGEX": r"^20\d\d$"}, "OP": "?"},
        {**_folded("roku", "r"), "OP": "?"},
    ]
    month = _folded(*_MONTHS)
    tens = {**_folded("dwudziestego", "trzydziestego"), "OP": "?"}
    prep = {**_folded("w", "we", "na", "po", "przed", "od", "do"), "OP": "?"}
    return [
        [_folded(*_NEAR)],
        [prep, {**_folded(*_NEXT), "OP": "?"}, _folded(*_DAYS)],
        [prep, _folded(*_NEXT), _folded(*_SPANS)],
        [_folded("weekend", "weekendzie", "weekendy")],
        [day_number, month, *year],
        [tens, _folded(*_ORDINALS), month, *year],
        [_folded("za"), {"IS_ALPHA": True, "OP": "?"}, _folded(*_COUNTED)],
        [_folded("za"), {"LIKE_NUM": True}, _folded(*_COUNTED)],
        [{**_folded("w", "we", "po", "przed"), "OP": "?"}, _folded(*_HOLIDAYS)],
    ]


def _time_patterns() -> list[Pattern]:
    hour = _folded(*_HOURS)
    figures = {"TEXT": {"REGEX": r"^([01]?\d|2[0-3])$"}}
    clock = {**_folded("godzinie", "godziny", "godzina", "godz"), "OP": "?"}
    dot = {"ORTH": ".", "OP": "?"}
    minutes = {**_folded(*_MINUTES), "OP": "?"}
    return [
        [_folded(*_HOUR_BEFORE), clock, hour, minutes],
        [_folded("godzinie", "godziny", "godzina", "godz"), dot, figures],
        [_folded("o", "przed", "po", "kolo", "okolo"), figures],
        [_folded("wpol"), _folded("do"), hour],
        [_folded("za"), _folded("kwadrans"), hour],
        [_folded("kwadrans"), _folded("po"), hour],
        [_folded(*_DAY_PARTS)],
        [_folded("po"), _folded("poludniu")],
        [_folded("przed"), _folded("poludniem")],
    ]


def _street_patterns() -> list[Pattern]:
    cue = _folded(*map(fold, _STREET_CUES))
    dot = {"ORTH": ".", "OP": "?"}
    word = {"IS_ALPHA": True, "_": {"folded": {"NOT_IN": _NOT_A_STREET}}}
    house = {"TEXT": {"REGEX": r"^\d{1,4}[a-zA-Z]?$"}, "OP": "?"}
    adjective = {"TEXT": {"REGEX": r"(?i)^\w{3,}(skiej|ckiej|dzkiej|owej|nej|tej)$"}}
    number = {"TEXT": {"REGEX": r"^\d{1,4}[a-zA-Z]?$"}}
    return [
        [cue, dot, word, house],
        [cue, dot, {**word, "IS_TITLE": True}, {**word, "IS_TITLE": True}, house],
        [cue, dot, {"TEXT": {"REGEX": r"^\d{1,2}$"}}, word],
        [_folded("na", "przy"), adjective, number],
    ]


def _called(name: str) -> Pattern:
    """A department's name as ``actions.office.called`` takes it: the last word may go on."""
    *words, last = fold(name).split()
    exact = len(last) <= WHOLE_WORD_UP_TO
    ending: Any = last if exact else {"REGEX": f"^{re.escape(last)}"}
    return [*({"_": {"folded": word}} for word in words), {"_": {"folded": ending}}]


def _by_regex(doc: Doc, label: Label, pattern: re.Pattern[str]) -> list[Span]:
    spans = (
        doc.char_span(m.start(), m.end(), label=label, alignment_mode="expand")
        for m in pattern.finditer(doc.text)
    )
    return [span for span in spans if span is not None]


def _date_value(span: Span) -> str:
    numeric = _NUMERIC_DATE.search(span.text)
    if numeric:
        parts = numeric.groupdict()
        year = parts["y"] or parts["y2"] or "-"
        return f"{year}-{int(parts['m'] or parts['m2']):02}-{int(parts['d'] or parts['d2']):02}"
    words = fold(span.text).split()
    month = next((_MONTHS[w] for w in words if w in _MONTHS), None)
    day = sum(_ORDINALS.get(w, 0) for w in words) or next(
        (int(w) for w in words if w.isdigit() and len(w) < 3), 0
    )
    if month is None or not day:
        return " ".join(words)
    year = next((w for w in words if w.isdigit() and len(w) == 4), "-")
    return f"{year}-{month:02}-{day:02}"


def _time_value(span: Span) -> str:
    if clock := _CLOCK.search(span.text):
        return f"{int(clock['h']):02}:{clock['m']}"
    words = fold(span.text).split()
    hour = next((_HOURS[w] for w in words if w in _HOURS), None)
    if hour is None:
        hour = next((int(w) for w in words if w.isdigit()), None)
    if hour is None or {"wpol", "kwadrans", "rano"} & set(words):
        return " ".join(words)
    minutes = next((_MINUTES[w] for w in words[1:] if w in _MINUTES), 0)
    return f"{hour:02}:{minutes:02}"


_VALUES: Mapping[str, Callable[[Span], str]] = {
    "date": _date_value,
    "time": _time_value,
    "street": lambda span: fold(span.text),
    "paper": lambda span: " ".join(folded_lemma(token.lower_) for token in span),
}


def _numbers(text: str) -> list[NamedEntity]:
    return [
        NamedEntity("number", " ".join(run.groups), run.start, run.end) for run in number_runs(text)
    ]


def _outside(taken: Iterable[NamedEntity], found: Iterable[NamedEntity]) -> list[NamedEntity]:
    spans = [(entity.start, entity.end) for entity in taken]
    return [e for e in found if not any(e.start < end and start < e.end for start, end in spans)]
