"""The formats of a take-away by name, and the file that a paper becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from assistant.errors import AssistantError
from assistant.takeaway.paper import Paper

Form = Literal["docx", "csv", "ics"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: Mapping[Form, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class TakeAway:
    """A file for the reader."""

    name: str
    """For the file; nothing of the question is in it."""
    media_type: str
    content: bytes
    notes: tuple[str, ...] = ()
    """What the reader should know about it, in the language of the reply."""


def make(paper: Paper, form: Form) -> TakeAway:
    """The paper as a file.

    Raises:
        NothingToSaveError: a calendar without a date to come, or a table without a line.
    """
    content = _writers()[form](paper)
    past = paper.past_dates if form == "ics" else 0
    notes = (paper.say("saved_past", count=past),) if past else ()
    name = f"pact-for-skills-{paper.made_on.isoformat()}.{form}"
    return TakeAway(name, MEDIA_TYPES[form], content, notes)


def form_of(file: Path) -> Form:
    """The format that a file's name asks for.

    Raises:
        AssistantError: there is no such format.
    """
    ending = file.suffix.lower().removeprefix(".")
    for form in FORMS:
        if form == ending:
            return form
    known = ", ".join(f".{form}" for form in FORMS)
    raise AssistantError(f"{file} does not end in one of the known formats: {known}")


def write(file: Path, content: bytes) -> None:
    """Write the file, in place of one that is there.

    Raises:
        AssistantError: it cannot be written.
    """
    try:
        file.write_bytes(content)
    except OSError as error:
        raise AssistantError(error.strerror or str(error)) from error


def _writers() -> Mapping[Form, Callable[[Paper], bytes]]:
    """By format; their libraries are loaded with the first file."""
    from assistant.takeaway.dates import to_ics
    from assistant.takeaway.table import to_csv
    from assistant.takeaway.word import to_docx

    return {"docx": to_docx, "csv": to_csv, "ics": to_ics}
