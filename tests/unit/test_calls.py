"""Which calls are on, and where the dialplan sends each one."""

import pytest

from voice_gateway.calls import HANGUP, REMEMBERED_CALLS, CallRegistry, transfer_step
from voice_gateway.errors import RequestError
from voice_gateway.values import Handoff


def registry(max_calls: int = 2) -> CallRegistry:
    return CallRegistry(max_calls, "informacja")


def test_a_handoff_names_the_target_and_says_why():
    calls = registry()
    calls.begin("a")
    calls.end("a", transfer_step(Handoff("obywatelskie", "asked", "id_card"), "obywatelskie"))
    step = calls.next("a")
    assert (step.action, step.target) == ("transfer", "obywatelskie")
    assert step.context == "reason=asked;department=obywatelskie;topic=id_card"
    assert step.context.isascii()


def test_a_finished_talk_is_hung_up():
    calls = registry()
    calls.begin("a")
    calls.end("a", HANGUP)
    assert calls.next("a").action == "hangup"


def test_a_broken_talk_goes_to_a_person():
    calls = registry()
    calls.begin("a")
    assert calls.next("a").target == "informacja", "the leg broke before we noticed"
    calls.end("a", None)
    assert calls.next("a").action == "transfer"


def test_unknown_call_is_refused():
    with pytest.raises(RequestError) as refused:
        registry().next("nobody")
    assert (refused.value.code, refused.value.status) == ("call-unknown", 404)


def test_one_id_talks_once_at_a_time():
    calls = registry()
    calls.begin("a")
    with pytest.raises(RequestError) as refused:
        calls.begin("a")
    assert refused.value.code == "call-duplicate"
    calls.end("a", HANGUP)
    calls.begin("a")


def test_calls_above_the_limit_are_refused_and_places_come_back():
    calls = registry(max_calls=1)
    calls.begin("a")
    with pytest.raises(RequestError) as refused:
        calls.begin("b")
    assert (refused.value.code, refused.value.status) == ("call-limit", 503)
    calls.end("a", HANGUP)
    calls.begin("b")
    assert calls.active == 1


def test_memory_of_ended_calls_is_bounded():
    calls = registry()
    for number in range(REMEMBERED_CALLS + 5):
        calls.begin(str(number))
        calls.end(str(number), HANGUP)
    with pytest.raises(RequestError):
        calls.next("0")
    assert calls.next(str(REMEMBERED_CALLS + 4)) == HANGUP
