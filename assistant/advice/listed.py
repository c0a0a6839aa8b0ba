"""Lists and counts of partnerships and Blueprints, exact as the records have them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from assistant.advice import facts
from assistant.advice.facts import Ask
from assistant.advice.find import sectors_of
from assistant.advice.wish import Wish
from assistant.answering.claims import Claim
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.firm import Advised, Firm
from assistant.records.listing import Listing
from assistant.records.models import BlueprintRecord, PartnershipRecord
from assistant.records.need import Need
from assistant.records.reading import Chip
from assistant.records.reply import Asking, Cards
from assistant.records.store import Found

_ALL = 100_000  # more than there are


@dataclass(frozen=True, slots=True)
class PartnershipList:
    """A list, with the documents' own count above it where all were asked for."""

    listing: Listing
    scale: str
    ask: Ask
    is_count: bool

    @property
    def wanted(self) -> Wanted:
        """The wish of the list."""
        return self.listing.wanted

    @property
    def is_whole(self) -> bool:
        """Whether anything was found."""
        return self.listing.is_whole

    def cards(self) -> Cards:
        """The records of this page."""
        return self.listing.cards()

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """What the documents count, then the entries."""
        need = self.wanted.need
        if self.is_count and not (need.ecosystems or need.countries or need.offset):
            yield from facts.counted(self.scale, self.ask)
        yield from self.listing.claims(index, language, today)


def list_of(wish: Wish, words: tuple[str, ...], asking: Asking) -> PartnershipList | None:
    """The list that a wish asks for, in the reader's `words`; None when no record meets it: texts may."""
    firm = wish.firm
    is_regional = wish.scale == "regional"
    need = Need(
        type=wish.type,
        action="count" if wish.kind == "count" else "list",
        language=asking.language,
        ecosystems=firm.sectors,
        countries=firm.countries,
        anywhere=bool(firm.sectors) and not is_regional,
        scale=wish.scale if wish.type == "partnership" else "",
    )
    fields = {firm.sector_words: "ecosystems", firm.place_words: "countries"}
    chips = tuple(Chip(fields.get(each, "scale"), each) for each in words)
    return page_of(Wanted(need, chips), asking)


def page_of(wanted: Wanted, asking: Asking) -> PartnershipList | None:
    """One page of the records that a wish asks for."""
    need = wanted.need
    every = need.model_copy(update={"ecosystems": (), "limit": _ALL, "offset": 0})
    hits = [
        hit
        for hit in asking.store.find(every, today=asking.today).hits
        if isinstance(hit.record, PartnershipRecord | BlueprintRecord)
        and (not need.ecosystems or sectors_of(hit.record) & set(need.ecosystems))
    ]
    page = hits[need.offset : need.offset + need.limit]
    if not page:
        return None
    shown = tuple(hit.record.reference for hit in page)
    told = replace(wanted, advised=Advised(Firm(), shown))
    listing = Listing(told, Found(tuple(page), len(hits)))
    return PartnershipList(listing, need.scale, asking.ask, need.action == "count")
