"""The gate: a claim stands only with quotes that stand on their page and carry what it says."""

import pytest

from assistant.answering.claims import Claim, Quote
from assistant.answering.verify import numbers, problem_with, word_support

PAGE = "The grant pays up to 2 500 EUR a worker. Write to help@example.eu or see https://example.eu/grant."
SAME = ("en", "en")


def page_text(document: str, number: int) -> str:
    if (document, number) != ("guide.pdf", 3):
        raise KeyError((document, number))
    return PAGE


def quote(text: str, *, page_number: int = 3) -> Quote:
    start = PAGE.index(text)
    return Quote("guide.pdf", page_number, (start, start + len(text)), text)


GRANT = "The grant pays up to 2 500 EUR a worker."


def problem(text: str, *quotes: Quote, languages: tuple[str, str] = SAME) -> str | None:
    return problem_with(Claim(text, quotes), page_text, languages=languages)


def test_a_claim_in_the_words_of_its_quote_stands() -> None:
    assert problem(GRANT, quote(GRANT)) is None


def test_a_paraphrase_that_keeps_the_facts_stands() -> None:
    assert problem("A grant of up to 2,500 EUR is paid for a worker.", quote(GRANT)) is None


def test_a_claim_without_a_quote_falls_unless_it_is_a_note() -> None:
    assert problem("It pays.") == "no quote"
    assert problem_with(Claim("I searched.", (), "note"), page_text, languages=SAME) is None


def test_a_quote_that_is_not_at_its_span_falls() -> None:
    moved = Quote("guide.pdf", 3, (1, 1 + len(GRANT)), GRANT)
    assert problem(GRANT, moved) == "the quote does not stand on page 3 of guide.pdf"


def test_a_quote_from_a_page_that_does_not_exist_falls() -> None:
    assert problem(GRANT, quote(GRANT, page_number=9)) == "the quote does not stand on page 9 of guide.pdf"


def test_an_empty_quote_proves_nothing() -> None:
    empty = Quote("guide.pdf", 3, (5, 5), "")
    assert problem("The grant pays.", empty) == "the quote does not stand on page 3 of guide.pdf"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The grant pays up to 3 500 EUR a worker.", "3500"),
        ("The grant pays up to 2 500 EUR a worker in 2027.", "2027"),
        ("The grant pays a worker; write to other@example.eu.", "other@example.eu"),
        ("The grant pays up to 2 500 EUR a worker, see https://evil.example/x.", "https://evil.example/x"),
        ("The ESF grant pays up to 2 500 EUR a worker.", "ESF"),
    ],
)
def test_numbers_addresses_links_and_acronyms_must_occur_in_the_quote(text: str, missing: str) -> None:
    assert problem(text, quote(GRANT)) == f"not in the quote: {missing}"


def test_two_quotes_together_may_carry_a_claim() -> None:
    both = (quote(GRANT), quote("Write to help@example.eu"))
    assert problem("The grant pays up to 2500 EUR a worker; write to help@example.eu.", *both) is None


def test_an_invented_sentence_on_the_same_topic_falls() -> None:
    invented = "The grant is guaranteed for every citizen without any application or condition."
    assert problem(invented, quote(GRANT)) == "the quote does not carry the claim's words"


def test_words_are_not_compared_across_languages_but_numbers_are() -> None:
    across = ("de", "en")
    assert problem("Der Zuschuss zahlt bis zu 2 500 EUR.", quote(GRANT), languages=across) is None
    assert (
        problem("Der Zuschuss zahlt bis zu 9 000 EUR.", quote(GRANT), languages=across)
        == "not in the quote: 9000"
    )


def test_numbers_are_equal_however_they_are_grouped() -> None:
    assert numbers("1 500, 1,500 and 1.500") == {"1500"}
    assert numbers("1.5 or 1,5 million") == {"1.5"}
    assert numbers("12.50") == {"12.50"}


def test_word_support_of_a_claim_without_content_words_is_full() -> None:
    assert word_support("It is so.", "anything", "en") == 1.0
