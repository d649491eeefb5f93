"""The editor's pages over real routes, on content in memory; and from forms to YAML and back."""

import difflib
import io
import re
import shutil
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from actions.office.facts import load_office
from actions.office.knowledge_files import Topic
from staff_console.desk import StaffServices, build_staff_router
from staff_console.editor import yaml_edit
from staff_console.editor.compare import words
from staff_console.editor.forms import cleaned, fields_of, marks_of, sent, with_values
from staff_console.editor.names import Names, sentence_name
from staff_console.editor.routes import EditorPages, build_editor_router
from staff_console.editor.topic_form import new_topic, with_aspect
from staff_console.rights import RIGHTS, Right, may
from tests.unit.content_parts import MemoryContent
from voice_gateway import problems
from voice_gateway.desk import HandoffDesk
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT, Settings

KNOWLEDGE = ROOT / "nlu_data"
FORMS = ("topics/*.yml", "acts/*.yml", "office.yml", "system.yml", "dialogue.yml")
PATHS = sorted(p.relative_to(KNOWLEDGE).as_posix() for form in FORMS for p in KNOWLEDGE.glob(form))
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "koń bateria zszywka"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PASSPORT = "topics/passport.yml"
COST = "answers.cost.spoken"
ORIGIN = {"origin": "http://urzad.test"}


def body_of(path: str) -> str:
    return (KNOWLEDGE / path).read_text(encoding="utf-8")


def changed_lines(before: str, after: str) -> list[str]:
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in list(diff)[2:] if not line.startswith("@@")]


# --- rights ---


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("clerk", {"talk", "visits", "look"}),
        ("analyst", {"look", "figures"}),
        ("editor", {"look", "edit", "learn", "train", "figures"}),
        ("approver", {"look", "edit", "learn", "train", "figures", "approve", "publish"}),
        ("admin", set(get_args(Right))),
        ("somebody", set()),
        ("", set()),
    ],
)
def test_every_right_of_every_role(role: str, rights: set[str]) -> None:
    assert {right for right in get_args(Right) if may(role, right)} == rights
    assert set(RIGHTS) == {"clerk", "analyst", "editor", "approver", "admin"}


# --- YAML ---


@pytest.mark.parametrize("path", PATHS)
def test_what_nobody_touched_stays_as_it_is(path: str) -> None:
    body = body_of(path)
    fields = fields_of(path, body)
    assert fields
    assert with_values(path, body, fields) == body
    assert sent(list(fields.items())).touched() == fields
    assert sent([*fields.items(), ("marks", marks_of(fields))]).touched() == {}


def test_one_field_changes_only_its_lines() -> None:
    body = body_of(PASSPORT)
    after = with_values(PASSPORT, body, {"answers.cost.valid_until": "2029-12-31"})
    assert changed_lines(body, after) == [
        "-    valid_until: 2027-06-30",
        "+    valid_until: 2029-12-31",
    ]
    questions = fields_of(PASSPORT, body)["questions.how"].splitlines()
    after = with_values(PASSPORT, body, {"questions.how": "\n".join([*questions, "no: jak to"])})
    assert changed_lines(body, after) == ['+    - "no: jak to"']


def test_comments_stay() -> None:
    body = body_of("office.yml")
    after = with_values(
        "office.yml",
        body,
        {
            "phone": "99 000 00 00",
            "hours.friday": "",
            "exceptions": "2026-12-31 | 8:00-12:00 | jest Sylwester\n"
            "2027-05-02 | nieczynne | odpoczynek",
        },
    )
    comments = [line for line in body.splitlines() if "#" in line]
    assert [line for line in after.splitlines() if "#" in line] == comments
    fields = fields_of("office.yml", after)
    assert fields["hours.friday"] == ""
    assert "hours: closed" in after
    assert fields["exceptions"].splitlines()[1] == "2027-05-02 | nieczynne | odpoczynek"
    without = with_values("office.yml", after, {"exceptions": ""})
    again = with_values("office.yml", without, {"exceptions": "2027-01-02 | 8:00-9:00 | test"})
    assert fields_of("office.yml", again)["exceptions"] == "2027-01-02 | 8:00-9:00 | test"


def test_a_sentence_for_both_becomes_two_when_they_part() -> None:
    body = body_of("dialogue.yml")
    after = with_values("dialogue.yml", body, {"sentences.what_else.spoken": "Co jeszcze?"})
    assert changed_lines(body, after) == [
        "-  what_else: Dobrze. W czym jeszcze mogę pomóc?",
        "+  what_else:",
        "+    text: Dobrze. W czym jeszcze mogę pomóc?",
        "+    spoken: Co jeszcze?",
    ]


def test_an_answer_that_stands_in_two_places_is_changed_in_one() -> None:
    path = "topics/waste_sorting.yml"
    fields = fields_of(path, body_of(path))
    name = "variants.medicines.answers.where.spoken"
    after = fields_of(path, with_values(path, body_of(path), {name: "Do apteki."}))
    assert after == {**fields, name: "Do apteki."}


def test_a_source_can_be_added_and_taken_away() -> None:
    name = "answers.cost.source"
    without = with_values(PASSPORT, body_of(PASSPORT), {name: ""})
    assert len(changed_lines(body_of(PASSPORT), without)) == 1
    again = with_values(PASSPORT, without, {name: "strona urzędu"})
    assert fields_of(PASSPORT, again)[name] == "strona urzędu"


NASTY = st.text(alphabet="aą1 :#-\"'{}[]&*!|>%@`,.?\n~=", max_size=150)


UNHURRIED = settings(deadline=None, max_examples=50)  # other tests may have the cores


@UNHURRIED
@given(text=NASTY, spoken=NASTY, path=st.sampled_from([PASSPORT, "acts/thanks.yml", "system.yml"]))
def test_any_text_comes_back_as_it_was_written(text: str, spoken: str, path: str) -> None:
    body = body_of(path)
    fields = fields_of(path, body)
    names = [name for name in fields if name.endswith((".text", ".spoken"))][:2]
    wanted = dict(zip(names, (cleaned(names[0], text), cleaned(names[1], spoken)), strict=True))
    assert fields_of(path, with_values(path, body, wanted)) == {**fields, **wanted}


@UNHURRIED
@given(lines=st.lists(NASTY, max_size=12))
def test_any_list_comes_back_as_it_was_written(lines: list[str]) -> None:
    name = "questions.how"
    wanted = cleaned(name, "\n".join(lines))
    after = with_values(PASSPORT, body_of(PASSPORT), {name: wanted})
    assert fields_of(PASSPORT, after) == {**fields_of(PASSPORT, body_of(PASSPORT)), name: wanted}


def test_a_new_topic_with_an_aspect_is_what_the_assistant_reads() -> None:
    names = {"name": "sprawa: x", "accusative": "a", "genitive": "b", "department": "usc"}
    answer = {
        "text": "Tak.", "spoken": "Tak.", "owner": "usc", "source": "urząd",
        "checked_on": "2026-11-24", "valid_until": "2027-11-24",
    }  # fmt: skip
    body = with_aspect(new_topic("school", names), "cost", ["ile to kosztuje"], answer)
    topic = Topic.model_validate(__import__("yaml").safe_load(body))
    assert topic.answers["cost"].text == "Tak."
    assert topic.name == "sprawa: x"
    assert "legal_basis" not in body


def test_places_that_do_not_exist_are_not_made() -> None:
    assert with_values(PASSPORT, body_of(PASSPORT), {"answers.x.text": "a", "id": "b"}) == body_of(
        PASSPORT
    )
    with pytest.raises(KeyError):
        yaml_edit.put("a: [x]\n", ("a", 3), "y")
    assert yaml_edit.drop("a: 1\n", ("b",)) == "a: 1\n"
    assert yaml_edit.put("a: {}\n", ("a", "b"), "1: 2") == 'a:\n  b: "1: 2"\n'
    assert yaml_edit.put("a:\nb: 1\n", ("a", "c"), ["x"]) == "a:\n  c:\n    - x\nb: 1\n"


def test_differences_are_told_by_words() -> None:
    pieces = words("Opłata wynosi 30 zł.", "Opłata wynosi 40 zł.")
    assert [(one.kind, one.text) for one in pieces] == [
        ("same", "Opłata wynosi "), ("out", "30"), ("in", "40"), ("same", " zł."),
    ]  # fmt: skip


def test_every_sentence_has_a_polish_name() -> None:
    for path in ("system.yml", "dialogue.yml", *(p for p in PATHS if p.startswith("acts/"))):
        for name in fields_of(path, body_of(path)):
            place = name.rpartition(".")[0]
            if name == "questions":
                continue
            assert sentence_name(place) != place.rpartition(".")[2], place


def test_fields_are_called_by_what_they_belong_to() -> None:
    names = Names({"cost": "Ile to kosztuje?"}, {"usc": "USC"})
    assert names.field(PASSPORT, "answers.cost.text") == "Ile to kosztuje? – tekst w czacie"
    assert "odmiana „child”" in names.field(PASSPORT, "variants.child.answers.cost.owner")
    assert names.field("office.yml", "departments.0.phone") == "USC – telefon"
    assert names.field("office.yml", "hours.monday") == "godziny: poniedziałek"


# --- the pages ---


async def voice(text: str) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        wav.writeframes(b"\0\0" * len(text))
    return out.getvalue()


class Office:
    """The pages on content in memory, with a browser before them."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'halo.db'}")
        self.desk = HandoffDesk(self.database, lambda text: text)
        self.accounts = StaffAccounts(self.database, CHEAP)
        self.now = NOW
        self.content = MemoryContent({path: body_of(path) for path in PATHS}, NOW)
        self.heard: list[str] = []
        settings = Settings(_env_file=None, data_dir=folder, secret_key=SecretStr("tests only"))
        self.taxonomy = folder / "taxonomy.yml"
        shutil.copy(KNOWLEDGE / "taxonomy.yml", self.taxonomy)
        office = load_office(KNOWLEDGE / "office.yml")
        app = FastAPI()
        problems.install(app)
        app.include_router(build_staff_router(StaffServices(settings, self.desk, self.accounts)))
        pages = EditorPages(
            "tests only", self.accounts, self.content, lambda: office, self.listen,
            lambda: self.now, self.taxonomy,
        )  # fmt: skip
        app.include_router(build_editor_router(pages))
        self.client = TestClient(app, base_url="http://urzad.test", follow_redirects=False)
        self.login = ""

    async def listen(self, text: str) -> bytes:
        self.heard.append(text)
        return await voice(text)

    def sign_in(self, login: str) -> "Office":
        self.client.cookies.clear()
        token = self.token("/staff/sign-in")
        data = {"login": login, "password": PASSWORD, "token": token}
        assert self.client.post("/staff/sign-in", data=data).status_code == 303
        return self

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(f"/staff/content{path}")
        assert answer.status_code == status, answer.text
        return str(answer.text)

    def token(self, path: str = "/staff/content/log") -> str:  # the session's, on any page
        found = re.search(r'name="token" value="([^"]+)"', self.client.get(path).text)
        assert found
        return found[1]

    def marks(self, path: str = "/topics/passport") -> str:
        found = re.search(r'name="marks" value="([^"]*)"', self.page(path))
        assert found
        return found[1]

    def post(self, path: str, /, **data: Any) -> Any:
        """Sends a form as from a page opened now, unless ``marks`` are given."""
        fields = {"token": self.token(), **data}
        return self.client.post(f"/staff/content{path}", data=fields)

    def send(self, deed: str = "save", path: str = "/topics/passport", /, **data: Any) -> Any:
        return self.post(path, deed=deed, **{"marks": self.marks(path), **data})

    def ask(self, address: str, headers: dict[str, str] = ORIGIN, /, **data: Any) -> Any:
        return self.client.post(f"/staff/content/{address}", json=data, headers=headers)

    def field(self, name: str, path: str = PASSPORT) -> str:
        draft = self.content.draft(path)
        return fields_of(path, draft.body if draft else self.content.live(path).body)[name]


@pytest.fixture
def office(tmp_path: Path, empty_database: Path) -> Iterator[Office]:
    shutil.copy(empty_database, tmp_path / "halo.db")
    office = Office(tmp_path)
    with office.client:
        assert office.client.portal
        for login, role in [
            ("anna", "clerk"), ("ewa", "editor"), ("jan", "editor"), ("ola", "approver"),
        ]:  # fmt: skip
            account = StaffAccount(login, f"{login.title()} z urzędu", "", role)
            office.client.portal.call(office.accounts.add, account, PASSWORD)
        yield office
        office.desk.close()
    office.database.close()


PAGES = (
    "", "?q=paszport", "/new", "/acts", "/acts/thanks", "/sentences", "/sentences/system",
    "/sentences/dialogue", "/approvals", "/log", "/office", "/topics/passport",
    "/topics/passport/add", "/topics/passport.yml/versions", "/office.yml/versions",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_sees_nothing(office: Office, path: str) -> None:
    answer = office.client.get(f"/staff/content{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")


@pytest.mark.parametrize("path", PAGES)
def test_everybody_signed_in_may_look(office: Office, path: str) -> None:
    for login in ("anna", "ola"):
        page = office.sign_in(login).page(path)
        assert 'lang="pl"' in page
        assert page.count("<h1>") == 1
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for label in re.findall(r'<label for="([^"]+)"', page):
            assert label in ids


def test_files_of_all_kinds_have_a_page(office: Office) -> None:
    office.sign_in("ewa")
    for path in PATHS[::5]:
        if path.startswith(("topics/", "acts/")):
            office.page(f"/{path.removesuffix('.yml')}")


def test_unknown_pages_are_not_found(office: Office) -> None:
    office.sign_in("ewa")
    for path in ("/topics/nothing", "/acts/nothing", "/sentences/office", "/x.yml/versions"):
        office.page(path, 404)


def test_clerks_may_not_change_anything(office: Office) -> None:
    office.sign_in("ewa")
    marks = office.marks()
    office.sign_in("anna")
    page = office.page("/topics/passport")
    assert "readonly" in page
    assert "Opublikuj" not in page
    token = office.token()
    for path, data in [
        ("/topics/passport", {"deed": "publish", "reason": "x", "marks": marks, COST: "Darmo."}),
        ("/save", {"path": PASSPORT, "marks": marks, COST: "Darmo."}),
        ("/topics/passport/add", {}),
        ("/new", {}),
        ("/topics/passport.yml/versions", {"number": 1, "reason": "x"}),
        ("/approvals", {"version": 1, "deed": "approve"}),
    ]:
        answer = office.client.post(f"/staff/content{path}", data={"token": token, **data})
        assert (path, answer.status_code) == (path, 403)
    assert office.content.open == {}
    assert office.sign_in("ewa").post("/approvals", version=1, deed="approve").status_code == 403


def test_a_foreign_form_changes_nothing(office: Office) -> None:
    office.sign_in("ewa")
    data = {"token": "made up", "marks": office.marks(), COST: "Darmo.", "deed": "save"}
    answer = office.client.post("/staff/content/topics/passport", data=data)
    assert answer.status_code == 403
    assert "Darmo." in answer.text  # what was written is in the form again
    assert office.client.post("/staff/content/save", data=data).status_code == 403
    own = {"token": office.token(), "path": "visits.yml", "marks": ""}
    assert office.client.post("/staff/content/save", data=own).status_code == 404
    assert office.content.open == {}
    for address in ("advice", "editing", "listen"):
        headers = {"origin": "http://evil.test"}
        assert office.ask(address, headers, path=PASSPORT, spoken="a").status_code == 403


def test_after_the_session_nothing_written_is_lost(office: Office) -> None:
    office.sign_in("ewa")
    data = {"token": office.token(), "marks": office.marks(), "deed": "save", COST: "Nowe <b>."}
    office.client.cookies.clear()
    answer = office.client.post("/staff/content/topics/passport", data=data)
    assert answer.status_code == 403
    assert "Nowe &lt;b&gt;." in answer.text
    assert "zalogować się" in answer.text
    assert answer.text.count("<textarea") == 1


def test_autosave_keeps_only_what_was_touched(office: Office) -> None:
    office.sign_in("ewa")
    answer = office.post("/save", path=PASSPORT, marks=office.marks(), **{COST: " 140  zł.\r\n"})
    told = answer.json()
    assert answer.status_code == 200
    assert told["others"] == {}
    assert told["marks"].startswith(COST)
    assert office.field(COST) == "140 zł."
    assert office.content.live(PASSPORT).body == body_of(PASSPORT)
    assert len(office.content.drafts()) == 1


def test_two_people_on_different_fields_lose_nothing(office: Office) -> None:
    marks = office.sign_in("ewa").marks()
    office.post("/save", path=PASSPORT, marks=marks, **{COST: "Ewy."})
    office.sign_in("jan")
    answer = office.post("/save", path=PASSPORT, marks=marks, **{"answers.how.text": "Jana."})
    assert answer.json()["others"] == {COST: "Ewy."}
    assert office.field(COST) == "Ewy."
    assert office.field("answers.how.text") == "Jana."


def test_two_people_on_one_field_see_both_texts(office: Office) -> None:
    marks = office.sign_in("ewa").marks()
    office.post("/save", path=PASSPORT, marks=marks, **{COST: "Tekst Ewy."})
    office.sign_in("jan")
    clash = office.post("/save", path=PASSPORT, marks=marks, **{COST: "Tekst Jana."})
    assert clash.status_code == 409
    assert clash.json()["code"] == "content-conflict"
    assert "Ewa z urzędu" in clash.json()["detail"]
    page = office.send("save", marks=marks, **{COST: "Tekst Jana."})
    assert page.status_code == 409
    assert "Ewa z urzędu" in page.text
    assert ">Tekst Jana.</textarea>" in page.text  # the form keeps the person's own
    assert f'data-theirs="{COST}">Tekst Ewy.</p>' in page.text
    assert office.field(COST) == "Tekst Ewy."
    new_marks = re.search(r'name="marks" value="([^"]*)"', page.text)
    assert new_marks
    assert office.send("save", marks=new_marks[1], **{COST: "Tekst Jana."}).status_code == 303
    assert office.field(COST) == "Tekst Jana."


def test_a_wording_goes_live_with_a_reason(office: Office) -> None:
    office.sign_in("ewa")
    refused = office.send("publish", reason=" ", **{COST: "Paszport kosztuje 140 zł."})
    assert refused.status_code == 422
    assert 'id="f-reason-fault"' in refused.text
    done = office.send("publish", reason="nowy cennik")
    assert done.headers["location"] == "/staff/content/topics/passport?done=live"
    assert "Opublikowano" in office.page("/topics/passport?done=live")
    version = office.content.live(PASSPORT)
    assert (version.number, version.author, version.reason) == (2, "ewa", "nowy cennik")
    assert fields_of(PASSPORT, version.body)[COST] == "Paszport kosztuje 140 zł."
    nothing = office.send("publish", reason="jeszcze raz")
    assert nothing.status_code == 409
    assert "Odmowa: nothing." in nothing.text


def test_faults_are_told_at_their_fields(office: Office) -> None:
    office.sign_in("ewa")
    page = office.send(
        "publish", reason="x",
        **{COST: "", "answers.cost.valid_until": "2020-01-01", "answers.how.text": "{nic}",
           "answers.where.checked_on": "wczoraj", "answers.cost.owner": "", "offer": "cost",
           "answers.cost.legal_basis": "", "answers.cost.source": "", "name": ""},
    )  # fmt: skip
    assert page.status_code == 422
    for name in (COST, "answers.cost.valid_until", "answers.how.text", "answers.where.checked_on",
                 "answers.cost.owner", "answers.cost.legal_basis", "offer", "name"):  # fmt: skip
        assert f'id="f-{name.replace(".", "-")}-fault"' in page.text, name
    assert page.text.count("aria-invalid") >= 7
    assert office.content.live(PASSPORT).number == 1
    assert office.field(COST) == ""  # kept in the draft all the same


def test_what_the_store_refuses_is_shown(office: Office) -> None:
    office.sign_in("ewa")
    office.content.broken = "ZŁE"
    page = office.send("publish", reason="x", **{COST: "ZŁE"})
    assert page.status_code == 422
    assert "Odmowa: invalid." in page.text
    assert "ZŁE" in page.text


def test_a_draft_can_be_dropped(office: Office) -> None:
    office.sign_in("ewa")
    office.send("save", **{COST: "Nie tak."})
    assert "Usuń szkic" in office.page("/topics/passport")
    assert office.send("drop").status_code == 303
    assert office.content.open == {}


def test_a_draft_that_fell_behind_is_shown_and_can_be_kept(office: Office) -> None:
    office.sign_in("ewa")
    office.send("save", **{COST: "Szkic."})
    office.content.kept.append(office.content.kept[0])  # keep ids apart
    office.content._add(PASSPORT, body_of(PASSPORT) + "# x\n", "", "jan", NOW)
    page = office.send("publish", reason="x")
    assert page.status_code == 409
    assert "Obowiązująca treść zmieniła się" in page.text
    assert office.send("keep").status_code == 303
    assert office.send("publish", reason="x").status_code == 303


def test_a_second_person_approves(office: Office) -> None:
    office.content.second = ("zł",)
    office.sign_in("ola")
    sent_ = office.send("publish", reason="cennik", **{COST: "Kosztuje 150 zł, nie 140 zł."})
    assert sent_.headers["location"].endswith("done=pending")
    assert "druga osoba" in office.page("/topics/passport?done=pending")
    own = office.page("/approvals")
    assert "To Twoja zmiana" in own
    assert ">Zatwierdź<" not in own
    version = office.content.pending()[0].id
    assert "Odmowa: own." in office.post("/approvals", version=version, deed="approve").text
    assert "Do zatwierdzenia: 1" in office.page("")
    assert "Czeka na zatwierdzenie" in office.page("?q=paszport")
    office.client.portal.call(  # type: ignore[union-attr]
        office.accounts.add, StaffAccount("iza", "Iza", "", "admin"), PASSWORD
    )
    office.sign_in("iza")
    page = office.page("/approvals")
    assert "<del>" in page
    assert ">Zatwierdź<" in page
    assert "dlaczego odrzucamy" in office.post("/approvals", version=version, deed="reject").text
    done = office.post("/approvals", version=version, deed="approve")
    assert done.headers["location"].endswith("done=approved")
    assert "150 zł" in office.content.live(PASSPORT).body
    again = office.post("/approvals", version=version, deed="reject", reason="za późno")
    assert again.status_code == 409


def test_a_rejected_change_is_a_draft_again(office: Office) -> None:
    office.content.second = ("zł",)
    office.sign_in("ewa").send("publish", reason="x", **{COST: "150 zł i 1 zł"})
    version = office.content.pending()[0].id
    office.sign_in("ola").post("/approvals", version=version, deed="reject", reason="błąd")
    assert office.field(COST) == "150 zł i 1 zł"


def test_versions_are_compared_and_restored(office: Office) -> None:
    office.sign_in("ewa").send("publish", reason="krócej", **{COST: "Krótko."})
    page = office.page("/topics/passport.yml/versions")
    assert "krócej" in page
    assert "Ewa z urzędu" in page
    assert "<ins>" in page
    assert "Ile to kosztuje? – tekst w telefonie" in page
    same = office.page("/topics/passport.yml/versions?a=2&b=2")
    assert "tę samą treść" in same
    path = "/topics/passport.yml/versions"
    refused = office.post(path, number=1, reason="")
    assert refused.status_code == 422
    assert "dlaczego" in refused.text
    assert office.post(path, number=1, reason="było lepiej").status_code == 303
    assert office.content.live(PASSPORT).body == body_of(PASSPORT)
    assert office.post(path, number=1, reason="x").status_code == 409


def test_the_list_begins_with_what_expires(office: Office) -> None:
    office.sign_in("anna")
    office.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    page = office.page("")
    first = re.findall(r'<li class="(\w*)">', page)
    assert first == sorted(first, key=["expired", "soon", "later", ""].index)
    assert "soon" in first
    assert "Wygasa 31.12.2026" in page
    office.now = datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert "Wygasła 31.12.2026" in office.page("")


def test_the_list_is_searched_in_names_and_questions(office: Office) -> None:
    office.sign_in("anna")
    page = office.page("?q=pies mi zjadł PASZPORT")
    assert page.count("/staff/content/topics/") == 1
    assert "/staff/content/topics/passport" in page
    assert "Znaleziono: 0" in office.page("?q=<script>")


def test_who_else_has_the_page_open_is_told(office: Office) -> None:
    office.sign_in("ewa")
    assert office.ask("editing", path=PASSPORT).json() == {"others": []}
    office.sign_in("anna").ask("editing", path=PASSPORT)  # a clerk only looks
    office.sign_in("jan")
    assert office.ask("editing", path=PASSPORT).json() == {"others": ["Ewa z urzędu"]}
    office.now = NOW + timedelta(minutes=1)
    assert office.ask("editing", path=PASSPORT).json() == {"others": []}


def test_advice_and_length_are_told_while_writing(office: Office) -> None:
    office.sign_in("ewa")
    told = office.ask(
        "advice", path=PASSPORT, place="answers.cost", text="W celu uiszczenia.",
        spoken="Tel. {department_phone}.", valid_until="2026-11-30",
    ).json()  # fmt: skip
    assert {one["code"] for one in told["advice"]} == {"hard-word", "expires-soon"}
    assert told["seconds"] > 3  # the number is read, not its name
    told = office.ask(
        "advice", path=PASSPORT, field="questions.cost", questions="Ile kosztuje dowód osobisty?"
    ).json()
    other = next(one for one in told["advice"] if one["code"] == "question-elsewhere")
    assert "dowód osobisty" in other["text"]
    assert other["other"] == "ile kosztuje dowód osobisty"
    assert office.ask("advice", path="topics/none.yml", spoken="a").status_code == 200
    assert office.ask("advice", path=PASSPORT, spoken="a" * 9000).status_code == 422


def test_the_text_in_the_field_is_heard(office: Office) -> None:
    office.sign_in("anna")
    answer = office.ask("listen", spoken="Kosztuje 140 zł. {department_desk}", path=PASSPORT)
    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as wav:
        assert (wav.getframerate(), wav.getnchannels()) == (8000, 1)
    assert office.heard == [
        "Kosztuje sto czterdzieści złotych. stanowiska od dwóch do pięciu na parterze"
    ]
    for spoken in ("", " {} ", "a" * 1001):
        assert office.ask("listen", spoken=spoken).status_code == 422
    assert office.ask("listen", spoken="Dzień dobry.").status_code == 200


def test_an_aspect_is_added_to_the_draft(office: Office) -> None:
    office.sign_in("ewa")
    path = "topics/legal_aid.yml"
    missing = re.findall(r'<option value="(\w+)"', office.page("/topics/legal_aid/add"))
    if not missing:
        pytest.skip("every aspect is answered")
    data = {
        "aspect": missing[0], "text": "Tak.", "spoken": "Tak.", "owner": "informacja",
        "source": "urząd", "checked_on": "2026-11-24", "valid_until": "2027-11-24",
    }  # fmt: skip
    refused = office.post("/topics/legal_aid/add", questions="jedno", **{**data, "text": ""})
    assert refused.status_code == 422
    assert 'id="f-questions-fault"' in refused.text
    assert 'id="f-text-fault"' in refused.text
    questions = "\n".join(f"pytanie {n}" for n in range(8))
    assert office.post("/topics/legal_aid/add", questions=questions, **data).status_code == 303
    assert office.field(f"answers.{missing[0]}.text", path) == "Tak."
    assert office.field(f"questions.{missing[0]}", path) == questions
    again = office.post("/topics/legal_aid/add", questions=questions, **data)
    assert "Proszę wybrać część sprawy" in again.text


def test_a_topic_of_the_list_that_has_no_file_can_be_added(office: Office) -> None:
    office.sign_in("ewa")
    assert 'name="id"' not in office.page("/new"), "all of the list have a file"
    text = office.taxonomy.read_text(encoding="utf-8")
    office.taxonomy.write_text(text.replace("topics:\n", "topics:\n  museum: muzeum\n"))
    assert "muzeum" in office.page("/new")
    names = {"name": "muzeum", "accusative": "muzeum", "genitive": "muzeum"}
    refused = office.post("/new", id="castle", department="informacja", **{**names, "name": ""})
    assert refused.status_code == 422
    assert 'id="f-id-fault"' in refused.text
    done = office.post("/new", id="museum", department="informacja", **names)
    assert done.headers["location"].startswith("/staff/content/topics/museum")
    assert "nowa sprawa" in office.page("/topics/museum")
    assert "Jeszcze nieopublikowana" in office.page("?q=muzeum")
    assert 'name="id"' not in office.page("/new")
    refused = office.send("publish", "/topics/museum", reason="x")
    assert 'id="f-offer-fault"' in refused.text


def test_a_citys_own_topic_is_added_and_published(office: Office) -> None:
    office.sign_in("ewa")
    names = {
        "name": "Schronisko dla zwierząt", "accusative": "schronisko dla zwierząt",
        "genitive": "schroniska dla zwierząt", "department": "informacja",
    }  # fmt: skip
    refused = office.post("/new", **{**names, "name": "?!"})
    assert 'id="f-name-fault"' in refused.text
    done = office.post("/new", **names)
    address = "/topics/own_schronisko_dla_zwierzat"
    assert done.headers["location"].startswith(f"/staff/content{address}")
    assert "już jest" in office.post("/new", **names).text
    answer = {
        "spoken": "Schronisko jest otwarte codziennie.", "text": "Schronisko działa codziennie.",
        "owner": "informacja", "source": "urząd", "checked_on": "2026-11-24",
        "valid_until": "2027-11-24",
    }  # fmt: skip
    first = {**answer, "aspect": "where", "questions": "gdzie jest schronisko"}
    assert 'id="f-questions-fault"' in office.post(f"{address}/add", **first).text
    for aspect, questions in (
        ("where", "gdzie jest schronisko\nadres schroniska dla psów"),
        ("hours", "kiedy otwarte schronisko\nczy schronisko działa w niedzielę\nod której psy"),
    ):
        sent = {**answer, "aspect": aspect, "questions": questions}
        assert office.post(f"{address}/add", **sent).status_code == 303
    done = office.send("publish", address, reason="nowa sprawa", offer=["where", "hours"])
    assert done.status_code == 303
    assert "topics/own_schronisko_dla_zwierzat.yml" in office.content.paths()


def test_hours_exceptions_and_telephones_are_edited(office: Office) -> None:
    office.sign_in("ewa")
    rows = {
        "exceptions.date": ["2026-12-31", "", "2027-05-02"],
        "exceptions.hours": ["8:00-12:00", "", ""],
        "exceptions.reason": ["jest Sylwester", "", "odpoczywamy"],
    }
    refused = office.send(
        "publish", "/office", reason="x", **{"hours.monday": "od ósmej", "phone": "", **rows}
    )
    assert 'id="f-hours-monday-fault"' in refused.text
    assert 'id="f-phone-fault"' in refused.text
    more = {"hours.monday": "8:00-17:00", "phone": "99 1", "departments.0.phone": "99 2"}
    assert office.send("publish", "/office", reason="x", **more, **rows).status_code == 303
    data = yaml_edit.load(office.content.live("office.yml").body)
    assert data["hours"]["monday"] == "8:00-17:00"
    assert data["departments"][0]["phone"] == "99 2"
    assert data["exceptions"] == [
        {"date": "2026-12-31", "hours": "8:00-12:00", "reason": "jest Sylwester"},
        {"date": "2027-05-02", "hours": "closed", "reason": "odpoczywamy"},
    ]
    wrong = {**rows, "exceptions.date": ["jutro", "", ""]}
    assert "nie jest datą" in office.send("publish", "/office", reason="x", **wrong).text


def test_sentences_and_acts_are_edited(office: Office) -> None:
    office.sign_in("ewa")
    reply = {"replies.0.spoken": "Proszę bardzo."}
    assert office.send("publish", "/acts/thanks", reason="x", **reply).status_code == 303
    assert "spoken: Proszę bardzo.\n" in office.content.live("acts/thanks.yml").body
    empty = office.send("publish", "/sentences/system", reason="x", **{"goodbye.text": ""})
    assert 'id="f-goodbye-text-fault"' in empty.text


def test_the_log_says_whether_it_is_whole(office: Office) -> None:
    office.sign_in("ewa").send("publish", reason="x", **{COST: "Krótko."})
    page = office.page("/log")
    assert "opublikowano" in page
    assert "paszport" in page
    assert "Dziennik jest cały" in page
    office.content.whole = False
    assert "nie jest cały" in office.page("/log")
