"""E-mail addresses typed or dictated: "jan kropka kowalski małpa wu pe kropka pe el"."""

from __future__ import annotations

import re

from polish.acronyms import spell as letter_names
from polish.dictation import letter, letters_by_words, mark_letters
from polish.fold import strip_diacritics
from polish.phones import digits_in_words
from polish.said_number import number_value, plain, readings

LONGEST = 254
"""Characters of an address (RFC 5321 with its errata)."""

_LONGEST_LOCAL = 64
_LONGEST_ANSWER = 1000  # characters of talk with an address in it
_LOCAL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z]{{2,24}}")
_TYPED = re.compile(r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+")
_WRITTEN_SIGN = re.compile(r"[@._+-]")
_SIGN_WORDS = (
    (re.compile(r"\b(?:kreska dolna|doln[aey] kresk[ai]|kreska na dole|podkresln\w+|podkreslenie|"
                r"dolny myslnik|podloga|underscore|under score)\b"), " _ "),
    (re.compile(r"\b(?:myslnik\w*|minus|kreska|kreseczka|pauza|lacznik)\b"), " - "),
    (re.compile(r"\b(?:kropk\w+|kropeczka|dot|punkt)\b"), " . "),
    (re.compile(r"\b(?:malp\w*|at|znak at)\b"), " @ "),
    (re.compile(r"\bplus\b"), " + "),
)  # fmt: skip
_LEAD = frozenset(
    "moj moja mam adres adresu email e-mail mail maila mailem mailowy mejl imejl poczta skrzynka "
    "to jest sa prosze poprosze zapisac zapisz pisze podaje dyktuje tak no wiec dobrze ok dzien "
    "dobry elektroniczny pani pan ten oto bedzie eee yyy na adresem emaila meil jako".split()
)
_TAIL = frozenset(
    "prosze dziekuje to wszystko tyle koniec i juz tak no dobrze kropka pisane malymi "
    "literami".split()
)
_IGNORED = frozenset(
    "wszystko mala male malymi maly duza duze duzy wielka wielkie razem lacznie pisane pisana "
    "litera litery literami literka cyfra cyfry liczba liczby bez spacji".split()
)
_WITHOUT = re.compile(r"\bbez (?:kropk\w+|spacji|myslnik\w*|podkresln\w+|polskich \w+)")
_TALK = frozenset("nie tylko zamiast imie nazwisko".split())
"""Words before the @ by which something is told or put right rather than dictated."""

# what is heard for the names of providers, after the letters and digits were put together
_HEARD = {
    "dzimejl": "gmail", "dzimail": "gmail", "gimejl": "gmail", "dzimeil": "gmail", "gmejl": "gmail",
    "gimail": "gmail", "gmeil": "gmail", "dzejmejl": "gmail", "jimail": "gmail", "gemail": "gmail",
    "jahu": "yahoo", "jahoo": "yahoo", "autluk": "outlook", "autlook": "outlook",
    "hotmejl": "hotmail", "interja": "interia", "ajklaud": "icloud", "protonmejl": "protonmail",
    "kom": "com", "gow": "gov", "odwa": "o2",
}  # fmt: skip
_PROVIDERS = {
    "gmail": "gmail.com", "wp": "wp.pl", "o2": "o2.pl", "onet": "onet.pl", "interia": "interia.pl",
    "op": "op.pl", "tlen": "tlen.pl", "vp": "vp.pl", "gazeta": "gazeta.pl", "poczta": "poczta.fm",
    "outlook": "outlook.com", "yahoo": "yahoo.com", "hotmail": "hotmail.com",
    "icloud": "icloud.com", "protonmail": "protonmail.com", "proton": "proton.me",
}  # fmt: skip
_TOPS = ("com", "net", "org", "gov", "edu", "pl", "eu", "de", "uk", "info")
_SIGNS = {
    ".": "kropka",
    "@": "małpa",
    "-": "myślnik",
    "_": "podkreślnik",
    "+": "plus",
}
_PIECE = re.compile(r"[@._+-]|\d+|[a-z]+")


def is_email(text: str) -> bool:
    """Whether a text is one address in small letters: one @, a domain with a dot, not too long."""
    local, at, domain = text.partition("@")
    return (
        bool(at)
        and len(text) <= LONGEST
        and len(local) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )


def read_email(text: str) -> str | None:
    """The address in what was typed or said, in small letters; None if there is none for sure.

    Only a provider's name where the domain should be stands for its usual domain: "gmail" is
    gmail.com. Everything said without a sign between is written together.
    """
    if len(text) > _LONGEST_ANSWER:
        return None
    typed = _TYPED.findall(text.lower())
    if len(typed) > 1:
        return None
    if typed:
        address = re.sub(r"\s?(?:@|\(at\)|\[at\])\s?", "@", typed[0])
        return _checked(strip_diacritics(address).strip(".-"))
    tokens = _tokens(text)
    if tokens.count("@") != 1 or _TALK.intersection(tokens):
        return None
    at = tokens.index("@")
    local = "".join(tokens[:at])
    return _checked(f"{local}@{_domain(tokens[at + 1 :])}")


def spell(email: str) -> str:
    """An address as it is read back: "jan.kowalski@wp.pl" -> "jan kropka … małpa wu pe …"."""
    return " ".join(_said(piece) for piece in _PIECE.findall(email.lower()))


def _checked(address: str) -> str | None:
    return address if is_email(address) else None


def _tokens(text: str) -> list[str]:
    """The address's signs, letters, digits and words in order, without the talk around them."""
    said = plain(mark_letters(text))
    said = _WITHOUT.sub("", re.sub(r"\be[ -]mail", "email", said))
    for pattern, sign in _SIGN_WORDS:
        said = pattern.sub(sign, said)
    said = re.sub(r"[,;:!?]|(?<=\w)\.(?=\s|$)", " ", said)
    said = _WRITTEN_SIGN.sub(lambda m: f" {m[0]} ", said)
    words = letters_by_words(_without_talk(said.split()))
    return _put_together([word for word in words if word not in _IGNORED])


def _without_talk(words: list[str]) -> list[str]:
    while words and words[0] in _LEAD:
        words = words[1:]
    while words and (words[-1] in _TAIL or words[-1] == "."):
        words = words[:-1]
    return words


def _put_together(words: list[str]) -> list[str]:
    """Number words become digits, names of letters become letters."""
    out: list[str] = []
    number: list[str] = []
    for word in [*words, ""]:
        if word.isdigit() or number_value(word) is not None or word in _NUMBER_WORDS:
            number.append(word)
            continue
        if number:
            found = readings(" ".join(number))
            out.append(found[0].digits if found else "".join(number))
            number = []
        if word:
            out.append(strip_diacritics(letter(word) or word))
    return out


_NUMBER_WORDS = frozenset(
    "tysiac tysiace tysiecy razy zera jedynki dwojki trojki czworki piatki szostki siodemki "
    "osemki dziewiatki podwojne podwojna".split()
)


def _domain(tokens: list[str]) -> str:
    """The domain: providers by what is heard, a missing dot before "pl" or "com" put in."""
    tokens = [_HEARD.get(token, token) for token in tokens]
    labels = [_HEARD.get(label, label) for label in "".join(tokens).split(".")]
    last = labels[-1]
    for top in _TOPS:  # "com pe el", "onet pe el"
        stem = last.removesuffix(top)
        stem = _HEARD.get(stem, stem)
        known = stem in _PROVIDERS or stem in _TOPS or tokens[-1:] == [top]
        spelled = "".join(tokens[-len(top) :]) == top and len(tokens) > len(top)
        if stem and stem != last and (known or (spelled and len(labels) == 1)):
            name = stem[:-3] if stem.endswith("com") else ""  # "onet kom pe el"
            labels[-1:] = [name, "com", top] if name in _PROVIDERS else [stem, top]
            break
    if len(labels) == 1:
        return _PROVIDERS.get(labels[0], labels[0])
    return ".".join(_HEARD.get(label, label) for label in labels)


def _said(piece: str) -> str:
    """One piece aloud: signs by name, digits by twos where they are many, short names spelled."""
    if piece in _SIGNS:
        return _SIGNS[piece]
    if piece.isdigit():
        if len(piece) <= 3:
            return digits_in_words(piece)
        start = len(piece) % 2
        pairs = [piece[i : i + 2] for i in range(start, len(piece), 2)]
        return " ".join(map(digits_in_words, [piece[:start], *pairs] if start else pairs))
    if len(piece) <= 2 or not re.search(r"[aeiouy]", piece):
        return letter_names(piece)
    return piece
