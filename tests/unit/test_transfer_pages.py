"""The whole content out and in again, and topics of another city, on the real store."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import yaml

from staff_console.content.package import pack
from staff_console.editor.transfer_form import STAGED_FOR
from tests.unit.editor_parts import NOW, StoreOffice, value_of

PASSPORT, CARD = "topics/passport.yml", "topics/id_card.yml"
PAGE = "/staff/content/transfer"


def look(office: StoreOffice, data: bytes, name: str = "treści.zip", origin: str = "") -> Any:
    return office.post("/transfer/look", files={"file": (name, data)}, origin=origin)


def take(office: StoreOffice, page: str, *paths: str, **more: Any) -> Any:
    seen = {f"number.{one}": value_of(f"number.{one}", page) for one in paths}
    key = value_of("key", page)
    return office.post("/transfer/take", key=key, path=list(paths), **{**seen, **more})


def publish(office: StoreOffice, *paths: str) -> Any:
    return office.post("/transfer/publish", reason="z Gdyni", path=list(paths))


def of_city(body: str, city: str = "Gdynia", path: str = PASSPORT) -> bytes:
    return pack({path: body}, city, NOW)


def worded(body: str, name: str) -> str:
    """The topic's name is no fee and no deadline, so it is live at once."""
    return body.replace("genitive:", f"genitive: {name} #", 1)


def changed(office: StoreOffice, path: str, body: str) -> None:
    office.content.save_draft(path, body, 0, "jan", NOW)
    assert office.content.publish(path, "x", "jan", NOW).state == "live"


def test_everything_is_downloaded_as_it_is_told(store_office: StoreOffice) -> None:
    office = store_office.sign_in("anna")
    answer = office.client.get(f"{PAGE}/all.zip")
    assert answer.headers["content-disposition"].endswith('"halo-urzad-2026-11-24.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = set(packed.namelist())
        assert names == {*office.content.paths(), "halo-urzad.json"}
        assert packed.read(PASSPORT).decode() == office.file(PASSPORT)
    one = office.client.get(f"{PAGE}/file/{PASSPORT}")
    assert one.text == office.file(PASSPORT)
    assert office.client.get(f"{PAGE}/file/taxonomy.yml").status_code == 404
    back = look(office.sign_in("ewa"), answer.content)
    assert "Nie ma nic do wczytania" in back.text
    assert "bez pochodzenia" in back.text  # it is our own city


def test_looking_changes_nothing_and_taking_makes_drafts(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    body = worded(office.live(PASSPORT), "paszporciku")
    page = look(office, of_city(body)).text
    assert "<strong>Gdynia</strong>" in page
    assert "paszporciku" in page
    assert office.content.drafts() == []
    done = take(office, page, PASSPORT)
    assert done.headers["location"] == f"{PAGE}?done=1"
    assert office.content.draft(PASSPORT).body == body
    assert office.live(PASSPORT) != body
    again = take(office, page, PASSPORT)
    assert again.status_code == 409  # the preview is used up
    assert publish(office, PASSPORT).headers["location"] == f"{PAGE}?live=1&sent=0"
    assert office.live(PASSPORT) == body
    assert "Pochodzi z: Gdynia." in office.page("/topics/passport")
    assert "pochodzi z: Gdynia" in office.page("/transfer")


def test_an_update_keeps_what_was_changed_here(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    first = worded(office.live(PASSPORT), "paszporciku")
    take(office, look(office, of_city(first)).text, PASSPORT)
    publish(office, PASSPORT)
    changed(office, PASSPORT, first.replace("accusative:", "accusative: nasz #", 1))
    assert "Pochodzi z: Gdynia, zmienione u&nbsp;nas" in office.page("/topics/passport")
    kept = look(office, of_city(first)).text
    assert "bez nowości; nasze zmiany zostają" in kept
    news = first.replace("paszporciku", "paszportów")
    page = look(office, of_city(news)).text
    assert "nowsza, a u nas też zmieniona" in page
    take(office, page, PASSPORT)
    publish(office, PASSPORT)
    data = yaml.safe_load(office.live(PASSPORT))
    assert (data["genitive"], data["accusative"]) == ("paszportów", "nasz")
    both = news.replace("accusative:", "accusative: ich #", 1)
    page = look(office, of_city(both)).text
    assert "To samo zmieniono u&nbsp;nas i&nbsp;tam" in page
    assert "Wszystko tak, jak przysłano" in page
    take(office, page, PASSPORT, **{f"text.{PASSPORT}": "theirs"})
    publish(office, PASSPORT)
    assert yaml.safe_load(office.live(PASSPORT))["accusative"] == "ich"
    assert "Pochodzi z: Gdynia." in office.page("/topics/passport")


def test_all_or_nothing(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    bodies = {path: worded(office.live(path), "inna") for path in (PASSPORT, CARD)}
    data = pack(bodies, "Gdynia", NOW)
    page = look(office, data).text
    office.content.save_draft(CARD, "praca", 0, "jan", NOW)  # somebody begins meanwhile
    refused = take(office, page, PASSPORT, CARD)
    assert refused.status_code == 409
    assert "ktoś pracuje nad szkicem" in refused.text
    assert office.content.draft(PASSPORT) is None
    office.content.drop_draft(CARD, "jan", NOW)
    changed(office, CARD, worded(office.live(CARD), "nowsza"))  # and publishes
    assert take(office, page, PASSPORT, CARD).status_code == 409
    assert office.content.drafts() == []
    page = look(office, data).text
    assert take(office, page, PASSPORT, CARD).status_code == 303
    assert {draft.path for draft in office.content.drafts()} == {PASSPORT, CARD}
    both = publish(office, PASSPORT, CARD)
    assert both.headers["location"] == f"{PAGE}?live=2&sent=0"


def test_faults_are_told_before_and_nothing_is_taken(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    office.check = lambda folder, today: (
        ["passport: zła treść"] if "xyzzy" in (folder / PASSPORT).read_text() else []
    )
    page = look(office, of_city(worded(office.live(PASSPORT), "xyzzy"))).text
    assert "passport: zła treść" in page
    refused = take(office, page, PASSPORT)
    assert refused.status_code == 422
    assert "Nie wczytano niczego" in refused.text
    assert office.content.drafts() == []
    broken = look(office, of_city("id: ["))
    assert "nie można wczytać" in broken.text


def test_wrong_files_are_refused_and_large_ones_do_not_get_in(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    assert look(office, b"x", "obrazek.png").status_code == 422
    assert look(office, b"PK\x03\x04x").status_code == 422
    assert office.post("/transfer/look", origin="").status_code == 422
    assert look(office, b"x" * 4_000_000).status_code == 413
    large = {"token": "the form's token", "reason": "x" * 70_000}
    elsewhere = office.client.post(f"{PAGE}/publish", data=large)
    assert elsewhere.status_code == 413  # only the upload may be large


def test_a_preview_is_its_owners_and_not_for_ever(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    page = look(office, of_city(worded(office.live(PASSPORT), "x"))).text
    assert take(office.sign_in("jan"), page, PASSPORT).status_code == 409
    office.now += STAGED_FOR + timedelta(seconds=1)
    assert take(office.sign_in("ewa"), page, PASSPORT).status_code == 409
    assert office.content.drafts() == []


def test_nothing_chosen_or_no_reason_is_told(store_office: StoreOffice) -> None:
    office = store_office.sign_in("ewa")
    page = look(office, of_city(worded(office.live(PASSPORT), "x"))).text
    assert take(office, page).status_code == 422
    assert office.post("/transfer/publish", path=[PASSPORT], reason=" ").status_code == 422
    assert publish(office).status_code == 422
    assert publish(office, PASSPORT).status_code == 409  # there is no draft


def test_clerks_download_only(store_office: StoreOffice) -> None:
    office = store_office.sign_in("anna")
    assert "Pobierz całość" in office.page("/transfer")
    assert "Wczytaj" not in office.page("/transfer").partition("<main")[2].partition("Pobierz")[0]
    assert look(office, b"").status_code == 403
    assert publish(office, PASSPORT).status_code == 403
    office.sign_in("")
    assert office.client.get(f"{PAGE}/all.zip").status_code == 303
