"""Reading pages with PDFium, for what pypdf cannot read.

PDFium recovers files without a cross-reference table and fonts that pypdf does not decode. It is native
code, so it runs in the killable process only (see sandbox.py) unless a caller asks otherwise.
"""

import ctypes
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c

from assistant.ingest.fragments import RawPage, Run, group_runs, page_edges

PdfiumError = pypdfium2.PdfiumError


def open_document(file: Path) -> Any:
    """The opened document.

    Raises:
        PdfiumError: PDFium cannot read the file either.
    """
    return pypdfium2.PdfDocument(file)


def read_page(document: Any, number: int) -> RawPage:
    """Page `number` (from 1) with its fragments.

    Raises:
        PdfiumError: the page cannot be loaded.
    """
    page = document[number - 1]
    text_page = page.get_textpage()
    try:
        text, runs = _runs(text_page)
        top, bottom = page_edges(page.get_cropbox(), 0)
        return RawPage(number, text, group_runs(text, runs), top, bottom, "pdfium")
    finally:
        text_page.close()
        page.close()


def _runs(text_page: Any) -> tuple[str, list[Run]]:
    """One run per word, as PDFium knows each character's box.

    U+0002 and U+FFFE mark a hyphen at a line's end that PDFium takes for a soft one.
    """
    pieces: list[str] = []
    runs: list[Run] = []
    length = 0
    last: Run | None = None
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text_page, index)
        character = "-" if code in (2, 0xFFFE) else "" if code in (0, 13) else chr(code)
        if not character:
            continue
        pieces.append(character)
        length += 1
        if character.isspace():
            last = None
            continue
        pdfium_c.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
        origin_x, origin_y = ctypes.c_double(), ctypes.c_double()
        pdfium_c.FPDFText_GetCharOrigin(text_page, index, origin_x, origin_y)
        if last is not None and abs(last.y - origin_y.value) < 0.5:
            last.end, last.x1 = length, right.value
            continue
        last = Run(
            start=length - 1,
            end=length,
            x0=left.value,
            x1=right.value,
            y=origin_y.value,
            size=pdfium_c.FPDFText_GetFontSize(text_page, index),
            bold=pdfium_c.FPDFText_GetFontWeight(text_page, index) >= 600,
        )
        runs.append(last)
    return "".join(pieces), runs
