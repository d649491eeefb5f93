"""Content as one file to take along: a zip of the knowledge's files, or one topic's file.

Nothing is ever unpacked to a disk: only names of content files are taken, whatever folders stand
before them, and no more is read than is allowed, whatever the zip says about itself.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from staff_console.content.folder import is_content
from staff_console.content.publish import MOST_BYTES, storable
from staff_console.content.refusals import invalid
from voice_gateway.errors import RequestError
from voice_gateway.records.queries import clean

MOST_UPLOAD_BYTES = 3_000_000
MOST_UNPACKED_BYTES = 12_000_000
MOST_FILES = 300
MOST_SKIPPED_SHOWN = 20
MANIFEST = "halo-urzad.json"
ORIGIN_CHARS = 100
MADE_OF_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Package:
    """What came. ``files``: path -> text; ``unreadable``: path -> why, in Polish; ``skipped``:
    names that are no content; ``origin``: the city that the package says it comes from."""

    files: Mapping[str, str]
    unreadable: Mapping[str, str]
    skipped: Sequence[str]
    origin: str = ""


def pack(bodies: Mapping[str, str], city: str, now: datetime) -> bytes:
    """A zip with all files, byte for byte, and where they come from."""
    out = io.BytesIO()
    about = {"format": 1, "city": city, "made_at": now.isoformat(timespec="seconds")}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(MANIFEST, json.dumps(about, ensure_ascii=False, indent=1))
        for path, body in sorted(bodies.items()):
            packed.writestr(path, body.encode())
    return out.getvalue()


def unpack(name: str, data: bytes) -> Package:
    """What stands in an uploaded file. ``name``: the file's own, of a single topic or act.

    Raises ``RequestError`` content-invalid (422), content-too-large (413).
    """
    if len(data) > MOST_UPLOAD_BYTES:
        raise _too_large()
    if data.startswith(MADE_OF_ZIP):
        return _of_zip(data)
    path = content_path(name) or _path_of_single(name, data)
    if not path:
        raise invalid(["To nie jest ani plik zip, ani plik sprawy z końcówką .yml."])
    return _package({path: data}, [], "")


def content_path(name: str) -> str:
    """The content file that a name in a zip stands for, with any folders before it; else empty."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or (parts and parts[0] == "/"):
        return ""
    ends = ("/".join(parts[-count:]) for count in (2, 1) if len(parts) >= count)
    return next((end for end in ends if is_content(end)), "")


def _path_of_single(name: str, data: bytes) -> str:
    """A topic's file by itself has no folder in its name: an act has replies."""
    file = PurePosixPath(name.replace("\\", "/")).name
    kind = "acts" if b"\nreplies:" in data else "topics"
    path = f"{kind}/{file}"
    return path if is_content(path) else ""


def _of_zip(data: bytes) -> Package:
    found: dict[str, bytes] = {}
    skipped: list[str] = []
    origin, left = "", MOST_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                raise _too_large()
            for entry in entries:
                path = content_path(entry.filename)
                if entry.filename == MANIFEST:
                    origin = _origin(_read(packed, entry, left))
                elif not path:
                    skipped.append(clean(entry.filename)[:ORIGIN_CHARS])
                elif path in found:
                    raise invalid([f"Ten plik jest w paczce dwa razy: {path}."])
                else:
                    found[path] = _read(packed, entry, left)
                    left -= len(found[path])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise invalid(["Tego pliku zip nie da się odczytać."]) from error
    if not found:
        raise invalid(["W tym pliku zip nie ma treści asystenta."])
    return _package(found, skipped[:MOST_SKIPPED_SHOWN], origin)


def _read(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    most = min(left, MOST_BYTES)
    with packed.open(entry) as file:
        data = file.read(most + 1)  # what the zip says of its size proves nothing
    if len(data) > most:
        raise _too_large()
    return data


def _package(found: Mapping[str, bytes], skipped: Sequence[str], origin: str) -> Package:
    files: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    for path, data in found.items():
        try:
            files[path] = storable(data.decode())
        except UnicodeDecodeError:
            unreadable[path] = "plik nie jest zapisany w UTF-8"
        except RequestError as error:
            unreadable[path] = error.detail_pl
    return Package(files, unreadable, skipped, origin)


def _origin(data: bytes) -> str:
    try:
        about = json.loads(data)
        city = about.get("city", "") if isinstance(about, dict) else ""
    except (ValueError, RecursionError):
        return ""
    return clean(city).strip()[:ORIGIN_CHARS] if isinstance(city, str) else ""


def _too_large() -> RequestError:
    return RequestError(
        "content-too-large",
        f"Ten plik jest za duży. Najwyżej {MOST_FILES} plików, {MOST_UPLOAD_BYTES // 10**6} MB "
        f"przed rozpakowaniem i {MOST_UNPACKED_BYTES // 10**6} MB po nim.",
        status=413,
    )
