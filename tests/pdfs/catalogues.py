"""Training catalogues in layouts that the project does not use itself, each in one language.

The extractor was improved on `FIRST`, then on `SECOND`; `THIRD` was written after that. They are typeset from
the project's own records. `typeset` gives back what is on the pages, in the form of `eval.records`: the
wording where the record keeps it, the code where it is normalised.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

import docx
import yaml
from babel import Locale
from babel.units import format_unit
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

Row = dict[str, str]
"""Field -> its words on the page."""
Layout = tuple[str, Callable[[Path, Sequence[Row], Mapping[str, str]], None]]

_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=9, leading=11)
_BOLD = ParagraphStyle("bold", parent=_TEXT, fontName="Helvetica-Bold")
_PRINTED = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
WORDS: dict[str, dict[str, str]] = _PRINTED["words"]
_UNITS = {"day": "duration-day", "week": "duration-week", "month": "duration-month", "year": "duration-year",
          "hour": "duration-hour"}  # fmt: skip


def typeset(layout: str, records: Sequence[Mapping[str, Any]], path: Path) -> list[dict[str, Any]]:
    """Write a catalogue and return its truth; `layout` is a key of `LAYOUTS`."""
    return print_catalogue(LAYOUTS[layout], _PRINTED["labels"][layout], WORDS, records, path)


def print_catalogue(
    layout: Layout,
    labels: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    records: Sequence[Mapping[str, Any]],
    path: Path,
) -> list[dict[str, Any]]:
    """As `typeset`; `words` are by language, `labels` by field."""
    language, write = layout
    rows = [in_words(record, language, words[language]) for record in records]
    write(path, rows, labels)
    return [
        {"id": record["id"], "title": row["title"]}
        | {name: _truth(name, record, row) for name in labels if name in row}
        for record, row in zip(records, rows, strict=True)
    ]


def sample(records: Sequence[Mapping[str, Any]], number: int, count: int) -> list[Mapping[str, Any]]:
    """Every sixth record that Latin-1 can print, of the kinds that have words here."""
    fit = [
        each for each in records if each["kind"] in WORDS["en"] and printable(each) and each.get("provider")
    ]
    return list(islice(fit[number::6], count))


def printable(record: Mapping[str, Any]) -> bool:
    """Whether the built-in fonts of PDF can print a record."""
    return str(list(record.values())).encode("latin-1", "ignore").decode("latin-1") == str(
        list(record.values())
    )


def in_words(record: Mapping[str, Any], language: str, words: Mapping[str, str]) -> Row:
    """The values of a record as a catalogue of this language prints them; `words` by kind and mode."""
    locale = Locale.parse(language)
    row = {
        "title": record["title"],
        "provider": record.get("provider") or "",
        "kind": words[record["kind"]],
        "city": record.get("city", ""),
        "countries": ", ".join(locale.territories[code] for code in record.get("countries", [])),
        "languages": ", ".join(locale.languages[code] for code in record.get("languages", [])),
        "mode": words.get(record.get("mode") or "", ""),
        "duration": _duration(record.get("duration", ""), language),
        "cost": words["free"] if record.get("cost", "") == "free" else record.get("cost", ""),
        "skills": ", ".join(record.get("skills", [])),
        "certificate": record.get("certificate", ""),
        "url": record.get("url", ""),
    }
    return {name: " ".join(value.split()) for name, value in row.items() if value}


def _duration(text: str, language: str) -> str:
    match = re.fullmatch(r"(\d+) (day|week|month|year|hour)s?", text)
    return format_unit(int(match[1]), _UNITS[match[2]], "long", locale=language) if match else text


def _truth(name: str, record: Mapping[str, Any], row: Row) -> Any:
    return record[name] if name in ("kind", "countries", "languages", "mode", "skills") else row[name]


def _bordered(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """A ruled table over the breadth of the page; its head comes back on each page."""
    cells = [[Paragraph(label, _BOLD) for label in labels.values()]]
    cells += [[Paragraph(row.get(name, ""), _TEXT) for name in labels] for row in rows]
    table = Table(cells, colWidths=[770 / len(labels)] * len(labels), repeatRows=1)
    table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    SimpleDocTemplate(str(path), pagesize=landscape(A4), leftMargin=30, rightMargin=30).build([table])


def _borderless(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Labels in a narrow column, values beside them, no line and no colon; entries break across pages."""
    canvas, y = Canvas(str(path), pagesize=A4), 780.0
    for row in rows:
        lines = [("", row["title"])]
        for name, label in labels.items():
            if name in row and name != "title":
                wrapped = simpleSplit(row[name], "Helvetica", 9.5, 320)
                lines += [(label, wrapped[0]), *(("", each) for each in wrapped[1:])]
        for number, (label, text) in enumerate(lines):
            if y < 60:
                canvas.showPage()
                y = 780.0
            canvas.setFont("Helvetica-Bold" if number == 0 else "Helvetica", 12 if number == 0 else 9.5)
            canvas.drawString(60, y, label)
            canvas.drawString(60 if number == 0 else 210, y, text)
            y -= 20 if number == 0 else 12.5
        y -= 18
    canvas.save()


def _leaders(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Rows of dots between label and value."""
    story: list[Flowable] = []
    for row in rows:
        story.append(
            Paragraph(row["title"], ParagraphStyle("head", parent=_BOLD, fontSize=11, spaceBefore=14))
        )
        for name, label in labels.items():
            if name in row and name != "title":
                story.append(Paragraph(f"{label} {'.' * (34 - len(label))} {row[name]}", _TEXT))
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _run_in(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """One paragraph for each offer, with its labels in bold and bullets between the values."""
    story: list[Flowable] = []
    for row in rows:
        pairs = [f"<b>{labels[name]}:</b> {row[name]}" for name in labels if name in row and name != "title"]
        story += [Paragraph(row["title"], _BOLD), Paragraph(" \N{BULLET} ".join(pairs), _TEXT), Spacer(1, 10)]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _stacked(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """A box at a glance: three labels in a row, their values below."""
    small = ParagraphStyle("small", parent=_BOLD, fontSize=7, textColor=colors.grey)
    story: list[Flowable] = []
    for row in rows:
        names = [name for name in labels if name in row and name != "title"]
        cells = []
        for start in range(0, len(names), 3):
            part = names[start : start + 3]
            filler = [""] * (3 - len(part))
            cells.append([Paragraph(labels[name], small) for name in part] + filler)
            cells.append([Paragraph(row[name], _TEXT) for name in part] + filler)
        box = Table(cells, colWidths=[150] * 3)
        box.setStyle([("BOX", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        head = ParagraphStyle("head", parent=_BOLD, fontSize=12, leading=16)
        story.append(KeepTogether([Paragraph(row["title"], head), box, Spacer(1, 14)]))
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _two_columns(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Two columns of numbered offers as in a newspaper; values run over several lines."""
    story: list[Flowable] = []
    for number, row in enumerate(rows, start=1):
        story.append(Paragraph(f"{number}. {row['title']}", _BOLD))
        story += [
            Paragraph(f"{labels[name]}: {row[name]}", _TEXT)
            for name in labels
            if name in row and name != "title"
        ]
        story.append(Spacer(1, 9))
    frames = [Frame(x, 50, 235, 740) for x in (50, 310)]
    document = BaseDocTemplate(str(path), pagesize=A4)
    document.addPageTemplates(PageTemplate(frames=frames))
    document.build(story)


def _form(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """A ruled form of two columns for each offer, its title in a cell over both; forms break across pages."""
    story: list[Flowable] = []
    for row in rows:
        cells = [[Paragraph(row["title"], _BOLD), ""]]
        cells += [
            [Paragraph(label, _TEXT), Paragraph(row[name], _TEXT)]
            for name, label in labels.items()
            if name in row and name != "title"
        ]
        form = Table(cells, colWidths=[130, 330])
        form.setStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("SPAN", (0, 0), (1, 0))])
        story += [form, Spacer(1, 14)]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _register(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """A numbered table with lines between its rows only; its head stands on the first page alone."""
    cells = [[Paragraph(label, _BOLD) for label in labels.values()]]
    for number, row in enumerate(rows, start=1):
        numbered = row | {"number": str(number)}
        cells.append([Paragraph(numbered.get(name, "-"), _TEXT) for name in labels])
    table = Table(cells, colWidths=[25, 190, 170, 90, 70, 70, 95, 75])
    table.setStyle([("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    SimpleDocTemplate(str(path), pagesize=landscape(A4), leftMargin=25, rightMargin=25).build([table])


def _cards(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Two framed cards beside each other."""
    cards = [
        [Paragraph(row["title"], _BOLD)]
        + [
            Paragraph(f"{label}: {row[name]}", _TEXT)
            for name, label in labels.items()
            if name in row and name != "title"
        ]
        for row in rows
    ]
    pairs = [cards[at : at + 2] + [[]] * (2 - len(cards[at : at + 2])) for at in range(0, len(cards), 2)]
    table = Table(pairs, colWidths=[240, 240])
    table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    SimpleDocTemplate(str(path), pagesize=A4).build([table])


def _bold_labels(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Lines that begin with a label in bold, without a colon."""
    story: list[Flowable] = []
    for row in rows:
        story.append(
            Paragraph(row["title"], ParagraphStyle("head", parent=_BOLD, fontSize=12, spaceBefore=12))
        )
        for name, label in labels.items():
            if name in row and name != "title":
                story.append(Paragraph(f"<b>{label}</b> {row[name]}", _TEXT))
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _headed(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Each label is a small heading above its value."""
    title = ParagraphStyle("title", parent=_BOLD, fontSize=14, leading=18, spaceBefore=16)
    label_style = ParagraphStyle("label", parent=_BOLD, fontSize=9, spaceBefore=4)
    story: list[Flowable] = []
    for row in rows:
        story.append(Paragraph(row["title"], title))
        for name, label in labels.items():
            if name in row and name != "title":
                story += [Paragraph(label, label_style), Paragraph(row[name], _TEXT)]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _comparison(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Tables that compare three offers: a column for each, a row for each label."""
    story: list[Flowable] = []
    for start in range(0, len(rows), 3):
        three = rows[start : start + 3]
        cells = [[Paragraph("", _BOLD), *(Paragraph(row["title"], _BOLD) for row in three)]]
        cells += [
            [Paragraph(label, _BOLD), *(Paragraph(row.get(name, ""), _TEXT) for row in three)]
            for name, label in labels.items()
            if name != "title"
        ]
        table = Table(cells, colWidths=[95] + [130] * len(three))
        table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        story.append(KeepTogether([table, Spacer(1, 16)]))
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def pairs_of(row: Row, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, value) pairs of a row in the order of the page, without the title."""
    return [(label, row[name]) for name, label in labels.items() if name in row and name != "title"]


def _definitions(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """A web page with a definition list for each offer."""
    parts = [
        f"<h2>{escape(row['title'])}</h2><dl>"
        + "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in pairs_of(row, labels))
        + "</dl>"
        for row in rows
    ]
    head = "<!doctype html><html lang='el'><head><meta charset='utf-8'><title>Κατάλογος</title></head>"
    path.write_text(f"{head}<body><main>{''.join(parts)}</main></body></html>", encoding="utf-8")


def _word_form(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """A Word document with a heading and a table of two columns for each offer."""
    document = docx.Document()
    for row in rows:
        document.add_heading(row["title"], level=2)
        table = document.add_table(rows=0, cols=2)
        for pair in pairs_of(row, labels):
            for cell, text in zip(table.add_row().cells, pair, strict=True):
                cell.text = text
    document.save(str(path))


def _bullets(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Markdown: a heading, and a bullet with a label in bold for each value."""
    parts = [
        f"## {row['title']}\n\n"
        + "".join(f"- **{label}:** {value}\n" for label, value in pairs_of(row, labels))
        for row in rows
    ]
    path.write_text("\n".join(parts), encoding="utf-8")


def _right_aligned(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Labels set flush right against their values, as on a leaflet."""
    right = ParagraphStyle("right", parent=_BOLD, alignment=2)
    story: list[Flowable] = []
    for row in rows:
        cells = [[Paragraph(label, right), Paragraph(value, _TEXT)] for label, value in pairs_of(row, labels)]
        head = ParagraphStyle("head", parent=_BOLD, fontSize=12, leading=16)
        story += [Paragraph(row["title"], head), Table(cells, colWidths=[120, 340]), Spacer(1, 12)]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _dashes(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """A dash between label and value."""
    story: list[Flowable] = []
    for row in rows:
        story.append(Paragraph(row["title"], ParagraphStyle("head", parent=_BOLD, spaceBefore=12)))
        story += [Paragraph(f"{label} \N{EN DASH} {value}", _TEXT) for label, value in pairs_of(row, labels)]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _paired(path: Path, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    """Tables of two pairs to a row: label, value, label, value."""
    story: list[Flowable] = []
    for row in rows:
        pairs = pairs_of(row, labels)
        pairs += [("", "")] * (len(pairs) % 2)
        cells = [
            [
                Paragraph(text, style)
                for pair in pairs[at : at + 2]
                for text, style in zip(pair, (_BOLD, _TEXT), strict=True)
            ]
            for at in range(0, len(pairs), 2)
        ]
        table = Table(cells, colWidths=[80, 160, 80, 160])
        table.setStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        head = ParagraphStyle("head", parent=_BOLD, fontSize=12, leading=16)
        story.append(KeepTogether([Paragraph(row["title"], head), table, Spacer(1, 12)]))
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


FIRST: dict[str, Layout] = {
    "bordered": ("de", _bordered),
    "borderless": ("fr", _borderless),
    "leaders": ("es", _leaders),
    "run_in": ("en", _run_in),
    "stacked": ("it", _stacked),
    "two_columns": ("nl", _two_columns),
}
SECOND: dict[str, Layout] = {
    "form": ("pt", _form),
    "register": ("sv", _register),
    "cards": ("da", _cards),
    "bold_labels": ("fi", _bold_labels),
    "headed": ("de", _headed),
    "comparison": ("fr", _comparison),
}
THIRD: dict[str, Layout] = {
    "definitions.html": ("el", _definitions),
    "form.docx": ("pl", _word_form),
    "bullets.md": ("hu", _bullets),
    "right_aligned": ("es", _right_aligned),
    "dashes": ("it", _dashes),
    "paired": ("nl", _paired),
}
LAYOUTS = FIRST | SECOND | THIRD
"""Name -> language and what writes it."""
