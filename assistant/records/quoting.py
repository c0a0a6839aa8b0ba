"""Quotes that prove one line together."""

from collections.abc import Iterable

from assistant.answering.claims import Quote
from assistant.index.reader import Index
from assistant.records.models import Evidence
from assistant.records.proof import wording_on

NEAR = 200  # characters between two lines that one quote holds


def quote_at(proof: Evidence, index: Index) -> Quote | None:
    """The wording at the first place where it stands on its page; None when it does not."""
    page = index.page(proof.document, proof.page)
    span = wording_on(page, proof.text)
    return Quote(proof.document, proof.page, span, page.text[slice(*span)]) if span else None


def joined(quotes: Iterable[Quote], index: Index) -> tuple[Quote, ...]:
    """In the order of the pages, one quote for lines that stand close together."""
    found: list[Quote] = []
    for quote in sorted(set(quotes), key=lambda each: (each.document, each.page_number, each.span)):
        last = found[-1] if found else None
        if last and _is_same_page(last, quote) and quote.span[0] - last.span[1] <= NEAR:
            span = (last.span[0], max(last.span[1], quote.span[1]))
            text = index.page(last.document, last.page_number).text[slice(*span)]
            found[-1] = Quote(last.document, last.page_number, span, text)
        else:
            found.append(quote)
    return tuple(found)


def together(quotes: tuple[Quote, ...], more: tuple[Quote, ...]) -> tuple[Quote, ...]:
    """The quotes, and of the others those that stand in none of them."""
    return quotes + tuple(each for each in more if not any(_holds(quote, each) for quote in quotes))


def _holds(quote: Quote, other: Quote) -> bool:
    is_inside = quote.span[0] <= other.span[0] and other.span[1] <= quote.span[1]
    return _is_same_page(quote, other) and is_inside


def _is_same_page(one: Quote, other: Quote) -> bool:
    return (one.document, one.page_number) == (other.document, other.page_number)
