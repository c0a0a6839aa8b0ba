"""How well records are extracted, field by field, against records that were written by hand.

    python -m eval.records [--data-dir DIR] [--truth DIR] [--wrong N]

Truth is JSON Lines with the fields of the Answer contract's Opportunity and `id` for the reference. One of
them counts as found when a record has its reference or, where none is printed, its title and provider.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.documents import ExtractedDocument
from assistant.index.reader import Index
from assistant.records.extract import extract_records
from assistant.records.models import OpportunityRecord
from assistant.retrieval.text import fold
from assistant.settings import load_settings

TRUTH = Path(__file__).parent.parent / "corpus" / "sources" / "catalogues" / "records"
FIELDS = (
    "title", "kind", "provider", "ecosystem", "countries", "city", "languages", "mode", "duration", "effort",
    "level", "cost", "funding", "eligibility", "starts", "deadline", "skills", "target_occupations",
    "certificate", "how_to_apply", "url", "source_url", "source_date",
)  # fmt: skip


@dataclass
class Recovery:
    """What was recovered of the truth."""

    records: int = 0
    found: int = 0
    values: Counter[str] = field(default_factory=Counter)
    """Non-empty values of the truth, by field."""
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    """(reference, field, wanted, got)."""
    invented: Counter[str] = field(default_factory=Counter)
    """Values where the truth has none, by field."""

    @property
    def record_recall(self) -> float:
        """Share of the records found."""
        return self.found / self.records if self.records else 0.0

    @property
    def value_recall(self) -> float:
        """Share of the non-empty values recovered; those of records not found are missed."""
        return self.right.total() / self.values.total() if self.values else 0.0


def recovery(truth: Sequence[Mapping[str, Any]], extracted: Sequence[OpportunityRecord]) -> Recovery:
    """Compare; white space, letter case and the order of listed values do not count."""
    by_reference = {record.reference: record for record in extracted}
    by_name = {(fold(record.title), fold(record.provider)): record for record in extracted}
    outcome = Recovery(records=len(truth))
    for wanted in truth:
        name = fold(wanted["title"]), fold(wanted.get("provider") or "")
        record = by_reference.get(wanted["id"]) or by_name.get(name)
        outcome.found += record is not None
        for each in FIELDS:
            expected = _comparable(wanted.get(each))
            got = _comparable(getattr(record, each)) if record else ""
            if not expected:
                outcome.invented[each] += bool(got)
                continue
            outcome.values[each] += 1
            if expected == got:
                outcome.right[each] += 1
            else:
                outcome.wrong.append((wanted["id"], each, wanted[each], getattr(record, each, None)))
    return outcome


def read_truth(folder: Path) -> list[dict[str, Any]]:
    """All records of the `.jsonl` files."""
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else [folder]
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line]


def opportunities_of(documents: Sequence[ExtractedDocument]) -> list[OpportunityRecord]:
    """The opportunities that documents hold, as extracted, duplicates included."""
    return [
        record
        for each in documents
        for record in extract_records(each).records
        if isinstance(record, OpportunityRecord)
    ]


def _comparable(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "|".join(sorted(_comparable(each) for each in value))
    return "".join(fold(str(value or "")).split())


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--truth", type=Path, default=TRUTH)
    parser.add_argument("--wrong", type=int, default=0, help="wrong values to print")
    args = parser.parse_args()
    with Index.open(load_settings(data_dir=args.data_dir).index_dir) as index:
        documents = [index.content(document.path)[0] for document in index.documents()]
    found = opportunities_of(documents)
    outcome = recovery(read_truth(args.truth), found)
    sys.stdout.write("".join(f"{line}\n" for line in lines(outcome, len(found), args.wrong)))


def lines(outcome: Recovery, extracted: int, wrong: int) -> Iterator[str]:
    """The figures in words, with the first wrong values."""
    for name in FIELDS:
        total, right, more = outcome.values[name], outcome.right[name], outcome.invented[name]
        share = f"{right / total:7.1%}" if total else "      -"
        yield f"{name:<20}{right:>5} of {total:<5}{share}" + (f"  invented {more}" if more else "")
    yield f"records {outcome.found} of {outcome.records} ({outcome.record_recall:.1%}), {extracted} extracted"
    yield f"values {outcome.right.total()} of {outcome.values.total()} ({outcome.value_recall:.1%})"
    for reference, name, wanted, got in outcome.wrong[:wrong]:
        yield f"  {reference} {name}: wanted {wanted!r}, got {got!r}"


if __name__ == "__main__":
    main()
