"""Who answers from the records: each reader understands one kind of message; the first that does replies."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from assistant.advice import reader as advice
from assistant.answering.asked import split_questions
from assistant.answering.claims import Claim
from assistant.index.reader import Index
from assistant.records import funding, offers, pointing
from assistant.records.constraints import Wanted
from assistant.records.reply import Asking, Cards, Reader, RecordReply

READERS: tuple[Reader, ...] = (funding.read, advice.read, pointing.read, offers.read)


def answer_to(wanted: Wanted, asking: Asking) -> RecordReply | None:
    """The reply to a wish that is known already, by the reader that it comes from."""
    if wanted.need.type == "funding" and not wanted.advised:
        return funding.answer_to(wanted, asking)
    return advice.answer_to(wanted, asking) if wanted.advised else offers.answer_to(wanted, asking)


def read(asking: Asking) -> RecordReply | None:
    """The reply of the first reader that understands the message, or of several to its several questions."""
    return _read_parts(asking) or _first(asking)


@dataclass(frozen=True, slots=True)
class Both:
    """Replies to the questions of one message, in their order."""

    replies: tuple[RecordReply, ...]

    @property
    def wanted(self) -> Wanted:
        """The wish of the first question."""
        return self.replies[0].wanted

    @property
    def is_whole(self) -> bool:
        """Whether each is."""
        return all(reply.is_whole for reply in self.replies)

    def cards(self) -> Cards:
        """Those of all."""
        all_cards = [reply.cards() for reply in self.replies]
        return Cards(
            opportunities=tuple(card for cards in all_cards for card in cards.opportunities),
            partnerships=tuple(card for cards in all_cards for card in cards.partnerships),
            total_matches=all_cards[0].total_matches,
        )

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """One after the other."""
        for reply in self.replies:
            yield from reply.claims(index, language, today)


def _first(asking: Asking) -> RecordReply | None:
    return next((reply for reader in READERS if (reply := reader(asking))), None)


def _read_parts(asking: Asking) -> Both | None:
    """Replies of different readers to the questions of a message: "what can I learn, and who pays?".

    What stands before the first question ("I weld hulls in Gdańsk") belongs to each of them. None unless
    every question has a reply.
    """
    parts = split_questions(asking.message, asking.language)
    if len(parts) < 2:
        return None
    before = asking.message.partition(parts[0])[0].strip(" ,")
    replies: list[RecordReply | None] = []
    for part in parts:
        told = replies[-1].wanted if replies and replies[-1] else asking.previous
        own = replace(asking, message=f"{before}. {part}" if before else part)
        replies.append(_first(own) or _first(replace(asking, message=part, previous=told)))
    kinds = {type(reply) for reply in replies}
    found = tuple(reply for reply in replies if reply)
    return Both(found) if len(found) == len(parts) == len(kinds) else None
