"""One record for each thing, however many documents tell of it: the newest source wins, the others stay."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from assistant.records.models import AnyRecord, Evidence, FundingRecord, OpportunityRecord
from assistant.records.normalise import bare_name, without_kind
from assistant.retrieval.text import fold, tokens

_BOOKKEEPING = {"type", "reference", "evidence", "conflicts", "also_on", "as_of", "told_in"}
_NAMES = {"title", "also_called"}


def merge(records: Iterable[AnyRecord]) -> list[AnyRecord]:
    """Unite records of the same type and reference, or of the same name; the first order is kept.

    A name tells an offer together with its provider, anything else together with its countries. Two records
    of one document that bear different references are two things, whatever their names.
    """
    groups: defaultdict[int, list[AnyRecord]] = defaultdict(list)
    known: dict[tuple[str, ...], int] = {}
    for record in records:
        reference = (record.type, "reference", record.reference)
        number = known.get(reference)
        names = list(_names(record))
        for name in names:
            if number is None and name in known and not _is_told_in(record.document, groups[known[name]]):
                number = known[name]
        number = len(groups) if number is None else number
        groups[number].append(record)
        for key in (reference, *names):
            known.setdefault(key, number)
    return [_united(group) for group in groups.values()]


def _is_told_in(document: str, group: Sequence[AnyRecord]) -> bool:
    return any(each.document == document for each in group)


def _names(record: AnyRecord) -> Iterator[tuple[str, ...]]:
    """Keys of a record by its names."""
    if isinstance(record, OpportunityRecord):
        if record.provider:
            yield record.type, "title", fold(record.title), fold(record.provider)
        return
    if record.type == "blueprint":  # "ESSA (steel)" is not "ESSA (software)"
        yield record.type, "name", fold(record.title)
        return
    for name in (record.title, record.also_called, record.also_called.partition(",")[0]):
        bare = without_kind(name) if record.type == "partnership" else bare_name(name)
        if bare:
            yield record.type, "name", bare, *record.countries


def _united(group: Sequence[AnyRecord]) -> AnyRecord:
    if len(group) == 1:
        return group[0]
    best, *older = sorted(  # of equal age the fullest first
        group, key=lambda record: (record.as_of or date.min, len(record.evidence)), reverse=True
    )
    values: dict[str, Any] = {}
    evidence = dict(best.evidence)
    conflicts: defaultdict[str, list[Evidence]] = defaultdict(list)
    for other in older:
        for name, proof in other.evidence.items():
            if name not in evidence:
                evidence[name] = proof
                values |= {each: getattr(other, each) for each in _with_derived(name, other)}
            elif name not in _NAMES and name not in values and _contradicts(name, best, other):
                conflicts[name].append(proof.model_copy(update={"as_of": other.as_of}))
    return best.model_copy(
        update={
            **values,
            "evidence": evidence,
            "conflicts": {name: tuple(dict.fromkeys(found)) for name, found in conflicts.items()},
            "also_on": tuple(record.evidence["title"] for record in older),
            **({"told": (best, *older)} if isinstance(best, FundingRecord) else {}),
        }
    )


def _contradicts(name: str, one: AnyRecord, other: AnyRecord) -> bool:
    """Whether two sources say different things, rather than one more than the other, or in other words.

    What was normalised decides where both have it, then numbers. Words are compared within a language.
    """
    for field in _DERIVED[name] if name in _COMPARED else ():
        ours, theirs = getattr(one, field, None), getattr(other, field, None)
        if ours not in (None, ()) and theirs not in (None, ()):
            return bool(ours != theirs)
    ours, theirs = getattr(one, name, None), getattr(other, name, None)
    if not isinstance(ours, str) or not isinstance(theirs, str):
        return bool(
            ours and theirs and not (_parts(ours) <= _parts(theirs) or _parts(theirs) <= _parts(ours))
        )
    if (mine := _numbers(ours)) and (yours := _numbers(theirs)):
        return not (mine <= yours or yours <= mine)
    if one.told_in and other.told_in and one.told_in != other.told_in:
        return False
    return fold(ours) not in fold(theirs) and fold(theirs) not in fold(ours)


def _parts(value: Any) -> set[Any]:
    return set(value) if isinstance(value, tuple) else {value}


def _numbers(text: str) -> set[str]:
    return {token for token in tokens(text) if re.match(r"\d", token)}


_DERIVED = {
    "duration": ("duration_days",),
    "level": ("eqf", "digcomp"),
    "cost": ("free", "cost_eur"),
    "eligibility": ("audiences",),
    "who": ("audiences",),
    "starts": ("starts_on",),
    "deadline": ("deadline_on",),
}
_COMPARED = ("duration", "level", "cost", "starts", "deadline")
"""Fields whose normalised values tell whether sources agree; groups of people are named too freely."""


def _with_derived(name: str, record: AnyRecord) -> list[str]:
    """A field and what was read from its wording."""
    fields = type(record).model_fields
    return [each for each in (name, *_DERIVED.get(name, ())) if each in fields and each not in _BOOKKEEPING]
