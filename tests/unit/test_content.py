"""The real knowledge passes the check, and the check finds each kind of fault."""

from datetime import date
from pathlib import Path

import pytest

from actions.check import check, main, reading_s
from tests.unit.knowledge_parts import REAL, copy_of_knowledge

TODAY = date(2026, 11, 24)


def test_the_shipped_knowledge_is_in_order() -> None:
    assert check(REAL, TODAY) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("topics/id_card.yml", "id: id_card", "id: dowod", "nie zgadza się z nazwą pliku"),
        (
            "topics/id_card.yml",
            "department: obywatelskie",
            "department: kadry",
            "nie ma wydziału „kadry”",
        ),
        ("topics/id_card.yml", "  validity:", "  waznosc:", "nie znam części sprawy „waznosc”"),
        (
            "topics/id_card.yml",
            "offer: [documents, cost, duration]",
            "offer: [documents]",
            "offer:",
        ),
        (
            "topics/id_card.yml",
            "    - ile trwa wymiana dowodu\n",
            "    - czy dowód jest darmowy\n",
            "jest i w",
        ),
        ("topics/id_card.yml", "    owner: obywatelskie\n", "", "owner: brakuje tego pola"),
        (
            "topics/id_card.yml",
            "Dowód osobisty jest bezpłatny, także",
            "Zobacz www.gov.pl albo tel. Także",
            "na głos",
        ),
        (
            "acts/emergency.yml",
            "pod numer 112. Ja",
            "po pomoc. Numer 112. Ja",
            "musi kierować na 112",
        ),
        ("acts/human.yml", "  chat_open:", "  czat:", "brakuje sentences.chat_open"),
        (
            "acts/thanks.yml",
            "    spoken: Proszę bardzo.",
            "    mowa: Proszę bardzo.",
            "text i spoken",
        ),
        ("dialogue.yml", "  either_or: ", "  albo: ", "brakuje: either_or"),
        (
            "system.yml",
            "    Tu automatyczny",
            "    Bardzo serdecznie witamy, tu automatyczny",
            "greeting trwa",
        ),
        (
            "system.yml",
            "spoken: Chwileczkę, spr",
            "spoken: Chwileczkę, np. spr",
            "one_moment: spoken ma",
        ),
        ("system.yml", "{office_genitive}", "{miasto}", "miasto"),
        ("office.yml", "target: odpady", "cel: odpady", "target: brakuje tego pola"),
    ],
)
def test_each_fault_is_found(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    folder = copy_of_knowledge(tmp_path)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    assert fault in "\n".join(check(folder, TODAY))


def test_old_answers_too_few_questions_and_long_speech_are_found(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    assert "nieaktualna" in "\n".join(check(folder, date(2027, 7, 1)))
    path = folder / "topics/passport.yml"
    text = path.read_text("utf-8")
    start = text.index("  duration:\n    - ")
    end = text.index("  deadline:\n    - ")
    path.write_text(text[:start] + "  duration:\n    - ile\n" + text[end:], "utf-8")
    assert "duration: 1 pytań" in "\n".join(check(folder, TODAY))
    long = text.replace("Na paszport czeka się zwykle do 30 dni. W", "Bardzo " * 40 + "długo. W")
    path.write_text(long, "utf-8")
    assert "spoken trwa" in "\n".join(check(folder, TODAY))


def test_a_missing_act_is_found(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    (folder / "acts/thanks.yml").unlink()
    assert "acts: brakuje pliku thanks.yml" in check(folder, TODAY)


def test_figures_count_as_the_words_they_become() -> None:
    assert reading_s("Telefon 99 123 40 10.") > 3 * reading_s("Telefon.")


def test_the_command_says_how_many_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of_knowledge(tmp_path)
    (folder / "acts/thanks.yml").unlink()
    assert main([str(folder)]) == 1  # as `python -m actions.check FOLDER` exits
    assert "thanks.yml" in capsys.readouterr().out
