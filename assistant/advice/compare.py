"""Partnerships and Blueprints side by side in a table: what each of them says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.advice.find import Fitting, fitting
from assistant.advice.reply import first_known, note
from assistant.advice.wish import Message
from assistant.answering.claims import Cell, Claim
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.firm import Firm
from assistant.records.models import BlueprintRecord
from assistant.records.pointing import places_in
from assistant.records.present import to_partnership
from assistant.records.proof import quote_of
from assistant.records.reply import Cards
from assistant.retrieval.text import fold
from assistant.wording import say

MOST = 3
_ACRONYM = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])\w{3,}\b")
_FIELDS = (
    ("advice_area", ("region",)),
    ("draft_time", ("years",)),
    ("advice_lead", ("lead", "coordinator")),
    ("advice_goal", ("target",)),
    ("advice_focus", ("focus",)),
    ("advice_promise", ("commitments",)),
    ("advice_gain", ("results",)),
    ("advice_join", ("how_to_join",)),
    ("advice_contact", ("contact", "url")),
)
"""Label, and the fields that may hold it: the first that is filled counts."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Records side by side, ready to be told."""

    wanted: Wanted
    records: tuple[Fitting, ...]
    is_whole: bool = True

    def cards(self) -> Cards:
        """A card for each."""
        return Cards(partnerships=tuple(map(to_partnership, self.records)))

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """A table: a column for each, a row for each field that one of them has."""
        yield note("advice_compare", language)
        yield Claim.row("", [_named(record, index) for record in self.records])
        for label, fields in _FIELDS:
            cells = [_cell(record, fields, index) for record in self.records]
            if any(cell.text for cell in cells):
                yield Claim.row(say(label, language), cells)


def chosen(message: Message, shown: Sequence[str], records: Sequence[Fitting]) -> tuple[Fitting, ...]:
    """The records that a message names: by their place in what was shown, by acronym, or by sector."""
    known = {record.reference: record for record in records}
    before = [known[reference] for reference in shown if reference in known]
    ways = (
        [before[place] for place in places_in(message.reading, len(before))],
        _by_acronym(message, records),
        _by_sector(message, records),
    )
    found = max(ways, key=len)
    if len(found) < 2 <= len(before) and not message.firm.sectors and not message.nouns:
        found = before[:2]
    return _once(found)[:MOST]


def _once(records: Sequence[Fitting]) -> tuple[Fitting, ...]:
    return tuple({record.reference: record for record in records}.values())


def _named(record: Fitting, index: Index) -> Cell:
    title = quote_of(record, "title", index)
    return Cell(record.title, (title,)) if title else Cell("")


def _cell(record: Fitting, fields: Sequence[str], index: Index) -> Cell:
    told = first_known(record, fields, index)
    return Cell(told[0], (told[1],)) if told else Cell("")


def _by_acronym(message: Message, records: Sequence[Fitting]) -> list[Fitting]:
    words = set(message.reading.folded)
    found = []
    for record in records:
        names = {fold(name) for name in _ACRONYM.findall(record.title)}
        if isinstance(record, BlueprintRecord):
            names.add(fold(record.acronym))
        if names & words:
            found.append(record)
    return found


def _by_sector(message: Message, records: Sequence[Fitting]) -> list[Fitting]:
    """The best partnership for each sector that is named."""
    found: list[Fitting] = []
    for sector in message.firm.sectors:
        advice = fitting(Firm((sector,), message.firm.about), records, records, None)
        found += advice.blueprints[:1] if message.type == "blueprint" else advice.large[:1]
    return found
