"""Sound, keys, taking back, hanging up: the phone lines over a real Asterisk and a real phone."""

import time

import pytest

from tests.telephony.rig import wait_for
from tests.telephony.standin import tone

pytestmark = [pytest.mark.telephony, pytest.mark.timeout(400)]  # may build the rig first

BOTH_WIRES = pytest.mark.parametrize("number", ["100", "101"], ids=["websocket", "audiosocket"])


@BOTH_WIRES
def test_sound_flows_both_ways(caller, standin, number):
    standin("echo")
    caller.call(number)
    time.sleep(0.3)
    spoke_s = caller.speak(tone(500, 2.0))
    heard_s = caller.heard.wait_begin(spoke_s)
    assert heard_s - spoke_s < 0.6
    time.sleep(1.5)
    assert caller.heard.tone_hz(heard_s + 0.2, heard_s + 1.2) == pytest.approx(500, abs=5)
    assert caller.heard.loud_s(heard_s + 0.1, heard_s + 1.3) > 0.9, "the tone has holes"
    caller.hang_up()


def test_the_gateway_learns_who_calls_whom(caller, standin):
    gateway = standin("quiet")
    caller.call("100")
    call = gateway.wait("call")
    assert (call["did"], call["caller"], call["rate_hz"]) == ("100", "6001", 8000)
    assert len(call["id"]) == 36
    caller.hang_up()


@BOTH_WIRES
def test_the_caller_hanging_up_ends_the_talk(caller, standin, number):
    gateway = standin("quiet")
    caller.call(number)
    gateway.wait("call")
    caller.hang_up()
    gateway.wait("ended", seconds=5)
    assert not gateway.all("next"), "nobody is left to be sent anywhere"


@BOTH_WIRES
def test_keys(caller, standin, number):
    gateway = standin("keys", '{"action":"hangup"}')
    called_s = caller.call(number)
    gateway.wait("call")
    for count, key in enumerate("120*#", start=1):
        caller.press(key)
        assert gateway.wait("key", count)["digit"] == key
    caller.wait_hung_up(called_s)


@BOTH_WIRES
def test_a_number_keyed_in_arrives_whole(caller, standin, number):
    gateway = standin("keyed_numbers", '{"action":"hangup"}')
    called_s = caller.call(number)
    gateway.wait("call")
    turns = []
    for keys in ("509*501234567#", "12345678", "0"):  # the last two end by a pause
        for key in keys:
            caller.press(key)
            time.sleep(0.3)  # a tone and a gap, as a quick thumb makes them
        turns.append(gateway.wait("turn", len(turns) + 1))
    assert [turn["text"] for turn in turns] == ["501234567", "12345678", "konsultant"]
    assert {turn["kind"] for turn in turns} == {"key"}
    caller.wait_hung_up(called_s)
    assert len(gateway.all("turn")) == len(turns)


def test_taking_back_silences_at_the_ear(caller, standin):
    gateway = standin("long_tone")
    called_s = caller.call("100")
    heard_s = caller.heard.wait_begin(called_s)
    time.sleep(1.0)
    caller.press("5")
    gateway.wait("flushed")
    flushed_s = time.time()
    time.sleep(1.0)
    last_s = caller.heard.last_loud(heard_s)
    assert last_s - flushed_s < 0.3, "eight seconds were queued"
    assert caller.heard.tone_hz(heard_s + 0.2, heard_s + 1.0) == pytest.approx(600, abs=5)
    caller.hang_up()


@BOTH_WIRES
def test_nothing_of_the_last_words_is_lost(caller, standin, number):
    standin("short_tone", '{"action":"hangup"}')
    called_s = caller.call(number)
    ended_s = caller.wait_hung_up(called_s)
    assert caller.heard.loud_s(called_s, ended_s) == pytest.approx(1.0, abs=0.08)


@BOTH_WIRES
def test_a_quiet_gateway_does_not_lose_the_call(caller, standin, number):
    gateway = standin("quiet")
    caller.call(number)
    gateway.wait("call")
    time.sleep(4.0)
    assert not gateway.all("ended")
    caller.hang_up()
    gateway.wait("ended")


def test_a_gateway_that_stood_still_drops_the_old_sound(caller, standin):
    gateway = standin("echo")
    caller.call("100")
    gateway.wait("call")
    caller.speak(tone(500, 30.0))
    time.sleep(1.0)
    gateway.freeze(True)
    time.sleep(3.0)
    gateway.freeze(False)
    time.sleep(1.5)
    quiet_s = caller.speak(bytes(16000))
    time.sleep(2.0)
    last_s = caller.heard.last_loud(quiet_s - 0.5)
    assert last_s - quiet_s < 1.2, "the echo is still behind by what it stood still"
    caller.hang_up()


def test_calls_leave_nothing_behind(rig, caller, standin):
    gateway = standin("quiet")
    caller.call("100")
    gateway.wait("call")
    caller.hang_up()
    gateway.wait("ended")
    wait_for(lambda: "0 active channels" in rig.cli("core show channels"), 5, "channels stay")
