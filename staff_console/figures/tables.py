"""The figures as tables: what the page shows and what its CSV holds are the same cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from staff_console.editor.pages import moment
from staff_console.figures.values import (
    CHANNELS,
    OUTCOMES,
    Figures,
    PublicationFigures,
    Share,
    Spread,
    VisitFigures,
)
from staff_console.figures.words import (
    OUTCOMES_PL,
    channel_pl,
    number,
    seconds,
    share,
    topic_pl,
)

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``rows`` begin with their heading."""

    id: str
    caption: str
    columns: Cells
    rows: Sequence[Cells]


@dataclass(frozen=True, slots=True)
class Names:
    """Polish names by id: matters, and files of the content."""

    topics: Mapping[str, str]
    files: Mapping[str, str]


def outcome_table(figures: Figures) -> Table:
    """Talks by outcome and channel."""
    channels = [one for one in CHANNELS if one in figures.outcomes]

    def row(name: str, counts: Sequence[int]) -> Cells:
        return (name, *map(number, counts), number(sum(counts)), share(sum(counts), figures.talks))

    rows = [
        row(OUTCOMES_PL[outcome], [figures.outcomes[one].get(outcome, 0) for one in channels])
        for outcome in OUTCOMES
    ]
    rows.append(row("razem", [sum(figures.outcomes[one].values()) for one in channels]))
    columns = ("Zakończenie", *(channel_pl(one).capitalize() for one in channels))
    return Table(
        "outcomes",
        "Rozmowy według zakończenia i drogi kontaktu. Każda rozmowa ma jedno zakończenie.",
        (*columns, "Razem", "Udział"),
        rows,
    )


def hour_table(figures: Figures) -> Table:
    """Talks by the hour of their beginning."""
    rows = [
        (f"{hour}:00–{hour}:59", number(count), share(count, figures.talks))
        for hour, count in sorted(figures.hours.items())
    ]
    return Table(
        "hours",
        "Rozmowy według godziny, o której się zaczęły. Godzin bez rozmów nie ma w tabeli.",
        ("Godzina", "Rozmowy", "Udział"),
        rows,
    )


def topic_table(figures: Figures, names: Names) -> Table:
    """Talks by their first matter, most frequent first."""
    rows = [
        (
            topic_pl(topic, names.topics),
            number(all_ := sum(counts.values())),
            share(counts.get("resolved", 0), all_),
            share(counts.get("passed_on", 0), all_),
            share(counts.get("given_up", 0), all_),
            share(counts.get("not_understood", 0), all_),
        )
        for topic, counts in sorted(
            figures.topics.items(), key=lambda one: (-sum(one[1].values()), one[0])
        )
    ]
    return Table(
        "topics",
        "Rozmowy według pierwszej nazwanej sprawy.",
        ("Sprawa", "Rozmowy", "Załatwione bez powrotu", "Przekazane", "Przerwane", "Niezrozumiane"),
        rows,
    )


def time_table(figures: Figures) -> Table:
    """Times: first answer, length of calls, waiting."""
    rows = [
        _times(f"pierwsza odpowiedź: {channel_pl(one)}", figures.first_answer[one])
        for one in CHANNELS
        if one in figures.first_answer
    ]
    rows += [
        _times(f"długość rozmowy głosowej: {channel_pl(one)}", figures.call_length[one])
        for one in CHANNELS
        if one in figures.call_length
    ]
    rows.append(_times("czekanie na pracownika: czat", figures.waited))
    return Table(
        "times",
        "Czasy. Połowa nie przekracza mediany, dziewięć na dziesięć – ostatniej kolumny.",
        ("Co", "Pomiary", "Mediana", "9 na 10 najwyżej"),
        rows,
    )


def visit_table(figures: Figures) -> Table:
    """Visits by service."""
    rows = [_visits(name, one) for name, one in figures.services.items()]
    rows.append(_visits("razem", figures.visits))
    columns = ("Usługa", "Umówione", "Odwołane", "Odbyły się", "Nikt nie przyszedł")
    return Table(
        "visits",
        "Wizyty. Udział nieobecności liczy się tylko z wizyt zaznaczonych na liście dnia.",
        (*columns, "Niezaznaczone", "Udział nieobecności"),
        rows,
    )


def publication_table(figures: Figures, names: Names) -> Table:
    """What happened to a matter's talks after each publication."""
    return Table(
        "publications",
        "Siedem dni przed publikacją i siedem dni po niej.",
        (
            "Publikacja",
            "Kiedy",
            "Rozmowy przed",
            "Rozmowy po",
            "Niezrozumiane przed",
            "Niezrozumiane po",
            "Przekazane przed",
            "Przekazane po",
        ),
        [_publication(one, names) for one in figures.publications],
    )


def all_tables(figures: Figures, names: Names) -> Sequence[Table]:
    """All tables, in the page's order."""
    return (
        outcome_table(figures),
        hour_table(figures),
        topic_table(figures, names),
        time_table(figures),
        visit_table(figures),
        publication_table(figures, names),
    )


def csv_rows(tables: Iterable[Table]) -> list[Cells]:
    """The tables one after another, each under its caption and columns."""
    rows: list[Cells] = []
    for table in tables:
        rows += [(table.caption,), table.columns, *table.rows, ()]
    return [tuple(cell.replace("\u00a0", " ") for cell in row) for row in rows]


def _times(name: str, spread: Spread) -> Cells:
    return name, number(spread.count), seconds(spread.median_s), seconds(spread.most_s)


def _visits(name: str, one: VisitFigures) -> Cells:
    counts = (one.booked, one.cancelled, one.came, one.missed, one.unmarked)
    return name, *map(number, counts), share(one.missed, one.came + one.missed)


def _publication(one: PublicationFigures, names: Names) -> Cells:
    what = names.files.get(one.what, one.what)
    if one.kind == "model":
        what = f"model rozumienia {one.what}"
    return (
        what,
        moment(one.at) + ("" if one.whole else " (7 dni jeszcze nie minęło)"),
        number(one.before.talks),
        number(one.after.talks),
        *_both(one, "not_understood"),
        *_both(one, "passed_on"),
    )


def _both(one: PublicationFigures, what: str) -> tuple[str, str]:
    def of(talks: Share) -> str:
        return share(getattr(talks, what), talks.talks)

    return of(one.before), of(one.after)
