"""What readers said of replies, kept as JSON lines for `assistant eval import feedback`.

Only what a reader rates is kept, only when the operator switched it on, and personal data was masked before.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answers import Answer
from assistant.errors import AssistantError

REASONS = ("wrong", "incomplete", "unclear", "beside the point")


class Feedback(BaseModel):
    """One rating of one reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, description="Of the reply; a later line with the same id replaces it")
    time: datetime = Field(default_factory=lambda: datetime.now(UTC))
    turns: tuple[str, ...] = Field(min_length=1, description="The reader's messages up to this reply")
    answer: Answer
    helpful: bool
    reason: str = ""


def append_feedback(file: Path, feedback: Feedback) -> None:
    """Add a line; a single write, so that ratings at the same moment do not mix.

    Raises:
        AssistantError: the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab", buffering=0) as out:
            out.write(feedback.model_dump_json().encode() + b"\n")
    except OSError as error:
        raise AssistantError(f"cannot keep the rating in {file}: {error.strerror or error}") from error


def read_feedback(file: Path) -> list[Feedback]:
    """The last rating of each reply, in the order of the replies.

    Raises:
        AssistantError: the file cannot be read, or a line is no rating.
    """
    return list({each.id: each for each in _read(file)}.values())


def _read(file: Path) -> Iterator[Feedback]:
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"cannot read {file}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield Feedback.model_validate_json(line)
            except ValidationError as error:
                problem = error.errors()[0]
                raise AssistantError(f"{file}:{number} is no rating: {problem['msg']}") from error
