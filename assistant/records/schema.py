"""The tables that records lie in, and a record's rows in them; the same in SQLite and in PostgreSQL.

Most questions read the whole of `records` once, so it holds only what filters and sorts, in narrow rows; what
is shown lies in `bodies`. Ids follow title and reference, the last tie-break of every list, so that a list is
sorted without comparing texts, and in the same order whatever the collation of a server.
"""

import json
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Double,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
)

from assistant.records.match import closed_on, completeness, terms_of
from assistant.records.models import AnyRecord
from assistant.retrieval.text import fold

FORMAT = 2
"""Of the tables; raised when a reader of today could not read those of yesterday."""
LARGEST = 2**31 - 1  # what an Integer column holds
LONGEST_KEY = 500
_BATCH = 2000

metadata = MetaData()
records = Table(
    "records",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # what every question reads comes first: SQLite finds a value by reading over those before it
    Column("type", String, nullable=False),
    Column("completeness", Double, nullable=False),
    Column("as_of_day", Integer, nullable=False),  # `date.toordinal`; 0 when unknown
    Column("closed", Boolean, nullable=False),
    Column("closes_on", Date),
    Column("kind", String, nullable=False),
    Column("ecosystem", String, nullable=False),
    Column("mode", String),
    Column("free", Boolean),
    Column("cost_low", Double),
    Column("cost_high", Double),
    Column("days_low", Integer),
    Column("days_high", Integer),
    Column("starts_on", Date),
    Column("deadline_on", Date),
    Column("names_audience", Boolean, nullable=False),
    Column("eqf_low", Integer),
    Column("eqf_high", Integer),
    Column("digcomp_low", Integer),
    Column("digcomp_high", Integer),
    Column("scale", String, nullable=False),
    Column("city_key", Text, nullable=False),
    Column("provider_key", Text, nullable=False),
    Column("term_norm", Double, nullable=False),  # length of its vector of terms; see `query.likeness`
    Column("position", Integer, nullable=False),  # in the order of the documents
)
bodies = Table(
    "bodies",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("reference", Text, nullable=False, index=True),
    Column("title_key", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
)
tags = Table(
    "tags",
    metadata,
    Column("field", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("record_id", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("term", Text, nullable=False, unique=True),
    Column("idf", Double, nullable=False),
    Column("records", Integer, nullable=False),  # how many have it
)
postings = Table(
    "postings",
    metadata,
    Column("term_id", Integer, primary_key=True),
    Column("record_id", Integer, primary_key=True),
    Column("weight", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)


def write(connection: Connection, found: Sequence[AnyRecord]) -> None:
    """Create the tables and fill them."""
    metadata.create_all(connection)
    in_order = sorted(enumerate(found), key=lambda each: (fold(each[1].title), each[1].reference))
    index = _TermIndex(len(found))
    for record_id, (_, record) in enumerate(in_order, start=1):
        index.add(record_id, terms_of(record))
    norms = index.norms()
    numbered = [(record_id, *each) for record_id, each in enumerate(in_order, start=1)]
    rows = (_row(*each) | {"term_norm": norms[each[0]]} for each in numbered)
    _insert(connection, records, rows)
    _insert(connection, bodies, (_body(record_id, record) for record_id, _, record in numbered))
    _insert(connection, tags, (tag for record_id, _, record in numbered for tag in _tags(record_id, record)))
    _insert(connection, terms, index.term_rows())
    _insert(connection, postings, index.posting_rows())
    connection.exec_driver_sql("ANALYZE")


class _TermIndex:
    """Which records have a term, and how much it says of each."""

    def __init__(self, record_count: int) -> None:
        self._record_count = record_count
        self._postings: dict[str, tuple[array[int], array[int]]] = {}

    def add(self, record_id: int, weights: Mapping[str, int]) -> None:
        for term, weight in {key(term): weight for term, weight in weights.items()}.items():
            ids, own = self._postings.setdefault(term, (array("L"), array("B")))
            ids.append(record_id)
            own.append(weight)

    def norms(self) -> list[float]:
        """By record id: the length of the vector of its terms' weights, each times the term's idf."""
        squares = [0.0] * (self._record_count + 1)
        for ids, weights in self._postings.values():
            idf = self._idf(ids)
            for record_id, weight in zip(ids, weights, strict=True):
                squares[record_id] += (weight * idf) ** 2
        return [math.sqrt(square) for square in squares]

    def term_rows(self) -> Iterator[dict[str, Any]]:
        for term_id, (term, (ids, _)) in enumerate(self._postings.items(), start=1):
            yield {"id": term_id, "term": term, "idf": self._idf(ids), "records": len(ids)}

    def posting_rows(self) -> Iterator[dict[str, int]]:
        for term_id, (ids, weights) in enumerate(self._postings.values(), start=1):
            for record_id, weight in zip(ids, weights, strict=True):
                yield {"term_id": term_id, "record_id": record_id, "weight": weight}

    def _idf(self, ids: Sequence[int]) -> float:
        return math.log1p(self._record_count / len(ids))


def _row(record_id: int, position: int, record: AnyRecord) -> dict[str, Any]:
    def pair(name: str) -> tuple[Any, Any]:
        return getattr(record, name, None) or (None, None)

    costs, days, eqf, digcomp = pair("cost_eur"), pair("duration_days"), pair("eqf"), pair("digcomp")
    deadline, starts = getattr(record, "deadline_on", None), getattr(record, "starts_on", None)
    return {
        "id": record_id,
        "position": position,
        "type": record.type,
        "kind": plain(getattr(record, "kind", "")),
        "scale": getattr(record, "scale", ""),
        "ecosystem": record.ecosystem,
        "provider_key": plain(fold(getattr(record, "provider", ""))),
        "city_key": plain(fold(record.city)),
        "mode": getattr(record, "mode", None),
        "free": getattr(record, "free", None),
        "cost_low": costs[0],
        "cost_high": costs[1],
        "days_low": days[0] and min(days[0], LARGEST),
        "days_high": days[1] and min(days[1], LARGEST),
        "eqf_low": eqf[0],
        "eqf_high": eqf[1],
        "digcomp_low": digcomp[0],
        "digcomp_high": digcomp[1],
        "starts_on": starts,
        "deadline_on": deadline,
        "closes_on": deadline or starts,
        "closed": closed_on(record, date.min),
        "as_of_day": record.as_of.toordinal() if record.as_of else 0,
        "completeness": completeness(record),
        "names_audience": bool(getattr(record, "audiences", ())),
    }


def _body(record_id: int, record: AnyRecord) -> dict[str, Any]:
    body = record.model_dump_json(exclude_defaults=False)
    reference, title = key(record.reference), key(fold(record.title))
    return {"id": record_id, "reference": reference, "title_key": title, "body": body}


def _tags(record_id: int, record: AnyRecord) -> Iterator[dict[str, Any]]:
    fields = (("country", "countries"), ("language", "languages"), ("audience", "audiences"))
    for field, name in fields:
        for value in dict.fromkeys(getattr(record, name, ())):
            yield {"field": field, "value": value, "record_id": record_id}
    schemes = (reference for payment in getattr(record, "paid_by", ()) for reference in payment.references)
    for reference in dict.fromkeys(schemes):
        yield {"field": "paid_by", "value": reference, "record_id": record_id}


def key(text: str) -> str:
    """A text by which rows are found: a server refuses to index a very long one."""
    return plain(text)[:LONGEST_KEY]


def plain(text: str) -> str:
    """A text without the one character that PostgreSQL cannot hold."""
    return text.replace("\x00", "")


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows, some thousands at a time."""
    statement: Any = table.insert()
    if (
        connection.dialect.name == "postgresql"
    ):  # a row at a time costs a round trip each: minutes, not seconds
        statement = _insert_from_json(table)
    rows = iter(rows)
    while part := list(islice(rows, _BATCH)):
        if connection.dialect.name == "postgresql":
            connection.execute(statement, {"rows": json.dumps(part, default=str)})
        else:
            connection.execute(statement, part)


def _insert_from_json(table: Table) -> Any:
    names = [each.name for each in table.columns]
    typed = [column(each.name, each.type) for each in table.columns]
    given = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON)).table_valued(
        *typed, name="given"
    )
    rows = given.render_derived(with_types=True)
    return table.insert().from_select(names, select(*(rows.c[name] for name in names)))
