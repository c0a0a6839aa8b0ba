"""A draft of a firm's commitment: what the firm said, blanks for the rest, and what the documents ask for.

Nothing is proposed in the firm's name: numbers, skills and dates stand in the draft only if the reader wrote
them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.advice import facts
from assistant.advice.facts import Ask
from assistant.advice.find import Advice
from assistant.advice.plan import Plan
from assistant.advice.reply import field_line, note
from assistant.answering.claims import Claim
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.firm import Firm
from assistant.records.present import to_partnership
from assistant.records.reply import Cards
from assistant.wording import say

BLANK = "[…]"
_RULES = ("needed", "binding", "promise", "indicators", "survey")


@dataclass(frozen=True, slots=True)
class DraftReply:
    """A draft, ready to be told."""

    wanted: Wanted
    firm: Firm
    plan: Plan
    advice: Advice
    ask: Ask

    @property
    def is_whole(self) -> bool:
        """A draft with blanks is all that can be given, and says so."""
        return True

    def cards(self) -> Cards:
        """The partnership that the commitment is for."""
        return Cards(
            partnerships=tuple(to_partnership(r, self.firm.words) for r in self.advice.partnerships[:1])
        )

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """The draft line by line, then the documents' rules with their pages."""
        yield note("draft_title", language)
        told = [
            ("draft_firm", " · ".join(self.firm.words)),
            ("draft_people", self.plan.people),
            ("draft_skills", self.plan.skills),
            ("draft_time", self.plan.time),
            ("draft_measure", self.plan.measure),
        ]
        for label, words in told:
            yield Claim(words or BLANK, (), "note", say(label, language))
        for record in self.advice.partnerships[:1]:
            yield from field_line(record, "title", say("draft_partnership", language), index)
            yield from field_line(record, "target", say("advice_goal", language), index)
            yield from field_line(record, "how_to_join", say("advice_join", language), index)
        if not all(words for _, words in told):
            yield note("draft_missing", language)
        yield note("draft_rules", language)
        for topic in _RULES:
            label = say("draft_measure", language) if topic == "indicators" else ""
            yield from facts.about(topic, self.ask, label)
