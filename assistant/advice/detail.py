"""A question on one partnership that was just shown: how to join it, whom to ask, what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.advice import facts
from assistant.advice.facts import Ask
from assistant.advice.reply import field_line
from assistant.answering.claims import Claim
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.models import PartnershipRecord
from assistant.records.present import to_partnership
from assistant.records.proof import quote_of
from assistant.records.reply import Cards
from assistant.wording import say

_LABELS = {"steps": "advice_join", "contact": "advice_contact", "amount": "advice_cost"}


@dataclass(frozen=True, slots=True)
class DetailReply:
    """The answer about one record."""

    wanted: Wanted
    record: PartnershipRecord
    asked: str
    """steps, contact or amount."""
    ask: Ask
    is_whole: bool = True

    def cards(self) -> Cards:
        """The one that is asked about."""
        return Cards(partnerships=(to_partnership(self.record),))

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """Which one, then what is asked."""
        if title := quote_of(self.record, "title", index):
            yield Claim(self.record.title, (title,), "lead")
        label = say(_LABELS[self.asked], language)
        if self.asked == "steps":
            steps = facts.steps_for(self.record, self.ask, label)
            yield from steps or field_line(self.record, "how_to_join", label, index)
        if self.asked == "amount":
            yield from facts.about("cost", self.ask, label)
        if self.asked != "amount":
            contact = "contact" if self.record.contact else "url"
            yield from field_line(self.record, contact, say("advice_contact", language), index)
        if self.asked == "contact":
            yield from field_line(self.record, "how_to_join", say("advice_join", language), index)
