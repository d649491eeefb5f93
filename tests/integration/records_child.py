"""Writes turns and hand-offs as fast as it can until it is killed. Run by test_records.py.

Prints the id of each hand-off once it counts as kept.
"""

import asyncio
import sys

from voice_gateway.records.database import Database
from voice_gateway.records.keeper import DatabaseRecords
from voice_gateway.values import Handoff, TurnRecord, Understood


async def main(db_url: str) -> None:
    records = DatabaseRecords(Database(db_url), str)
    records.start()
    number = 0
    while True:
        number += 1
        talk = f"talk-{number}"
        for turn in range(1, 6):
            await records.turn(
                TurnRecord(talk, "chat", turn, "typed", "pytanie", "odpowiedź", Understood())
            )
        await records.handoff(talk, "chat", Handoff("informacja", "asked"), "pytanie")
        print(talk, flush=True)


asyncio.run(main(sys.argv[1]))
