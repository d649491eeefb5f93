"""Work on one file: what is live, the shared draft, and saving so that nobody's text is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from staff_console.content.ports import Content
from staff_console.content.values import Draft, Version
from staff_console.editor.forms import Fields, Sent, fields_of, with_values
from voice_gateway.errors import RequestError

TRIES = 5  # of a save while others save other fields of the same file
CONFLICT = "content-conflict"


Change = Callable[[str], str]


class EditorContent(Content, Protocol):
    """``Content`` with what the list and a draft that fell behind need besides."""

    def drafts(self) -> Sequence[Draft]:
        """All drafts, also of files that are not live yet."""
        ...

    def rebase(self, path: str, revision: int, who: str, now: datetime) -> Draft:
        """Keep a draft although something else became live meanwhile: ``who`` has seen both."""
        ...

    def amend(
        self, path: str, change: Callable[[str], str], reason: str, who: str, now: datetime
    ) -> Version:
        """Change what is live at once, without a draft. ``change`` makes the new text from the
        live one and may refuse with ``RequestError``."""
        ...

    def set_active(
        self, topic_path: str, active: bool, reason: str, who: str, now: datetime
    ) -> Version:
        """Switch a topic on or off, at once. ``content-nothing`` when it is so already."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """A file as it stands now. ``live`` is None for a new topic, which has a draft only."""

    path: str
    live: Version | None
    draft: Draft | None

    @property
    def body(self) -> str:
        """What an editor goes on from."""
        if self.draft:
            return self.draft.body
        return self.live.body if self.live else ""

    @property
    def fields(self) -> Fields:
        """The body as the fields of its form."""
        return fields_of(self.path, self.body)

    @property
    def is_behind(self) -> bool:
        """Whether something became live since the draft was begun."""
        number = self.live.number if self.live else 0
        return self.draft is not None and self.draft.based_on != number

    @property
    def last(self) -> tuple[str, datetime] | None:
        """Who changed the body last, and when."""
        if self.draft:
            return self.draft.author, self.draft.saved_at
        return (self.live.author, self.live.created_at) if self.live else None


def load_work(content: Content, path: str) -> Work:
    """The file's state. Raises ``RequestError`` content-unknown."""
    draft = content.draft(path)
    try:
        live: Version | None = content.live(path)
    except RequestError:
        if draft is None:
            raise
        live = None
    return Work(path, live, draft)


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving led to. ``clashes``: fields that two people changed; then nothing was saved."""

    work: Work
    clashes: Sequence[str] = ()


def save(content: Content, path: str, sent: Sent, who: str, now: datetime) -> Saved:
    """Put what somebody changed into the draft. Others' changes of other fields stay."""
    return save_changed(content, path, sent, lambda body: body, who, now)


def save_changed(
    content: Content, path: str, sent: Sent, change: Change, who: str, now: datetime
) -> Saved:
    """As ``save``, and then ``change`` of the text; it may refuse with ``RequestError``."""
    for _ in range(TRIES):
        work = load_work(content, path)
        if clashes := sent.clashes(work.fields):
            return Saved(work, clashes)
        body = change(with_values(path, work.body, sent.touched()))
        if body == work.body:
            return Saved(work)
        revision = work.draft.revision if work.draft else 0
        try:
            draft = content.save_draft(path, body, revision, who, now)
        except RequestError as error:
            if error.code != CONFLICT:
                raise
        else:
            return Saved(replace(work, draft=draft))
    raise RequestError(
        CONFLICT, "Inne osoby zapisują w tej chwili. Proszę spróbować jeszcze raz.", status=409
    )
