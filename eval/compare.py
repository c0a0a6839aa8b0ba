"""One run against another, case by case, and against floors."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import AssistantError
from eval.intervals import interval
from eval.measures import mean
from eval.score import BY_NAME, MEASURES, Row
from eval.totals import per_case

FLOORS = Path(__file__).with_name("floors.toml")
GATES = (
    "status",
    "fully_correct",
    "nugget_recall",
    "citation_recall",
    "citation_precision",
    "quote_on_page",
    "number_support",
    "refusal",
    "false_refusal",
    "no_leak",
)
"""Measures whose significant fall fails a run. A judge's are not among them: no gate on what has not been
shown to agree with people."""
GATE_CONFIDENCE = 0.99
"""With ten gates, 95 % would raise a false alarm in every third comparison of equal systems."""
MIN_CASES = 5
SYSTEM = "ours"
"""The system that floors and baselines are for; the others are there to compare with."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one measure gained over the baseline, over the cases that both have."""

    measure: str
    before: float
    after: float
    gain: float
    """after - before; positive is better when the measure is higher-is-better."""
    low: float
    high: float
    n: int
    worse: tuple[str, ...]
    """Ids of the cases that lost, most lost first."""
    better: tuple[str, ...]
    significant_loss: bool
    """The whole 99 % interval is on the bad side, and there are five cases or more."""

    def __str__(self) -> str:
        change = f"from {self.before:.3f} to {self.after:.3f}"
        return f"{self.measure} went {change} against the baseline: {', '.join(self.worse)}"


@dataclass(frozen=True, slots=True)
class Miss:
    """A floor that is not reached."""

    measure: str
    found: float
    wanted: float
    cases: tuple[str, ...]
    """Ids of the cases below the floor, lowest first."""

    def __str__(self) -> str:
        relation = "above the ceiling" if not BY_NAME[self.measure].higher_is_better else "below the floor"
        return f"{self.measure} is {self.found:.3f}, {relation} of {self.wanted:.3f}: {', '.join(self.cases)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a run is good enough, and if not, why."""

    misses: list[Miss] = field(default_factory=list)
    compared: list[Difference] = field(default_factory=list)
    """Empty without a baseline."""

    @property
    def losses(self) -> list[Difference]:
        """The differences that fail the run."""
        return regressions(self.compared)

    @property
    def failed(self) -> bool:
        """Whether a floor is missed or something got significantly worse."""
        return bool(self.misses or self.losses)

    def lines(self) -> list[str]:
        """What failed, for people; nothing when nothing did."""
        return [*map(str, self.misses), *map(str, self.losses)]


def outcome_of(
    rows: Sequence[Row],
    floors: dict[str, float],
    *,
    baseline: Sequence[Row] = (),
    system: str = SYSTEM,
) -> Outcome:
    """Hold one system's rows against the floors and against its rows in an earlier run."""
    own = [row for row in rows if row.system == system]
    before = [row for row in baseline if row.system == system]
    return Outcome(misses(own, floors), differences(before, own) if before and own else [])


def differences(before: Sequence[Row], after: Sequence[Row]) -> list[Difference]:
    """Paired differences of all measures that both have; repeats of a case are averaged first."""
    found = []
    for measure in MEASURES:
        old, new = per_case(before, measure.name), per_case(after, measure.name)
        both = [case for case in new if case in old]
        if not both:
            continue
        gains = {case: new[case] - old[case] for case in both}
        good = {case: gain if measure.higher_is_better else -gain for case, gain in gains.items()}
        low, high = interval(list(gains.values())) or (0.0, 0.0)
        gate = interval(list(good.values()), confidence=GATE_CONFIDENCE) or (0.0, 0.0)
        found.append(
            Difference(
                measure.name,
                mean(old[case] for case in both) or 0.0,
                mean(new[case] for case in both) or 0.0,
                mean(gains.values()) or 0.0,
                low,
                high,
                len(both),
                worse=_sorted(good, below=True),
                better=_sorted(good, below=False),
                significant_loss=len(both) >= MIN_CASES and gate[1] < 0,
            )
        )
    return found


def regressions(found: Sequence[Difference]) -> list[Difference]:
    """The differences that fail a run."""
    return [each for each in found if each.significant_loss and each.measure in GATES]


def read_floors(split: str, *, whole_split: bool, file: Path = FLOORS) -> dict[str, float]:
    """Measure -> floor (ceiling for measures where lower is better).

    Args:
        split: "dev", "test" or "all"; a floor of a split holds only for a run of the whole split.
        whole_split: Whether the run left no case of it out.
        file: A table [always] and one for each split.
    Raises:
        AssistantError: the file cannot be read or names an unknown measure.
    """
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AssistantError(f"cannot read {file}: {error}") from error
    floors: dict[str, float] = dict(tables.get("always", {}))
    if whole_split:
        floors |= tables.get(split, {})
    if unknown := sorted(floors.keys() - BY_NAME.keys()):
        raise AssistantError(f"{file} names {', '.join(unknown)}; the measures are {', '.join(BY_NAME)}")
    return floors


def misses(rows: Sequence[Row], floors: dict[str, float]) -> list[Miss]:
    """The floors that the rows of one system do not reach. A measure that no case has misses nothing."""
    found = []
    for name, wanted in floors.items():
        sign = 1.0 if BY_NAME[name].higher_is_better else -1.0
        values = per_case(rows, name)
        reached = mean(values.values())
        if reached is not None and sign * reached < sign * wanted:
            low = {case: sign * (value - wanted) for case, value in values.items()}
            found.append(Miss(name, reached, wanted, _sorted(low, below=True)))
    return found


def _sorted(gains: dict[str, float], *, below: bool) -> tuple[str, ...]:
    picked = [case for case, gain in gains.items() if (gain < 0 if below else gain > 0)]
    return tuple(sorted(picked, key=lambda case: (gains[case] if below else -gains[case], case)))
