"""The list of placeholders in the documentation is the one that the code knows."""

import re

from actions.office.placeholders import NAMES
from tests.unit.knowledge_parts import REAL


def test_every_placeholder_is_documented() -> None:
    text = (REAL / "README.md").read_text("utf-8").split("## Placeholders")[1]
    assert set(re.findall(r"\{(\w+)\}", text)) == set(NAMES)
