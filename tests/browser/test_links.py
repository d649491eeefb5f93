"""Which pieces of a text become links, and which never do."""

import pytest
from playwright.sync_api import Page

from tests.browser.office import RunningOffice

LINKED = """async (text) => {
    const { linkified } = await import("/static/chat/links.js");
    const shown = (part) => [part.textContent, part.getAttribute("href")];
    return linkified(text).map((part) => (part.nodeType ? shown(part) : part));
}"""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("bez linków", ["bez linków"]),
        (
            "Zob. https://www.gov.pl/a?b=1#c.",
            ["Zob. ", ["https://www.gov.pl/a?b=1#c", "https://www.gov.pl/a?b=1#c"], "."],
        ),
        ("[BIP](https://bip.pl/x)!", [["BIP", "https://bip.pl/x"], "!"]),
        ("[x](javascript:alert(1))", ["[x](javascript:alert(1))"]),
        ("[x](data:text/html,1)", ["[x](data:text/html,1)"]),
        ("javascript:alert(1) vbscript:x", ["javascript:alert(1) vbscript:x"]),
        ("<a href='https://x.pl'>", ["<a href='", ["https://x.pl", "https://x.pl/"], "'>"]),
        ("tel:+48991234000", [["+48991234000", "tel:+48991234000"]]),
        ("(u@miasto.example)", ["(", ["u@miasto.example", "mailto:u@miasto.example"], ")"]),
        ("pod 112.", ["pod ", ["112", "tel:112"], "."]),
        ("99 123 40 00,", [["99 123 40 00", "tel:+48991234000"], ","]),
        ("lub 800 100 200", ["lub ", ["800 100 200", "tel:+48800100200"]]),
        ("1,112 i 12 99 123 40 00", ["1,112 i 12 99 123 40 00"]),
        ("konto 12 1020 1127 0000 1602 0130 1234", ["konto 12 1020 1127 0000 1602 0130 1234"]),
        ("112,50 zł, 1128, 112 000", ["112,50 zł, 1128, 112 000"]),
        ("https://", ["https://"]),
        ("https://[", ["https://["]),
    ],
)  # fmt: skip
def test_links(page: Page, office: RunningOffice, text: str, parts: list[object]) -> None:
    page.goto(office.url)
    assert page.evaluate(LINKED, text) == parts


def test_a_long_hostile_text_is_quick(page: Page, office: RunningOffice) -> None:
    page.goto(office.url)
    for piece in ("[" * 4000, "a@" * 2000, "a.a" * 1300 + "@", "1 " * 2000, "https://" * 500):
        took_ms = page.evaluate(
            """async (text) => {
                const { linkified } = await import("/static/chat/links.js");
                const from = performance.now();
                linkified(text);
                return performance.now() - from;
            }""",
            piece,
        )
        assert took_ms < 200, piece[:20]
