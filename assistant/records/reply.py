"""What the facade asks the records with, and what it gets back: one shape for lists, advice and more."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.answering.claims import Claim
from assistant.answers import Opportunity, Partnership, Persona
from assistant.index.reader import Index
from assistant.multilingual.link import Link
from assistant.records.constraints import Wanted
from assistant.records.firm import Advised
from assistant.records.store import RecordStore
from assistant.records.towns import NO_TOWNS, Towns
from assistant.retrieval.passages import Hit


@dataclass(frozen=True, slots=True)
class Asking:
    """A message, and all that tells what it wants of the records."""

    message: str
    """The reader's words, personal data masked."""
    language: str
    """ISO 639-1 code of the message."""
    store: RecordStore
    today: date
    towns: Towns = NO_TOWNS
    previous: Wanted | None = None
    """What the turn before asked of the records."""
    shown: tuple[str, ...] = ()
    """References of the cards of the turn before, in their order."""
    persona: Persona | None = None
    search: Callable[[str], Sequence[Hit]] = lambda text: ()
    """The passages nearest in meaning to a text, best first."""
    advised: Advised | None = None
    """What a firm was told of partnerships in one of the last turns."""
    earlier: tuple[str, ...] = ()
    """The reader's messages before this one, oldest first, masked too."""
    link: Callable[[str, str], Sequence[Link]] = lambda text, language: ()
    """The trades and skills that a text in a language means, best first."""
    ask: Callable[[str], tuple[Claim, ...]] = lambda question: ()
    """What the documents prove about a fixed question of our own, in English."""


@dataclass(frozen=True, slots=True)
class Cards:
    """What the records add to an `Answer` beside its text."""

    opportunities: tuple[Opportunity, ...] = ()
    partnerships: tuple[Partnership, ...] = ()
    total_matches: int | None = None
    suggestions: tuple[str, ...] = ()
    asks_back: bool = False
    """Whether the reply is a question to the reader; `suggestions` are the choices."""


class RecordReply(Protocol):
    """A reply that records can give, ready to be told."""

    @property
    def wanted(self) -> Wanted:
        """The wish as it was understood; the next turn may lean on it."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether it answers all of the wish."""
        ...

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """The reply in reading order; each line but our own words is proved by its record's page."""
        ...

    def cards(self) -> Cards:
        """The records shown, as cards."""
        ...


Reader = Callable[[Asking], RecordReply | None]
"""Reads a message; None when it wants nothing that this kind of reply gives."""
