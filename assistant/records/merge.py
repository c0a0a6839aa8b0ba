"""One record for each thing, however many documents tell of it: the newest source wins, the others stay."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from assistant.records.models import AnyRecord, Evidence
from assistant.retrieval.text import fold

_BOOKKEEPING = {"type", "reference", "evidence", "conflicts", "also_on", "as_of"}


def merge(records: Iterable[AnyRecord]) -> list[AnyRecord]:
    """Unite records of the same type and reference, or title and provider; the first order is kept."""
    groups: defaultdict[int, list[AnyRecord]] = defaultdict(list)
    known: dict[tuple[str, ...], int] = {}
    for record in records:
        keys = _keys(record)
        number = next((known[key] for key in keys if key in known), len(groups))
        groups[number].append(record)
        known |= dict.fromkeys(keys, number)
    return [_united(group) for group in groups.values()]


def _keys(record: AnyRecord) -> list[tuple[str, ...]]:
    named = (record.type, "title", fold(record.title), fold(getattr(record, "provider", "")))
    return [(record.type, "reference", record.reference), *([named] if named[3] else [])]


def _united(group: Sequence[AnyRecord]) -> AnyRecord:
    if len(group) == 1:
        return group[0]
    newest_first = sorted(group, key=lambda record: record.as_of or date.min, reverse=True)
    best, *older = newest_first
    values: dict[str, Any] = {}
    evidence = dict(best.evidence)
    conflicts: defaultdict[str, list[Evidence]] = defaultdict(list)
    for other in older:
        for name, proof in other.evidence.items():
            ours = evidence.get(name)
            if ours is None:
                evidence[name] = proof
                values |= {each: getattr(other, each) for each in _with_derived(name, other)}
            elif name != "title" and fold(ours.text) != fold(proof.text):
                conflicts[name].append(proof)
    return best.model_copy(
        update={
            **values,
            "evidence": evidence,
            "conflicts": {name: tuple(dict.fromkeys(found)) for name, found in conflicts.items()},
            "also_on": tuple(record.evidence["title"] for record in older),
        }
    )


_DERIVED = {
    "duration": ("duration_days",),
    "level": ("eqf", "digcomp"),
    "cost": ("free", "cost_eur"),
    "eligibility": ("audiences",),
    "who": ("audiences",),
    "starts": ("starts_on",),
    "deadline": ("deadline_on",),
}


def _with_derived(name: str, record: AnyRecord) -> list[str]:
    """A field and what was read from its wording."""
    fields = type(record).model_fields
    return [each for each in (name, *_DERIVED.get(name, ())) if each in fields and each not in _BOOKKEEPING]
