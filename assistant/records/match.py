"""What it means that a record meets a need, and how well: the plain definition that `query` agrees with."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from assistant.records.models import (
    AnyRecord,
    FundingRecord,
    OccupationRecord,
    OpportunityRecord,
    PartnershipRecord,
)
from assistant.records.need import Need
from assistant.retrieval.text import analyse, content_words, fold

HARD_ACTIONS = ("list", "count", "compare")
"""With these, topic and city are constraints; otherwise they are wishes that rank."""
WEIGHTS = {
    "title": 3,
    "also_called": 2,
    "tasks": 2,
    "target_occupations": 3,
    "skills": 2,
    "focus": 2,
    "kind": 1,
    "provider": 1,
    "ecosystem": 1,
}

TOPIC, PLACE, GROUP, COMPLETE, FRESH, CLOSED = 4.0, 2.0, 0.5, 0.3, 0.3, 1.0
"""Parts of the score: each is at most this much, and the last is taken off."""
MOST = 3.0
"""The largest of WEIGHTS."""
OLD_DAYS = 3650
"""A source of this age counts as not fresh at all."""

_LOOKED_FOR = {
    "opportunity": (
        "provider", "languages", "mode", "duration", "cost", "eligibility", "how_to_apply", "url",
    ),
    "partnership": ("lead", "target", "focus", "how_to_join", "contact", "url"),
    "funding": ("amount", "who", "how_to_apply", "rule"),
    "occupation": ("tasks", "skills", "level"),
}  # fmt: skip


def matches(record: AnyRecord, need: Need) -> bool:
    """Whether every hard constraint is met; what a record does not say does not meet a constraint on it."""
    return record.type == need.type and all(
        (
            not need.ecosystems or record.ecosystem in need.ecosystems,
            _in_countries(record, need),
            need.action not in HARD_ACTIONS or not need.city or is_in_city(record, need),
            not need.provider or fold(need.provider) in fold(getattr(record, "provider", "")),
            need.open_on is None or not closed_on(record, need.open_on),
            _fits_audience(record, need),
            need.action not in HARD_ACTIONS or _on_topic(record, need),
            _is_such_an_offer(record, need),
        )
    )


def is_in_city(record: AnyRecord, need: Need) -> bool:
    """Whether it takes place in the town that the reader named, or in one near it where that will do."""
    place = fold(record.city)
    return fold(need.city) in place or place in need.city_names


def score(record: AnyRecord, need: Need, today: date | None = None) -> float:
    """How well a record fits the wishes of a need; more is better.

    The topic comes first: the share of its terms that the record has, weighed by the fields that say them.
    Then the place, then a group that the offer names, then how complete and fresh the record is.

    Args:
        record: Any; what it must meet is not looked at.
        need: The wishes.
        today: What is closed on that day ranks lower; None ranks it, and old sources, like the rest.
    """
    total = COMPLETE * completeness(record)
    if need.city and is_in_city(record, need):
        total += PLACE
    if set(need.audiences) & set(getattr(record, "audiences", ())):
        total += GROUP
    if today is not None:
        age = (today - record.as_of).days if record.as_of else OLD_DAYS
        total += FRESH * (1.0 - min(max(age, 0), OLD_DAYS) / OLD_DAYS)
        total -= CLOSED if closed_on(record, today) else 0.0
    known = terms_of(record)
    shares = (sum(known.get(term, 0) for term in terms) / (MOST * len(terms)) for terms in alternatives(need))
    return TOPIC * max(shares, default=0.0) + total


def closed_on(record: AnyRecord, day: date) -> bool:
    """Whether it is known that one can no longer apply on that day."""
    if isinstance(record, FundingRecord):
        return record.status == "closed" or bool(record.deadline_on and record.deadline_on < day)
    if not isinstance(record, OpportunityRecord):
        return False
    last = record.deadline_on or record.starts_on
    return last is not None and last < day


def terms_of(record: AnyRecord) -> dict[str, int]:
    """Index terms of what a record is about, with the weight of the field that says it best."""
    found: dict[str, int] = {}
    for name, weight in WEIGHTS.items():
        value = getattr(record, name, ())
        text = value if isinstance(value, str) else "\n".join(value)
        for language in ("en", *getattr(record, "languages", ())):
            for term in _terms(text, language):
                found[term] = max(found.get(term, 0), weight)
    return found


def alternatives(need: Need) -> tuple[frozenset[str], ...]:
    """The topic as sets of terms; a record is on topic when it has all terms of one of them."""
    languages = dict.fromkeys(("en", need.language))
    texts = [(text, code) for text in (need.topic, *need.topic_terms) for code in languages]
    return tuple(dict.fromkeys(terms for each in texts if (terms := frozenset(_content(*each)))))


def completeness(record: AnyRecord) -> float:
    """Share of the fields that a reader looks for first that are filled."""
    names = _LOOKED_FOR.get(record.type, ("url",))
    return sum(bool(getattr(record, name)) for name in names) / len(names)


def _in_countries(record: AnyRecord, need: Need) -> bool:
    if not need.countries:
        return True
    if set(record.countries) & set(need.countries):
        return True
    return need.anywhere and "EU" in record.countries


def _fits_audience(record: AnyRecord, need: Need) -> bool:
    """Offers for the group, and those that name no group at all."""
    named = getattr(record, "audiences", ())
    return not need.audiences or not named or bool(set(named) & set(need.audiences))


def _on_topic(record: AnyRecord, need: Need) -> bool:
    wanted = alternatives(need)
    if not wanted:
        return True
    known = terms_of(record).keys()
    return any(terms <= known for terms in wanted)


def _is_such_an_offer(record: AnyRecord, need: Need) -> bool:
    if isinstance(record, PartnershipRecord):
        return not need.scale or record.scale == need.scale
    if isinstance(record, OccupationRecord):
        return _includes(record.eqf, need.eqf) and _includes(record.digcomp, need.digcomp)
    if not isinstance(record, OpportunityRecord):
        return True
    low, high = record.duration_days or (None, None)
    return all(
        (
            not need.kinds or record.kind in need.kinds,
            not need.paid_by or any(set(each.references) & set(need.paid_by) for each in record.paid_by),
            not need.languages or bool(set(record.languages) & set(need.languages)),
            not need.modes or record.mode in need.modes,
            need.free is None or record.free is need.free,
            need.max_cost_eur is None
            or (record.cost_eur is not None and record.cost_eur[1] <= need.max_cost_eur),
            need.max_days is None or (high is not None and high <= need.max_days),
            need.min_days is None or (low is not None and low >= need.min_days),
            _includes(record.eqf, need.eqf),
            _includes(record.digcomp, need.digcomp),
            _between(record.starts_on, need.starts_after, need.starts_before),
        )
    )


def _includes(levels: tuple[int, int] | None, wanted: int | None) -> bool:
    return wanted is None or (levels is not None and levels[0] <= wanted <= levels[1])


def _between(day: date | None, after: date | None, before: date | None) -> bool:
    if after is None and before is None:
        return True
    return day is not None and (after is None or day >= after) and (before is None or day <= before)


def _content(text: str, language: str) -> list[str]:
    """The terms of a text without stop words."""
    return analyse(" ".join(content_words(text, language)), language)


@lru_cache(maxsize=20_000)
def _terms(text: str, language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(analyse(text, language)))


def sorted_by(records: Iterable[AnyRecord], need: Need) -> list[AnyRecord]:
    """For every sort but "match": what has no such value comes last, then by title and reference."""

    def key(record: AnyRecord) -> tuple[bool, float, str, str]:
        value = _sort_value(record, need)
        return (value is None, value or 0.0, fold(record.title), record.reference)

    return sorted(records, key=key)


def _sort_value(record: AnyRecord, need: Need) -> float | None:
    day: date | None
    match need.sort:
        case "cost":
            costs: Sequence[float] | None = getattr(record, "cost_eur", None)
            return costs[0] if costs else None
        case "duration":
            days: Sequence[int] | None = getattr(record, "duration_days", None)
            return float(days[0]) if days else None
        case "starts":
            day = getattr(record, "starts_on", None)
        case "deadline":
            day = getattr(record, "deadline_on", None)
        case _:
            return 0.0
    return float(day.toordinal()) if day else None
