"""Content as a file to take along: what goes in, and what a hostile file cannot do."""

import io
import json
import struct
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff_console.content.package import (
    MANIFEST,
    MOST_FILES,
    MOST_UPLOAD_BYTES,
    content_path,
    pack,
    unpack,
)
from tests.unit.editor_parts import NOW
from voice_gateway.errors import RequestError

TOPIC = "id: passport\nname: paszport\n"


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


def refused(data: bytes, name: str = "a.zip") -> tuple[str, int]:
    with pytest.raises(RequestError) as caught:
        unpack(name, data)
    return caught.value.code, caught.value.status


def test_what_was_packed_comes_back_byte_for_byte() -> None:
    bodies = {"topics/passport.yml": TOPIC + "# zażółć\r\n", "office.yml": "name: x\n"}
    package = unpack("x", pack(bodies, "Gdynia", NOW))
    assert package.files == bodies
    assert (package.origin, package.skipped, package.unreadable) == ("Gdynia", [], {})


def test_folders_before_the_files_do_not_matter_and_others_are_named() -> None:
    package = unpack("a.zip", zipped({"repo/nlu_data/topics/passport.yml": TOPIC, "README.md": ""}))
    assert list(package.files) == ["topics/passport.yml"]
    assert package.skipped == ["README.md"]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "/etc/topics/passport.yml", "topics/../../office.yml",
        "..\\topics\\passport.yml", "topics/PASSPORT.yml", "topics/a.yml/x", "taxonomy.yml",
        "topics/.yml", "C:\\office.yaml", "topics/pass\0port.yml",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_content(name: str) -> None:
    assert content_path(name) == ""


@given(st.text(max_size=60))
def test_any_name_is_a_content_path_or_none(name: str) -> None:
    path = content_path(name)
    assert path == "" or (".." not in path and not path.startswith("/") and path in name + path)


def test_a_single_topic_or_act_is_known_by_its_text() -> None:
    assert list(unpack("passport.yml", TOPIC.encode()).files) == ["topics/passport.yml"]
    act = b"id: thanks\nreplies:\n- x\n"
    assert list(unpack("C:\\tmp\\thanks.yml", act).files) == ["acts/thanks.yml"]
    assert list(unpack("office.yml", b"name: x\n").files) == ["office.yml"]
    assert refused(b"x", "picture.png") == ("content-invalid", 422)


def test_what_is_too_large_is_refused_whatever_the_zip_says() -> None:
    assert refused(b"x" * (MOST_UPLOAD_BYTES + 1)) == ("content-too-large", 413)
    bomb = zipped({"topics/a.yml": b"x" * 50_000_000})
    assert len(bomb) < MOST_UPLOAD_BYTES
    assert refused(bomb) == ("content-too-large", 413)
    many = {f"topics/a{n}.yml": b"y" * 900_000 for n in range(15)}
    assert refused(zipped(many)) == ("content-too-large", 413)
    lying = bytearray(zipped({"topics/a.yml": b"x" * 5_000_000}))
    place = lying.rindex(b"PK\x01\x02")  # its directory says: ten bytes
    lying[place + 24 : place + 28] = struct.pack("<I", 10)
    assert refused(bytes(lying))[0] in ("content-too-large", "content-invalid")
    files = {f"{n}.txt": b"" for n in range(MOST_FILES + 1)}
    assert refused(zipped(files)) == ("content-too-large", 413)


def test_broken_zips_are_refused() -> None:
    good = zipped({"topics/passport.yml": TOPIC * 100})
    assert refused(good[: len(good) // 2]) == ("content-invalid", 422)
    assert refused(zipped({"a.txt": ""})) == ("content-invalid", 422)
    twice = zipped({"a/topics/passport.yml": TOPIC, "b/topics/passport.yml": TOPIC})
    assert refused(twice) == ("content-invalid", 422)
    locked = bytearray(good)
    for mark, shift in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + shift] |= 1  # says that it needs a password
    assert refused(bytes(locked)) == ("content-invalid", 422)


def test_unreadable_texts_are_named_beside_the_others() -> None:
    files = {"topics/a.yml": b"\xff", "topics/b.yml": b"a: \0", "topics/c.yml": b"id: c\n"}
    package = unpack("x", zipped(files))
    assert set(package.unreadable) == {"topics/a.yml", "topics/b.yml"}
    assert list(package.files) == ["topics/c.yml"]


@pytest.mark.parametrize("about", ["[", "1", '{"city": 7}', "{}"])
def test_a_strange_manifest_names_no_city(about: str) -> None:
    package = unpack("x", zipped({MANIFEST: about, "topics/c.yml": b"id: c\n"}))
    assert package.origin == ""


def test_a_manifest_is_shortened() -> None:
    about = json.dumps({"city": "G" * 1000})
    assert len(unpack("x", zipped({MANIFEST: about, "office.yml": b"a: 1\n"})).origin) == 100
