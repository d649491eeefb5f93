"""What residents and clerks do, in their own words."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.office import PASSWORD, RunningOffice


class Resident:
    """Somebody with the city's page open."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        expect(self.log).to_contain_text("automatyczny asystent")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Przebieg rozmowy")

    @property
    def line(self) -> Locator:
        return self.page.get_by_role("textbox", name="Twoje pytanie")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def asks(self, text: str) -> None:
        self.line.fill(text)
        self.line.press("Enter")

    def hears(self, text: str) -> None:
        expect(self.log.locator(".halo-message").last).to_contain_text(text)


class Clerk:
    """Somebody at the desk."""

    def __init__(self, page: Page, office: RunningOffice, login: str = "anna") -> None:
        self.page = page
        page.goto(f"{office.url}/staff/")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Hasło").fill(PASSWORD)
        page.get_by_role("button", name="Zaloguj").click()
        expect(page.get_by_role("heading", name="Czekają na rozmowę")).to_be_visible()

    @property
    def waiting(self) -> Locator:
        return self.page.locator("#talks .item")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Przebieg rozmowy")

    def takes_first(self) -> None:
        self.waiting.first.click()
        self.page.get_by_role("button", name="Przejmij rozmowę").click()
        expect(self.page.get_by_label("Odpowiedź dla mieszkańca")).to_be_focused()

    def writes(self, text: str) -> None:
        line = self.page.get_by_label("Odpowiedź dla mieszkańca")
        line.fill(text)
        line.press("Enter")

    def ends(self) -> None:
        self.page.get_by_role("button", name="Zakończ i oddaj asystentowi").click()
