"""Which answers expire, and what their department is told."""

from datetime import date, timedelta

import pytest

from staff_console.editor.names import Names
from staff_console.expiry.due import Stage, expiring, stage_of
from staff_console.expiry.letter import HEADINGS_PL, body_pl, subject_pl

TODAY = date(2026, 11, 24)
NAMES = Names({"cost": "Ile to kosztuje?", "how": "Jak to załatwić?"}, {})
PASSPORT = """
name: paszport
answers:
  cost: {text: a, owner: obywatelskie, valid_until: 2026-11-23}
  how: {text: a, owner: obywatelskie, valid_until: 2027-06-30}
  where: {text: a, owner: obywatelskie, valid_until: kiedyś}
variants:
  child:
    answers:
      cost: {text: a, owner: usc, valid_until: 2026-12-01}
"""


@pytest.mark.parametrize(
    ("days", "stage"),
    [(-400, "over"), (-1, "over"), (0, "week"), (7, "week"), (8, "month"), (30, "month"),
     (31, None)],
)  # fmt: skip
def test_the_stage_follows_from_the_days_left(days: int, stage: Stage | None) -> None:
    assert stage_of(TODAY + timedelta(days=days), TODAY) == stage


def test_answers_near_their_end_are_found_also_of_variants() -> None:
    found = expiring({"topics/passport.yml": PASSPORT, "topics/empty.yml": ""}, NAMES, TODAY)
    assert [(one.place, one.owner, one.stage) for one in found] == [
        ("answers.cost", "obywatelskie", "over"),
        ("variants.child.answers.cost", "usc", "week"),
    ]
    assert found[0].title_pl == "paszport: Ile to kosztuje?"
    assert "child" in found[1].title_pl


def test_the_letter_names_each_answer_under_its_stage() -> None:
    found = expiring({"topics/passport.yml": PASSPORT}, NAMES, TODAY)
    body = body_pl("Wydział Spraw Obywatelskich", found)
    assert subject_pl(found).endswith("(2)")
    assert "Wydział Spraw Obywatelskich" in body
    over, week = body.index(HEADINGS_PL["over"]), body.index(HEADINGS_PL["week"])
    assert over < body.index("paszport: Ile to kosztuje? (ważna do 23.11.2026)") < week
    assert week < body.index("(ważna do 1.12.2026)")
    assert HEADINGS_PL["month"] not in body
