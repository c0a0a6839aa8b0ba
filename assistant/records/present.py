"""Records for people and programs: cards of the Answer contract, text, JSON and CSV; and needs from flags."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from assistant.answers import Opportunity, Partnership, place_in
from assistant.errors import AssistantError
from assistant.records.models import (
    AnyRecord,
    BlueprintRecord,
    Evidence,
    OpportunityRecord,
    PartnershipRecord,
)
from assistant.records.need import Need
from assistant.records.store import Found, Relaxation
from assistant.records.vocabulary import AUDIENCES, CROSS_SECTOR, ECOSYSTEMS, KINDS, MODES
from assistant.retrieval.text import fold

_CLOSED_SETS = {
    "kinds": KINDS,
    "modes": MODES,
    "audiences": AUDIENCES,
    "ecosystems": (*ECOSYSTEMS, CROSS_SECTOR),
}
_SHOWN = (
    "provider", "city", "mode", "duration", "cost", "amount", "deadline", "lead", "acronym",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def checked(**values: Any) -> Need:
    """A need from values as a person types them: codes in any case, names of a closed set by their beginning.

    Raises:
        AssistantError: a value is none of its set.
    """
    for name, allowed in _CLOSED_SETS.items():
        values[name] = tuple(_chosen(value, allowed, name) for value in values.get(name, ()))
    values["countries"] = tuple(code.upper() for code in values.get("countries", ()))
    values["languages"] = tuple(code.lower() for code in values.get("languages", ()))
    for name, length in (("countries", "DE"), ("languages", "de")):
        if wrong := [code for code in values[name] if len(code) != 2 or not code.isalpha()]:
            raise AssistantError(f"{wrong[0]!r} is no code of two letters such as {length}")
    try:
        return Need(**values)
    except ValidationError as error:
        problem = error.errors()[0]
        raise AssistantError(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from error


def to_opportunity(record: OpportunityRecord, reasons: Sequence[str] = ()) -> Opportunity:
    """The card of an offer; what is empty is null."""
    values = {
        name: list(value) if isinstance(value, tuple) else value or None
        for name, value in record.model_dump(include=set(Opportunity.model_fields)).items()
    }
    place = {"document": record.document, "page": record.page, "reasons": list(reasons)}
    return Opportunity.model_validate(values | place)


def to_partnership(record: PartnershipRecord | BlueprintRecord, reasons: Sequence[str] = ()) -> Partnership:
    """The card of a partnership or a Blueprint; what is empty is null."""
    values = record.model_dump(exclude={"countries", "source_date"})
    fields = {name: values.get(name) or None for name in Partnership.model_fields}
    if isinstance(record, BlueprintRecord):
        told = {"launch": record.years, "coordinators": record.coordinator, "members": record.partners}
        told["scale"] = "blueprint"
    else:
        told = {"coordinators": record.lead}
    own = {name: value or None for name, value in told.items()} | {
        "name": record.title,
        "contact": fields["contact"] or record.url or None,
        "countries": list(record.countries),
        "source_date": record.source_date or (record.as_of.isoformat() if record.as_of else None),
        "document": record.document,
        "page": record.page,
        "reasons": list(reasons),
    }
    return Partnership.model_validate(fields | own)


def facts_of(record: AnyRecord, names: Iterable[str] = _SHOWN) -> list[str]:
    """The values that tell most about a record, in its own words."""
    return [value for name in names if isinstance(value := getattr(record, name, None), str) and value]


def as_text(need: Need, found: Found, relaxed: Sequence[Relaxation]) -> str:
    """Lines for a terminal."""
    lines = []
    for number, hit in enumerate(found.hits, start=need.offset + 1):
        record = hit.record
        lines.append(f"{number}. {record.title}")
        if facts := facts_of(record) or ["; ".join(getattr(record, "tasks", ()))]:
            lines.append(f"   {' | '.join(facts)}")
        lines.append(f"   {record.reference}: {record.document}, {place_in(record.document, record.page)}")
        lines += [f"   {line}" for line in _disagreements(record)]
    last = need.offset + len(found.hits)
    counted = f"{found.total} found" if found.total else "Nothing meets all of this."
    more = need.limit and found.total > last
    lines.append(f"{counted}; see more with --offset {last}" if more else counted)
    lines += [f"Without {each.given_up.replace('_', ' ')}: {each.total}" for each in relaxed]
    return "".join(f"{line}\n" for line in lines)


def _disagreements(record: AnyRecord) -> Iterator[str]:
    """What other sources say instead, and where."""
    for name, proofs in record.conflicts.items():
        for proof in proofs:
            source = "an older source" if is_older(proof, record) else "another source"
            when = f" ({proof.as_of})" if proof.as_of else ""
            place = f"{proof.document}, {place_in(proof.document, proof.page)}"
            yield f"{source}{when} says of {name.replace('_', ' ')}: {proof.text} [{place}]"


def is_older(proof: Evidence, record: AnyRecord) -> bool:
    """Whether it is known that what disagrees with a record is older than it."""
    return proof.as_of is not None and record.as_of is not None and proof.as_of < record.as_of


def as_json(need: Need, found: Found, relaxed: Sequence[Relaxation]) -> str:
    """The need, the records with all their evidence, and the exact total."""
    value = {
        "need": need.model_dump(mode="json", exclude_defaults=True),
        "total": found.total,
        "records": [hit.record.model_dump(mode="json") for hit in found.hits],
        "without": {each.given_up: each.total for each in relaxed},
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_csv(need: Need, found: Found, relaxed: Sequence[Relaxation]) -> str:
    """A row for each record; values that a spreadsheet would run as a formula begin with an apostrophe."""
    if not found.hits:
        return ""
    names = [name for name in type(found.hits[0].record).model_fields if name not in _NESTED]
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([*names, "document", "page"])
    for hit in found.hits:
        values = [csv_cell(getattr(hit.record, name)) for name in names]
        rows.writerow([*values, hit.record.document, hit.record.page])
    return out.getvalue()


_NESTED = ("evidence", "conflicts", "also_on", "told")


def csv_cell(value: Any) -> str:
    """A value as a spreadsheet may show it: never as a formula, a list with semicolons."""
    if value is None:
        return ""
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _chosen(value: str, allowed: Sequence[str], name: str) -> str:
    wanted = fold(value).strip()
    fitting = [each for each in allowed if fold(each) == wanted] or [
        each for each in allowed if wanted and fold(each).startswith(wanted)
    ]
    if len(fitting) != 1:
        raise AssistantError(f"{value!r} is none of the {name}: {', '.join(allowed)}")
    return fitting[0]
