"""100 mixed conversations over the real corpus, in one process: whatever is cited stands on its page.

The page is read here by pypdf itself, not by our extraction, so that a mistake of ours cannot prove itself.
"""

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from assistant.answers import Answer, Citation
from assistant.batch import Case, Malformed, Result, read_cases

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
QUESTIONS = ROOT / "tests" / "data" / "questions.jsonl"
MARKER = re.compile(r"\[(\d+)\]")


pytestmark = pytest.mark.timeout(900)  # the first run encodes the corpus


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found = read_cases(QUESTIONS)
    assert not [case.problem for case in found if isinstance(case, Malformed)]
    return [case for case in found if isinstance(case, Case)]


@pytest.fixture(scope="module")
def results(corpus_data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    """What `assistant batch` wrote for every question."""
    target = tmp_path_factory.mktemp("batch") / "answers.jsonl"
    command = [sys.executable, "-m", "assistant", "batch", QUESTIONS, target, "--data-dir", corpus_data_dir]
    played = subprocess.run(command, capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stderr
    return [Result.model_validate_json(line) for line in target.read_text("utf-8").splitlines()]


def answers(results: list[Result]) -> Iterator[tuple[str, Answer]]:
    for result in results:
        for turn, answer in enumerate(result.answers, start=1):
            yield f"{result.id} turn {turn}", answer


@cache
def pages(document: str) -> tuple[str, ...]:
    return tuple(folded(page.extract_text()) for page in PdfReader(CORPUS / document).pages)


def folded(text: str) -> str:
    """One space for each run of white space; ligatures and their like resolved."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def stands_on_its_page(citation: Citation) -> bool:
    found = pages(citation.document)
    return citation.page <= len(found) and folded(citation.quote) in found[citation.page - 1]


def test_the_questions_are_a_hundred(cases: list[Case]) -> None:
    assert len(cases) == len({case.id for case in cases}) == 100


def test_replies_come_in_the_languages_of_the_questions(results: list[Result]) -> None:
    assert len({answer.language for _, answer in answers(results)}) >= 15


def test_every_case_has_a_line_in_input_order_with_an_answer_for_each_turn(
    cases: list[Case], results: list[Result]
) -> None:
    assert [(result.id, len(result.answers)) for result in results] == [
        (case.id, len(case.turns)) for case in cases
    ]


def test_no_case_fails(results: list[Result]) -> None:
    assert {name: answer.text for name, answer in answers(results) if answer.status == "error"} == {}


def test_every_quote_stands_on_the_page_that_it_cites(results: list[Result]) -> None:
    wrong = [
        f"{name}: {citation.document} page {citation.page}: {citation.quote}"
        for name, answer in answers(results)
        for citation in answer.citations
        if not citation.quote.strip() or not stands_on_its_page(citation)
    ]
    assert wrong == []
    assert sum(len(answer.citations) for _, answer in answers(results)) > 100  # so the check saw something


def test_markers_and_citations_are_the_same_numbers_in_the_order_of_the_text(results: list[Result]) -> None:
    for name, answer in answers(results):
        used = list(dict.fromkeys(int(number) for number in MARKER.findall(answer.text)))
        assert used == [citation.number for citation in answer.citations] == [*range(1, len(used) + 1)], name


def test_an_answer_that_proves_nothing_does_not_call_itself_complete(results: list[Result]) -> None:
    for name, answer in answers(results):
        assert bool(answer.citations) == (answer.status in ("complete", "partial")), name


def test_personal_data_is_in_no_answer(results: list[Result]) -> None:
    text = json.dumps([result.model_dump() for result in results], ensure_ascii=False)
    for secret in ("anna.nowak@example.org", "601 234 567", "DE89 3704"):
        assert secret not in text
