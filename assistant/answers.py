"""The Answer contract: the same JSON from `ask --json`, `batch`, the HTTP API and evaluation runs."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["complete", "partial", "not_found", "clarify", "out_of_scope", "refused", "error"]
Persona = Literal["worker", "sme"]


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid")


def is_pdf(document: str) -> bool:
    """Whether the document with this path is a PDF, the only format with pages of its own."""
    return document.lower().endswith(".pdf")


def place_in(document: str, page: int) -> str:
    """A page of the document with this path in words."""
    return f"{'page' if is_pdf(document) else 'section'} {page}"


class Citation(_Contract):
    """Where a sentence is proved."""

    number: int = Field(description="The n of the [n] markers in the text, from 1")
    document: str = Field(description="Path under the ingested folder")
    title: str
    page: int = Field(ge=1, description="From 1; where a format has no pages, its top-level sections count")
    quote: str = Field(description="Occurs on that page (compare with white space folded)")

    @property
    def place(self) -> str:
        """The page in words: "page 3", or "section 3" of a document that has no pages."""
        return place_in(self.document, self.page)


class Opportunity(_Contract):
    """A training offer, apprenticeship or programme; an empty field is null or [], never a guess."""

    reference: str
    title: str
    kind: str | None = None
    provider: str | None = None
    ecosystem: str | None = None
    countries: list[str] = []
    city: str | None = None
    languages: list[str] = []
    mode: str | None = None
    duration: str | None = None
    level: str | None = None
    cost: str | None = None
    funding: str | None = None
    eligibility: str | None = None
    starts: str | None = None
    deadline: str | None = None
    skills: list[str] = []
    target_occupations: list[str] = []
    certificate: str | None = None
    how_to_apply: str | None = None
    url: str | None = None
    source_url: str | None = None
    source_date: str | None = None
    document: str
    page: int = Field(ge=1)
    reasons: list[str] = Field(default=[], description="Why it matches the question")


class Partnership(_Contract):
    """A skills partnership that a firm can join, or a Blueprint whose results it can use."""

    reference: str
    name: str
    ecosystem: str | None = None
    launch: str | None = None
    coordinators: str | None = None
    target: str | None = None
    contact: str | None = None
    scale: str | None = Field(default=None, description="large-scale, regional, cluster or blueprint")
    countries: list[str] = []
    region: str | None = None
    members: str | None = None
    focus: str | None = None
    commitments: str | None = None
    how_to_join: str | None = None
    url: str | None = None
    source_date: str | None = Field(default=None, description="Of the source, else of the document")
    document: str
    page: int = Field(ge=1)
    reasons: list[str] = Field(default=[], description="Why it matches what the reader said")


class Usage(_Contract):
    """What a language model read and wrote for one reply."""

    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    cost_eur: float | None = Field(default=None, description="By the prices in the settings; null without")


class Answer(_Contract):
    """One reply of the assistant."""

    status: Status
    language: str = Field(description="ISO 639-1 code of the reply")
    text: str = Field(description="Markdown with [n] markers")
    citations: list[Citation] = []
    opportunities: list[Opportunity] = []
    partnerships: list[Partnership] = []
    total_matches: int | None = Field(
        default=None, description="Exact number of records that meet the asked constraints"
    )
    suggestions: list[str] = Field(default=[], description="Questions that the documents can answer")
    standalone_question: str = ""
    composer: str = Field(default="evidence", description='"evidence" or the language model\'s name')
    timings_ms: dict[str, float] = {}
    usage: Usage | None = Field(
        default=None, description="Of the language model; null when none was asked or it did not tell"
    )
