"""What the index covers, and where it is thin: `assistant corpus report`.

Catalogue entries are counted where a page says "Reference" and then "Kind", "Ecosystem", "Country" or
"Language", as labelled lines or table rows. An entry that stands in two catalogues counts once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.documents import Page
from assistant.index.reader import Index

ECOSYSTEMS = (
    "Aerospace & defence", "Agri-food", "Construction", "Cultural & creative", "Digital", "Electronics",
    "Energy-intensive industries", "Energy-renewables", "Health", "Mobility-transport-automotive",
    "Proximity & social economy", "Retail", "Textiles", "Tourism",
)  # fmt: skip
COUNTRIES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt",
    "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip

_FEW_ENTRIES = 5
_LABELLED = re.compile(r"(Reference|Kind|Ecosystem|Country|Language|Source date)(?::\s*|\s+)(\S.*)")
_CODE = re.compile(r"\((\w{2})\)")
_REFERENCE = re.compile(r"[\w.-]+")
_UNKNOWN = "(not given)"


@dataclass(slots=True)
class Counts:
    """How much there is of something."""

    documents: int = 0
    pages: int = 0
    chunks: int = 0
    entries: int = 0
    """Of training catalogues."""

    @property
    def is_thin(self) -> bool:
        """Whether somebody who asks about it would hardly find anything."""
        return self.documents == 0 or self.entries < _FEW_ENTRIES


Breakdown = dict[str, Counts]
"""Counts by value; a document or entry with several values counts for each."""


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What the index covers."""

    total: Counts
    document_kinds: Breakdown
    entry_kinds: Breakdown
    ecosystems: Breakdown
    countries: Breakdown
    languages: Breakdown
    years: Breakdown
    """Of the date for which a document says that it holds, and of an entry's source."""
    thin: dict[str, Breakdown]
    """By "ecosystem", "country" and "language" of the EU: what has no document or few entries."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a training catalogue; what it does not say is empty."""

    reference: str
    kind: str
    ecosystem: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    year: str


def cover(index: Index) -> CoverageReport:
    """Count what the index holds."""
    total = Counts()
    kinds, entry_kinds, ecosystems = _breakdown(), _breakdown(), _breakdown()
    countries, languages, years = _breakdown(), _breakdown(), _breakdown()
    entries: dict[str, Entry] = {}
    for document in index.documents():
        extracted, chunks = index.content(document.path)
        entries |= {entry.reference: entry for entry in entries_of(extracted.pages)}
        for counts in (
            total,
            kinds[document.kind],
            ecosystems[document.ecosystem or _UNKNOWN],
            languages[document.language or _UNKNOWN],
            years[str(document.as_of.year) if document.as_of else _UNKNOWN],
            *(countries[country] for country in document.countries or (_UNKNOWN,)),
        ):
            counts.documents += 1
            counts.pages += document.page_count
            counts.chunks += len(chunks)
    for entry in entries.values():
        for counts in (
            total,
            entry_kinds[entry.kind or _UNKNOWN],
            ecosystems[entry.ecosystem or _UNKNOWN],
            years[entry.year or _UNKNOWN],
            *(countries[country] for country in entry.countries or (_UNKNOWN,)),
            *(languages[language] for language in entry.languages or (_UNKNOWN,)),
        ):
            counts.entries += 1
    return CoverageReport(
        total,
        _ordered(kinds),
        _ordered(entry_kinds),
        _ordered(ecosystems),
        _ordered(countries),
        _ordered(languages),
        _ordered(years),
        {
            "ecosystem": _thin(ecosystems, ECOSYSTEMS),
            "country": _thin(countries, COUNTRIES),
            "language": _thin(languages, LANGUAGES),
        },
    )


def entries_of(pages: Iterable[Page]) -> Iterator[Entry]:
    """The catalogue entries of a document; an entry may go on over a page's end."""
    fields: dict[str, str] = {}
    for line in (line for page in pages for line in page.text.split("\n")):
        match = _LABELLED.fullmatch(line.strip())
        if not match:
            continue
        label, value = match.groups()
        if label == "Reference":
            if len(fields) > 1:
                yield _entry(fields)
            fields = {label: value} if _REFERENCE.fullmatch(value) else {}
        elif fields:
            fields.setdefault(label, value)
    if len(fields) > 1:
        yield _entry(fields)


def _entry(fields: Mapping[str, str]) -> Entry:
    return Entry(
        fields["Reference"],
        fields.get("Kind", ""),
        fields.get("Ecosystem", ""),
        _codes(fields.get("Country", "")),
        _codes(fields.get("Language", "")),
        fields.get("Source date", "")[:4],
    )


def _codes(value: str) -> tuple[str, ...]:
    """DE and FR of "Germany (DE), France (FR)", else the words themselves."""
    return tuple(dict.fromkeys(_CODE.findall(value) or filter(None, re.split(r"\s*,\s*", value))))


def _breakdown() -> defaultdict[str, Counts]:
    return defaultdict(Counts)


def _ordered(breakdown: Breakdown) -> Breakdown:
    return dict(sorted(breakdown.items(), key=lambda row: (row[0] == _UNKNOWN, row[0])))


def _thin(breakdown: Breakdown, wanted: Iterable[str]) -> Breakdown:
    counts = {value: breakdown.get(value, Counts()) for value in wanted}
    return {value: each for value, each in counts.items() if each.is_thin}


def show(report: CoverageReport, console: Console) -> None:
    """Print the report as tables; they fit 80 columns."""
    total = report.total
    console.print(
        f"{total.documents} documents, {total.pages} pages, {total.chunks} chunks, "
        f"{total.entries} catalogue entries\n",
        highlight=False,
    )
    for heading, breakdown in (
        ("Kind of document", report.document_kinds),
        ("Kind of entry", report.entry_kinds),
        ("Ecosystem", report.ecosystems),
        ("Country", report.countries),
        ("Language", report.languages),
        ("Year of source", report.years),
    ):
        console.print(_table(heading, breakdown))
    for dimension, breakdown in report.thin.items():
        values = ", ".join(
            f"{value} ({each.documents} documents, {each.entries} entries)"
            for value, each in breakdown.items()
        )
        console.print(f"Thin by {dimension}: {values or 'nothing'}\n", highlight=False, markup=False)


def _table(heading: str, breakdown: Breakdown) -> Table:
    """A row for each value; columns of nothing but zeros are left out."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(heading)
    rows = {value: asdict(each) for value, each in breakdown.items()}
    names = [name for name in asdict(Counts()) if any(row[name] for row in rows.values())]
    for name in names:
        table.add_column(name.capitalize(), justify="right")
    for value, row in rows.items():
        table.add_row(escape(value), *(str(row[name] or "-") for name in names))
    return table
