"""What suits a personal wish, on the real corpus."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.answers import Answer
from assistant.conversation import Conversation
from assistant.facade import Assistant
from assistant.multilingual.link import Link
from assistant.settings import load_settings

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def assistant(corpus_data_dir: Path) -> Iterator[Assistant]:
    opened = Assistant(load_settings(data_dir=corpus_data_dir))
    yield opened
    opened.close()


def titles(answer: Answer) -> str:
    return " | ".join(card.title for card in answer.opportunities)


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("I want to become a train driver in Germany", "en"),
        ("ich möchte Lokführer werden, in Deutschland", "de"),
        ("chcę zostać maszynistą w Niemczech", "pl"),
        ("je veux devenir conducteur de train en Allemagne", "fr"),
    ],
)
def test_a_trade_in_any_language_finds_the_same_offers(
    assistant: Assistant, message: str, language: str
) -> None:
    answer = assistant.answer(message, today=TODAY)
    assert answer.language == language
    assert answer.opportunities
    assert all("DE" in card.countries or "EU" in card.countries for card in answer.opportunities)
    assert "rain driver" in str([card.target_occupations for card in answer.opportunities[:3]])


def test_reasons_are_the_words_that_an_offer_meets(assistant: Assistant) -> None:
    answer = assistant.answer("near Jõhvi, want to become a programmer for free", today=TODAY)
    first, *others = answer.opportunities
    assert {"free", "Jõhvi", "programmer"} <= set(first.reasons)
    assert all("Jõhvi" not in card.reasons for card in others)


def test_what_is_given_up_is_said(assistant: Assistant) -> None:
    answer = assistant.answer("I want to become a train driver in Malta", today=TODAY)
    assert answer.status == "partial"
    assert "Without “Malta”" in answer.text
    assert answer.opportunities


def test_a_follow_up_changes_the_wish(assistant: Assistant) -> None:
    conversation = Conversation()
    assistant.answer("I want to learn programming", conversation=conversation, today=TODAY)
    answer = assistant.answer("only online", conversation=conversation, today=TODAY)
    assert answer.opportunities
    assert {card.mode for card in answer.opportunities} == {"online"}


@pytest.mark.parametrize(
    "message",
    [
        "I want to become an astronaut on the moon",
        "Can I become a member of the Pact?",
        "What is an individual learning account?",
        "How long does the course at X take?",
    ],
)
def test_nothing_is_suggested_for_what_no_offer_tells_of(assistant: Assistant, message: str) -> None:
    conversation = Conversation()
    assistant.answer(message, conversation=conversation, today=TODAY)
    assert conversation.turns[-1].wanted is None


@pytest.mark.parametrize(
    "who", ["I am a woman and", "I am 24 and", "I come from Syria and", "I am a man, 61, and"]
)
def test_who_asks_changes_nothing(assistant: Assistant, who: str) -> None:
    plain = assistant.answer("I want to become a train driver in Germany", today=TODAY)
    asked = assistant.answer(f"{who} I want to become a train driver in Germany", today=TODAY)
    assert titles(asked) == titles(plain)


def test_more_goes_on_with_what_suits_next(assistant: Assistant) -> None:
    conversation = Conversation()
    first = assistant.answer("I want to learn programming", conversation=conversation, today=TODAY)
    second = assistant.answer("more", conversation=conversation, today=TODAY)
    assert len(first.opportunities) == 5
    assert second.opportunities
    shown = {card.reference for card in first.opportunities}
    assert not shown & {card.reference for card in second.opportunities}


def test_a_window_of_starting_that_nothing_meets_is_given_up(assistant: Assistant) -> None:
    message = "I want to become a train driver, online, in Malta, free, starting in March"
    answer = assistant.answer(message, today=TODAY)
    assert answer.status == "partial"
    assert answer.opportunities


def test_a_word_that_no_offer_knows_stands_for_the_trade_that_it_means(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = "I want to learn blorping in Germany"
    assert not assistant.answer(message, today=TODAY).opportunities
    driver = Link("trade.train-driver", "train driver", 0.8)
    monkeypatch.setattr(assistant._linker, "link", lambda text, _: [driver] if text == "blorping" else [])
    answer = assistant.answer(message, today=TODAY)
    assert answer.opportunities
    assert "rain driver" in str([card.target_occupations for card in answer.opportunities[:3]])
    assert "blorping" in answer.opportunities[0].reasons


@pytest.mark.parametrize("lives", ["ich wohne in Dresden", "mieszkam w Dreźnie", "vivo en Dresde"])
def test_that_one_lives_somewhere_is_no_subject(assistant: Assistant, lives: str) -> None:
    conversation = Conversation()
    assistant.answer(f"{lives}, bootcamp programming", conversation=conversation, today=TODAY)
    wanted = conversation.turns[-1].wanted
    assert wanted is None or not wanted.unknown
