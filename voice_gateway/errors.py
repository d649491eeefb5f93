"""Errors of the gateway. Each has a stable code and says whether trying again can help.

HaloError
├── HearingError      hearing-…      the recogniser
├── DialogueError     dialogue-…     Rasa and the actions
├── VoiceError        voice-…        the synthesiser
├── LineClosedError   line-closed    the caller hung up; not a fault
├── RequestError      request-…      what somebody sent us is wrong (4xx)
├── VisitError        visit-…        a visit cannot be booked, found or changed (visits.values)
└── SetupError        setup-…        this machine lacks something; the text says how to get it
"""

from __future__ import annotations


class HaloError(Exception):
    """Base. ``code`` is stable and documented in docs/errors.md; ``retry`` means worth retrying.

    ``str(error)`` is for logs and developers: fixed words, never anything a person said.
    """

    def __init__(self, code: str, message: str = "", *, retry: bool = False) -> None:
        super().__init__(message or code)
        self.code = code
        self.retry = retry


class HearingError(HaloError):
    """The recogniser failed."""


class DialogueError(HaloError):
    """The dialogue engine failed or answered nothing."""


class VoiceError(HaloError):
    """The synthesiser failed."""


class LineClosedError(HaloError):
    """The caller hung up."""

    def __init__(self) -> None:
        super().__init__("line-closed")


class RequestError(HaloError):
    """A request that cannot be served. ``detail_pl`` is shown to the person, in Polish."""

    def __init__(self, code: str, detail_pl: str, *, status: int = 400) -> None:
        super().__init__(code)
        self.detail_pl = detail_pl
        self.status = status


class SetupError(HaloError):
    """Something is missing on this machine; the message says what and how to get it."""
