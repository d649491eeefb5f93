"""Polish names for files, fields and answers, as staff see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from staff_console.editor import yaml_edit
from staff_console.editor.forms import CLOSED, Fields

FIELDS_PL: Mapping[str, str] = {
    "text": "tekst w czacie",
    "spoken": "tekst w telefonie",
    "owner": "wydział odpowiedzialny",
    "legal_basis": "podstawa prawna",
    "source": "źródło",
    "checked_on": "sprawdzono dnia",
    "valid_until": "ważne do",
    "name": "nazwa",
    "accusative": "nazwa w bierniku",
    "genitive": "nazwa w dopełniaczu",
    "department": "wydział",
    "called": "jak mieszkańcy to nazywają",
    "offer": "co proponować, gdy padła sama nazwa",
    "phone": "telefon",
    "email": "e-mail",
    "website": "strona internetowa",
    "address": "adres",
    "address_spoken": "adres w telefonie",
    "directions": "dojazd",
    "directions_spoken": "dojazd w telefonie",
    "accessibility": "dostępność",
    "accessibility_spoken": "dostępność w telefonie",
    "desk": "pokój lub stanowisko",
    "desk_spoken": "pokój lub stanowisko w telefonie",
    "hours": "godziny",
    "exceptions": "dni z innymi godzinami",
    "questions": "pytania",
    "locative": "nazwa w miejscowniku",
    "instrumental": "nazwa w narzędniku",
    "target": "nazwa w centrali telefonicznej",
    "from": "początek",
    "to": "koniec",
    "topics": "sprawy, których dotyczy",
    "topic": "sprawa",
    "variant": "odmiana sprawy",
    "about": "po słowie „wizyta”",
    "bring": "co zabrać",
    "needs_name": "czy pytać o nazwisko",
    "desks": "stanowiska",
    "places": "ile osób przyjmuje naraz",
    "where": "gdzie",
    "where_spoken": "gdzie, w telefonie",
    "breaks": "przerwy",
    "length_min": "ile minut trwa wizyta",
    "lead_min": "najpóźniej ile minut przed wizytą",
    "ahead_days": "na ile dni naprzód",
    "per_person": "ile wizyt na osobę",
    "hold_min": "ile minut czeka zaproponowany termin",
    "offer_min": "ile minut ma osoba z listy rezerwowej",
    "number_tries": "ile pomyłek przy numerze rezerwacji",
    "lock_min": "na ile minut blokujemy numer",
    "off": "sprawa wyłączona",
}
DAYS_PL: Mapping[str, str] = {
    "monday": "poniedziałek",
    "tuesday": "wtorek",
    "wednesday": "środa",
    "thursday": "czwartek",
    "friday": "piątek",
    "saturday": "sobota",
    "sunday": "niedziela",
}
SENTENCES_PL: Mapping[str, str] = {
    "greeting": "powitanie w telefonie",
    "chat_greeting": "powitanie w czacie",
    "legal_notice": "informacja prawna",
    "silence_1": "cisza w słuchawce, pierwszy raz",
    "silence_2": "cisza w słuchawce, drugi raz",
    "not_heard": "nie było słychać",
    "trouble": "kłopot techniczny",
    "connecting": "łączenie z pracownikiem",
    "nobody_free": "żaden pracownik nie jest wolny",
    "busy": "wszystkie linie zajęte",
    "goodbye": "pożegnanie",
    "one_moment": "chwileczkę",
    "too_long": "za długa wypowiedź",
    "handoff_chat_queued": "czat: prośba w kolejce",
    "handoff_chat_taken": "czat: przejął pracownik",
    "handoff_chat_ended": "czat: pracownik skończył",
    "handoff_chat_position": "czat: miejsce w kolejce",
    "chat_disclosure": "czat: to program, nie człowiek",
    "either_or": "o którą z dwóch spraw chodzi",
    "which_topic": "której sprawy dotyczy pytanie",
    "offer_two": "propozycja z dwóch części",
    "offer_three": "propozycja z trzech części",
    "not_understood": "nie zrozumiał",
    "rephrase": "prośba o inne słowa",
    "no_answer": "brak sprawdzonej odpowiedzi",
    "unsure_handoff": "nie wie i łączy z pracownikiem",
    "unsure_handoff_closed": "nie wie, a urząd jest zamknięty",
    "what_else": "w czym jeszcze pomóc",
    "chat_open": "czat, urząd otwarty",
    "chat_closed": "czat, urząd zamknięty",
    "phone_closed": "telefon, urząd zamknięty",
    "institution": "inna instytucja",
    "institution_with_phone": "inna instytucja, znamy telefon",
}
ACTS_PL: Mapping[str, str] = {
    "abuse": "obelgi",
    "affirm": "„tak”",
    "appointment_book": "umówienie wizyty",
    "appointment_cancel": "odwołanie wizyty",
    "appointment_check": "sprawdzenie wizyty",
    "appointment_move": "przełożenie wizyty",
    "bot_identity": "czy to człowiek, czy program",
    "bye": "pożegnanie",
    "cancel": "rezygnacja",
    "complaint": "skarga",
    "deny": "„nie”",
    "emergency": "zagrożenie życia (112)",
    "greet": "powitanie",
    "help": "co asystent potrafi",
    "human": "prośba o człowieka",
    "language": "pytanie o inny język",
    "out_of_scope": "nie nasza sprawa",
    "repeat": "„proszę powtórzyć”",
    "slower": "„proszę wolniej”",
    "thanks": "podziękowanie",
}
FILES_PL: Mapping[str, str] = {
    "office.yml": "Urząd: godziny i telefony",
    "system.yml": "Stałe zdania",
    "dialogue.yml": "Zdania rozmowy",
    "visits.yml": "Wizyty: usługi i stanowiska",
    "incidents.yml": "Komunikaty",
}


VISITS_PL: Mapping[str, str] = {
    "which": "w jakiej sprawie",
    "which_again": "w jakiej sprawie, jeszcze raz",
    "not_bookable": "w tej sprawie nie trzeba się umawiać",
    "when": "na jaki dzień",
    "when_again": "na jaki dzień, jeszcze raz",
    "offer": "propozycja terminów",
    "offer_one": "propozycja jednego terminu",
    "matter": "czego dotyczy wizyta",
    "pick_again": "nie wie, który termin",
    "nothing_then": "wtedy nie ma terminów",
    "nothing_earlier": "nie ma wcześniejszych",
    "nothing_later": "nie ma późniejszych",
    "nothing_at_all": "nie ma żadnych terminów",
    "closed_day": "tego dnia nieczynne",
    "too_far": "za daleko naprzód",
    "past": "dzień już minął",
    "no_such_day": "nie ma takiego dnia",
    "no_such_hour": "nie ma takiej godziny",
    "taken": "termin już zajęty",
    "expired": "termin wrócił do puli",
    "name": "pytanie o nazwisko, z terminem",
    "name_only": "pytanie o nazwisko",
    "name_again": "pytanie o nazwisko, jeszcze raz",
    "phone": "pytanie o telefon, z terminem",
    "phone_only": "pytanie o telefon",
    "phone_more": "następne cyfry telefonu",
    "phone_again": "pytanie o telefon, jeszcze raz",
    "phone_too_long": "za dużo cyfr telefonu",
    "confirm": "czy zapisać",
    "confirm_again": "czy zapisać, jeszcze raz",
    "booked": "zapisane",
    "too_many": "za dużo wizyt na ten telefon",
    "stopped": "przerwane umawianie",
    "back": "powrót do wizyty",
    "number": "pytanie o numer rezerwacji",
    "number_more": "następne cyfry numeru",
    "number_wrong": "błędny numer",
    "number_again": "powtórzenie numeru",
    "proof": "pytanie o nazwisko albo telefon",
    "not_found": "nie ma takiej wizyty",
    "not_found_person": "nie ma wizyty, połączyć?",
    "locked": "numer zablokowany",
    "found": "znaleziona wizyta",
    "cancel_confirm": "czy odwołać",
    "cancelled": "odwołana",
    "kept": "bez zmian",
    "move_when": "na jaki dzień przełożyć",
    "move_confirm": "czy przełożyć",
    "moved": "przełożona",
    "wait_phone": "telefon na listę rezerwową",
    "waiting": "wpisana na listę rezerwową",
    "accept": "zwolnił się termin",
    "declined": "termin dla następnej osoby",
    "unavailable": "nie można umawiać",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names that are content themselves: of aspects and departments."""

    aspects: Mapping[str, str]
    departments: Mapping[str, str]

    def aspect(self, aspect: str) -> str:
        """The question that an aspect answers: "Ile to kosztuje?"."""
        return self.aspects.get(aspect, aspect)

    def department(self, department: str) -> str:
        """A department's name."""
        return self.departments.get(department, department)

    def field(self, path: str, name: str) -> str:
        """A field's name with what it belongs to: "Ile to kosztuje? – tekst w czacie"."""
        parts = name.split(".")
        if path.startswith("topics/"):
            return self._topic_field(parts)
        if parts[0] in GROUPS_PL and len(parts) > 2:
            return f"{self._entry(parts[0], parts[1])} – {_hours_or_field(parts[2:])}"
        if parts[0] in ("hours", "exceptions"):
            return _hours_or_field(parts)
        last = FIELDS_PL.get(parts[-1], parts[-1])
        if parts[-1] in ("text", "spoken"):
            return f"{sentence_name('.'.join(parts[:-1]))} – {last}"
        return FIELDS_PL.get(name) or sentence_name(name)

    def _topic_field(self, parts: list[str]) -> str:
        if parts[0] == "variants" and len(parts) > 2:
            return f"odmiana „{parts[1]}”: {self._topic_field(parts[2:])}"
        if parts[0] == "questions" and len(parts) == 2:
            return f"{self.aspect(parts[1])} – pytania"
        last = FIELDS_PL.get(parts[-1], parts[-1])
        if parts[0] == "answers" and len(parts) == 3:
            return f"{self.aspect(parts[1])} – {last}"
        return last

    def _entry(self, group: str, id_: str) -> str:
        if group != "departments":
            return f"{GROUPS_PL[group]} „{id_}”"
        return self._department_at(int(id_)) if id_.isdigit() else self.department(id_)

    def _department_at(self, place: int) -> str:
        names = list(self.departments.values())
        return names[place] if place < len(names) else str(place + 1)

    def value(self, name: str, value: str) -> str:
        """A field's value as staff read it."""
        last = name.rpartition(".")[2]
        if last in ("owner", "department"):
            return self.department(value)
        if name == "offer":
            return "\n".join(self.aspect(one) for one in value.splitlines())
        if value == CLOSED:
            return "nieczynne"
        return value


GROUPS_PL: Mapping[str, str] = {
    "departments": "wydział",
    "services": "usługa",
    "desks": "stanowisko",
    "incidents": "komunikat",
}


def _hours_or_field(parts: list[str]) -> str:
    """What a field is called without what it belongs to; "godziny: środa" of a weekday's."""
    day = DAYS_PL.get(parts[-1])
    return f"godziny: {day}" if day else FIELDS_PL.get(parts[0], parts[0])


def names_from(dialogue: str, office: str) -> Names:
    """The names that stand in these two files."""
    aspects = yaml_edit.load(dialogue).get("aspects") or {}
    departments = yaml_edit.load(office).get("departments") or []
    return Names(
        {aspect: names.get("choice", aspect) for aspect, names in aspects.items()},
        {one.get("id", ""): one.get("name", "") for one in departments},
    )


def sentence_name(place: str) -> str:
    """What a sentence is said for: "powitanie w telefonie"."""
    group, _, name = place.rpartition(".")
    if group == "replies":
        return f"odpowiedź {int(name) + 1}"
    if group == "visits":
        return f"wizyta: {VISITS_PL.get(name, name)}"
    return SENTENCES_PL.get(name, name)


def file_name(path: str, body: str = "") -> str:
    """What a file is about: a topic's name, an act, the office."""
    if path in FILES_PL:
        return FILES_PL[path]
    kind, _, name = path.partition("/")
    stem = name.removesuffix(".yml")
    if kind == "acts":
        return ACTS_PL.get(stem, stem)
    shown = yaml_edit.load(body).get("name", "") if body else ""
    return str(shown or stem)


def page_of(path: str) -> str:
    """The address where a file is edited; empty for a file that has no page here."""
    kind, _, name = path.partition("/")
    if kind in ("topics", "acts"):
        return f"/staff/content/{kind}/{name.removesuffix('.yml')}"
    pages = {"office.yml": "office", "system.yml": "sentences/system"}
    pages |= {"dialogue.yml": "sentences/dialogue", "visits.yml": "visits"}
    pages["incidents.yml"] = "incidents"
    return f"/staff/content/{pages[path]}" if path in pages else ""


def everything(body: str) -> Fields:
    """All values of a file, also those that no form shows; lists of words are lines."""
    found: Fields = {}
    waiting: list[tuple[str, object]] = [("", yaml_edit.load(body) if body else {})]
    while waiting:
        name, value = waiting.pop(0)
        if isinstance(value, dict):
            waiting[:0] = [(f"{name}.{key}".lstrip("."), one) for key, one in value.items()]
        elif isinstance(value, list) and not all(isinstance(one, str) for one in value):
            waiting[:0] = [
                (f"{name}.{_row_name(place, one)}", one) for place, one in enumerate(value)
            ]
        elif isinstance(value, list):
            found[name] = "\n".join(value)
        else:
            found[name] = str(value)
    return found


def _row_name(place: int, row: object) -> str:
    """An entry by its id, which stays when others are added or removed, else by its place."""
    return str(row["id"]) if isinstance(row, dict) and row.get("id") else str(place)
