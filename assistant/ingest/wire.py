"""An extracted document as JSON and back.

The sandbox's worker has handled hostile bytes, so nothing it sends is unpickled: it is parsed as JSON and
built up again field by field, and a message that does not fit is refused.
"""

from datetime import date
from typing import Any

from assistant import errors
from assistant.documents import Block, Document, ExtractedDocument, Page

_ERRORS: dict[str, type[errors.DocumentError]] = {
    kind.__name__: kind
    for kind in (
        errors.DamagedDocumentError,
        errors.DocumentLimitError,
        errors.EmptyDocumentError,
        errors.EncryptedDocumentError,
    )
}


def encode(extracted: ExtractedDocument) -> dict[str, Any]:
    """The document as plain lists, strings and numbers."""
    document = extracted.document
    return {
        "document": {
            "path": document.path,
            "title": document.title,
            "sha256": document.sha256,
            "page_count": document.page_count,
            "kind": document.kind,
            "language": document.language,
            "ecosystem": document.ecosystem,
            "countries": list(document.countries),
            "as_of": document.as_of.isoformat() if document.as_of else None,
            "source_file": document.source_file,
        },
        "pages": [
            [
                page.number,
                page.text,
                [block.row() for block in page.blocks],
            ]
            for page in extracted.pages
        ],
        "warnings": list(extracted.warnings),
    }


def decode(message: Any) -> ExtractedDocument:
    """The document that `encode` wrote.

    Raises:
        ValueError, TypeError or KeyError: the message is not one of ours.
    """
    fields = dict(message["document"])
    fields["countries"] = tuple(fields["countries"])
    fields["as_of"] = date.fromisoformat(fields["as_of"]) if fields["as_of"] else None
    pages = tuple(
        Page(int(number), str(text), tuple(_block(block) for block in blocks))
        for number, text, blocks in message["pages"]
    )
    return ExtractedDocument(Document(**fields), pages, tuple(map(str, message["warnings"])))


def _block(fields: Any) -> Block:
    kind, span, level, columns, cells, seams, places = fields
    return Block(
        kind,
        _span(span),
        int(level),
        tuple(map(str, columns)),
        tuple(_span(cell) for cell in cells),
        tuple(map(int, seams)),
        tuple(map(int, places)),
    )


def _span(pair: Any) -> tuple[int, int]:
    start, end = pair
    return int(start), int(end)


def encode_error(error: errors.DocumentError) -> dict[str, str]:
    """The error's class and message."""
    return {"kind": type(error).__name__, "message": str(error)}


def decode_error(message: Any) -> errors.DocumentError:
    """The error that `encode_error` wrote; an unknown class becomes the base class."""
    return _ERRORS.get(message["kind"], errors.DocumentError)(str(message["message"]))
