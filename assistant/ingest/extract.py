"""One PDF in, one `ExtractedDocument` out, or a reason why not.

pypdf reads the pages; a document or page that it cannot read, or finds no text on, is tried with PDFium, and
a page without a text layer with OCR where that is installed.
This runs in the calling process and can only check its limits between pages: for files that nobody
vouches for use `assistant.ingest.sandbox.ExtractionPool`, which runs it in a process that can be killed.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf

from assistant.documents import ExtractedDocument
from assistant.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    EncryptedDocumentError,
)
from assistant.ingest import ocr, pdfium_reader, pypdf_reader
from assistant.ingest.fragments import RawPage
from assistant.ingest.layout import OutlineEntry, build_pages
from assistant.ingest.metadata import Info, describe

_HEADER_WITHIN = 1024
"""Bytes in which a PDF's header has to stand, as readers commonly accept."""
_PASSWORD_CODE = 4
"""PDFium's error code for a document that needs a password."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost."""

    max_file_mb: float
    max_pages: int
    max_seconds: float
    max_memory_mb: int


OnPage = Callable[[int, int], None]
"""Called with (pages read so far, pages of the document)."""


def extract(file: Path, *, name: str, limits: Limits, on_page: OnPage | None = None) -> ExtractedDocument:
    """Read one PDF.

    Args:
        file: The PDF on disk.
        name: Its path under the ingested folder, used in the result and in messages.
        limits: Memory is enforced by the sandbox only; time is checked after every page.
        on_page: Told of progress.
    Raises:
        EncryptedDocumentError: it needs a password.
        DamagedDocumentError: it is not a PDF, or neither reader can open it.
        EmptyDocumentError: it has no pages or no text layer on any of them.
        DocumentLimitError: it is over a limit.
    """
    try:
        return _extract(file, name, limits, on_page)
    except MemoryError:
        pass  # only once this block has let go of the failed frames is there memory for a new error
    raise too_much_memory(name, limits)


def _extract(file: Path, name: str, limits: Limits, on_page: OnPage | None) -> ExtractedDocument:
    deadline = time.monotonic() + limits.max_seconds
    sha256, head = check_file(file, name, limits)
    if b"%PDF-" not in head:
        raise DamagedDocumentError(
            f"{name} is not a PDF: it {looks_like(head)}; download or export it again as PDF"
        )
    source = _open(file, name, limits)
    if source.page_count == 0:
        raise EmptyDocumentError(f"{name} has no pages; check the file or make it again")
    if source.page_count > limits.max_pages:
        raise DocumentLimitError(
            f"{name} has {source.page_count} pages, the limit is {limits.max_pages}; "
            "split it or raise ASSISTANT_MAX_PAGES"
        )
    raw_pages: list[RawPage] = []
    for raw_page in source.pages():
        raw_pages.append(raw_page)
        if on_page:
            on_page(len(raw_pages), source.page_count)
        if time.monotonic() > deadline:
            raise too_slow(name, limits, len(raw_pages), source.page_count)
    return _assemble(source, raw_pages, file=file, name=name, sha256=sha256)


def too_slow(name: str, limits: Limits, done: int, total: int) -> DocumentLimitError:
    """The error for a document that took longer than its limit; `total` is 0 when not even that is known."""
    progress = f"after {done} of {total} pages" if total else "before its first page"
    return DocumentLimitError(
        f"{name} was stopped {progress}: it took longer than {limits.max_seconds:g} s; "
        "split it or raise ASSISTANT_MAX_SECONDS"
    )


def too_much_memory(name: str, limits: Limits) -> DocumentLimitError:
    """The error for a document that needs more memory than its limit."""
    return DocumentLimitError(
        f"{name} needs more than {limits.max_memory_mb} MB of memory; "
        "save it again from its source or raise ASSISTANT_MAX_MEMORY_MB"
    )


def check_file(file: Path, name: str, limits: Limits) -> tuple[str, bytes]:
    """The SHA-256 and the first bytes of a file of acceptable size.

    Raises:
        DamagedDocumentError: it is empty or cannot be read.
        DocumentLimitError: it is too large.
    """
    try:
        size = file.stat().st_size
        if size == 0:
            raise DamagedDocumentError(f"{name} is an empty file (0 bytes); copy or download it again")
        if size > limits.max_file_mb * 1_000_000:
            raise DocumentLimitError(
                f"{name} has {size / 1_000_000:.1f} MB, the limit is {limits.max_file_mb:g} MB; "
                "split it or raise ASSISTANT_MAX_FILE_MB"
            )
        with file.open("rb") as stream:
            head = stream.read(_HEADER_WITHIN)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DamagedDocumentError(
            f"{name} cannot be read: {error.strerror}; check that it exists and is readable"
        ) from error
    return digest, head


def looks_like(head: bytes) -> str:
    """What a file seems to be, from its first bytes: "is ..." or "starts with ..."."""
    start = head.lstrip()[:64].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "is a web page"
    if start.startswith(b"pk\x03\x04"):
        return "is a ZIP archive or an office document"
    if b"%PDF-" in head:
        return "is a PDF"
    return f"starts with {head[:12]!r}"


@dataclass
class _Source:
    """An opened document: by pypdf, by PDFium, or by pypdf with PDFium in reserve."""

    file: Path
    reader: pypdf.PdfReader | None
    page_count: int
    ocr: ocr.Ocr
    pdfium: Any = None

    def pages(self) -> Iterator[RawPage]:
        """All pages in order; a page that no reader can read is there without text."""
        for number in range(1, self.page_count + 1):
            yield self._page(number)

    def _page(self, number: int) -> RawPage:
        page: RawPage | None = None
        if self.reader is not None:
            try:
                page = pypdf_reader.read_page(self.reader.pages[number - 1], number)
            except pypdf_reader.READ_ERRORS:
                page = None
        if page is not None and not _is_doubtful(page.text):
            return page
        other = self._page_by_pdfium(number)
        if other is not None and (page is None or _readable(other.text) > _readable(page.text)):
            page = other
        if (page is None or not page.text.strip()) and self.pdfium is not None:
            page = self.ocr.read_page(self.pdfium, number) or page
        return page or RawPage(number, "", [], 0.0, 0.0, "none")

    def _page_by_pdfium(self, number: int) -> RawPage | None:
        try:
            if self.pdfium is None:
                self.pdfium = pdfium_reader.open_document(self.file)
            return pdfium_reader.read_page(self.pdfium, number)
        except (pdfium_reader.PdfiumError, ValueError, IndexError):
            return None


def _readable(text: str) -> int:
    return sum(character.isalnum() and not "\ue000" <= character <= "\uf8ff" for character in text)


def _is_doubtful(text: str) -> bool:
    """Whether the page has no text, or so many undecoded characters that another reader should try."""
    solid = sum(not character.isspace() for character in text)
    return (
        solid == 0 or text.count("\ufffd") + text.count("\x00") > 0.1 * solid or _readable(text) < 0.2 * solid
    )


def _open(file: Path, name: str, limits: Limits) -> _Source:
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted(name)
        scans = ocr.Ocr(limits.max_seconds, _info(reader).language[:2].lower())
        return _Source(file, reader, len(reader.pages), scans)
    except pypdf_reader.READ_ERRORS as error:
        return _open_by_pdfium(file, name, limits, error)


def _open_by_pdfium(file: Path, name: str, limits: Limits, pypdf_error: Exception) -> _Source:
    try:
        document = pdfium_reader.open_document(file)
        return _Source(file, None, len(document), ocr.Ocr(limits.max_seconds), document)
    except pdfium_reader.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_CODE or "password" in str(error).lower():
            raise _encrypted(name) from error
        raise DamagedDocumentError(
            f"{name} is damaged: {_one_line(pypdf_error)}; download it again or save it anew from its source"
        ) from error


def _encrypted(name: str) -> DocumentError:
    return EncryptedDocumentError(f"{name} needs a password to open; save a copy without one")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


def _assemble(
    source: _Source, raw_pages: list[RawPage], *, file: Path, name: str, sha256: str
) -> ExtractedDocument:
    pages = build_pages(raw_pages, _outline(source.reader))
    without_text = [page.number for page, raw in zip(pages, raw_pages, strict=True) if not raw.text.strip()]
    if len(without_text) == len(pages):
        raise EmptyDocumentError(
            f"{name} has no text layer on any of its {len(pages)} page(s), only images or drawings; "
            + _ocr_advice(source.ocr)
        )
    warnings = []
    if without_text:
        warnings.append(f"{_label(without_text)}: no text layer")
    if source.ocr.out_of_time:
        warnings.append(
            f"{_label(source.ocr.out_of_time)}: no time left for OCR; "
            "raise ASSISTANT_MAX_SECONDS, then run `assistant ingest --rebuild`"
        )
    by_ocr = [raw.number for raw in raw_pages if raw.reader == "ocr"]
    if by_ocr:
        warnings.append(f"{_label(by_ocr)}: read by OCR, so single letters may be wrong")
    by_pdfium = [raw.number for raw in raw_pages if raw.reader == "pdfium" and raw.text.strip()]
    if by_pdfium:
        warnings.append(f"{_label(by_pdfium)}: read with PDFium, since pypdf found no usable text")
    document = describe(
        _info(source.reader), pages, name=name, sha256=sha256, source_file=str(file.absolute())
    )
    return ExtractedDocument(document, pages, tuple(warnings))


def _ocr_advice(scans: ocr.Ocr) -> str:
    """What to do about a document that is all pictures."""
    if not scans.is_possible:
        return f"to have it read, {ocr.INSTALL}, then ingest it again"
    if scans.out_of_time:
        return "OCR took too long; split it or raise ASSISTANT_MAX_SECONDS"
    return "OCR found no text on them either; scan it again more sharply"


def _label(numbers: list[int]) -> str:
    return f"{'page' if len(numbers) == 1 else 'pages'} {_ranges(numbers)}"


def _ranges(numbers: list[int]) -> str:
    """ "1-3, 7" for 1, 2, 3, 7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)


def _outline(reader: pypdf.PdfReader | None) -> list[OutlineEntry]:
    """The bookmarks that lead to a page; none when there are none or they are damaged."""
    entries: list[OutlineEntry] = []
    if reader is None:
        return entries

    def walk(items: list[Any], level: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, level + 1)
                continue
            page_index = reader.get_destination_page_number(item)
            if page_index is not None and page_index >= 0 and item.title:
                entries.append(OutlineEntry(str(item.title), page_index + 1, level))

    try:
        walk(reader.outline, 1)
    except pypdf_reader.READ_ERRORS:
        return entries
    return entries


def _info(reader: pypdf.PdfReader | None) -> Info:
    if reader is None:
        return Info()
    return Info(
        title=_entry(reader, "/Title"),
        keywords=_entry(reader, "/Keywords"),
        language=_catalog_language(reader),
        created=_entry(reader, "/CreationDate"),
        modified=_entry(reader, "/ModDate"),
    )


def _entry(reader: pypdf.PdfReader, key: str) -> str:
    try:
        value = reader.metadata.get(key) if reader.metadata is not None else None
        value = value.get_object() if value is not None else ""
        return str(value) if isinstance(value, str) else ""
    except pypdf_reader.READ_ERRORS:
        return ""


def _catalog_language(reader: pypdf.PdfReader) -> str:
    try:
        value = reader.root_object.get("/Lang", "")
        value = value.get_object() if hasattr(value, "get_object") else value
        return str(value) if isinstance(value, str) else ""
    except pypdf_reader.READ_ERRORS:
        return ""
