"""A language model looks for what rules left empty, in entries that are records already.

Off unless `llm_fill_records` is set, since each entry costs a request. The model only points: what it gives
must occur in the entry's own words on one page, and then goes the way of any labelled value, so that it is
normalised and proved like the rest. Nothing that fails here stops an ingestion. Replies are remembered by the
entry's text, the fields that were asked, the model and the prompt, so an unchanged entry is asked about once.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answering.chat_model import stream_reply
from assistant.errors import LanguageModelError
from assistant.prompts.fence import fence, new_marker
from assistant.prompts.loader import load_prompt
from assistant.records.entry import Value
from assistant.records.extract import Draft, Extraction
from assistant.records.models import AnyRecord
from assistant.settings import Settings

FILE = "filled.sqlite"
FEWEST_LETTERS = 40  # of an entry that no value tells yet; for less it is not worth asking
LONGEST_ENTRY = 4000  # characters
LONGEST_VALUE = 600  # characters
AT_ONCE = 4  # requests
MOST_FAILURES = 3  # requests in a row; then the model is left alone

_ASKED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "opportunity": {
        "kind": ("kind", "kind of offer, such as course or apprenticeship"),
        "provider": ("provider", "who offers it"),
        "city": ("city", "town or place where it is held"),
        "countries": ("countries", "country where it is held"),
        "languages": ("languages", "language in which it is taught"),
        "mode": ("mode", "online, on site, blended or at work"),
        "duration": ("duration", "how long it takes"),
        "effort": ("effort", "hours a week, or times of day"),
        "level": ("level", "level, as of EQF or DigComp"),
        "cost": ("cost", "what the learner pays"),
        "funding": ("funding", "who pays or supports it"),
        "eligibility": ("eligibility", "who can take part"),
        "starts": ("starts", "when it starts"),
        "deadline": ("deadline", "until when one applies"),
        "skills": ("skills", "what is learnt"),
        "target_occupations": ("target_occupations", "jobs that it leads to"),
        "certificate": ("certificate", "certificate or qualification at the end"),
        "how_to_apply": ("how_to_apply", "how one applies"),
        "url": ("url", "web address"),
    },
    "partnership": {
        "launch": ("launch", "when it started"),
        "coordinators": ("lead", "who leads it"),
        "target": ("target", "how many people it wants to train"),
        "focus": ("focus", "skills in focus"),
        "commitments": ("commitments", "what members commit to"),
        "how_to_join": ("how_to_join", "how a firm joins"),
        "contact": ("contact", "whom to write to"),
    },
    "funding": {
        "amount": ("amount", "how much is paid"),
        "who": ("who", "for whom it is"),
        "condition": ("rule", "conditions"),
        "how_to_apply": ("how_to_apply", "how or where one applies"),
        "deadline": ("deadline", "until when one applies"),
    },
    "blueprint": {
        "years": ("years", "when it runs or ran"),
        "coordinators": ("coordinator", "who coordinates it"),
        "members": ("partners", "partners"),
        "budget": ("budget", "money"),
        "results": ("results", "main results"),
    },
    "occupation": {
        "tasks": ("tasks", "what people in this job do"),
        "skills": ("skills", "skills that are needed"),
        "knowledge": ("knowledge", "knowledge that is needed"),
        "level": ("level", "level of qualification"),
    },
}
"""Type -> key of `labels.yaml` -> (field of the record, what it means)."""


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    fields: dict[str, str | None]


@dataclass(slots=True)
class Filling:
    """What came of asking."""

    asked: int = 0
    """Requests sent."""
    filled: int = 0
    """Values that records got, remembered ones included."""
    dropped: int = 0
    """Values that do not occur in their entry, or of which nothing could be read."""
    failed: int = 0
    problem: str = ""
    """Of the last request that failed."""

    @property
    def summary(self) -> str:
        """One line for the reader of the ingestion's progress."""
        text = (
            f"language model: {self.filled} values filled in records, {self.dropped} not found in their entry"
        )
        failed = f"; {self.failed} of {self.asked} requests failed, the last one so: {self.problem}"
        return text + (failed if self.failed else "")


@dataclass(frozen=True, slots=True)
class _Question:
    draft: Draft
    asked: tuple[str, ...]
    """Keys of `labels.yaml`."""
    text: str
    key: str
    """Under which the reply is remembered."""


class RecordFiller:
    """Asks the model that the settings name; one for an ingestion, whose lock it relies on."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """`folder` keeps the replies."""
        self._settings = settings
        self._prompt = load_prompt("fill")
        self._folder = folder
        self._in_a_row = 0
        self._lock = Lock()
        self.outcome = Filling()

    def fill(self, extractions: Sequence[Extraction]) -> list[list[AnyRecord]]:
        """The records of each extraction, fuller where the model found more."""
        questions = [each for extraction in extractions for each in self._questions(extraction)]
        with closing(_open(self._folder / FILE)) as remembered:
            replies = self._replies(questions, remembered)
            fuller = {
                id(question.draft.record): self._record(question, replies[question.key])
                for question in questions
                if question.key in replies
            }
        return [[fuller.get(id(each), each) for each in extraction.records] for extraction in extractions]

    def _questions(self, extraction: Extraction) -> Iterator[_Question]:
        for draft in extraction.drafts:
            fields = _ASKED[draft.record.type]
            asked = tuple(key for key, (name, _) in fields.items() if not getattr(draft.record, name))
            text = "\n".join(line.text for line in draft.lines)[:LONGEST_ENTRY]
            told = sum(len(value.text) + len(value.printed) for value in draft.entry.values if value.label)
            if asked and len(text) - told >= FEWEST_LETTERS:
                content = [self._settings.llm, self._prompt.hash, draft.entry.title, text, asked]
                key = hashlib.sha256(json.dumps(content).encode()).hexdigest()
                yield _Question(draft, asked, text, key)

    def _replies(
        self, questions: Sequence[_Question], remembered: sqlite3.Connection
    ) -> dict[str, dict[str, str]]:
        known = dict(remembered.execute("SELECT key, fields FROM filled"))
        replies = {each.key: json.loads(known[each.key]) for each in questions if each.key in known}
        new = [each for each in questions if each.key not in replies]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for question, fields in zip(new, pool.map(self._ask, new), strict=True):
                if fields is not None:
                    replies[question.key] = fields
                    with remembered:
                        row = question.key, json.dumps(fields)
                        remembered.execute("INSERT OR REPLACE INTO filled VALUES (?, ?)", row)
        return replies

    def _ask(self, question: _Question) -> dict[str, str] | None:
        """The fields that the model gives; None when it was not asked or failed."""
        with self._lock:
            if self._in_a_row >= MOST_FAILURES:
                return None
            self.outcome.asked += 1
        fields = _ASKED[question.draft.record.type]
        marker = new_marker([question.text, question.draft.entry.title])
        prompt = self._prompt.render(
            fields="\n  ".join(f"- {key}: {fields[key][1]}" for key in question.asked),
            marker=marker,
            title=question.draft.entry.title,
            entry=fence("entry", question.text, marker),
        )
        try:
            given = _read("".join(stream_reply(self._settings, prompt)))
        except LanguageModelError as error:
            with self._lock:
                self._in_a_row += 1
                self.outcome.failed += 1
                self.outcome.problem = str(error)
            return None
        self._in_a_row = 0
        return {key: value for key, value in given.items() if key in question.asked}

    def _record(self, question: _Question, fields: Mapping[str, str]) -> AnyRecord:
        """The record with what the model gave, as far as it stands in the entry."""
        entry = copy(question.draft.entry)
        entry.values = list(entry.values)
        for key, text in fields.items():
            if value := _value(key, text, question.draft):
                entry.values.append(value)
        record = question.draft.build(entry)
        names = _ASKED[record.type] if record.type == question.draft.record.type else {}
        if not names or record.title != question.draft.record.title:
            return question.draft.record
        filled = sum(bool(getattr(record, names[key][0])) for key in fields)
        self.outcome.filled += filled
        self.outcome.dropped += len(fields) - filled
        return record


def fingerprint(settings: Settings) -> str:
    """What the records of an ingestion depend on beside rules: model and prompt; "" when none is asked."""
    return f"{settings.llm}/{load_prompt('fill').hash}" if is_wanted(settings) else ""


def is_wanted(settings: Settings) -> bool:
    """Whether a model is named and may be asked."""
    return bool(settings.llm and settings.llm_fill_records)


def _value(key: str, text: str, draft: Draft) -> Value | None:
    """The value with its place, or None when its words do not stand in the entry."""
    wanted = " ".join(text.split())
    if not wanted or len(wanted) > LONGEST_VALUE:
        return None
    for page in dict.fromkeys(line.page for line in draft.lines):
        here = " ".join(line.text for line in draft.lines if line.page == page)
        if wanted in here:
            return Value(key, wanted, page, wanted)
    return None


def _read(reply: str) -> dict[str, str]:
    """The fields of a reply; text around the object is passed over.

    Raises:
        LanguageModelError: there is no such object in it.
    """
    start, end = reply.find("{"), reply.rfind("}")
    try:
        fields = _Reply.model_validate_json(reply[start : end + 1]).fields
    except ValidationError as error:
        raise LanguageModelError(
            "the reply is not the JSON object that was asked for; take another model"
        ) from error
    return {key: text for key, text in fields.items() if text}


def _open(file: Path) -> sqlite3.Connection:
    """The remembered replies; an unreadable file is started anew."""
    try:
        return _connect(file)
    except sqlite3.DatabaseError:
        file.unlink()
        return _connect(file)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE IF NOT EXISTS filled (key TEXT PRIMARY KEY, fields TEXT NOT NULL)")
    return connection
