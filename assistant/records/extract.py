"""From a document to its records: entries of catalogues, tables that tell of one partnership or Blueprint."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from assistant.documents import Document, ExtractedDocument
from assistant.records import normalise
from assistant.records.entries import Entry, Value, entries_of
from assistant.records.models import (
    AnyRecord,
    BlueprintRecord,
    Evidence,
    FundingRecord,
    OpportunityRecord,
    PartnershipRecord,
)
from assistant.records.vocabulary import ECOSYSTEMS, KINDS
from assistant.retrieval.text import fold

T = TypeVar("T")

MOSTLY = 0.5  # share of a wording's letters
FEWEST_VALUES = 3  # labelled values that make an entry a record
_OFFER = {"kind", "provider", "languages", "mode", "duration", "level", "cost", "eligibility", "skills",
          "deadline", "starts", "certificate", "target_occupations", "how_to_apply", "effort"}  # fmt: skip
_PARTNERSHIP = {"launch", "coordinators", "target", "blueprint", "how_to_join", "workforce", "commitments"}
_TOLD_WITH_LAUNCH = {"region", "focus", "sectors", "members"}
"""Beside a launch, these tell a partnership too; offers and schemes have none."""
_BLUEPRINT = {"acronym", "years", "budget", "results"}
_IDENTITY = {"kind", "provider", "languages", "mode", "skills"}
"""An entry with none of these is no offer: prices and places are told of other things, too."""
_FUNDING = {"amount", "maximum", "gives", "applies", "who", "condition"}


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
    records: list[AnyRecord] = []
    problems = []
    for entry in entries_of(extracted):
        labels = {value.label for value in entry.values if value.text}
        if problem := _problem(entry, labels):
            if len(labels) + entry.strange >= FEWEST_VALUES:
                place = extracted.document.path, entry.page
                problems.append(NotUnderstood(*place, entry.title, problem))
            continue
        build = _builder(labels)
        records.append(build(entry, extracted.document))
    return Extraction(tuple(records), tuple(problems))


def _problem(entry: Entry, labels: set[str]) -> str:
    if not entry.title:
        return "has no title"
    if labels & _FUNDING and len(labels) > 1:
        return ""
    if len(labels) < FEWEST_VALUES:
        return f"only {len(labels)} values have a label that is known"
    told = len(labels & _PARTNERSHIP) > 1 or _is_launched(labels) or len(labels & _BLUEPRINT) > 1
    if not told and (not labels & _IDENTITY or entry.strange > len(labels)):
        return f"its labels ({', '.join(sorted(labels))}) tell no kind of record"
    return ""


def _is_launched(labels: set[str]) -> bool:
    return "launch" in labels and len(labels & _TOLD_WITH_LAUNCH) > 1


def _builder(labels: set[str]) -> Callable[[Entry, Document], AnyRecord]:
    scores: list[tuple[int, int, Callable[[Entry, Document], AnyRecord]]] = [
        (2 * len(labels & _FUNDING), 3, _funding),
        (len(labels & _BLUEPRINT), 0, _blueprint),
        (len(labels & _PARTNERSHIP) + _is_launched(labels), 1, _partnership),
        (len(labels & _OFFER), 2, _opportunity),
    ]
    return max(scores, key=lambda score: score[:2])[2]


def _opportunity(entry: Entry, document: Document) -> OpportunityRecord:
    found = _Fields(entry, document)
    kind = found.of("kind", normalise.kind_in)
    if not kind:
        kind = found.above("kind", _kind_of_heading)
    cost = found.text("cost")
    free, cost_eur = normalise.cost_in(cost)
    level = found.text("level")
    duration = found.text("duration")
    eligibility = found.text("eligibility")
    starts, deadline = found.text("starts"), found.text("deadline")
    return OpportunityRecord(
        **found.common(),
        kind=kind or "",
        provider=found.text("provider"),
        languages=found.of("languages", normalise.languages_in) or (),
        mode=found.of("mode", normalise.mode_in),
        duration=duration,
        duration_days=normalise.duration_in(duration),
        effort=found.text("effort"),
        level=level,
        eqf=normalise.eqf_in(level),
        cost=cost,
        free=free,
        cost_eur=cost_eur,
        funding=found.text("funding"),
        eligibility=eligibility,
        audiences=normalise.audiences_in(eligibility),
        starts=starts,
        starts_on=normalise.last_day_in(starts),
        deadline=deadline,
        deadline_on=normalise.last_day_in(deadline),
        skills=found.of("skills", normalise.parts_of) or (),
        target_occupations=found.of("target_occupations", normalise.parts_of) or (),
        certificate=found.text("certificate"),
        how_to_apply=found.text("how_to_apply"),
        evidence=found.evidence,
    )


def _funding(entry: Entry, document: Document) -> FundingRecord:
    found = _Fields(entry, document)
    who = found.text("who") or found.text("eligibility", "who")
    applicant = found.text("applies", "applicant")
    amount = found.text("amount") or found.text("gives", "amount") or found.text("maximum", "amount")
    deadline = found.text("deadline")
    return FundingRecord(
        **found.common(),
        amount=amount,
        rule=found.text("condition", "rule"),
        who=who,
        applicant=applicant,
        audiences=normalise.audiences_in(who or applicant),
        how_to_apply=found.text("how_to_apply"),
        deadline=deadline,
        deadline_on=normalise.last_day_in(deadline),
        evidence=found.evidence,
    )


def _partnership(entry: Entry, document: Document) -> PartnershipRecord:
    found = _Fields(entry, document)
    return PartnershipRecord.model_validate(
        {
            **found.common(),
            **found.sectors(),
            "scale": _scale(entry, document),
            "launch": found.text("launch"),
            "lead": found.text("coordinators", "lead"),
            "members": found.text("members") or found.text("workforce", "members"),
            "target": found.text("target"),
            "focus": found.text("focus"),
            "commitments": found.text("commitments"),
            "blueprint": found.text("blueprint"),
            "how_to_join": found.text("how_to_join"),
            "contact": found.text("contact"),
            "evidence": found.evidence,
        }
    )


def _scale(entry: Entry, document: Document) -> str:
    """How far it reaches: as its title, the headings above or the document say, else by what is told."""
    titles = [entry.title, *(text for text, _ in reversed(entry.headings)), document.title]
    if found := next((named for text in titles if (named := normalise.concepts_in("scale", text))), []):
        return found[0]
    if entry.has("region") or entry.has("workforce"):
        return "regional"
    return "large-scale" if entry.has("coordinators") else ""


def _blueprint(entry: Entry, document: Document) -> BlueprintRecord:
    found = _Fields(entry, document)
    return BlueprintRecord(
        **{**found.common(), **found.sectors()},
        acronym=found.text("acronym"),
        years=found.text("years"),
        coordinator=found.text("coordinators", "coordinator"),
        partners=found.text("members", "partners"),
        budget=found.text("budget"),
        results=found.text("results"),
        evidence=found.evidence,
    )


class _Fields:
    """Takes values out of an entry and remembers where each stands."""

    def __init__(self, entry: Entry, document: Document) -> None:
        self._entry = entry
        self._document = document
        self._values: dict[str, Value] = {}
        for value in entry.values:
            self._values.setdefault(value.label, value)
        self.evidence = {"title": self._proof(entry.title, entry.page)}

    def text(self, label: str, name: str = "") -> str:
        """The wording of a value; its place goes into `evidence` under `name`, else under the label."""
        value = self._values.get(label)
        if value is None or not value.text:
            return ""
        self.evidence[name or label] = self._proof(value.on_page or value.text, value.page)
        return value.text

    def of(self, label: str, read: Callable[[str], T | None]) -> T | None:
        """A value as `read` understands it; None, and no evidence, when it understands nothing."""
        value = self._values.get(label)
        found = read(value.text) if value and value.text else None
        if not found or value is None:
            return None
        self.evidence[label] = self._proof(value.on_page or value.text, value.page)
        return found

    def above(self, label: str, read: Callable[[str], T | None]) -> T | None:
        """What the nearest heading that says it says."""
        for text, page in reversed(self._entry.headings):
            if found := read(text):
                self.evidence[label] = self._proof(text, page)
                return found
        return None

    def common(self) -> dict[str, Any]:
        """The fields that every record has."""
        source_date = self.text("source_date")
        countries = (
            self.of("countries", normalise.countries_in)
            or self.of("region", normalise.countries_named)
            or self.above("countries", normalise.countries_named)
        )
        if not countries and len(self._document.countries) == 1:
            countries = self._document.countries
        title, provider = self._entry.title, self._values.get("provider")
        made_up = made_up_reference(title, provider.text if provider else "")
        return {
            "title": title,
            "reference": self.text("reference") or made_up,
            "ecosystem": self.of("ecosystem", normalise.ecosystem_in) or self._document.ecosystem,
            "countries": countries or (),
            "region": self.text("region"),
            "city": self.text("city"),
            "url": self.of("url", normalise.address_in) or "",
            "source_url": self.of("source_url", normalise.address_in) or "",
            "source_date": source_date,
            "as_of": normalise.first_day_in(source_date) or self._document.as_of,
        }

    def sectors(self) -> dict[str, str]:
        """The wording of its sectors; and its ecosystem, where the wording is mostly a name of one."""
        text = self.text("sectors") or self.text("ecosystem", "sectors")
        named = normalise.concepts_in("ecosystem", text)
        if len(named) != 1 or "ecosystem" in self.evidence:
            return {"sectors": text}
        length = sum(len(match.group()) for match in normalise.pattern_of("ecosystem").finditer(fold(text)))
        is_mostly_that = length >= len(text) * MOSTLY or self._document.ecosystem not in ECOSYSTEMS
        if not is_mostly_that:
            return {"sectors": text}
        self.evidence["ecosystem"] = self.evidence["sectors"]
        return {"sectors": text, "ecosystem": named[0]}

    def _proof(self, text: str, page: int) -> Evidence:
        return Evidence(document=self._document.path, page=page, text=text)


def made_up_reference(title: str, provider: str) -> str:
    """For an entry without one: words of the title, and of both a hash that tells it from its namesakes."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:40].strip("-")
    digest = hashlib.sha256(f"{fold(title)}\0{fold(provider)}".encode()).hexdigest()[:6]
    return f"{words}-{digest}" if words else digest


def _kind_of_heading(text: str) -> str:
    found = normalise.concepts_in("kind", _without_count(text))
    return found[0] if len(found) == 1 and found[0] in KINDS else ""


def _without_count(heading: str) -> str:
    return heading.rpartition(" (")[0] or heading
