"""Ratings given in the chat: kept, read again, and turned into cases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from eval_kit import small_index

from assistant.answers import Answer, Citation
from assistant.errors import AssistantError
from assistant.feedback import Feedback, append_feedback, read_feedback
from assistant.index.reader import Index
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.retriever import Retriever
from eval.formats import read_ratings_of_chat, to_cases

QUOTE = "The Pact for Skills was launched on 10 November 2020 in Brussels."


def rating(name: str, question: str, *, helpful: bool, reason: str = "", quote: str = QUOTE) -> Feedback:
    citation = Citation(number=1, document="pact.pdf", title="Pact", page=1, quote=quote)
    answer = Answer(
        status="complete", language="en", text="On 10 November 2020 [1].", citations=[citation],
        standalone_question=question,
    )  # fmt: skip
    return Feedback(
        id=name, time=datetime(2026, 11, 1, tzinfo=UTC), turns=("Hello", question), answer=answer,
        helpful=helpful, reason=reason,
    )  # fmt: skip


def test_a_later_rating_of_the_same_reply_replaces_the_earlier(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "feedback.jsonl"
    first, other = rating("a", "When?", helpful=False), rating("b", "Where?", helpful=True)
    reasoned = rating("a", "When?", helpful=False, reason="wrong")
    for each in (first, other, reasoned):
        append_feedback(file, each)
    assert read_feedback(file) == [reasoned, other]


def test_a_line_that_is_no_rating_is_named(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    file.write_text("\n{}\n", "utf-8")
    with pytest.raises(AssistantError, match=r"feedback\.jsonl:2 is no rating"):
        read_feedback(file)


def test_helpful_replies_become_cases_and_the_others_are_told(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    append_feedback(file, rating("a", "When was the Pact launched?", helpful=True))
    append_feedback(file, rating("b", "Who pays for it?", helpful=False, reason="beside the point"))
    settings = small_index(tmp_path)
    encoder = load_encoder(settings)
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        cases, problems = to_cases(read_ratings_of_chat(file), index, Retriever(index, encoder))
    (case,) = cases
    assert case.turns == ("When was the Pact launched?",)
    assert {nugget.page for nugget in case.gold.nuggets} == {1}
    assert problems == ["question 2 (Who pays for it?): rated not helpful (beside the point); write its gold"]
