"""Print "N passed, N failed, N skipped" from pytest's JUnit report; an error counts as failed."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def count(report: Path) -> str:
    """The plain count of one report file."""
    cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - written by our own pytest
    failed = sum(1 for c in cases if c.find("failure") is not None or c.find("error") is not None)
    skipped = sum(1 for c in cases if c.find("skipped") is not None)
    return f"{len(cases) - failed - skipped} passed, {failed} failed, {skipped} skipped"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    print(count(path) if path.exists() else "the tests did not run: see above")
