"""The same talk built on pipecat-ai: Vosk hears, our Rasa decides, espeak-ng speaks.

What a capable engineer would build instead of ``voice_gateway``, to be measured beside it on the
same protocol (``/ws/voice``). Runs in an environment of its own (requirements.txt); README.md
says how it was tuned and where the comparison is not even.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections.abc import Awaitable, Callable

import httpx
import numpy as np
import uvicorn
import vosk
from engines import Espeak, EspeakService, VoskService
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMContextFrame,
    OutputAudioRawFrame,
    OutputTransportMessageUrgentFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner
from stages import Stages

AUDIBLE_RMS = 103.6  # of 32768: -50 dBFS, as the measuring caller counts it
TUNED_STOP_S = 0.54  # README.md: the shortest that cuts nobody off at pauses of 0.39 s
RASA_TIMEOUT_S = 3.0
TROUBLE = "Przepraszam, mam teraz kłopot techniczny."


def audible(pcm: bytes) -> bool:
    """Whether a packet holds sound that somebody hears."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    return bool(samples.size and np.sqrt(np.mean(samples**2)) > AUDIBLE_RMS)


class PcmSerializer(FrameSerializer):
    """Binary PCM both ways; JSON ``flush`` on interruption; stage times at an answer's start."""

    def __init__(self, rate_hz: int, stages: Stages, tell: Callable[[str], Awaitable[None]]):
        super().__init__()
        self._rate_hz, self._stages, self._tell = rate_hz, stages, tell

    async def serialize(self, frame: Frame) -> str | bytes | None:
        """What goes to the caller."""
        if isinstance(frame, InterruptionFrame):
            return json.dumps({"type": "flush"})
        if isinstance(frame, OutputTransportMessageUrgentFrame):
            return None if self.should_ignore_frame(frame) else json.dumps(frame.message)
        if not isinstance(frame, OutputAudioRawFrame):
            return None
        if self._stages.answered and audible(frame.audio):
            times = self._stages.as_ms(time.monotonic())
            self._stages.answered = 0.0
            await self._tell(json.dumps({"type": "reply", "times": times}))
        return frame.audio

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """What comes from the caller; only sound means something here."""
        if isinstance(data, str):
            return None
        if audible(data):
            self._stages.last_sound = time.monotonic()
        return InputAudioRawFrame(data, self._rate_hz, 1)


class RasaProcessor(FrameProcessor):
    """Stands where pipecat has its language model: a turn goes to Rasa, its answer is spoken."""

    def __init__(self, client: httpx.AsyncClient, stages: Stages):
        super().__init__()
        self._client, self._stages = client, stages
        self._sender = f"peer-{uuid.uuid4()}"

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """A finished turn arrives as a context; everything else passes."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        text = str(frame.context.get_messages()[-1]["content"])
        self._stages.turn_ended = time.monotonic()
        self._stages.spoke_until = self._stages.last_sound
        message = {"type": "transcript", "text": text, "final": True}
        await self.push_frame(OutputTransportMessageUrgentFrame(message))
        sentences = await self._ask(text)
        self._stages.answered = time.monotonic()
        for sentence in sentences:
            await self.push_frame(TTSSpeakFrame(sentence))

    async def _ask(self, text: str) -> list[str]:
        body = {
            "sender": self._sender,
            "message": text,
            "metadata": {"channel": "browser", "kind": "speech"},
        }
        try:
            answer = await self._client.post("/webhooks/rest/webhook", json=body)
            answer.raise_for_status()
            pieces = [message["custom"] for message in answer.json()]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            logger.error("rasa failed: {}", type(error).__name__)
            return [TROUBLE]
        return [piece.get("spoken") or piece["text"] for piece in pieces] or [TROUBLE]


def turn_taking(preset: str) -> LLMUserAggregatorParams:
    """``default``: pipecat's own (Smart Turn v3 after 0.2 s). ``tuned``: a plain pause."""
    if preset == "default":
        return LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer(), empty_user_turn=None)
    return LLMUserAggregatorParams(
        vad_analyzer=SileroVADAnalyzer(params=VADParams(stop_secs=TUNED_STOP_S)),
        user_turn_strategies=UserTurnStrategies(
            stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)]
        ),
        empty_user_turn=None,  # its answer is an instruction for a language model
    )


def build_app(options: argparse.Namespace) -> FastAPI:
    """The server; one pipeline a call."""
    app = FastAPI()
    model, voice = vosk.Model(options.model), Espeak()
    rasa = httpx.AsyncClient(base_url=options.rasa, timeout=RASA_TIMEOUT_S, trust_env=False)

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.websocket("/ws/voice")
    async def call(websocket: WebSocket) -> None:
        await websocket.accept()
        rate_hz = int((await websocket.receive_json())["rate"])
        await websocket.send_json({"type": "ready", "rate": rate_hz})
        stages = Stages()
        transport = FastAPIWebsocketTransport(
            websocket,
            FastAPIWebsocketParams(
                audio_in_enabled=True,
                audio_out_enabled=True,
                serializer=PcmSerializer(rate_hz, stages, websocket.send_text),
            ),
        )
        memory = LLMContextAggregatorPair(LLMContext(), user_params=turn_taking(options.preset))
        pipeline = Pipeline(
            [
                transport.input(),
                VoskService(model, rate_hz, stages),
                memory.user(),
                RasaProcessor(rasa, stages),
                EspeakService(voice),
                transport.output(),
                memory.assistant(),
            ]
        )
        params = PipelineParams(audio_in_sample_rate=rate_hz, audio_out_sample_rate=rate_hz)
        worker = PipelineWorker(pipeline, params=params, enable_rtvi=False)

        @transport.event_handler("on_client_connected")
        async def greet(*_: object) -> None:
            await worker.queue_frame(TTSSpeakFrame(options.greeting))

        @transport.event_handler("on_client_disconnected")
        async def stop(*_: object) -> None:
            await worker.cancel()

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        await runner.run()

    return app


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=("default", "tuned"), default="default")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", required=True, help="folder of a Vosk model")
    parser.add_argument("--rasa", required=True, help="http://host:port of Rasa")
    parser.add_argument("--greeting", required=True)
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    vosk.SetLogLevel(-1)
    app = build_app(options)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        ws_per_message_deflate=False,  # compression of speech costs time and wins nothing
    )


if __name__ == "__main__":
    main()
