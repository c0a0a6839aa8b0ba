"""Lists and counts in answers: exact, proved line by line, and honest about what closes or is missing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from index_kit import WordEncoder, settings_in

from assistant.answers import Answer
from assistant.conversation import Conversation
from assistant.facade import Assistant
from assistant.index.reader import Index
from assistant.ingest.pipeline import ingest
from assistant.records.constraints import Wanted
from assistant.records.listing import look_up
from assistant.records.match import matches
from assistant.records.models import OpportunityRecord
from assistant.records.need import Need
from assistant.records.store import FILE, RecordStore
from assistant.settings import load_settings

TODAY = date(2026, 11, 24)
ANY_COURSE = ("course", "mooc", "micro-credential")


@pytest.fixture(scope="module")
def assistant(corpus_data_dir: Path) -> Iterator[Assistant]:
    opened = Assistant(load_settings(data_dir=corpus_data_dir))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def records(assistant: Assistant) -> list[OpportunityRecord]:
    with assistant._reading() as parts:
        store = RecordStore.open(parts.index.folder / FILE)
        found = [each for each in store.all() if isinstance(each, OpportunityRecord)]
        store.close()
    return found


def wanted(records: list[OpportunityRecord], need: Need) -> set[str]:
    return {record.reference for record in records if matches(record, need)}


def all_pages(assistant: Assistant, question: str) -> tuple[Answer, set[str]]:
    """The first reply, and the references of it and of all that "more" brings."""
    conversation = Conversation()
    first = last = assistant.answer(question, conversation=conversation, today=TODAY)
    found = {card.reference for card in first.opportunities}
    while last.opportunities and len(found) < (first.total_matches or 0):
        last = assistant.answer("more", conversation=conversation, today=TODAY)
        found |= {card.reference for card in last.opportunities}
    return first, found


@pytest.mark.parametrize(
    ("question", "need"),
    [
        ("Which free online courses are taught in German?",
         Need(kinds=ANY_COURSE, free=True, modes=("online",), languages=("de",))),
        ("Welche Lehrstellen gibt es in Österreich?", Need(kinds=("apprenticeship",), countries=("AT",))),
        ("quali corsi gratuiti ci sono in Italia?", Need(kinds=ANY_COURSE, free=True, countries=("IT",))),
        ("which apprenticeships are there in Germany?", Need(kinds=("apprenticeship",), countries=("DE",))),
    ],
)  # fmt: skip
def test_a_list_has_all_and_only_what_the_records_hold(
    assistant: Assistant, records: list[OpportunityRecord], question: str, need: Need
) -> None:
    expected = wanted(records, need)
    assert expected
    first, found = all_pages(assistant, question)
    assert (first.status, first.total_matches) == ("complete", len(expected))
    assert found == expected
    assert str(len(expected)) in first.text.partition("\n")[0]


def test_every_line_is_proved_by_its_entry_on_its_page(assistant: Assistant) -> None:
    answer = assistant.answer("which bootcamps are there in Spain?", today=TODAY)
    assert answer.opportunities
    for card in answer.opportunities:
        proof = [
            each for each in answer.citations if (each.document, each.page) == (card.document, card.page)
        ]
        assert any(card.title in " ".join(each.quote.split()) for each in proof)
    for citation in answer.citations:
        page = assistant.document_page(citation.document, citation.page)
        assert page is not None
        assert citation.quote in page.text


def test_what_is_closed_is_marked_with_its_date(assistant: Assistant) -> None:
    answer = assistant.answer("quelles formations gratuites en ligne sont en français ?", today=TODAY)
    assert "clos: 17 January (2017)" in answer.text.replace("\\", "")
    assert "clos:" not in assistant.answer(
        "quelles formations gratuites en ligne sont en français ?", today=date(2015, 1, 1)
    ).text.replace("\\", "")


def test_nothing_found_names_the_constraint_and_shows_the_nearest(assistant: Assistant) -> None:
    answer = assistant.answer("Welche kostenlosen Kurse gibt es auf Polnisch in Malta?", today=TODAY)
    assert (answer.status, answer.total_matches, answer.opportunities) == ("partial", 0, [])
    assert "Ohne „Malta“ sind es" in answer.text
    assert answer.citations


def test_a_word_that_no_record_knows_makes_the_answer_partial(assistant: Assistant) -> None:
    answer = assistant.answer("which juggling bootcamps are there in Spain?", today=TODAY)
    assert answer.status == "partial"
    assert "“juggling”" in answer.text


def test_gender_changes_nothing(assistant: Assistant) -> None:
    question = "I am a {} and ask: which free online courses are taught in German?"
    first, second = (assistant.answer(question.format(word), today=TODAY) for word in ("man", "woman"))
    assert (first.text, first.opportunities) == (second.text, second.opportunities)
    assert first.total_matches


def test_a_follow_up_changes_one_constraint(assistant: Assistant, records: list[OpportunityRecord]) -> None:
    conversation = Conversation()
    assistant.answer("which bootcamps are there in Spain?", conversation=conversation)
    answer = assistant.answer("and in Italy?", conversation=conversation)
    expected = wanted(records, Need(kinds=("bootcamp",), countries=("IT",)))
    assert {card.reference for card in answer.opportunities} == expected


@pytest.mark.parametrize("question", ["What is the Pact for Skills?", "What does the QCG pay?"])
def test_other_questions_get_no_list_and_cards_only_of_entries_that_are_quoted(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.answer(question)
    assert answer.total_matches is None
    quoted = {(citation.document, citation.page) for citation in answer.citations}
    assert all((card.document, card.page) in quoted for card in answer.opportunities)


def test_without_a_date_it_is_today(assistant: Assistant) -> None:
    question = "quelles formations gratuites en ligne sont en français ?"
    now = assistant.answer(question).text
    assert now == assistant.answer(question, today=date.today()).text
    assert now != assistant.answer(question, today=date(2015, 1, 1)).text


def test_an_older_source_that_says_something_else_is_shown_and_proved(tmp_path: Path) -> None:
    for year, cost in ((2021, "100 EUR"), (2025, "free")):
        lines = ("Reference: w-1", "Provider: Metal School", "Language: German", f"Cost: {cost}")
        text = "\n\n".join(["# Courses", "## Welding", *lines, f"Source date: {year}"])
        (tmp_path / f"courses-{year}.md").write_text(text, encoding="utf-8")
    settings = settings_in(tmp_path)
    ingest([tmp_path], settings=settings, encoder_loader=lambda _: WordEncoder())
    wanted = Wanted(Need(action="list", languages=("de",)), ())
    with Index.open(settings.index_dir) as index:
        store = RecordStore.open(index.folder / FILE)
        listing = look_up(wanted, store, TODAY)
        assert listing is not None
        _, line = listing.claims(index, "en", TODAY)
        store.close()
    assert line.text == "Metal School · free · an older source says: 100 EUR"
    assert [(each.document, "100 EUR" in each.text) for each in line.quotes] == [
        ("courses-2025.md", False),
        ("courses-2021.md", True),
    ]
