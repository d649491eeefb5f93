"""What Prometheus sees. docs/telemetry.md lists every metric; a test compares it with this file.

Labels hold ids from fixed lists only, never anything a person said.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Edges around the figures that matter: 100 ms text turn, 300 ms barge-in, 600 ms voice-to-voice.
SECONDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)

REGISTRY = CollectorRegistry()

TURNS = Counter("halo_turns", "Turns answered.", ["channel", "kind"], registry=REGISTRY)
ERRORS = Counter("halo_errors", "Faults and refusals by code.", ["code"], registry=REGISTRY)
STAGES = Histogram(
    "halo_stage_seconds",
    "Seconds a turn spent in a stage.",
    ["channel", "stage"],
    buckets=SECONDS,
    registry=REGISTRY,
)
DROPPED_AUDIO = Counter(
    "halo_audio_dropped_seconds", "Sound thrown away by a full queue.", ["side"], registry=REGISTRY
)
DROPPED_TURNS = Counter(
    "halo_turns_dropped", "Turns of callers that a full queue refused.", registry=REGISTRY
)
DROPPED_RECORDS = Counter(
    "halo_records_dropped", "Records that could not be kept.", ["kind"], registry=REGISTRY
)
CALLS_ACTIVE = Gauge("halo_calls_active", "Voice talks now.", ["channel"], registry=REGISTRY)
HANDOFFS = Counter(
    "halo_handoffs", "Wishes to reach a person.", ["channel", "reason"], registry=REGISTRY
)
VOICE_CACHE = Counter(
    "halo_voice_cache", "Sentences served from the voice cache.", ["result"], registry=REGISTRY
)


def render() -> bytes:
    """The page of ``GET /metrics``; its content type is ``CONTENT_TYPE``."""
    return generate_latest(REGISTRY)
