"""Means with their intervals, over all cases and by kind, language and persona."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypedDict

from eval.intervals import interval
from eval.measures import mean, percentile
from eval.score import MEASURES, Row


class Cell(TypedDict):
    """One mean."""

    mean: float | None
    low: float | None
    """Lower end of the 95 % interval."""
    high: float | None
    n: int
    """Cases where the measure is defined."""
    undefined: int
    """Cases where it is not; they are not in the mean."""


class Latency(TypedDict):
    """Milliseconds for the last turn."""

    p50: float | None
    p95: float | None


class Group(TypedDict):
    """The cases of one system and one kind, language or persona."""

    cases: int
    measures: dict[str, Cell]
    latency_ms: Latency


Totals = dict[str, dict[str, Group]]
"""System -> group ("all", "kind=fact", "language=de", "persona=sme") -> figures."""

GROUPINGS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("kind", lambda row: row.kind),
    ("language", lambda row: row.language),
    ("persona", lambda row: row.persona),
)


def totals_of(rows: Sequence[Row]) -> Totals:
    """The totals of a run; repeats of a case count as one, by their mean."""
    by_system: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_system[row.system].append(row)
    return {system: _groups(own) for system, own in by_system.items()}


def per_case(rows: Iterable[Row], name: str) -> dict[str, float]:
    """Case id -> mean over its repeats of a measure, where it is defined."""
    values: defaultdict[str, list[float | None]] = defaultdict(list)
    for row in rows:
        values[row.id].append(row.values.get(name))
    means = {case: mean(found) for case, found in values.items()}
    return {case: value for case, value in means.items() if value is not None}


def _groups(rows: Sequence[Row]) -> dict[str, Group]:
    members: defaultdict[str, list[Row]] = defaultdict(list)
    members["all"] = list(rows)
    for grouping, of in GROUPINGS:
        for value in sorted({of(row) for row in rows}):
            members[f"{grouping}={value}"] = [row for row in rows if of(row) == value]
    return {name: _group(own) for name, own in members.items()}


def _group(rows: Sequence[Row]) -> Group:
    cases = len({row.id for row in rows})
    waits = [value for row in rows if (value := row.values.get("latency")) is not None]
    return Group(
        cases=cases,
        measures={measure.name: _cell(per_case(rows, measure.name), cases) for measure in MEASURES},
        latency_ms=Latency(p50=percentile(waits, 50), p95=percentile(waits, 95)),
    )


def _cell(values: dict[str, float], cases: int) -> Cell:
    found = list(values.values())
    low, high = interval(found) or (None, None)
    return Cell(mean=mean(found), low=low, high=high, n=len(found), undefined=cases - len(found))
