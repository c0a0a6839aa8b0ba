"""A real EU report of 123 pages that this project did not make: questions lead to the right page.

Pages were looked up in the report itself.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.facade import Assistant
from assistant.ingest.pipeline import ingest
from assistant.settings import Settings

REPORT = Path(__file__).parent.parent.parent / "shared" / "data" / "digcomp3" / "JRC144121_01.pdf"

pytestmark = [
    pytest.mark.skipif(not REPORT.is_file(), reason=f"the report is not beside the checkout ({REPORT.name})"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("report"))
    done = ingest([REPORT], settings=settings)
    assert (done.exit_code, done.pages) == (0, 123)
    opened = Assistant(settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "page", "words"),
    [
        ("What is disinformation?", 68, "intentionally created"),
        ("What is a digital footprint?", 66, "digital devices"),
        ("what does the right to be forgotten mean", 64, "right to erasure"),
        ("How many learning outcomes does the framework have?", 87, "523"),
        ("When was DigComp 2.2 published?", 13, "2022"),
        ("what does cyberbullying mean", 63, "aggressive"),
    ],
)
def test_the_answer_cites_the_page_where_it_stands(
    assistant: Assistant, question: str, page: int, words: str
) -> None:
    answer = assistant.answer(question)
    assert answer.status in ("complete", "partial")
    assert any(citation.page == page and words in citation.quote for citation in answer.citations)


def test_what_the_report_does_not_say_is_not_answered(assistant: Assistant) -> None:
    assert assistant.answer("What is the population of France?").status == "not_found"
