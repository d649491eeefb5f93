"""The cache around a voice, with a voice of numbers; and its files on disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from voice_gateway.errors import SetupError, VoiceError
from voice_gateway.settings import Settings
from voice_gateway.synthesizers.build import build_voice
from voice_gateway.synthesizers.cache import CachedVoice
from voice_gateway.synthesizers.sound_memory import SoundMemory
from voice_gateway.synthesizers.sound_store import SoundStore


class CountingVoice:
    """A voice whose sound is its text; counts, waits for a gate, and can be dead."""

    voice_name = "counting"
    engine_name = "counting 1.0"
    pids = ()

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, bool]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.dead = False

    def start(self) -> None: ...

    async def synthesize(self, spoken: str, rate_hz: int, *, background: bool = False) -> bytes:
        self.asked.append((spoken, rate_hz, background))
        await self.gate.wait()
        if self.dead:
            raise VoiceError("voice-worker-died", retry=True)
        return f"{spoken}@{rate_hz}".encode()

    async def close(self) -> None: ...


async def test_the_second_time_costs_nothing() -> None:
    inner = CountingVoice()
    voice = CachedVoice(inner, 1000)
    assert await voice.synthesize("tak", 8000) == b"tak@8000"
    assert await voice.synthesize("tak", 8000) == b"tak@8000"
    assert await voice.synthesize("tak", 16000) == b"tak@16000"
    assert len(inner.asked) == 2
    assert (voice.stats.hits, voice.stats.misses) == (1, 2)


async def test_callers_at_the_same_time_share_one_synthesis() -> None:
    inner = CountingVoice()
    inner.gate.clear()
    voice = CachedVoice(inner, 1000)
    first = asyncio.create_task(voice.synthesize("tak", 8000))
    second = asyncio.create_task(voice.synthesize("tak", 8000))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    inner.gate.set()
    assert await second == b"tak@8000", "the caller who hung up stopped nothing"
    assert len(inner.asked) == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failure_is_told_and_not_kept() -> None:
    inner = CountingVoice()
    inner.dead = True
    voice = CachedVoice(inner, 1000)
    with pytest.raises(VoiceError):
        await voice.synthesize("tak", 8000)
    inner.dead = False
    assert await voice.synthesize("tak", 8000) == b"tak@8000"
    assert voice.stats.failures == 1


async def test_pinned_sentences_are_said_with_all_workers_dead() -> None:
    inner = CountingVoice()
    voice = CachedVoice(inner, 20)
    assert await voice.warm(["kłopot techniczny"], pin=True) == 0
    for i in range(50):
        await voice.synthesize(f"zdanie {i}", 8000)
    inner.dead = True
    await voice.close()
    assert await voice.synthesize("kłopot techniczny", 8000) == "kłopot techniczny@8000".encode()
    assert await voice.synthesize("kłopot techniczny", 16000)
    with pytest.raises(VoiceError):
        await voice.synthesize("zdanie 0", 8000)


async def test_warming_goes_behind_callers_and_survives_failures() -> None:
    inner = CountingVoice()
    voice = CachedVoice(inner, 1000)
    assert await voice.warm(["raz", "raz", "dwa"], (8000,)) == 0
    assert inner.asked == [("raz", 8000, True), ("dwa", 8000, True)]
    inner.dead = True
    assert await voice.warm(["trzy"], (8000, 16000)) == 2


async def test_a_warm_start_reads_the_disk(tmp_path: Path) -> None:
    inner = CountingVoice()
    voice = CachedVoice(inner, 1000, SoundStore(tmp_path, 10_000))
    await voice.warm(["dzień dobry"], (8000,))
    await voice.synthesize("Panie Janie", 8000)
    assert len(list(tmp_path.glob("*.pcm"))) == 1, "what one caller is told stays off the disk"

    later = CountingVoice()
    later.dead = True
    again = CachedVoice(later, 1000, SoundStore(tmp_path, 10_000))
    assert await again.warm(["dzień dobry"], (8000,), pin=True) == 0
    assert await again.synthesize("dzień dobry", 8000) == "dzień dobry@8000".encode()
    assert not later.asked


async def test_what_left_memory_comes_back_from_disk(tmp_path: Path) -> None:
    inner = CountingVoice()
    voice = CachedVoice(inner, 12, SoundStore(tmp_path, 10_000))
    await voice.warm(["raz", "dwa"], (8000,))
    inner.asked.clear()
    assert await voice.synthesize("raz", 8000) == b"raz@8000"
    assert not inner.asked
    assert voice.stats.disk_hits == 1


async def test_a_full_disk_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    voice = CachedVoice(CountingVoice(), 1000, SoundStore(tmp_path / "file" / "voice", 1000))
    assert await voice.warm(["raz"], (8000,)) == 0
    assert await voice.synthesize("raz", 8000) == b"raz@8000"


def test_a_damaged_file_is_no_sound(tmp_path: Path) -> None:
    store = SoundStore(tmp_path, 1000)
    store.put("a", b"\x01\x02")
    assert store.get("a") == b"\x01\x02"
    (path,) = tmp_path.glob("*.pcm")
    path.write_bytes(path.read_bytes()[:-1])
    assert store.get("a") is None
    path.write_bytes(b"")
    assert store.get("a") is None


def test_the_folder_stays_under_its_limit(tmp_path: Path) -> None:
    store = SoundStore(tmp_path, 3000)
    for i in range(10):
        store.put(str(i), bytes(996))
    (tmp_path / "crash.part").write_bytes(b"x")
    store.trim()
    assert sum(f.stat().st_size for f in tmp_path.iterdir()) <= 3000
    assert not list(tmp_path.glob("*.part"))


def test_memory_lets_the_least_used_go() -> None:
    memory = SoundMemory(6)
    memory.put("a", b"aa")
    memory.put("b", b"bb")
    memory.put("c", b"cc")
    assert memory.get("a")
    memory.put("d", b"dd")
    assert memory.get("b") is None
    assert memory.get("a") == b"aa"
    assert (memory.size_bytes, memory.evictions) == (6, 1)
    memory.put("huge", bytes(7))
    assert memory.get("huge") is None
    memory.pin("a", b"aa")
    memory.put("a", b"other")
    assert memory.get("a") == b"aa"


def test_the_settings_choose_the_voice(tmp_path: Path) -> None:
    assert "150" in build_voice(Settings(data_dir=tmp_path)).voice_name
    with pytest.raises(SetupError):
        build_voice(Settings(data_dir=tmp_path, voice_engine="neural"))
    assert not (tmp_path / "voice").exists(), "building touches nothing"
