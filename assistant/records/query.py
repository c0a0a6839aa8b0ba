"""From a need to SQL: which records meet it, and in which order. What both mean is defined in `match`."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from assistant.records import match
from assistant.records.need import Need
from assistant.records.schema import LARGEST, plain, postings, records, tags
from assistant.retrieval.text import fold

_SORTED_BY = {
    "cost": records.c.cost_low,
    "duration": records.c.days_low,
    "starts": records.c.starts_on,
    "deadline": records.c.deadline_on,
}


@dataclass(frozen=True, slots=True)
class Term:
    """An index term that records have."""

    id: int
    idf: float
    records: int
    """How many have it."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say the topic of a need."""

    terms: tuple[Term, ...]
    """Those that records have, the rarest first."""
    size: int
    """How many terms it has, known or not."""


def topic_of(need: Need, known: Mapping[str, Term]) -> tuple[Alternative, ...]:
    """The topic as terms of the index; an alternative of which no record knows a term is left out of `terms`.

    Args:
        need: Its topic may be empty.
        known: The terms of `match.alternatives` that records have.
    """
    found = []
    for wanted in match.alternatives(need):
        own = sorted(
            (known[term] for term in wanted if term in known), key=lambda term: (term.records, term.id)
        )
        found.append(Alternative(tuple(own), len(wanted)))
    return tuple(found)


def meets(need: Need, topic: Sequence[Alternative]) -> ColumnElement[bool]:
    """Whether a record meets all hard constraints, as `match.matches` defines it."""
    column = records.c
    conditions: list[ColumnElement[bool]] = [column.type == need.type]
    if need.ecosystems:
        conditions.append(column.ecosystem.in_(need.ecosystems))
    if need.countries:
        conditions.append(_tagged("country", [*need.countries, *(["EU"] if need.anywhere else [])]))
    if need.provider:
        conditions.append(_contains(column.provider_key, need.provider))
    if need.audiences:
        conditions.append(or_(not_(column.names_audience), _tagged("audience", need.audiences)))
    if need.open_on is not None:
        conditions.append(not_(_closed_on(need.open_on)))
    if need.action in match.HARD_ACTIONS:
        if need.city:
            conditions.append(_in_city(need))
        if topic:
            whole = (_having(each.terms) for each in topic if len(each.terms) == each.size)
            conditions.append(or_(false(), *whole))
    if need.type == "partnership" and need.scale:
        conditions.append(column.scale == need.scale)
    if need.type in ("opportunity", "occupation"):
        conditions += _level_conditions(need)
    if need.type == "opportunity":
        conditions += _offer_conditions(need)
    return and_(*conditions)


def in_order(need: Need) -> list[ColumnElement[Any]]:
    """The order of a list that is not sorted by match; ids follow the titles."""
    by = _SORTED_BY.get(need.sort)
    return [records.c.id] if by is None else [by.is_(None), by, records.c.id]


def by_match(
    need: Need, topic: Sequence[Alternative], today: date | None, shares: FromClause | None
) -> Select[Any]:
    """(id, score) of what meets a need, best first, as `match.score` defines it.

    Args:
        need: The wishes.
        topic: As `topic_of` says.
        today: As in `match.score`.
        shares: (record_id, share) of the topic; only these records are scored. None: all are, as if they had
            nothing of the topic.
    """
    score, rows = _quality(need, today), select(records.c.id).where(meets(need, topic))
    if shares is not None:
        score = match.TOPIC * shares.c.share + score
        rows = rows.join(shares, shares.c.record_id == records.c.id)
    named = score.label("score")
    return rows.add_columns(named).order_by(named.desc(), records.c.id)


def whole_shares(topic: Sequence[Alternative]) -> FromClause | None:
    """(record_id, share) for each alternative that a record has all terms of; a record may come repeatedly.

    Quicker than `shares`, since nothing is grouped. None when no alternative is known to its last term.
    """
    parts = [_whole(each) for each in topic if len(each.terms) == each.size]
    return union_all(*parts).subquery() if parts else None


def shares(topic: Sequence[Alternative], among: Collection[int] | None = None) -> Subquery:
    """(record_id, share) of the records with a term of the topic: how much of it, and how prominently.

    Args:
        topic: As `topic_of` says.
        among: Ids of the records that count; None for all. Some thousands at most.
    """
    told: FromClause = postings
    if among is not None:
        every_term = {term.id for each in topic for term in each.terms}
        those = postings.c.term_id.in_(sorted(every_term)), postings.c.record_id.in_(list(among))
        told = select(postings).where(*those).cte()
    parts = []
    for each in topic:
        share = func.sum(told.c.weight) / (match.MOST * each.size)
        rows = select(told.c.record_id, share.label("share"))
        own = told.c.term_id.in_([term.id for term in each.terms])
        parts.append(rows.where(own).group_by(told.c.record_id))
    every = union_all(*parts).subquery()
    best = select(every.c.record_id, func.max(every.c.share).label("share"))
    return best.group_by(every.c.record_id).subquery()


def best_partial(topic: Sequence[Alternative]) -> float:
    """What the topic adds at most to the score of a record that has all terms of no alternative."""
    return match.TOPIC * max((1.0 - 1.0 / each.size for each in topic), default=0.0)


def best_quality(need: Need, today: date | None) -> float:
    """What a record can score at most without the topic."""
    best = match.COMPLETE + (match.FRESH if today else 0.0)
    return best + (match.PLACE if need.city else 0.0) + (match.GROUP if need.audiences else 0.0)


def norm(weights: Mapping[Term, int]) -> float:
    """Length of a vector of terms, as `likeness` says."""
    return math.sqrt(sum((weight * term.idf) ** 2 for term, weight in weights.items()))


def likeness(weights: Mapping[Term, int], among: Iterable[int] | None = None) -> FromClause:
    """(record_id, product): the scalar product of a vector of terms with those of records that share one.

    A term counts as often as its weight times its idf, squared idf in the product; divided by both vectors'
    lengths (`records.term_norm`) the product is the cosine of their angle.

    Args:
        weights: The vector.
        among: Ids of the records that count; None for all.
    """
    worth = case(
        {term.id: weight * term.idf**2 for term, weight in weights.items()}, value=postings.c.term_id
    )
    rows = select(postings.c.record_id, func.sum(postings.c.weight * worth).label("product"))
    rows = rows.where(postings.c.term_id.in_([term.id for term in weights]))
    if among is not None:
        rows = rows.where(postings.c.record_id.in_(list(among)))
    return rows.group_by(postings.c.record_id).subquery()


def _level_conditions(need: Need) -> list[ColumnElement[bool]]:
    column = records.c
    wanted = (
        (need.eqf, column.eqf_low, column.eqf_high),
        (need.digcomp, column.digcomp_low, column.digcomp_high),
    )
    return [
        literal(min(level, LARGEST)).between(low, high) for level, low, high in wanted if level is not None
    ]


def _offer_conditions(need: Need) -> list[ColumnElement[bool]]:
    column = records.c
    conditions: list[ColumnElement[bool]] = []
    if need.kinds:
        conditions.append(column.kind.in_(need.kinds))
    if need.paid_by:
        conditions.append(_tagged("paid_by", need.paid_by))
    if need.languages:
        conditions.append(_tagged("language", need.languages))
    if need.modes:
        conditions.append(column.mode.in_(need.modes))
    if need.free is not None:
        conditions.append(column.free.is_(need.free))
    if need.max_cost_eur is not None:
        conditions.append(column.cost_high <= need.max_cost_eur)
    if need.max_days is not None:
        conditions.append(column.days_high <= min(need.max_days, LARGEST))
    if need.min_days is not None:
        conditions.append(column.days_low >= min(need.min_days, LARGEST))
    if need.starts_after is not None:
        conditions.append(column.starts_on >= need.starts_after)
    if need.starts_before is not None:
        conditions.append(column.starts_on <= need.starts_before)
    return conditions


def _contains(key: ColumnElement[str], words: str) -> ColumnElement[bool]:
    return key.contains(plain(fold(words)), autoescape=True)


def _in_city(need: Need) -> ColumnElement[bool]:
    key = records.c.city_key
    return or_(_contains(key, need.city), key.in_([plain(name) for name in need.city_names]))


def _tagged(field: str, values: Sequence[str]) -> ColumnElement[bool]:
    """Whether the record has one of the values; as a set, which is read once and not for each record."""
    ids = select(tags.c.record_id).where(tags.c.field == field, tags.c.value.in_(list(values)))
    return records.c.id.in_(ids)


def _having(wanted: Sequence[Term]) -> ColumnElement[bool]:
    """Whether the record has all of the terms, looked up from the rarest of them."""
    rarest, *others = wanted
    ids = select(postings.c.record_id).where(postings.c.term_id == rarest.id)
    for term in others:
        other = postings.alias()
        same = and_(other.c.term_id == term.id, other.c.record_id == postings.c.record_id)
        ids = ids.where(exists(select(1).select_from(other).where(same)))
    return records.c.id.in_(ids)


def _closed_on(day: date) -> ColumnElement[bool]:
    return or_(records.c.closed, func.coalesce(records.c.closes_on < day, false()))


def _whole(alternative: Alternative) -> Select[Any]:
    rarest, *others = alternative.terms
    weight: ColumnElement[Any] = postings.c.weight
    rows: FromClause = postings
    for term in others:
        other = postings.alias()
        same = and_(other.c.term_id == term.id, other.c.record_id == postings.c.record_id)
        rows, weight = rows.join(other, same), weight + other.c.weight
    share = (weight / (match.MOST * alternative.size)).label("share")
    return select(postings.c.record_id, share).select_from(rows).where(postings.c.term_id == rarest.id)


def _quality(need: Need, today: date | None) -> ColumnElement[Any]:
    """The score without the topic."""
    column = records.c
    score: ColumnElement[Any] = match.COMPLETE * column.completeness
    if need.city:
        score = score + case((_in_city(need), match.PLACE), else_=0.0)
    if need.audiences:
        score = score + case((_tagged("audience", need.audiences), match.GROUP), else_=0.0)
    if today is not None:
        now = today.toordinal()
        age = literal(now) - column.as_of_day
        fresh = case((age <= 0, 1.0), (age >= match.OLD_DAYS, 0.0), else_=1.0 - age / float(match.OLD_DAYS))
        score = score + match.FRESH * fresh - case((_closed_on(today), match.CLOSED), else_=0.0)
    return score
