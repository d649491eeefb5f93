"""Every route of the real application's staff pages, for every role and for nobody.

``EXPECTED`` says again what ``staff_console/accounts/doors.py`` says, route by route: a route that
is in neither, or in one only, fails here.
"""

import re
from collections.abc import Iterator

import pytest
from starlette.websockets import WebSocketDisconnect

from staff_console.accounts.doors import key_for
from staff_console.rights import RIGHTS
from tests.unit.staff_app import TOKEN, StaffApp, staff_app
from voice_gateway.records.database import upgrade

ROLES = tuple(RIGHTS)
WHO = {  # right -> roles, written out, so that a slip in the table of rights shows
    "anybody": {*ROLES, ""},
    "signed-in": {*ROLES},
    "talk": {"clerk", "admin"},
    "visits": {"clerk", "admin"},
    "look": {*ROLES},
    "edit": {"editor", "approver", "admin"},
    "approve": {"approver", "admin"},
    "learn": {"editor", "approver", "admin"},
    "train": {"editor", "approver", "admin"},
    "publish": {"approver", "admin"},
    "figures": {"analyst", "editor", "approver", "admin"},
    "accounts": {"admin"},
}
EXPECTED = {
    "anybody": """GET /link/{link}  POST /link/{link}  GET /oidc/callback  GET /oidc/start
        GET /sign-in  POST /sign-in  GET /sign-in/code  POST /sign-in/code
        GET /static/{path:path}  GET /visits/{desk_id}.ics  HEAD /visits/{desk_id}.ics""",
    "signed-in": """GET /  GET /me  GET /me/codes  POST /me/codes  POST /me/codes/off
        POST /me/password  POST /sign-out""",
    "talk": "WS /live",
    "visits": """GET /visits  GET /visits.csv  GET /visits/{desk_id}/{day}
        POST /visits/{desk_id}/{day}/came""",
    "look": """GET /content  GET /content/acts  GET /content/acts/{act}  GET /content/approvals
        GET /content/incidents  GET /content/incidents/new  GET /content/incidents/{id_}
        GET /content/log  GET /content/new  GET /content/office  GET /content/office/department
        GET /content/sentences  GET /content/sentences/{file}  GET /content/topics/{topic}
        GET /content/topics/{topic}/add  GET /content/transfer  GET /content/transfer/all.zip
        GET /content/transfer/file/{path:path}  GET /content/visits  GET /content/visits/desk
        GET /content/visits/service  GET /content/{path:path}/versions
        POST /content/advice  POST /content/editing  POST /content/listen""",
    "edit": """POST /content/acts/{act}  POST /content/incidents/decide
        POST /content/incidents/save  POST /content/new  POST /content/office
        POST /content/office/department  POST /content/save  POST /content/sentences/{file}
        POST /content/topics/{topic}  POST /content/topics/{topic}/add
        POST /content/topics/{topic}/switch  POST /content/transfer/look
        POST /content/transfer/publish  POST /content/transfer/take  POST /content/understood
        POST /content/visits  POST /content/visits/desk  POST /content/visits/service
        POST /content/{path:path}/versions  POST /learning/assign""",
    "approve": "POST /content/approvals  POST /models/{name}/decide",
    "learn": """GET /learning  GET /learning/replay  GET /learning/talks  POST /learning/dismiss
        POST /learning/replay  POST /learning/restore""",
    "train": """GET /models  GET /models/served  GET /models/trainings/{number}
        GET /models/trainings/{number}/state  GET /models/{name}  POST /models/train
        POST /models/trainings/{number}/stop  POST /models/{name}/compare""",
    "publish": """POST /models/undo  POST /models/{name}/publish  POST /models/{name}/retire""",
    "figures": "GET /figures  GET /figures.csv  GET /figures/open-data.{kind}",
    "accounts": """GET /accounts  POST /accounts  GET /accounts/{login}  POST /accounts/{login}
        POST /accounts/{login}/codes  POST /accounts/{login}/link
        POST /accounts/{login}/switch""",
}
PLACED = {"topic": "passport", "act": "abuse", "file": "system"}
NEEDED = {
    tuple(one.split(" ", 1)): right
    for right, words in EXPECTED.items()
    for one in re.split(r"\s{2,}", words)
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffApp]:
    folder = tmp_path_factory.mktemp("doors")
    upgrade(f"sqlite:///{folder / 'halo.db'}")
    provider = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "halo"}
    with (
        pytest.MonkeyPatch.context() as patch,
        staff_app(folder, patch, oidc_roles="admin=szefowie", **provider) as running,
    ):
        yield running


def address(path: str) -> str:
    """A route's path with something in its places that is there, as far as it matters."""
    return re.sub(r"\{([^}:]*)[^}]*\}", lambda found: PLACED.get(found[1], "1"), path)


def test_every_route_says_which_right_it_needs(app: StaffApp) -> None:
    found = {(method, path.removeprefix("/staff")) for method, path in app.routes()}
    assert found == set(NEEDED), "a new route: name its right here and in accounts/doors.py"
    for (method, path), right in NEEDED.items():
        write = method == "POST"
        assert key_for(f"/staff{address(path)}", write=write) == right, (method, path)


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_every_page_for_every_role(app: StaffApp, role: str) -> None:
    headers = app.headers(role)
    for (method, path), right in NEEDED.items():
        if method not in ("GET", "HEAD") or path in ("/", "/oidc/start"):
            continue
        answer = app.client.request(method, f"/staff{address(path)}", headers=headers)
        told = (role, method, path, answer.status_code)
        sent_away = answer.headers.get("location") == "/staff/sign-in"
        if role in WHO[right]:
            assert answer.status_code != 403, told
            assert not sent_away or path == "/sign-in/code", told
        elif role:
            assert answer.status_code == 403, told
        else:
            assert sent_away, told


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_every_form_for_every_role_and_never_without_its_token(app: StaffApp, role: str) -> None:
    for (method, path), right in NEEDED.items():
        if method != "POST" or right == "anybody":
            continue
        where, headers = f"/staff{address(path)}", app.headers(role)
        bare = app.client.post(where, headers=headers)
        made_up = app.client.post(where, data={"token": "made up"}, headers=headers)
        foreign = {**headers, "origin": "https://evil.example"}
        elsewhere = app.client.post(where, data={"token": TOKEN}, headers=foreign)
        for refused in (bare, made_up, elsewhere):
            # a question of a page's script has no token, but must name our origin; it is JSON
            assert refused.status_code in (403, 422), (role, path, refused.status_code)
            if refused.status_code == 422:
                assert refused.headers["content-type"] == "application/problem+json"
        headers = app.headers(role)  # anew, because one of these forms signs out
        sent = app.client.post(
            where, data={"token": TOKEN}, headers={**headers, "origin": "http://urzad.test"}
        )
        may = role in WHO[right]
        assert (sent.status_code != 403) == may, (role, path, sent.status_code)


def test_forms_for_everybody_need_their_token_too(app: StaffApp) -> None:
    for path in ("/staff/sign-in", "/staff/sign-in/code"):
        assert app.client.post(path, data={"token": "made up"}).status_code == 403
    assert app.client.post("/staff/link/x", data={"token": "made up"}).status_code == 410


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_the_live_channel_for_every_role(app: StaffApp, role: str) -> None:
    headers = {**app.headers(role), "origin": "http://urzad.test"}
    with app.client.websocket_connect("ws://urzad.test/staff/live", headers=headers) as live:
        if role in WHO["talk"]:
            assert live.receive_json()["type"] == "queue"
        else:
            with pytest.raises(WebSocketDisconnect) as closed:
                live.receive_json()
            assert closed.value.code == 4401


def test_every_answer_is_kept_nowhere_and_has_the_policy(app: StaffApp) -> None:
    for role in ("admin", ""):
        headers = app.headers(role)
        for method, path in [*NEEDED, ("GET", "/no/such/page")]:
            if method == "WS":
                continue
            answer = app.client.request(method, f"/staff{address(path)}", headers=headers)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            if answer.status_code == 200 and "/static/" not in path and ".ics" not in path:
                assert answer.headers["cache-control"] == "no-store", path


def test_what_the_table_does_not_know_is_shut_also_for_administrators(app: StaffApp) -> None:
    for path in ("/staff/no-such-page", "/staff//content", "/staff/Accounts"):
        assert app.client.get(path, headers=app.headers("admin")).status_code == 403
    assert app.client.get("/staffing").status_code == 404


def test_everybody_is_led_to_a_page_of_theirs(app: StaffApp) -> None:
    first = {
        role: app.client.get("/staff/", headers=app.headers(role)).headers.get("location", "here")
        for role in ROLES
    }
    content = "/staff/content"
    assert first == {
        "clerk": "here",
        "admin": "here",
        "analyst": content,
        "editor": content,
        "approver": content,
    }


def test_a_refusal_is_a_page_for_people(app: StaffApp) -> None:
    headers = {**app.headers("clerk"), "accept": "text/html"}
    refused = app.client.get("/staff/accounts", headers=headers)
    assert refused.status_code == 403
    assert "Ta strona jest dla innych osób" in refused.text
