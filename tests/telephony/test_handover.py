"""From the assistant to a person, whatever happens: decided by the dialplan, heard at both ears."""

import re
import time
from collections.abc import Callable, Iterator

import pytest

from tests.telephony.operator_side import BUSY, HIDDEN_CALLER, RINGS_ON, OperatorSide
from tests.telephony.phone import Phone
from tests.telephony.rig import wait_for
from tests.telephony.standin import tone

pytestmark = [pytest.mark.telephony, pytest.mark.timeout(400)]  # may build the rig first

TO_CITIZENS = (
    '{"action":"transfer","target":"obywatelskie",'
    '"context":"reason=asked;department=obywatelskie;topic=id_card"}'
)


@pytest.fixture
def operator(rig) -> Iterator[Callable[..., OperatorSide]]:
    started: list[OperatorSide] = []

    def start(*arguments: str, **options: str) -> OperatorSide:
        started.append(OperatorSide(rig, *arguments, **options))
        return started[-1]

    yield start
    for side in started:
        side.stop()


def reached(clerk: Phone, after_s: float = 0.0) -> str:
    """Wait until the clerk's phone has answered; the INVITE it got."""
    clerk.wait_event("CALL_ESTABLISHED", after_s, 25)
    return clerk.invites()[-1]


def both_hear_each_other(caller: Phone, clerk: Phone) -> None:
    clerk.speak(tone(1000, 2.0))
    from_s = caller.speak(tone(500, 2.0)) + 0.6
    time.sleep(2.2)
    assert caller.heard.tone_hz(from_s, from_s + 1.0) == pytest.approx(1000, abs=8)
    assert clerk.heard.tone_hz(from_s, from_s + 1.0) == pytest.approx(500, abs=8)


def test_a_person_who_sees_who_calls_and_why(caller, clerk, standin):
    gateway = standin("goodbye")
    caller.call()
    invite = reached(clerk)
    assert re.search(r"^From: .*<sip:6001@", invite, re.MULTILINE)
    assert f"X-Halo-Call: {gateway.wait('call')['id']}\n" in invite
    assert "X-Halo-Context: reason=asked;topic=id_card\n" in invite
    both_hear_each_other(caller, clerk)
    hung_up_s = time.time()
    clerk.hang_up()
    caller.wait_hung_up(hung_up_s)


def test_by_audiosocket_too(caller, clerk, standin):
    gateway = standin("short_tone")
    caller.call("101")
    assert f"X-Halo-Call: {gateway.wait('call')['id']}\n" in reached(clerk)
    both_hear_each_other(caller, clerk)


def test_goodbye_ends_the_call(caller, clerk, standin):
    standin("goodbye", '{"action":"hangup","target":"","context":""}')
    called_s = caller.call()
    caller.wait_hung_up(called_s)
    assert not clerk.invites()


@pytest.mark.parametrize(
    "answer",
    [
        '{"action":"transfer","target":"112","context":"reason=asked"}',
        '{"action":"transfer","target":"informacja,1)&PJSIP/112@operator","context":""}',
        '{"action":"\\" = \\"\\" | 1 = 1","target":"","context":"a\\r\\nX-Evil: 1"}',
        '{"type":"about:blank","code":"call-unknown","status":404}',
        "<html>502</html>",
        "",
    ],
    ids=["not on the list", "injection", "hostile", "unknown call", "no JSON", "empty"],
)
def test_any_other_answer_is_a_sentence_and_the_default_person(caller, clerk, standin, answer):
    standin("goodbye", answer)
    called_s = caller.call()
    invite = reached(clerk)
    reached_s = time.time()
    assert "X-Evil" not in invite
    expected_s = 0.0 if "&PJSIP" in answer else 2.0  # filtered to a name that is not on the list
    assert caller.heard.loud_s(called_s, reached_s) > expected_s, "the caller was told nothing"


def test_a_gateway_too_slow_to_decide(caller, clerk, standin):
    standin("goodbye", next_wait_s=30.0)
    called_s = caller.call()
    reached(clerk)
    assert caller.heard.loud_s(called_s, time.time()) > 2.0


@pytest.mark.parametrize("number", ["100", "101"], ids=["websocket", "audiosocket"])
def test_no_gateway_at_all(caller, clerk, number):
    called_s = caller.call(number)
    reached(clerk)
    assert caller.heard.loud_s(called_s, time.time()) > 1.0
    both_hear_each_other(caller, clerk)


@pytest.mark.parametrize("number", ["100", "101"], ids=["websocket", "audiosocket"])
def test_a_gateway_that_dies_in_the_talk(caller, clerk, standin, number):
    gateway = standin("quiet")
    caller.call(number)
    gateway.wait("call")
    killed_s = time.time()
    gateway.kill()
    reached(clerk)
    assert caller.heard.loud_s(killed_s, time.time()) > 2.0
    both_hear_each_other(caller, clerk)


def test_a_wrong_password_is_no_dead_end(caller, clerk, standin):
    gateway = standin("quiet", password="another")
    caller.call()
    reached(clerk)
    assert gateway.wait("refused")["code"] == "line-password"
    assert not gateway.all("call")


def test_one_call_too_many_goes_straight_to_a_person(rig, ears, caller, clerk, standin):
    gateway = standin("quiet", max_calls=1)
    caller.call()
    gateway.wait("call")
    second = Phone(rig, ears, 2, "6001", answers=False)
    second.start(register=False)
    try:
        called_s = second.call()
        reached(clerk)
        assert gateway.wait("refused")["code"] == "call-limit"
        assert second.heard.loud_s(called_s, time.time()) > 1.0
        assert not gateway.all("ended"), "the first talk goes on"
    finally:
        second.stop()


def test_a_talk_has_a_longest_time(rig, caller, clerk, standin):
    gateway = standin("quiet")
    rig.cli("dialplan set global HALO_TALK_LIMIT_S 3")
    try:
        caller.call()
        gateway.wait("call")
        gateway.freeze(True)  # hangs: nothing else would end this
        reached(clerk)
        both_hear_each_other(caller, clerk)
    finally:
        rig.cli("dialplan set global HALO_TALK_LIMIT_S 600")


@pytest.mark.parametrize("scenario", [BUSY, RINGS_ON], ids=["busy", "no answer"])
def test_a_department_that_cannot_answer(caller, clerk, standin, operator, scenario):
    department = operator(scenario)
    standin("goodbye", TO_CITIZENS)
    caller.call()
    invite = reached(clerk)
    assert "INVITE sip:991234010@" in department.messages()
    assert "X-Halo-Context: reason=asked;department=obywatelskie;topic=id_card" in invite
    both_hear_each_other(caller, clerk)


def test_the_caller_hears_that_it_rings(rig, ears, caller, standin):
    standin("goodbye")
    clerk = Phone(rig, ears, 1, "6002", answers=False)
    clerk.start()
    try:
        called_s = caller.call()
        ringing_s = clerk.wait_event("CALL_INCOMING", called_s)
        time.sleep(0.9)
        assert caller.heard.tone_hz(ringing_s + 0.2, ringing_s + 0.8) == pytest.approx(425, abs=8)
    finally:
        clerk.stop()


def test_nobody_there_is_said_before_the_call_ends(caller, standin):
    standin("goodbye")
    called_s = caller.call()
    ended_s = caller.wait_hung_up(called_s, 30)
    assert caller.heard.loud_s(called_s, ended_s) > 2.0


def test_a_call_from_the_operator(rig, ears, standin):
    gateway = standin("quiet")
    resident = Phone(rig, ears, 2, "+48991234567", answers=False)
    resident.start(register=False)
    try:
        resident.call("991234000")
        call = gateway.wait("call")
        assert (call["did"], call["caller"]) == ("991234000", "+48991234567")
    finally:
        resident.stop()


def test_a_hidden_number_stays_hidden(standin, operator):
    gateway = standin("quiet")
    operator(HIDDEN_CALLER, dials="991234000")
    assert gateway.wait("call")["caller"] == ""
    gateway.wait("ended")


def test_no_stranger_calls_through_us(rig, ears, caller):
    """Phones for trying reach the assistant and nothing else."""
    before = rig.cli("core show channels count")
    dialled_s = time.time()
    caller.dial("991234010")
    caller.wait_hung_up(dialled_s)
    assert "404 Not Found" in caller.log()
    wait_for(
        lambda: rig.cli("core show channels count").split()[0] == before.split()[0], 5, "a leg"
    )
