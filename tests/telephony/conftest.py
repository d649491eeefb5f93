"""The exchange, its phones and the stand-in gateway for the tests of the telephone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.telephony.ears import Ears
from tests.telephony.gateway import Standin
from tests.telephony.phone import Phone
from tests.telephony.rig import Ports, Rig, RigImpossibleError, find_chroot


@pytest.fixture(scope="session")
def chroot() -> Path:
    """Asterisk 22 in a folder; skips where this machine cannot have one."""
    if os.geteuid() != 0:
        pytest.skip("real calls need root (a chroot with Asterisk 22)")
    try:
        return find_chroot()
    except RigImpossibleError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def ears() -> Iterator[Ears]:
    ears = Ears()
    yield ears
    ears.stop()


@pytest.fixture(scope="session")
def rig(chroot: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A running Asterisk, configured by deploy/asterisk/configure.py."""
    rig = Rig(chroot, Ports.free_block(), tmp_path_factory.mktemp("halo"))
    try:
        rig.start()
        yield rig
    finally:
        rig.stop()


@pytest.fixture
def caller(rig: Rig, ears: Ears) -> Iterator[Phone]:
    """The resident's phone."""
    phone = Phone(rig, ears, 0, "6001", answers=False)
    phone.start()
    yield phone
    phone.stop()


@pytest.fixture
def clerk(rig: Rig, ears: Ears) -> Iterator[Phone]:
    """The clerk's phone, which answers by itself."""
    phone = Phone(rig, ears, 1, "6002", answers=True)
    phone.start()
    yield phone
    phone.stop()


@pytest.fixture
def standin(rig: Rig) -> Iterator[Callable[..., Standin]]:
    """Starts a stand-in gateway that plays one thing."""
    started: list[Standin] = []

    def start(play: str, *more: object, **options: object) -> Standin:
        gateway = Standin(rig, play, *more, **options)
        started.append(gateway)
        gateway.wait("ready", seconds=30)
        return gateway

    yield start
    for gateway in started:
        gateway.freeze(False)
        gateway.stop()
