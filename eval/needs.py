"""Measures whether wishes for offers are understood: `python -m eval.needs [dev|heldout]`.

`eval/needs/*.jsonl` holds questions in 24 languages that were written without a look at the rules that read
them, each with what it wants (a list, a number, what suits best, or something else) and the constraints that
its words state. Rules are mended on `dev` only; `heldout` tells what they are worth on other questions.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.records.constraints import Wanted

FOLDER = Path(__file__).parent / "needs"
TODAY = date(2026, 11, 24)
Want = Literal["list", "count", "find", "none"]
Reader = Callable[[str, str], Wanted | None]
"""(message, ISO 639-1 code of its language) -> the wish, None for something else."""


class Constraints(BaseModel):
    """What the words of a question state; the fields are those of `assistant.records.need.Need`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    city: str = ""
    languages: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    free: bool | None = None
    max_cost_eur: float | None = None
    max_days: int | None = None
    audiences: tuple[str, ...] = ()
    ecosystems: tuple[str, ...] = ()
    open: bool = False
    topic: str = Field("", description="Dictionary form; not compared, since readers keep the typed one")


class Question(BaseModel):
    """A line of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    language: str
    question: str
    want: Want
    need: Constraints


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was understood."""

    question: Question
    got: str
    """What it was taken to want."""
    wrong: tuple[str, ...]
    """Names of the constraints that differ."""

    @property
    def is_right(self) -> bool:
        """The want and all constraints; a question that wants no offers has none."""
        return self.got == self.question.want and (self.got == "none" or not self.wrong)


def read_questions(name: str) -> list[Question]:
    """The questions of "dev" or "heldout"."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Question.model_validate_json(line) for line in lines]


def judge(questions: Iterable[Question], read: Reader) -> list[Outcome]:
    """Read each question and compare."""
    outcomes = []
    for question in questions:
        wanted = read(question.question, question.language)
        got = wanted.need.action if wanted else "none"
        wrong = _wrong(question.need, wanted) if wanted and question.want != "none" else ()
        outcomes.append(Outcome(question, got, wrong))
    return outcomes


def _wrong(gold: Constraints, wanted: Wanted) -> tuple[str, ...]:
    need = wanted.need
    found: dict[str, Any] = {name: getattr(need, name, None) for name in Constraints.model_fields}
    found |= {"open": need.open_on is not None, "city": bool(need.city), "topic": ""}
    asked: dict[str, Any] = gold.model_dump() | {"city": bool(gold.city), "topic": ""}
    if need.city and not gold.countries:  # the country of a town that was named
        found["countries"] = ()
    return tuple(
        name
        for name, value in asked.items()
        if (sorted(value) != sorted(found[name]) if isinstance(value, tuple) else value != found[name])
    )


def share(outcomes: Iterable[Outcome], test: Callable[[Outcome], bool]) -> float:
    """Share of the outcomes that meet a test; 1.0 for none at all."""
    results = [test(outcome) for outcome in outcomes]
    return sum(results) / len(results) if results else 1.0


def summary(outcomes: Iterable[Outcome]) -> str:
    """Shares in all, by want and by language."""
    rows: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for group in ("all", outcome.question.want, outcome.question.language):
            rows[group].append(outcome)
    lines = [f"{'':8}{'n':>5}{'want':>8}{'and constraints':>17}"]
    for group, own in rows.items():
        want = share(own, lambda outcome: outcome.got == outcome.question.want)
        right = share(own, lambda outcome: outcome.is_right)
        lines.append(f"{group:8}{len(own):5}{want:8.1%}{right:17.1%}")
    return "\n".join(lines)


def main() -> None:
    """Print the shares, and every question of dev that was misunderstood."""
    from assistant.facade import Assistant
    from assistant.records.constraints import understand_need
    from assistant.settings import load_settings

    name = sys.argv[1] if len(sys.argv) > 1 else "dev"
    assistant = Assistant(load_settings())
    with assistant._reading() as parts:
        outcomes = judge(
            read_questions(name),
            lambda message, language: understand_need(
                message, language, today=TODAY, towns=parts.towns, known=parts.records.known_terms
            ),
        )
    assistant.close()
    for outcome in outcomes if name == "dev" else ():
        if not outcome.is_right:
            found = ", ".join([outcome.got, *outcome.wrong])
            sys.stdout.write(f"{outcome.question.id} ({found}): {outcome.question.question}\n")
    sys.stdout.write(f"{summary(outcomes)}\n")


if __name__ == "__main__":
    main()
