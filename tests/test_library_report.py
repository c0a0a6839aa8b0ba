"""The coverage report: counted from a real small index, shown on 80 columns."""

from io import StringIO
from pathlib import Path

import pytest
from index_kit import WordEncoder, settings_in, write_pdf
from rich.console import Console

from assistant.documents import Page
from assistant.index.reader import Index
from assistant.ingest.extract import Limits, extract
from assistant.ingest.pipeline import ingest
from assistant.library.report import COUNTRIES, ECOSYSTEMS, LANGUAGES, Counts, cover, entries_of, show
from corpus import build, catalogue

RECORDS = catalogue.read_records(build.CORPUS / "sources/catalogues/records")
LIMITS = Limits(200, 3000, 55, 2048)


def page(*lines: str, number: int = 1) -> Page:
    return Page(number, "\n".join(lines))


def test_an_entry_is_a_reference_and_what_follows_until_the_next():
    lines = page(
        *("Kind: is not of an entry", "Welder", "Reference: de-welder", "Kind: course", "Provider: W"),
        *("Country: Germany (DE), France (FR)", "Language: German (de)", "Source date: 2024-05"),
        *("Weaver", "Reference pt-weaver", "Kind mooc", "Ecosystem Textiles"),
    )
    first, second = entries_of([lines])
    assert (first.reference, first.kind, first.countries, first.languages, first.year) == (
        *("de-welder", "course", ("DE", "FR")),
        *(("de",), "2024"),
    )
    assert (second.reference, second.kind, second.ecosystem) == ("pt-weaver", "mooc", "Textiles")
    assert (second.countries, second.languages, second.year) == ((), (), "")


def test_an_entry_goes_on_over_the_end_of_a_page():
    (entry,) = entries_of([page("Reference: a-1"), page("Kind: course", "Language: Klingon", number=2)])
    assert (entry.kind, entry.languages) == ("course", ("Klingon",))


@pytest.mark.parametrize(
    "lines", [(), ("Reference: a-1",), ("Reference to the charter", "Kind: x"), ("Kind: course",)]
)
def test_prose_that_has_the_word_is_no_entry(lines):
    assert list(entries_of([page(*lines)])) == []


def test_every_record_of_the_corpus_is_found_in_its_catalogues():
    found = {}
    for file in sorted((build.CORPUS / "catalogues").glob("*.pdf")):
        pages = extract(file, name=file.name, limits=LIMITS).pages
        found |= {entry.reference: entry for entry in entries_of(pages)}
    assert found.keys() == {record["id"] for record in RECORDS}
    for record in RECORDS:
        entry = found[record["id"]]
        assert (entry.kind, entry.ecosystem) == (record["kind"], record["ecosystem"])
        assert entry.countries == tuple(record["countries"])
        assert entry.languages == tuple(record.get("languages") or ())
        assert entry.year == (record.get("source_date") or "")[:4]


def test_all_eu_countries_and_languages_and_the_14_ecosystems_are_expected():
    assert (len(set(COUNTRIES)), len(set(LANGUAGES)), len(set(ECOSYSTEMS))) == (27, 24, 14)
    assert {record["ecosystem"] for record in RECORDS} == {*ECOSYSTEMS, "cross-sector"}


@pytest.fixture
def index(tmp_path: Path):
    settings = settings_in(tmp_path)
    entries = [f"Reference: mt-{number}" for number in range(5)]
    lines = [text for entry in entries for text in (entry, "Kind: course", "Country: Malta (MT)")]
    write_pdf(settings.corpus_dir / "a.pdf", [["# Courses", *lines[:9]], lines[9:]])
    write_pdf(settings.corpus_dir / "b.pdf", [["# The same again", *lines[:3]]])
    ingest(None, settings=settings, encoder_loader=lambda _: WordEncoder())
    with Index.open(settings.index_dir) as opened:
        yield opened


def test_an_entry_in_two_catalogues_counts_once(index):
    report = cover(index)
    assert (report.total.documents, report.total.pages, report.total.entries) == (2, 3, 5)
    assert report.total.chunks == index.chunk_count
    assert report.entry_kinds == {"course": Counts(entries=5)}
    assert report.countries["MT"] == Counts(entries=5)
    assert report.countries["(not given)"].documents == 2


def test_what_has_no_document_or_few_entries_is_thin(index):
    thin = cover(index).thin
    assert list(thin) == ["ecosystem", "country", "language"]
    assert thin["country"]["MT"] == Counts(entries=5)  # entries, but no document
    assert thin["country"]["PT"] == Counts()
    assert set(thin["country"]) == set(COUNTRIES)


def test_the_tables_fit_80_columns(index):
    console = Console(file=StringIO(), width=80, color_system=None)
    show(cover(index), console)
    text = console.file.getvalue()
    assert text.startswith("2 documents, 3 pages, ")
    assert "Thin by country: AT (0 documents, 0 entries)," in text
    assert max(map(len, text.splitlines())) <= 80
    assert any(line.split() == ["MT", "-", "-", "-", "5"] for line in text.splitlines())
    assert any(line.split() == ["course", "5"] for line in text.splitlines())
