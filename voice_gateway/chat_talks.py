"""The chats that are on: one turn at a time each, a bounded number of them, idle ones forgotten.

Only what a next turn needs is held here; what must survive is in the database and in Rasa.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from voice_gateway.errors import RequestError

MAX_TALKS = 5000
IDLE_S = 1800.0
WAITING_TURNS = 3  # messages of one talk that may wait for their turn
GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(eq=False)
class Talk:
    """One chat. ``id`` is ours; ``public_id`` is what the client calls it (often the same)."""

    id: str
    public_id: str
    turn: int = 0
    told: bool = False  # that this is a machine
    told_notices: set[str] = field(default_factory=set)  # keys of incident messages it was told
    asked_person: bool = False  # the database knows the hand-off's state
    told_place: int = 0  # the place in the queue that was told last
    last_text: str = ""  # the resident's last words, for the summary a clerk sees
    used_s: float = 0.0
    waiting: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


def our_id(public_id: str) -> str:
    """The id under which a talk is kept and sent to Rasa.

    An id that a client made up gets a name space of its own: it can never meet a telephone
    call's id, and nothing personal in it is kept. Raises ``RequestError``.
    """
    if not GIVEN_ID.fullmatch(public_id):
        raise RequestError("request-bad-conversation", "Nieprawidłowy numer rozmowy.", status=422)
    try:
        if str(uuid.UUID(public_id)) == public_id and uuid.UUID(public_id).version == 4:
            return public_id
    except ValueError:
        pass
    return str(uuid.uuid5(uuid.NAMESPACE_OID, public_id))


class Talks:
    """All chats in memory."""

    def __init__(
        self,
        now_s: Callable[[], float] = time.monotonic,
        max_talks: int = MAX_TALKS,
        idle_s: float = IDLE_S,
    ) -> None:
        self._now_s = now_s
        self._max = max_talks
        self._idle_s = idle_s
        self._talks: OrderedDict[str, Talk] = OrderedDict()  # least recently used first

    def __len__(self) -> int:
        return len(self._talks)

    def new(self) -> Talk:
        """A talk with a new id that nobody can guess."""
        public_id = str(uuid.uuid4())
        return self.add(Talk(public_id, public_id))

    def find(self, talk_id: str) -> Talk | None:
        """The talk with our id, marked as used now."""
        self._forget_idle()
        talk = self._talks.get(talk_id)
        if talk:
            self._touch(talk)
        return talk

    def add(self, talk: Talk) -> Talk:
        """Hold ``talk``; the one that is there under its id wins. Raises ``RequestError``."""
        found = self.find(talk.id)
        if found:
            return found
        if len(self._talks) >= self._max and not self._drop_oldest():
            raise RequestError(
                "request-busy", "Teraz rozmawia zbyt wiele osób. Proszę wrócić później.", status=503
            )
        self._touch(talk)
        return talk

    @asynccontextmanager
    async def turn(self, talk: Talk) -> AsyncIterator[None]:
        """One turn at a time; a few more wait their turn, a flood is refused (429)."""
        if talk.waiting > WAITING_TURNS:
            raise RequestError(
                "request-too-fast", "Za szybko. Proszę poczekać na odpowiedź.", status=429
            )
        talk.waiting += 1
        try:
            async with talk.lock:
                self._touch(talk)
                yield
        finally:
            talk.waiting -= 1

    def _touch(self, talk: Talk) -> None:
        talk.used_s = self._now_s()
        self._talks.setdefault(talk.id, talk)  # a page left open comes back after being forgotten
        self._talks.move_to_end(talk.id)

    def _forget_idle(self) -> None:
        while self._talks:
            talk = next(iter(self._talks.values()))
            if talk.waiting or self._now_s() - talk.used_s < self._idle_s:
                return
            del self._talks[talk.id]

    def _drop_oldest(self) -> bool:
        for talk in self._talks.values():
            if not talk.waiting:
                del self._talks[talk.id]
                return True
        return False
