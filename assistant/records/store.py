"""The records of one generation in SQL, and every question that can be asked of them.

One SQLite file lies in the generation's folder, so an answer never mixes the records of one generation with
the pages of another. What a query means is defined in `match`; tests hold both against each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    case,
    create_engine,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.engine import Engine
from sqlalchemy.pool import SingletonThreadPool

from assistant.errors import IndexDamagedError
from assistant.records.match import HARD_ACTIONS, alternatives, closed_on, completeness, terms_of
from assistant.records.models import AnyRecord, RecordType
from assistant.records.need import Need
from assistant.retrieval.text import fold

FILE = "records.sqlite"
_BATCH = 2000
_OLD_DAYS = 3650.0  # a source of this age counts as not fresh at all

_metadata = MetaData()
_records = Table(
    "records",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("type", String, nullable=False),
    Column("reference", String, nullable=False, index=True),
    Column("title_key", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("scale", String, nullable=False),
    Column("ecosystem", String, nullable=False),
    Column("provider_key", Text, nullable=False),
    Column("city_key", Text, nullable=False),
    Column("mode", String),
    Column("free", Boolean),
    Column("cost_low", Float),
    Column("cost_high", Float),
    Column("days_low", Integer),
    Column("days_high", Integer),
    Column("eqf_low", Integer),
    Column("eqf_high", Integer),
    Column("digcomp_low", Integer),
    Column("digcomp_high", Integer),
    Column("starts_on", Date),
    Column("deadline_on", Date),
    Column("closes_on", Date),
    Column("closed", Boolean, nullable=False),
    Column("as_of", Date),
    Column("completeness", Float, nullable=False),
    Column("names_audience", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index("records_by_kind", "type", "kind"),
    Index("records_by_ecosystem", "type", "ecosystem"),
)
_tags = Table(
    "tags",
    _metadata,
    Column("field", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("record_id", Integer, primary_key=True),
    Column("weight", Integer, nullable=False),
    sqlite_with_rowid=False,
)
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
    """How well it fits the wishes; 0 where the need has none."""


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


def write_store(file: Path, records: Sequence[AnyRecord]) -> None:
    """Write the records of a generation; their order is kept."""
    engine = create_engine(f"sqlite:///{file}")
    _metadata.create_all(engine)
    with engine.begin() as connection:
        for start in range(0, len(records), _BATCH):
            part = list(enumerate(records[start : start + _BATCH], start=start + 1))
            connection.execute(_records.insert(), [_row(number, record) for number, record in part])
            tags = [tag for number, record in part for tag in _tag_rows(number, record)]
            if tags:
                connection.execute(_tags.insert(), tags)
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


class RecordStore:
    """The records of one generation, read only; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        """Only for `open`."""
        self._engine = engine

    @classmethod
    def open(cls, file: Path) -> Self:
        """Open the file that `write_store` wrote.

        Raises:
            IndexDamagedError: it is not there.
        """
        if not file.is_file():
            raise IndexDamagedError(f"there is no {file}; run `assistant ingest --rebuild`")
        address = f"sqlite:///file:{file.absolute().as_posix()}?mode=ro&immutable=1&uri=true"
        return cls(create_engine(address, poolclass=SingletonThreadPool))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def find(self, need: Need, *, today: date | None = None) -> Found:
        """The page of records that a need asks for, best first, and the exact total.

        Args:
            need: `limit` and `offset` say which page; `limit` 0 asks for the total only.
            today: Ranks what is closed on that day last; None ranks it like the rest.
        """
        meets = _where(need)
        total = self.count(need)
        if not need.limit or not total:
            return Found((), total)
        order, score = _order(need, today)
        page = (  # without the bodies, which would make the sorting slow
            select(_records.c.id, score.label("score"))
            .where(meets)
            .order_by(*order, _records.c.title_key, _records.c.reference)
            .limit(need.limit)
            .offset(need.offset)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(page).all()
            ids = [number for number, _ in rows]
            wanted = select(_records.c.id, _records.c.body).where(_records.c.id.in_(ids))
            bodies = {row.id: row.body for row in connection.execute(wanted)}
        hits = (Hit(_adapter.validate_json(bodies[number]), float(score)) for number, score in rows)
        return Found(tuple(hits), total)

    def count(self, need: Need) -> int:
        """How many records meet a need, whatever its page."""
        with self._engine.connect() as connection:
            counted = connection.execute(select(func.count()).select_from(_records).where(_where(need)))
            return int(counted.scalar_one())

    def all(self, kind: RecordType | None = None) -> list[AnyRecord]:
        """Every record, in the order of the documents."""
        query = select(_records.c.body).order_by(_records.c.id)
        if kind:
            query = query.where(_records.c.type == kind)
        with self._engine.connect() as connection:
            return [_adapter.validate_json(body) for (body,) in connection.execute(query)]

    def values(self, field: str) -> list[str]:
        """What the records say in a text column such as "city_key"; without empty ones."""
        column = _records.c[field]
        with self._engine.connect() as connection:
            return [value for (value,) in connection.execute(select(column).distinct()) if value]

    def known_terms(self, terms: Iterable[str]) -> set[str]:
        """Which of some index terms occur in a record."""
        query = (
            select(_tags.c.value).where(_tags.c.field == "term", _tags.c.value.in_(sorted(terms))).distinct()
        )
        with self._engine.connect() as connection:
            return {value for (value,) in connection.execute(query)}

    def similar(self, record: AnyRecord, *, limit: int = 10) -> list[Hit]:
        """Records of the same type that share the most telling terms with one."""
        terms = terms_of(record)
        shared = (
            select(_tags.c.record_id, func.sum(_tags.c.weight).label("weight"))
            .where(_tags.c.field == "term", _tags.c.value.in_(list(terms)[:200]))
            .group_by(_tags.c.record_id)
            .subquery()
        )
        query = (
            select(_records.c.body, shared.c.weight)
            .join(shared, shared.c.record_id == _records.c.id)
            .where(_records.c.type == record.type, _records.c.reference != record.reference)
            .order_by(shared.c.weight.desc(), _records.c.title_key)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Hit(_adapter.validate_json(body), float(weight)) for body, weight in rows]

    def relaxations(self, need: Need) -> Iterator[Relaxation]:
        """For a need that nothing meets: the constraints whose loss brings records back, easiest first."""
        for name in RELAXABLE:
            default = Need.model_fields[name].default
            if getattr(need, name) == default:
                continue
            without = {name: default} | ({"topic_terms": ()} if name == "topic" else {})
            relaxed = need.model_copy(update=without)
            if total := self.count(relaxed):
                yield Relaxation(name, relaxed, total)


def _where(need: Need) -> ColumnElement[bool]:
    column = _records.c
    conditions: list[ColumnElement[bool]] = [column.type == need.type]
    if need.ecosystems:
        conditions.append(column.ecosystem.in_(need.ecosystems))
    if need.countries:
        conditions.append(_tagged("country", [*need.countries, *(["EU"] if need.anywhere else [])]))
    if need.provider:
        conditions.append(column.provider_key.contains(fold(need.provider), autoescape=True))
    if need.audiences:
        conditions.append(or_(not_(column.names_audience), _tagged("audience", need.audiences)))
    if need.open_on is not None:
        still_open = or_(column.closes_on.is_(None), column.closes_on >= need.open_on)
        conditions.append(and_(not_(column.closed), still_open))
    if need.action in HARD_ACTIONS:
        if need.city:
            conditions.append(column.city_key.contains(fold(need.city), autoescape=True))
        if wanted := alternatives(need):
            conditions.append(or_(*(and_(*(_tagged("term", [term]) for term in terms)) for terms in wanted)))
    if need.type == "partnership" and need.scale:
        conditions.append(column.scale == need.scale)
    if need.type in ("opportunity", "occupation"):
        conditions += _level_conditions(need)
    if need.type == "opportunity":
        conditions += _offer_conditions(need)
    return and_(*conditions)


def _level_conditions(need: Need) -> list[ColumnElement[bool]]:
    column = _records.c
    conditions: list[ColumnElement[bool]] = []
    if need.eqf is not None:
        conditions.append(and_(column.eqf_low <= need.eqf, column.eqf_high >= need.eqf))
    if need.digcomp is not None:
        conditions.append(and_(column.digcomp_low <= need.digcomp, column.digcomp_high >= need.digcomp))
    return conditions


def _offer_conditions(need: Need) -> list[ColumnElement[bool]]:
    column = _records.c
    conditions: list[ColumnElement[bool]] = []
    if need.kinds:
        conditions.append(column.kind.in_(need.kinds))
    if need.languages:
        conditions.append(_tagged("language", need.languages))
    if need.modes:
        conditions.append(column.mode.in_(need.modes))
    if need.free is not None:
        conditions.append(column.free.is_(need.free))
    if need.max_cost_eur is not None:
        conditions.append(column.cost_high <= need.max_cost_eur)
    if need.max_days is not None:
        conditions.append(column.days_high <= need.max_days)
    if need.min_days is not None:
        conditions.append(column.days_low >= need.min_days)
    if need.starts_after is not None:
        conditions.append(column.starts_on >= need.starts_after)
    if need.starts_before is not None:
        conditions.append(column.starts_on <= need.starts_before)
    return conditions


def _tagged(field: str, values: Sequence[str]) -> ColumnElement[bool]:
    """Whether the record has one of the values; as a set, which SQLite looks up from the rarer side."""
    ids = select(_tags.c.record_id).where(_tags.c.field == field, _tags.c.value.in_(list(values)))
    return _records.c.id.in_(ids)


def _order(need: Need, today: date | None) -> tuple[list[ColumnElement[Any]], ColumnElement[Any]]:
    column = _records.c
    by = {
        "cost": column.cost_low,
        "duration": column.days_low,
        "starts": column.starts_on,
        "deadline": column.deadline_on,
    }.get(need.sort)
    if by is not None:
        return [by.is_(None), by], literal(0.0)
    if need.sort == "title":
        return [], literal(0.0)
    score = _score(need, today)
    return [score.desc()], score


def _score(need: Need, today: date | None) -> ColumnElement[Any]:
    """Topic first (share of its terms, weighed by the field that says them), then place, then quality."""
    column = _records.c
    score: ColumnElement[Any] = 0.3 * column.completeness
    topic = [_share_of(terms) for terms in alternatives(need)]
    if topic:
        score = score + 4.0 * (topic[0] if len(topic) == 1 else func.max(*topic))
    if need.city:
        score = score + case((column.city_key.contains(fold(need.city), autoescape=True), 2.0), else_=0.0)
    if need.audiences:
        score = score + case((_tagged("audience", need.audiences), 0.5), else_=0.0)
    if today is not None:
        age = func.julianday(today.isoformat()) - func.julianday(column.as_of)
        fresh = 1.0 - func.min(func.max(func.coalesce(age, _OLD_DAYS), 0.0), _OLD_DAYS) / _OLD_DAYS
        is_closed = or_(column.closed, column.closes_on < today)
        score = score + 0.3 * fresh - case((is_closed, 1.0), else_=0.0)
    return score


def _share_of(terms: Iterable[str]) -> ColumnElement[Any]:
    wanted = sorted(terms)
    weight = (
        select(func.coalesce(func.sum(_tags.c.weight), 0))
        .where(_tags.c.field == "term", _tags.c.value.in_(wanted), _tags.c.record_id == _records.c.id)
        .correlate(_records)
        .scalar_subquery()
    )
    return weight / (3.0 * len(wanted))


def _row(number: int, record: AnyRecord) -> dict[str, Any]:
    def pair(name: str) -> tuple[Any, Any]:
        return getattr(record, name, None) or (None, None)

    costs, days, eqf, digcomp = pair("cost_eur"), pair("duration_days"), pair("eqf"), pair("digcomp")
    deadline, starts = getattr(record, "deadline_on", None), getattr(record, "starts_on", None)
    return {
        "id": number,
        "type": record.type,
        "reference": record.reference,
        "title_key": fold(record.title),
        "kind": getattr(record, "kind", ""),
        "scale": getattr(record, "scale", ""),
        "ecosystem": record.ecosystem,
        "provider_key": fold(getattr(record, "provider", "")),
        "city_key": fold(record.city),
        "mode": getattr(record, "mode", None),
        "free": getattr(record, "free", None),
        "cost_low": costs[0],
        "cost_high": costs[1],
        "days_low": days[0],
        "days_high": days[1],
        "eqf_low": eqf[0],
        "eqf_high": eqf[1],
        "digcomp_low": digcomp[0],
        "digcomp_high": digcomp[1],
        "starts_on": starts,
        "deadline_on": deadline,
        "closes_on": deadline or starts,
        "closed": closed_on(record, date.min),
        "as_of": record.as_of,
        "completeness": completeness(record),
        "names_audience": bool(getattr(record, "audiences", ())),
        "body": record.model_dump_json(exclude_defaults=False),
    }


def _tag_rows(number: int, record: AnyRecord) -> list[dict[str, Any]]:
    tags = [("country", code, 0) for code in record.countries]
    tags += [("language", code, 0) for code in getattr(record, "languages", ())]
    tags += [("audience", name, 0) for name in getattr(record, "audiences", ())]
    tags += [("term", term, weight) for term, weight in terms_of(record).items()]
    return [
        {"field": field, "value": value, "record_id": number, "weight": weight}
        for field, value, weight in dict.fromkeys(tags)
    ]
