"""Why a training gave no model, in words for people who do not program, by stable codes."""

from __future__ import annotations

import signal
from collections.abc import Mapping

NOTHING_CHANGED_PL = "Asystent odpowiada jak dotąd."

SENTENCES_PL: Mapping[str, str] = {
    "model-few-topics": "Za mało spraw: do nauki potrzeba co najmniej {detail}.",
    "model-few-examples": (
        "Sprawa „{detail}” ma za mało przykładowych pytań. Proszę dopisać co najmniej trzy "
        "i opublikować, potem uczyć jeszcze raz."
    ),
    "model-content": (
        "Nie da się odczytać treści: {detail}. Proszę otworzyć ten plik na stronie Odpowiedzi "
        "albo przywrócić jego poprzednią wersję."
    ),
    "model-disk": (
        "Za mało miejsca na dysku. Proszę wycofać niepotrzebne modele albo poprosić administratora "
        "o miejsce."
    ),
    "model-memory": (
        "Zabrakło pamięci i system przerwał naukę. Proszę spróbować wieczorem, gdy rozmów jest "
        "mniej, albo poprosić administratora o pamięć."
    ),
    "model-timeout": (
        "Nauka trwała dłużej niż {detail} minut i została przerwana. Proszę spróbować, gdy "
        "serwer jest mniej zajęty."
    ),
    "model-no-rasa": "Na serwerze brakuje programu do nauki. Administrator naprawi to: make setup.",
    "model-folder": "Nie można zapisać w katalogu modeli. Proszę zawiadomić administratora.",
    "model-file-gone": "Na serwerze nie ma pliku tego modelu.",
    "model-broken-off": "Naukę przerwano, bo program został zatrzymany. Proszę uczyć jeszcze raz.",
    "model-cancelled": "Naukę przerwano na życzenie.",
    "model-failed": (
        "Nauka nie udała się z nieznanego powodu. Administrator znajdzie szczegóły w pliku "
        "model-training.log."
    ),
}


def sentence(code: str, detail: str = "") -> str:
    """What staff read; ``detail`` is a name or a number that the code's sentence speaks of."""
    told = SENTENCES_PL.get(code, SENTENCES_PL["model-failed"]).format(detail=detail)
    return f"{told} {NOTHING_CHANGED_PL}"


def of_exit(status: int) -> str:
    """The code for a process that ended without saying why; below 0: a signal killed it."""
    if status == -signal.SIGKILL:  # nobody of ours sends it first: the kernel does, without memory
        return "model-memory"
    if status < 0:
        return "model-broken-off"
    return "model-failed"
