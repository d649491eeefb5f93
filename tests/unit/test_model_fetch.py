"""Fetching the official model against a real small web server: whole, resumed, broken, absent."""

import hashlib
import http.server
import io
import json
import threading
import zipfile
from pathlib import Path
from typing import ClassVar

import pytest
from rich.console import Console

from voice_gateway.model_fetch import fetch_official
from voice_gateway.settings import Settings
from voice_gateway.speech_models import OFFICIAL, speech_model_folder


def packed_model() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{OFFICIAL}/am/final.mdl", b"model" * 1000)
    return buffer.getvalue()


class Publisher(http.server.BaseHTTPRequestHandler):
    archive = packed_model()
    md5 = hashlib.md5(archive).hexdigest()
    ranges: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        if self.path == "/list":
            url = f"http://127.0.0.1:{self.server.server_address[1]}/model.zip"
            body = json.dumps([{"name": OFFICIAL, "url": url, "md5": self.md5}]).encode()
            self.answer(200, body)
            return
        wanted = self.headers.get("Range")
        Publisher.ranges.append(wanted)
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.answer(206 if wanted else 200, self.archive[begin:])

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def publisher(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    Publisher.ranges.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/list"
    server.shutdown()
    server.server_close()


def fetch(tmp_path: Path, url: str) -> tuple[int, str, Settings]:
    settings = Settings(models_dir=tmp_path, _env_file=None)
    console = Console(file=io.StringIO(), width=200)
    return fetch_official(settings, console, url), console.file.getvalue(), settings


def test_fetched_model_is_the_one_that_hears(tmp_path, publisher):
    status, _, settings = fetch(tmp_path, publisher)
    assert status == 0
    assert speech_model_folder(settings).name == OFFICIAL
    assert not list((tmp_path / "speech" / "downloads").iterdir())


def test_an_interrupted_download_goes_on_where_it_ended(tmp_path, publisher):
    part = tmp_path / "speech" / "downloads" / f"{OFFICIAL}.zip.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(Publisher.archive[:100])
    status, _, settings = fetch(tmp_path, publisher)
    assert status == 0
    assert Publisher.ranges == ["bytes=100-"]
    assert speech_model_folder(settings).name == OFFICIAL


def test_a_broken_download_is_thrown_away(tmp_path, publisher, monkeypatch):
    monkeypatch.setattr(Publisher, "md5", "0" * 32)
    status, shown, _ = fetch(tmp_path, publisher)
    assert status == 1
    assert "modelem dołączonym" in shown
    assert not (tmp_path / "speech" / "official" / OFFICIAL).exists()
    assert not list((tmp_path / "speech" / "downloads").iterdir())


def test_no_network_is_a_clear_line(tmp_path):
    status, shown, _ = fetch(tmp_path, "http://127.0.0.1:9/list")
    assert status == 1
    assert "Asystent słucha dalej" in shown
