"""Abbreviations written out, in the case that the words before them ask: "na ul." -> "na ulicy"."""

from __future__ import annotations

import re

from polish.cardinals import Case
from polish.nouns import Noun, case_before, left_of, noun_after, right_of, word_before

# nom gen dat acc inst loc
_DECLINED: dict[str, tuple[str, str, str, str, str, str]] = {
    "ul.": ("ulica", "ulicy", "ulicy", "ulicę", "ulicą", "ulicy"),
    "al.": ("aleja", "alei", "alei", "aleję", "aleją", "alei"),
    "pl.": ("plac", "placu", "placowi", "plac", "placem", "placu"),
    "os.": ("osiedle", "osiedla", "osiedlu", "osiedle", "osiedlem", "osiedlu"),
    "pok.": ("pokój", "pokoju", "pokojowi", "pokój", "pokojem", "pokoju"),
    "art.": ("artykuł", "artykułu", "artykułowi", "artykuł", "artykułem", "artykule"),
    "ust.": ("ustęp", "ustępu", "ustępowi", "ustęp", "ustępem", "ustępie"),
    "pkt": ("punkt", "punktu", "punktowi", "punkt", "punktem", "punkcie"),
    "lit.": ("litera", "litery", "literze", "literę", "literą", "literze"),
    "par.": ("paragraf", "paragrafu", "paragrafowi", "paragraf", "paragrafem", "paragrafie"),
    "§": ("paragraf", "paragrafu", "paragrafowi", "paragraf", "paragrafem", "paragrafie"),
    "nr": ("numer", "numeru", "numerowi", "numer", "numerem", "numerze"),
    "tel.": ("telefon", "telefonu", "telefonowi", "telefon", "telefonem", "telefonie"),
    "wew.": (
        "wewnętrzny", "wewnętrznego", "wewnętrznemu", "wewnętrzny", "wewnętrznym", "wewnętrznym"
    ),
    "woj.": (
        "województwo", "województwa", "województwu", "województwo", "województwem", "województwie"
    ),
    "pow.": ("powiat", "powiatu", "powiatowi", "powiat", "powiatem", "powiecie"),
    "gm.": ("gmina", "gminy", "gminie", "gminę", "gminą", "gminie"),
    "str.": ("strona", "strony", "stronie", "stronę", "stroną", "stronie"),
    "poz.": ("pozycja", "pozycji", "pozycji", "pozycję", "pozycją", "pozycji"),
    "zał.": ("załącznik", "załącznika", "załącznikowi", "załącznik", "załącznikiem", "załączniku"),
    "pon.": ("poniedziałek", "poniedziałku", "poniedziałkowi", "poniedziałek", "poniedziałkiem",
             "poniedziałku"),
    "wt.": ("wtorek", "wtorku", "wtorkowi", "wtorek", "wtorkiem", "wtorku"),
    "śr.": ("środa", "środy", "środzie", "środę", "środą", "środzie"),
    "czw.": ("czwartek", "czwartku", "czwartkowi", "czwartek", "czwartkiem", "czwartku"),
    "pt.": ("piątek", "piątku", "piątkowi", "piątek", "piątkiem", "piątku"),
    "sob.": ("sobota", "soboty", "sobocie", "sobotę", "sobotą", "sobocie"),
    "niedz.": ("niedziela", "niedzieli", "niedzieli", "niedzielę", "niedzielą", "niedzieli"),
}  # fmt: skip
_DECLINED["pn."] = _DECLINED["pon."]

_FIXED = {
    "m.in.": "między innymi", "np.": "na przykład", "itd.": "i tak dalej",
    "itp.": "i tym podobne", "tj.": "to jest", "tzn.": "to znaczy", "dot.": "w sprawie",
    "ok.": "około", "ds.": "do spraw", "ws.": "w sprawie", "im.": "imienia", "św.": "świętego",
    "dr": "doktor", "mgr": "magister", "inż.": "inżynier", "prof.": "profesor",
    "ks.": "księdza", "gen.": "generała", "płk": "pułkownika", "marsz.": "marszałka",
    "zob.": "zobacz", "por.": "porównaj", "wg": "według", "jw.": "jak wyżej", "cd.": "ciąg dalszy",
    "ew.": "ewentualnie", "Dz.U.": "Dziennik Ustaw",
    "Dz. U.": "Dziennik Ustaw", "t.j.": "tekst jednolity", "z późn. zm.": "z późniejszymi zmianami",
    "ze zm.": "ze zmianami", "br.": "bieżącego roku", "bm.": "bieżącego miesiąca",
    "ub.r.": "ubiegłego roku", "k.p.a.": "ka pe a", "m.": "mieszkania", "lok.": "lokal",
    "kl.": "klatka", "p.o.": "pełniący obowiązki", "b.d.": "brak danych", "n.p.m.":
    "nad poziomem morza", "min.": "minimum", "maks.": "maksymalnie",
    "max.": "maksymalnie", "r.ż.": "roku życia", "mies.": "miesięcznie", "e-mail": "mejl",
    "e-maila": "mejla", "e-mailem": "mejlem", "e-mailowy": "mejlowy", "&": "i",
}  # fmt: skip
_LABELLED_ONLY = {"m.", "lok.", "kl."}
"""Written out only before a number: "m. 5"."""

_STREETS = {"ul.", "al.", "pl."}
_LOCATIVE_OF = {"na", "przy", "w", "we", "po", "o"}
_ACCUSATIVE_NAME = re.compile(r"\s*[^\W\d_]+ą\b")  # "na ul. Portową"
_GENITIVE_NAME = re.compile(r"\s*[^\W\d_]+ego\b")  # "woj. pomorskiego"
_WORDS = sorted((*_DECLINED, *_FIXED), key=len, reverse=True)
_ABBREVIATION = re.compile(
    r"(?<![\w.@-])(?:" + "|".join(map(re.escape, _WORDS)) + r")(?![\w@])(?!-\w)", re.IGNORECASE
)
_AGREEING = re.compile(r"(?<![\w.])(?P<a>[Tt]zw\.|[Ww]w\.)(?=\s|$)")
_DAYS = "pon|pn|wt|śr|czw|pt|sob|niedz"
_DAY_RANGE = re.compile(
    rf"\b(?:od\s+)?(?P<a>{_DAYS})\.?\s*[-–—]\s*(?P<b>{_DAYS})\.?(?!\w)", re.IGNORECASE
)
_NEW_SENTENCE = re.compile(r"\s*$|\s+[A-ZĄĆĘŁŃÓŚŹŻ]")
_CLOSING = {"itd.", "itp.", "tel.", "br.", "bm.", "ub.r.", "mies.", "jw.", "m.in."}
_CASES: tuple[Case, ...] = ("nom", "gen", "dat", "acc", "inst", "loc")
_GENDER_ENDING = {"m": "y", "p": "y", "f": "a", "n": "e"}
_CASE_ENDINGS = {"gen": ("ego", "ej", "ych"), "dat": ("emu", "ej", "ym"), "acc": ("y", "ą", "e"),
                 "inst": ("ym", "ą", "ymi"), "loc": ("ym", "ej", "ych")}  # fmt: skip


def speak_abbreviations(text: str) -> str:
    """The text without abbreviations, apart from units, hours and years (their own modules)."""
    text = _DAY_RANGE.sub(_day_range, text)
    text = _AGREEING.sub(_agreeing, text)
    return _ABBREVIATION.sub(_written_out, text)


def _day_range(match: re.Match[str]) -> str:
    def genitive(day: str) -> str:
        return _DECLINED[day.lower() + "."][1]

    return f"od {genitive(match['a'])} do {genitive(match['b'])}"


def _written_out(match: re.Match[str]) -> str:
    written = match[0]
    key = written if written in _FIXED else written.lower()
    after = right_of(match)
    if key in _LABELLED_ONLY and not re.match(r"\s*\d", after):
        return written
    before = left_of(match)
    if key in ("os.", "str.", "min.", "mies.") and re.search(r"\d\s*$|/$", before):
        return written  # a unit: "5 os.", "2 zł/str."
    if key in ("al.", "os.") and written[0].isupper() and not after.strip():
        return written
    spoken = _FIXED.get(key) or _declined(key, match)
    if written[0].isupper() and key[0].islower():
        spoken = spoken[0].upper() + spoken[1:]
    if key in _CLOSING and _NEW_SENTENCE.match(after) and (key != "tel." or not after.strip()):
        spoken += "."
    if after[:1].isalnum():
        spoken += " "
    return spoken


def _declined(key: str, match: re.Match[str]) -> str:
    before = left_of(match)
    word = word_before(before)
    case: Case = case_before(before)
    after = right_of(match)
    if key in _STREETS | {"os."} and word in _LOCATIVE_OF:
        case = "acc" if _ACCUSATIVE_NAME.match(after) else "loc"
    if case == "nom" and _GENITIVE_NAME.match(after):
        case = "gen"
    if key == "tel." and word in ("nr", "numer", "numery", "numerem", "numeru"):
        case = "gen"
    if key in ("pon.", "pn.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz.") and word in (
        "w",
        "we",
    ):
        case = "acc"
    if word in ("zgodnie", "wraz"):
        case = "inst"
    if word == "z" and before.rstrip().endswith("zgodnie z"):
        case = "inst"
    if word in ("podstawie", "mowa", "treści", "myśl"):
        case = "gen"
    return _DECLINED[key][_CASES.index(case)]


def _agreeing(match: re.Match[str]) -> str:
    """ "tzw." and "ww." agree with the noun that follows: "tzw. opłata" -> "tak zwana opłata"."""
    stem = "tak zwan" if match["a"].lower().startswith("tz") else "wyżej wymienion"
    noun = noun_after(right_of(match))
    spoken = stem + (_agreeing_ending(noun, case_before(left_of(match))) if noun else "y")
    return spoken[0].upper() + spoken[1:] if match["a"][0].isupper() else spoken


def _agreeing_ending(noun: Noun, case: Case) -> str:
    options = [form for form in (("sg", case), ("pl", case)) if form in noun.forms]
    if not options:
        order = [(n, c) for n in ("sg", "pl") for c in _CASES if (n, c) in noun.forms]
        options = order[:1] or [("sg", "nom")]
    number, found = options[0]
    if found in ("nom", "voc"):
        if number == "pl":
            return "i" if noun.gender == "p" else "e"
        return _GENDER_ENDING[noun.gender]
    masculine, feminine, plural = _CASE_ENDINGS[found]
    if number == "pl":
        return plural
    if noun.gender == "n" and found == "acc":
        return "e"
    return feminine if noun.gender == "f" else masculine
