"""From an entry to a typed record: which label gives which field, and where each value stands."""

import hashlib
import re
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, Literal, TypeVar

from assistant.answering.asked import asked_for
from assistant.documents import Document
from assistant.records import levels, normalise
from assistant.records.entry import Entry, Value
from assistant.records.labelled import SEPARATED, Line, label_of
from assistant.records.models import (
    BlueprintRecord,
    Evidence,
    FundingRecord,
    OccupationRecord,
    OpportunityRecord,
    PartnershipRecord,
)
from assistant.records.sections import Section
from assistant.records.vocabulary import ECOSYSTEMS, KINDS
from assistant.retrieval.text import fold

T = TypeVar("T")

MOSTLY = 0.5  # share of a wording's letters


def build_opportunity(entry: Entry, document: Document, _: Section | None = None) -> OpportunityRecord:
    """A training offer."""
    found = _Fields(entry, document)
    kind = found.of("kind", normalise.kind_in)
    if not kind:
        kind = found.above("kind", _kind_of_heading)
    cost = found.text("cost")
    free, cost_eur = normalise.cost_in(cost)
    level = found.text("level") or found.text("eqf", "level") or found.text("digcomp", "level")
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
        eqf=found.eqf(),
        digcomp=found.digcomp(),
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


def build_funding(entry: Entry, document: Document, section: Section | None = None) -> FundingRecord:
    """A scheme; `section` holds the entry and may tell in a part of its own how to apply."""
    found = _Fields(entry, document)
    applicant = found.text("applies", "applicant")
    who = found.first(("who", "eligibility", "applies"), "who")
    amount = (
        found.first(("amount", "cost"), "amount")
        or found.amounts(_begins_with_amount, fewest=2)
        or found.text("gives", "amount")
        or found.amounts(_begins_with_amount)
        or found.text("maximum", "amount")
        or found.amounts(_tells_amount)
    )
    deadline = found.text("deadline")
    return FundingRecord(
        **found.common(has_city=False),
        amount=amount,
        rule=found.text("condition", "rule"),
        who=who,
        audiences=normalise.audiences_in(who),
        applicant=applicant,
        how_to_apply=found.text("how_to_apply") or found.steps(section) or found.where_to_apply(),
        deadline=deadline,
        deadline_on=normalise.last_day_in(deadline),
        status=found.status(),
        evidence=found.evidence,
    )


def build_partnership(entry: Entry, document: Document, _: Section | None = None) -> PartnershipRecord:
    """A skills partnership."""
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


def build_blueprint(entry: Entry, document: Document, _: Section | None = None) -> BlueprintRecord:
    """A Blueprint alliance."""
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


def build_occupation(entry: Entry, document: Document, _: Section | None = None) -> OccupationRecord:
    """An occupational profile."""
    found = _Fields(entry, document)
    level = found.text("level") or found.text("eqf", "level")
    return OccupationRecord(
        **found.common(),
        summary=found.text("summary"),
        tasks=found.of("tasks", normalise.parts_of) or (),
        skills=found.of("skills", normalise.parts_of) or (),
        knowledge=found.of("knowledge", normalise.parts_of) or (),
        level=level,
        eqf=found.eqf(),
        digcomp=found.digcomp(),
        other_titles=found.of("other_titles", normalise.parts_of) or (),
        code=found.text("isco", "code"),
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

    def of(self, label: str, read: Callable[[str], T | None], name: str = "") -> T | None:
        """A value as `read` understands it; None, and no evidence, when it understands nothing."""
        value = self._values.get(label)
        found = read(value.text) if value and value.text else None
        if not found or value is None:
            return None
        self.evidence[name or label] = self._proof(value.on_page or value.text, value.page)
        return found

    def first(self, labels: Sequence[str], name: str) -> str:
        """The wording of the first label that has a value."""
        return next((text for label in labels if (text := self.text(label, name))), "")

    def eqf(self) -> tuple[int, int] | None:
        """Levels from the value whose label names the framework, else from the level's wording."""
        return self._levels("eqf", lambda text: levels.eqf_in(f"EQF {text}") or levels.eqf_in(text))

    def digcomp(self) -> tuple[int, int] | None:
        """As `eqf`; where the level does not say it, what the offer leads to or teaches may."""
        found = self._levels("digcomp", lambda text: levels.digcomp_in(f"DigComp {text}"))
        others = ("certificate", "skills")
        elsewhere = (self.of(label, levels.digcomp_in, "digcomp") for label in others)
        return found or next((found for found in elsewhere if found), None)

    def _levels(self, label: str, read: Callable[[str], tuple[int, int] | None]) -> tuple[int, int] | None:
        if found := self.of(label, read):
            return found
        value = self._values.get("level")
        own = levels.eqf_in if label == "eqf" else levels.digcomp_in
        return own(value.text) if value else None

    def amounts(self, tells: Callable[[Value], bool], *, fewest: int = 1) -> str:
        """The first rows in a run that tell amounts under labels of their own: "Small firms: 70 %"."""
        values = self._entry.values
        start = next((at for at, value in enumerate(values) if tells(value)), len(values))
        page = values[start].page if start < len(values) else 0
        run = list(takewhile(lambda value: tells(value) and value.page == page, values[start:]))
        if len(run) < fewest:
            return ""
        if run:
            wording = " ".join(f"{value.printed} {value.on_page}" for value in run)
            self.evidence["amount"] = self._proof(wording, page)
        return "; ".join(f"{value.printed}: {value.text}" for value in run)

    def steps(self, section: Section | None) -> str:
        """The items of the list below the heading that asks how to apply."""
        if section is None:
            return ""
        for part in section.whole():
            items = [line for line in part.lines if line.kind == "list_item"]
            if items and asked_for(part.heading.text, self._document.language or "en") == "steps":
                return self.lines("how_to_apply", items)
        return ""

    def lines(self, name: str, lines: Sequence[Line]) -> str:
        """The words of lines that follow one another; evidence is what stands on the page of the first."""
        page = lines[0].page
        on_page = " ".join(line.text for line in lines if line.page == page)
        self.evidence[name] = self._proof(on_page, page)
        return " ".join(line.text for line in lines)

    def where_to_apply(self) -> str:
        """Office or address."""
        return self.first(("where_to_apply", "city", "url"), "how_to_apply")

    def status(self) -> Literal["closed", ""]:
        """ "closed" where the title or the state of the scheme says so."""
        closed = normalise.pattern_of_value("sentence", "closed")
        if closed.search(fold(self._entry.title)):
            self.evidence["status"] = self.evidence["title"]
            return "closed"
        state = self._values.get("state")
        return "closed" if state and closed.search(fold(state.text)) and self.text("state", "status") else ""

    def above(self, label: str, read: Callable[[str], T | None]) -> T | None:
        """What the nearest heading that says it says."""
        for text, page in reversed(self._entry.headings):
            if found := read(text):
                self.evidence[label] = self._proof(text, page)
                return found
        return None

    def common(self, *, has_city: bool = True) -> dict[str, Any]:
        """The fields that every record has; without `has_city` a place is no city but an office."""
        source_date = self.text("source_date")
        countries = (
            self.of("countries", normalise.countries_in)
            or self.of("region", normalise.countries_named)
            or self.above("countries", normalise.countries_named)
        )
        if not countries and len(self._document.countries) == 1:
            countries = self._document.countries
        if not countries and not self._entry.has("provider"):  # a course is not where its subject is
            countries = self._in_title()
        title, provider = self._entry.title, self._values.get("provider")
        made_up = made_up_reference(title, provider.text if provider else ",".join(countries or ()))
        return {
            "title": title,
            "also_called": self._also_called(),
            "reference": self.text("reference") or made_up,
            "ecosystem": self.of("ecosystem", normalise.ecosystem_in) or self._document.ecosystem,
            "countries": countries or (),
            "region": self.text("region"),
            "city": self._city() if has_city else "",
            "url": self.of("url", normalise.address_in) or "",
            "source_url": self.of("source_url", normalise.address_in) or "",
            "source_date": source_date,
            "as_of": normalise.first_day_in(source_date) or self._document.as_of,
            "told_in": self._document.language,
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

    def _city(self) -> str:
        """A place; a label that means "country" in another language may tell one, too."""
        value = self._values.get("countries")
        is_place = value is not None and not normalise.countries_in(value.text)
        own = self.text("city") or (self.text("countries", "city") if is_place else "")
        return own or self.above("city", _city_of_heading) or ""

    def _also_called(self) -> str:
        name, page = self._entry.name
        if name:
            self.evidence["also_called"] = self._proof(name, page)
        return name

    def _in_title(self) -> tuple[str, ...]:
        """The countries that the title or its other name tells, by their names or those of their regions."""
        for text, page in ((self._entry.title, self._entry.page), self._entry.name):
            if found := normalise.countries_named(text) or tuple(normalise.concepts_in("region", text)):
                self.evidence["countries"] = self._proof(text, page)
                return found
        return ()

    def _proof(self, text: str, page: int) -> Evidence:
        return Evidence(document=self._document.path, page=page, text=text)


def _scale(entry: Entry, document: Document) -> str:
    """How far it reaches: as its title, the headings above or the document say, else by what is told."""
    above = (text for text, _ in reversed(entry.headings))
    titles = [entry.title, entry.name[0], *above, document.title]
    if found := next((named for text in titles if (named := normalise.concepts_in("scale", text))), []):
        return found[0]
    if entry.has("region") or entry.has("workforce"):
        return "regional"
    return "large-scale" if entry.has("coordinators") else ""


def made_up_reference(title: str, provider: str) -> str:
    """For an entry without one: words of the title, and of both a hash that tells it from its namesakes."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:40].strip("-")
    digest = hashlib.sha256(f"{fold(title)}\0{fold(provider)}".encode()).hexdigest()[:6]
    return f"{words}-{digest}" if words else digest


def _tells_amount(value: Value) -> bool:
    return not value.label and normalise.names_amount(value.text)


def _begins_with_amount(value: Value) -> bool:
    """ "Up to 80 %" rather than "Employers pay a levy of 0.24 %"."""
    begin = " ".join(value.text.split()[:4])
    return _tells_amount(value) and normalise.names_amount(begin)


def _kind_of_heading(text: str) -> str:
    found = normalise.concepts_in("kind", _without_count(text))
    return found[0] if len(found) == 1 and found[0] in KINDS else ""


def _city_of_heading(text: str) -> str:
    """ "Lugo" of "Where: Lugo"."""
    match = SEPARATED.match(text)
    return match["value"] if match and match["value"] and label_of(match["label"]) == "city" else ""


def _without_count(heading: str) -> str:
    return heading.rpartition(" (")[0] or heading
