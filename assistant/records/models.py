"""The records that listings are made of.

A record is what one entry of a document says. Each filled field has an `Evidence` under the same name:
document, page and the wording, which occurs on that page. Values that a filter needs are normalised beside
the wording (ISO codes, days, euro, dates); what the wording does not say stays None, () or "", never a guess.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

RecordType = Literal["opportunity", "partnership", "funding", "blueprint", "occupation"]
Mode = Literal["online", "on-site", "blended", "work-based"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Frozen):
    """Where a value stands."""

    document: str
    page: int = Field(ge=1)
    text: str
    """The wording; occurs on that page when white space is folded."""
    as_of: date | None = None
    """Since when its source holds; given where sources conflict."""


class Record(_Frozen):
    """What every type has."""

    reference: str
    """As the document gives it, else made from type, title and provider; equal for duplicates."""
    title: str
    also_called: str = ""
    """Another name that the document gives it."""
    ecosystem: str = ""
    """One of `assistant.records.vocabulary.ECOSYSTEMS`, or "cross-sector", or ""."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2, and "EU" for all of them."""
    region: str = ""
    city: str = ""
    url: str = ""
    source_url: str = ""
    source_date: str = ""
    """As written: a year, a month or a day in ISO form where it can be read, else the wording."""
    as_of: date | None = None
    """From `source_date`, else the document's date: which of two sources is newer."""
    told_in: str = ""
    """ISO 639-1 code of the document's language."""
    evidence: dict[str, Evidence] = {}
    """By field name. `title` is always there and is the record's own place."""
    conflicts: dict[str, tuple[Evidence, ...]] = {}
    """Fields of which an older source says something else, with what it says."""
    also_on: tuple[Evidence, ...] = ()
    """Title lines of the other entries that were merged into this one."""

    @property
    def document(self) -> str:
        """Where it stands."""
        return self.evidence["title"].document

    @property
    def page(self) -> int:
        """From 1."""
        return self.evidence["title"].page


class Payment(_Frozen):
    """A funding scheme that can pay for an offer, because the wording of one names the other."""

    references: tuple[str, ...]
    """Of the records that tell of the scheme."""
    titles: tuple[Evidence, ...]
    """Their title lines."""
    named_in: str
    """The field of the offer that names it, or has what its rule asks for."""
    rule: Evidence | None = None
    """That rule; None where the scheme is named."""
    ends_on: date | None = None
    """The last day on which one can apply for the scheme; the first day of all for a closed one."""

    def __str__(self) -> str:
        """The first of its titles."""
        return self.titles[0].text


class OpportunityRecord(Record):
    """A training offer, apprenticeship route or programme."""

    type: Literal["opportunity"] = "opportunity"
    kind: str = ""
    """One of `vocabulary.KINDS`, or the wording in lower case when it is none of them."""
    provider: str = ""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes of the languages it is taught in."""
    mode: Mode | None = None
    duration: str = ""
    duration_days: tuple[int, int] | None = None
    """Least and most, in calendar days (a week 7, a month 30, a year 365)."""
    effort: str = ""
    level: str = ""
    eqf: tuple[int, int] | None = None
    digcomp: tuple[int, int] | None = None
    cost: str = ""
    free: bool | None = None
    """True only when the wording says that the learner pays nothing; None when it does not say."""
    cost_eur: tuple[float, float] | None = None
    """What the learner pays, least and most; pay that the learner receives is not a cost."""
    funding: str = ""
    paid_by: tuple[Payment, ...] = ()
    """Funding schemes that can pay for it, by its own wording or theirs."""
    eligibility: str = ""
    audiences: tuple[str, ...] = ()
    """Of `vocabulary.AUDIENCES`: groups that `eligibility` names."""
    starts: str = ""
    starts_on: date | None = None
    """The last day on which it can still start, when one is named."""
    deadline: str = ""
    deadline_on: date | None = None
    skills: tuple[str, ...] = ()
    target_occupations: tuple[str, ...] = ()
    certificate: str = ""
    how_to_apply: str = ""


class PartnershipRecord(Record):
    """A skills partnership that a firm can join."""

    type: Literal["partnership"] = "partnership"
    scale: Literal["large-scale", "regional", "cluster", ""] = ""
    launch: str = ""
    lead: str = ""
    """Coordinators or lead partner."""
    members: str = ""
    target: str = ""
    focus: str = ""
    commitments: str = ""
    blueprint: str = ""
    how_to_join: str = ""
    contact: str = ""
    sectors: str = ""
    """As written; may name several, or one that is no name of an ecosystem."""


class FundingRecord(Record):
    """A scheme that pays for training."""

    type: Literal["funding"] = "funding"
    audiences: tuple[str, ...] = ()
    """Of `vocabulary.AUDIENCES`: for whom it is."""
    amount: str = ""
    rule: str = ""
    who: str = ""
    applicant: str = ""
    """Who applies for it: often the employer, where it is for workers."""
    how_to_apply: str = ""
    deadline: str = ""
    deadline_on: date | None = None
    status: Literal["open", "closed", ""] = ""
    """Only where the text says so."""
    told: tuple["FundingRecord", ...] = ()
    """What each document tells, often in another language; () when only one does."""


class BlueprintRecord(Record):
    """A Blueprint alliance."""

    type: Literal["blueprint"] = "blueprint"
    acronym: str = ""
    years: str = ""
    coordinator: str = ""
    partners: str = ""
    budget: str = ""
    results: str = ""
    languages_note: str = ""
    sectors: str = ""
    """As in a partnership."""


class OccupationRecord(Record):
    """An occupational profile."""

    type: Literal["occupation"] = "occupation"
    summary: str = ""
    tasks: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    level: str = ""
    eqf: tuple[int, int] | None = None
    digcomp: tuple[int, int] | None = None
    other_titles: tuple[str, ...] = ()
    code: str = ""
    """Of ISCO or ESCO, as written."""


AnyRecord = Annotated[
    OpportunityRecord | PartnershipRecord | FundingRecord | BlueprintRecord | OccupationRecord,
    Field(discriminator="type"),
]
