"""The installation: public locks, scripts that parse, a count that counts, packages checked."""

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from voice_gateway.settings import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import count_tests
import fetch_uv

PUBLIC = {"https://pypi.org", "https://files.pythonhosted.org"}
SCRIPTS = sorted([*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"])


@pytest.mark.parametrize("lock", ["uv.lock", "bot/uv.lock"])
def test_a_lock_names_only_the_public_index(lock: str) -> None:
    hosts = set(re.findall(r"https?://[^/\"]+", (ROOT / lock).read_text(encoding="utf-8")))
    assert hosts == PUBLIC


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_valid_bash(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)


def bash(code: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    common = f". {ROOT}/scripts/common.sh"
    command = ["bash", "-c", f"set -euo pipefail; cd {tmp_path}; {common}; {code}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)


def test_a_step_that_fails_shows_its_last_words_and_its_status(tmp_path: Path) -> None:
    result = bash("step Tytuł sh -c 'echo because; exit 7'", tmp_path)
    assert result.returncode == 7
    assert "because" in result.stderr
    assert "Tytuł" in result.stdout


def test_a_stamp_holds_until_a_file_changes(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("one")
    code = "stamp part $(digest lock); fresh part $(digest lock) && echo same; echo two > lock; "
    result = bash(code + "fresh part $(digest lock) || echo changed", tmp_path)
    assert result.stdout.split() == ["same", "changed"]


def test_missing_packages_are_named(tmp_path: Path) -> None:
    result = bash("missing_packages bash no-such-package coreutils no-other", tmp_path)
    assert result.stdout == "no-such-package no-other"


def test_the_last_resort_trusts_only_debians_signatures() -> None:
    text = (ROOT / "scripts" / "debian_python.sh").read_text(encoding="utf-8")
    assert "signed-by=$keyring" in text
    assert not re.search(r"allow-unauthenticated|trusted=yes|allow-insecure", text, re.IGNORECASE)


def test_uv_with_another_checksum_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "uv.whl"
    wheel.write_bytes(b"something else")
    with pytest.raises(ValueError, match="wrong checksum"):
        fetch_uv.fetch(wheel.as_uri(), "0" * 64)
    digest = hashlib.sha256(b"something else").hexdigest()
    assert fetch_uv.fetch(wheel.as_uri(), digest) == b"something else"


def test_uv_is_unpacked_ready_to_run(tmp_path: Path) -> None:
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"uv-{fetch_uv.VERSION}.data/scripts/uv", "#!/bin/sh\necho well\n")
    target = tmp_path / "tools" / "uv"
    fetch_uv.unpack(wheel.getvalue(), target)
    assert subprocess.check_output([str(target)], text=True) == "well\n"


def test_the_count_tells_passed_failed_and_skipped_apart(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite>"
        "<testcase name='a'/><testcase name='b'/><testcase name='c'><failure/></testcase>"
        "<testcase name='d'><error/></testcase><testcase name='e'><skipped/></testcase>"
        "</testsuite></testsuites>"
    )
    assert count_tests.count(report) == "2 passed, 2 failed, 1 skipped"


def fake_python(path: Path, exit_status: int) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\nexit {exit_status}\n")
    path.chmod(0o755)
    return path


def test_a_pyenv_python_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    versions = tmp_path / "pyenv" / "versions"
    fake_python(versions / "3.9.1" / "bin" / "python3.9", 127)
    good = fake_python(versions / "3.9.2" / "bin" / "python3.9", 0)
    code = f". {ROOT}/scripts/find_python.sh; UV=false PYENV_ROOT={tmp_path}/pyenv; find_python x 9"
    assert bash(code, tmp_path).stdout.strip() == str(good)


def test_the_python_of_a_made_environment_comes_first(tmp_path: Path) -> None:
    made = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made)], check=True)
    minor = sys.version_info.minor
    code = f". {ROOT}/scripts/find_python.sh; UV=false; find_python {made} {minor}"
    result = bash(code, tmp_path)
    assert Path(result.stdout.strip()).resolve() == Path(sys.executable).resolve()


def test_no_python_at_all_is_a_failure_not_a_path(tmp_path: Path) -> None:
    code = f". {ROOT}/scripts/find_python.sh; UV=false PYENV_ROOT=x; find_python x 1"
    result = bash(code, tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
