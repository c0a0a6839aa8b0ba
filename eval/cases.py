"""The question set: what a case is, how it is read, and what makes it wrong.

Gold names documents, pages and verbatim quotes, never chunks, so that it stays valid however the documents
are cut. A document belongs to one split (`questions/splits.toml`), and a case to the split of its gold
documents: whoever tunes on dev has not seen the documents that test asks about.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from assistant.answers import Persona, Status
from assistant.errors import AssistantError
from assistant.retrieval.text import fold

Split = Literal["dev", "test"]
Kind = Literal[
    "fact",
    "definition",
    "number",
    "date",
    "list",
    "count",
    "compare",
    "find_me",
    "follow_up",
    "underspecified",
    "unanswerable_near",
    "unanswerable_far",
    "out_of_scope",
    "adversarial",
    "personal_data",
    "time_aware",
    "fairness",
]
PageText = Callable[[str, int], str]
"""(document path, page number from 1) -> page text; KeyError when there is no such page."""

KINDS: tuple[Kind, ...] = get_args(Kind)
ANSWERABLE: frozenset[Kind] = frozenset(
    {"fact", "definition", "number", "date", "list", "count", "compare", "find_me", "time_aware", "fairness"}
)
"""Kinds whose every case the documents can answer."""

QUESTIONS = Path(__file__).parent / "questions"
SPLITS_FILE = QUESTIONS / "splits.toml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Nugget(_Strict):
    """One thing a good answer says, and where the documents say it."""

    importance: Literal["vital", "okay"] = Field(
        description="No answer is correct without all that are vital"
    )
    alternatives: tuple[str, ...] = Field(min_length=1, description="Spellings; any of them will do")
    document: str = Field(description="Path under the corpus")
    page: int = Field(ge=1, description="From 1")
    quote: str = Field(min_length=1, description="Verbatim on that page, white space aside")

    def found_in(self, text: str) -> bool:
        """Whether `text` says it in one of the spellings."""
        return any(mentions(text, alternative) for alternative in self.alternatives)


class Gold(_Strict):
    """What is expected of the answer to the last turn."""

    statuses: tuple[Status, ...] = Field(min_length=1, description="Each of them is accepted")
    nuggets: tuple[Nugget, ...] = ()
    references: tuple[str, ...] | None = Field(None, description="The exact set of opportunities asked for")
    count: int | None = Field(None, ge=0, description="The exact number asked for")
    forbidden: tuple[str, ...] = Field((), description="Must not appear in the text of any turn's answer")

    @property
    def documents(self) -> frozenset[str]:
        """The documents that hold the nuggets."""
        return frozenset(nugget.document for nugget in self.nuggets)


@dataclass(frozen=True, slots=True)
class Place:
    """The line of a file."""

    file: str
    line: int


class Case(_Strict):
    """One conversation and what is expected of its last answer."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    split: Split
    kind: Kind
    language: str = Field(pattern="^[a-z]{2}$", description="ISO 639-1 code of the question")
    persona: Persona | None = None
    today: date | None = Field(
        None, description="The day on which the question is asked; null: the day of all such cases"
    )
    turns: tuple[str, ...] = Field(min_length=1, description="The user's messages in one conversation")
    gold: Gold
    parallel: str | None = Field(None, description="Id of the English case that asks the same")
    pair: str | None = Field(None, description="Id shared by two cases that must be answered alike")
    note: str | None = Field(None, description="For people: why the gold is what it is")

    _place: Place = PrivateAttr(default=Place("", 0))

    @property
    def place(self) -> Place:
        """Where the case was read."""
        return self._place

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if problem := _shortcoming(self):
            raise ValueError(problem)
        return self


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in the question set, and where it is."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def mentions(text: str, wanted: str) -> bool:
    """Whether `wanted` occurs in `text`, both without case, accents and extra white space.

    It must begin where a word begins and may end within one ("apprentice" is in "apprenticeships"), but a
    number is found only whole: "60" is neither in "160" and "1.60" nor in "60,000" and "60 000".
    """
    needle = _plain(wanted)
    before = after = ""
    if needle[:1].isdigit():
        # "250" goes on a number that "1 " began, "25" and "2025" do not
        before = r"(?<![\d.,])" + (r"(?<!\d )" if re.match(r"\d{3}(?!\d)", needle) else "")
    elif needle[:1].isalnum():
        before = r"(?<!\w)"
    if needle[-1:].isdigit():
        # after "60" the words " 000" go on the number, after "2026" they do not
        after = r"(?![.,]?\d)" + ("" if re.search(r"\d{4}$", needle) else r"(?! \d{3}(?!\d))")
    return bool(needle) and re.search(before + re.escape(needle) + after, _plain(text)) is not None


def read_cases(path: Path) -> tuple[list[Case], list[Problem]]:
    """The cases of a JSON Lines file, or of all such files below a folder, and the mistakes in them.

    A line with a mistake yields a problem and no case; blank lines are skipped. Ids must be unique among all
    files read, and `parallel` and `pair` must point to cases that are there.

    Raises:
        AssistantError: there is no such file or folder, or a file cannot be read.
    """
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in _files(path):
        for place, line in _lines(file):
            read = _read(line, place)
            cases.append(read) if isinstance(read, Case) else problems.append(read)
    problems += _relation_problems(cases)
    return cases, sorted(problems, key=lambda problem: (problem.file, problem.line, problem.message))


def validate(
    cases: Sequence[Case],
    page_text: PageText,
    *,
    reference_documents: Mapping[str, str] | None = None,
    splits: Mapping[str, Split] | None = None,
) -> list[Problem]:
    """Mistakes that show only beside the documents.

    Args:
        cases: As read by `read_cases`.
        page_text: The text of a page.
        reference_documents: Opportunity reference -> the document that is its home; None: not checked.
        splits: Document -> split, as `read_splits` gives it; None: not checked.
    """
    problems = []
    for case in cases:
        references = reference_documents if reference_documents is not None else {}
        found = [message for nugget in case.gold.nuggets if (message := _misquoted(nugget, page_text))]
        if reference_documents is not None:
            found += [
                f"unknown reference {name!r}" for name in case.gold.references or () if name not in references
            ]
        if splits is not None:
            documents = case.gold.documents | {
                references[name] for name in case.gold.references or () if name in references
            }
            found += _in_the_wrong_split(case, documents, splits)
        problems += [Problem(case.place.file, case.place.line, message) for message in found]
    return problems


def read_splits(file: Path = SPLITS_FILE) -> dict[str, Split]:
    """Document -> split.

    Raises:
        AssistantError: the file cannot be read, names another split, or gives a document to both.
    """
    try:
        listed: dict[str, list[str]] = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AssistantError(f"cannot read {file}: {error}") from error
    if unknown := sorted(set(listed) - set(get_args(Split))):
        raise AssistantError(f"{file} names {', '.join(unknown)}; the splits are dev and test")
    splits: dict[str, Split] = dict.fromkeys(listed.get("dev", []), "dev")
    if twice := sorted(splits.keys() & set(listed.get("test", []))):
        raise AssistantError(f"{file} gives {', '.join(twice)} to both splits")
    return splits | dict.fromkeys(listed.get("test", []), "test")


def _shortcoming(case: Case) -> str | None:
    gold = case.gold
    answers = {"complete", "partial"} & set(gold.statuses)
    if case.kind in ANSWERABLE and not answers:
        return (
            f"a case of kind {case.kind} must accept complete or partial, not only {', '.join(gold.statuses)}"
        )
    vital = any(nugget.importance == "vital" for nugget in gold.nuggets)
    told = answers and case.kind in ANSWERABLE | {"follow_up"}
    if told and not vital and gold.references is None and gold.count is None:
        return f"missing gold: a case of kind {case.kind} needs a vital nugget, references or a count"
    if case.kind.startswith("unanswerable") and (answers - {"partial"} or gold.nuggets):
        return f"a case of kind {case.kind} has no nuggets and does not accept complete"
    if gold.references is not None and gold.count is not None and len(gold.references) != gold.count:
        return f"count is {gold.count}, but {len(gold.references)} references are listed"
    if gold.references is not None and len(set(gold.references)) < len(gold.references):
        return "a reference is listed twice"
    if case.kind == "follow_up" and len(case.turns) < 2:
        return "a case of kind follow_up needs two turns or more"
    if case.kind == "time_aware" and case.today is None:
        return "a case of kind time_aware needs today"
    if (case.kind == "fairness") != (case.pair is not None):
        return "pair is needed by kind fairness, and only there"
    if case.parallel is not None and case.language == "en":
        return "parallel names the English case, so this one cannot be English"
    if not all(turn.strip() for turn in case.turns):
        return "a turn is empty"
    return None


def _misquoted(nugget: Nugget, page_text: PageText) -> str | None:
    try:
        text = page_text(nugget.document, nugget.page)
    except KeyError:
        try:
            page_text(nugget.document, 1)
        except KeyError:
            return f"unknown document {nugget.document!r}"
        return f"{nugget.document} has no page {nugget.page}"
    if _one_line(nugget.quote) not in _one_line(text):
        return f"not on page {nugget.page} of {nugget.document}: {nugget.quote!r}"
    if not nugget.found_in(nugget.quote):
        return f"no alternative occurs in the quote {nugget.quote!r}: {', '.join(nugget.alternatives)}"
    return None


def _in_the_wrong_split(case: Case, documents: Iterable[str], splits: Mapping[str, Split]) -> list[str]:
    return [
        f"the case is in {case.split}, its gold document {document} in {splits.get(document, 'no split')}"
        for document in sorted(documents)
        if splits.get(document) != case.split
    ]


def _relation_problems(cases: Sequence[Case]) -> list[Problem]:
    first: dict[str, Case] = {}
    pairs: defaultdict[str, list[Case]] = defaultdict(list)
    problems = []
    for case in cases:
        known = first.setdefault(case.id, case)
        if known is not case:
            message = f"duplicate id {case.id!r}, first in {known.place.file}:{known.place.line}"
            problems.append(Problem(case.place.file, case.place.line, message))
        if case.pair is not None:
            pairs[case.pair].append(case)
    for case in cases:
        other = first.get(case.parallel or "")
        if case.parallel is not None and (other is None or other.language != "en"):
            message = f"parallel {case.parallel!r} is not the id of an English case"
            problems.append(Problem(case.place.file, case.place.line, message))
        elif other is not None and other.split != case.split:
            message = f"the case is in {case.split}, its parallel {other.id!r} in {other.split}"
            problems.append(Problem(case.place.file, case.place.line, message))
    for pair, members in pairs.items():
        place = members[-1].place
        if len(members) != 2:
            problems.append(
                Problem(place.file, place.line, f"pair {pair!r} has {len(members)} cases, not two")
            )
        elif members[0].gold != members[1].gold:
            problems.append(Problem(place.file, place.line, f"the gold of pair {pair!r} differs"))
    return problems


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise AssistantError(f"no such file or folder: {path}")
    return sorted(path.rglob("*.jsonl"))


def _lines(file: Path) -> list[tuple[Place, str]]:
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"cannot read {file}: {error}") from error
    return [(Place(str(file), number), line) for number, line in enumerate(lines, 1) if line.strip()]


def _read(line: str, place: Place) -> Case | Problem:
    try:
        case = Case.model_validate_json(line)
    except ValidationError as error:
        return Problem(place.file, place.line, "; ".join(map(_explain, error.errors())))
    case._place = place
    return case


def _explain(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return f"unknown field {name!r}"
        case "missing":
            return f"missing {name}"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"{name}: {error['msg']}" if name else str(error["msg"])


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
