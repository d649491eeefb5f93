"""What the running model makes of new questions: asked sparingly, and never a reason to fail."""

import asyncio
from collections.abc import Mapping

from staff_console.editor.model_check import (
    AT_ONCE,
    MOST,
    MOST_REMEMBERED,
    REMEMBERED_S,
    Checked,
    Meant,
    Misread,
    ModelCheck,
    reading_pl,
    told_pl,
    unanswered,
)
from staff_console.editor.names import Names
from voice_gateway.errors import DialogueError
from voice_gateway.values import Understood

COST = Meant(topic="passport", aspect="cost")
HOW = Meant(topic="passport", aspect="how")
NAMES = Names({"cost": "Ile to kosztuje?"}, {})


class Model:
    """Knows some questions; everything else is the cost of a passport."""

    def __init__(self, known: Mapping[str, Meant] | None = None) -> None:
        self.known = known or {}
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    async def understand(self, text: str) -> Understood:
        self.asked.append(text)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if text == "broken":
            raise DialogueError("dialogue-down")
        if text == "slow":
            await asyncio.sleep(60)
        read = self.known.get(text, COST)
        return Understood(
            act=read.act or None, topic=read.topic or None, aspect=read.aspect or None
        )


def test_what_a_list_is_about_follows_from_its_place() -> None:
    assert Meant.of("topics/passport.yml", "questions.cost") == COST
    assert Meant.of("acts/thanks.yml", "questions") == Meant(act="thanks")
    for place in [("topics/passport.yml", "called"), ("topics/passport.yml", "questions"),
                  ("acts/thanks.yml", "questions.x"), ("office.yml", "questions")]:  # fmt: skip
        assert Meant.of(*place) is None


async def test_only_what_differs_is_told() -> None:
    model = Model({"jak go wyrobić": HOW, "dzięki": Meant(act="thanks"), "xyz": Meant()})
    checked = await ModelCheck(model.understand).check(
        COST, ["ile za niego", "jak go wyrobić", "dzięki", "xyz"]
    )
    assert checked.good == 1
    assert checked.misread == (
        Misread("jak go wyrobić", HOW),
        Misread("dzięki", Meant(act="thanks")),
        Misread("xyz", Meant()),
    )


async def test_a_model_that_does_not_answer_leaves_the_rest_checked() -> None:
    model = Model({"jak": HOW})
    checked = await ModelCheck(model.understand, limit_s=0.05).check(
        COST, ["ile", "broken", "slow", "jak"]
    )
    assert checked == Checked((Misread("jak", HOW),), good=1, unchecked=2)
    assert await ModelCheck(unanswered).check(COST, ["ile"]) == Checked(unchecked=1)
    assert await ModelCheck(unanswered).check(COST, []) == Checked()


async def test_few_are_asked_at_once_and_the_newest_lines_first() -> None:
    model = Model()
    lines = [f"pytanie {n}" for n in range(MOST + 5)]
    checked = await ModelCheck(model.understand).check(COST, lines)
    assert (checked.good, checked.left) == (MOST, 5)
    assert set(model.asked) == set(lines[5:])
    assert model.most_at_once == AT_ONCE


async def test_an_answer_is_remembered_for_a_minute_and_memory_is_bounded() -> None:
    model, clock = Model(), [0.0]
    check = ModelCheck(model.understand, clock=lambda: clock[0])
    for _ in range(3):
        await check.check(COST, ["ile"])
    assert model.asked == ["ile"]
    clock[0] = REMEMBERED_S
    await check.check(COST, ["ile"])
    assert model.asked == ["ile", "ile"]
    for n in range(MOST_REMEMBERED // MOST + 1):
        await check.check(COST, [f"{n} {m}" for m in range(MOST)])
    assert len(check._known) == MOST_REMEMBERED


def test_what_is_told_is_polish() -> None:
    def name(topic: str) -> str:
        return {"passport": "paszport"}[topic]

    assert reading_pl(COST, NAMES, name) == "paszport – Ile to kosztuje?"
    assert reading_pl(Meant(topic="passport"), NAMES, name) == "paszport"
    assert reading_pl(Meant(aspect="cost"), NAMES, name).startswith("pytanie bez nazwy sprawy")
    assert reading_pl(Meant(act="thanks"), NAMES, name) == "podziękowanie"
    assert "nie zrozumie" in reading_pl(Meant(), NAMES, name)
    told = told_pl(
        Checked((Misread("ile", COST),), unchecked=2, left=3), lambda m: reading_pl(m, NAMES, name)
    )
    assert told[0] == "„ile” – obecny model zrozumie to jako: paszport – Ile to kosztuje?"
    assert "wytrenowaniu" in told[1]
    assert told[2].startswith("Nie udało się sprawdzić")
    assert told[3].endswith("wcześniejszych: 3.")
    assert told_pl(Checked(), str) == []
    assert told_pl(Checked(good=2), str) == ["Obecny model rozumie nowe pytania tak, jak trzeba."]
