"""Incident messages on the staff's pages, on the real store."""

from datetime import timedelta
from typing import Any

import pytest

from actions.office.incidents import load_incidents, told_now
from staff_console.editor.incident_form import MOST_MESSAGES, empty_form, with_message
from tests.unit.editor_parts import NOW, StoreOffice, value_of
from voice_gateway.errors import RequestError

FORM = {
    "text": "Awaria wody na Witominie, potrwa do 20.",
    "spoken": "Na Witominie nie ma wody do godziny 20.",
    "from": "2026-11-24T11:30",
    "to": "2026-11-24T20:00",
    "owner": "informacja",
    "source": "telefon z wodociągów",
}
LIST = "/staff/content/incidents"


def told(office: StoreOffice) -> list[str]:
    return [one.id for one in told_now(load_incidents(office.knowledge), office.now)]


def add(office: StoreOffice, **more: Any) -> Any:
    return office.post("/incidents/save", **{**FORM, **more})


def decide(office: StoreOffice, deed: str) -> Any:
    page = office.page("/incidents")
    fields = {name: value_of(name, page) for name in ("id", "before")}
    return office.post("/incidents/decide", deed=deed, **fields)


def test_a_message_is_added_and_told_at_once(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    assert 'value="2026-11-24T12:00"' in office.page("/incidents/new")
    done = add(office, topics=["passport", "id_card"])
    assert done.headers["location"] == f"{LIST}?done=added"
    assert told(office) == ["k20261124_120000"]
    assert load_incidents(office.knowledge)[0].topics == ("passport", "id_card")
    assert "from: 2026-11-24T11:30+01:00\n" in office.file("incidents.yml")
    assert office.file("incidents.yml").startswith("# Komunikaty")  # comments stay
    page = office.page("/incidents")
    assert "Zakończ teraz" in page
    assert "Źródło: telefon z wodociągów" in page
    assert office.content.live("incidents.yml").author == "ewa"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": " "}, "text"),
        ({"spoken": "Proszę zadzwonić: {phone}."}, "spoken"),
        ({"spoken": "Nie ma wody. " * 30}, "spoken"),
        ({"to": "2026-11-24T11:00"}, "to"),
        ({"from": "2026-11-24T21:00"}, "to"),
        ({"from": "jutro"}, "from"),
        ({"owner": "nikt"}, "owner"),
        ({"source": ""}, "source"),
        ({"topics": ["zamek"]}, "topics"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    store_office: StoreOffice, change: dict[str, Any], field: str
) -> None:
    refused = add(store_office.sign_in("ewa"), **change)
    assert refused.status_code == 422
    assert f'href="#f-{field}"' in refused.text
    assert FORM["to"] in refused.text or field == "to"  # what was written stays
    assert told(store_office) == []


def test_stop_start_and_remove_work_at_once(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    add(office, **{"from": "2026-11-25T08:00", "to": "2026-11-25T20:00"})
    assert told(office) == []
    assert "Zacznij teraz" in office.page("/incidents")
    assert decide(office, "started").status_code == 303
    assert len(told(office)) == 1
    assert decide(office, "stopped").status_code == 303
    assert told(office) == []
    assert decide(office, "removed").status_code == 303
    assert load_incidents(office.knowledge) == ()
    reasons = [one.reason for one in office.content.versions("incidents.yml")][:4]
    assert reasons == [
        "komunikat usunięty", "komunikat zakończony", "komunikat zaczęty od razu",
        "nowy komunikat",
    ]  # fmt: skip


def test_two_people_do_not_overwrite_each_other(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    add(office)
    page = office.page("/incidents/k20261124_120000")
    fields = {name: value_of(name, page) for name in ("id", "before")}
    first = add(office, **fields, text="Awaria usunięta do 18.")
    assert first.headers["location"].endswith("done=changed")
    second = add(office.sign_in("jan"), **fields, text="Awaria do rana.")
    assert second.status_code == 409
    assert "Awaria do rana." in second.text  # nothing written is lost
    assert load_incidents(office.knowledge)[0].text == "Awaria usunięta do 18."
    office.now += timedelta(hours=1)
    assert add(office).status_code == 303
    assert len(told(office)) == 2


def test_what_the_check_finds_keeps_it_from_being_told(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    office.check = lambda folder, today: ["za długo"] if load_incidents(folder) else []
    refused = add(office)
    assert refused.status_code == 422
    assert "za długo" in refused.text
    assert told(office) == []


def test_clerks_look_and_strangers_do_not(store_office: StoreOffice) -> None:
    office = store_office
    assert office.client.get(LIST).headers["location"] == "/staff/sign-in"
    add(office.sign_in("ewa"))
    page = office.sign_in("anna").page("/incidents")
    assert "Awaria wody" in page
    assert "Zakończ teraz" not in page
    assert add(office).status_code == 403
    assert decide_as_clerk(office).status_code == 403
    office.page("/incidents/nothing", 404)


def decide_as_clerk(office: StoreOffice) -> Any:
    return office.post("/incidents/decide", deed="stopped", id="k20261124_120000", before="x")


def test_there_is_an_end_to_how_many() -> None:
    rows = "".join(
        f"  - {{id: k{n}, text: a, spoken: a, from: 2026-01-01T10:00, to: 2026-01-01T11:00, "
        "owner: informacja, source: s}\n"
        for n in range(MOST_MESSAGES)
    )
    with pytest.raises(RequestError, match="content-invalid"):
        with_message(f"incidents:\n{rows}", "nowy", empty_form(NOW, "informacja"), "")
