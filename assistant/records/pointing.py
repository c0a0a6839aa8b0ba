"""Messages that point at entries of the reply before: "compare the first two", "more like the second".

What was shown is known by its references, so the answer is about exactly those entries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.claims import Cell, Claim, Quote
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.listing import FOR_FIRMS, lines_of, quotes_of
from assistant.records.models import AnyRecord, OpportunityRecord
from assistant.records.need import Need
from assistant.records.present import to_opportunity, to_partnership
from assistant.records.reading import Reading, read_words
from assistant.records.reply import Asking, Cards
from assistant.records.store import Hit
from assistant.wording import say

LONGEST = 14  # words of a message that points; a longer one tells a wish of its own
MOST = 3  # entries side by side
SIMILAR = 5
SHORT = 8  # words of a message that may point by a number alone
ORDINALS = ("first", "second", "third", "fourth", "fifth")
FIELDS = (
    "provider", "city", "kind", "mode", "duration", "effort", "level", "cost", "funding", "eligibility",
    "starts", "deadline", "skills", "certificate", "how_to_apply", "scale", "lead", "target", "focus",
    "commitments", "how_to_join", "contact", "url",
)  # fmt: skip
"""What is told of an entry, in this order; values as the document words them."""
_LABELS = {"city": "place", "lead": "coordinators", "scale": "kind"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Entries side by side, or all that one says."""

    wanted: Wanted
    records: tuple[AnyRecord, ...]

    @property
    def is_whole(self) -> bool:
        """It always is."""
        return True

    def cards(self) -> Cards:
        """The entries."""
        return _cards(self.records)

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """A line for each thing that one of the entries tells; of several entries, a row of a table."""
        quotes = {record.reference: quotes_of(record, index) for record in self.records}
        told = [record for record in self.records if quotes[record.reference]]
        if len(told) == 1:
            yield Claim(told[0].title, quotes[told[0].reference], "lead")
        else:
            yield Claim.row("", [Cell(record.title, quotes[record.reference]) for record in told])
        for name in FIELDS:
            heading = say(f"label_{_LABELS.get(name, name)}", language)
            cells = [_cell(record, name, quotes[record.reference]) for record in told]
            if len(told) == 1 and cells[0].text:
                yield Claim(cells[0].text, cells[0].quotes, "bullet", heading)
            elif any(cell.text for cell in cells):
                yield Claim.row(heading, cells)


def _cell(record: AnyRecord, name: str, quotes: tuple[Quote, ...]) -> Cell:
    proof = record.evidence.get(name)
    return Cell(proof.text, quotes) if proof else Cell("")


@dataclass(frozen=True, slots=True)
class Similar:
    """Entries like one that was shown."""

    wanted: Wanted
    model: AnyRecord
    hits: tuple[Hit, ...]

    @property
    def is_whole(self) -> bool:
        """Whether there are any."""
        return bool(self.hits)

    def cards(self) -> Cards:
        """The entries, without that one."""
        return _cards([hit.record for hit in self.hits])

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """What is most like it, a line each."""
        key = "similar" if self.hits else "none_similar"
        yield Claim(say(key, language, title=self.model.title), (), "note")
        yield from lines_of(self.hits, index, language, today)


def read(asking: Asking) -> Comparison | Similar | None:
    """What a message wants of the entries that were shown; None when it points at none of them."""
    reading = read_words(asking.message, asking.language)
    if not asking.shown or len(reading.words) > LONGEST:
        return None
    if any(reading.places(name) for name in ("cheapest", "shortest", "soonest")):  # "cheapest first"
        return None
    wants = next((name for name in ("compare", "similar", "details") if reading.places(name)), "")
    places = places_in(reading, len(asking.shown))
    if not wants and not (places and len(reading.words) <= SHORT):
        return None
    if wants == "compare" and len(places) < 2:
        places = list(range(min(len(asking.shown), MOST))) if reading.places("shown") else []
    if wants in ("similar", "details") and not places and len(asking.shown) == 1:
        places = [0]
    references = [asking.shown[place] for place in places[:MOST]]
    records = tuple(record for each in references for record in asking.store.referenced(each))
    if not records or (wants == "compare" and len(records) < 2):
        return None
    wanted = replace(asking.previous or Wanted(Need()), unknown=())
    if wants == "similar":
        return Similar(wanted, records[0], tuple(asking.store.similar(records[0], limit=SIMILAR)))
    return Comparison(wanted, records)


def places_in(reading: Reading, count: int) -> list[int]:
    """Which of the entries are pointed at, from 0: "the second one", "2 and 4", "the last"."""
    found = {place: number for number, name in enumerate(ORDINALS) for place in reading.places(name)}
    found |= dict.fromkeys(reading.places("last"), count - 1)
    numbers = {place: int(word) - 1 for place, word in enumerate(reading.folded) if word.isdecimal()}
    found |= {place: number for place, number in numbers.items() if len(reading.words) <= SHORT}
    if reading.places("both") and not found:  # "the first two", "both"
        return list(range(min(2, count)))
    pointed = [found[place] for place in sorted(found) if 0 <= found[place] < count]
    if len(pointed) == 1 and pointed[0] == 0 and reading.places("both"):
        return list(range(min(2, count)))
    return list(dict.fromkeys(pointed))


def _cards(records: Sequence[AnyRecord]) -> Cards:
    offers = (to_opportunity(each) for each in records if isinstance(each, OpportunityRecord))
    firms = (to_partnership(each) for each in records if isinstance(each, FOR_FIRMS))
    return Cards(tuple(offers), tuple(firms))
