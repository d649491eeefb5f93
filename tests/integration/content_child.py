"""Publishes as fast as it can until it is killed. Run by test_content_store.py."""

import tempfile
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from staff_console.content.store import ContentStore
from voice_gateway.records.database import Database

PATH = "topics/office.yml"


def publish_for_ever(db_url: str, folder: Path, told: Connection) -> None:
    """Tells the number of each version once it counts as published."""
    tempfile.tempdir = str(folder.parent)  # what a kill leaves there goes with the test
    # No check: the time goes into what a kill may tear apart.
    store = ContentStore(Database(db_url), folder, lambda folder, today: [])
    while True:
        now, live = datetime.now(UTC), store.live(PATH)
        draft = store.draft(PATH)
        body = f"{live.body}# {live.number}\n"
        store.save_draft(PATH, body, draft.revision if draft else 0, "anna", now)
        told.send(store.publish(PATH, "próba", "anna", now).number)
