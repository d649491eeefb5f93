"""The caller's sound: even frames, old sound dropped, gaps filled, keys always kept."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.channels.caller_audio import GAP_FRAMES, LATE_S, QUEUE_S, CallerAudio
from voice_gateway.ports import KeyPressed
from voice_gateway.values import AudioFrame

FRAME = bytes([1, 0]) * 160  # 20 ms at 8 kHz


class Clock:
    """Time that moves only when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


async def everything(audio: CallerAudio) -> list:
    audio.close()
    return [event async for event in audio.events()]


def frames(events: list) -> list[bytes]:
    return [event.pcm for event in events if isinstance(event, AudioFrame)]


@given(st.lists(st.binary(min_size=1, max_size=900), max_size=20))
async def test_any_cutting_gives_exact_frames_in_order(pieces):
    clock = Clock()
    audio = CallerAudio(8000, clock)
    for piece in pieces:
        clock.now += len(piece) / 16000 + 0.01
        audio.put(piece)
    sent = b"".join(pieces)
    heard = frames(await everything(audio))
    assert all(len(frame) == 320 for frame in heard)
    assert b"".join(heard) == sent[: len(sent) // 320 * 320][-len(heard) * 320 or None :]
    assert len(heard) == min(len(sent) // 320, round(QUEUE_S / 0.02))


async def test_a_full_queue_drops_the_oldest_sound_and_no_key():
    clock = Clock()
    audio = CallerAudio(8000, clock)
    audio.press("7")
    for number in range(80):
        clock.now += 0.02
        audio.put(number.to_bytes(2, "little") * 160)
    events = await everything(audio)
    assert events[0] == KeyPressed("7")
    assert [frame[0] for frame in frames(events)] == list(range(30, 80))
    assert round(audio.dropped_s, 3) == 0.6


async def test_after_standing_still_only_the_newest_sound_is_kept():
    clock = Clock()
    audio = CallerAudio(8000, clock)
    clock.now += 0.02
    audio.put(FRAME)
    clock.now += 4.0  # we stood still; 200 frames wait in the socket
    for number in range(200):
        clock.now += 0.0001
        audio.put(number.to_bytes(2, "little") * 160)
    kept = frames(await everything(audio))[1:]
    assert kept[-1][0] == 199
    assert len(kept) * 0.02 <= LATE_S + 0.04
    assert audio.dropped_s > 3.5


async def test_a_muted_phone_coming_back_loses_nothing():
    clock = Clock()
    audio = CallerAudio(8000, clock)
    audio.put(FRAME)
    clock.now += 10.0
    for _ in range(10):
        audio.put(FRAME)
        clock.now += 0.02
    assert audio.dropped_s == 0
    assert len(frames(await everything(audio))) == 11


async def test_usual_jitter_loses_nothing():
    clock = Clock()
    audio = CallerAudio(8000, clock)
    for _ in range(6):
        clock.now += 0.16  # eight frames come together
        for _ in range(8):
            audio.put(FRAME)
    assert audio.dropped_s == 0


async def test_silence_is_put_where_nothing_comes():
    clock = Clock()
    audio = CallerAudio(8000, clock)
    audio.put(FRAME)
    events = audio.events()
    assert (await anext(events)).pcm == FRAME
    clock.now += GAP_FRAMES * 0.02
    silence = [await anext(events) for _ in range(10)]
    assert {frame.pcm for frame in silence} == {bytes(320)}
    clock.now += 0.02
    assert (await anext(events)).pcm == bytes(320)


async def test_waiting_ends_at_once_when_something_comes():
    audio = CallerAudio(16000, Clock())
    events = audio.events()
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    audio.press("0")
    assert await waiting == KeyPressed("0")
    audio.close()
    assert [event async for event in events] == []
