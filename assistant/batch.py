"""Many conversations in one process: one JSON case a line in, one JSON line of answers a case out.

Nothing in one case may stop the others: a line that is not a case, and a turn that fails, become an answer
with status "error". Each line is written before the next case begins, so whatever ends a run loses one case.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from assistant.answers import Answer, Persona
from assistant.conversation import Conversation
from assistant.errors import AssistantError

CaseId = str | int | None

# Legal in JSON strings, yet many readers end a line at them.
_ESCAPED = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


class Case(BaseModel):
    """One line of the input: the user's messages, played in order in one fresh conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: StrictStr | StrictInt
    turns: list[str] = Field(min_length=1)
    persona: Persona | None = None
    language: str | None = Field(None, pattern="^[a-z]{2}$", description="ISO 639-1 code of the replies")
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is not a case; `id` is kept where it could be read."""

    id: CaseId
    problem: str
    """One line that names the line number."""


class Result(BaseModel):
    """One line of the output: an answer for each turn, in their order."""

    model_config = ConfigDict(extra="forbid")

    id: CaseId
    answers: list[Answer]


class Answers(Protocol):
    """What answers one turn; `assistant.Assistant` does."""

    def answer(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        persona: Persona | None = None,
        language: str | None = None,
        today: date | None = None,
    ) -> Answer:
        """The finished answer to `question`, which is added to `conversation`."""
        ...


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How a run ended: `errors` counts the cases with at least one answer of status "error"."""

    cases: int
    errors: int

    def summary(self) -> str:
        """One line for people."""
        failed = f"{self.errors} with errors" if self.errors else "no errors"
        return f"{self.cases} {'case' if self.cases == 1 else 'cases'}, {failed}"


def read_cases(path: Path) -> list[Case | Malformed]:
    """The cases of a JSON Lines file in their order; blank lines and a byte order mark are skipped.

    Raises:
        AssistantError: the file cannot be read or is in UTF-16.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AssistantError(f"cannot read {path}: {error.strerror or error}") from error
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise AssistantError(f"{path} is in UTF-16; save it as UTF-8")
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [_read(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def run_batch(
    cases: Iterable[Case | Malformed],
    target: Path,
    assistant: Answers,
    *,
    on_case: Callable[[Result], None] = lambda result: None,
) -> BatchReport:
    """Play each case and write its line to `target`, which is replaced; `on_case` hears of each when written.

    Raises:
        AssistantError: `target` cannot be written.
    """
    played = failed = 0
    with _writing(target):
        out = target.open("w", encoding="utf-8", newline="\n")
    with out:
        for case in cases:
            result = Result(id=case.id, answers=_play(case, assistant))
            with _writing(target):
                out.write(result.model_dump_json().translate(_ESCAPED) + "\n")
                out.flush()
            played += 1
            failed += any(answer.status == "error" for answer in result.answers)
            on_case(result)
    return BatchReport(played, failed)


def _play(case: Case | Malformed, assistant: Answers) -> list[Answer]:
    if isinstance(case, Malformed):
        return [_failed(case.problem)]
    conversation = Conversation()
    return [_turn(question, case, conversation, assistant) for question in case.turns]


def _turn(question: str, case: Case, conversation: Conversation, assistant: Answers) -> Answer:
    try:
        return assistant.answer(
            question,
            conversation=conversation,
            persona=case.persona,
            language=case.language,
            today=case.today,
        )
    except Exception as error:  # whatever one question breaks, the other cases go on
        return _failed(f"{type(error).__name__}: {error}", language=case.language)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AssistantError(f"cannot write {target}: {error.strerror or error}") from error


def _read(number: int, line: bytes) -> Case | Malformed:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        problems = "; ".join(_explain(problem) for problem in error.errors())
        return Malformed(_readable_id(line), f"line {number}: {problems}")


def _explain(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "json_invalid":
        return str(problem["msg"]).replace(
            " at line 1 column", " at column"
        )  # our line number is the one meant
    if problem["type"] == "extra_forbidden":
        return f"unknown field {name!r} (known: {', '.join(Case.model_fields)})"
    return f"{name}: {problem['msg']}" if name else str(problem["msg"])


def _readable_id(line: bytes) -> CaseId:
    """The id of a line that is JSON but no case."""
    try:
        found = json.loads(line.decode("utf-8", errors="replace"))["id"]
        found = found.encode().decode() if isinstance(found, str) else found  # refuses lone surrogates
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None


def _failed(reason: str, *, language: str | None = None) -> Answer:
    return Answer(status="error", language=language or "en", text=f"This could not be answered ({reason}).")
