"""Funding schemes and partnerships that are told in sentences under a heading, without a table.

Each field is a whole sentence that says it, or the steps of a list. What a sentence tells is known by the
words of `vocabulary.yaml` under `sentence`; a section of which too little is known stays what it is, text.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.answering.asked import asked_for, asks
from assistant.answering.statements import sentence_spans
from assistant.documents import Document
from assistant.records import build, normalise
from assistant.records.labelled import Line
from assistant.records.models import AnyRecord, Evidence, FundingRecord, PartnershipRecord
from assistant.records.sections import Section
from assistant.retrieval.text import fold

SHORTEST_NAME = 4  # letters by which a sentence can name a scheme
FEWEST_LETTERS = 40  # of sentences; less is a caption or a list of sources
_KINDS = ("funding", "partnership")


def schemes(sections: Sequence[Section], taken: set[int], document: Document) -> Iterator[Section]:
    """The sections that tell of a scheme or partnership in sentences; `taken` are headings of entries."""
    for section in sections:
        heading = section.heading
        if heading.number in taken or any(line.cells for line in section.lines):
            continue
        if fold(heading.text) == fold(document.title) or asks(heading.text, document.language or "en"):
            continue  # its introduction tells of all that follows
        if any(part.heading.number in taken for part in section.whole()):
            continue
        if _kind(section, document) and sum(len(line.text) for line in _prose(section)) >= FEWEST_LETTERS:
            yield section


def record_of(section: Section, document: Document) -> AnyRecord | None:
    """The record that the sentences prove, or None when they prove too little."""
    told = _Told(section, document)
    return _scheme(told) if _kind(section, document) == "funding" else _partnership(told)


def way_in(record: FundingRecord, sections: Sequence[Section], document: Document) -> Evidence | None:
    """The first sentence or list item that names a scheme and says how to apply for it."""
    names = [re.split(r"[,(]", name)[0].strip() for name in (record.title, record.also_called) if name]
    applies = normalise.pattern_of_value("sentence", "applies")
    for line in (line for section in sections for line in section.lines if not line.cells):
        if not any(len(name) >= SHORTEST_NAME and name in line.text for name in names):
            continue
        for start, end in sentence_spans(line.text, document.language or "en"):
            text = line.text[start:end]
            if any(name in text for name in names) and applies.search(fold(text)):
                return Evidence(document=document.path, page=line.page, text=text)
    return None


def _kind(section: Section, document: Document) -> str:
    if document.kind in _KINDS:
        return document.kind
    return "funding" if normalise.pattern_of("scheme").search(fold(section.heading.text)) else ""


def _prose(section: Section) -> list[Line]:
    return [line for line in section.lines if line.kind == "paragraph"]


class _Told:
    """The sentences of a section, and where those stand that were taken."""

    def __init__(self, section: Section, document: Document) -> None:
        self.section, self.document = section, document
        self.sentences = [
            (line.text[start:end], line.page)
            for line in _prose(section)
            for start, end in sentence_spans(line.text, document.language or "en")
        ]
        heading = section.heading
        self.evidence = {"title": Evidence(document=document.path, page=heading.page, text=heading.text)}

    def first(self, name: str, tells: Callable[[str], bool]) -> str:
        """The first sentence that tells something."""
        for text, page in self.sentences:
            if tells(text):
                self.evidence[name] = Evidence(document=self.document.path, page=page, text=text)
                return text
        return ""

    def with_word(self, name: str, group: str) -> str:
        """The first sentence with a word of a group."""
        pattern = normalise.pattern_of_value("sentence", group)
        return self.first(name, lambda text: pattern.search(fold(text)) is not None)

    def steps(self) -> str:
        """The items of the list below a heading that asks how."""
        for part in self.section.whole():
            items = [line for line in part.lines if line.kind == "list_item"]
            if items and asked_for(part.heading.text, self.document.language or "en") == "steps":
                page = items[0].page
                on_page = " ".join(line.text for line in items if line.page == page)
                self.evidence["how_to_apply"] = Evidence(document=self.document.path, page=page, text=on_page)
                return " ".join(line.text for line in items)
        return ""

    def common(self) -> dict[str, object]:
        """The fields that every record has."""
        title, document = self.section.heading.text, self.document
        countries: tuple[str, ...] = document.countries if len(document.countries) == 1 else ()
        for text in (title, *(sentence for sentence, _ in self.sentences[:1])):
            if not countries or countries == ("EU",):
                countries = (
                    normalise.countries_named(text)
                    or tuple(normalise.concepts_in("region", text))
                    or countries
                )
        return {
            "title": title,
            "reference": build.made_up_reference(title, ",".join(countries)),
            "countries": countries,
            "ecosystem": document.ecosystem,
            "as_of": document.as_of,
            "told_in": document.language,
            "evidence": self.evidence,
        }


def _scheme(told: _Told) -> FundingRecord | None:
    amount = told.first("amount", normalise.names_amount) or told.with_word("amount", "pays")
    who = told.first("who", lambda text: bool(normalise.concepts_in("audience", text)))
    how = told.steps() or told.with_word("how_to_apply", "applies")
    closed = told.with_word("status", "closed") if _is_one_thing(told.section.heading.text) else ""
    if not amount or not (who or how):
        return None
    return FundingRecord.model_validate(
        {
            **told.common(),
            "amount": amount,
            "who": who,
            "audiences": normalise.audiences_in(who),
            "how_to_apply": how,
            "status": "closed" if closed else "",
        }
    )


def _partnership(told: _Told) -> PartnershipRecord | None:
    launch = told.first("launch", _tells_start)
    lead = told.with_word("lead", "leads")
    focus = told.with_word("focus", "works_on")
    if not any(_says_what_it_is(told, sentence) for sentence in (launch, lead, focus)):
        return None
    said = f"{told.section.heading.text} {told.document.title}"
    scale = normalise.concepts_in("scale", said)
    return PartnershipRecord.model_validate(
        {
            **told.common(),
            "scale": scale[0] if scale else "",
            "launch": launch,
            "lead": lead,
            "focus": focus,
        }
    )


def _says_what_it_is(told: _Told, sentence: str) -> bool:
    """Whether a sentence begins with a word of the heading and calls it a partnership."""
    begin = fold(" ".join(sentence.split()[:12]))
    partnership = normalise.pattern_of_value("sentence", "partnership")
    names = re.findall(r"\w{4,}", normalise.without_kind(told.section.heading.text))
    return any(name in begin for name in names) and partnership.search(begin) is not None


def _tells_start(text: str) -> bool:
    started = normalise.pattern_of_value("sentence", "starts").search(fold(text))
    return started is not None and normalise.last_day_in(text) is not None


def _is_one_thing(heading: str) -> bool:
    """Whether a heading names one scheme; "is closed" below "This and that" may be said of either."""
    return not re.search(rf"[,;&]|\b(?:{normalise.AND})\b", heading)
