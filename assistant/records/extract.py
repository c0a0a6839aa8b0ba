"""From a document to its records: entries of catalogues, tables that tell of one scheme or partnership.

A funding scheme or partnership that is told in sentences only becomes a record, too, where they prove enough.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.documents import Document, ExtractedDocument
from assistant.records import build, prose
from assistant.records.entries import Entry, entries_in
from assistant.records.labelled import lines_of
from assistant.records.models import AnyRecord, FundingRecord
from assistant.records.sections import Section, sections_of

FEWEST_VALUES = 3  # labelled values that make an entry a record
_OFFER = {"kind", "provider", "languages", "mode", "duration", "level", "cost", "eligibility", "skills",
          "deadline", "starts", "certificate", "target_occupations", "how_to_apply", "effort"}  # fmt: skip
_PARTNERSHIP = {"launch", "coordinators", "target", "focus", "blueprint", "how_to_join", "workforce",
                "commitments"}  # fmt: skip
_BLUEPRINT = {"acronym", "years", "budget", "results"}
_IDENTITY = {"kind", "provider", "languages", "mode", "skills"}
"""An entry with none of these is no offer: prices and places are told of other things, too."""
_FUNDING = {"amount", "maximum", "gives", "applies", "who", "condition"}
_OCCUPATION = {"tasks", "skills", "knowledge", "level", "eqf", "digcomp", "summary", "isco", "other_titles"}
_OF_A_COURSE = {"provider", "duration", "cost", "starts", "deadline", "mode", "languages"}
_IGNORED = {"", "no_title", "summary", "where_to_apply", "state"}
"""Labels that stand in documents of any kind and make no record."""

_Builder = Callable[[Entry, Document, Section | None], AnyRecord]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """An entry that looked like a record."""

    document: str
    page: int
    title: str
    problem: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document gave."""

    records: tuple[AnyRecord, ...]
    not_understood: tuple[NotUnderstood, ...] = ()


def extract_records(extracted: ExtractedDocument) -> Extraction:
    """The records of a document, in reading order; none is the usual case outside catalogues."""
    document = extracted.document
    lines = list(lines_of(extracted.pages))
    sections = [part for section in sections_of(lines) for part in section.whole()]
    by_heading = {section.heading.number: section for section in sections}
    entries = entries_in(lines)
    told: list[tuple[int, AnyRecord | NotUnderstood]] = []
    taken = set[int]()
    for entry in entries:
        if outcome := _outcome(entry, document, _own_section(entry, entries, by_heading)):
            told.append((entry.begin, outcome))
            taken.add(entry.heading)
    for section in prose.schemes(sections, taken, document):
        if record := prose.record_of(section, document):
            told.append((section.heading.number, record))
        elif document.kind == "funding":
            place = document.path, section.heading.page, section.heading.text
            problem = "told in sentences, of which too few say how much, for whom or how"
            told.append((section.heading.number, NotUnderstood(*place, problem)))
    told.sort(key=lambda each: each[0])
    outcomes = [_with_way_in(each, sections, document) for _, each in told]
    return Extraction(
        tuple(each for each in outcomes if not isinstance(each, NotUnderstood)),
        tuple(each for each in outcomes if isinstance(each, NotUnderstood)),
    )


def _with_way_in(
    outcome: AnyRecord | NotUnderstood, sections: list[Section], document: Document
) -> AnyRecord | NotUnderstood:
    """A scheme of which only a sentence elsewhere in the document says how it is applied for."""
    if not isinstance(outcome, FundingRecord) or outcome.how_to_apply:
        return outcome
    proof = prose.way_in(outcome, sections, document)
    if proof is None:
        return outcome
    evidence = outcome.evidence | {"how_to_apply": proof}
    return outcome.model_copy(update={"how_to_apply": proof.text, "evidence": evidence})


def _outcome(entry: Entry, document: Document, section: Section | None) -> AnyRecord | NotUnderstood | None:
    labels = {value.label for value in entry.values if value.text} - {"", "no_title"}
    if not (problem := _problem(entry, labels, document)):
        return _builder(labels)(entry, document, section)
    if len(labels) + entry.strange >= FEWEST_VALUES:
        return NotUnderstood(document.path, entry.page, entry.title, problem)
    return None


def _problem(entry: Entry, labels: set[str], document: Document) -> str:
    if not entry.title:
        return "has no title"
    rows = len(labels) + sum(not value.label and bool(value.text) for value in entry.values)
    if labels & _FUNDING and (len(labels) > 1 or (document.kind == "funding" and rows >= FEWEST_VALUES)):
        return ""
    if _is_occupation(labels):
        return ""
    telling = labels - _IGNORED
    if len(telling) < FEWEST_VALUES:
        return f"only {len(telling)} values have a label that is known"
    told = len(labels & _PARTNERSHIP) > 1 or len(labels & _BLUEPRINT) > 1
    if not told and (not labels & _IDENTITY or entry.strange > len(labels)):
        return f"its labels ({', '.join(sorted(labels))}) tell no kind of record"
    return ""


def _is_occupation(labels: set[str]) -> bool:
    """Whether it tells what people in a job do, and nothing of a course that leads to it."""
    return "tasks" in labels and len(labels & _OCCUPATION) > 1 and not labels & _OF_A_COURSE


def _builder(labels: set[str]) -> _Builder:
    if _is_occupation(labels):
        return build.build_occupation
    scores: list[tuple[int, int, _Builder]] = [
        (2 * len(labels & _FUNDING), 3, build.build_funding),
        (len(labels & _BLUEPRINT), 0, build.build_blueprint),
        (len(labels & _PARTNERSHIP), 1, build.build_partnership),
        (len(labels & _OFFER), 2, build.build_opportunity),
    ]
    return max(scores, key=lambda score: score[:2])[2]


def _own_section(entry: Entry, entries: list[Entry], by_heading: dict[int, Section]) -> Section | None:
    """The section that the entry stands in, unless others stand in it, too."""
    alone = sum(each.heading == entry.heading for each in entries) == 1
    return by_heading.get(entry.heading) if alone else None
