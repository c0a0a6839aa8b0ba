"""Offers that suit a personal wish: hard constraints filter, the rest ranks.

A record's fit is the share of the wish's subjects that its own words tell of, each weighed by how rare it is
among the records and by the field that tells it; a subject that no record knows counts as missing. The search
adds what it finds by meaning; place, completeness and freshness decide between equals. Below a least share
nothing is suggested, so that a question for something else is left to the search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log

from assistant import lexicon
from assistant.answering.claims import Claim
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.listing import lines_of
from assistant.records.match import closed_on, completeness, is_in_city, terms_of
from assistant.records.models import AnyRecord, OpportunityRecord
from assistant.records.need import Need
from assistant.records.present import to_opportunity
from assistant.records.reading import Chip
from assistant.records.reply import Asking, Cards
from assistant.records.store import Hit, RecordStore, relaxed_needs
from assistant.records.subjects import Subject
from assistant.retrieval.text import fold
from assistant.wording import say

SHOWN = 5  # offers at a time
POOL = 300  # records that are compared by all signs
BESIDE = 0.5  # share of the best one's that others must tell of
LEAST_SHARE = 0.5  # of the wish's subjects, weighed, that the best offer must tell of
TELLING_WEIGHT = 2  # of a field (skills; titles weigh 3) that tells a subject fully
SEARCH, PLACE, QUALITY, CLOSED = 0.5, 0.5, 0.1, 0.5
_OLD_DAYS = 3650
_NOT_GIVEN_UP = ("topic", "city")
"""The subjects are what it is about; a place only ranks."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Offers that suit, ready to be told."""

    wanted: Wanted
    hits: tuple[Hit, ...]
    """This page of them, best first."""
    total: int
    """How many there are in all."""
    given_up: str = ""
    """Words of the constraint without which these were found."""

    @property
    def is_whole(self) -> bool:
        """Whether all constraints are met."""
        return not self.given_up

    def cards(self) -> Cards:
        """The offers, each with the wishes that it meets."""
        records = [hit.record for hit in self.hits if isinstance(hit.record, OpportunityRecord)]
        return Cards(tuple(to_opportunity(each, reasons(each, self.wanted)) for each in records))

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """What suits best, a line each."""
        words = self.wanted.words
        if self.given_up:
            yield Claim(say("list_none", language, wanted=words), (), "note")
            yield Claim(say("list_without", language, words=self.given_up, count=self.total), (), "note")
        else:
            yield Claim(say("find_best", language, wanted=words), (), "note")
        yield from lines_of(self.hits, index, language, today)
        last = self.wanted.need.offset + len(self.hits)
        if last < self.total:
            first, more = self.wanted.need.offset + 1, say("more", language)
            yield Claim(say("list_more", language, first=first, last=last, more=more), (), "note")


def suggest(wanted: Wanted, asking: Asking) -> Suggestion | None:
    """What suits a wish best; None when no offer tells enough of it."""
    wanted = _linked(wanted, asking)
    need = wanted.need.model_copy(update={"action": "find", "anywhere": True, "limit": SHOWN})
    shares = _shares(wanted, asking.store)
    best = max(shares.values(), default=0.0)
    if best < LEAST_SHARE:
        return None
    near = sorted(
        (number for number in shares if shares[number] >= BESIDE * best), key=lambda n: (-shares[n], n)
    )
    found, given_up = _meeting(wanted, need, near[:POOL], asking.store)
    by_meaning = _by_meaning(wanted, asking)
    ranked = [
        Hit(record, shares[number] + _other_signs(record, need, by_meaning, asking.today))
        for number, record in found
    ]
    ranked.sort(key=lambda hit: (-hit.score, hit.record.title, hit.record.reference))
    page = tuple(ranked[need.offset : need.offset + SHOWN])
    return Suggestion(replace(wanted, need=need), page, len(ranked), given_up) if page else None


def _linked(wanted: Wanted, asking: Asking) -> Wanted:
    """With words that no record knows taken for the trade or skill that they mean, if they mean one."""
    subjects, chips, unknown = list(wanted.subjects), list(wanted.chips), []
    for word in wanted.unknown:
        links = asking.link(word, asking.language)
        if not links:
            unknown.append(word)
            continue
        english = lexicon.terms("en").get(links[0].concept, ())
        subjects.append(Subject(word, asking.language, english))
        chips.append(Chip("topic", word))
    return replace(wanted, subjects=tuple(subjects), chips=tuple(chips), unknown=tuple(unknown))


def _meeting(
    wanted: Wanted, need: Need, numbers: Sequence[int], store: RecordStore
) -> tuple[list[tuple[int, AnyRecord]], str]:
    """The records among some that meet the need; else constraints are given up, easiest first, and named."""
    if found := store.among(need, numbers):
        return found, ""
    for name, relaxed in relaxed_needs(need):
        if name not in _NOT_GIVEN_UP and (found := store.among(relaxed, numbers)):
            return found, wanted.words_of(name)
    given_up: list[str] = []
    while weaker := [each for each in relaxed_needs(need) if each[0] not in _NOT_GIVEN_UP]:
        name, need = weaker[0]
        given_up.append(wanted.words_of(name))
        if found := store.among(need, numbers):
            return found, ", ".join(given_up)
    return [], ""


def reasons(record: AnyRecord, wanted: Wanted) -> list[str]:
    """The reader's words that this record meets."""
    terms = terms_of(record)
    subjects = {subject.words for subject in wanted.subjects if not subject.is_in(terms)}
    away = {c.words for c in wanted.chips if c.field == "city" and not is_in_city(record, wanted.need)}
    return [chip.words for chip in wanted.chips if chip.words not in subjects | away]


def _shares(wanted: Wanted, store: RecordStore) -> dict[int, float]:
    """Number of a record -> share of the wish that it tells of, from 0 to 1."""
    subjects = wanted.subjects
    if not subjects:
        return {}
    terms = {term for subject in subjects for way in subject.ways for term in way}
    told = store.weights(wanted.need.type, terms)
    fits = [_fits(subject, told) for subject in subjects]
    size = store.count(Need(type=wanted.need.type))
    rarity = [log((size + 1) / (len(fit) + 0.5)) for fit in fits]
    unknown = len(wanted.unknown) * log(2 * (size + 1))
    whole = sum(rarity) + unknown
    numbers = {number for fit in fits for number in fit}
    return {
        number: sum(rare * fit.get(number, 0.0) for rare, fit in zip(rarity, fits, strict=True)) / whole
        for number in numbers
    }


def _fits(subject: Subject, told: Mapping[str, Mapping[int, int]]) -> dict[int, float]:
    """Number of a record -> how well it tells of one subject, from 0 to 1: by its best way of saying it."""
    fits: dict[int, float] = {}
    for way in subject.ways:
        rows = [told.get(term, {}) for term in way]
        for number in set.intersection(*map(set, rows)):
            weight = min(row[number] for row in rows) / TELLING_WEIGHT
            fits[number] = max(fits.get(number, 0.0), min(1.0, weight))
    return fits


def _by_meaning(wanted: Wanted, asking: Asking) -> dict[str, float]:
    """Folded title -> how near the search finds its entry to the subjects; who asks is no part of it."""
    found: dict[str, float] = {}
    for hit in asking.search(wanted.need.topic):
        for title in hit.chunk.section[-1:]:
            found[fold(title)] = max(found.get(fold(title), 0.0), hit.score)
    return found


def _other_signs(record: AnyRecord, need: Need, by_meaning: Mapping[str, float], today: date) -> float:
    age = (today - record.as_of).days if record.as_of else _OLD_DAYS
    fresh = 1.0 - min(max(age, 0), _OLD_DAYS) / _OLD_DAYS
    return (
        SEARCH * by_meaning.get(fold(record.title), 0.0)
        + PLACE * bool(need.city and is_in_city(record, need))
        + QUALITY * (completeness(record) + fresh)
        - CLOSED * closed_on(record, today)
    )
