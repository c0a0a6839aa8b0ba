"""One document in, one `ExtractedDocument` out, whatever its format.

The name's ending says what a file claims to be; its first bytes have to agree. PDFs have pages. Everything
else is brought to HTML or plain lines first, and its top-level sections are its pages.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from assistant.documents import ExtractedDocument
from assistant.errors import (
    DamagedDocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    EncryptedDocumentError,
)
from assistant.ingest.extract import Limits, OnPage, check_file, extract, looks_like, too_much_memory
from assistant.ingest.metadata import Info, describe
from assistant.ingest.sections import Line, pages_of

PDF = ".pdf"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins old office documents, and new ones with a password."""
_FOREIGN = (b"%PDF-", b"PK\x03\x04", _OLE, b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"\x7fELF")
"""Beginnings of files that are no text, whatever their name."""

Content = tuple[list[Line], Info, list[str]]


def read_document(
    file: Path, *, name: str, limits: Limits, on_page: OnPage | None = None
) -> ExtractedDocument:
    """Read one document; arguments and errors are those of `extract`, which this calls for PDFs."""
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        return extract(file, name=name, limits=limits, on_page=on_page)
    try:
        return _read(file, reader, name, limits, on_page)
    except MemoryError:
        pass  # as in `extract`
    raise too_much_memory(name, limits)


def is_known(file: Path) -> bool:
    """Whether the name's ending is that of a format that can be read."""
    return file.suffix.lower() in SUFFIXES


def _read(
    file: Path, reader: Callable[[bytes, str], Content], name: str, limits: Limits, on_page: OnPage | None
) -> ExtractedDocument:
    check_file(file, name, limits)
    data = file.read_bytes()
    lines, info, warnings = reader(data, name)
    pages = pages_of(lines)
    if not pages:
        raise EmptyDocumentError(f"{name} has no text; check the file or leave it out")
    if len(pages) > limits.max_pages:
        raise DocumentLimitError(
            f"{name} has {len(pages)} sections, the limit is {limits.max_pages}; "
            "split it or raise ASSISTANT_MAX_PAGES"
        )
    if on_page:
        on_page(len(pages), len(pages))
    document = describe(
        info,
        pages,
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        source_file=str(file.absolute()),
    )
    return ExtractedDocument(document, pages, tuple(warnings))


def _docx(data: bytes, name: str) -> Content:
    from assistant.ingest.docx_reader import read_docx

    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedDocumentError(f"{name} needs a password to open; save a copy without one")
        raise DamagedDocumentError(f"{name} is in Word's old format; open it in Word and save it as .docx")
    if not data.startswith(b"PK\x03\x04"):
        raise _wrong(name, "a Word document", data)
    return read_docx(data, name)


def _html(data: bytes, name: str) -> Content:
    from assistant.ingest.html_reader import read_html

    _check_text(data, name, "a web page")
    return read_html(data)


def _markdown(data: bytes, name: str) -> Content:
    from assistant.ingest.markdown_reader import read_markdown

    return read_markdown(_plain(data, name, "Markdown"))


def _text(data: bytes, name: str) -> Content:
    from assistant.ingest.text_reader import read_text

    return read_text(_plain(data, name, "plain text")), Info(), []


def _plain(data: bytes, name: str, wanted: str) -> str:
    from assistant.ingest.text_reader import decode

    if data.lstrip()[:64].lower().startswith((b"<!doctype html", b"<html")):
        raise _wrong(name, wanted, data)
    _check_text(data, name, wanted)
    return decode(data)


def _check_text(data: bytes, name: str, wanted: str) -> None:
    """Refuse what is no text; UTF-16 has zero bytes, but then a byte order mark, too."""
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data.startswith(_FOREIGN) or (b"\0" in data and not is_utf16):
        raise _wrong(name, wanted, data)


def _wrong(name: str, wanted: str, data: bytes) -> DamagedDocumentError:
    return DamagedDocumentError(
        f"{name} is not {wanted}: it {looks_like(data[:1024])}; rename it to what it is, or export it again"
    )


_READERS: dict[str, Callable[[bytes, str], Content]] = {
    ".docx": _docx,
    ".htm": _html,
    ".html": _html,
    ".xhtml": _html,
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
}

SUFFIXES = (PDF, *_READERS)
"""Endings of file names, in lower case, that are looked for in folders."""
