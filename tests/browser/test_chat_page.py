"""The running chat in a real Chromium that can reach nothing but this machine."""

import io
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import docx
import icalendar
import pytest
from bootcamps import OFFERS, QUESTION
from running_chat import DOCUMENTS, Chat

from assistant.feedback import read_feedback
from assistant.settings import Settings

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.browser

FEE = "What is the membership fee of the Pact for Skills?"
WELDING = "How long does the aluminium welding course last?"
CITATION = '.message-content a[href^="/documents/"]'
NO_NETWORK = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
UNNAMED = """[...document.querySelectorAll("button, a, input, textarea, [role=button], [role=combobox]")]
    .filter(element => element.offsetParent)
    .filter(element => !element.ariaLabel && !element.innerText.trim() && !element.title)
    .map(element => element.outerHTML)"""


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as running:
        own = Path(running.chromium.executable_path)
        found = own if own.exists() else shutil.which("chromium") or shutil.which("chromium-browser")
        if not found:
            pytest.skip("no Chromium: `playwright install chromium` or the system's package gives one")
        with running.chromium.launch(executable_path=str(found), args=NO_NETWORK) as browser:
            yield browser


class Reader:
    """Someone at the page; every request that it makes is noted."""

    def __init__(self, browser: "playwright.Browser", chat: Chat, *, width: int, height: int) -> None:
        context = browser.new_context(viewport={"width": width, "height": height}, is_mobile=width < 768)
        context.set_default_timeout(30_000)
        self.page = context.new_page()
        self.requested: list[str] = []
        self.blocked: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on(
            "console",
            lambda line: self.blocked.append(line.text) if "Content Security Policy" in line.text else None,
        )
        self.page.goto(chat.url)
        self.page.wait_for_selector("#starters button:not([disabled])")

    def ask(self, question: str) -> None:
        """Type the question, send it and wait for the sources of the reply."""
        replies = self.page.locator("h6").count()
        self.page.locator("#chat-input").click()
        self.page.keyboard.type(question)
        self.page.keyboard.press("Enter")
        self.page.locator("h6").nth(replies).wait_for()
        self.page.wait_for_selector("#chat-submit")

    def save(self, label: str) -> tuple[str, bytes]:
        """Name and content of the file that the last button of that label brings, with no second click."""
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=label, exact=True).last.click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    def shown_page(self, number: int) -> str:
        """Text of the page beside the conversation, once it is page `number`."""
        viewer = self.page.locator(".side-pdf")
        viewer.get_by_text(re.compile(rf"^{number} / \d+$")).wait_for()
        layer = viewer.locator(".textLayer:has(.endOfContent)")
        layer.wait_for(state="attached")
        return " ".join(layer.inner_text().split())

    def until(self, expression: str) -> None:
        """Wait until it holds; Playwright's own wait needs `eval`, which our policy forbids in the page."""
        deadline = time.monotonic() + 30
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline, expression
            self.page.wait_for_timeout(50)

    def until_gone(self, address: str) -> None:
        """Wait until the server no longer has what was there."""
        deadline = time.monotonic() + 30
        while self.page.request.get(address).status != 404:
            assert time.monotonic() < deadline, address
            self.page.wait_for_timeout(50)

    def marked(self) -> str:
        """The words that are marked on the page."""
        self.until("CSS.highlights.has('quote')")
        return str(self.page.evaluate("[...CSS.highlights.get('quote')].map(String).join('')"))


@pytest.fixture
def reader(browser: "playwright.Browser", chat: Chat) -> Iterator[Reader]:
    """At a desk. Afterwards: nothing was asked from another host, nothing was blocked."""
    reader = Reader(browser, chat, width=1280, height=800)
    yield reader
    _check_requests(reader, chat)
    reader.page.context.close()


def _check_requests(reader: Reader, chat: Chat) -> None:
    own = (chat.url, chat.url.replace("http", "ws", 1), "data:", "blob:")
    assert len(reader.requested) > 5
    assert [url for url in reader.requested if not url.startswith(own)] == []
    assert reader.blocked == []


def test_a_reader_asks_and_lands_on_the_page_that_proves_the_answer(reader: Reader) -> None:
    reader.ask(FEE)
    assert "zero euro" in reader.page.locator(".message-content").last.inner_text()
    reader.page.locator(CITATION).first.click()
    assert DOCUMENTS["pact/joining.pdf"][2][1] in reader.shown_page(3)
    assert reader.page.locator("#side-view-title").inner_text() == "Joining the Pact for Skills, page 3"
    assert "zero euro" in reader.marked()


def test_a_section_of_a_web_page_is_shown_as_text(reader: Reader) -> None:
    reader.ask("How much is a mentor of the yard school paid a day?")
    reader.page.locator(f'{CITATION}[href*="mentors.html"]').first.click()
    panel = reader.page.locator("aside")
    panel.get_by_text("A mentor of the yard school is paid ninety euro a day.").wait_for()
    assert "The yard school, section 2" in panel.inner_text()
    assert reader.blocked == []


def test_citations_opened_in_a_row_each_show_their_own_page(reader: Reader) -> None:
    reader.ask(FEE)
    fee = reader.page.locator(CITATION).first
    reader.ask(WELDING)
    welding = reader.page.locator(f'{CITATION}[href*="shipyard"]').first
    for _ in range(2):
        fee.click()
        assert DOCUMENTS["pact/joining.pdf"][2][1] in reader.shown_page(3)
        welding.click()
        assert DOCUMENTS["shipyard courses.pdf"][1][1] in reader.shown_page(2)
        assert "twelve weeks" in reader.marked()


def test_the_panel_stays_closed_until_a_citation_is_opened(reader: Reader) -> None:
    reader.ask(FEE)
    reader.ask(WELDING)
    assert reader.page.locator(".side-pdf").count() == 0


def test_a_citation_opens_from_the_keyboard_and_escape_goes_back(reader: Reader) -> None:
    reader.ask(FEE)
    for _ in range(20):  # backwards from the input, past what to ask next
        reader.page.keyboard.press("Shift+Tab")
        if reader.page.evaluate("document.activeElement.matches('a[href^=\"/documents/\"]')"):
            break
    reader.page.keyboard.press("Enter")
    reader.shown_page(3)
    reader.page.keyboard.press("Escape")
    reader.page.wait_for_selector(".side-pdf", state="detached")
    assert reader.page.evaluate("document.activeElement.getAttribute('href')").endswith("#page=3")


def test_everything_has_a_name_and_a_finished_reply_is_announced_once(reader: Reader) -> None:
    assert reader.page.evaluate("document.documentElement.lang") == "en"
    reader.page.evaluate(
        """window.spoken = [];
        new MutationObserver(() => spoken.push(document.querySelector("#announcer").textContent))
            .observe(document.querySelector("#announcer"), {childList: true, subtree: true})"""
    )
    reader.ask(FEE)
    reader.page.locator(CITATION).first.click()
    reader.shown_page(3)
    assert reader.page.evaluate(UNNAMED) == []
    assert reader.page.locator(CITATION).first.get_attribute("aria-label") == (
        "Source 1: Joining the Pact for Skills, page 3"
    )
    spoken = reader.page.evaluate("spoken")
    assert len(spoken) == 1
    assert "zero euro" in spoken[0]
    assert "Sources" not in spoken[0]


def test_the_first_screen_says_what_this_is(reader: Reader) -> None:
    welcome = reader.page.locator("#welcome-screen").inner_text()
    assert "I answer from a fixed set of documents and show the page behind every sentence." in welcome
    assert "I am an AI system: I inform, you decide. Nothing you write is kept." in welcome


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_shows_everything_without_scrolling_sideways(
    browser: "playwright.Browser", chat: Chat, width: int
) -> None:
    reader = Reader(browser, chat, width=width, height=700)
    wide = "document.documentElement.scrollWidth"
    assert reader.page.evaluate(wide) == width
    reader.ask(FEE)
    assert reader.page.evaluate(wide) == width
    reader.page.locator(CITATION).first.click()
    reader.shown_page(3)
    reader.until("document.querySelector('.react-pdf__Page').style.zoom")
    place = "document.querySelector('.side-pdf canvas').getBoundingClientRect()"
    reader.until(f"{place}.x >= 0 && {place}.right <= {width}")  # the panel slides in
    _check_requests(reader, chat)
    reader.page.context.close()


def test_a_reader_rates_a_reply_and_says_why(browser: "playwright.Browser", rated_chat: Chat) -> None:
    reader = Reader(browser, rated_chat, width=390, height=800)
    page = reader.page
    reader.ask(FEE)
    page.get_by_role("button", name="Not helpful", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("What was wrong with it?").wait_for()
    page.get_by_role("button", name="Wrong", exact=True).click()
    page.get_by_text("Thank you.", exact=True).wait_for()
    (rating,) = read_feedback(Settings(data_dir=rated_chat.data_dir).feedback_file)
    assert (rating.turns, rating.helpful, rating.reason) == ((FEE,), False, "wrong")
    assert "zero euro" in rating.answer.text
    _check_requests(reader, rated_chat)
    page.context.close()


def test_nothing_is_rated_unless_the_owner_wants_it(reader: Reader) -> None:
    reader.ask(FEE)
    assert reader.page.get_by_role("button", name=re.compile("helpful", re.IGNORECASE)).count() == 0


@pytest.mark.parametrize("width", [1280, 360])
def test_a_list_is_saved_as_a_word_document_with_one_click(
    browser: "playwright.Browser", chat: Chat, width: int
) -> None:
    reader = Reader(browser, chat, width=width, height=800)
    reader.ask(QUESTION)
    name, content = reader.save("Save as a Word file")
    assert re.fullmatch(r"pact-for-skills-\d{4}-\d\d-\d\d\.docx", name)
    paragraphs = docx.Document(io.BytesIO(content)).paragraphs
    headings = [p.text for p in paragraphs if p.style and str(p.style.name).startswith("Heading")]
    assert headings[0] == QUESTION
    assert {f"Robot bootcamp {number}" for number in range(1, OFFERS + 1)} < set(headings)
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width
    _check_requests(reader, chat)
    reader.page.context.close()


def test_dates_are_saved_for_a_calendar_and_the_link_stays(reader: Reader) -> None:
    reader.ask(QUESTION)
    name, content = reader.save("Save the dates for a calendar")
    assert name.endswith(".ics")
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == OFFERS
    link = reader.page.locator('a[href^="/files/"]')
    with reader.page.expect_download() as again:
        link.click()
    assert Path(again.value.path()).read_bytes() == content
    assert reader.page.locator('a[href^="/files/"]').count() == 1


def test_buttons_speak_the_language_of_the_reply_and_offer_only_what_there_is(reader: Reader) -> None:
    reader.ask("Welche Bootcamps gibt es?")
    page = reader.page
    assert page.get_by_role("button", name="Termine für den Kalender speichern").count() == 1
    _, content = reader.save("Als Tabelle speichern")
    assert content.decode("utf-8-sig").startswith("Titel;Art des Angebots;Anbieter;")
    page.get_by_text("Hier ist Ihre Datei.").wait_for()
    reader.ask(FEE)
    assert page.get_by_role("button", name="Save as a table").count() == 1
    assert page.get_by_role("button", name="Save the dates for a calendar").count() == 0


def test_a_file_is_for_saving_only_and_goes_with_its_conversation(reader: Reader, chat: Chat) -> None:
    reader.ask(QUESTION)
    reader.save("Save as a table")
    address = chat.url.rstrip("/") + str(reader.page.locator('a[href^="/files/"]').get_attribute("href"))
    fetched = reader.page.request.get(address)
    assert fetched.headers["content-disposition"].startswith("attachment; ")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert fetched.headers["cache-control"] == "no-store"
    assert reader.page.request.get(f"{address}x").status == 404
    reader.page.locator("#new-chat-button").click()
    reader.page.get_by_role("button", name="Confirm").click()
    reader.page.wait_for_selector("#starters button:not([disabled])")
    reader.until_gone(address)


def test_a_constraint_of_a_list_is_taken_back_by_keyboard(reader: Reader) -> None:
    reader.ask("Which bootcamps are there in Italy?")
    assert reader.page.get_by_text("No entry in the documents matches all of this").first.is_visible()
    chip = reader.page.get_by_role("button", name="Italy").last
    chip.focus()
    replies = reader.page.locator("h6").count()
    reader.page.keyboard.press("Enter")
    reader.page.locator("h6").nth(replies).wait_for()
    assert reader.page.get_by_text("Without “Italy”").first.is_visible()
    assert reader.page.get_by_text(f"{OFFERS} entries in the documents match this").last.is_visible()
