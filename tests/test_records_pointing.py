"""Messages that point at entries of the reply before, on the real corpus."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.conversation import Conversation
from assistant.facade import Assistant
from assistant.settings import Settings


@pytest.fixture(scope="module")
def assistant(corpus_data_dir: Path) -> Iterator[Assistant]:
    assistant = Assistant(Settings(data_dir=corpus_data_dir))
    yield assistant
    assistant.close()


@pytest.fixture
def shown(assistant: Assistant) -> Conversation:
    conversation = Conversation()
    assistant.answer("which bootcamps are there in Spain?", conversation=conversation)
    assert len(conversation.shown) == 3
    return conversation


@pytest.mark.parametrize(
    ("message", "places"),
    [
        ("compare the first two", (0, 1)),
        ("compare the second and the third", (1, 2)),
        ("porównaj dwa pierwsze", (0, 1)),
        ("vergleiche den ersten und den dritten", (0, 2)),
        ("compare them", (0, 1, 2)),
        ("compara el primero y el último", (0, 2)),
        ("tell me more about the last one", (2,)),
        ("2", (1,)),
        ("number 3 please", (2,)),
        ("plus d'informations sur la deuxième", (1,)),
    ],
)
def test_what_is_pointed_at_is_told(
    assistant: Assistant, shown: Conversation, message: str, places: tuple[int, ...]
) -> None:
    before = shown.shown
    answer = assistant.answer(message, conversation=shown)
    assert [card.reference for card in answer.opportunities] == [before[place] for place in places]
    assert answer.status == "complete"
    assert answer.citations


def test_each_value_of_a_comparison_is_proved(assistant: Assistant, shown: Conversation) -> None:
    answer = assistant.answer("compare the first two", conversation=shown)
    header, rule, *rows = [line for line in answer.text.splitlines() if line.startswith("|")]
    assert header.count("|") == rule.count("|") == 4
    assert any("Madrid" in row for row in rows)
    for row in rows:
        heading, *cells = (cell.strip() for cell in row.strip("|").split(" | "))
        assert heading.startswith("**")
        assert all(re.search(r"\[\d+\]$", cell) or cell == "–" for cell in cells)


def test_what_is_like_an_entry_is_not_the_entry(assistant: Assistant, shown: Conversation) -> None:
    model = shown.shown[1]
    answer = assistant.answer("more like the second one", conversation=shown)
    assert 0 < len(answer.opportunities) <= 5
    assert model not in {card.reference for card in answer.opportunities}


@pytest.mark.parametrize(
    "message",
    [
        "compare the first two",
        "tell me more about the second",
        "Which free online courses are taught in German?",
        "What is the Pact for Skills?",
    ],
)
def test_nothing_is_pointed_at_in_a_new_conversation(assistant: Assistant, message: str) -> None:
    conversation = Conversation()
    answer = assistant.answer(message, conversation=conversation)
    assert answer.status in ("complete", "partial", "not_found", "clarify")


def test_a_number_beyond_the_list_points_at_nothing(assistant: Assistant, shown: Conversation) -> None:
    before = set(shown.shown)
    answer = assistant.answer("tell me more about number 9", conversation=shown)
    assert not before & {card.reference for card in answer.opportunities}


def test_a_constraint_that_is_taken_back_no_longer_filters(assistant: Assistant) -> None:
    conversation = Conversation()
    first = assistant.answer("which free bootcamps are there in Spain?", conversation=conversation)
    wanted = conversation.turns[-1].wanted
    assert wanted is not None
    assert {chip.field for chip in wanted.removable} == {"free", "kinds", "countries"}
    second = assistant.answer("free", conversation=conversation, wanted=wanted.without("free"))
    assert (second.total_matches or 0) > (first.total_matches or 0)
    assert conversation.turns[-1].wanted is not None
    assert "free" not in {chip.field for chip in conversation.turns[-1].wanted.chips}
