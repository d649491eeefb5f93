"""Help while writing: plain functions over what stands in the form. Advice never stops anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from actions.check import reading_s
from actions.office.placeholders import NAMES
from actions.office.sentence import PLACEHOLDER, SENTENCE_END
from polish.fold import fold
from polish.speech import to_speech
from staff_console.editor.alike import AlikeIndex
from staff_console.editor.hard_words import PLAINER
from staff_console.editor.short_forms import short_forms

MOST_WORDS = 20
MOST_SECONDS = 12.0
MOST_SENTENCES = 2
SOON = timedelta(days=30)
QUESTIONS = (8, 30)  # as actions.check asks

# A page asks the same of all its texts each time that it is shown.
TEXTS_KEPT = 2048
_reading_s = lru_cache(maxsize=TEXTS_KEPT)(reading_s)
_folded = lru_cache(maxsize=8 * TEXTS_KEPT)(fold)  # questions are more, and shorter

_ADDRESS = re.compile(r"https?://\S*|www\.\S*|\S+@\S+")
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_LEFT_OVER = re.compile(
    r"\d[\d.,]*"  # a figure that was not read
    r"|\b[^\W\d_]{1,5}\.(?=\s+[a-ząćęłńóśźż0-9])"  # a point, and the sentence goes on
    r"|\b(?!pl\b)(?:(?![aeiouyąęóAEIOUYĄĘÓ])[^\W\d_]){2,}\b"  # no vowel: nobody can say it
    r"|[²³§%€$&+=#*]",
)


def _pattern(words: str) -> re.Pattern[str]:
    end = "" if words.endswith("…") else r"\b"
    return re.compile(rf"\b{re.escape(words.removesuffix('…'))}{end}", re.IGNORECASE)


_PLAINER = [(_pattern(hard), plain) for hard, plain in PLAINER.items()]


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice. ``field``: the form's field that it is about.

    ``mine`` and ``other``: two texts to be seen side by side, where the advice is about both.
    """

    code: str
    text_pl: str
    field: str
    mine: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that residents ask, with the path and field where it stands."""

    path: str
    field: str
    question: str
    where_pl: str


def advise(place: str, text: str, spoken: str, filled: str = "") -> list[Advice]:
    """Advice on both forms of a wording. ``place``: their fields without ``.text``.

    ``filled``: ``spoken`` as it will be read, with its ``{names}`` filled; else as it stands.
    """
    found = [*_wording(f"{place}.text", text), *_short_forms(f"{place}.text", text)]
    found += _placeholders(f"{place}.text", text)
    if spoken != text:
        found += _wording(f"{place}.spoken", spoken)
    found += _placeholders(f"{place}.spoken", spoken)
    return found + list(_aloud(f"{place}.spoken", text, spoken, filled or spoken))


def advise_date(place: str, valid_until: str, today: date) -> list[Advice]:
    """Whether an answer soon stops being given."""
    field = f"{place}.valid_until"
    try:
        day = date.fromisoformat(valid_until)
    except ValueError:
        return []
    if day < today:
        text = (
            "Termin minął: asystent już tak nie odpowiada. Proszę sprawdzić treść i zmienić datę."
        )
        return [Advice("expired", text, field)]
    if day <= today + SOON:
        text = f"Odpowiedź wygasa za {days_pl((day - today).days)}. Proszę ją sprawdzić."
        return [Advice("expires-soon", text, field)]
    return []


def advise_questions(
    path: str,
    field: str,
    questions: Sequence[str],
    asked: Mapping[str, Sequence[Asked]],
    alike: AlikeIndex | None = None,
) -> list[Advice]:
    """Advice on a list of questions: too few, too many, and those that stand elsewhere too.

    ``alike``: finds those that stand elsewhere in almost the same words.
    """
    least, most = QUESTIONS
    found = []
    if not least <= len(questions) <= most:
        text = f"Pytań jest {len(questions)}, a ma być od {least} do {most}."
        found.append(Advice("questions-count", text, field))
    seen: dict[str, str] = {}
    for question in questions:
        words = _folded(question)
        if words in seen:
            text = "To samo pytanie jest na tej liście dwa razy."
            found.append(Advice("question-twice", text, field, question, seen[words]))
        seen.setdefault(words, question)
        for other in _elsewhere(asked.get(words, ()), path, field):
            text = f"To samo pytanie stoi też w: {other.where_pl}. Może należeć tylko do jednej."
            found.append(Advice("question-elsewhere", text, field, question, other.question))
        for like in alike.alike(words) if alike else ():
            for other in _elsewhere(asked.get(like, ()), path, field):
                text = f"Prawie to samo pytanie stoi w: {other.where_pl}. Asystent może je pomylić."
                found.append(Advice("question-alike", text, field, question, other.question))
    return found


def _elsewhere(asked: Sequence[Asked], path: str, field: str) -> Iterator[Asked]:
    return (one for one in asked if (one.path, one.field) != (path, field))


def seconds(spoken: str) -> float:
    """How long reading it on the telephone takes."""
    return round(_reading_s(spoken), 1)


def _wording(field: str, text: str) -> Iterator[Advice]:
    for sentence in SENTENCE_END.split(text.replace("\n", ". ")):
        words = _WORD.findall(sentence)
        if len(words) > MOST_WORDS:
            start = " ".join(sentence.split()[:4])
            said = f"Zdanie „{start} …” ma {len(words)} słów. Proszę je skrócić albo podzielić."
            yield Advice("long-sentence", said, field)
    for pattern, plain in _PLAINER:
        if hit := pattern.search(text):
            yield Advice(
                "hard-word", f"Zamiast „{_whole_word(text, hit)}” prościej: {plain}.", field
            )
    if text.count("?") > 1:
        yield Advice("two-questions", "Jest więcej niż jedno pytanie. Proszę zadać jedno.", field)


def _short_forms(field: str, text: str) -> Iterator[Advice]:
    for short in short_forms(_ADDRESS.sub("", text)):
        said = f"Skrótu „{short}” nie każdy zna. Proszę napisać całą nazwę."
        yield Advice("short-form", said, field)


def _whole_word(text: str, hit: re.Match[str]) -> str:
    rest = re.match(r"\w*", text[hit.end() :])
    return hit[0] + (rest[0] if rest else "")


def _placeholders(field: str, text: str) -> Iterator[Advice]:
    if not field.startswith(("answers.", "variants.")):
        return  # other sentences have names of their own
    for name in dict.fromkeys(PLACEHOLDER.findall(text)):
        if name not in NAMES:
            yield Advice("unknown-name", f"Nie znam nazwy {{{name}}} w nawiasach.", field)


def _aloud(field: str, text: str, spoken: str, filled: str) -> Iterator[Advice]:
    if not spoken.strip():
        if text.strip():
            yield Advice("no-spoken", "Brakuje tekstu do czytania w telefonie.", field)
        return
    length = _reading_s(filled)
    if length > MOST_SECONDS:
        shown = f"{length:.1f}".replace(".", ",")
        said = f"Czytanie trwa {shown} s. W telefonie najwyżej {MOST_SECONDS:.0f} s."
        yield Advice("spoken-long", said, field)
    sentences = len(SENTENCE_END.split(filled.strip()))
    if sentences > MOST_SENTENCES:
        said = f"Zdań jest {sentences}. W telefonie najwyżej dwa, bo dłuższych nikt nie zapamięta."
        yield Advice("spoken-sentences", said, field)
    if hit := _ADDRESS.search(spoken):
        said = (
            f"„{hit[0]}” to adres. W telefonie nikt go nie zapisze, lepiej dać go tylko w czacie."
        )
        yield Advice("spoken-address", said, field)
        return
    for unread in dict.fromkeys(unreadable(filled)):
        said = f"„{unread}” lektor przeczyta źle. Proszę napisać słowami."
        yield Advice("spoken-unreadable", said, field)


@lru_cache(maxsize=TEXTS_KEPT)
def unreadable(spoken: str) -> Sequence[str]:
    """What is still no word after the text was made ready to be read aloud."""
    return tuple(hit[0] for hit in _LEFT_OVER.finditer(to_speech(spoken)))


def days_pl(count: int) -> str:
    """ "1 dzień", "5 dni"."""
    return "1 dzień" if count == 1 else f"{count} dni"
