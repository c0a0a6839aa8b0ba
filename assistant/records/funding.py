"""Answers to "who pays for my training?": a country's schemes that fit the reader's status, each proved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from assistant.answering.claims import Claim
from assistant.index.reader import Index
from assistant.records.constraints import PERSONAL, Wanted
from assistant.records.funding_lines import Teller
from assistant.records.funding_wish import understand_funding
from assistant.records.match import completeness
from assistant.records.need import Need
from assistant.records.reply import Asking, Cards
from assistant.records.schemes import EU, PEOPLE, Scheme, schemes_of
from assistant.records.store import RecordStore
from assistant.retrieval.text import fold
from assistant.wording import country_names, say

NEAREST = 3  # schemes for others, or of the EU, that are shown where none fits or no country is known
EXAMPLES = 2  # offers that are shown for a scheme
MOST_EXAMPLES = 3  # schemes that offers are shown for


@dataclass(frozen=True, slots=True)
class Funding:
    """Schemes, ready to be told."""

    wanted: Wanted
    fitting: tuple[Scheme, ...]
    """Of the reader's country, for their status."""
    others: tuple[Scheme, ...]
    """Of the same country, for other groups."""
    everywhere: tuple[Scheme, ...]
    """Of the EU, for their status."""
    countries_known: int
    store: RecordStore

    @property
    def is_whole(self) -> bool:
        """Whether there are schemes for all that was said; without a country there are none."""
        return bool(self.fitting)

    def cards(self) -> Cards:
        """No cards, for schemes are told in full; the exact number where the country is known."""
        return Cards(total_matches=len(self.fitting) if self.wanted.need.countries else None)

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """What there is, the firm's part after the reader's own; else the question for the country."""
        teller = Teller(index, language, today)
        if self.fitting:
            yield from self._fitting(teller)
        else:
            yield from self._nearest(teller)
        yield from teller.remarks()

    def _fitting(self, teller: Teller) -> Iterator[Claim]:
        asked, others = self._asked(teller.language), len(self.others)
        yield teller.note("funding_found", count=len(self.fitting), wanted=asked)
        yield from self._page(teller)
        if others:
            yield teller.note("funding_others", count=others)
        yield from self._offers(teller)

    def _nearest(self, teller: Teller) -> Iterator[Claim]:
        if not self.wanted.need.countries:
            yield teller.note("funding_country", count=self.countries_known)
        else:
            yield teller.note("funding_none", wanted=self._asked(teller.language))
        if self.others:
            yield teller.note("funding_others", count=len(self.others))
            yield from teller.lines(self.others[:NEAREST])
        if self.everywhere:
            yield teller.note("funding_eu")
            yield from teller.lines(self.everywhere[:NEAREST])

    def _page(self, teller: Teller) -> Iterator[Claim]:
        """What people apply for, then what their employer applies for, then what is closed."""
        need = self.wanted.need
        page = self.fitting[need.offset : need.offset + need.limit]
        closed = [scheme for scheme in page if scheme.is_closed(teller.today)]
        has_employer = not {"sme", "self-employed"} & set(need.audiences)
        wanted = set(need.audiences) & set(PERSONAL)  # a scheme for the group that is asked for stays first
        firms = [
            scheme for scheme in page if scheme.is_for_firms and has_employer and not scheme.groups & wanted
        ]
        yield from teller.lines(scheme for scheme in page if scheme not in (*firms, *closed))
        yield from teller.lines(
            (scheme for scheme in firms if scheme not in closed), under="funding_employer"
        )
        yield from teller.lines(closed, under="funding_closed")
        last = need.offset + len(page)
        if last < len(self.fitting) or need.offset:
            more = say("more", teller.language)
            yield teller.note("list_more", first=need.offset + 1, last=last, more=more)

    def _asked(self, language: str) -> str:
        """Country and status in words: "Poland, unemployed"."""
        said = [chip.words for chip in self.wanted.chips if chip.field == "audiences"]
        return ", ".join([*country_names(self.wanted.need.countries, language), *dict.fromkeys(said)])

    def _offers(self, teller: Teller) -> Iterator[Claim]:
        """Offers of the country that name a scheme that was told."""
        there, told_of = self.wanted.need.countries, 0
        for scheme in [each for each in teller.told if not each.is_closed(teller.today)]:
            need = Need(
                action="list", paid_by=scheme.references, countries=there, anywhere=True, limit=EXAMPLES
            )
            found = self.store.find(need, today=teller.today)
            lines = [line for hit in found.hits if (line := teller.offer(hit.record, scheme))]
            if lines and told_of < MOST_EXAMPLES:
                told_of += 1
                name = teller.record_of(scheme).title
                yield teller.note("funding_offers", scheme=name, count=found.total)
                yield from lines


def read(asking: Asking) -> Funding | None:
    """The schemes that a message asks for; None when it asks for something else or there are none."""
    schemes = schemes_of(asking.store)
    if not schemes.all:
        return None
    wanted = understand_funding(
        asking.message,
        asking.language,
        previous=asking.previous,
        persona=asking.persona,
        names=schemes.names,
        towns=asking.towns,
    )
    return answer_to(wanted, asking) if wanted else None


def answer_to(wanted: Wanted, asking: Asking) -> Funding | None:
    """The schemes of the countries that were named, or those of the EU where none was.

    None when no record is of these countries: their guides may tell it in a form that gave no records.
    """
    schemes = schemes_of(asking.store)
    need = wanted.need
    there = _sorted(schemes.in_countries(need.countries or (EU,)), need, asking.today)
    if not there:
        return None
    everywhere = _sorted(schemes.in_countries((EU,)), need, asking.today)
    known = {code for scheme in schemes.all for code in scheme.countries}
    return Funding(
        wanted,
        tuple(scheme for scheme in there if need.countries and scheme.is_for(need.audiences)),
        tuple(scheme for scheme in there if need.countries and not scheme.is_for(need.audiences)),
        tuple(scheme for scheme in everywhere if scheme.is_for(need.audiences)),
        len(known - {EU}),
        asking.store,
    )


def _sorted(schemes: Iterable[Scheme], need: Need, today: date) -> list[Scheme]:
    """What can still be had first, then what is made for the group, then people's own, then the fullest."""
    firm = "sme" in need.audiences

    def key(scheme: Scheme) -> tuple[object, ...]:
        best = scheme.records[0]
        return (
            scheme.is_closed(today),
            not _is_there(scheme, need.city),
            -len(scheme.groups & set(need.audiences)),
            not firm and (scheme.is_for_firms or not scheme.groups & set(PEOPLE)),
            -completeness(best),
            fold(best.title),
        )

    return sorted(schemes, key=key)


def _is_there(scheme: Scheme, region: str) -> bool:
    """Whether a scheme is of the region that was named."""
    texts = (fold(f"{each.title} {each.region} {each.who}") for each in scheme.records)
    return bool(region) and any(region in text for text in texts)
