"""Scanned pages: read by Tesseract where it is installed, else reported with what to install."""

import subprocess
from pathlib import Path

import pypdfium2
import pytest
from pdfs import make
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assistant.documents import ExtractedDocument
from assistant.errors import EmptyDocumentError
from assistant.ingest import ocr
from assistant.ingest.extract import Limits
from assistant.ingest.formats import read_document

LIMITS = Limits(max_file_mb=50, max_pages=500, max_seconds=120, max_memory_mb=2048)
CORPUS = Path(__file__).resolve().parent.parent / "corpus"

needs_tesseract = pytest.mark.skipif(
    "eng" not in ocr.installed_languages(), reason="Tesseract with English is not installed"
)


def scan(pdf: Path, file: Path, *, turned: int = 0) -> Path:
    """A PDF of nothing but pictures of the pages of another one."""
    canvas = Canvas(str(file), pagesize=A4, invariant=True)
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            picture = page.render(scale=200 / 72, grayscale=True, rotation=turned).to_pil()
            size = picture.width * 72 / 200, picture.height * 72 / 200
            canvas.setPageSize(size)
            canvas.drawImage(ImageReader(picture), 0, 0, *size)
            canvas.showPage()
    canvas.save()
    return file


def course(file: Path) -> Path:
    """A page with a heading, a paragraph and a table."""
    canvas = Canvas(str(file), pagesize=A4, invariant=True)
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(60, 760, "Courses for welders")
    canvas.setFont("Helvetica", 11)
    canvas.drawString(60, 720, "Welders learn to weld hulls in Gdansk. The course takes six weeks, and the")
    canvas.drawString(60, 706, "regional office pays the whole price of 1250 euro for each person.")
    for row, cells in enumerate([("Duration", "six weeks"), ("Language", "Polish"), ("Price", "1250 euro")]):
        for x, cell in zip((60, 200), cells, strict=True):
            canvas.drawString(x, 660 - 22 * row, cell)
    canvas.showPage()
    canvas.save()
    return file


def read(file: Path, limits: Limits = LIMITS) -> ExtractedDocument:
    return read_document(file, name=file.name, limits=limits)


@needs_tesseract
def test_a_scanned_page_keeps_its_heading_paragraph_and_table(tmp_path: Path) -> None:
    extracted = read(scan(course(tmp_path / "text.pdf"), tmp_path / "scan.pdf"))
    page = extracted.pages[0]
    assert [(block.kind, block.level, page.slice(block.span)) for block in page.blocks] == [
        ("heading", 1, "Courses for welders"),
        (
            "paragraph",
            0,
            "Welders learn to weld hulls in Gdansk. The course takes six weeks, and the regional office pays "
            "the whole price of 1250 euro for each person.",
        ),
        ("table_row", 0, "Duration six weeks"),
        ("table_row", 0, "Language Polish"),
        ("table_row", 0, "Price 1250 euro"),
    ]
    assert [page.slice(cell) for cell in page.blocks[-1].cells] == ["Price", "1250 euro"]
    assert extracted.warnings == ("page 1: read by OCR, so single letters may be wrong",)
    assert extracted.document.title == "Courses for welders"


@needs_tesseract
def test_only_pages_without_a_text_layer_are_read_by_ocr(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    text = make.pages(tmp_path / "text.pdf", [(72, 700, "A page with a text layer.")])
    writer = PdfWriter()
    writer.append(text)
    writer.append(scan(course(tmp_path / "course.pdf"), tmp_path / "scan.pdf"))
    writer.add_blank_page(*A4)
    writer.write(tmp_path / "mixed.pdf")
    extracted = read(tmp_path / "mixed.pdf")
    assert extracted.pages[0].text == "A page with a text layer."
    assert "1250 euro" in extracted.pages[1].text
    assert extracted.warnings == (
        "page 3: no text layer",
        "page 2: read by OCR, so single letters may be wrong",
    )


@pytest.mark.skipif(
    not {"eng", "ell"} <= set(ocr.installed_languages()), reason="Tesseract with Greek is not installed"
)
def test_the_language_of_a_scan_is_found_out(tmp_path: Path) -> None:
    greek = scan(next((CORPUS / "funding" / "el").glob("*.pdf")), tmp_path / "scan.pdf")
    document = pypdfium2.PdfDocument(greek)
    reader = ocr.Ocr(seconds=120)
    page = reader.read_page(document, 1)
    assert reader.language == "el"
    assert page is not None
    assert "κατάρτιση" in page.text


@pytest.mark.skipif(
    not {"eng", "osd"} <= set(ocr.installed_languages()), reason="Tesseract cannot tell orientations"
)
def test_a_page_scanned_on_its_side_is_read(tmp_path: Path) -> None:
    source = CORPUS / "instruments" / "clusterxchange.pdf"
    page = ocr.Ocr(seconds=120, language="en").read_page(
        pypdfium2.PdfDocument(scan(source, tmp_path / "scan.pdf", turned=90)), 2
    )
    assert page is not None
    assert "Travel days are not counted" in page.text


@needs_tesseract
def test_what_there_is_no_time_for_is_said(tmp_path: Path) -> None:
    file = scan(course(tmp_path / "text.pdf"), tmp_path / "scan.pdf")
    reader = ocr.Ocr(seconds=0)
    assert reader.read_page(pypdfium2.PdfDocument(file), 1) is None
    assert reader.out_of_time == [1]


@needs_tesseract
def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_slow(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("tesseract", 1)

    file = scan(course(tmp_path / "text.pdf"), tmp_path / "scan.pdf")
    monkeypatch.setattr("assistant.ingest.ocr._tesseract", too_slow)
    with pytest.raises(
        EmptyDocumentError, match=r"OCR took too long; split it or raise ASSISTANT_MAX_SECONDS"
    ):
        read(file)


def test_without_tesseract_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = scan(course(tmp_path / "text.pdf"), tmp_path / "scan.pdf")
    monkeypatch.setenv("PATH", str(tmp_path))
    ocr.installed_languages.cache_clear()
    try:
        with pytest.raises(
            EmptyDocumentError, match=r"install Tesseract .*tesseract-ocr.*, then ingest it again"
        ):
            read(file)
    finally:
        ocr.installed_languages.cache_clear()
