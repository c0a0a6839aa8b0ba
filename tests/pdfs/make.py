"""Awkward PDFs, made where a test needs them."""

import zlib
from collections.abc import Sequence
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

WIDTH, HEIGHT = A4
Line = tuple[float, float, str]
"""x and y in points from the lower left corner, and the text."""


def pages(
    path: Path,
    *contents: Sequence[Line],
    size: float = 10,
    bold: Sequence[str] = (),
    large: Sequence[str] = (),
    title: str = "",
    keywords: str = "",
) -> Path:
    """A page for each list of lines; texts in `bold` are bold, those in `large` bold and at 16 points."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    if title:
        canvas.setTitle(title)
    if keywords:
        canvas.setKeywords(keywords)
    for lines in contents:
        for x, y, text in lines:
            if text in large:
                canvas.setFont("Helvetica-Bold", 16)
            else:
                canvas.setFont("Helvetica-Bold" if text in bold else "Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


def column(x: float, y: float, *texts: str, leading: float = 12) -> list[Line]:
    """Lines below one another."""
    return [(x, y - leading * number, text) for number, text in enumerate(texts)]


def long_table(path: Path, *, rows: int, ruled: bool = True) -> Path:
    """A table with wrapped cells that goes on over pages, its header repeated."""
    style = getSampleStyleSheet()["BodyText"]
    heads = [Paragraph(f"<b>{name}</b>", style) for name in ("Course", "Who can take part", "Fee")]
    body = [
        [
            Paragraph(f"Course number {row}", style),
            Paragraph(
                f"Workers of firm {row} and everybody who lives in the region and wants to learn more", style
            ),
            Paragraph(f"EUR {row}00", style),
        ]
        for row in range(1, rows + 1)
    ]
    table = Table([heads, *body], colWidths=[120, 200, 80], repeatRows=1)
    if ruled:
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build([Paragraph("Our courses", style), table])
    return path


def encrypted(path: Path, *, user_password: str) -> Path:
    """One page of text; with "" as user password any reader opens it."""
    plain = pages(path.with_suffix(".plain.pdf"), [(72, 700, "Secret text of this page")])
    writer = PdfWriter(clone_from=plain)
    writer.encrypt(user_password=user_password, owner_password="owner", algorithm="AES-256")
    writer.write(path)
    plain.unlink()
    return path


def image_only(path: Path, *, text_pages: int = 0) -> Path:
    """A page that shows only a drawing, after pages with text."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for number in range(text_pages):
        canvas.drawString(72, 500, f"Text of page {number + 1} stands here")
        canvas.showPage()
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    return path


def _with_stream(path: Path, stream: StreamObject, *, page_count: int) -> Path:
    """Pages that all share one content stream."""
    writer = PdfWriter()
    content = writer._add_object(stream)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    for _ in range(page_count):
        page = writer.add_blank_page(width=595, height=842)
        page[NameObject("/Contents")] = content
        page[NameObject("/Resources")] = resources
    writer.write(path)
    return path


def heavy(path: Path, *, page_count: int = 40, operators: int = 60_000) -> Path:
    """A small file whose pages share one stream that takes long to read, every time anew."""
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 10 Tf 72 700 Td " + b"(a) Tj 0 -1 Td " * operators + b"ET")
    return _with_stream(path, stream.flate_encode(), page_count=page_count)


def flate_bomb(path: Path, *, megabytes: int = 600) -> Path:
    """A stream of a few hundred kilobytes that becomes hundreds of megabytes."""
    packer = zlib.compressobj(9)
    data = packer.compress(b"BT /F1 10 Tf (x) Tj ET ")
    for _ in range(megabytes):
        data += packer.compress(b" " * 1_000_000)
    stream = StreamObject()
    stream._data = data + packer.flush()
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    return _with_stream(path, stream, page_count=1)


def cut_short(path: Path) -> Path:
    """A file that lost its last lines, which say where the cross-reference table is."""
    whole = pages(path.with_suffix(".whole.pdf"), [(72, 700, "This text survived the cut")])
    data = whole.read_bytes()
    path.write_bytes(data[: data.rindex(b"startxref")])
    whole.unlink()
    return path


def with_outline(path: Path) -> Path:
    """Two pages whose headings look like their text; only the bookmarks tell."""
    plain = pages(
        path.with_suffix(".plain.pdf"),
        [
            (72, 700, "Rules of the scheme"),
            *column(72, 660, "The scheme has rules that", "everybody follows."),
        ],
        [(72, 700, "Who pays"), *column(72, 660, "The employer pays for", "the training.")],
    )
    writer = PdfWriter(clone_from=plain)
    parent = writer.add_outline_item("Rules of the scheme", 0)
    writer.add_outline_item("Who pays", 1, parent=parent)
    writer.write(path)
    plain.unlink()
    return path


def pypdf_texts(path: Path) -> list[str]:
    """What anybody gets from pypdf for each page."""
    reader = PdfReader(path)
    if reader.is_encrypted:
        reader.decrypt("")
    return [page.extract_text() for page in reader.pages]
