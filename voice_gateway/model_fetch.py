"""``halo models fetch``: the official Polish Vosk model, checked, resumed, put in place at once."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress

from voice_gateway.errors import SetupError
from voice_gateway.settings import Settings
from voice_gateway.speech_models import OFFICIAL

MODEL_LIST_URL = "https://alphacephei.com/vosk/models/model-list.json"
CONNECT_TIMEOUT_S = 10.0
PIECE_BYTES = 1 << 16


def fetch_official(settings: Settings, console: Console, list_url: str = MODEL_LIST_URL) -> int:
    """Fetch and unpack the official model; 0 when it is there, 1 with a clear line when not."""
    folder = settings.models_dir / "speech" / "official"
    if (folder / OFFICIAL / "am" / "final.mdl").exists():
        console.print(f"Model {OFFICIAL} już jest.")
        return 0
    try:
        url, md5 = _look_up(list_url)
        archive = _download(url, settings.models_dir / "speech" / "downloads", md5, console)
        _unpack(archive, folder)
    except (httpx.HTTPError, SetupError, OSError, zipfile.BadZipFile, ValueError) as error:
        console.print(
            f"[yellow]Nie udało się pobrać modelu {OFFICIAL} ({type(error).__name__}: {error}). "
            "Asystent słucha dalej modelem dołączonym do projektu.[/yellow]"
        )
        return 1
    archive.unlink()
    console.print(f"[green]Model {OFFICIAL} gotowy; działa po ponownym uruchomieniu.[/green]")
    return 0


def _look_up(list_url: str) -> tuple[str, str]:
    """Address and MD5 of the model from the publisher's own list."""
    answer = httpx.get(list_url, timeout=CONNECT_TIMEOUT_S, follow_redirects=True)
    answer.raise_for_status()
    for model in answer.json():
        if model.get("name") == OFFICIAL:
            return str(model["url"]), str(model["md5"])
    raise SetupError("setup-model-list", "the publisher's list does not name the model")


def _download(url: str, folder: Path, md5: str, console: Console) -> Path:
    """Download into ``folder``, going on where an earlier try ended. Checks the checksum."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{OFFICIAL}.zip.part"
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with httpx.stream(
        "GET", url, headers=headers, timeout=CONNECT_TIMEOUT_S, follow_redirects=True
    ) as answer:
        if answer.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            answer.raise_for_status()
            _save(answer, part, have, console)
    if _md5(part) != md5:
        part.unlink()
        raise SetupError("setup-model-checksum", "checksum differs, download thrown away")
    return part


def _save(answer: httpx.Response, part: Path, have: int, console: Console) -> None:
    resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
    total = int(answer.headers.get("content-length", 0)) + (have if resumed else 0)
    with part.open("ab" if resumed else "wb") as file, Progress(console=console) as progress:
        task = progress.add_task(OFFICIAL, total=total or None, completed=have if resumed else 0)
        for piece in answer.iter_bytes(PIECE_BYTES):
            file.write(piece)
            progress.advance(task, len(piece))


def _md5(path: Path) -> str:
    # MD5 is what the publisher lists; it guards against broken downloads, HTTPS against others.
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack beside the place and move in one step, so that no half model is ever seen."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(temporary)  # zipfile strips absolute paths and ".."
        unpacked = Path(temporary) / OFFICIAL
        if not (unpacked / "am" / "final.mdl").exists():
            raise SetupError("setup-model-broken", "the archive holds no model")
        shutil.rmtree(folder / OFFICIAL, ignore_errors=True)
        unpacked.replace(folder / OFFICIAL)
