"""From a document to its records: entries of catalogues, tables that tell of one scheme or partnership.

A funding scheme or partnership that is told in sentences only becomes a record, too, where they prove enough.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from assistant.documents import Document, ExtractedDocument
from assistant.records import build, prose
from assistant.records.entries import entries_in
from assistant.records.entry import Entry
from assistant.records.labelled import Line, label_of, lines_of
from assistant.records.models import AnyRecord, FundingRecord
from assistant.records.sections import Section, sections_of

FEWEST_VALUES = 3  # labelled values that make an entry a record
FEWEST_ALIKE = 5  # offers in a document, for one with fewer values to be an offer, too
_OFFER = {"kind", "provider", "languages", "mode", "duration", "level", "cost", "eligibility", "skills",
          "deadline", "starts", "certificate", "target_occupations", "how_to_apply", "effort"}  # fmt: skip
_PARTNERSHIP = {"launch", "coordinators", "target", "focus", "blueprint", "how_to_join", "workforce",
                "commitments"}  # fmt: skip
_TOLD_WITH_LAUNCH = {"region", "focus", "sectors", "members"}
"""Beside a launch, these tell a partnership too; offers and schemes have none."""
_BLUEPRINT = {"acronym", "years", "budget", "results"}
_IDENTITY = {"kind", "provider", "languages", "mode", "skills"}
"""An entry with none of these is no offer: prices and places are told of other things, too."""
_FUNDING = {"amount", "maximum", "gives", "applies", "who", "condition"}
_OCCUPATION = {"tasks", "skills", "knowledge", "level", "eqf", "digcomp", "summary", "isco", "other_titles"}
_OF_A_COURSE = {"provider", "duration", "cost", "starts", "deadline", "mode", "languages"}
_IGNORED = {"summary", "where_to_apply", "state", "source_url", "source_date", "tasks", "knowledge", "isco",
            "other_titles"}  # fmt: skip
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
class Draft:
    """How a record came about, so that it can be built again with more values."""

    record: AnyRecord
    entry: Entry
    lines: tuple[Line, ...]
    """All that stands where the entry stands, with what no label told; () where that is not its own."""
    build: Callable[[Entry], AnyRecord]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document gave."""

    records: tuple[AnyRecord, ...]
    not_understood: tuple[NotUnderstood, ...] = ()
    drafts: tuple[Draft, ...] = ()
    """Of the records that labelled values made, in their order."""


def extract_records(extracted: ExtractedDocument) -> Extraction:
    """The records of a document, in reading order; none is the usual case outside catalogues."""
    document = extracted.document
    lines = list(lines_of(extracted.pages))
    sections = [part for section in sections_of(lines) for part in section.whole()]
    by_heading = {section.heading.number: section for section in sections}
    entries = entries_in(lines)
    told: list[tuple[int, AnyRecord | NotUnderstood]] = []
    drafts: list[Draft] = []
    taken = set[int]()

    def built(entry: Entry) -> AnyRecord:
        section = _own_section(entry, entries, by_heading)
        record = _builder(_labels(entry))(entry, document, section)
        return _with_way_in(record, sections, document)

    problems = {id(entry): _problem(entry, _labels(entry), document) for entry in entries}
    usual = _usual_labels([entry for entry in entries if not problems[id(entry)]])
    for entry in entries:
        problem = problems[id(entry)]
        if not problem or _is_one_more(_labels(entry), usual, entry):
            drafts.append(Draft(built(entry), entry, _own_lines(entry, entries, lines), built))
            told.append((entry.begin, drafts[-1].record))
        elif len(_labels(entry)) + entry.strange >= FEWEST_VALUES:
            told.append((entry.begin, NotUnderstood(document.path, entry.page, entry.title, problem)))
        else:
            continue
        taken.add(entry.heading)
    for section in prose.schemes(sections, taken, document):
        if record := prose.record_of(section, document):
            told.append((section.heading.number, record))
        elif document.kind == "funding":
            place = document.path, section.heading.page, section.heading.text
            problem = "told in sentences, of which too few say how much, for whom or how"
            told.append((section.heading.number, NotUnderstood(*place, problem)))
    told.sort(key=lambda each: each[0])
    outcomes = [outcome for _, outcome in told]
    return Extraction(
        tuple(each for each in outcomes if not isinstance(each, NotUnderstood)),
        tuple(each for each in outcomes if isinstance(each, NotUnderstood)),
        tuple(drafts),
    )


def _with_way_in(record: AnyRecord, sections: list[Section], document: Document) -> AnyRecord:
    """A scheme of which only a sentence elsewhere in the document says how it is applied for."""
    if not isinstance(record, FundingRecord) or record.how_to_apply:
        return record
    proof = prose.way_in(record, sections, document)
    if proof is None:
        return record
    evidence = record.evidence | {"how_to_apply": proof}
    return record.model_copy(update={"how_to_apply": proof.text, "evidence": evidence})


def _labels(entry: Entry) -> set[str]:
    """Keys of the labels that have a value."""
    return {value.label for value in entry.values if value.text} - {"", "no_title"}


def _own_lines(entry: Entry, entries: list[Entry], lines: list[Line]) -> tuple[Line, ...]:
    """The lines from the first value to the next entry or heading; a row of a wide table is one line."""
    first = lines[entry.begin]
    if sum(each.begin == entry.begin for each in entries) > 1:
        return ()  # columns of one table
    if len(first.cells) > 2:
        return (first,)
    stop = min((each.begin for each in entries if each.begin > entry.begin), default=len(lines))
    own = takewhile(lambda line: line.kind != "heading" or label_of(line.text), lines[entry.begin : stop])
    return tuple(own)


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
    told = len(labels & _PARTNERSHIP) > 1 or _is_launched(labels) or len(labels & _BLUEPRINT) > 1
    if not told and (not labels & _IDENTITY or entry.strange > len(labels)):
        return f"its labels ({', '.join(sorted(labels))}) tell no kind of record"
    return ""


def _is_launched(labels: set[str]) -> bool:
    return "launch" in labels and len(labels & _TOLD_WITH_LAUNCH) > 1


def _usual_labels(entries: Sequence[Entry]) -> set[str]:
    """The labels of a catalogue's offers; () where there are too few of them to tell."""
    offers = [_labels(entry) for entry in entries if _builder(_labels(entry)) is build.build_opportunity]
    return set().union(*offers) if len(offers) >= FEWEST_ALIKE else set()


def _is_one_more(labels: set[str], usual: set[str], entry: Entry) -> bool:
    """Whether an entry of few values is one of the offers around it, of which little is told."""
    return bool(entry.title and labels & _IDENTITY) and len(labels) > 1 and labels <= usual


def _is_occupation(labels: set[str]) -> bool:
    """Whether it tells what people in a job do, and nothing of a course that leads to it."""
    return "tasks" in labels and len(labels & _OCCUPATION) > 1 and not labels & _OF_A_COURSE


def _builder(labels: set[str]) -> _Builder:
    if _is_occupation(labels):
        return build.build_occupation
    scores: list[tuple[int, int, _Builder]] = [
        (2 * len(labels & _FUNDING), 3, build.build_funding),
        (len(labels & _BLUEPRINT), 0, build.build_blueprint),
        (len(labels & _PARTNERSHIP) + _is_launched(labels), 1, build.build_partnership),
        (len(labels & _OFFER), 2, build.build_opportunity),
    ]
    return max(scores, key=lambda score: score[:2])[2]


def _own_section(entry: Entry, entries: list[Entry], by_heading: dict[int, Section]) -> Section | None:
    """The section that the entry stands in, unless others stand in it, too."""
    alone = sum(each.heading == entry.heading for each in entries) == 1
    return by_heading.get(entry.heading) if alone else None
