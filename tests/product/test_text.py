"""Chat and understanding over HTTP, against the whole product."""

import pytest

from tests.running_product import RunningProduct

pytestmark = pytest.mark.rasa


def ask(product: RunningProduct, text: str, conversation_id: str | None = None) -> dict:
    body = {"text": text} | ({"conversation_id": conversation_id} if conversation_id else {})
    with product.client() as client:
        answer = client.post("/api/v1/chat", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(reply: dict) -> str:
    return " ".join(message["text"] for message in reply["replies"])


def test_todays_hours_are_answered(product):
    reply = ask(product, "o której dziś otwieracie?")
    assert reply["understood"]["topic"] == "office"
    assert reply["understood"]["aspect"] == "hours"
    assert reply["understood"]["act"] is None
    assert shown(reply)
    assert reply["handoff"] is None


def test_understand_answers_nothing_and_remembers_nothing(product):
    with product.client() as client:
        understood = client.post(
            "/api/v1/understand", json={"text": "ile kosztuje paszport"}
        ).json()
    assert set(understood) == {"act", "topic", "aspect", "confidence", "entities", "model"}
    assert (understood["topic"], understood["aspect"]) == ("passport", "cost")
    assert 0 < understood["confidence"] <= 1
    assert understood["model"]


def test_the_matter_is_remembered(product):
    first = ask(product, "jakie dokumenty do dowodu osobistego?")
    second = ask(product, "a ile się czeka?", first["conversation_id"])
    assert second["understood"]["topic"] in (None, "id_card")
    assert "30 dni" in shown(second)


def test_a_person_can_be_reached(product):
    reply = ask(product, "konsultant")
    assert reply["understood"]["act"] == "human"
    assert reply["handoff"]["state"] == "waiting"
    assert reply["handoff"]["department"]


@pytest.mark.parametrize(
    "text", ["pali się u sąsiada!", "moja mama nie oddycha", "czuję gaz w klatce"]
)
def test_emergency_gets_112_first(product, text):
    reply = ask(product, text)
    assert reply["understood"]["act"] == "emergency"
    first = next(m["text"] for m in reply["replies"] if "automatyczny" not in m["text"])
    assert "112" in first.split(".")[0]


def test_two_misunderstandings_lead_to_a_person(product):
    first = ask(product, "brum brum kwadratura parowozu")
    assert first["handoff"] is None
    second = ask(product, "abrakadabra hokus pokus", first["conversation_id"])
    assert second["handoff"] is not None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": ""}, 422, "request-empty-text"),
        ({"text": "   "}, 422, "request-empty-text"),
        ({"text": "a" * 5000}, 422, "request-text-too-long"),
        ({"text": 7}, 422, "request-invalid"),
        ({}, 422, "request-invalid"),
        ({"text": "x" * 70_000}, 413, "request-too-large"),
    ],
)
def test_bad_input_is_a_clear_problem_in_polish(product, body, status, code):
    with product.client() as client:
        answer = client.post("/api/v1/chat", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["code"] == code
    assert problem["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "text",
    ["/restart", "/session_start", "<script>alert(1)</script>", "\\x00\\xff", "😀😀😀", "a\u0000b"],
)
def test_odd_texts_never_break_the_talk(product, text):
    with product.client() as client:
        answer = client.post("/api/v1/chat", json={"text": text})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert answer.json()["replies"]


def test_unknown_call_id_is_refused(product):
    with product.client() as client:
        answer = client.get("/calls/nobody/next")
    assert answer.status_code == 404
    assert answer.json()["code"] == "call-unknown"


def test_ready_names_the_models(product):
    with product.client() as client:
        parts = client.get("/readyz").json()["parts"]
    assert {"hearing", "dialogue", "voice"} <= set(parts)
    assert all(part["state"] == "ok" and part["model"] for part in parts.values())


def test_pages_and_metrics_are_served(product):
    with product.client() as client:
        assert client.get("/healthz").status_code == 200
        assert "konsultant" in client.get("/").text.lower()
        assert client.get("/widget.js").status_code == 200
        assert "halo_stage_seconds" in client.get("/metrics").text
        assert client.get("/staff/", follow_redirects=True).status_code == 200


def test_what_is_kept_and_logged_holds_no_personal_data(product):
    secret = "44051401359"
    reply = ask(product, f"mój PESEL to {secret}, telefon 501 234 567, ile kosztuje dowód?")
    assert reply["replies"]
    talk = None
    for said in ("umów mnie na dowód w czwartek trzeciego grudnia o jedenastej",
                 "sześćset jeden dwieście trzydzieści cztery", "sześćset dwadzieścia osiem",
                 "powtórz", "nie"):  # fmt: skip
        talk = ask(product, said, talk and talk["conversation_id"])
    assert "601 234 628" in shown(talk)
    import time

    time.sleep(1.0)  # the writer thread keeps turns in batches
    files = [path for path in product.data_dir.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        content = path.read_bytes()
        assert secret.encode() not in content, path
        assert b"501 234 567" not in content, path
        assert b"601 234" not in content, path
        assert "dwadzieścia osiem".encode() not in content, path
