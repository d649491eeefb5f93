"""What configure.py writes, without an Asterisk; tests/telephony loads it into a real one."""

import dataclasses
import re

import pytest

from deploy.asterisk import configure
from voice_gateway.errors import SetupError
from voice_gateway.settings import ROOT

OFFICE = ROOT / "nlu_data" / "office.yml"
EXCHANGE = configure.Exchange(
    gateway_url="https://halo.example",
    audiosocket="127.0.0.1:9092",
    user="asterisk",
    password="secret-of-the-gateway",
    wire="websocket",
    targets={"odpady": "PJSIP/230@centrala", "informacja": "PJSIP/991234000@operator"},
    sip_host="0.0.0.0",
    sip_port=5060,
    rtp_from=20000,
    rtp_to=20999,
    trunk_host="sip.operator.example:5070",
    trunk_user="",
    trunk_password="",
    local=False,
    phone_password="",
    base="",
    modules_dir="/usr/lib/asterisk/modules",
    sounds="halo",
    talk_limit_s=1800,
    ring_s=30,
)


def written(tmp_path, **changes: object) -> dict[str, str]:
    """Name -> text of every file."""
    configure.write_configuration(dataclasses.replace(EXCHANGE, **changes), tmp_path)
    return {path.name: path.read_text() for path in (tmp_path / "etc").iterdir()}


def test_every_department_has_a_place_and_the_operator_dials_its_number():
    targets = configure.targets_of(OFFICE, trunk=True, chosen={"odpady": "PJSIP/230"}, local=False)
    assert targets["informacja"] == "PJSIP/991234000@operator"
    assert targets["odpady"] == "PJSIP/230"
    assert {"obywatelskie", "komunikacja", "swiadczenia"} <= set(targets)


def test_a_department_that_nobody_would_answer_for_is_a_fault():
    with pytest.raises(SetupError, match="who answers for"):
        configure.targets_of(OFFICE, trunk=False, chosen={}, local=False)


def test_only_the_list_is_ever_dialled(tmp_path):
    dialplan = written(tmp_path)["extensions.conf"]
    dialled = re.findall(r"(?<![A-Z_])Dial\(([^,$]+)", dialplan)
    assert dialled == [
        "WebSocket/halo/c(slin)f(json)v(call=",
        "PJSIP/230@centrala",
        "PJSIP/991234000@operator",
    ]


def test_a_department_that_does_not_answer_leads_to_the_default_and_that_to_a_sentence(tmp_path):
    dialplan = written(tmp_path)["extensions.conf"]
    assert re.search(r"to-odpady,1,Dial.*\n same => n,Goto\(to-informacja,1\)", dialplan)
    assert re.search(r"to-informacja,1,Dial.*\n same => n,Playback\(halo/nobody_free\)", dialplan)


def test_the_gateway_behind_tls(tmp_path):
    client = written(tmp_path)["websocket_client.conf"]
    assert "uri = wss://halo.example/ws/asterisk\n" in client
    assert "tls_enabled = yes" in client


def test_old_asterisk_talks_by_audiosocket(tmp_path):
    dialplan = written(tmp_path, wire="audiosocket")["extensions.conf"]
    assert "same => n,Goto(halo-audiosocket,${EXTEN},talk)\n" in dialplan


def test_the_operator_is_known_by_its_address(tmp_path):
    sip = written(tmp_path)["pjsip.conf"]
    assert "contact = sip:sip.operator.example:5070\n" in sip
    assert "match = sip.operator.example\n" in sip
    assert "registration" not in sip
    assert "type = auth\n" not in sip, "no phone accounts outside --local"


def test_signing_in_at_the_operator(tmp_path):
    sip = written(tmp_path, trunk_user="urzad", trunk_password="tajne")["pjsip.conf"]
    assert "type = registration" in sip
    assert "password = tajne" in sip


def test_the_systems_own_folders_stay_and_passwords_are_private(tmp_path):
    assert "asterisk.conf" not in written(tmp_path)
    for path in (tmp_path / "etc").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_the_local_phones_keep_their_password(tmp_path):
    first = configure.kept_password(tmp_path / "phone_password")
    assert len(first) >= 12
    assert configure.kept_password(tmp_path / "phone_password") == first


def test_no_records_of_calls():
    cdr = (configure.TEMPLATES / "cdr.conf.j2").read_text()
    assert "enable = no" in cdr
