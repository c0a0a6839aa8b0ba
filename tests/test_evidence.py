"""The evidence composer on hand-made passages, with the real encoder: what leads, follows and is left out."""

from collections.abc import Sequence

import pytest
from passages_by_hand import Line, passage

from assistant.answering.claims import Claim, Question
from assistant.answering.evidence import EvidenceComposer, Verdict
from assistant.documents import Document
from assistant.retrieval.minilm import MiniLMEncoder
from assistant.retrieval.passages import Passage
from assistant.retrieval.text import analyse

GRANT: list[Line] = [
    ("heading", "The Meadow grant"),
    "The Meadow grant pays for courses of farm workers.",
    "The Meadow grant pays up to 2 500 EUR for each worker.",
    "Applications close on 30 June 2027.",
]
JOIN: list[Line] = [
    ("heading", "How do I join the Meadow alliance?"),
    "To join the Meadow alliance, do this:",
    ("list_item", "1. Read the charter."),
    ("list_item", "2. Fill in the form."),
    ("list_item", "3. Send it to the office."),
]
COURSE: list[Line] = [
    ("heading", "Beekeeping for beginners"),
    ("table_row", "Provider | Apiary School"),
    ("table_row", "Duration | 6 weeks"),
    ("table_row", "Cost | free"),
]
OTHER_COURSE: list[Line] = [
    ("heading", "Beekeeping for professionals"),
    ("table_row", "Provider | Honey Institute"),
    ("table_row", "Duration | 2 years"),
    ("table_row", "Cost | 900 EUR"),
]


class Frequencies:
    """The part of an index that the composer needs; the passages stand for a large collection."""

    chunk_count = 1000

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages

    def documents(self) -> tuple[Document, ...]:
        return tuple(each.document for each in self._passages)

    def document_frequency(self, term: str) -> int:
        texts = (chunk.search_text for each in self._passages for chunk in each.chunks)
        return sum(term in analyse(text, "en") for text in texts)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> MiniLMEncoder:
    return MiniLMEncoder.packaged(cache_dir=tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    texts = {"grant.pdf": GRANT, "join.pdf": JOIN, "bees.pdf": COURSE, "pros.pdf": OTHER_COURSE}
    return [passage(*lines, path=path) for path, lines in texts.items()]


@pytest.fixture(scope="module")
def composer(encoder: MiniLMEncoder, passages: list[Passage]) -> EvidenceComposer:
    return EvidenceComposer(Frequencies(passages), encoder)  # type: ignore[arg-type]


def judge(composer: EvidenceComposer, passages: list[Passage], question: str) -> Verdict:
    return composer.judge(Question(question, "en"), passages)


def claims(composer: EvidenceComposer, passages: list[Passage], question: str) -> list[Claim]:
    return list(composer.claims(judge(composer, passages, question)))


def test_the_sentence_with_the_asked_amount_leads(composer, passages) -> None:
    first = claims(composer, passages, "How much does the Meadow grant pay?")[0]
    assert first.text == "The Meadow grant pays up to 2 500 EUR for each worker."
    assert (first.layout, first.quotes[0].document, first.quotes[0].page_number) == ("lead", "grant.pdf", 3)


def test_every_quote_is_the_slice_of_its_page(composer, passages) -> None:
    chunks = {each.document.path: each.chunks[0] for each in passages}
    for question in (
        "How much does the Meadow grant pay?",
        "How do I join the Meadow alliance?",
        "beekeeping course",
    ):
        found = claims(composer, passages, question)
        assert found
        for quote in (quote for claim in found for quote in claim.quotes):
            chunk = chunks[quote.document]
            assert quote.text == chunk.text[quote.span[0] - chunk.span[0] : quote.span[1] - chunk.span[0]]


def test_a_question_for_steps_gets_the_whole_list_in_order_after_its_opening(composer, passages) -> None:
    found = claims(composer, passages, "How do I join the Meadow alliance?")
    assert [(claim.layout, claim.text) for claim in found] == [
        ("lead", "To join the Meadow alliance, do this:"),
        ("step", "Read the charter."),
        ("step", "Fill in the form."),
        ("step", "Send it to the office."),
    ]


def test_a_search_for_offers_gets_one_bullet_for_each_entry(composer, passages) -> None:
    found = claims(composer, passages, "beekeeping course")
    assert [(claim.layout, claim.heading) for claim in found] == [
        ("bullet", "Beekeeping for beginners"),
        ("bullet", "Beekeeping for professionals"),
    ]
    assert found[0].text == "Provider: Apiary School; Duration: 6 weeks; Cost: free"


def test_a_single_value_of_an_entry_is_answered_by_its_row(composer, passages) -> None:
    first = claims(composer, passages, "How long is beekeeping for beginners?")[0]
    assert (first.heading, first.text) == ("Beekeeping for beginners", "Duration: 6 weeks")


def test_two_questions_in_one_message_get_an_answer_each(composer, passages) -> None:
    found = claims(composer, passages, "How much does the Meadow grant pay and when do applications close?")
    assert [claim.text for claim in found] == [
        "The Meadow grant pays up to 2 500 EUR for each worker.",
        "Applications close on 30 June 2027.",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "How much does the Zorblax grant pay?",
        "Who won the cup in 2019?",
        "What does the Meadow grant pay in Norway and Iceland?",
        "xyzzy",
    ],
)
def test_what_the_passages_are_not_about_is_not_claimed(composer, passages, question: str) -> None:
    assert claims(composer, passages, question) == []


def test_a_name_that_no_document_uses_is_reported(composer, passages) -> None:
    assert judge(composer, passages, "How much does the Meadow grant pay in Gdańsk?").unknown == ("Gdańsk",)


def test_a_missing_kind_of_thing_is_known(composer, encoder) -> None:
    vague = [passage(("heading", "The Meadow grant"), "The Meadow grant pays for courses of farm workers.")]
    verdict = EvidenceComposer(Frequencies(vague), encoder).judge(  # type: ignore[arg-type]
        Question("How much does the Meadow grant pay for courses?", "en"), vague
    )
    assert verdict.parts[0].answerable
    assert verdict.parts[0].lacks_asked_kind


def test_nothing_retrieved_is_nothing_claimed(composer) -> None:
    verdict = judge(composer, [], "How much does the Meadow grant pay?")
    assert list(composer.claims(verdict)) == []


def test_the_same_passages_give_the_same_answer_in_any_order(composer, passages) -> None:
    question = "How much does the Meadow grant pay?"
    forward = [claim.text for claim in claims(composer, passages, question)]
    assert forward == [claim.text for claim in claims(composer, passages[::-1], question)]
