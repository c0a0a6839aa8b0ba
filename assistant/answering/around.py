"""What a reply says around its evidence, in our own words: what was searched, is missing or is near."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answering.evidence import Verdict
from assistant.answering.render import Renderer, safe_markdown
from assistant.answers import Opportunity
from assistant.index.reader import Index
from assistant.records.models import OpportunityRecord
from assistant.records.present import to_opportunity
from assistant.records.store import RecordStore
from assistant.retrieval.passages import Passage
from assistant.retrieval.text import fold
from assistant.understanding import Understood
from assistant.wording import language_names, say

NEAREST_TOPICS = 3


@dataclass(slots=True)
class Draft:
    """What has been composed, verified and rendered so far."""

    renderer: Renderer
    composer: str
    parts: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The Markdown so far."""
        return "".join(self.parts).strip()

    @property
    def summary(self) -> str:
        """One line for the reader who looks on."""
        return f"{len(self.renderer.citations)} quotes, {len(self.dropped)} claims dropped"


def places_of(passages: Sequence[Passage]) -> str:
    """Titles of the documents that were found, for the reader who looks on."""
    titles = dict.fromkeys(passage.document.title for passage in passages)
    return "; ".join(list(titles)[:3]) or "nothing found"


def topics_beside(passages: Sequence[Passage], draft: Draft | None) -> list[str]:
    """Headings near the question that the reply did not use: what the documents can answer next."""
    used = {(citation.document, citation.page) for citation in draft.renderer.citations} if draft else set()
    headings = dict.fromkeys(
        passage.section[-1]
        for passage in passages
        if passage.section and (passage.document.path, passage.chunks[0].page_number) not in used
    )
    return list(headings)[:NEAREST_TOPICS]


def cards_of(passages: Sequence[Passage], draft: Draft, records: RecordStore) -> list[Opportunity]:
    """The offers whose entries the reply quotes, best passage first."""
    used = {(citation.document, citation.page) for citation in draft.renderer.citations}
    headings = {
        (passage.document.path, fold(passage.section[-1])): None
        for passage in passages
        if passage.section and (passage.document.path, passage.chunks[0].page_number) in used
    }
    found = {
        (record.document, fold(record.title)): record for record in records.titled(t for _, t in headings)
    }
    cards = (found.get(place) for place in headings)
    return [to_opportunity(record) for record in cards if isinstance(record, OpportunityRecord)]


def not_found(asked: Understood, verdict: Verdict, index: Index, note: str, topics: Sequence[str]) -> str:
    """What was searched, what is near, and a person to ask."""
    reply_in, documents = asked.reply_language, index.documents()
    pages = sum(document.page_count for document in documents)
    first = [say("not_found", reply_in), say("searched", reply_in, documents=len(documents), pages=pages)]
    if verdict.unknown:
        first.append(say("nothing_about", reply_in, names=", ".join(verdict.unknown)))
    blocks = [safe_markdown(" ".join(first)), safe_markdown(note)]
    if topics:
        lines = [say("nearest", reply_in), *(f"- {safe_markdown(topic)}" for topic in topics)]
        blocks.append("\n".join(lines))
    blocks.append(say("ask_a_person", reply_in))
    return "\n\n".join(block for block in blocks if block)


def gaps_of(verdict: Verdict, asked: Understood) -> list[str]:
    """What the answer leaves open, in words."""
    gaps, reply_in = [], asked.reply_language
    open_parts = [part.text for part in verdict.parts if not part.answerable]
    if missing := [*verdict.unknown, *open_parts]:
        gaps.append(say("partly", reply_in, names=safe_markdown(", ".join(missing))))
    lacking = {part.asked for part in verdict.parts if part.answerable and part.lacks_asked_kind}
    return gaps + [say(f"no_{kind}", reply_in) for kind in sorted(lacking - {"count"})]


def foreign_quotes(draft: Draft, asked: Understood, index: Index) -> list[str]:
    """A word on quotes in other languages than the reply's."""
    spoken = {index.document(citation.document).language for citation in draft.renderer.citations}
    others = spoken - {asked.reply_language, ""}
    named = language_names(others, asked.reply_language)
    return [say("other_language", asked.reply_language, language=named)] if others else []
