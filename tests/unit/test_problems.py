"""Errors as problem details: a stable code, Polish words, nothing repeated, nothing revealed."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from tests.unit.source_code import tree_of
from voice_gateway import problems
from voice_gateway.errors import DialogueError, RequestError

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("voice_gateway", "actions", "polish", "staff_console", "visits")
CODE = re.compile(
    r"(call|dialogue|hearing|line|outbox|records|replies|request|setup|staff|visit|voice)(-[a-z0-9]+)+|internal"
)
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
ERRORS = ROOT / "docs/errors.md"
SECRET = "tajne słowa 44051401359"


class Body(BaseModel):
    number: int


def build_app() -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.post("/body")
    async def body(body: Body) -> dict[str, int]:
        return {"number": body.number}

    @app.get("/refused")
    async def refused() -> None:
        raise RequestError("request-too-fast", "Za szybko.", status=429)

    @app.get("/down")
    async def down() -> None:
        raise DialogueError("dialogue-down", SECRET)

    @app.get("/broken")
    async def broken() -> None:
        raise ValueError(SECRET)

    @app.get("/private")
    async def private() -> None:
        raise HTTPException(401, SECRET, headers={"WWW-Authenticate": "Basic"})

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def checked(response: httpx.Response, status: int, code: str) -> dict[str, str]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "code"}
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:halo-urzad:{code}"
    assert body["detail"]
    assert "tajne" not in response.text
    assert "Traceback" not in response.text
    return body


async def test_refusals_and_faults(client: httpx.AsyncClient) -> None:
    refused = await client.get("/refused")
    assert checked(refused, 429, "request-too-fast")["detail"] == "Za szybko."
    assert refused.headers["retry-after"] == "5"
    checked(await client.get("/down"), 503, "dialogue-down")
    checked(await client.get("/broken"), 500, "internal")
    private = await client.get("/private")
    checked(private, 401, "request-unauthorized")
    assert private.headers["www-authenticate"] == "Basic"


async def test_wrong_addresses_and_methods(client: httpx.AsyncClient) -> None:
    checked(await client.get("/nowhere"), 404, "request-not-found")
    wrong = await client.delete("/body")
    checked(wrong, 405, "request-method")
    assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"number": "tajne"}',
        b'{"other": 1}',
        b"[" * 20_000,
        b'{"number": ' + b"9" * 6000 + b"}",
    ],
)
async def test_bodies_that_are_not_what_was_asked(
    client: httpx.AsyncClient, content: bytes
) -> None:
    response = await client.post(
        "/body", content=content, headers={"content-type": "application/json"}
    )
    assert response.status_code in (400, 422)
    checked(response, response.status_code, "request-invalid")


async def test_bodies_above_64_kb_are_refused_declared_or_not(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"x" * 1024

    checked(await client.post("/body", content=b"x" * 66_000), 413, "request-too-large")
    checked(await client.post("/body", content=pieces()), 413, "request-too-large")
    huge = {"content-length": "9" * 5000}
    checked(await client.post("/body", content=b"{}", headers=huge), 413, "request-too-large")
    exactly = b'{"number": 1}' + b" " * (problems.MAX_BODY_BYTES - 13)
    kept = await client.post("/body", content=exactly, headers={"content-type": "application/json"})
    assert kept.json() == {"number": 1}


def codes_in_code() -> set[str]:
    """Every code that is given to an error, counted or answered anywhere in the product."""
    found: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found |= codes_of(tree_of(path))
    return found | {code for code, _ in problems.DEFAULTS.values()}


def codes_of(tree: ast.AST) -> set[str]:
    """String constants that look like a code, but for log events and names of threads."""
    no_codes = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if getattr(node.func, "attr", "") in LOG_METHODS:
                no_codes |= set(node.args)
            no_codes |= {
                k.value for k in node.keywords if k.arg and ("name" in k.arg or k.arg == "salt")
            }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and node not in no_codes
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    documented = re.findall(r"^\| `([a-z0-9-]+)` \|", ERRORS.read_text("utf-8"), re.M)
    assert len(documented) == len(set(documented))
    assert codes_in_code() - set(documented) == set(), "add these to docs/errors.md"
    in_source = "\n".join(
        path.read_text("utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    gone = [code for code in documented if f'"{code}"' not in in_source]
    assert gone == [], "remove these from docs/errors.md"
