"""What the form's script is told about new questions, over real routes and the real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from staff_console.editor.pages import EditorPages
from tests.unit.editor_parts import StoreOffice
from voice_gateway.errors import DialogueError
from voice_gateway.values import Understood

PASSPORT = "topics/passport.yml"
ORIGIN = {"origin": "http://urzad.test"}


class Office(StoreOffice):
    """With a model that takes every question for the cost of a passport."""

    def _pages(self) -> EditorPages:
        self.asked: list[str] = []
        return replace(super()._pages(), understand=self._understand)

    async def _understand(self, text: str) -> Understood:
        self.asked.append(text)
        if "awaria" in text:
            raise DialogueError("dialogue-down")
        return Understood(topic="passport", aspect="cost", confidence=0.9)

    def told(self, field: str, questions: str, status: int = 200) -> list[str]:
        body = {"path": PASSPORT, "field": field, "questions": questions}
        answer = self.client.post("/staff/content/understood", json=body, headers=ORIGIN)
        assert answer.status_code == status, answer.text
        return list(answer.json().get("told", ()))


@pytest.fixture
def office(tmp_path: Path, empty_database: Path) -> Iterator[Office]:
    office = Office(tmp_path, empty_database)
    with office.client:
        yield office
    office.database.close()


def test_only_new_questions_are_asked_and_what_differs_is_told(office: Office) -> None:
    office.sign_in("ewa")
    live = office.content.live(PASSPORT).body
    assert "questions" in live
    known = [line.strip()[2:] for line in live.split("how:")[1].splitlines()[1:4]]
    told = office.told("questions.how", "\n".join([*known, "jak dostać taki papier do wyjazdu"]))
    assert office.asked == ["jak dostać taki papier do wyjazdu"]
    assert told[0].startswith("„jak dostać taki papier do wyjazdu” – obecny model zrozumie to jako")
    assert "Ile to kosztuje" in told[0]
    assert office.told("questions.cost", "nowe pytanie o cenę") == [
        "Obecny model rozumie nowe pytania tak, jak trzeba."
    ]
    assert office.told("questions.cost", "") == []


def test_a_model_that_is_down_is_told_and_nothing_breaks(office: Office) -> None:
    told = office.sign_in("ewa").told("questions.cost", "jaka awaria")
    assert told == ["Nie udało się sprawdzić, jak zrozumie to obecny model (pytań: 1)."]


def test_who_may_not_edit_does_not_ask(office: Office) -> None:
    office.sign_in("anna").told("questions.cost", "nowe", 403)
    assert office.asked == []


def test_the_form_has_a_place_for_it(office: Office) -> None:
    page = office.sign_in("ewa").page("/topics/passport")
    assert 'data-understood="questions.cost"' in page
    assert 'data-understood="questions"' in office.page("/acts/thanks")
    assert "data-understood" not in office.sign_in("anna").page("/topics/passport")
