"""Put the program ``uv`` into .tools/ with nothing but Python's own library.

Fresh Debian has neither pip nor venv. The wheel of uv on PyPI holds one static binary, so it is
fetched, compared with the checksum below (from https://pypi.org/simple/uv/) and unpacked.
"""

from __future__ import annotations

import hashlib
import io
import platform
import sys
import urllib.request
import zipfile
from pathlib import Path

VERSION = "0.13.9"
FILES = "https://files.pythonhosted.org/packages"
WHEELS = {
    "x86_64": (
        f"{FILES}/3d/aa/26d64642d808de4a652579ef950d7cd2d37f080a8babf9c67c6b75fc4c3f/"
        f"uv-{VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    "aarch64": (
        f"{FILES}/57/15/94b6cd62ac3ff6550288328e8035288875197cbc183f51554b266a69877b/"
        f"uv-{VERSION}-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
}


def fetch(url: str, sha256: str) -> bytes:
    """The bytes at ``url``; raises ValueError when they are not the ones we know."""
    with urllib.request.urlopen(url, timeout=120) as answer:  # noqa: S310 - https, fixed above
        data: bytes = answer.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{url}: wrong checksum")
    return data


def unpack(wheel: bytes, target: Path) -> None:
    """Write the binary out of the wheel; the finished file appears at once."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        binary = archive.read(f"uv-{VERSION}.data/scripts/uv")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.write_bytes(binary)
    unfinished.chmod(0o755)
    unfinished.replace(target)


def main() -> int:
    """Fetch uv to the path given as the only argument."""
    known = WHEELS.get(platform.machine())
    if known is None:
        print(f"no uv for this processor: {platform.machine()}", file=sys.stderr)
        return 1
    unpack(fetch(*known), Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
