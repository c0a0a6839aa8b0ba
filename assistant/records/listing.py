"""Answers with lists: from a wish for records to claims that are proved by the records' own lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from assistant.answering.claims import Claim, Quote
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.match import closed_on
from assistant.records.models import (
    AnyRecord,
    BlueprintRecord,
    Evidence,
    OpportunityRecord,
    PartnershipRecord,
)
from assistant.records.payers import paid_by, payments_of
from assistant.records.present import facts_of, is_older, to_opportunity, to_partnership
from assistant.records.proof import title_on, wording_on
from assistant.records.quoting import together
from assistant.records.reply import Cards
from assistant.records.store import Found, Hit, RecordStore
from assistant.wording import say

RELAXED = 2  # constraints that are given up, one at a time
NEAREST = 3  # records shown for a constraint that is given up
LONGEST_QUOTE = 1500  # characters
_SHOWN = ("provider", "city", "mode", "duration", "cost")
_SHOWN_OF = {"partnership": ("region", "lead", "target"), "blueprint": ("years", "coordinator")}
FOR_FIRMS = (PartnershipRecord, BlueprintRecord)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, ready to be told."""

    wanted: Wanted
    found: Found
    nearest: tuple[tuple[str, int, tuple[Hit, ...]], ...] = ()
    """When nothing was found: (words given up, how many there are then, the first of them)."""

    @property
    def is_whole(self) -> bool:
        """Whether something was found, by all words of the wish."""
        return bool(self.found.total and not self.wanted.unknown)

    def cards(self) -> Cards:
        """The records of this page, each with the wishes that it meets."""
        words = [chip.words for chip in self.wanted.chips]
        records = [hit.record for hit in self.found.hits]
        offers = (
            to_opportunity(each, [*words, *payments_of(each, self.wanted.need.language)])
            for each in records
            if isinstance(each, OpportunityRecord)
        )
        firms = (to_partnership(each, words) for each in records if isinstance(each, FOR_FIRMS))
        return Cards(tuple(offers), tuple(firms), self.found.total)

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """How many there are, then a line for each of this page; nearest ones when there is none."""
        need, found, words = self.wanted.need, self.found, self.wanted.words
        if not found.total:
            yield Claim(say("list_none", language, wanted=words), (), "note")
            for given_up, count, hits in self.nearest:
                yield Claim(say("list_without", language, words=given_up, count=count), (), "note")
                yield from lines_of(hits, index, language, today)
            return
        key = "list_found_one" if found.total == 1 else "list_found"
        yield Claim(say(key, language, count=found.total, wanted=words), (), "note")
        yield from lines_of(found.hits, index, language, today)
        last = need.offset + len(found.hits)
        if last < found.total or need.offset:
            more = say("more", language)
            yield Claim(say("list_more", language, first=need.offset + 1, last=last, more=more), (), "note")


def look_up(wanted: Wanted, store: RecordStore, today: date | None) -> Listing | None:
    """Ask the records; when none meets the wish, what is nearest.

    None when the subject is no trade or skill of the lexicon, or words of the wish are unknown: a search by
    meaning may do better then. Else the subject is what the list is about, so it is not given up.
    """
    found = store.find(wanted.need, today=today)
    if found.total:
        return Listing(wanted, found)
    need = wanted.need
    if need.topic and (wanted.unknown or not all(subject.others for subject in wanted.subjects)):
        return None
    nearest = []
    kept = (each for each in store.relaxations(need) if each.given_up != "topic")
    for relaxed in islice(kept, RELAXED):
        words = wanted.words_of(relaxed.given_up)
        need = relaxed.need.model_copy(update={"limit": NEAREST})
        nearest.append((words, relaxed.total, store.find(need, today=today).hits))
    return Listing(wanted, found, tuple(nearest))


def lines_of(hits: Sequence[Hit], index: Index, language: str, today: date | None) -> Iterator[Claim]:
    """A line for each record: what it says in its own words, and since when it is closed."""
    for hit in hits:
        record = hit.record
        quotes = quotes_of(record, index)
        if not quotes:
            continue
        facts = facts_of(record, _SHOWN_OF.get(record.type, _SHOWN))
        if today and closed_on(record, today):
            when = facts_of(record, ("deadline",)) or facts_of(record, ("starts",))
            facts += [f"{say('closed', language)}: {each}" for each in when]
        if isinstance(record, OpportunityRecord):
            for words, proofs in paid_by(record, index, language, today):
                facts.append(words)
                quotes = together(quotes, proofs)
        others = list(_disagreeing(record, index))
        facts += [f"{say(word, language)}: {proof.text}" for word, proof, _ in others]
        quotes += tuple(quote for _, _, quote in others)
        yield Claim(" · ".join(facts) or record.title, quotes, "bullet", record.title)


def _disagreeing(record: AnyRecord, index: Index) -> Iterator[tuple[str, Evidence, Quote]]:
    """What other sources say of a fact that is shown: (key of our wording, what it says, its line)."""
    for name in (*_SHOWN, "deadline", "starts"):
        for proof in record.conflicts.get(name, ()):
            page = index.page(proof.document, proof.page)
            if place := wording_on(page, proof.text):
                word = "older_source" if is_older(proof, record) else "other_source"
                yield word, proof, Quote(proof.document, proof.page, place, page.text[slice(*place)])


def quotes_of(record: AnyRecord, index: Index) -> tuple[Quote, ...]:
    """The record's own lines: on its page from the title on, and one for each value on another page."""
    title = record.evidence["title"]
    page = index.page(title.document, title.page)
    begin = title_on(record, page)
    if begin is None:
        return ()
    end = begin[1]
    for proof in record.evidence.values():
        if (proof.document, proof.page) == (title.document, title.page):
            place = wording_on(page, proof.text, begin[1])
            if place and place[1] - begin[0] <= LONGEST_QUOTE:
                end = max(end, place[1])
    spans = {(title.document, title.page, begin[0], end)}
    for name in (*_SHOWN, "deadline", "starts"):
        proof_of = record.evidence.get(name)
        if proof_of and (proof_of.document, proof_of.page) != (title.document, title.page):
            other = index.page(proof_of.document, proof_of.page)
            if place := wording_on(other, proof_of.text):
                spans.add((proof_of.document, proof_of.page, *place))
    return tuple(
        Quote(document, number, (first, last), index.page(document, number).text[first:last])
        for document, number, first, last in sorted(spans)
    )
