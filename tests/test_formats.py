"""Documents other than PDFs: what is read from real files of each format, and why some are refused."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import docx
import pytest
from docx.shared import Pt, RGBColor
from index_kit import settings_in

from assistant.documents import ExtractedDocument
from assistant.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    EncryptedDocumentError,
)
from assistant.facade import Assistant
from assistant.ingest.extract import Limits
from assistant.ingest.formats import read_document
from assistant.ingest.pipeline import ingest
from assistant.ingest.sandbox import ExtractionPool
from assistant.ingest.sections import Line, pages_of
from assistant.ingest.text_reader import decode

LIMITS = Limits(max_file_mb=50, max_pages=500, max_seconds=60, max_memory_mb=2048)

Found = list[tuple[int, str, str]]
"""(page number, kind with the level of a heading, text), block by block."""

GUIDE: Found = [
    (1, "heading 1", "Szkolenia w Gdańsku"),
    (1, "paragraph", "Kurs spawania kosztuje 100 zł i trwa dwa lata. More on the site of the yard."),
    (2, "heading 2", "Jak się zapisać"),
    (2, "list_item", "1. Wypełnij formularz."),
    (2, "list_item", "online"),
    (2, "list_item", "on paper"),
    (2, "list_item", "2. Czekaj na odpowiedź."),
    (3, "heading 2", "Κόστος"),
    (3, "table_header", "Country Amount Deadline"),
    (3, "table_row", "Polska 100 zł 2026-05-01"),
    (3, "table_row", "Ελλάδα 200 € 2026-06-01"),
    (3, "paragraph", "Amounts hold until the end of the year."),
]
ROWS = [
    ["Country", "Amount", "Deadline"],
    ["Polska", "100 zł", "2026-05-01"],
    ["Ελλάδα", "200 €", "2026-06-01"],
]

MARKDOWN = """\
---
title: Przewodnik
language: pl
date: 2026-03-01
---

# Szkolenia w Gdańsku

Kurs **spawania** kosztuje 100 zł i trwa
dwa lata. More on [the site](https://yard.example) of the yard.

## Jak się zapisać

1. Wypełnij formularz.
   - online
   - on *paper*
2. Czekaj na odpowiedź.

## Κόστος

| Country | Amount | Deadline |
|---|---|---|
| Polska | 100 zł | 2026-05-01 |
| Ελλάδα | 200 € | 2026-06-01 |

Amounts hold until the end of the year.
"""

HTML = """\
<!DOCTYPE html>
<html lang="pl"><head><meta charset="utf-8"><title>Przewodnik</title>
<meta name="dcterms.modified" content="2026-03-01T10:00:00Z"></head><body>
<nav><ul><li>Home</li></ul></nav>
<h1>Szkolenia w Gdańsku</h1>
<p>Kurs <b>spawania</b> kosztuje 100&nbsp;zł i trwa
dwa lata. More on <a href="https://yard.example">the site</a> of the yard.
<h2>Jak się zapisać</h2>
<ol><li>Wypełnij formularz.<ul><li>online<li>on <em>paper</em></ul></li>
<li><p>Czekaj na odpowiedź.</p></li></ol>
<h2>Κόστος</h2>
<table><thead><tr><th>Country<th>Amount<th>Deadline</thead>
<tr><td>Polska<td>100 zł<td>2026-05-01<tr><td>Ελλάδα<td>200 €<td>2026-06-01</table>
<div>Amounts hold until the end of the year.</div>
</body></html>
"""


def write_markdown(folder: Path) -> Path:
    file = folder / "guide.md"
    file.write_text(MARKDOWN, "utf-8")
    return file


def write_html(folder: Path) -> Path:
    file = folder / "guide.html"
    file.write_text(HTML, "utf-8")
    return file


def write_docx(folder: Path) -> Path:
    document = docx.Document()
    document.core_properties.title = "Przewodnik"
    document.core_properties.language = "pl-PL"
    document.core_properties.modified = datetime(2026, 3, 1, 10)
    document.add_heading("Szkolenia w Gdańsku", 1)
    paragraph = document.add_paragraph("Kurs ")
    paragraph.add_run("spawania").bold = True
    paragraph.add_run(" kosztuje 100\u00a0zł i trwa dwa lata. More on the site of the yard.")
    document.add_heading("Jak się zapisać", 2)
    document.add_paragraph("Wypełnij formularz.", style="List Number")
    document.add_paragraph("online", style="List Bullet 2")
    document.add_paragraph("on paper", style="List Bullet 2")
    document.add_paragraph("Czekaj na odpowiedź.", style="List Number")
    document.add_heading("Κόστος", 2)
    add_table(document, ROWS, "Light Grid Accent 1")
    document.add_paragraph("Amounts hold until the end of the year.")
    file = folder / "guide.docx"
    document.save(str(file))
    return file


def add_table(document: "docx.document.Document", rows: list[list[str]], style: str) -> None:
    table = document.add_table(len(rows), len(rows[0]), style=style)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def read(file: Path) -> ExtractedDocument:
    return read_document(file, name=file.name, limits=LIMITS)


def read_text(folder: Path, name: str, content: str | bytes) -> ExtractedDocument:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(file)


def found(extracted: ExtractedDocument) -> Found:
    return [
        (page.number, f"{block.kind} {block.level}" if block.level else block.kind, page.slice(block.span))
        for page in extracted.pages
        for block in page.blocks
    ]


def kinds(extracted: ExtractedDocument) -> list[tuple[str, str]]:
    return [(kind, text) for _, kind, text in found(extracted)]


WRITERS = {".docx": write_docx, ".html": write_html, ".md": write_markdown}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_headings_lists_and_tables_survive_in_every_format(
    write: Callable[[Path], Path], tmp_path: Path
) -> None:
    extracted = read(write(tmp_path))
    expected = GUIDE
    if write is write_docx:  # the numbers of Word's lists are not in the file
        expected = [(number, kind, re.sub(r"^\d\. ", "", text)) for number, kind, text in GUIDE]
    assert found(extracted) == expected
    assert all(page.text == "\n".join(page.slice(b.span) for b in page.blocks) for page in extracted.pages)
    rows = [block for block in extracted.pages[2].blocks if block.kind == "table_row"]
    assert [row.columns for row in rows] == [tuple(ROWS[0])] * 2
    assert [[extracted.pages[2].slice(cell) for cell in row.cells] for row in rows] == ROWS[1:]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_title_language_and_date_come_from_the_document(
    write: Callable[[Path], Path], tmp_path: Path
) -> None:
    document = read(write(tmp_path)).document
    assert (document.title, document.language, document.as_of) == ("Przewodnik", "pl", date(2026, 3, 1))
    assert document.page_count == 3


def test_what_a_document_does_not_say_stays_empty(tmp_path: Path) -> None:
    document = read_text(tmp_path, "my_notes.txt", "Short note.").document
    assert (document.title, document.language, document.as_of) == ("my notes", "", None)


def test_answers_quote_sections_of_every_format(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    texts = {
        "welding.docx": "welders",
        "weaving.html": "weavers",
        "baking.md": "bakers",
        "milling.txt": "millers",
    }
    sentence = "The yearly grant for {} in Kashubia is {} euro for each person who learns."
    for amount, (name, trade) in enumerate(texts.items(), start=411):
        file = settings.corpus_dir / name
        text, heading = sentence.format(trade, amount), f"Grants for {trade}"
        if name.endswith(".docx"):
            document = docx.Document()
            document.add_heading(heading, 1)
            document.add_paragraph(text)
            document.save(str(file))
        elif name.endswith(".html"):
            file.write_text(f"<h1>{heading}</h1><p>{text}</p>")
        else:
            file.write_text(
                f"# {heading}\n\n{text}\n" if name.endswith(".md") else f"{heading}\n======\n\n{text}"
            )
    report = ingest(None, settings=settings)
    assert report.indexed == tuple(sorted(texts))
    assistant = Assistant(settings)
    try:
        for amount, (name, trade) in enumerate(texts.items(), start=411):
            answer = assistant.answer(f"How much is the yearly grant for {trade} in Kashubia?")
            citation = answer.citations[0]
            assert (citation.document, citation.page) == (name, 1)
            assert citation.quote == sentence.format(trade, amount)
    finally:
        assistant.close()


# ---- pages -------------------------------------------------------------------------------------------------


def test_a_page_begins_at_the_two_highest_heading_levels_that_are_used() -> None:
    lines = [
        *(Line("heading", (text,), level) for text, level in (("Title", 2), ("First", 4))),
        Line("paragraph", ("a",)),
        Line("heading", ("Detail",), 5),
        Line("paragraph", ("b",)),
        Line("heading", ("Second",), 4),
    ]
    assert [page.text for page in pages_of(lines)] == ["Title\nFirst\na\nDetail\nb", "Second"]
    assert [page.number for page in pages_of(lines)] == [1, 2]


def test_a_long_section_goes_on_on_a_further_page() -> None:
    pages = pages_of([Line("paragraph", (f"{number:03} " + "word " * 100,)) for number in range(30)])
    assert [len(page.blocks) for page in pages] == [12, 12, 6]  # 13 x 505 characters would be over 6000


# ---- what is not there for readers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display: none">SECRET</p>',
        '<p style="visibility:hidden">SECRET</p>',
        "<p hidden>SECRET</p>",
        '<div aria-hidden="true"><p>SECRET</p></div>',
        '<span style="font-size:1px">SECRET</span>',
        '<span style="font-size:0">SECRET</span>',
        '<span style="color: #FFFFFF">SECRET</span>',
        '<span style="color:rgb(255, 255, 255)">SECRET</span>',
        '<div style="position:absolute; left:-9999px">SECRET</div>',
        '<div style="opacity:0">SECRET</div>',
        "<table><tr><td>a<td>b<tr hidden><td>SECRET<td>SECRET</table>",
    ],
)
@pytest.mark.parametrize("name", ["a.html", "a.md"])
def test_hidden_text_is_left_out_and_reported(hidden: str, name: str, tmp_path: Path) -> None:
    extracted = read_text(tmp_path, name, f"<p>Seen.</p>\n{hidden}\n<p>Also seen.</p>")
    text = extracted.pages[0].text
    assert "SECRET" not in text
    assert text.startswith("Seen.")
    assert text.endswith("Also seen.")
    assert extracted.warnings == ("hidden text was left out",)


@pytest.mark.parametrize(
    "seen",
    [
        '<p style="color:#fff;background:#039">SEEN</p>',
        '<div style="background-color:#039"><p style="color:white">SEEN</p></div>',
        '<p style="font-size:10px;color:#fff000">SEEN</p>',
        '<p style="opacity:0.9">SEEN</p>',
        "<h2><button>SEEN</button></h2>",
        "<details><summary>SEEN</summary></details>",
    ],
)
def test_text_that_only_looks_hidden_stays(seen: str, tmp_path: Path) -> None:
    extracted = read_text(tmp_path, "a.html", seen)
    assert extracted.pages[0].text == "SEEN"
    assert extracted.warnings == ()


def test_scripts_styles_navigation_controls_and_footnote_marks_are_no_text(tmp_path: Path) -> None:
    extracted = read_text(
        tmp_path,
        "a.html",
        "<script>SECRET</script><style>SECRET</style><nav>SECRET</nav><button>SECRET</button>"
        "<select><option>SECRET</select><template>SECRET</template><noscript>SECRET</noscript>"
        '<p>It costs 5<sup>2</sup> EUR<sup><a href="#n1">[1]</a></sup>, <del>SECRET</del>not less.'
        "<!-- SECRET -->",
    )
    assert extracted.pages[0].text == "It costs 52 EUR, not less."
    assert extracted.warnings == ()


def test_the_main_part_of_a_web_page_is_read(tmp_path: Path) -> None:
    page = "<header>Menu</header><main><h1>Course</h1><p>Free.</p></main><footer>Cookies</footer>"
    assert read_text(tmp_path, "a.html", page).pages[0].text == "Course\nFree."


def test_hidden_words_of_a_word_document_are_left_out_and_reported(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Seen.")
    paragraph.add_run(" SECRET").font.hidden = True
    paragraph.add_run(" SECRET").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run(" SECRET").font.size = Pt(1)
    paragraph.add_run(" Also seen.").font.size = Pt(8)
    document.save(str(tmp_path / "a.docx"))
    extracted = read(tmp_path / "a.docx")
    assert extracted.pages[0].text == "Seen. Also seen."
    assert extracted.warnings == ("hidden text was left out",)


# ---- blocks ------------------------------------------------------------------------------------------------


def test_merged_cells_keep_the_names_of_their_columns(tmp_path: Path) -> None:
    extracted = read_text(
        tmp_path,
        "a.html",
        "<table><caption>Grants</caption><tr><th rowspan=2>Country<th colspan=2>Amount<tr><th>min<th>max"
        "<tr><td rowspan=2>Polska<td>1<td>2<tr><td>3<td>4<tr><td>Italia<td colspan=2>5</table>",
    )
    assert kinds(extracted) == [
        ("caption", "Grants"),
        ("table_header", "Country Amount"),
        ("table_header", "min max"),
        ("table_row", "Polska 1 2"),
        ("table_row", "3 4"),
        ("table_row", "Italia 5"),
    ]
    assert [block.columns for block in extracted.pages[0].blocks[3:]] == [
        ("Country", "Amount min", "Amount max"),
        ("Amount min", "Amount max"),
        ("Country", "Amount min"),
    ]


def test_a_table_for_layout_is_read_as_running_text(tmp_path: Path) -> None:
    page = "<table><tr><td><h2>Course</h2><p>Free.</p><td><table><tr><td>a<td>b</table></table>"
    assert kinds(read_text(tmp_path, "a.html", page)) == [
        ("heading 2", "Course"),
        ("paragraph", "Free."),
        ("table_row", "a b"),
    ]


def test_labels_and_values_are_rows(tmp_path: Path) -> None:
    page = "<dl><dt>Duration<dd>2 years<dt>Contact<dd>a@b.eu<dd>12 34</dl>"
    extracted = read_text(tmp_path, "a.html", page)
    assert kinds(extracted) == [("table_row", "Duration 2 years"), ("table_row", "Contact a@b.eu 12 34")]
    first = extracted.pages[0].blocks[0]
    assert [extracted.pages[0].slice(cell) for cell in first.cells] == ["Duration", "2 years"]


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_lines_of_labels_stay_lines_and_prose_does_not(name: str, tmp_path: Path) -> None:
    extracted = read_text(tmp_path, name, "Duration: 2 years\nCost: 5 EUR\n\nProse goes on\nhere.\n")
    assert [text for _, text in kinds(extracted)] == [
        "Duration: 2 years",
        "Cost: 5 EUR",
        "Prose goes on here.",
    ]


def test_front_matter_that_is_none_stays_text(tmp_path: Path) -> None:
    extracted = read_text(tmp_path, "a.md", "---\n- just\n- a list\n---\n\nText.\n")
    assert [text for _, text in kinds(extracted)][-1] == "Text."
    assert "just" in extracted.pages[0].text


def test_headings_of_plain_text_are_underlined_or_alone_in_capitals(tmp_path: Path) -> None:
    extracted = read_text(
        tmp_path,
        "a.txt",
        "The guide\n=========\nFor up-\nskilling.\n\nWHO CAN JOIN\n\n"
        "- companies,\n  large or small\n- schools\n\n"
        "EU\n\nTHIS IS LOUD BUT A SENTENCE.\n\nTerms\n-----\nNone.",
    )
    assert kinds(extracted) == [
        ("heading 1", "The guide"),
        ("paragraph", "For upskilling."),
        ("heading 2", "WHO CAN JOIN"),
        ("list_item", "- companies, large or small"),
        ("list_item", "- schools"),
        ("paragraph", "EU"),
        ("paragraph", "THIS IS LOUD BUT A SENTENCE."),
        ("heading 2", "Terms"),
        ("paragraph", "None."),
    ]


# ---- encodings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Kurs dla spawaczy w Gdańsku trwa dwa lata, zażółć gęślą jaźń.", "cp1250"),
        ("Die Förderung beträgt 500 € für jeden Betrieb.", "cp1252"),
        ("Formation à Orléans : 300 €, déjà payée", "cp1252"),
        ("Η εκπαίδευση των εργαζομένων είναι δωρεάν.", "cp1253"),
        ("Обучението на работниците е безплатно.", "cp1251"),
        ("Szkolenie w Gdańsku – Κόστος – обучение", "utf-8"),
        ("Szkolenie w Gdańsku", "utf-8-sig"),
        ("Szkolenie w Gdańsku", "utf-16"),
    ],
)
def test_encodings_of_europe_are_told_apart(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_the_declared_encoding_of_a_page_counts(tmp_path: Path) -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"><p>5 \x80, caf\xe9</p>'
    assert read_text(tmp_path, "a.html", page.encode("latin-1")).pages[0].text == "5 €, café"


def test_a_declared_encoding_that_is_none_is_ignored(tmp_path: Path) -> None:
    page = '<meta charset="hex"><p>Cours à Orléans, déjà payé</p>'.encode("cp1252")
    assert read_text(tmp_path, "a.html", page).pages[0].text == "Cours à Orléans, déjà payé"


# ---- refusals ----------------------------------------------------------------------------------------------


def archive(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return packed.getvalue()


BOMB = archive({"word/document.xml": b"<a>" + b" " * 101_000_000 + b"</a>"})
ENTITIES = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        (
            "a.docx",
            b"%PDF-1.7 x",
            DamagedDocumentError,
            "a.docx is not a Word document: it is a PDF; rename it",
        ),
        ("a.docx", b"<html>404</html>", DamagedDocumentError, "it is a web page"),
        ("a.docx", b"PK\x03\x04 broken", DamagedDocumentError, "a.docx is damaged (BadZipFile"),
        ("a.docx", archive({"x.xml": b"<a/>"}), DamagedDocumentError, "an archive without a Word text"),
        (
            "a.docx",
            archive({"word/document.xml": b"<a>"}),
            DamagedDocumentError,
            "a.docx is damaged (ParseError",
        ),
        ("a.docx", archive({"word/document.xml": ENTITIES}), DamagedDocumentError, "declares entities"),
        ("a.docx", BOMB, DocumentLimitError, "a.docx unpacks to more than 100 MB"),
        ("a.docx", OLE + b"WordDocument", DamagedDocumentError, "is in Word's old format"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedDocumentError, "needs a password"),
        ("a.pdf", b"<html>404</html>", DamagedDocumentError, "a.pdf is not a PDF: it is a web page"),
        ("a.html", b"%PDF-1.7 x", DamagedDocumentError, "a.html is not a web page: it is a PDF"),
        ("a.md", b"PK\x03\x04 x", DamagedDocumentError, "a.md is not Markdown: it is a ZIP archive"),
        ("a.md", b"<!doctype html><p>x", DamagedDocumentError, "a.md is not Markdown: it is a web page"),
        ("a.txt", b"text\0with zeros", DamagedDocumentError, "a.txt is not plain text: it starts with"),
        ("a.txt", b" \n\n", EmptyDocumentError, "a.txt has no text"),
        ("a.txt", b"", DamagedDocumentError, "a.txt is an empty file"),
        ("a.html", b"<p hidden>x</p>", EmptyDocumentError, "a.html has no text"),
        ("a.md", b"## a\n\nb\n\n" * 501, DocumentLimitError, "a.md has 501 sections, the limit is 500"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    name: str, content: bytes, error: type[DocumentError], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as caught:
        read_text(tmp_path, name, content)
    assert message in str(caught.value)


def test_hostile_files_end_with_a_reason_and_do_not_stop_the_others(tmp_path: Path) -> None:
    limits = Limits(max_file_mb=50, max_pages=500, max_seconds=3, max_memory_mb=2048)
    write_docx(tmp_path)
    nested = "<w:p xmlns:w='x'>" * 50_000
    (tmp_path / "deep.docx").write_bytes(archive({"word/document.xml": nested.encode()}))
    deep_xml = b"<a>" * 20_000 + b"</a>" * 20_000
    (tmp_path / "closed.docx").write_bytes(archive({"word/document.xml": deep_xml}))
    (tmp_path / "deep.html").write_text("<div>" * 500_000 + "x")
    (tmp_path / "deep.md").write_text(">" * 50_000 + "x")
    with ExtractionPool(1, limits) as pool:
        outcomes = dict(pool.extract_all([(file, file.name) for file in sorted(tmp_path.iterdir())]))
    assert isinstance(outcomes["guide.docx"], ExtractedDocument)
    assert "took longer than 3 s" in str(outcomes["deep.html"])
    for name in ("deep.docx", "closed.docx"):
        assert isinstance(outcomes[name], DocumentError), name
    assert outcomes.keys() == {"guide.docx", "deep.docx", "closed.docx", "deep.html", "deep.md"}


def test_no_linked_or_embedded_file_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    page = (
        f'<p>Seen.</p><img src="{secret}"><iframe src="{secret}"></iframe><object data="{secret}"></object>'
    )
    assert read_text(tmp_path, "a.html", page).pages[0].text == "Seen."


# ---- folders -----------------------------------------------------------------------------------------------


def test_a_folder_gives_all_formats_but_what_its_ignore_file_names(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    for name in ("a.txt", "b.md", "c.htm", "drafts/d.txt", "README.md", "e.xyz", "sub/README.md"):
        file = settings.corpus_dir / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"Text of {name} is here.")
    (settings.corpus_dir / ".assistantignore").write_text("# notes\ndrafts\nREADME.*\n")
    report = ingest(None, settings=settings)
    assert (report.indexed, report.failed) == (("a.txt", "b.md", "c.htm", "sub/README.md"), ())
