"""Ratings by people: kept as one CSV file in the run's folder, for spreadsheets to read and write."""

import csv
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, cast, get_args

from assistant.answering.render import plain_text
from assistant.errors import AssistantError
from eval.judge import kappa
from eval.score import Reply, Row

RATINGS = "ratings.csv"
Grade = Literal["good", "partly", "bad"]
GRADES: tuple[Grade, ...] = get_args(Grade)
JUDGE = "judge model"


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person says of one reply."""

    id: str
    system: str
    rater: str
    rating: Grade
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two raters over the replies that both rated."""

    first: str
    second: str
    n: int
    same: int
    kappa: float | None
    """None when chance alone explains the agreement."""

    def __str__(self) -> str:
        value = "undefined" if self.kappa is None else f"{self.kappa:.2f}"
        return f"{self.first} and {self.second}: {self.same} of {self.n} alike, Cohen's kappa {value}"


def read_ratings(file: Path) -> list[Rating]:
    """The ratings in a CSV file; none when there is no file.

    Raises:
        AssistantError: a column is missing or a rating is none.
    """
    if not file.is_file():
        return []
    found = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            missing = [name for name in ("id", "system", "rater", "rating") if not row.get(name)]
            if missing or row["rating"] not in GRADES:
                problem = f"{', '.join(missing)} missing" if missing else f"no rating {row['rating']!r}"
                raise AssistantError(f"{file}, line {number}: {problem}; ratings are {', '.join(GRADES)}")
            grade = cast(Grade, row["rating"])
            found.append(Rating(row["id"], row["system"], row["rater"], grade, row.get("reason") or ""))
    return found


def write_ratings(file: Path, ratings: Iterable[Rating]) -> None:
    """Replace the file; of two ratings of one reply by one rater the later one stays."""
    kept = {(each.id, each.system, each.rater): each for each in ratings}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [field.name for field in fields(Rating)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(each) for each in kept.values())


def judge_ratings(rows: Sequence[Row]) -> list[Rating]:
    """The judge model's verdicts as ratings: good when faithful, consistent and relevant, else bad."""
    found = []
    for row in rows:
        verdicts = [row.values.get(name) for name in ("judge_faithful", "judge_consistent", "judge_relevant")]
        if None not in verdicts:
            found.append(Rating(row.id, row.system, JUDGE, "good" if all(verdicts) else "bad"))
    return found


def agreements(ratings: Sequence[Rating]) -> list[Agreement]:
    """Every pair of raters that rated a reply in common. Beside the judge model, "partly" counts as bad."""
    by_rater: defaultdict[str, dict[tuple[str, str], Grade]] = defaultdict(dict)
    for each in ratings:
        by_rater[each.rater][each.id, each.system] = each.rating
    found = []
    for first, second in itertools.combinations(sorted(by_rater), 2):
        both = sorted(by_rater[first].keys() & by_rater[second].keys())
        if not both:
            continue
        pairs = [(by_rater[first][key], by_rater[second][key]) for key in both]
        if JUDGE in (first, second):
            pairs = [(_good_or_bad(a), _good_or_bad(b)) for a, b in pairs]
        left, right = [a for a, _ in pairs], [b for _, b in pairs]
        same = sum(a == b for a, b in pairs)
        found.append(Agreement(first, second, len(both), same, kappa(left, right)))
    return found


def shown(turns: Sequence[str], reply: Reply) -> str:
    """A reply beside its evidence, for a terminal."""
    lines = [f"> {turn}" for turn in turns]
    if not reply.answers:
        return "\n".join([*lines, "", f"(no answer: {reply.problem or 'only a ranking'})"])
    answer = reply.answers[-1]
    lines += ["", f"[{answer.status}]", plain_text(answer.text), ""]
    lines += [
        f"  [{each.number}] {each.document}, page {each.page}: {' '.join(each.quote.split())}"
        for each in answer.citations
    ]
    return "\n".join(lines)


def _good_or_bad(grade: Grade) -> Grade:
    return "good" if grade == "good" else "bad"
