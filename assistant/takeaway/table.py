"""A paper as comma-separated values that spreadsheets open by a double click.

A byte order mark comes first: without it Excel reads UTF-8 as the machine's old code page and shows "GdaÅ„sk"
for "Gdańsk". Where a language writes 1,5 for one and a half, spreadsheets take the semicolon as separator, so
there values are separated by semicolons; else all would land in the first column. Programs should read
`assistant find --csv` or `--json`, whose form depends on no language.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import cache

from assistant.errors import NothingToSaveError
from assistant.records.present import csv_cell
from assistant.takeaway.outline import blocks_of
from assistant.takeaway.paper import FIELDS, Paper


def to_csv(paper: Paper) -> bytes:
    """A row for each entry, or else for each sourced line of the text; each with document and page.

    Values that a spreadsheet would run as a formula begin with an apostrophe.

    Raises:
        NothingToSaveError: there are neither entries nor sources.
    """
    rows = [*(_entry_rows(paper) if paper.entries else _line_rows(paper))]
    if len(rows) < 2:
        raise NothingToSaveError(paper.say("saved_no_lines"))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator(paper.locale))
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


@cache
def separator(locale: str) -> str:
    """What spreadsheets separate values with where that language is spoken."""
    from babel.numbers import get_decimal_symbol

    return ";" if get_decimal_symbol(locale) == "," else ","


def _entry_rows(paper: Paper) -> Iterator[Sequence[str]]:
    filled = [name for name in FIELDS if any(entry.text_of(name) for entry in paper.entries)]
    names = ("title", *filled, "source", "document", "page_number", "reference")
    yield [paper.say(f"label_{name}") for name in names]
    for entry in paper.entries:
        values = [entry.text_of(name) for name in filled]
        source = paper.title_of(entry.document)
        yield [entry.title, *values, source, entry.document, str(entry.page), entry.reference]


def _line_rows(paper: Paper) -> Iterator[Sequence[str]]:
    cited = {citation.number: citation for citation in paper.citations}
    names = ("text", "source", "document", "page_number", "quote")
    yield [paper.say(f"label_{name}") for name in names]
    for block in blocks_of(paper.text, cited):
        for number in block.sources:
            proof = cited[number]
            yield [block.text, proof.title, proof.document, str(proof.page), proof.quote]
