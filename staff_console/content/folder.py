"""A machine's knowledge folder: its content files, replaced as a whole, and what it holds.

``.content.json`` remembers for each path the hash of the version that stands in its file, so that
a file changed by hand can be told from one that is merely old. While a file is being replaced two
hashes stand there: after a crash either of them is no hand's work.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

HELD = ".content.json"
LOCK = ".content.lock"
UNFINISHED = ".content-tmp"
PATH = re.compile(
    r"(?:topics|acts)/[a-z0-9_]{1,64}\.yml|(?:office|dialogue|system|visits|incidents)\.yml"
)
Held = dict[str, list[str]]


def is_content(path: str) -> bool:
    """Whether a path may name edited content; nothing outside the folder can."""
    return PATH.fullmatch(path) is not None


def digest(data: bytes) -> str:
    """The hash of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


class ContentFolder:
    """The content files in one folder. ``notes``: where it is noted what the folder holds of this
    database, by default the folder itself.
    """

    def __init__(self, folder: Path, notes: Path | None = None) -> None:
        self.folder = folder
        self._notes = notes or folder

    def read(self) -> dict[str, bytes]:
        """Path -> bytes of each content file."""
        found = {}
        for path in self._paths():
            with suppress(FileNotFoundError):  # somebody's tool is just replacing it
                found[path] = (self.folder / path).read_bytes()
        return found

    def stamp(self) -> tuple[tuple[str, int, int, int], ...]:
        """Changes whenever a file changes."""
        found = []
        for path in self._paths():
            with suppress(FileNotFoundError):
                status = (self.folder / path).stat()
                found.append((path, status.st_mtime_ns, status.st_size, status.st_ino))
        return tuple(found)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other threads and processes of this machine away from the folder."""
        with (self._notes / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # ends with the file, also when the process dies
            yield

    def held(self) -> Held:
        """Path -> hashes that the file may have without a hand's work; empty in a new folder."""
        try:
            found = json.loads((self._notes / HELD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def keep(self, held: Held) -> None:
        """Remember what the folder holds."""
        if held != self.held():
            words = json.dumps(held, indent=1, sort_keys=True)
            _replace(self._notes / HELD, words.encode())

    def write(self, bodies: Mapping[str, bytes], held: Held, seen: Mapping[str, bytes]) -> None:
        """Replace files; ``seen``: what stood there. The folder is locked.

        A file that was changed by hand since it was seen stays for the next round.
        """
        for path, data in bodies.items():
            held[path] = [*held.get(path, []), digest(data)]
        self.keep(held)
        for path, data in bodies.items():
            file = self.folder / path
            if (file.read_bytes() if file.exists() else None) == seen.get(path):
                file.parent.mkdir(exist_ok=True)
                _replace(file, data)
                held[path] = [digest(data)]
            else:
                held[path] = held[path][:-1]
        self.keep(held)

    def clear(self) -> None:
        """Remove what a killed process left unfinished. The folder is locked."""
        for place in (".", "topics", "acts"):
            for file in (self.folder / place).glob(f"*{UNFINISHED}"):
                file.unlink(missing_ok=True)

    def _paths(self) -> list[str]:
        files = (file for place in (".", "topics", "acts") for file in self._yaml(place))
        found = (file.relative_to(self.folder).as_posix() for file in files)
        return sorted(path for path in found if is_content(path))

    def _yaml(self, place: str) -> Iterator[Path]:
        return (self.folder / place).glob("*.yml")


def _replace(file: Path, data: bytes) -> None:
    """Readers see the old file or the new one, also after a power cut."""
    unfinished = file.with_name(file.name + UNFINISHED)
    with unfinished.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    if file.exists():
        unfinished.chmod(file.stat().st_mode & 0o777)
    unfinished.replace(file)
    place = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
