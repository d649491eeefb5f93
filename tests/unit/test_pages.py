"""The start page, the widget and their files, without a browser."""

import os
import shutil
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from voice_gateway.errors import SetupError
from voice_gateway.settings import ROOT, Settings
from voice_gateway.web.pages import build_pages_router, phone_link


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "nlu_data" / "office.yml", tmp_path / "office.yml")
    return tmp_path


@pytest.fixture
def client(knowledge: Path) -> TestClient:
    app = FastAPI()
    app.include_router(build_pages_router(Settings(_env_file=None, knowledge_dir=knowledge)))
    return TestClient(app)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    later_ns = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(later_ns, later_ns))


def test_the_page_follows_the_office_file_even_while_it_is_broken(
    client: TestClient, knowledge: Path
) -> None:
    office = knowledge / "office.yml"
    assert "Urząd Miasta Nadmorzyn" in client.get("/").text
    change(office, "name: Urząd Miasta Nadmorzyn", "name: Urząd Gminy <Inny>")
    page = client.get("/").text
    assert "Urząd Gminy &lt;Inny&gt;" in page
    change(office, "name: Urząd Gminy <Inny>", "name: [")
    assert "Urząd Gminy &lt;Inny&gt;" in client.get("/").text
    office.unlink()
    assert "Urząd Gminy &lt;Inny&gt;" in client.get("/").text


def test_without_the_office_file_the_set_up_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        build_pages_router(Settings(_env_file=None, knowledge_dir=tmp_path))


def test_a_made_up_city_is_marked(client: TestClient, knowledge: Path) -> None:
    assert "są zmyślone" in client.get("/").text
    change(knowledge / "office.yml", "sample: true", "sample: false")
    assert "są zmyślone" not in client.get("/").text


def test_the_page_allows_only_its_own_files(client: TestClient) -> None:
    headers = client.get("/").headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "microphone=('self')" not in headers["permissions-policy"]  # its grammar has no quotes
    assert "microphone=(self)" in headers["permissions-policy"]


@pytest.mark.parametrize(
    "path", ["/widget.js", "/static/chat/mount.js", "/static/voice/capture.js"]
)
def test_what_the_widget_loads_may_be_loaded_by_other_sites(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]
    assert answer.headers["access-control-allow-origin"] == "*"
    again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["../pages.py", "%2e%2e/pages.py", "..%2fpages.py", "nothing.js"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


@pytest.mark.parametrize(
    ("phone", "link"),
    [("99 123 40 00", "tel:+48991234000"), ("+48 (99) 123-40-00", "tel:+48991234000")],
)
def test_phone_links(phone: str, link: str) -> None:
    assert phone_link(phone) == link
