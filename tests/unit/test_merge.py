"""Another city's newer text beside what was changed here."""

import yaml

from staff_console.editor.merge import merged

BASE = """# uwaga
name: paszport
called:
  - paszport
answers:
  cost:
    text: 140 zł
    spoken: sto czterdzieści złotych
  where:
    text: pokój 1
"""


def test_their_news_come_in_and_our_changes_stay() -> None:
    ours = BASE.replace("pokój 1", "pokój 5").replace("# uwaga", "# nasza uwaga")
    theirs = BASE.replace("140 zł", "150 zł") + "  how:\n    text: przez internet\n"
    result = merged(BASE, ours, theirs)
    assert result.clashes == []
    data = yaml.safe_load(result.body)["answers"]
    assert (data["cost"]["text"], data["where"]["text"]) == ("150 zł", "pokój 5")
    assert data["how"] == {"text": "przez internet"}
    assert "# nasza uwaga" in result.body


def test_where_both_changed_ours_stays_and_is_told() -> None:
    ours = BASE.replace("140 zł", "0 zł").replace("  - paszport", "  - paszport\n  - paszporcik")
    theirs = BASE.replace("140 zł", "150 zł").replace("  - paszport", "  - książeczka")
    result = merged(BASE, ours, theirs)
    assert result.body == ours
    assert result.clashes == ["called", "answers.cost.text"]


def test_the_same_change_on_both_sides_is_no_clash() -> None:
    both = BASE.replace("140 zł", "150 zł")
    result = merged(BASE, both, both)
    assert (result.body, result.clashes) == (both, [])


def test_what_they_took_out_goes_unless_we_changed_it() -> None:
    without = "".join(BASE.partition("  where:")[:1])
    assert "where" not in yaml.safe_load(merged(BASE, BASE, without).body)["answers"]
    ours = BASE.replace("pokój 1", "pokój 5")
    result = merged(BASE, ours, without)
    assert (result.body, result.clashes) == (ours, ["answers.where.text"])


def test_without_news_nothing_changes() -> None:
    ours = BASE.replace("140 zł", "0 zł")
    assert merged(BASE, ours, BASE).body == ours
