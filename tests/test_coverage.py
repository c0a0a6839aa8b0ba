"""Every gathered fact that has a source stands in the shipped PDFs, as ingestion reads them.

The facts lie beside the checkout, in `../shared/facts`; without them there is nothing to compare with. What
they mark as "(memory)" or "n/f" has no source, and is left out.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import pytest

from assistant.ingest.extract import Limits, extract
from corpus import build, catalogue

FACTS = build.CORPUS.parent.parent / "shared" / "facts"
LIMITS = Limits(max_file_mb=200, max_pages=3000, max_seconds=55, max_memory_mb=2048)
PLAINER = {"progressively": "step by step"}
"""Words of the facts that the corpus says more plainly."""
MONTHS = {name[:3]: name for name in build.MONTHS}

needs_facts = pytest.mark.skipif(
    not FACTS.is_dir(), reason=f"the gathered facts are not beside this checkout ({FACTS})"
)


def folded(text: str) -> str:
    """NFKC in small letters and without white space, so that line ends, also in addresses, do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def pages(folder: str) -> tuple[str, ...]:
    """Folded text of each page of the documents in a folder of the corpus."""
    files = sorted((build.CORPUS / folder).glob("*.pdf"))
    read = [extract(file, name=file.name, limits=LIMITS).pages for file in files]
    return tuple(folded(page.text) for document in read for page in document)


@cache
def documents(folder: str) -> dict[str, str]:
    """Folded text of each document in a folder of the corpus, by file name."""
    files = sorted((build.CORPUS / folder).glob("*.pdf"))
    return {
        file.name: folded("\n".join(page.text for page in extract(file, name=file.name, limits=LIMITS).pages))
        for file in files
    }


def rows(file: str, column: str) -> list[dict[str, str]]:
    """The rows of the table in a facts file that has this column, each by column name."""
    for block in re.findall(r"(?:^\|.*\n)+", (FACTS / file).read_text("utf-8"), re.MULTILINE):
        head, _, *body = (
            [cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()
        )
        if column in head:
            return [dict(zip(head, cells, strict=True)) for cells in body]
    raise AssertionError(f"{file} has no table with a column {column!r}")


def sourced(cell: str) -> str:
    """A cell without what is unverified or was not found: remarks in brackets, or whole clauses."""
    without_remarks = re.sub(r"\([^()]*\bmemory\b[^()]{2,}\)", "", cell)
    clauses = [
        part
        for part in without_remarks.split(";")
        if not re.search(r"\(memory\)|\bn/f\b|^ *no .* in sources", part)
    ]
    return ";".join(clauses).strip()


@needs_facts
def test_every_training_record_stands_whole_in_a_catalogue():
    facts = [json.loads(line) for line in (FACTS / "opportunities.jsonl").read_text("utf-8").splitlines()]
    assert len(facts) == 466
    misses = [miss for record in facts for miss in record_misses(record)]
    assert misses == []


def record_misses(record: catalogue.Record) -> Iterator[str]:
    """Fields of a record that do not stand where its reference stands."""
    reference = re.compile(rf"reference:?{re.escape(folded(record['id']))}kind")
    entry = "".join(page for page in pages("catalogues") if reference.search(page))
    printed = {"Title": record["title"]} | dict(catalogue.fields(record))
    for name, value in record.items():
        if value and name != "title" and catalogue.LABELS.get(name) not in printed:
            yield f"{record['id']}: {name} is not printed"
    for label, value in printed.items():
        if folded(value) not in entry:
            yield f"{record['id']}: {label} {value!r}"


@needs_facts
def test_each_of_the_20_partnerships_has_its_name_launch_and_target_in_one_document():
    partnerships = rows("partnerships.md", "Partnership name")
    assert len(partnerships) == 20
    assert [miss for row in partnerships for miss in partnership_misses(row)] == []


def partnership_misses(row: dict[str, str]) -> list[str]:
    """What the best document on a partnership lacks."""
    name = re.sub(r"\s*\(.*?\)|\bLSP( for)?( the)?\b", "", row["Partnership name"]).strip()
    wanted = [name, *launches(row["Launch"]), *figures(sourced(row["Headline target"]))]
    lacking = [
        [part for part in wanted if folded(part) not in text]
        for file, text in documents("partnerships").items()
        if folded(name) in text and file != "all-large-scale-partnerships.pdf"
    ]
    return [f"{name}: {part}" for part in min(lacking, key=len, default=wanted)]


def launches(cell: str) -> list[str]:
    """Dates as the corpus writes them: "10 Nov 2020" as "10 November 2020"."""
    dates = re.findall(r"(?:[\d-]+ )?(?:[A-Z][a-z]{2} )?\d{4}\b", re.sub(r"\(.*?\)", "", cell))
    assert dates, cell
    spelt = [re.sub(r"[A-Z][a-z]{2}", lambda match: MONTHS[match[0]], date) for date in dates]
    return [re.sub(r"^(\d+)-(\d+) ", r"\1 and \2 ", date) for date in spelt]


def figures(cell: str) -> list[str]:
    """The figures of a target; of a target without figures, its long words."""
    euros = re.sub(r"([\d.]+) bn EUR", r"EUR \1 billion", cell)
    found = re.findall(r"(?:EUR )?\d[\d ]*(?:\.\d+)?(?: ?%| ?[mb]illion)?", euros)
    return [figure.strip() for figure in found] or [
        PLAINER.get(word, word) for word in re.findall(r"[a-z]{7,}", cell)
    ]


@needs_facts
def test_each_blueprint_stands_in_a_blueprint_document():
    projects = [row for row in rows("blueprints.md", "Acronym") if row["Src"] != "-"]
    assert len(projects) == 36
    text = "\n".join(documents("blueprints").values())
    names = [part for row in projects for part in re.split(r"[()]", sourced(row["Acronym"])) if part.strip()]
    assert {"DRIVES", "Next Tourism Generation", "SPIRE-SAIS", "Care4Skills"} <= {
        name.strip() for name in names
    }
    assert [name for name in names if folded(name) not in text] == []


def test_what_has_no_source_is_left_out():
    assert sourced("2021 (memory for exact date: 19 Jan 2021)") == "2021"
    assert sourced("200 000 workers; 7 % a year (memory)") == "200 000 workers"
    assert sourced("site n/f; partner page hcia.eu") == "partner page hcia.eu"
    assert launches("signed 5-6 May 2022 (soft launch)") == ["5 and 6 May 2022"]
    assert figures("5 % of 3.5 million, 230 000 new, 7 bn EUR") == [
        "5 %",
        "3.5 million",
        "230 000",
        "EUR 7 billion",
    ]
    assert figures("joint strategy; figures progressively") == ["strategy", "figures", "step by step"]
