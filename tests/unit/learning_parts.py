"""Turns and talks as the records keep them, for tests of learning."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from voice_gateway.records import queries
from voice_gateway.records.database import Database
from voice_gateway.records.queries import KeptTurn
from voice_gateway.values import Channel, Handoff, StageTimes, TurnRecord, Understood

NOT_UNDERSTOOD = (
    "Nie wiem, o jaką sprawę chodzi. Proszę zapytać inaczej, np. „ile kosztuje paszport”, albo "
    "napisać „konsultant”."
)
STILL_NOT = "Nadal nie wiem, o co chodzi, więc przekazuję rozmowę pracownikowi: Informacja."
EITHER = "Chodzi o dowód osobisty, czy o paszport?"


class Talks:
    """Writes talks into the records, a turn every ten seconds."""

    def __init__(self, database: Database, began: datetime) -> None:
        self._database = database
        self._began = began
        self._count = 0

    def add(
        self,
        *turns: dict[str, object],
        channel: Channel = "chat",
        after: timedelta = timedelta(),
        talk: str = "",
    ) -> str:
        """One talk; gives its id."""
        self._count += 1
        talk = talk or f"talk-{self._count}"
        kept = [
            KeptTurn(
                _record(talk, channel, number, turn),
                self._began + after + number * timedelta(seconds=10),
            )
            for number, turn in enumerate(turns, 1)
        ]
        self._database.run(partial(queries.add_turns, turns=kept))
        return talk


def missed(words: str, **more: object) -> dict[str, object]:
    """A turn that was not understood."""
    return {"words": words, "said": NOT_UNDERSTOOD, "confidence": 0.03, **more}


def passed_on(words: str, **more: object) -> dict[str, object]:
    """The second one in a row."""
    return {"words": words, "said": STILL_NOT, "handoff": "unsure", **more}


def answered(words: str, topic: str = "passport", aspect: str = "cost", **more: object) -> dict:
    """A question that was answered."""
    about = {"topic": topic, "aspect": aspect, "confidence": 0.9}
    return {"words": words, "said": "Paszport kosztuje 140 zł.", **about, **more}


def _record(talk: str, channel: Channel, number: int, turn: dict[str, object]) -> TurnRecord:
    reason = turn.get("handoff")
    return TurnRecord(
        conversation_id=talk,
        channel=channel,
        turn=number,
        kind="typed" if channel == "chat" else "speech",
        caller_text=str(turn["words"]),
        bot_text=str(turn["said"]),
        understood=Understood(
            turn.get("act"), turn.get("topic"), turn.get("aspect"), turn.get("confidence", 0.5)
        ),
        handoff=Handoff("informacja", str(reason)) if reason else None,
        times=StageTimes(0.5, 0.1, 0.2, 0.1),
        error_code=turn.get("error"),
    )
