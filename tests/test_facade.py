"""The facade over the real corpus: what a reader gets, with and without a language model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai_server import answers, fails, openai_server

from assistant.answers import Answer
from assistant.conversation import Conversation
from assistant.errors import IndexMissingError
from assistant.facade import AnswerEvent, Assistant, StepEvent, TextEvent
from assistant.settings import Settings
from assistant.wording import say

pytestmark = pytest.mark.timeout(900)  # the first run encodes the corpus


@pytest.fixture(scope="module")
def assistant(corpus_data_dir: Path) -> Iterator[Assistant]:
    opened = Assistant(Settings(data_dir=corpus_data_dir))
    yield opened
    opened.close()


def with_model(corpus_data_dir: Path, address: str) -> Assistant:
    return Assistant(
        Settings(
            data_dir=corpus_data_dir, llm="openai:test", llm_base_url=address, llm_timeout_s=5, llm_total_s=10
        )
    )


@pytest.mark.parametrize("persona", ["worker", "sme", None])
def test_every_starter_is_answered(assistant: Assistant, persona) -> None:
    replies = {
        question: assistant.answer(question, persona=persona) for question in assistant.suggestions(persona)
    }
    expected = dict.fromkeys(replies, "complete")
    if (unplaced := "Who pays for my training in my country?") in expected:
        expected[unplaced] = "partial"  # what holds everywhere, and the question for the country
        assert "In which country do you live" in replies[unplaced].text
    assert {question: reply.status for question, reply in replies.items()} == expected


def test_steps_and_text_are_told_before_the_answer(assistant: Assistant) -> None:
    events = list(assistant.stream("When was the Pact for Skills launched?"))
    assert [event.name for event in events if isinstance(event, StepEvent)] == [
        "Understand",
        "Search",
        "Compose",
    ]
    assert isinstance(events[-1], AnswerEvent)
    answer = events[-1].answer
    streamed = "".join(event.text for event in events if isinstance(event, TextEvent))
    assert answer.text.startswith(streamed)
    assert "10 November 2020" in answer.text
    assert set(answer.timings_ms) == {"understand", "search", "compose", "total"}


def test_what_is_missing_is_said_with_what_was_searched_and_whom_to_ask(assistant: Assistant) -> None:
    answer = assistant.answer("What is the Zorblax fund of Atlantis?")
    assert (answer.status, answer.citations) == ("not_found", [])
    assert say("not_found", "en") in answer.text
    assert "Zorblax" in answer.text
    assert "EURES" in answer.text
    assert answer.suggestions


@pytest.mark.parametrize("message", ["", "  ", "?", "hello", "Hallo!"])
def test_a_message_without_a_question_is_met_with_a_question(assistant: Assistant, message: str) -> None:
    answer = assistant.answer(message)
    assert answer.status == "clarify"
    assert answer.suggestions


def test_a_short_question_about_something_unknown_is_not_taken_for_a_greeting(assistant: Assistant) -> None:
    assert assistant.answer("What is zorblaxing?").status == "not_found"


def test_the_reply_is_in_the_chosen_language_and_says_that_quotes_are_not(assistant: Assistant) -> None:
    answer = assistant.answer("What is ClusterXchange?", language="de")
    assert answer.language == "de"
    assert say("other_language", "de", language="Englisch") in answer.text


def test_a_question_is_read_in_its_own_language_whatever_the_reply_s(assistant: Assistant) -> None:
    question = "How do I join the Pact for Skills, step by step?"
    quotes = [citation.quote for citation in assistant.answer(question).citations]
    assert len(quotes) > 3
    assert [citation.quote for citation in assistant.answer(question, language="pl").citations] == quotes


def test_a_follow_up_is_understood_with_its_conversation(assistant: Assistant) -> None:
    conversation = Conversation()
    assistant.answer("What is ClusterXchange?", conversation=conversation)
    answer = assistant.answer("and how long does it last?", conversation=conversation)
    assert answer.standalone_question == "What is ClusterXchange? and how long does it last?"
    assert any("clusterxchange" in citation.document for citation in answer.citations)
    assert len(conversation.turns) == 2


def test_personal_data_is_masked_before_anything_is_kept(assistant: Assistant) -> None:
    conversation = Conversation()
    answer = assistant.answer("I am jan@example.org, what is ClusterXchange?", conversation=conversation)
    kept = conversation.turns[0].question + answer.model_dump_json()
    assert "jan@example.org" not in kept


def test_a_model_s_answer_is_shown_only_as_far_as_it_is_proved(corpus_data_dir: Path) -> None:
    with openai_server() as server:
        server.behaviour = answers(
            "The Pact for Skills was launched on 10 November 2020 [1]. It was launched in 1999 [1]."
        )
        assistant = with_model(corpus_data_dir, server.url)
        answer = assistant.answer("When was the Pact for Skills launched?")
        assistant.close()
    assert (answer.status, answer.composer) == ("complete", "openai:test")
    assert answer.text == "The Pact for Skills was launched on 10 November 2020. [1]"
    assert "10 November 2020" in answer.citations[0].quote


def test_a_failing_model_leaves_the_evidence_answer_and_the_reason(corpus_data_dir: Path) -> None:
    with openai_server() as server:
        server.behaviour = fails(500, "broken")
        assistant = with_model(corpus_data_dir, server.url)
        answer = assistant.answer("When was the Pact for Skills launched?")
        assistant.close()
    assert (answer.status, answer.composer) == ("complete", "evidence")
    assert "10 November 2020" in answer.text
    assert "500" in answer.text


def test_nothing_ingested_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="assistant ingest"):
        Assistant(Settings(data_dir=tmp_path))


def test_only_indexed_documents_have_a_file(assistant: Assistant) -> None:
    file = assistant.document_file("pact/how-to-join.pdf")
    assert file is not None
    assert file.name == "how-to-join.pdf"
    assert assistant.document_file("../pyproject.toml") is None


def test_an_answer_survives_its_own_json(assistant: Assistant) -> None:
    answer = assistant.answer("What is ClusterXchange?")
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
