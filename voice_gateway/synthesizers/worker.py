"""A voice worker: a small process that speaks one text at a time (``wire.py`` is its language).

``python -m voice_gateway.synthesizers.worker --voice pl --rate-wpm 150 --pitch 45``

It ends when its input is closed, so it never outlives the gateway.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import BinaryIO

from voice_gateway.synthesizers import sound, wire
from voice_gateway.synthesizers.engine import EspeakEngine


def serve(engine: EspeakEngine, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the input is closed."""
    while len(header := requests.read(wire.HEADER.size)) == wire.HEADER.size:
        payload = requests.read(wire.frame_length(header))
        _send(answers, _answer(engine, payload))


def _answer(engine: EspeakEngine, payload: bytes) -> bytes:
    try:
        request = wire.decode_request(payload)
        pcm = engine.render(request.text)
        return wire.OK + sound.telephone_sound(pcm, engine.rate_hz, request.rate_hz)
    except Exception as error:
        return wire.ERROR + type(error).__name__.encode()


def _send(answers: BinaryIO, payload: bytes) -> None:
    answers.write(wire.frame(payload))
    answers.flush()


def main() -> int:
    """Start the engine, say so, and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--voice", default="pl")
    parser.add_argument("--rate-wpm", type=int, default=150)
    parser.add_argument("--pitch", type=int, default=45)
    parser.add_argument("--bundled", action="store_true", help="espeakng-loader's own library")
    options = parser.parse_args()
    # Libraries may print: their output goes to stderr, the pipe stays for frames only.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        try:
            engine = EspeakEngine(
                options.voice, options.rate_wpm, options.pitch, bundled=options.bundled
            )
        except Exception as error:
            _send(answers, wire.ERROR + str(error).encode())
            return 1
        _send(answers, wire.OK + engine.name.encode())
        serve(engine, sys.stdin.buffer, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
