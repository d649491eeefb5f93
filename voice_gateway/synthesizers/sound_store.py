"""Sound of the assistant's own sentences on disk, so that a warm start needs no synthesis.

Only what ``CachedVoice.warm`` is given gets here; what is said to one caller never does.
A file is the PCM with its CRC-32 behind it, written aside and renamed: whole or absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import zlib
from pathlib import Path

CRC = struct.Struct(">I")


class SoundStore:
    """A folder of rendered sentences, held under ``max_bytes`` (the oldest go)."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def get(self, key: str) -> bytes | None:
        """The sound of a key; None when absent or damaged."""
        try:
            data = self._path(key).read_bytes()
        except OSError:
            return None
        pcm, crc = data[: -CRC.size], data[-CRC.size :]
        return pcm if pcm and crc == CRC.pack(zlib.crc32(pcm)) else None

    def put(self, key: str, pcm: bytes) -> None:
        """Keep a sound. Raises ``OSError`` (disk full, no right); the caller goes on without."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pcm + CRC.pack(zlib.crc32(pcm)))
            Path(aside).replace(self._path(key))
        except OSError:
            Path(aside).unlink(missing_ok=True)
            raise

    def trim(self) -> None:
        """Remove the oldest files above the limit, and leftovers of a crash."""
        files = []
        for path in self._folder.glob("*"):
            with contextlib.suppress(OSError):  # another gateway may trim the same folder
                files.append((path.stat(), path))
        files.sort(key=lambda item: item[0].st_mtime, reverse=True)
        total = 0
        for stat, path in files:
            total += stat.st_size
            if total > self._max_bytes or path.suffix == ".part":
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / (hashlib.sha256(key.encode()).hexdigest() + ".pcm")
