"""A paper as a Word document: real headings and lists, languages told, links that lead somewhere.

python-docx writes text as text, so nothing of a document or a question can become markup. What it has no call
for (links, bookmarks, languages) is added to its XML here.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from assistant.takeaway.dates import made_note
from assistant.takeaway.outline import Block, Span, blocks_of
from assistant.takeaway.paper import PRODUCT, Entry, Field, Paper, addresses_in

LONGEST_TITLE = 255  # what the file's properties can hold
LINK = RGBColor(0x0B, 0x57, 0xA4)  # 7:1 on white
HEADING = RGBColor(0x15, 0x3D, 0x6F)  # 11:1
LABELS = Cm(4.5)
_SEPARATORS = " –-"
_REGIONS = {"en": "en-GB", "pt": "pt-PT"}  # for the others the likeliest country is the right one


def to_docx(paper: Paper) -> bytes:
    """Title, text, each entry with all its fields, the numbered sources; never empty."""
    document = _blank(paper)
    document.add_heading(paper.title, 1)
    document.add_paragraph(made_note(paper)).runs[0].italic = True
    _write_text(document, paper)
    if paper.citations:
        document.add_heading(paper.say("label_sources"), 2)
    for citation in paper.citations:
        paragraph = document.add_paragraph()
        _hang(paragraph, Cm(1))
        _bookmark(paragraph, citation.number)
        place = f"{paper.place(citation.document, citation.page)} ({citation.document})"
        paragraph.add_run(f"[{citation.number}]\t{citation.title}, {place}")
        if citation.quote:
            paragraph.add_run(": ")
            quote = paragraph.add_run(f"“{citation.quote}”")
            _set_language(quote, paper.languages.get(citation.document, ""))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _blank(paper: Paper) -> WordDocument:
    """An empty document with its properties and its language."""
    document = Document()
    properties = document.core_properties
    properties.title = paper.title[:LONGEST_TITLE]
    properties.author = properties.last_modified_by = PRODUCT
    properties.comments = ""
    properties.language = word_language(paper.language)
    properties.created = properties.modified = datetime.combine(paper.made_on, time(), UTC)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), word_language(paper.language))
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    for level in (1, 2):
        document.styles[f"Heading {level}"].font.color.rgb = HEADING
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
    return document


def _write_text(document: WordDocument, paper: Paper) -> None:
    """The reply; where its list names an entry, the whole entry stands; entries not named follow."""
    waiting = list(paper.entries)
    rows: list[Block] = []
    for block in blocks_of(paper.text, {citation.number for citation in paper.citations}):
        if rows and (block.kind != "row" or block.is_first):
            _write_table(document, rows)
            rows = []
        named = next((entry for entry in waiting if _names(block, entry)), None)
        if block.kind == "row":
            rows.append(block)
        elif named:
            waiting.remove(named)
            _write_entry(document, paper, named, _summary(block))
        elif block.kind == "heading":
            document.add_heading(block.text, 2)
        else:
            _write_block(document, block)
    if rows:
        _write_table(document, rows)
    for entry in waiting:
        _write_entry(document, paper, entry, ())


def _names(block: Block, entry: Entry) -> bool:
    """Whether a line of a list begins with the entry's title in bold."""
    return block.kind == "bullet" and bool(_bold(block)) and _bold(block) == entry.title


def _bold(block: Block) -> str:
    """The bold words that a block begins with."""
    words = []
    for span in block.spans:
        if not span.bold:
            break
        words.append(span.text)
    return "".join(words).strip()


def _summary(block: Block) -> tuple[Span, ...]:
    """The line of a list without its bold beginning."""
    spans = list(block.spans)
    while spans and spans[0].bold:
        spans.pop(0)
    if spans and not spans[0].source:
        spans[0] = Span(spans[0].text.lstrip(_SEPARATORS))
    return tuple(spans)


def _write_entry(document: WordDocument, paper: Paper, entry: Entry, summary: tuple[Span, ...]) -> None:
    document.add_heading(entry.title, 2)
    if summary:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        _write_spans(paragraph, summary)
    for field in entry.fields:
        _write_field(document, paper.say(f"label_{field.name}"), field)
    source = f"{paper.title_of(entry.document)}, {paper.place(entry.document, entry.page)}"
    paragraph = _write_field(document, paper.say("label_source"), Field("source", source, ""))
    _write_spans(paragraph, tuple(Span(f" [{number}]", source=number) for number in entry.sources))


def _write_field(document: WordDocument, label: str, field: Field) -> Paragraph:
    """A label, and what is said beside it."""
    paragraph = document.add_paragraph()
    _hang(paragraph, LABELS)
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(f"{label}\t").bold = True
    for run in _write_words(paragraph, field.text):
        _set_language(run, field.language)
    return paragraph


def _write_block(document: WordDocument, block: Block) -> None:
    style = {"bullet": "List Bullet", "step": "List Number"}.get(block.kind)
    paragraph = document.add_paragraph(style=style)
    if block.kind == "step":
        _number(document, paragraph, starts=block.is_first)
    _write_spans(paragraph, block.spans)


def _write_table(document: WordDocument, rows: list[Block]) -> None:
    """Rows whose first names the columns; Word repeats it on every page and readers announce it."""
    width = max(len(row.cells) for row in rows)
    table = document.add_table(0, width, style="Table Grid")
    for number, row in enumerate(rows):
        made = table.add_row()
        for cell, spans in zip(made.cells, row.cells, strict=False):
            named = [Span(span.text, True, span.source) if not number else span for span in spans]
            _write_spans(cell.paragraphs[0], tuple(named))
        if not number:
            made._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    document.add_paragraph()


def _write_spans(paragraph: Paragraph, spans: tuple[Span, ...]) -> None:
    for span in spans:
        if span.source:
            _link(paragraph, span.text, anchor=f"source_{span.source}")
            continue
        for run in _write_words(paragraph, span.text):
            run.bold = span.bold or None


def _write_words(paragraph: Paragraph, text: str) -> Iterator[Run]:
    """The text, with its web addresses as links."""
    end = 0
    for start, stop in addresses_in(text):
        if start > end:
            yield paragraph.add_run(text[end:start])
        yield _link(paragraph, text[start:stop], address=text[start:stop])
        end = stop
    if end < len(text):
        yield paragraph.add_run(text[end:])


def _link(paragraph: Paragraph, text: str, *, address: str = "", anchor: str = "") -> Run:
    """A link to a web address or to a bookmark of the document."""
    link = _element("w:hyperlink")
    if address:
        relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), relation)
    else:
        link.set(qn("w:anchor"), anchor)
    run = paragraph.add_run(text)
    run.font.color.rgb = LINK
    run.font.underline = bool(address) or None
    link.append(run._r)
    paragraph._p.append(link)
    return run


def _bookmark(paragraph: Paragraph, number: int) -> None:
    """What the markers of that number lead to."""
    start = _element("w:bookmarkStart", **{"w:id": str(number), "w:name": f"source_{number}"})
    paragraph._p.append(start)
    paragraph._p.append(_element("w:bookmarkEnd", **{"w:id": str(number)}))


def _number(document: WordDocument, paragraph: Paragraph, *, starts: bool) -> None:
    """Number a step; Word would count on from the list before, so each list gets numbers of its own."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element
    if starts:
        kind = numbering.num_having_numId(style.pPr.numPr.numId.val).abstractNumId.val
        own = numbering.add_num(kind)
        own.add_lvlOverride(ilvl=0).add_startOverride(1)
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = numbering.num_lst[-1].numId


def _hang(paragraph: Paragraph, width: Cm) -> None:
    """Let all lines but the beginning of the first stand to the right of `width`."""
    paragraph.paragraph_format.left_indent = width
    paragraph.paragraph_format.first_line_indent = -width
    paragraph.paragraph_format.tab_stops.add_tab_stop(width)


def _set_language(run: Run, language: str) -> None:
    """Say in which language the words are, for spelling and for reading aloud."""
    if language:
        run._r.get_or_add_rPr().append(_element("w:lang", **{"w:val": word_language(language)}))


@cache
def word_language(language: str) -> str:
    """The language as Word names it, with a country: "de-DE"."""
    from babel.core import get_global

    likely = str(get_global("likely_subtags").get(language, ""))
    country = likely.rpartition("_")[2]
    return _REGIONS.get(language) or (f"{language}-{country}" if len(country) == 2 else language)


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(key), value)
    return element
