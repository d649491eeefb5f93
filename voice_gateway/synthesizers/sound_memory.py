"""Sounds held in memory: least recently used out first, pinned ones never."""

from __future__ import annotations

from collections import OrderedDict


class SoundMemory:
    """Holds at most ``max_bytes`` beside what is pinned; counts what it had to let go."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._pinned: dict[str, bytes] = {}
        self._held_bytes = 0
        self.evictions = 0

    @property
    def size_bytes(self) -> int:
        """Everything that is held, pinned or not."""
        return self._held_bytes + sum(map(len, self._pinned.values()))

    def get(self, key: str) -> bytes | None:
        """The sound of a key, which is then the last to go."""
        if (pcm := self._pinned.get(key)) is not None:
            return pcm
        if (pcm := self._held.get(key)) is not None:
            self._held.move_to_end(key)
        return pcm

    def put(self, key: str, pcm: bytes) -> None:
        """Hold a sound; one longer than the whole memory is not held at all."""
        if key in self._pinned or len(pcm) > self._max_bytes:
            return
        self._drop(key)
        self._held[key] = pcm
        self._held_bytes += len(pcm)
        while self._held_bytes > self._max_bytes:
            self._drop(next(iter(self._held)))
            self.evictions += 1

    def pin(self, key: str, pcm: bytes) -> None:
        """Hold a sound for good."""
        self._drop(key)
        self._pinned[key] = pcm

    def unpin(self, key: str) -> None:
        """Hold a sound like any other."""
        if (pcm := self._pinned.pop(key, None)) is not None:
            self.put(key, pcm)

    def _drop(self, key: str) -> None:
        self._held_bytes -= len(self._held.pop(key, b""))
