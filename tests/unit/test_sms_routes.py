"""SMSAPI's door: who is let in, what is taken, and that "OK" comes after the deed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from visits.inbound_sms import IncomingSms
from visits.replies import Reply
from visits.replying import ReplyDesk
from voice_gateway import problems
from voice_gateway.rate_limits import ClientLimits
from voice_gateway.records.database import RecordsError
from voice_gateway.sms_routes import build_sms_router

SECRET = "s3kret-dosyc-dlugi"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SMS = {
    "sms_from": "48600100200",
    "sms_to": "48799448888",
    "sms_text": "REZYGNUJĘ 72364855",
    "sms_date": "1795507200",
    "username": "urzad",
    "MsgId": "5F2A",
}


@dataclass
class Desk:
    """Keeps what it is given."""

    got: list[Reply] = field(default_factory=list)
    error: Exception | None = None

    def handle(self, reply: Reply, now: datetime) -> str:
        assert now == NOW
        if self.error:
            raise self.error
        self.got.append(reply)
        return "cancelled"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def client_of(desk: Desk, secret: str = SECRET, rate: str = "100/minute") -> TestClient:
    app = FastAPI()
    problems.install(app)
    router = build_sms_router(
        SecretStr(secret), cast("ReplyDesk", desk), ClientLimits(rate), lambda: NOW
    )
    app.include_router(router)
    return TestClient(app, raise_server_exceptions=False, client=("198.51.100.7", 1))


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with client_of(desk) as client:
        yield client


def test_an_sms_is_taken_as_the_provider_sends_it(client: TestClient, desk: Desk) -> None:
    answer = client.post(f"/api/v1/sms/incoming/{SECRET}", data=SMS)
    assert (answer.status_code, answer.text) == (200, "OK")
    [reply] = desk.got
    assert (reply.channel, reply.sender, reply.number) == ("sms", "600100200", "72364855")
    assert reply.meaning == "cancel"


def test_the_same_sms_again_has_the_same_name_and_another_has_not() -> None:
    def name(**changes: str) -> str:
        facts = {**SMS, **changes}
        sms = IncomingSms(
            facts["sms_from"], facts["sms_to"], facts["sms_text"], facts["sms_date"], facts["MsgId"]
        )
        reply = sms.reply()
        assert reply
        return reply.message_id

    assert name() == name()
    others = {
        name(MsgId="5F2B"),
        name(sms_text="NIE"),
        name(sms_date="1"),
        name(sms_from="601100200"),
    }
    assert len(others | {name()}) == 5


@pytest.mark.parametrize("sender", ["INFO", "", "12345", "Żółć"])
def test_a_sender_without_a_number_does_nothing(
    client: TestClient, desk: Desk, sender: str
) -> None:
    answer = client.post(f"/api/v1/sms/incoming/{SECRET}", data={**SMS, "sms_from": sender})
    assert answer.text == "OK"
    assert desk.got == []


@pytest.mark.parametrize("given", ["wrong", SECRET + "x", SECRET[:-1], "%C5%BC"])
def test_without_the_secret_there_is_nothing(client: TestClient, desk: Desk, given: str) -> None:
    answer = client.post(f"/api/v1/sms/incoming/{given}", data=SMS)
    assert answer.status_code == 404
    assert answer.json()["code"] == "request-not-found"
    assert desk.got == []


def test_switched_off_there_is_nothing(desk: Desk) -> None:
    with client_of(desk, secret="") as client:
        for given in ("", "%20", SECRET):
            assert client.post(f"/api/v1/sms/incoming/{given}", data=SMS).status_code == 404
    assert desk.got == []


def test_a_deed_that_was_not_kept_is_not_answered_ok(client: TestClient, desk: Desk) -> None:
    desk.error = RecordsError("records-failed", retry=True)
    answer = client.post(f"/api/v1/sms/incoming/{SECRET}", data=SMS)
    assert answer.status_code == 503  # the provider sends it again
    assert "72364855" not in answer.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({**SMS, "sms_text": "x" * 2001}, 422),
        ({**SMS, "sms_from": "4" * 65}, 422),
        ({**SMS, "sms_text": "x" * 70_000}, 413),
        ({f"field{n}": "x" for n in range(30)}, 400),
    ],
)
def test_what_is_too_large_is_refused(
    client: TestClient, desk: Desk, form: dict[str, str], status: int
) -> None:
    assert client.post(f"/api/v1/sms/incoming/{SECRET}", data=form).status_code == status
    assert desk.got == []


def test_files_and_other_bodies_do_nothing(client: TestClient, desk: Desk) -> None:
    address = f"/api/v1/sms/incoming/{SECRET}"
    assert client.post(address, files={"sms_from": b"48600100200"}).status_code == 400
    assert client.post(address, json=SMS).text == "OK"  # no form: no sender
    assert client.get(address).status_code == 405
    assert desk.got == []


def test_a_flood_is_slowed(desk: Desk) -> None:
    with client_of(desk, rate="2/minute") as client:
        codes = [client.post("/api/v1/sms/incoming/guess", data=SMS).status_code for _ in range(3)]
    assert codes == [404, 404, 429]
