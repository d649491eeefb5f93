"""What the recogniser makes of spoken questions, with the real voice and the shipped model."""

from pathlib import Path

from models.recipe import heard
from models.recipe.evaluate import word_errors


def test_a_spoken_question_is_heard_much_as_it_was_said(model_dir: Path) -> None:
    words = "ile kosztuje dowód osobisty"
    assert heard.training_job(words) == heard.training_job(words), "one caller a question"
    job = heard.Job(words, heard.Voice("pl", 150, 50, 50), "telephone")
    (said,) = heard.hear([job], model_dir, None, workers=1)
    assert word_errors(words.split(), said.split()) <= 1


def test_a_renewal_keeps_what_was_heard_and_drops_what_is_gone(
    tmp_path: Path, monkeypatch, model_dir: Path
) -> None:
    out = tmp_path / "heard.tsv"
    out.write_text("ile kosztuje paszport\tile kosztuje raport\nnie ma już\tnie ma\n", "utf-8")
    questions = ["ile kosztuje paszport", "gdzie jest urząd", "?!"]
    monkeypatch.setattr(heard, "training_questions", lambda: questions)
    monkeypatch.setattr(heard, "SPOKEN_SHARE", 1)
    heard.renew_training(out, model_dir, 1, anew=False)
    kept = heard.read_heard(out)
    assert set(kept) == {"ile kosztuje paszport", "gdzie jest urząd"}
    assert kept["ile kosztuje paszport"] == "ile kosztuje raport"


def test_every_question_is_spoken_but_none_that_is_held_out() -> None:
    questions = heard.training_questions()
    assert len(questions) == len(set(questions)) > 3000
    assert "konsultant" in questions
