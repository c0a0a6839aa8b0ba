"""Extraction of one PDF: what it gives, and why it gives nothing."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pdfs import make

from assistant.documents import ExtractedDocument, Page
from assistant.errors import (
    DamagedDocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    EncryptedDocumentError,
)
from assistant.ingest.extract import Limits, extract

LIMITS = Limits(max_file_mb=50, max_pages=500, max_seconds=60, max_memory_mb=2048)
CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLES = CHECKOUT.parent / "shared" / "data"
CORPUS = sorted((CHECKOUT / "corpus").rglob("*.pdf"))
DIGCOMP = SAMPLES / "digcomp3" / "JRC144121_01.pdf"


def read(path: Path) -> ExtractedDocument:
    return extract(path, name=path.name, limits=LIMITS)


def blocks(page: Page) -> list[tuple[str, str]]:
    return [(block.kind, page.slice(block.span)) for block in page.blocks]


def test_the_text_of_a_page_is_its_blocks_one_a_line(tmp_path: Path) -> None:
    path = make.pages(
        tmp_path / "a.pdf", [*make.column(72, 700, "One line", "and its end."), (72, 600, "Another one.")]
    )
    page = read(path).pages[0]
    assert page.text == "One line and its end.\nAnother one."
    assert blocks(page) == [("paragraph", "One line and its end."), ("paragraph", "Another one.")]


def test_pypdf_notes_where_each_string_stands(tmp_path: Path) -> None:
    from pypdf import PdfReader

    from assistant.ingest.pypdf_reader import read_page

    path = make.pages(tmp_path / "a.pdf", [(72, 700, "left"), (300, 700, "right"), (72, 650, "below")])
    page = read_page(PdfReader(path).pages[0], 1)
    assert page.text == make.pypdf_texts(path)[0]
    assert [(round(f.x0), round(f.y), f.size, f.text) for f in page.fragments] == [
        (72, 700, 10.0, "left"),
        (300, 700, 10.0, "right"),
        (72, 650, 10.0, "below"),
    ]


def test_an_encrypted_document_without_password_is_read(tmp_path: Path) -> None:
    path = make.encrypted(tmp_path / "open.pdf", user_password="")
    assert read(path).pages[0].text == "Secret text of this page"


def test_a_document_that_needs_a_password_says_so(tmp_path: Path) -> None:
    path = make.encrypted(tmp_path / "locked.pdf", user_password="pass")
    with pytest.raises(
        EncryptedDocumentError, match=r"^locked\.pdf needs a password to open; save a copy without one$"
    ):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"a\.pdf is an empty file \(0 bytes\)"),
        (b"<!DOCTYPE html><html>404</html>", r"a\.pdf is not a PDF: it is a web page"),
        (b"PK\x03\x04word", r"a\.pdf is not a PDF: it is a ZIP archive or an office document"),
        (b"%PDF-1.7\n" + b"rubbish" * 100, r"a\.pdf is damaged: .*; download it again"),
    ],
)
def test_what_is_no_pdf_is_refused_with_what_was_found(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    with pytest.raises(DamagedDocumentError, match=message):
        read(path)


def test_a_file_that_vanished_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DamagedDocumentError, match=r"gone\.pdf cannot be read: No such file"):
        read(tmp_path / "gone.pdf")


def test_a_file_without_its_end_is_recovered(tmp_path: Path) -> None:
    path = make.cut_short(tmp_path / "cut.pdf")
    assert "This text survived the cut" in read(path).pages[0].text


def test_a_document_of_images_asks_for_ocr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.ingest.ocr.installed_languages", lambda: ())
    path = make.image_only(tmp_path / "scan.pdf")
    with pytest.raises(
        EmptyDocumentError, match=r"scan\.pdf has no text layer on any of its 1 page\(s\).*Tesseract"
    ):
        read(path)


def test_pages_without_text_are_listed(tmp_path: Path) -> None:
    path = make.image_only(tmp_path / "mixed.pdf", text_pages=2)
    extracted = read(path)
    assert extracted.warnings == ("page 3: no text layer",)
    assert [bool(page.text) for page in extracted.pages] == [True, True, False]


def test_too_many_pages_is_a_limit(tmp_path: Path) -> None:
    path = make.image_only(tmp_path / "long.pdf", text_pages=3)
    with pytest.raises(
        DocumentLimitError, match=r"long\.pdf has 4 pages, the limit is 3; .*ASSISTANT_MAX_PAGES"
    ):
        extract(path, name="long.pdf", limits=replace(LIMITS, max_pages=3))


def test_too_large_a_file_is_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"%PDF-1.7" + b" " * 2_000_000)
    with pytest.raises(DocumentLimitError, match=r"large\.pdf has 2\.0 MB, the limit is 1 MB"):
        extract(path, name="large.pdf", limits=replace(LIMITS, max_file_mb=1))


def test_a_slow_document_is_stopped_between_pages(tmp_path: Path) -> None:
    path = make.heavy(tmp_path / "slow.pdf", operators=5_000)
    with pytest.raises(DocumentLimitError, match=r"slow\.pdf was stopped after \d+ of 40 pages: .*0\.2 s"):
        extract(path, name="slow.pdf", limits=replace(LIMITS, max_seconds=0.2))


def test_progress_counts_pages(tmp_path: Path) -> None:
    path = make.image_only(tmp_path / "mixed.pdf", text_pages=2)
    seen: list[tuple[int, int]] = []
    extract(path, name="mixed.pdf", limits=LIMITS, on_page=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_keywords_fill_the_metadata(tmp_path: Path) -> None:
    path = make.pages(
        tmp_path / "a.pdf",
        [(72, 700, "Text")],
        title="Skills in shipbuilding",
        keywords="kind:partnership, ecosystem:Mobility, country:PL, country:de, as-of:2026-03-01",
    )
    document = read(path).document
    assert document.title == "Skills in shipbuilding"
    assert (document.kind, document.ecosystem) == ("partnership", "Mobility")
    assert document.countries == ("PL", "DE")
    assert document.as_of == date(2026, 3, 1)


def test_unknown_keywords_leave_fields_empty(tmp_path: Path) -> None:
    path = make.pages(tmp_path / "a.pdf", [(72, 700, "Text")], keywords="welding, kind:nonsense, as-of:soon")
    document = read(path).document
    assert (document.kind, document.ecosystem, document.countries) == ("document", "", ())


@pytest.mark.parametrize(
    "junk", ["Microsoft Word - offer_final.docx", "untitled", "report.indd", "Document1", "12-34"]
)
def test_a_junk_title_gives_way_to_the_first_heading(tmp_path: Path, junk: str) -> None:
    text = make.column(
        72,
        640,
        "Some running text that is long enough to be",
        "the body of this document, set at ten points.",
    )
    path = make.pages(
        tmp_path / "a.pdf", [(72, 700, "A guide for firms"), *text], large=["A guide for firms"], title=junk
    )
    assert read(path).document.title == "A guide for firms"


def test_without_title_or_heading_the_file_name_is_the_title(tmp_path: Path) -> None:
    path = make.pages(tmp_path / "annual_report-2026.pdf", [(72, 700, "plain text only")], title="untitled")
    assert read(path).document.title == "annual report 2026"


def test_the_as_of_date_of_the_text_comes_before_the_files_own(tmp_path: Path) -> None:
    path = make.pages(tmp_path / "a.pdf", [(72, 700, "Facts as of 1 November 2026.")])
    assert read(path).document.as_of == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "pl",
            "Pracownicy stoczni mogą bezpłatnie uczyć się nowych zawodów, a firmy otrzymują na to wsparcie.",
        ),
        (
            "de",
            "Die Beschäftigten der Werft lernen kostenlos neue Berufe, die Betriebe erhalten Geld dafür.",
        ),
    ],
)
def test_the_language_is_detected_from_enough_text(tmp_path: Path, language: str, text: str) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path))
    import reportlab

    pdfmetrics.registerFont(TTFont("Vera", str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")))
    canvas.setFont("Vera", 9)
    for number in range(3):
        canvas.drawString(20, 700 - 14 * number, text)
    canvas.save()
    document = read(path).document
    assert document.language == language


def test_too_little_text_has_no_language(tmp_path: Path) -> None:
    assert read(make.pages(tmp_path / "a.pdf", [(72, 700, "Hello world")])).document.language == ""


def folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", ""))
    return " ".join(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u0002\u200b-\u200f]", "", text).split())


def bare(text: str) -> str:
    return re.sub(r"[\s\-\u2010]", "", folded(text))


class Outsider:
    """A page as anybody reads it with pypdf: as it is, or with the hyphens of line ends undone."""

    def __init__(self, text: str) -> None:
        undone = (text, re.sub(r"[-\u2010]\s*\n\s*", "", text), re.sub(r"-\s*\n\s*", "-", text))
        self.readings = [folded(reading) for reading in undone]
        self.bare = bare(text)
        self.hyphenated = re.search(r"[-\u2010]\s*\n", text) is not None

    def reads(self, words: str) -> bool:
        if any(words in reading for reading in self.readings):
            return True
        return self.hyphenated and bare(words) in self.bare  # some hyphens undone, some kept


def assert_blocks_stand_on_their_pages(path: Path, extracted: ExtractedDocument) -> None:
    assert not any("PDFium" in warning for warning in extracted.warnings)
    for page, raw_text in zip(extracted.pages, make.pypdf_texts(path), strict=True):
        assert page.text == "\n".join(page.slice(block.span) for block in page.blocks)
        outsider = Outsider(raw_text)
        for block in page.blocks:
            text = page.slice(block.span)
            assert text == " ".join(text.split())
            assert outsider.reads(text), (path.name, page.number, text)
            assert all(block.span[0] <= start <= end <= block.span[1] for start, end in block.cells)
            assert len(block.columns) in (0, len(block.cells))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_block_of_the_corpus_stands_word_for_word_on_its_page(path: Path) -> None:
    assert_blocks_stand_on_their_pages(path, read(path))


WITH_TEXT = {"imagemagick-images", "inline-image", "base64image", "pdflatex-image"}


def _sample_files() -> list[Path]:
    return sorted((SAMPLES / "pdf-samples").rglob("*.pdf")) if SAMPLES.is_dir() else []


@pytest.mark.parametrize("path", _sample_files(), ids=lambda path: path.stem)
def test_each_public_sample_gives_text_that_stands_on_its_pages_or_a_reason(path: Path) -> None:
    try:
        extracted = read(path)
    except (EncryptedDocumentError, DamagedDocumentError, EmptyDocumentError) as error:
        reason = str(error)
    else:
        reason = ""
        assert any(page.text for page in extracted.pages)
        assert_blocks_stand_on_their_pages(path, extracted)
    known = {"libreoffice-writer-password": "needs a password", "unreadablemetadata": "is damaged"}
    images = path.parent.name.endswith(("-images", "-image")) and path.stem not in WITH_TEXT
    wanted = known.get(path.stem, "no text layer" if images else "")
    assert wanted in reason
    assert bool(wanted) == bool(reason)


@pytest.mark.skipif(not DIGCOMP.is_file(), reason="the DigComp PDF is not beside the checkout")
def test_the_digital_competence_framework_keeps_its_headings_and_tables() -> None:
    extracted = read(DIGCOMP)
    assert extracted.document.page_count == 123
    assert extracted.warnings == ()
    headings = [
        (block.level, page.slice(block.span))
        for page in extracted.pages
        for block in page.blocks
        if block.kind == "heading"
    ]
    assert (1, "1. INTRODUCTION") in headings
    assert (2, "2.4 Proficiency levels") in headings
    glossary = extracted.pages[69]
    row = next(block for block in glossary.blocks if glossary.slice(block.span).startswith("Misinformation"))
    assert row.columns == ("Term", "Explanation", "Source(s)")
    assert [glossary.slice(cell) for cell in row.cells] == [
        "Misinformation",
        "False information regardless of intent to deceive or mislead people.",
        "DigComp 2.2 (2022)",
    ]
    running = [page.number for page in extracted.pages if page.text.startswith(f"{page.number - 2}\n")]
    assert running == []
    assert_blocks_stand_on_their_pages(DIGCOMP, extracted)
