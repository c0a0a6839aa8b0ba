"""Page texts for checking quotes, read by pypdf itself and not by the assistant's extraction."""

import re
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import AssistantError
from assistant.index.reader import Index
from eval.score import Page

_REFERENCE = re.compile(r"^Reference\b:?\s*([a-z0-9]+(?:-[a-z0-9]+)+)\s*$", re.MULTILINE)


class Pages:
    """Looks pages up by document path; what is not a PDF is read as it was ingested."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._files = {document.path: Path(document.source_file) for document in index.documents()}
        self._readers: dict[str, list[str]] = {}

    def __call__(self, document: str, number: int) -> str | None:
        """The text of a page, as `eval.score.PageText` wants it."""
        file = self._files.get(document)
        if file is None or number < 1:
            return None
        if file.suffix.lower() == ".pdf" and file.is_file():
            pages = self._pages(document, file)
            return pages[number - 1] if number <= len(pages) else None
        try:
            return self._index.page(document, number).text
        except KeyError:
            return None

    def _pages(self, document: str, file: Path) -> list[str]:
        if document not in self._readers:
            from pypdf import PdfReader
            from pypdf.errors import PyPdfError

            try:
                self._readers[document] = [page.extract_text() for page in PdfReader(file).pages]
            except (PyPdfError, OSError) as error:
                raise AssistantError(f"cannot read {file}: {error}") from error
        return self._readers[document]


def reference_pages(index: Index) -> Mapping[str, Page]:
    """Each reference that a catalogue prints on a line of its own ("Reference: ..."), with its page."""
    found: dict[str, Page] = {}
    for document in index.documents():
        for number in range(1, document.page_count + 1):
            try:
                text = index.page(document.path, number).text
            except KeyError:
                continue  # a page without text
            for name in _REFERENCE.findall(text):
                found.setdefault(name, (document.path, number))
    return found
