"""Where the wording of a record's field stands, as a quote of its page."""

import re

from assistant.answering.claims import Quote
from assistant.documents import Page
from assistant.index.reader import Index
from assistant.records.models import AnyRecord


def wording_on(page: Page, text: str, start: int = 0) -> tuple[int, int] | None:
    """Where a wording stands on a page from `start` on, whatever its line breaks."""
    pattern = r"\s+".join(re.escape(word) for word in text.split())
    match = re.compile(pattern).search(page.text, start) if pattern else None
    return match.span() if match else None


def title_on(record: AnyRecord, page: Page) -> tuple[int, int] | None:
    """Where the entry begins on its page: of all places with its title, the last that most values follow.

    The title may stand in the text above, too.
    """
    title, places, start = record.evidence["title"], [], 0
    while place := wording_on(page, title.text, start):
        places.append(place)
        start = place[1]
    values = [
        proof.text
        for name, proof in record.evidence.items()
        if name != "title" and (proof.document, proof.page) == (title.document, title.page)
    ]

    def worth(place: tuple[int, int]) -> tuple[int, int]:
        return sum(wording_on(page, text, place[1]) is not None for text in values), place[0]

    return max(places, key=worth, default=None)


def quote_of(record: AnyRecord, field: str, index: Index) -> Quote | None:
    """The words that prove a field; None when the field is empty or its words are not found.

    On the record's own page they are looked for from its title on, since neighbours may say the same.
    """
    proof, title = record.evidence.get(field), record.evidence["title"]
    if proof is None:
        return None
    page = index.page(proof.document, proof.page)
    span = own = None
    if (proof.document, proof.page) == (title.document, title.page):
        own = title_on(record, page)
    if own:
        span = own if field == "title" else wording_on(page, proof.text, own[1])
    span = span or wording_on(page, proof.text)
    return Quote(proof.document, proof.page, span, page.text[slice(*span)]) if span else None
