"""docs/settings.md and .env.example say what voice_gateway/settings.py says."""

import re
from pathlib import Path

from pydantic import SecretStr

from voice_gateway.settings import ROOT, Settings

ROW = re.compile(r"^\| `(HALO_[A-Z0-9_]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)


def shown(default: object) -> str:
    """A default as the table shows it."""
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}`"
    return f"`{value}`" if value != "" else "(puste)"


def rows() -> dict[str, tuple[str, str]]:
    """The table as the code has it."""
    return {
        f"HALO_{name.upper()}": (shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    }


def test_the_table_is_the_code() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = {name: (default, about) for name, default, about in ROW.findall(text)}
    lines = [f"| `{name}` | {default} | {about} |" for name, (default, about) in rows().items()]
    assert documented == rows(), "docs/settings.md should hold:\n" + "\n".join(lines)


def test_the_example_names_every_setting_and_sets_none() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.removeprefix("# ").split("=")[0] for line in lines if "HALO_" in line}
    assert named == set(rows())
    assert not [line for line in lines if line and not line.startswith("#")]
