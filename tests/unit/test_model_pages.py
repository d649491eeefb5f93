"""The pages of models on the real routes and tables: who may do what, and what each page says."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from staff_console.dialogue_models import runner as runner_module
from tests.model_office import QUESTIONS, ModelOffice
from voice_gateway import problems
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts

PEOPLE = {"ewa": "editor", "zofia": "approver", "adam": "admin", "olek": "clerk", "ola": "analyst"}
GREETING = next(i for i, row in enumerate(QUESTIONS) if row["meant"] == "greet")
DANGER = next(i for i, row in enumerate(QUESTIONS) if row["meant"] == "emergency")


class Office(ModelOffice):
    """With a browser before the pages."""

    def __init__(self, folder: Path) -> None:
        database = Database(f"sqlite:///{folder / 'halo.db'}")
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        super().__init__(folder, database, StaffAccounts(database, hasher), "http://127.0.0.1:9")
        app = FastAPI()
        problems.install(app)
        self.join(app)
        self.client = TestClient(app, base_url="http://urzad.test", follow_redirects=False)

    def enter(self, login: str) -> None:
        self.client.cookies.clear()
        self.client.get(f"/staff/enter/{login}")

    def get(self, path: str = "") -> str:
        answer = self.client.get(f"/staff/models{path}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return re.sub(r"\s+", " ", answer.text.replace("&nbsp;", " "))

    def post(self, path: str, **fields: str) -> Any:
        token = re.search(r'name="token" value="([^"]+)"', self.get())
        assert token
        return self.client.post(f"/staff/models{path}", data={"token": token[1], **fields})

    def trains(self, name: str, *wrong: int, **lesson: Any) -> str:
        """The page of the training, once it has ended."""
        self.teach(name, *wrong, **lesson)
        answer = self.post("/train")
        assert answer.status_code == 303
        page = answer.headers["location"].removeprefix("/staff/models")
        deadline_s = time.monotonic() + 20
        while self.client.get(f"/staff/models{page}/state").json()["running"]:
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        return page


@pytest.fixture
def office(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setattr(runner_module, "TICK_S", 0.05)
    shutil.copy(empty_database, tmp_path / "halo.db")
    office = Office(tmp_path)
    with office.client:
        assert office.client.portal
        for login, role in PEOPLE.items():
            account = StaffAccount(login, f"{login.title()} z urzędu", "", role)
            office.client.portal.call(office.accounts.add, account, "koń bateria zszywka")
        office.enter("ewa")
        yield office
        office.client.portal.call(office.runner.close)
        office.client.portal.call(office.served.close)
    office.database.close()


def test_train_compare_publish_and_undo(office: Office) -> None:
    assert "Nie ma jeszcze modelu" in office.get()
    page = office.trains("m-1", GREETING)
    assert "Nowy model jeszcze nie obowiązuje" in office.get(page)
    assert "osoba z prawem publikowania" in office.get("/m-1")
    office.enter("zofia")
    assert "można opublikować od razu" in office.get("/m-1")
    assert office.post("/m-1/publish").headers["location"] == "/staff/models?done=published"
    assert office.models.pointer().name == "m-1"
    assert "Rozmowy, które trwają" in office.get("?done=published")

    office.trains("m-2", live_wrong=(GREETING,))
    told = office.get("/m-2")
    assert "wypada nie gorzej, niż wolno" in told
    assert "Teraz dobrze, było źle: 1" in told
    assert QUESTIONS[GREETING]["text"] in told
    assert "Powitanie +1" in told
    assert office.post("/m-2/publish", reason="nowe nazwy").status_code == 303
    assert office.models.pointer().name == "m-2"
    assert "Cofnij: wróć do modelu" in office.get()
    assert office.post("/undo", live="m-1").status_code == 409
    assert office.post("/undo", live="m-2").status_code == 303
    assert office.models.pointer().name == "m-1"
    assert "cofnięto do poprzedniego" in office.get()


def test_a_worse_model_waits_for_a_second_person(office: Office) -> None:
    office.trains("m-1")
    office.enter("zofia")
    office.post("/m-1/publish")
    office.trains("m-2", DANGER)
    told = office.get("/m-2")
    assert "wypada gorzej, niż wolno" in told
    assert "za słabo" in told
    assert "Teraz źle, było dobrze: 1" in told
    refused = office.post("/m-2/publish", reason=" ")
    assert refused.status_code == 422
    assert "dlaczego mimo to" in refused.text
    assert office.post("/m-2/publish", reason="pilne").headers["location"].endswith("done=asked")
    assert "Zatwierdź" not in office.get("/m-2")
    assert office.post("/m-2/decide", deed="approve").status_code == 403
    assert office.models.pointer().name == "m-1"
    office.enter("adam")
    told = office.get("/m-2")
    assert "Powód: pilne" in told
    assert office.post("/m-2/decide", deed="approve").headers["location"].endswith("done=approved")
    assert office.models.pointer().name == "m-2"


def test_a_wish_is_taken_back_and_a_model_retired(office: Office) -> None:
    office.trains("m-1")
    office.enter("zofia")
    office.post("/m-1/publish")
    office.trains("m-2", DANGER)
    office.post("/m-2/publish", reason="pilne")
    assert office.post("/m-2/retire").status_code == 409
    assert "Wycofaj prośbę" in office.get("/m-2")
    assert office.post("/m-2/decide", deed="reject").headers["location"].endswith("done=rejected")
    assert office.post("/m-2/retire").headers["location"].endswith("done=retired")
    assert not office.models.has("m-2")
    assert "został wycofany" in office.get("/m-2")
    assert office.post("/m-1/retire").status_code == 409
    assert office.models.has("m-1")


def test_why_a_training_failed_is_said_and_nothing_changes(office: Office) -> None:
    page = office.trains("m-1", failed="model-few-examples")
    told = office.get(page)
    assert "Sprawa „Paszport” ma za mało przykładowych pytań" in told
    assert "Asystent odpowiada jak dotąd" in told
    assert "Ucz jeszcze raz" in told
    assert "za mało przykładowych pytań" in office.get()
    assert office.store.models() == []


def test_progress_is_told_and_a_training_is_stopped(office: Office) -> None:
    office.teach("m-1", stage_s=5)
    page = office.post("/train").headers["location"].removeprefix("/staff/models")
    told = office.get(page)
    assert "<progress" in told
    assert "Odśwież postęp" in told
    assert office.post("/train").status_code == 409
    assert f'href="/staff/models{page}"' in office.get()
    deadline_s = time.monotonic() + 20
    while (state := office.client.get(f"/staff/models{page}/state").json())["percent"] == 0:
        assert time.monotonic() < deadline_s
    assert state["running"]
    assert state["remaining"].startswith("jeszcze")
    assert office.post(f"{page}/stop").status_code == 303
    while office.client.get(f"/staff/models{page}/state").json()["running"]:
        assert time.monotonic() < deadline_s
    assert "przerwano na życzenie" in office.get(page)


def test_models_are_compared_again_on_wish(office: Office) -> None:
    office.enter("zofia")
    office.trains("m-1")
    office.post("/m-1/publish")
    office.store.add("m-0", office.models.card("m-0"), "ewa", office.pages.now())
    assert "Nie porównano" in office.get("/m-0")
    refused = office.post("/m-0/compare")
    assert (refused.status_code, "nie ma pliku" in refused.text) == (409, True)
    assert office.post("/m-0/publish", reason="x").status_code == 409
    (office.models.folder / "m-0.tar.gz").write_text("model")
    page = office.post("/m-0/compare").headers["location"].removeprefix("/staff/models")
    deadline_s = time.monotonic() + 20
    while office.client.get(f"/staff/models{page}/state").json()["running"]:
        assert time.monotonic() < deadline_s
    assert "Porównanie modeli" in office.get(page)
    assert "wypada nie gorzej" in office.get("/m-0")


RIGHTS = {  # address -> the right that it needs
    "/train": "train",
    "/trainings/1/stop": "train",
    "/m-1/compare": "train",
    "/undo": "publish",
    "/m-1/publish": "publish",
    "/m-1/retire": "publish",
    "/m-1/decide": "approve",
}


@pytest.mark.parametrize("login", PEOPLE)
def test_rights(office: Office, login: str) -> None:
    from staff_console.rights import may

    office.enter(login)
    page = office.client.get("/staff/models")
    assert page.status_code == (200 if may(PEOPLE[login], "train") else 403)
    own = re.search(r'name="token" value="([^"]+)"', page.text)
    for address, right in RIGHTS.items():
        if may(PEOPLE[login], right):
            continue
        token = own[1] if own else token_of(office)
        answer = office.client.post(f"/staff/models{address}", data={"token": token})
        assert (answer.status_code, answer.json()["code"]) == (403, "staff-right"), address
    assert office.trainings.last() == []


def token_of(office: Office) -> str:
    """The token of somebody who may not open a page with a form."""
    from staff_console.sessions import COOKIE, Sessions

    session = Sessions("only for these tests")
    return session._signer.loads(office.client.cookies[COOKIE])[1]


@pytest.mark.parametrize("address", RIGHTS)
def test_every_form_needs_its_token(office: Office, address: str) -> None:
    office.enter("adam")
    answer = office.client.post(f"/staff/models{address}", data={"token": "foreign"})
    assert (answer.status_code, answer.json()["code"]) == (403, "staff-form")


def test_nobody_signed_in_sees_nothing(office: Office) -> None:
    office.client.cookies.clear()
    for address in ("", "/m-1", "/trainings/1"):
        answer = office.client.get(f"/staff/models{address}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")
    for address in ("/served", "/trainings/1/state"):
        assert office.client.get(f"/staff/models{address}").status_code == 403


@pytest.mark.parametrize("address", ["/none", "/trainings/99", "/..%2fx", "/trainings/99/state"])
def test_what_is_not_there(office: Office, address: str) -> None:
    assert office.client.get(f"/staff/models{address}").status_code == 404
