"""schemathesis against the text doors: whatever is sent, the answer is one that is described."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.chat_parts import build_app, build_parts, sqlite_url

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("path", ["/api/v1/understand", "/api/v1/chat"])
def test_every_answer_is_one_that_is_described(
    tmp_path: Path, path: str, mode: schemathesis.GenerationMode
) -> None:
    parts = build_parts(sqlite_url(tmp_path))
    schema = schemathesis.openapi.from_asgi("/openapi.json", build_app(parts))
    operation = schema[path]["POST"]
    answered: list[int] = []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    def try_one(case: Any) -> None:
        answered.append(case.call_and_validate(checks=CHECKS).status_code)

    try_one()
    assert len(answered) >= 10
    asyncio.run(parts.records.close())
    parts.database.close()
