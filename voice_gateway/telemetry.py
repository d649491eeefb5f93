"""What the gateway tells about itself: counters by name, and logs that hold nobody's words.

A log line is a fixed event name with values in fields. Only the fields of ``SAFE_FIELDS`` pass;
others are left out and named in ``refused``. Libraries' own lines pass as a template without its
values, because those hold addresses with phone numbers (``/ws/asterisk?caller=…``). Faults are
shown as type and place, without their text, which may quote what a person said.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from voice_gateway import metrics
from voice_gateway.errors import SetupError
from voice_gateway.values import StageTimes

Event = MutableMapping[str, Any]

# Every field that may stand in a log, and why it is safe. A new one needs a line here.
SAFE_FIELDS = {
    "attempt": "count of tries",
    "call_id": "id that the exchange or the page gave to a call",
    "channel": "phone, browser or chat",
    "code": "stable error code, docs/errors.md",
    "count": "how many",
    "dropped_ms": "length of sound thrown away",
    "event": "fixed name",
    "failed": "how many failed",
    "fault_at": "file, line and function of a fault",
    "fault_type": "class name of a fault",
    "help": "what this machine lacks and how to get it, fixed words of a SetupError",
    "held_bytes": "size of a cache",
    "kind": "fixed kind of a turn, record or fault",
    "level": "severity",
    "logger": "name of the module",
    "model": "file name of a dialogue model: its moment and fingerprint",
    "part": "name of a part of the product",
    "path": "file of the product, never of a person",
    "pid": "process id",
    "rate_hz": "sampling rate",
    "reason": "fixed word or class name",
    "refused": "names of fields that were left out",
    "timestamp": "when, UTC",
}

FOREIGN_CHARS = 160  # a library's line is cut here
FRAME = re.compile(r'^  File "([^"\n]+)", line (\d+), in (\S+)$', re.MULTILINE)
FAULT_FRAMES = 4  # innermost places shown of a fault
QUIET = ("httpx", "httpcore", "asyncio", "alembic", "websockets")


def configure(*, as_json: bool, level: str = "INFO") -> None:
    """Set up logging of the whole process: one line an event on standard error.

    ``as_json``: JSON for machines, otherwise coloured text. Call once, at start.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_only_template, *_common()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(as_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    _tame_uvicorn()


def _tame_uvicorn() -> None:
    # Run uvicorn with log_config=None. Its access lines hold whole addresses; metrics count.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # not each "connection open"
    logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)


def _common() -> list[Any]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        fault_without_text,
        only_safe_fields,
    ]


def _renderer(as_json: bool) -> Any:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def only_safe_fields(_: Any, __: str, event: Event) -> Event:
    """Leave out every field that is not on the list, and say which."""
    unknown = sorted(k for k in event if k not in SAFE_FIELDS and not k.startswith("_"))
    for field in unknown:
        del event[field]
    if unknown:
        event["refused"] = unknown
    return event


def fault_without_text(_: Any, __: str, event: Event) -> Event:
    """Replace ``exc_info`` by the fault's class and the innermost places, outermost first."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["fault_type"] = type(error).__name__
        event["fault_at"] = _places(error.__traceback__)
    if isinstance(error, SetupError):
        event["help"] = str(error)  # fixed words for whoever runs the machine
    return event


def _fault_in_text(text: str) -> dict[str, Any]:
    """The same of a fault that a library has written out (a failed start of the application)."""
    last = text.strip().splitlines()[-1]
    name, _, words = last.partition(": ")
    fault_type = name.rpartition(".")[2]
    event: dict[str, Any] = {
        "event": "fault_in_library",
        "fault_type": fault_type if fault_type.isidentifier() else "unknown",
        "fault_at": [
            f"{Path(file).name}:{line} {function}"
            for file, line, function in FRAME.findall(text)[-FAULT_FRAMES:]
        ],
    }
    return event | ({"help": words} if fault_type == SetupError.__name__ else {})


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-FAULT_FRAMES:]


def _only_template(_: Any, __: str, event: Event) -> Event:
    """A library's line as its first line of template, without the values."""
    record: logging.LogRecord | None = event.get("_record")
    template = str(record.msg if record else event.get("event", ""))
    if template.startswith("Traceback "):
        event.update(_fault_in_text(template))
    else:
        event["event"] = template.splitlines()[0][:FOREIGN_CHARS] if template else ""
    return event


def count_turn(channel: str, kind: str) -> None:
    """A turn was answered."""
    metrics.TURNS.labels(channel, kind).inc()


def count_error(code: str) -> None:
    """Something failed or was refused; ``code`` stands in docs/errors.md."""
    metrics.ERRORS.labels(code).inc()


def count_dropped_turn() -> None:
    """A caller's turn met a full queue."""
    metrics.DROPPED_TURNS.inc()


def count_dropped_audio(side: str, seconds: float) -> None:
    """Sound was thrown away; ``side`` is ``caller`` or ``assistant``."""
    metrics.DROPPED_AUDIO.labels(side).inc(seconds)


def count_dropped_record(kind: str, number: int = 1) -> None:
    """Records were lost; ``kind`` is ``turn`` or ``handoff``."""
    metrics.DROPPED_RECORDS.labels(kind).inc(number)


def count_handoff(channel: str, reason: str) -> None:
    """Somebody asked for a person."""
    metrics.HANDOFFS.labels(channel, reason).inc()


def count_voice_cache(*, hit: bool) -> None:
    """A sentence was found in the voice cache, or had to be rendered."""
    metrics.VOICE_CACHE.labels("hit" if hit else "miss").inc()


def call_began(channel: str) -> None:
    """A voice talk began."""
    metrics.CALLS_ACTIVE.labels(channel).inc()


def call_ended(channel: str) -> None:
    """A voice talk ended."""
    metrics.CALLS_ACTIVE.labels(channel).dec()


def observe_stages(channel: str, times: StageTimes) -> None:
    """The stages of one voice turn, and voice to voice as ``total``."""
    for stage, seconds in (
        ("endpoint", times.endpoint_s),
        ("hearing", times.hearing_s),
        ("dialogue", times.dialogue_s),
        ("speech", times.speech_s),
        ("total", times.total_s),
    ):
        metrics.STAGES.labels(channel, stage).observe(seconds)


def observe_dialogue(channel: str, seconds: float) -> None:
    """The dialogue's time in a text turn."""
    metrics.STAGES.labels(channel, "dialogue").observe(seconds)
