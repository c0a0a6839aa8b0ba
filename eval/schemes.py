"""How many of the schemes, partnerships and Blueprints that the corpus's sources name become records.

    python -m eval.schemes [--data-dir DIR] [--missing]

A scheme is named by the head of a table in `corpus/sources/funding` ("Topic | Training voucher"). It counts
as found when a record of that document bears its name, and a field when the record has it; that its words
stand on the page is checked by `tests/test_records_extract.py`. Large-scale partnerships are those of the
list in the sources; regional ones have a heading each, Blueprints a table each.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.index.reader import Index
from assistant.records.extract import extract_records
from assistant.records.models import AnyRecord, FundingRecord
from assistant.retrieval.text import fold
from assistant.settings import load_settings

SOURCES = Path(__file__).parent.parent / "corpus" / "sources"
FIELDS = ("countries", "amount", "who", "how_to_apply")
_HEAD = re.compile(r"^\| *([^|]+?) *\| *([^|]+?) *\|\n\|---\|---\|$", re.MULTILINE)
_TOPICS = ("Topic", "Thema", "Sujet", "Tema", "Temat", "Subiect", "Onderwerp", "Тема", "Θέμα")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that the sources name, and the document that tells of it."""

    name: str
    document: str


def schemes() -> list[Named]:
    """The heads of the tables of the funding guides; a table that compares situations names no scheme."""
    return [
        Named(name, _document(file))
        for file in sorted((SOURCES / "funding").rglob("*.md"))
        for topic, name in _HEAD.findall(file.read_text("utf-8"))
        if topic in _TOPICS and _kind(file) == "funding"
    ]


def large_partnerships() -> list[Named]:
    """The first column of the list of all large-scale partnerships."""
    file = SOURCES / "partnerships" / "all-large-scale-partnerships.md"
    table = file.read_text("utf-8").partition("| Partnership | Ecosystem | Launch |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    return [Named(name, "") for name in rows]


def regional_partnerships() -> list[Named]:
    """The sections below "one by one"."""
    file = SOURCES / "partnerships" / "regional-partnerships.md"
    part = file.read_text("utf-8").partition("one by one")[2].partition("\n# ")[0]
    return [Named(name.strip(), _document(file)) for name in re.findall(r"^## (.+)$", part, re.MULTILINE)]


def blueprints() -> list[Named]:
    """The acronyms of the tables."""
    files = sorted((SOURCES / "blueprints").glob("*.md"))
    rows = (
        (file, re.findall(r"^\| Acronym \| ([^|]+?) \|", file.read_text("utf-8"), re.M)) for file in files
    )
    return [Named(name, _document(file)) for file, names in rows for name in names]


def found(named: Named, records: Sequence[AnyRecord]) -> AnyRecord | None:
    """The record that bears the name, with or without what stands in brackets."""
    wanted = _bare(named.name)
    for record in records:
        told_there = not named.document or record.document == named.document
        names = (record.title, record.also_called, getattr(record, "acronym", ""))
        if told_there and wanted in {_bare(name) for name in names if name}:
            return record
    return None


def lines(records: Sequence[AnyRecord], *, missing: bool) -> Iterator[str]:
    """The figures in words, with what is missing."""
    funding = [each for each in records if isinstance(each, FundingRecord)]
    wanted = schemes()
    pairs = [(named, found(named, funding)) for named in wanted]
    yield _share("funding schemes", [(named, record is not None) for named, record in pairs], missing)
    for field in FIELDS:
        filled = [(named, bool(record and getattr(record, field))) for named, record in pairs]
        yield _share(f"  with {field}", filled, missing)
    for kind, things in (
        ("large-scale partnerships", large_partnerships()),
        ("regional partnerships", regional_partnerships()),
        ("Blueprints", blueprints()),
    ):
        yield _share(kind, [(named, found(named, records) is not None) for named in things], missing)


def _share(what: str, outcomes: Sequence[tuple[Named, bool]], missing: bool) -> str:
    right = sum(is_found for _, is_found in outcomes)
    text = f"{what:<28}{right:>4} of {len(outcomes):<4}{right / len(outcomes):7.1%}"
    absent = [f"{named.document} {named.name}".strip() for named, is_found in outcomes if not is_found]
    return "\n".join([text, *(f"    {each}" for each in absent if missing)])


def _document(file: Path) -> str:
    return str(file.relative_to(SOURCES).with_suffix(".pdf").as_posix())


def _kind(file: Path) -> str:
    return str(yaml.safe_load(file.read_text("utf-8").split("---")[1])["kind"])


def _bare(name: str) -> str:
    return " ".join(re.sub(r"[^\w+]+", " ", fold(re.sub(r"\([^)]*\)", "", name))).split())


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--missing", action="store_true", help="name what is missing")
    args = parser.parse_args()
    with Index.open(load_settings(data_dir=args.data_dir).index_dir) as index:
        documents = [index.content(document.path)[0] for document in index.documents()]
    records = [record for each in documents for record in extract_records(each).records]
    sys.stdout.write("".join(f"{line}\n" for line in lines(records, missing=args.missing)))


if __name__ == "__main__":
    main()
