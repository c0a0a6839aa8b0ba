"""Training catalogues in layouts drawn at random: structure, labels, typography, order, language and format.

A seed stands for one catalogue. Its labels are the synonyms of `random_layouts.yaml`, of which `labels.yaml`
knows a part; a catalogue may be made of known ones, of unknown ones, of both, or of words that mean nothing.
The pieces of a page are few (headings, paragraphs, items, tables, boxes), so that each way to arrange an
offer can be printed in each format.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import docx
import typst
import yaml
from docx.shared import Pt
from pdfs import unseen
from pdfs.catalogues import WORDS, Row, in_words
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as PrintedTable

from assistant.records.labelled import label_of

Wording = Literal["known", "mixed", "unknown", "nonsense"]
"""Whether the vocabulary knows the labels: all, any, hardly one, or none because they are made up."""

ALL_WORDS = WORDS | unseen.WORDS_OF_OTHERS
LATIN = ("da", "de", "en", "es", "fi", "fr", "it", "nl", "pt", "sv")
"""Languages that the built-in fonts of PDF can print."""
FIELDS = ("provider", "kind", "countries", "city", "languages", "mode", "duration", "cost", "skills",
          "certificate", "url", "starts", "deadline", "eligibility", "level", "effort", "how_to_apply",
          "target_occupations", "funding")  # fmt: skip
AS_PRINTED = ("effort", "level", "starts", "deadline", "eligibility", "how_to_apply", "funding")
"""Fields whose wording a record keeps and a catalogue prints."""
SAID_OFTEN = ("kind", "languages", "duration", "mode", "cost", "city", "countries")
IN_COLUMNS = ("lines", "stacked", "items", "run_in")
_SEPARATORS = (": ", ": ", ": ", " \N{EN DASH} ", " | ", " \N{BLACK RIGHT-POINTING SMALL TRIANGLE} ", " = ",
               " \N{RIGHTWARDS ARROW} ", " ........ ", "  ", " :: ", ":\n", " \N{EM DASH} ")  # fmt: skip
_BETWEEN = ("; ", " | ", " \N{BULLET} ", ". ", " \N{EN DASH} ", " \N{MIDDLE DOT} ", ", ", " / ")
_PROSE = (
    "We look forward to meeting you. Our trainers come from practice and know what your work asks of you.",
    "Small groups, modern workshops and time for questions make this offer a good choice for many people.",
)

Run = tuple[str, str]
"""Words and their style: "", "bold", "italic", "small" or "large"."""


@dataclass(frozen=True)
class Piece:
    """A part of a page: "heading", "paragraph", "item", "table", "beside", "rule" or "break"."""

    kind: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()
    ruled: bool = False
    headed: bool = False
    parts: tuple[tuple["Piece", ...], ...] = ()
    """What stands to the left and to the right of a "beside"."""


@dataclass(frozen=True)
class Plan:
    """What was drawn for one catalogue."""

    seed: int
    language: str
    format: str
    structure: str
    title: str
    label_style: str
    separator: str
    between: str
    ruled: bool
    per_row: int
    in_capitals: bool
    prose: str
    chapters: bool
    columns: int
    running: bool
    numbered: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    """Field -> label, in the order of the page, without the title's."""
    title_label: str = ""
    number: str = ""
    """What counts the offers before their titles; "{}" is the number."""
    provider_at: str = ""
    """"below" or "above" the title, "led" by words, "behind" a sign or in its "cell", else as a field."""
    provider_sign: str = ""
    chapters_by: str = ""
    """The field that headings, or rows over the breadth of a table, tell of all offers below them."""
    sections: bool = False
    """Whether the pairs stand below names of parts, the same in each offer."""

    def __str__(self) -> str:
        shown = (self.language, self.format, self.structure, f"title {self.title}", self.label_style,
                 repr(self.separator), "ruled" * self.ruled, f"prose {self.prose}" * bool(self.prose),
                 "chapters" * self.chapters, f"{self.columns} columns" * (self.columns > 1),
                 f"number {self.number}" * bool(self.number),
                 f"provider {self.provider_at}{self.provider_sign}" * bool(self.provider_at),
                 f"chapters by {self.chapters_by}" * bool(self.chapters_by),
                 "sections" * self.sections)  # fmt: skip
        return f"{self.seed}: " + ", ".join(filter(None, shown))


def plan_of(seed: int, wording: Wording = "known") -> Plan:
    """The catalogue that a seed stands for."""
    draw = random.Random(seed)
    form = draw.choices(("typst", "reportlab", "html", "docx", "txt", "md"), (45, 18, 15, 12, 6, 4))[0]
    language = draw.choice(LATIN if form == "reportlab" else sorted(ALL_WORDS))
    structure = draw.choice(list(_STRUCTURES))
    names = ["provider", *draw.sample(SAID_OFTEN, draw.randint(3, len(SAID_OFTEN)))]
    rest = [name for name in FIELDS if name not in names]
    names += draw.sample(rest, draw.randint(0, 2 if structure in ("wide", "tall") else 4))
    draw.shuffle(names)
    title = draw.choice(("heading", "heading", "bold", "large", "plain", "labelled", "banner", "row"))
    return Plan(
        seed, language, form, structure,
        title=title,
        label_style=draw.choice(("", "", "bold", "bold", "italic", "small")),
        separator=draw.choice(_SEPARATORS),
        between=draw.choice(_BETWEEN),
        ruled=draw.random() < 0.5,
        per_row=draw.choice((2, 3, 4)),
        in_capitals=draw.random() < 0.15,
        prose=draw.choice(("", "", "before", "after", "both")),
        chapters=draw.random() < 0.25,
        columns=2 if form == "typst" and structure in IN_COLUMNS and draw.random() < 0.25 else 1,
        running=draw.random() < 0.4,
        numbered=draw.random() < 0.12,
        labels=_labels(draw, language, names, wording),
        title_label=_label(draw, language, "title", wording),
    )  # fmt: skip


def rich_plan_of(seed: int, wording: Wording = "known") -> Plan:
    """The same, with parts, numbers, chapters that tell a field, and providers without a label."""
    plan = plan_of(seed, wording)
    draw = random.Random(f"{seed} rich")
    in_table = plan.structure in ("wide", "tall")
    structure = plan.structure if in_table else draw.choice((plan.structure, *_RICH))
    has_sections = structure in ("lines", "table")
    at = draw.choice(
        ("", "", "", "below", "led", "behind", *(("above",) if not in_table else ("cell", "cell")))
    )
    if plan.structure == "tall":
        at = draw.choice(("", "behind"))
    elif plan.structure == "wide" and at in ("below", "led"):
        at = "cell"
    by = draw.choice(("", "", "kind", "countries", "city")) if plan.structure != "tall" else ""
    said = [name for name in SAID_OFTEN if name in plan.labels]
    if len(said) < 5:  # what is left would be too little to tell an offer
        by = ""
    return replace(
        plan,
        structure=structure,
        numbered=False,
        chapters=False,
        number=draw.choice(("", "", "{}. ", "No {}. ", "Nr. {} - ", "{}) ", "#{} ")),
        provider_at=at,
        provider_sign=draw.choice((" | ", " \N{EN DASH} ", " (")) if at == "behind" else "",
        chapters_by=by if by in plan.labels else "",
        sections=has_sections and draw.random() < 0.3,
    )


def typeset(plan: Plan, records: Sequence[Mapping[str, Any]], path: Path) -> list[dict[str, Any]]:
    """Write the catalogue and return its truth, as `catalogues.typeset` does."""
    rows = [_row(record, plan.language) for record in records]
    if plan.chapters_by:
        rows = sorted(rows, key=lambda row: row.get(plan.chapters_by, "\uffff"))
    if plan.number:
        rows = [
            row | {"title": plan.number.format(at) + row["title"]} for at, row in enumerate(rows, start=1)
        ]
    if plan.numbered:
        rows = [row | {"title": f"{number}. {row['title']}"} for number, row in enumerate(rows, start=1)]
    _FORMATS[plan.format](path, list(_pieces(plan, rows)), plan)
    printed = [_row(record, plan.language) for record in records]
    return [
        {"id": record["id"], "title": row["title"]}
        | {name: _truth(name, record, row) for name in plan.labels if name in row}
        for record, row in zip(records, printed, strict=True)
    ]


def suffix(plan: Plan) -> str:
    """Of the file's name."""
    return {"typst": ".pdf", "reportlab": ".pdf"}.get(plan.format, f".{plan.format}")


@cache
def pool() -> dict[str, dict[str, list[str]]]:
    """Language -> field -> labels."""
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(
        Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    )
    return found


def _labels(draw: random.Random, language: str, names: Sequence[str], wording: Wording) -> dict[str, str]:
    taken = set[str]()
    labels: dict[str, str] = {}
    for name in names:
        label = _label(draw, language, name, wording, taken)
        taken.add(label)
        labels[name] = label
    return labels


def _label(
    draw: random.Random, language: str, name: str, wording: Wording, taken: set[str] | None = None
) -> str:
    if wording == "nonsense":
        return _made_up(draw)
    every = [each for each in pool()[language][name] if each not in (taken or ())]
    if wording == "mixed":
        return draw.choice(every)
    if wording == "known":
        fit = [each for each in every if label_of(each) == name]
    else:
        fit = [each for each in every if is_held_out(each) and not label_of(each)]
    return draw.choice(fit or every)


def is_held_out(label: str) -> bool:
    """Whether it is of the half of the pool that the vocabulary was not given."""
    return crc32(label.encode()) % 2 == 0


def _made_up(draw: random.Random) -> str:
    """A word or two of no language."""
    words = ["".join(draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(draw.randint(2, 4)))
             for _ in range(draw.choice((1, 1, 2)))]  # fmt: skip
    return " ".join(words).capitalize()


def _row(record: Mapping[str, Any], language: str) -> Row:
    more = {name: " ".join(str(record.get(name) or "").split()) for name in AS_PRINTED}
    more["target_occupations"] = ", ".join(record.get("target_occupations") or ())
    own = in_words(record, language, ALL_WORDS[language])
    return {name: value for name, value in (own | more).items() if value}


def _truth(name: str, record: Mapping[str, Any], row: Row) -> Any:
    listed = ("kind", "countries", "languages", "mode", "skills", "target_occupations")
    return record[name] if name in listed else row[name]


# ---- how an offer is arranged ------------------------------------------------------------------------------


def _pieces(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    if plan.format != "txt" or plan.seed % 2:
        yield Piece("heading", (("Catalogue 2026", ""),), level=1)
    if plan.structure in ("wide", "tall"):
        yield from (_STRUCTURES | _RICH)[plan.structure](plan, rows)
        return
    for number, row in enumerate(rows):
        if plan.chapters and number % 7 == 0:
            yield Piece("heading", ((f"Part {number // 7 + 1}", ""),), level=2)
        if plan.chapters_by and (not number or _chapter(plan, row) != _chapter(plan, rows[number - 1])):
            yield Piece("heading", ((_chapter(plan, row), ""),), level=2)
        facts = list((_STRUCTURES | _RICH)[plan.structure](plan, [row]))
        if plan.title == "row" and len(facts) == 1 and facts[0].kind == "table" and not facts[0].headed:
            head = (((_with_provider(plan, row), "bold"),),)
            if plan.provider_at in ("below", "led", "above"):
                yield from _provider(plan, row)
            yield Piece("table", rows=(head, *facts[0].rows), ruled=facts[0].ruled)
        else:
            yield from _provider(plan, row) if plan.provider_at == "above" else ()
            yield from _title(plan, _with_provider(plan, row))
            yield from _provider(plan, row) if plan.provider_at in ("below", "led") else ()
            prose = [Piece("paragraph", ((_PROSE[number % 2], ""),))]
            if plan.structure == "beside":
                yield Piece("beside", parts=(tuple(prose), tuple(facts)))
            else:
                yield from prose * (plan.prose in ("before", "both"))
                yield from facts
                yield from prose * (plan.prose in ("after", "both"))
        yield Piece("break")


def _chapter(plan: Plan, row: Row) -> str:
    """ "Portugal", "Country: Portugal"; "Others" for offers that do not tell it."""
    value = row.get(plan.chapters_by, "")
    if not value:
        return "More offers"
    return f"{plan.labels[plan.chapters_by]}: {value}" if plan.per_row == 3 else value


def _with_provider(plan: Plan, row: Row) -> str:
    """The title, with the provider behind a sign where the plan has it there."""
    if plan.provider_at != "behind":
        return row["title"]
    return f"{row['title']}{plan.provider_sign}{row['provider']}" + ")" * (plan.provider_sign == " (")


def _provider(plan: Plan, row: Row) -> Iterator[Piece]:
    """The provider on a line of its own."""
    lead = f"{plan.labels['provider']} " if plan.provider_at == "led" else ""
    yield Piece("paragraph", ((lead + row["provider"], "italic" if plan.per_row == 2 else ""),))


def _title(plan: Plan, title: str) -> Iterator[Piece]:
    if plan.title == "banner":
        yield Piece("table", rows=((((title, "bold"),),),), ruled=True)
    elif plan.title == "labelled" and plan.structure in ("lines", "items"):
        yield Piece("paragraph", ((plan.title_label, plan.label_style), (plan.separator, ""), (title, "")))
    elif plan.title in ("heading", "row", "labelled"):
        yield Piece("heading", ((title, ""),), level=3 if plan.chapters or plan.chapters_by else 2)
    else:
        yield Piece("paragraph", ((title, "" if plan.title == "plain" else plan.title),))


def _pairs(plan: Plan, row: Row) -> list[tuple[str, str]]:
    elsewhere = {plan.chapters_by, "provider" if plan.provider_at else ""}
    names = [name for name in plan.labels if name in row and name not in elsewhere]
    pairs = [(plan.labels[name], row[name]) for name in names]
    return [(label.upper(), value) for label, value in pairs] if plan.in_capitals else pairs


_PARTS = ("Key facts", "Organisation", "Content and goals")


def _in_parts(plan: Plan, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(name of a part, its pairs)"""
    each = -(-len(pairs) // len(_PARTS))
    for number, name in enumerate(_PARTS):
        if part := list(pairs[number * each : (number + 1) * each]):
            yield name, part


def _bold_values(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """The label in small type above its value in bold."""
    for label, value in _pairs(plan, rows[0]):
        yield Piece("paragraph", ((label, "small"),))
        yield Piece("paragraph", ((value, "bold"),))


def _labelled_cells(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """Cells that each hold "label: value", some to a row."""
    pairs = [(((f"{label}: ", plan.label_style), (value, "")),) for label, value in _pairs(plan, rows[0])]
    made = [
        tuple(each[0] for each in pairs[at : at + plan.per_row]) for at in range(0, len(pairs), plan.per_row)
    ]
    yield Piece("table", rows=tuple(made), ruled=plan.ruled)


def _with_list(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """Lines of pairs; what is learnt as a list below its label."""
    label = plan.labels.get("skills", "")
    for name, value in _pairs(plan, rows[0]):
        if name.lower() == label.lower():
            yield Piece("paragraph", ((name, "bold"),))
            yield from (Piece("item", ((each, ""),)) for each in value.split(", "))
        else:
            yield Piece("paragraph", ((name, plan.label_style), (": ", ""), (value, "")))


def _in_lines(plan: Plan, rows: Sequence[Row], kind: str = "paragraph") -> Iterator[Piece]:
    """A line for each pair, or one paragraph with line breaks for all."""
    lines: list[tuple[Run, ...]] = []
    for name, pairs in _in_parts(plan, _pairs(plan, rows[0])):
        lines += [((name, "bold"),)] * plan.sections
        lines += [((label, plan.label_style), (plan.separator, ""), (value, "")) for label, value in pairs]
    if kind == "paragraph" and plan.ruled:
        yield Piece(kind, tuple(run for line in lines for run in (*line, ("\n", ""))))
    else:
        yield from (Piece(kind, line) for line in lines)


def _in_items(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    yield from _in_lines(plan, rows, "item")


def _stacked(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """The label on a line of its own above its value."""
    for label, value in _pairs(plan, rows[0]):
        if plan.ruled:
            yield Piece("paragraph", ((label, plan.label_style or "bold"), ("\n", ""), (value, "")))
        else:
            yield Piece("paragraph", ((label, plan.label_style or "bold"),))
            yield Piece("paragraph", ((value, ""),))


def _run_in(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """All pairs in one paragraph."""
    mark = (
        ": "
        if plan.separator in (":\n", "  ", " ........ ") or plan.between.strip() in plan.separator
        else plan.separator
    )
    runs: list[Run] = []
    for label, value in _pairs(plan, rows[0]):
        runs += [(plan.between, ""), (label, plan.label_style), (mark, ""), (value.rstrip("."), "")]
    yield Piece("paragraph", (*runs[1:], (".", "")) if plan.between == ". " else tuple(runs[1:]))


def _table(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """Labels on the left, values on the right."""
    colon = ":" if plan.separator == ": " else ""
    cells: list[tuple[tuple[Run, ...], ...]] = []
    for name, pairs in _in_parts(plan, _pairs(plan, rows[0])):
        cells += [((((name, "bold"),),))] * plan.sections
        cells += [((((label + colon), plan.label_style),), ((value, ""),)) for label, value in pairs]
    yield Piece("table", rows=tuple(cells), ruled=plan.ruled)


def _paired(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """Two pairs to a row of a table."""
    pairs = _pairs(plan, rows[0])
    pairs += [("", "")] * (len(pairs) % 2)
    cells = [
        tuple(
            ((text, style),)
            for pair in pairs[at : at + 2]
            for text, style in zip(pair, (plan.label_style, ""), strict=True)
        )
        for at in range(0, len(pairs), 2)
    ]
    yield Piece("table", rows=tuple(cells), ruled=plan.ruled)


def _grid(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """Cells that hold a label and, below it, its value; or a row of labels above a row of values."""
    pairs = _pairs(plan, rows[0])
    pairs += [("", "")] * (-len(pairs) % plan.per_row)
    made: list[tuple[tuple[Run, ...], ...]] = []
    style = plan.label_style or "bold"
    for at in range(0, len(pairs), plan.per_row):
        part = pairs[at : at + plan.per_row]
        if plan.prose == "both":
            made += [
                tuple(((label, style),) for label, _ in part),
                tuple(((value, ""),) for _, value in part),
            ]
        else:
            made.append(
                tuple(((label, style), ("\n" * bool(label), ""), (value, "")) for label, value in part)
            )
    yield Piece("table", rows=tuple(made), ruled=plan.ruled)


def _beside(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """Facts for a box beside the text: a line for each pair, or labels above values."""
    yield from (_stacked if plan.per_row == 2 else _in_lines)(plan, rows)


def _wide(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """One row for each offer."""
    names = [name for name in plan.labels if name != plan.chapters_by]
    if plan.provider_at:
        names.remove("provider")
    names.insert(1 if plan.per_row == 4 else 0, "title")
    labels = {**plan.labels, "title": plan.title_label}
    head = tuple(
        ((labels[name].upper() if plan.in_capitals else labels[name], "bold" if plan.label_style else ""),)
        for name in names
    )
    if plan.provider_at == "cell" and plan.per_row == 3:
        head = tuple(
            ((f"{plan.title_label} / {plan.labels['provider']}", "bold"),) if name == "title" else cell
            for name, cell in zip(names, head, strict=True)
        )
    body: list[tuple[tuple[Run, ...], ...]] = []
    for number, row in enumerate(rows):
        if plan.chapters_by and (not number or _chapter(plan, row) != _chapter(plan, rows[number - 1])):
            body.append((((_chapter(plan, row), "bold"),),))
        body.append(tuple(_cell(plan, row, name) for name in names))
    yield Piece("table", rows=(head, *body), ruled=plan.ruled, headed=True)


def _cell(plan: Plan, row: Row, name: str) -> tuple[Run, ...]:
    if name != "title":
        return ((row.get(name, ""), ""),)
    if plan.provider_at == "cell":
        return ((row["title"], "bold"), ("\n", ""), (row["provider"], ""))
    return ((_with_provider(plan, row), ""),)


def _tall(plan: Plan, rows: Sequence[Row]) -> Iterator[Piece]:
    """One column for each offer, some offers to a table."""
    each = plan.per_row
    for at in range(0, len(rows), each):
        part = rows[at : at + each]
        first = "" if plan.prose else plan.title_label
        made = [
            (
                ((first, plan.label_style),),
                *(((_with_provider(plan, row), "bold" if plan.ruled else ""),) for row in part),
            )
        ]
        for name, label in plan.labels.items():
            if name == "provider" and plan.provider_at:
                continue
            made.append((((label, plan.label_style),), *(((row.get(name, "-"), ""),) for row in part)))
        yield Piece("table", rows=tuple(made), ruled=plan.ruled, headed=bool(plan.prose))
        yield Piece("break")


_STRUCTURES: dict[str, Callable[[Plan, Sequence[Row]], Iterator[Piece]]] = {
    "lines": _in_lines,
    "items": _in_items,
    "stacked": _stacked,
    "run_in": _run_in,
    "table": _table,
    "paired": _paired,
    "grid": _grid,
    "beside": _beside,
    "wide": _wide,
    "tall": _tall,
}
_RICH: dict[str, Callable[[Plan, Sequence[Row]], Iterator[Piece]]] = {
    "bold_values": _bold_values,
    "labelled_cells": _labelled_cells,
    "with_list": _with_list,
}


# ---- how pieces are printed --------------------------------------------------------------------------------


def _in_typst(path: Path, pieces: Sequence[Piece], plan: Plan) -> None:
    turned = "true" if plan.structure in ("wide", "tall") else "false"
    header = 'header: [Our offers], numbering: "1", ' if plan.running else ""
    text = (
        f'#set page(paper: "a4", flipped: {turned}, margin: 1.6cm, {header}columns: {plan.columns})\n'
        f"#set text(size: {8 if plan.structure in ('wide', 'tall') else 10}pt)\n"
        "#set smartquote(enabled: false)\n"
    )
    path.write_bytes(typst.compile((text + "\n".join(map(_typst, pieces))).encode(), format="pdf"))


def _typst(piece: Piece) -> str:
    if piece.kind == "heading":
        return f"#heading(level: {piece.level})[{_typst_runs(piece.runs)}]\n"
    if piece.kind == "item":
        return f"- {_typst_runs(piece.runs)}\n"
    if piece.kind == "table":
        width = max(map(len, piece.rows))
        cells = []
        for number, row in enumerate(piece.rows):
            texts = [f"[{_typst_runs(cell)}]" for cell in row]
            texts[-1:] = (
                [f"table.cell(colspan: {width - len(row) + 1}){texts[-1]}"]
                if len(row) < width
                else texts[-1:]
            )
            cells.append(
                f"table.header({', '.join(texts)})" if piece.headed and not number else ", ".join(texts)
            )
        stroke = "0.5pt" if piece.ruled else "none"
        columns = "(auto, 1fr)" if width == 2 else f"(1fr,) * {width}"
        return f"#table(columns: {columns}, stroke: {stroke}, {', '.join(cells)})\n"
    if piece.kind == "beside":
        left, right = ("\n".join(map(_typst, part)) for part in piece.parts)
        box = f"#block(fill: luma(240), inset: 8pt)[{right}]"
        return f"#grid(columns: (1fr, 6.5cm), gutter: 14pt, [{left}], [{box}])\n"
    return f"{_typst_runs(piece.runs)}\n" if piece.kind == "paragraph" else "#v(10pt)\n"


def _typst_runs(runs: Sequence[Run]) -> str:
    made = []
    for text, style in runs:
        words = "".join(f"\\{letter}" if letter in "\\#*_`$<>@[]~=-+/" else letter for letter in text)
        words = (
            words.replace("\n", " \\\n").replace(". ", ".#h(0pt) ")
            if text[:1].isdigit()
            else words.replace("\n", " \\\n")
        )
        made.append({"bold": f"#strong[{words}]", "italic": f"#emph[{words}]",
                     "small": f"#text(size: 0.75em, fill: gray)[{words}]",
                     "large": f"#text(size: 1.3em)[{words}]"}.get(style, words))  # fmt: skip
    return "".join(made)


_PLAIN = ParagraphStyle("plain", fontName="Helvetica", fontSize=9, leading=11, spaceAfter=3)
_HEADS = {
    level: ParagraphStyle(
        f"h{level}",
        parent=_PLAIN,
        fontName="Helvetica-Bold",
        fontSize=17 - 2 * level,
        leading=20 - 2 * level,
        spaceBefore=6,
    )
    for level in (1, 2, 3)
}


def _in_reportlab(path: Path, pieces: Sequence[Piece], plan: Plan) -> None:
    size = landscape(A4) if plan.structure in ("wide", "tall") else A4
    story = [flowable for piece in pieces for flowable in _flowables(piece, size[0] - 90)]
    SimpleDocTemplate(str(path), pagesize=size, leftMargin=40, rightMargin=40).build(story)


def _flowables(piece: Piece, width: float) -> Iterator[Flowable]:
    if piece.kind == "heading":
        yield Paragraph(_markup(piece.runs), _HEADS[piece.level])
    elif piece.kind == "item":
        yield Paragraph(_markup(piece.runs), _PLAIN, bulletText="\N{BULLET}")
    elif piece.kind == "paragraph":
        yield Paragraph(_markup(piece.runs), _PLAIN)
    elif piece.kind == "table":
        count = max(map(len, piece.rows))
        cells = [
            [Paragraph(_markup(cell), _PLAIN) for cell in row] + [""] * (count - len(row))
            for row in piece.rows
        ]
        widths = [0.3 * width, 0.7 * width] if count == 2 else [width / count] * count
        table = PrintedTable(cells, colWidths=widths, repeatRows=int(piece.headed))
        spans = [("SPAN", (0, at), (-1, at)) for at, row in enumerate(piece.rows) if len(row) < count]
        lines = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey)] if piece.ruled else []
        table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *spans, *lines])
        yield table
    elif piece.kind == "beside":
        parts = [
            [flowable for each in part for flowable in _flowables(each, width / 2)] for part in piece.parts
        ]
        table = PrintedTable([parts], colWidths=[width * 0.55, width * 0.45])
        table.setStyle(
            [("VALIGN", (0, 0), (-1, -1), "TOP"), ("BACKGROUND", (1, 0), (1, 0), colors.whitesmoke)]
        )
        yield table
    else:
        yield Spacer(1, 10)


def _markup(runs: Sequence[Run]) -> str:
    made = []
    for text, style in runs:
        words = escape(text, quote=False).replace("\n", "<br/>")
        printable = "".join(
            letter if letter.encode("cp1252", "ignore") else "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
            for letter in words
        )
        made.append({"bold": f"<b>{printable}</b>", "italic": f"<i>{printable}</i>",
                     "small": f'<font size="7" color="grey">{printable}</font>',
                     "large": f'<font size="12">{printable}</font>'}.get(style, printable))  # fmt: skip
    return "".join(made)


def _in_html(path: Path, pieces: Sequence[Piece], plan: Plan) -> None:
    body = "\n".join(_html(piece, plan) for piece in pieces)
    head = f"<html lang='{plan.language}'><head><meta charset='utf-8'><title>Offers</title></head>"
    path.write_text(f"<!doctype html>{head}<body>{body}</body></html>", encoding="utf-8")


def _html(piece: Piece, plan: Plan) -> str:
    inside = _html_runs(piece.runs)
    if piece.kind == "heading":
        return f"<h{piece.level}>{inside}</h{piece.level}>"
    if piece.kind == "item":
        return f"<ul><li>{inside}</li></ul>"
    if piece.kind == "paragraph":
        return f"<div class='p'>{inside}</div>" if plan.per_row == 3 else f"<p>{inside}</p>"
    if piece.kind == "table":
        width = max(map(len, piece.rows))
        lines = []
        for number, row in enumerate(piece.rows):
            tag = "th" if piece.headed and not number and plan.label_style else "td"
            span = f" colspan='{width}'" if len(row) < width else ""
            lines.append(
                "<tr>" + "".join(f"<{tag}{span}>{_html_runs(cell)}</{tag}>" for cell in row) + "</tr>"
            )
        return f"<table>{''.join(lines)}</table>"
    if piece.kind == "beside":
        return "".join(f"<div>{''.join(_html(each, plan) for each in part)}</div>" for part in piece.parts)
    return "<hr>" if plan.ruled else ""


def _html_runs(runs: Sequence[Run]) -> str:
    tags = {"bold": "b", "italic": "em", "small": "small", "large": "big"}
    made = []
    for text, style in runs:
        words = escape(text).replace("\n", "<br>")
        made.append(f"<{tags[style]}>{words}</{tags[style]}>" if style else words)
    return "".join(made)


def _in_docx(path: Path, pieces: Sequence[Piece], plan: Plan) -> None:
    document = docx.Document()
    for piece in pieces:
        _docx(document, piece)
    document.save(str(path))


def _docx(document: Any, piece: Piece) -> None:
    if piece.kind == "heading":
        document.add_heading("".join(text for text, _ in piece.runs), level=piece.level)
    elif piece.kind in ("paragraph", "item"):
        _docx_runs(document.add_paragraph(style="List Bullet" if piece.kind == "item" else None), piece.runs)
    elif piece.kind == "table":
        width = max(map(len, piece.rows))
        table = document.add_table(rows=0, cols=width)
        if piece.ruled:
            table.style = "Table Grid"
        for row in piece.rows:
            cells = table.add_row().cells
            if len(row) < width:
                cells[0].merge(cells[-1])
            for cell, runs in zip(cells, row, strict=False):
                _docx_runs(cell.paragraphs[0], runs)
    elif piece.kind == "beside":
        cells = document.add_table(rows=1, cols=2).rows[0].cells
        for cell, part in zip(cells, piece.parts, strict=True):
            for each in part:
                _docx(cell, each)


def _docx_runs(paragraph: Any, runs: Sequence[Run]) -> None:
    for text, style in runs:
        for number, part in enumerate(text.split("\n")):
            run = paragraph.add_run()
            if number:
                run.add_break()
            run.add_text(part)
            run.bold, run.italic = style == "bold" or None, style == "italic" or None
            if style in ("small", "large"):
                run.font.size = Pt(8 if style == "small" else 14)


def _in_txt(path: Path, pieces: Sequence[Piece], plan: Plan) -> None:
    path.write_text(
        "\n".join(line for piece in pieces for line in _txt(piece, plan)) + "\n", encoding="utf-8"
    )


def _txt(piece: Piece, plan: Plan) -> Iterator[str]:
    words = "".join(text for text, _ in piece.runs)
    if piece.kind == "heading":
        yield from ("", words, "=" * len(words) if plan.per_row == 2 else "", *[""] * (plan.per_row == 3))
    elif piece.kind == "item":
        yield f"- {words}"
    elif piece.kind == "table":
        texts = [["".join(text for text, _ in cell).replace("\n", " ") for cell in row] for row in piece.rows]
        if plan.ruled:
            yield from (" | ".join(row) for row in texts)
        else:
            count = max(map(len, texts))
            widths = [max(len(row[at]) for row in texts if at < len(row)) + 3 for at in range(count)]
            yield from (
                "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)).rstrip()
                for row in texts
            )
    elif piece.kind == "beside":
        yield from (line for part in piece.parts for each in part for line in _txt(each, plan))
    else:
        yield words
        if piece.kind == "paragraph" and plan.structure == "stacked":
            return
        if piece.kind == "paragraph" and not plan.prose and plan.structure in ("run_in", "stacked"):
            yield ""


def _in_md(path: Path, pieces: Sequence[Piece], plan: Plan) -> None:
    path.write_text("\n".join(line for piece in pieces for line in _md(piece, plan)) + "\n", encoding="utf-8")


def _md(piece: Piece, plan: Plan) -> Iterator[str]:
    marks = {"bold": "**", "italic": "*"}
    words = "".join(f"{marks.get(style, '')}{text}{marks.get(style, '')}" for text, style in piece.runs)
    if piece.kind == "heading":
        yield from ("", f"{'#' * piece.level} {words}", "")
    elif piece.kind == "item":
        yield f"- {words}"
    elif piece.kind == "table":
        texts = [
            ["".join(text for text, _ in cell).replace("\n", "<br>").replace("|", "/") for cell in row]
            for row in piece.rows
        ]
        count = max(map(len, texts))
        head = texts[0] if piece.headed else [""] * count
        yield from ("", f"| {' | '.join(head)} |", "|---" * count + "|")
        yield from (f"| {' | '.join(row)} |" for row in texts[int(piece.headed) :])
        yield ""
    elif piece.kind == "beside":
        yield from (line for part in piece.parts for each in part for line in _md(each, plan))
    else:
        yield from (words.replace("\n", "  \n"), "")


_FORMATS: dict[str, Callable[[Path, Sequence[Piece], Plan], None]] = {
    "typst": _in_typst,
    "reportlab": _in_reportlab,
    "html": _in_html,
    "docx": _in_docx,
    "txt": _in_txt,
    "md": _in_md,
}
