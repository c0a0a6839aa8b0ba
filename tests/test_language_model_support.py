"""Which quotes are cut from the cited passages for a sentence of the model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passages_by_hand import page_of, passage

from assistant.answering.claims import Claim
from assistant.answering.support import MAX_QUOTES, QuoteFinder
from assistant.answering.verify import problem_with
from assistant.retrieval.passages import Passage

FUNDING = passage(
    ("heading", "Training vouchers"),
    "The voucher pays up to 750 EUR a year for a digital course. Employed workers apply online. "
    "The office answers within 30 days.",
    ("table_header", "Country | Scheme | Amount"),
    ("table_row", "Portugal | Cheque-Formação | up to 750 EUR"),
    ("table_row", "Estonia | Training grant | up to 2 500 EUR"),
    before="Running text above.",
)
PACT = passage(
    "The Pact for Skills was launched in November 2020.", "Members sign the charter.", path="pact.pdf"
)


def texts(sentence: str, cited: list[int], passages: list[Passage], language: str = "en") -> list[str]:
    return [quote.text for quote in QuoteFinder(passages, language).find(sentence, cited)]


def test_the_quote_is_the_statement_that_shares_most_with_the_sentence() -> None:
    assert texts("Workers with a job can apply online.", [1], [FUNDING]) == ["Employed workers apply online."]


def test_a_quote_is_the_pages_text_at_its_span() -> None:
    (quote,) = QuoteFinder([FUNDING], "en").find("The office answers within 30 days.", [1])
    assert page_of(FUNDING, "Running text above.").slice(quote.span) == quote.text
    assert (quote.document, quote.page_number) == ("guide.pdf", 3)


def test_only_cited_passages_are_quoted() -> None:
    assert texts("The Pact was launched in November 2020.", [2], [FUNDING, PACT]) == [
        "The Pact for Skills was launched in November 2020."
    ]
    assert texts("Members sign the charter.", [1], [FUNDING, PACT]) == []


def test_a_table_row_is_quoted_whole() -> None:
    assert texts("The grant in Estonia pays 2 500 EUR.", [1], [FUNDING]) == [
        "Estonia | Training grant | up to 2 500 EUR"
    ]


def test_a_tables_header_is_quoted_too_when_the_sentence_uses_its_words() -> None:
    assert texts("In Estonia the scheme Training grant has an amount of 2 500 EUR.", [1], [FUNDING]) == [
        "Estonia | Training grant | up to 2 500 EUR",
        "Country | Scheme | Amount",
    ]


def test_a_sentence_over_two_statements_gets_both() -> None:
    assert texts("You apply online and get an answer within 30 days.", [1], [FUNDING]) == [
        "The office answers within 30 days.",
        "Employed workers apply online.",
    ]


def test_each_cited_passage_that_shares_a_word_is_quoted() -> None:
    found = texts("Members of the Pact sign; workers apply online.", [1, 2], [FUNDING, PACT])
    assert found[:2] == ["Employed workers apply online.", "Members sign the charter."]


def test_a_sentence_in_another_language_is_tied_by_its_numbers_and_names() -> None:
    assert texts("Czek pokrywa do 2 500 EUR w Estonii.", [1], [FUNDING], "pl") == [
        "Estonia | Training grant | up to 2 500 EUR"
    ]


def test_a_sentence_that_shares_nothing_has_no_quote() -> None:
    assert texts("Send money to a stranger.", [1], [FUNDING]) == []
    assert texts("Bezpłatne obiady.", [1, 2], [FUNDING, PACT], "pl") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The voucher pays up to 750 EUR a year.",
        "In Portugal the Cheque-Formação pays up to 750 EUR, and the office answers within 30 days.",
        "Employed workers apply online for training vouchers.",
    ],
)
def test_a_faithful_sentence_passes_the_gate_with_its_quotes(sentence: str) -> None:
    claim = Claim(sentence, QuoteFinder([FUNDING], "en").find(sentence, [1]))
    page = page_of(FUNDING, "Running text above.").text
    assert problem_with(claim, lambda path, number: page, languages=("en", "en")) is None


def test_an_invented_number_does_not_pass_the_gate() -> None:
    sentence = "The voucher pays up to 900 EUR a year for a digital course."
    claim = Claim(sentence, QuoteFinder([FUNDING], "en").find(sentence, [1]))
    page = page_of(FUNDING, "Running text above.").text
    assert problem_with(claim, lambda path, number: page, languages=("en", "en")) == "not in the quote: 900"


@given(
    sentence=st.text() | st.sampled_from(FUNDING.text.split("\n")),
    language=st.sampled_from(["en", "pl", "el"]),
)
def test_whatever_the_sentence_quotes_are_few_distinct_and_verbatim(sentence: str, language: str) -> None:
    quotes = QuoteFinder([FUNDING, PACT], language).find(sentence, [1])
    assert len(quotes) == len(set(quotes)) <= MAX_QUOTES
    page = page_of(FUNDING, "Running text above.")
    assert all(page.slice(quote.span) == quote.text for quote in quotes)
