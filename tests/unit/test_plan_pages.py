"""Bookable services, desks, departments, acts' questions and the switch of a topic, as pages."""

from typing import Any

import pytest
import yaml

from actions.office.facts import load_office
from staff_console.editor import yaml_edit
from staff_console.editor.forms import fields_of, with_values
from staff_console.editor.plan_form import id_from, plan_faults
from tests.unit.editor_parts import StoreOffice
from visits.plan import load_plan
from voice_gateway.settings import ROOT

PLAN = "visits.yml"
BODY = (ROOT / "nlu_data" / PLAN).read_text(encoding="utf-8")
SERVICE = {
    "name": "karta mieszkańca", "about": "w sprawie karty mieszkańca", "topic": "resident_card",
    "variant": "", "department": "obywatelskie", "needs_name": "false", "length_min": "15",
    "lead_min": "0", "ahead_days": "30", "per_person": "2", "desks": ["", "stanowisko_1"],
    "bring": "",
}  # fmt: skip
DESK = {"name": "Pokój 40", "where": "IV piętro", "where_spoken": "na czwartym piętrze",
        "places": "2"}  # fmt: skip
DEPARTMENT = {
    "name": "Wydział Kultury", "locative": "Wydziale Kultury", "instrumental": "Wydziałem Kultury",
    "phone": "99 123 45 00", "email": "kultura@nadmorzyn.example", "desk": "pokój 40",
    "desk_spoken": "pokój 40", "target": "kultura", "called": "wydział kultur\nod kultury",
}  # fmt: skip


def draft_of(office: StoreOffice, path: str = PLAN) -> Any:
    draft = office.content.draft(path)
    assert draft
    return yaml.safe_load(draft.body)


def service(data: Any, id_: str) -> Any:
    return next(one for one in data["services"] if one["id"] == id_)


# --- from the form to the file ---


def test_what_nobody_touched_stays_as_it_is() -> None:
    fields = fields_of(PLAN, BODY)
    assert with_values(PLAN, BODY, fields) == BODY
    assert dict(plan_faults(fields, departments())) == {}


def departments() -> list[str]:
    return [one.id for one in load_office(ROOT / "nlu_data" / "office.yml").departments]


def test_numbers_lists_and_hours_are_written_as_a_hand_would() -> None:
    place = "desks.stanowisko_1"
    after = with_values(PLAN, BODY, {
        "services.passport.length_min": "30",
        "services.passport.needs_name": "false",
        "services.passport.desks": "stanowisko_1\nstanowisko_2",
        "services.passport.bring": "",
        "hold_min": "7",
        f"{place}.places": "3",
        f"{place}.hours.monday": "9:00-12:00",
        f"{place}.breaks": "",
        f"{place}.exceptions": "2026-12-23 | 8:00-13:00 | remont\n2026-12-24 | nieczynne | Wigilia",
    })  # fmt: skip
    data = yaml.safe_load(after)
    changed = service(data, "passport")
    assert (changed["length_min"], changed["needs_name"]) == (30, False)
    assert changed["desks"] == ["stanowisko_1", "stanowisko_2"]
    assert "bring" not in changed
    desk = data["desks"][0]
    assert (data["hold_min"], desk["places"], desk["hours"]) == (7, 3, {"monday": "9:00-12:00"})
    assert "breaks" not in desk
    assert [str(one["hours"]) for one in desk["exceptions"]] == ["8:00-13:00", "closed"]
    assert "# Zasady wspólne" in after
    back = with_values(PLAN, after, {f"{place}.hours.monday": ""})
    assert "hours" not in yaml.safe_load(back)["desks"][0]  # the office's again


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("services.passport.length_min", "22", "wielokrotnością 5"),
        ("services.passport.length_min", "kwadrans", "liczbę"),
        ("services.passport.per_person", "0", "co najmniej 1"),
        ("services.passport.desks", "", "stanowisko"),
        ("services.passport.department", "nikt", "wydział"),
        ("services.passport.name", "", "wypełnić"),
        ("desks.pokoj_5.places", "31", "Najwyżej 30"),
        ("desks.pokoj_5.hours.monday", "od ósmej", "8:00"),
        ("desks.pokoj_5.breaks", "12:00-12:20\n12:03-12:05", "wielokrotnością"),
        ("desks.pokoj_5.exceptions", "jutro | 8:00-9:00 | bo", "data"),
        ("desks.pokoj_5.exceptions", "2026-12-23 | 8:00-9:00", "powód"),
    ],
)
def test_each_fault_is_told_at_its_field(field: str, value: str, fault: str) -> None:
    fields = {**fields_of(PLAN, BODY), field: value}
    [(where, told)] = plan_faults(fields, departments())
    assert where == field
    if fault != "8:00":
        assert fault in told


def test_ids_are_made_of_names() -> None:
    assert id_from("Pokój 12, łącznik", []) == "pokoj_12_lacznik"
    assert id_from("Pokój 12", ["pokoj_12", "pokoj_12_2"]) == "pokoj_12_3"
    assert id_from("???", []) == "nowe"


# --- the pages ---


def test_a_service_is_changed_and_published(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    refused = office.send("publish", "/visits", reason="x", **{"services.passport.length_min": "7"})
    assert 'id="f-services-passport-length_min-fault"' in refused.text
    more = {"services.passport.length_min": "25", "services.passport.desks": ["", "pokoj_5"]}
    done = office.send("publish", "/visits", reason="dłuższe wizyty", **more)
    assert done.headers["location"] == "/staff/content/visits?done=live"
    plan = load_plan(office.knowledge / PLAN).plan()
    assert plan.services["passport"].length_min == 25
    assert plan.services["passport"].desks == ("pokoj_5",)
    page = office.page("/visits.yml/versions")
    assert "usługa „passport” – ile minut trwa wizyta" in page


def test_a_service_and_a_desk_are_added_and_removed(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    refused = office.post("/visits/service", **{**SERVICE, "topic": "zamek", "desks": [""]})
    assert refused.status_code == 422
    assert 'href="#f-topic"' in refused.text
    assert 'id="f-desks-fault"' in refused.text
    assert office.post("/visits/service", **SERVICE).status_code == 303
    assert office.post("/visits/desk", **DESK).status_code == 303
    data = draft_of(office)
    assert service(data, "karta_mieszkanca")["length_min"] == 15
    assert data["desks"][-1] == {"id": "pokoj_40", **DESK, "places": 2}
    kept = office.send("remove desks.stanowisko_1", "/visits")
    assert kept.status_code == 422
    assert "karta mieszkańca" in kept.text  # who still needs it
    gone = office.send("remove services.karta_mieszkanca", "/visits")
    assert gone.headers["location"].endswith("done=removed")
    assert office.send("remove desks.pokoj_40", "/visits").status_code == 303
    assert yaml_edit.load(office.content.draft(PLAN).body) == yaml_edit.load(office.live(PLAN))
    assert office.send("remove desks.nothing", "/visits").status_code == 404


def test_another_entry_removed_meanwhile_moves_nobodys_work(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    page = office.page("/visits")
    marks = page.partition('name="marks" value="')[2].partition('"')[0]
    first = yaml.safe_load(office.live(PLAN))["services"][0]["id"]
    assert office.send(f"remove services.{first}", "/visits").status_code == 303
    saved = office.sign_in("jan").post(
        "/visits", deed="save", marks=marks, **{"services.passport.per_person": "5"}
    )
    assert saved.status_code == 303
    assert service(draft_of(office), "passport")["per_person"] == 5


def test_a_department_is_added_edited_and_removed(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    refused = office.post("/office/department", **{**DEPARTMENT, "phone": ""})
    assert 'href="#f-phone"' in refused.text
    assert office.post("/office/department", **DEPARTMENT).status_code == 303
    last = draft_of(office, "office.yml")["departments"][-1]
    assert last["id"] == "wydzial_kultury"
    assert last["called"] == ["wydzial kultur", "od kultury"]
    number = len(draft_of(office, "office.yml")["departments"]) - 1
    more = {f"departments.{number}.called": "KULTURĄ\n", f"departments.{number}.target": "kult"}
    done = office.send("publish", "/office", reason="nowy wydział", **more)
    assert done.headers["location"].endswith("done=live")
    department = load_office(office.knowledge / "office.yml").department("wydzial_kultury")
    assert (department.called, department.target) == (("kultura",), "kult")
    kept = office.send("remove departments.informacja", "/office")
    assert kept.status_code == 422
    assert office.send("remove departments.wydzial_kultury", "/office").status_code == 303
    assert "wydzial_kultury" not in office.content.draft("office.yml").body


def test_an_acts_questions_are_edited(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    before = yaml.safe_load(office.live("acts/thanks.yml"))["questions"]
    more = "\n".join([*before, "ślicznie dziękuję państwu"])
    done = office.send("publish", "/acts/thanks", reason="x", questions=more)
    assert done.status_code == 303
    data = yaml.safe_load(office.file("acts/thanks.yml"))
    assert data["questions"] == [*before, "ślicznie dziękuję państwu"]
    page = office.page("/acts/thanks.yml/versions")
    assert "pytania" in page
    empty = office.send("publish", "/acts/thanks", reason="x", questions="")
    assert 'id="f-questions-fault"' in empty.text


def test_a_question_of_an_act_that_stands_elsewhere_is_told(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    other = yaml.safe_load(office.live("acts/bye.yml"))["questions"][0]
    before = yaml.safe_load(office.live("acts/thanks.yml"))["questions"]
    office.send("save", "/acts/thanks", questions="\n".join([*before, other]))
    assert "To samo pytanie stoi też w: pożegnanie" in office.page("/acts/thanks")


def test_a_topic_is_switched_off_and_on_with_a_reason(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    refused = office.post("/topics/passport/switch", active="no", reason=" ")
    assert refused.status_code == 422
    assert 'id="f-switch-fault"' in refused.text
    off = office.post("/topics/passport/switch", active="no", reason="nowe przepisy")
    assert off.headers["location"].endswith("/topics/passport?done=off")
    assert yaml.safe_load(office.file("topics/passport.yml"))["off"] is True
    assert "Wyłączona" in office.page("?q=paszport")
    page = office.page("/topics/passport?done=off")
    assert "Włącz sprawę" in page
    again = office.post("/topics/passport/switch", active="no", reason="x")
    assert again.status_code == 409
    on = office.post("/topics/passport/switch", active="yes", reason="sprawdzone")
    assert on.headers["location"].endswith("done=on")
    assert "off" not in yaml.safe_load(office.file("topics/passport.yml"))
    assert office.content.versions("topics/passport.yml")[0].reason == "sprawdzone"
    assert office.sign_in("anna").post(
        "/topics/passport/switch", active="no", reason="x"
    ).status_code == 403  # fmt: skip
