"""Keeps a part of the product dead for a while: the supervisor is quick to bring parts back."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil

AGAIN_S = 0.05


@contextmanager
def kept_dead(pid: Callable[[], int]) -> Iterator[None]:
    """Kill the process that ``pid`` names and, as often as it comes back, again."""
    os.kill(pid(), signal.SIGKILL)
    done = threading.Event()

    def keep() -> None:
        while not done.wait(AGAIN_S):
            with suppress(AssertionError, OSError, psutil.Error):
                found = pid()
                if not done.is_set():
                    os.kill(found, signal.SIGKILL)

    killer = threading.Thread(target=keep, daemon=True)
    killer.start()
    try:
        yield
    finally:
        done.set()
        killer.join()
