"""Who gets a voice worker, and what happens when one goes away; with workers of straw."""

from __future__ import annotations

import asyncio

import pytest

from voice_gateway.errors import VoiceError
from voice_gateway.synthesizers import sound, wire
from voice_gateway.synthesizers.pool import WorkerPool


class StrawWorker:
    """Stands for a process: has a pid, can end."""

    born = 0

    def __init__(self) -> None:
        StrawWorker.born += 1
        self.pid = StrawWorker.born
        self.engine_name = "straw"
        self.gone = asyncio.Event()

    async def ended(self) -> None:
        await self.gone.wait()

    async def kill(self) -> None:
        self.gone.set()


async def start(_command: tuple[str, ...]) -> StrawWorker:
    return StrawWorker()


def pool(size: int = 1, max_waiting: int = 2, starter=start) -> WorkerPool:
    return WorkerPool((), size, max_waiting, starter)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_worker_serves_one_at_a_time() -> None:
    workers = pool()
    first = await workers.acquire()
    second = asyncio.create_task(workers.acquire())
    await settle()
    assert not second.done()
    workers.release(first)
    assert await second is first
    await workers.close()


async def test_live_callers_go_before_background_work() -> None:
    workers = pool()
    worker = await workers.acquire()
    quiet = asyncio.create_task(workers.acquire(background=True))
    await settle()
    live = asyncio.create_task(workers.acquire())
    await settle()
    workers.release(worker)
    assert await live is worker
    assert not quiet.done()
    workers.release(worker)
    assert await quiet is worker
    await workers.close()


async def test_a_full_queue_is_said_at_once() -> None:
    workers = pool(max_waiting=1)
    await workers.acquire()
    waiting = asyncio.create_task(workers.acquire())
    await settle()
    with pytest.raises(VoiceError) as caught:
        await workers.acquire()
    assert (caught.value.code, caught.value.retry) == ("voice-busy", True)
    await workers.close()
    with pytest.raises(VoiceError):
        await waiting


async def test_a_caller_who_gave_up_is_skipped() -> None:
    workers = pool()
    worker = await workers.acquire()
    gone = asyncio.create_task(workers.acquire())
    stays = asyncio.create_task(workers.acquire())
    await settle()
    workers.release(worker)
    gone.cancel()  # in the same moment in which it got the worker
    assert await asyncio.wait_for(stays, 1) is worker
    await workers.close()


async def test_a_worker_that_ends_is_replaced() -> None:
    workers = pool()
    worker = await workers.acquire()
    workers.release(worker)
    await worker.kill()
    await settle()
    fresh = await workers.acquire()
    assert fresh.pid != worker.pid
    assert (workers.restarts, workers.pids) == (1, (fresh.pid,))
    workers.discard(worker)
    assert workers.restarts == 1, "discarding twice replaces once"
    await workers.close()
    assert workers.pids == ()


async def test_nobody_waits_for_a_worker_that_cannot_start() -> None:
    async def broken(_command: tuple[str, ...]) -> StrawWorker:
        raise VoiceError("voice-worker-died", "no library")

    workers = pool(starter=broken)
    with pytest.raises(VoiceError) as caught:
        await asyncio.wait_for(workers.acquire(), 1)
    assert caught.value.code == "voice-worker-died"
    await workers.close()
    with pytest.raises(VoiceError):
        await workers.acquire()


def test_frames_carry_requests_and_answers() -> None:
    request = wire.Request(text="zażółć", rate_hz=8000)
    framed = wire.frame(wire.encode_request(request))
    size = wire.HEADER.size
    assert wire.frame_length(framed[:size]) == len(framed) - size
    assert wire.decode_request(framed[size:]) == request
    assert wire.split_answer(wire.OK + b"pcm") == (True, b"pcm")
    assert wire.split_answer(wire.ERROR + b"why") == (False, b"why")
    with pytest.raises(ValueError, match="long"):
        wire.frame_length(b"\xff\xff\xff\xff")


def test_silence_is_trimmed_and_nothing_is_clipped() -> None:
    loud = b"\xff\x7f\x01\x80" * 2000
    pcm = sound.telephone_sound(bytes(8000) + loud + bytes(8000), 22050, 8000)
    assert len(pcm) / 2 / 8000 == pytest.approx(4000 / 22050 + 2 * sound.KEEP_S, abs=0.005)
    peaks = [abs(int.from_bytes(pcm[i : i + 2], "little", signed=True)) for i in range(0, 9, 2)]
    assert max(peaks) < 32767
    assert sound.telephone_sound(bytes(8000), 22050, 8000) == b""


def test_a_cut_text_is_noticed() -> None:
    text = "Dzień dobry, tu asystent urzędu miasta."
    assert sound.long_enough(bytes(2 * 8000 * 3), 8000, text, 150)
    assert not sound.long_enough(bytes(2 * 800), 8000, text, 150)
    assert not sound.long_enough(b"", 8000, "a", 150)
