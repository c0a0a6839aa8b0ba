"""What is taken away, whatever its format: of an answer, or of records that were found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from assistant.answers import Answer, Citation, Opportunity, Partnership, is_pdf
from assistant.documents import Document
from assistant.index.reader import Index
from assistant.records.listing import quotes_of
from assistant.records.models import AnyRecord
from assistant.records.need import Need
from assistant.records.normalise import last_day_in, spans_in
from assistant.records.store import Found
from assistant.records.vocabulary import KINDS, MODES
from assistant.wording import FALLBACK, say

PRODUCT = "Pact for Skills assistant"
FIELDS = (
    "kind", "provider", "place", "languages", "mode", "duration", "effort", "level", "cost", "funding",
    "amount", "rule", "who", "eligibility", "starts", "deadline", "skills", "target_occupations",
    "certificate", "coordinators", "launch", "members", "partners", "target", "focus", "commitments",
    "blueprint", "years", "budget", "results", "how_to_apply", "how_to_join", "contact", "url", "ecosystem",
    "source_url", "source_date", "reasons",
)  # fmt: skip
"""What may be said of an entry, in reading order; each has a wording `label_...`."""
_IN_REPLY_LANGUAGE = frozenset({"kind", "place", "languages", "mode"})
"""Fields that hold codes, shown as words of the reply's language; the others are the document's words."""
_WORDED = {"kind": KINDS, "mode": MODES}
_LOCALES = {"en": "en_GB", "pt": "pt_PT"}  # babel's plain ones are of the United States and Brazil
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?)]»”"

Card = Opportunity | Partnership


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is said of an entry."""

    name: str
    """One of `FIELDS`."""
    text: str
    language: str
    """ISO 639-1 code of the text; "" when it is not known."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A deadline or a start that the calendar knows."""

    name: str
    """"deadline" or "starts"."""
    first: date
    last: date
    """The same day, or the end of the month where the wording names no day."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An offer, a partnership or another record."""

    reference: str
    title: str
    fields: tuple[Field, ...]
    """The filled ones, in the order of `FIELDS`."""
    moments: tuple[Moment, ...]
    document: str
    page: int
    sources: tuple[int, ...]
    """Numbers of the citations that prove it."""

    def text_of(self, name: str) -> str:
        """What is said of it under that name, or ""."""
        return next((field.text for field in self.fields if field.name == name), "")


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is to be written down."""

    title: str
    language: str
    """Of our own words."""
    made_on: date
    text: str
    """Markdown with [n] markers."""
    entries: tuple[Entry, ...]
    citations: tuple[Citation, ...]
    """By number; all entries lead to one. Its quote is empty where the text does not cite the card."""
    languages: Mapping[str, str]
    """Of the cited documents, by path."""

    @property
    def locale(self) -> str:
        """Name of the reply's language for babel."""
        return _LOCALES.get(self.language, self.language)

    @property
    def moments(self) -> list[tuple[Entry, Moment]]:
        """All dates of all entries."""
        return [(entry, moment) for entry in self.entries for moment in entry.moments]

    @property
    def past_dates(self) -> int:
        """How many of them are over on the day of making, which a calendar leaves out."""
        return sum(moment.last < self.made_on for _, moment in self.moments)

    def say(self, key: str, **values: str | int) -> str:
        """A fixed wording in the paper's language."""
        return say(key, self.language, **values)

    def labelled(self, name: str, text: str) -> str:
        """A value behind its label."""
        return self.say("label_with_value", label=self.say(f"label_{name}"), value=text)

    def place(self, document: str, page: int) -> str:
        """A page in words of the paper's language."""
        return self.say("label_page" if is_pdf(document) else "label_section", page=page)

    def title_of(self, document: str) -> str:
        """The title under which a document is cited, else its path."""
        return next((each.title for each in self.citations if each.document == document), document)


def from_answer(
    answer: Answer, *, documents: Iterable[Document] = (), today: date, language: str | None = None
) -> Paper:
    """A reply with its cards and citations.

    Args:
        answer: What is taken away.
        documents: What the index knows of the cited ones: title and language.
        today: The day of making; what was due before is closed.
        language: ISO 639-1 code of labels and notes; None for that of the reply.
    """
    known = {document.path: document for document in documents}
    language = language or answer.language
    cards: list[Card] = [*answer.opportunities, *answer.partnerships]
    citations = [*answer.citations]
    entries = []
    for card in cards:
        sources = _sources_of(card, citations)
        if not sources:
            source = known.get(card.document)
            sources = (max((each.number for each in citations), default=0) + 1,)
            title = source.title if source else card.document
            citations.append(
                Citation(number=sources[0], document=card.document, title=title, page=card.page, quote="")
            )
        entries.append(_entry(card, sources, language, known, today))
    return Paper(
        title=printable(answer.standalone_question) or PRODUCT,
        language=language,
        made_on=today,
        text=_UNPRINTABLE.sub("", answer.text),
        entries=tuple(entries),
        citations=tuple(_printable(each) for each in citations),
        languages={path: document.language for path, document in known.items()},
    )


def from_found(need: Need, found: Found, index: Index, *, today: date) -> Paper:
    """Records that were found, each with the lines of its document that prove it; labelled in English."""
    documents = {document.path: document for document in index.documents()}
    entries: list[Entry] = []
    citations: list[Citation] = []
    for record in (hit.record for hit in found.hits):
        quoted = [(each.document, each.page_number, each.text) for each in quotes_of(record, index)]
        first = len(citations) + 1
        for number, (path, page, quote) in enumerate(quoted or [(record.document, record.page, "")], first):
            title_of = documents[path].title
            citations.append(Citation(number=number, document=path, title=title_of, page=page, quote=quote))
        numbers = tuple(range(first, len(citations) + 1))
        entries.append(_entry(record, numbers, FALLBACK, documents, today))
    shown = len(entries)
    return Paper(
        title=printable(_asked(need)),
        language=FALLBACK,
        made_on=today,
        text=f"{found.total} found" + (f", {shown} of them here" if shown < found.total else ""),
        entries=tuple(entries),
        citations=tuple(_printable(each) for each in citations),
        languages={path: document.language for path, document in documents.items()},
    )


def moments_of(card: Card | AnyRecord) -> Iterator[Moment]:
    """The days or months that a card names with a year: the last of its deadlines, the first of its starts.

    Of "October 2024 to December 2028" the start counts, not the end. A season or a year alone is no date.
    """
    if spans := spans_in(getattr(card, "deadline", None) or ""):
        yield Moment("deadline", *spans[-1])
    if spans := spans_in(getattr(card, "starts", None) or ""):
        yield Moment("starts", *spans[0])


def has_dates(answer: Answer, today: date) -> bool:
    """Whether a card names a date that is not over."""
    return any(moment.last >= today for card in answer.opportunities for moment in moments_of(card))


def printable(text: str) -> str:
    """The text on one line, without the characters that XML and iCalendar forbid."""
    return " ".join(_UNPRINTABLE.sub("", text).split())


def addresses_in(text: str) -> Iterator[tuple[int, int]]:
    """Where web addresses with http or https stand in a text."""
    for match in _ADDRESS.finditer(text):
        yield match.start(), match.start() + len(match.group().rstrip(_AFTER_ADDRESS))


def is_address(text: str) -> bool:
    """Whether the text is one such address and nothing else."""
    return list(addresses_in(text)) == [(0, len(text))]


def _asked(need: Need) -> str:
    """The constraints of a need in a line."""
    without = {"type", "action", "language", "limit", "offset", "sort"}
    asked = [need.type.capitalize()]
    for name, value in need.model_dump(exclude=without, exclude_defaults=True).items():
        values = ", ".join(map(str, value if isinstance(value, tuple) else (value,)))
        asked.append(name if value is True else f"{name.replace('_', ' ')} {values}")
    return ": ".join([asked[0], "; ".join(asked[1:])]) if asked[1:] else asked[0]


def _title(card: Card | AnyRecord) -> str:
    return card.name if isinstance(card, Partnership) else card.title


def _sources_of(card: Card, citations: Sequence[Citation]) -> tuple[int, ...]:
    """The citations whose quote begins the entry: on its page, with its title."""
    title = printable(_title(card)).casefold()
    return tuple(
        each.number
        for each in citations
        if (each.document, each.page) == (card.document, card.page)
        and title in printable(each.quote).casefold()
    )[:1]


def _entry(
    card: Card | AnyRecord,
    sources: tuple[int, ...],
    language: str,
    documents: Mapping[str, Document],
    today: date,
) -> Entry:
    document = documents.get(card.document)
    spoken = document.language if document else ""
    closed = _closing_field(card, today)
    fields = []
    for name in FIELDS:
        text = printable(_value(card, name, language))
        if text and name == closed:
            text = f"{text} ({say('closed', language)})"
        if text:
            fields.append(Field(name, text, language if name in _IN_REPLY_LANGUAGE else spoken))
    return Entry(
        reference=printable(card.reference),
        title=printable(_title(card)),
        fields=tuple(fields),
        moments=tuple(moments_of(card)),
        document=card.document,
        page=card.page,
        sources=sources,
    )


def _closing_field(card: Card | AnyRecord, today: date) -> str:
    """The field whose date is over, so that one can no longer apply; "" when none is."""
    for name in ("deadline", "starts"):
        if last := last_day_in(getattr(card, name, None) or ""):
            return name if last < today else ""
    return ""


def _value(card: Card | AnyRecord, name: str, language: str) -> str:
    """What a card says under that name; codes as words of the language."""
    if name == "place":
        regions = [getattr(card, "city", None), getattr(card, "region", None)]
        countries = _names("territories", getattr(card, "countries", ()), language)
        return ", ".join(part for part in (*regions, *countries) if part)
    value = getattr(card, name, None) or (getattr(card, "lead", None) if name == "coordinators" else None)
    if not value or (name == "source_url" and value == getattr(card, "url", None)):
        return ""
    if name == "languages":
        return ", ".join(_names("languages", value, language))
    if value in _WORDED.get(name, ()):
        return say(f"{name}_{value}", language)
    return value if isinstance(value, str) else "; ".join(value)


def _names(what: str, codes: Iterable[str], language: str) -> list[str]:
    known = _babel_names(what, language)
    return [known.get(code, code) for code in codes]


@cache
def _babel_names(what: str, language: str) -> Mapping[str, str]:
    from babel import Locale

    return dict(getattr(Locale.parse(_LOCALES.get(language, language)), what))


def _printable(citation: Citation) -> Citation:
    return citation.model_copy(
        update={"title": printable(citation.title), "quote": printable(citation.quote)}
    )
