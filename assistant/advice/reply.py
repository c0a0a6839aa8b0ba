"""The reply of the advisor: the partnerships that fit, why, what they ask and give, and how to go on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.advice import facts
from assistant.advice.facts import Ask
from assistant.advice.find import Advice, Fitting, has_ended
from assistant.advice.lexicon import sector_names
from assistant.answering.claims import Claim, Quote
from assistant.index.reader import Index
from assistant.records.constraints import Wanted
from assistant.records.firm import Firm
from assistant.records.models import BlueprintRecord, PartnershipRecord
from assistant.records.normalise import EUROPE
from assistant.records.present import to_partnership
from assistant.records.proof import quote_of
from assistant.records.reply import Cards
from assistant.wording import say

LONGEST_CONTACT = 100  # characters
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_EU = frozenset(EUROPE[:27])
_FIELDS = (
    ("region", "advice_area"),
    ("target", "advice_goal"),
    ("focus", "advice_focus"),
    ("commitments", "advice_promise"),
    ("how_to_join", "advice_join"),
)
_GENERAL = (
    ("promise", "advice_promise"),
    ("cost", "advice_cost"),
    ("gain", "advice_gain"),
    ("deadline", "advice_deadline"),
)


@dataclass(frozen=True, slots=True)
class AdviceReply:
    """Advice, ready to be told."""

    wanted: Wanted
    firm: Firm
    advice: Advice
    ask: Ask
    regional: tuple[PartnershipRecord, ...] = ()
    """All regional partnerships that are records, whether they fit or not."""
    clusters: bool = False
    """Whether clusters were asked for."""
    blueprints_only: bool = False
    """Whether only Blueprints were asked for."""

    @property
    def is_whole(self) -> bool:
        """Whether something of the asked kind fits, and the firm is in a country that may be able to join."""
        is_known = set(self.firm.countries) <= set(EUROPE)
        return is_known and bool(self.advice.blueprints if self.blueprints_only else self.advice.partnerships)

    def cards(self) -> Cards:
        """A card for everything that is shown, with the reader's words that it fits."""
        return Cards(partnerships=tuple(to_partnership(each, self.firm.words) for each in self.advice.all))

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """Partnerships with their particulars, Blueprints, then what holds for all and the next steps."""
        firm, advice = self.firm, self.advice
        yield note("advice_told", language, facts=" · ".join(firm.words) or "–")
        yield from self._outside(language)
        if self.clusters:
            yield note("advice_no_cluster", language)
        if not self.blueprints_only:
            yield from self._partnerships(index, language)
        if advice.blueprints:
            yield note("advice_blueprints", language)
            for made in advice.blueprints:
                yield from _blueprint_line(made, index, language, today)
        yield note("advice_general", language)
        for topic, label in _GENERAL:
            yield from facts.about(topic, self.ask, say(label, language))
        if advice.partnerships and not self.blueprints_only:
            heading = say("advice_steps", language)
            own = facts.steps_for(advice.partnerships[0], self.ask, heading)
            yield from own or facts.usual_steps(self.ask, heading)

    def _partnerships(self, index: Index, language: str) -> Iterator[Claim]:
        firm, advice = self.firm, self.advice
        if not advice.large:
            yield note("advice_no_sector", language, words=firm.sector_words)
        for record in advice.large:
            yield from about_record(record, firm, index, language)
        for record in advice.regional:
            yield from about_record(record, firm, index, language)
        near = [each for each in advice.regional if set(each.countries) & set(firm.countries)]
        if not near and set(firm.countries) & set(EUROPE):
            known = [record.title for record in self.regional]
            told = [c for code in firm.countries for c in facts.regional_in(code, self.ask, index, known)]
            yield from told or [note("advice_no_regional", language, place=firm.place_words)]

    def _outside(self, language: str) -> Iterator[Claim]:
        """For a country outside the EU: who can join."""
        if [code for code in self.firm.countries if code not in _EU]:
            yield note("advice_outside", language, place=self.firm.place_words)
            yield from facts.about("who", self.ask)


@dataclass(frozen=True, slots=True)
class SectorQuestion:
    """Asks a firm for its sector, with the choices."""

    wanted: Wanted
    language: str
    is_whole: bool = False

    def claims(self, index: Index, language: str, today: date) -> Iterator[Claim]:
        """The question and all choices, in our own words."""
        yield note("advice_which_sector", language)
        yield Claim(" · ".join(sector_names(language).values()), (), "note")

    def cards(self) -> Cards:
        """No records, but the choices."""
        return Cards(asks_back=True, suggestions=tuple(sector_names(self.language).values()))


def note(key: str, language: str, **values: str) -> Claim:
    """Our own words."""
    return Claim(say(key, language, **values), (), "note")


def about_record(record: PartnershipRecord, firm: Firm, index: Index, language: str) -> Iterator[Claim]:
    """Its name, why it fits and its particulars, each proved by its own line."""
    title = quote_of(record, "title", index)
    if title is None:
        return
    lead = first_known(record, ("lead", "launch"), index)
    text, proofs = (lead[0], (title, lead[1])) if lead else (record.title, (title,))
    yield Claim(text, proofs, "sentence", record.title)
    if firm.sector_words and (fit := first_known(record, ("ecosystem", "sectors"), index)):
        yield Claim(fit[0], (fit[1],), "bullet", say("advice_fits", language, words=firm.sector_words))
    for field, label in _FIELDS:
        yield from field_line(record, field, say(label, language), index)
    contact = "contact" if record.contact else "url"
    yield from field_line(record, contact, say("advice_contact", language), index)


def field_line(record: Fitting, field: str, label: str, index: Index) -> Iterator[Claim]:
    """One field as a bullet; nothing when it is empty."""
    if told := first_known(record, (field,), index):
        yield Claim(told[0], (told[1],), "bullet", label)


def first_known(record: Fitting, fields: Sequence[str], index: Index) -> tuple[str, Quote] | None:
    """The first of some fields that is filled: its words and what proves them."""
    for field in fields:
        if quote := _proof(record, field, index):
            return " ".join(quote.text.split()), quote
    return None


def _proof(record: Fitting, field: str, index: Index) -> Quote | None:
    """As `quote_of`; of a web address that text runs on after, the address alone."""
    quote = quote_of(record, field, index)
    if quote is None or field != "url" or len(quote.text) <= LONGEST_CONTACT:
        return quote
    link = _LINK.search(quote.text)
    if link is None:
        return None
    first = quote.span[0] + link.start()
    return Quote(quote.document, quote.page_number, (first, first + len(link.group())), link.group())


def _blueprint_line(record: BlueprintRecord, index: Index, language: str, today: date) -> Iterator[Claim]:
    found = [quote for name in ("years", "results", "url") if (quote := _proof(record, name, index))]
    title = quote_of(record, "title", index)
    if title is None or not found:
        return
    texts = [" ".join(quote.text.split()) for quote in found]
    if has_ended(record, today):
        texts[0] += f" ({say('advice_ended', language)})"
    yield Claim(" · ".join(texts), (title, *found), "bullet", record.title)
