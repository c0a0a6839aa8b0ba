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


def quote_of(record: AnyRecord, field: str, index: Index) -> Quote | None:
    """The words that prove a field; None when the field is empty or its words are not found.

    On the record's own page they are looked for from its title on, since neighbours may say the same.
    """
    proof, title = record.evidence.get(field), record.evidence["title"]
    if proof is None:
        return None
    page, start = index.page(proof.document, proof.page), 0
    is_beside_title = field != "title" and (proof.document, proof.page) == (title.document, title.page)
    if is_beside_title and (place := wording_on(page, title.text)):
        start = place[1]
    span = wording_on(page, proof.text, start) or wording_on(page, proof.text)
    return Quote(proof.document, proof.page, span, page.text[slice(*span)]) if span else None
