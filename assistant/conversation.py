"""What one conversation remembers: its turns, nothing else, and only in memory."""

from dataclasses import dataclass, field

from assistant.answers import Answer
from assistant.records.constraints import Wanted
from assistant.records.firm import Advised

REMEMBERED = 3  # turns in which advice may still be meant


@dataclass(frozen=True, slots=True)
class Turn:
    """A question (personal data masked) and the answer that it got."""

    question: str
    answer: Answer
    wanted: Wanted | None = None
    """The list of records that was asked for; a short follow-up may only change it."""


@dataclass(slots=True)
class Conversation:
    """The turns so far, oldest first. A new one for every chat, batch case or `ask`."""

    turns: list[Turn] = field(default_factory=list)

    @property
    def shown(self) -> tuple[str, ...]:
        """References of the cards of the last reply, in their order."""
        if not self.turns:
            return ()
        answer = self.turns[-1].answer
        offers = (card.reference for card in answer.opportunities)
        return (*offers, *(card.reference for card in answer.partnerships))

    @property
    def advised(self) -> Advised | None:
        """What the last turns told a firm of partnerships, if they did."""
        wishes = (turn.wanted for turn in reversed(self.turns[-REMEMBERED:]))
        return next((wanted.advised for wanted in wishes if wanted and wanted.advised), None)
