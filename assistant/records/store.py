"""The records of one generation, and every question that can be asked of them.

Where they lie is for `database` to say, what a question means for `match`; tests hold the answers against it.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select, true
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from assistant.records import match, query
from assistant.records.database import FILE, described, open_file, open_generation, trouble, write_store
from assistant.records.models import AnyRecord, RecordType
from assistant.records.need import TOGETHER, Need
from assistant.records.query import Alternative, Term
from assistant.records.schema import LARGEST, bodies, key, postings, records, terms
from assistant.settings import Settings

__all__ = ["FILE", "Found", "Hit", "RecordStore", "Relaxation", "write_store"]

_FEW = 2000  # records whose scores are all made
_TELLING = 20_000  # entries of the term index that are read to find candidates for "similar"
_CANDIDATES = 200
_adapter: TypeAdapter[AnyRecord] = TypeAdapter(AnyRecord)

RELAXABLE = (
    "city", "topic", "audiences", "starts_before", "starts_after", "max_days", "min_days", "eqf", "digcomp",
    "max_cost_eur", "free", "modes", "languages", "kinds", "provider", "open_on", "countries", "ecosystems",
)  # fmt: skip
"""Constraints in the order in which a reader gives them up most easily."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found."""

    record: AnyRecord
    score: float
    """How well it fits the wishes; 0 where the order is another."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a need: one page of records, and how many there are in all."""

    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A need with one constraint given up."""

    given_up: str
    """Name of the field."""
    need: Need
    total: int


class RecordStore:
    """The records of one generation, read only; safe to share between threads.

    Every method raises `RecordDatabaseError` when the database does not answer.
    """

    def __init__(self, engine: Engine) -> None:
        """Only for `open` and `of_generation`."""
        self._engine = engine

    @classmethod
    def open(cls, file: Path) -> Self:
        """Open a SQLite file of records.

        Raises:
            IndexDamagedError: it is not there.
            IndexMismatchError: it is of another format.
        """
        return cls(open_file(file))

    @classmethod
    def of_generation(cls, folder: Path, settings: Settings) -> Self:
        """Open the records of the generation in a folder, wherever they lie.

        Raises:
            RecordDatabaseError: the database is not set, not reachable, or lacks them.
            IndexDamagedError, IndexMismatchError
        """
        return cls(open_generation(folder, settings.records_url))

    @property
    def place(self) -> str:
        """Where the records lie, for people."""
        return described(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def find(self, need: Need, *, today: date | None = None) -> Found:
        """The page of records that a need asks for, best first, and the exact total.

        Args:
            need: `limit` and `offset` say which page; `limit` 0 asks for the total only.
            today: Ranks what is closed on that day last; None ranks it like the rest.
        """
        with self._asking() as connection:
            topic = _topic(connection, need)
            meeting = select(func.count()).select_from(records).where(query.meets(need, topic))
            total = int(connection.execute(meeting).scalar_one())
            if not need.limit or need.offset >= total:
                return Found((), total)
            scores = _page(connection, need, topic, today, total)
            found = _bodies(connection, scores)
        return Found(tuple(Hit(found[each], score) for each, score in scores.items()), total)

    def count(self, need: Need) -> int:
        """How many records meet a need, whatever its page."""
        return self.find(need.model_copy(update={"limit": 0})).total

    def all(self, kind: RecordType | None = None) -> list[AnyRecord]:
        """Every record, in the order of the documents."""
        return self._records(records.c.type == kind if kind else true())

    def values(self, field: str) -> list[str]:
        """What the records say in a text column such as "city_key"; without empty ones."""
        with self._asking() as connection:
            found = connection.execute(select(records.c[field]).distinct())
            return [value for (value,) in found if value]

    def known_terms(self, wanted: Iterable[str]) -> set[str]:
        """Which of some index terms occur in a record."""
        with self._asking() as connection:
            return set(_look_up(connection, wanted))

    def weights(self, type_: RecordType, wanted: Iterable[str]) -> dict[str, dict[int, int]]:
        """Index term -> number of a record that has it -> weight of the field that says it best."""
        with self._asking() as connection:
            words = {term.id: word for word, term in _look_up(connection, wanted).items()}
            told = select(postings).join(records, records.c.id == postings.c.record_id)
            told = told.where(postings.c.term_id.in_(sorted(words)), records.c.type == type_)
            found: dict[str, dict[int, int]] = {}
            for term_id, number, weight in connection.execute(told):
                found.setdefault(words[term_id], {})[number] = weight
        return found

    def among(self, need: Need, numbers: Collection[int]) -> list[tuple[int, AnyRecord]]:
        """Those of some records, by number, that meet a need; whatever its page."""
        with self._asking() as connection:
            meets = query.meets(need, _topic(connection, need))
            met = connection.execute(select(records.c.id).where(meets, records.c.id.in_(list(numbers))))
            return sorted(_bodies(connection, [number for (number,) in met]).items())

    def referenced(self, reference: str) -> list[AnyRecord]:
        """The record with this reference, if there is one; of several types, all."""
        return self._records(bodies.c.reference == key(reference))

    def titled(self, titles: Iterable[str]) -> list[AnyRecord]:
        """The records whose folded title is one of these, in the order of the documents."""
        return self._records(bodies.c.title_key.in_(sorted({key(title) for title in titles})))

    def similar(self, record: AnyRecord, *, limit: int = 10) -> list[Hit]:
        """Records of the same type that are about the same, the most alike first.

        The score is the cosine of their terms, each weighed by the field that says it and by its rarity. Of a
        large store, only records that share one of the more telling terms are compared.
        """
        weights = match.terms_of(record)
        with self._asking() as connection:
            known = {term: weights[text] for text, term in _look_up(connection, weights).items()}
            others = records.c.type == record.type, bodies.c.reference != key(record.reference)
            if not known:
                return []
            near = _most_alike(connection, _telling(known), others, limit=max(limit, _CANDIDATES))
            best = _most_alike(connection, known, others, limit=limit, among=near)
            found = _bodies(connection, best)
        length = query.norm(known)
        return [Hit(found[each], product / length) for each, product in best.items()]

    def relaxations(self, need: Need) -> Iterator[Relaxation]:
        """For a need that nothing meets: the constraints whose loss brings records back, easiest first."""
        for name, relaxed in relaxed_needs(need):
            if total := self.count(relaxed):
                yield Relaxation(name, relaxed, total)

    def _records(self, condition: ColumnElement[bool]) -> list[AnyRecord]:
        """What meets a condition, in the order of the documents."""
        wanted = select(bodies.c.body).join(records, records.c.id == bodies.c.id).where(condition)
        with self._asking() as connection:
            found = connection.execute(wanted.order_by(records.c.position))
            return [_adapter.validate_json(body) for (body,) in found]

    def _connect(self) -> Connection:
        """A connection; a second one where the server reset the first between two questions.

        The pool tries a connection before it gives it out, but the driver's ConnectionResetError is none
        of the errors by which it knows a lost one.
        """
        try:
            return self._engine.connect()
        except ConnectionError:
            self._engine.dispose()
            return self._engine.connect()

    @contextmanager
    def _asking(self) -> Iterator[Connection]:
        try:
            with self._connect() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise trouble(self._engine, error) from error


def relaxed_needs(need: Need) -> Iterator[tuple[str, Need]]:
    """(constraint given up, the need without it), what a reader gives up most easily first."""
    for name in RELAXABLE:
        if getattr(need, name) != Need.model_fields[name].default:
            given_up = (name, *TOGETHER.get(name, ()))
            without = {field: Need.model_fields[field].default for field in given_up}
            yield name, need.model_copy(update=without)


def _look_up(connection: Connection, wanted: Iterable[str]) -> dict[str, Term]:
    """By word, those of some words that are terms of records."""
    words = {key(word): word for word in wanted}
    found = connection.execute(select(terms).where(terms.c.term.in_(sorted(words))))
    return {words[row.term]: Term(row.id, row.idf, row.records) for row in found}


def _topic(connection: Connection, need: Need) -> tuple[Alternative, ...]:
    wanted = {term for each in match.alternatives(need) for term in each}
    return query.topic_of(need, _look_up(connection, wanted) if wanted else {})


def _page(
    connection: Connection, need: Need, topic: Sequence[Alternative], today: date | None, total: int
) -> dict[int, float]:
    """Id and score of the records of a page, in their order."""
    limit, offset = min(need.limit, LARGEST), min(need.offset, LARGEST)
    if need.sort != "match":
        ids = select(records.c.id).where(query.meets(need, topic)).order_by(*query.in_order(need))
        return {row.id: 0.0 for row in connection.execute(ids.limit(limit).offset(offset))}
    if not topic:
        scored = query.by_match(need, topic, today, None)
        return _scores(connection, scored.limit(limit).offset(offset))
    is_plain = len(topic) == 1 and need.action in match.HARD_ACTIONS
    score = _of_few if total <= _FEW and not is_plain else _of_many
    in_order = sorted(score(connection, need, topic, today).items(), key=lambda each: (-each[1], each[0]))
    return dict(in_order[offset : offset + limit])


def _of_few(
    connection: Connection, need: Need, topic: Sequence[Alternative], today: date | None
) -> dict[int, float]:
    """Id and score of all that meets a need, where that is not much."""
    scores = _scores(connection, query.by_match(need, topic, today, None))
    told = connection.execute(select(query.shares(topic, scores)))
    return scores | {row.record_id: match.TOPIC * row.share + scores[row.record_id] for row in told}


def _of_many(
    connection: Connection, need: Need, topic: Sequence[Alternative], today: date | None
) -> dict[int, float]:
    """Id and score of the records up to the end of the page, and of some that come after them.

    The first to be scored are those that have all of the topic; what lacks some or all of it can only come
    between them where their scores are low enough, and is seldom worth the time.
    """
    last = min(need.offset + need.limit, LARGEST)

    def settled(scores: Mapping[int, float], best_of_others: float) -> bool:
        enough = heapq.nlargest(last, scores.values())
        return len(enough) == last and enough[-1] > best_of_others

    def scored(shares: FromClause | None, repeats: int = 1) -> dict[int, float]:
        return _scores(connection, query.by_match(need, topic, today, shares).limit(last * repeats))

    best = query.best_quality(need, today)
    whole = query.whole_shares(topic)
    scores = scored(whole, len(topic)) if whole is not None else {}
    is_list = need.action in match.HARD_ACTIONS
    if is_list and len(topic) == 1:
        return scores
    if any(each.size > 1 for each in topic) and not settled(scores, best + query.best_partial(topic)):
        scores = scored(query.shares(topic))
    if is_list or settled(scores, best):
        return scores
    return scored(None) | scores


def _scores(connection: Connection, scored: Select[Any]) -> dict[int, float]:
    """By id, in their order; a record that comes repeatedly counts where it comes first."""
    scores = dict[int, float]()
    for row in connection.execute(scored):
        scores.setdefault(row[0], float(row[1]))
    return scores


def _bodies(connection: Connection, ids: Collection[int]) -> dict[int, AnyRecord]:
    wanted = select(bodies.c.id, bodies.c.body).where(bodies.c.id.in_(list(ids)))
    return {row.id: _adapter.validate_json(row.body) for row in connection.execute(wanted)}


def _telling(known: Mapping[Term, int]) -> dict[Term, int]:
    """The terms that say most, as many as can be looked up quickly."""
    left, telling = _TELLING, dict[Term, int]()
    for term, weight in sorted(known.items(), key=lambda each: (-each[1] * each[0].idf, each[0].id)):
        left -= term.records
        if left < 0 and telling:
            break
        telling[term] = weight
    return telling


def _most_alike(
    connection: Connection,
    weights: Mapping[Term, int],
    others: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    among: Collection[int] | None = None,
) -> dict[int, float]:
    """Id and likeness of the records most like a vector of terms, but for the vector's own length."""
    alike = query.likeness(weights, among)
    score = (alike.c.product / records.c.term_norm).label("score")
    rows = select(records.c.id, score).join(alike, alike.c.record_id == records.c.id)
    rows = rows.join(bodies, bodies.c.id == records.c.id).where(*others)
    return _scores(connection, rows.order_by(score.desc(), records.c.id).limit(limit))
