"""Which partnerships and Blueprints fit a firm: by sector, then place, then what the firm wants."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from assistant.advice.firm import sectors_in
from assistant.records.firm import Firm
from assistant.records.models import AnyRecord, BlueprintRecord, PartnershipRecord
from assistant.records.normalise import last_day_in
from assistant.records.reading import common_letters
from assistant.records.vocabulary import ECOSYSTEMS
from assistant.retrieval.text import analyse, fold

MOST_LARGE = 3
MOST_REGIONAL = 2
MOST_BLUEPRINTS = 3
MUCH_WORSE = 0.3  # share of the best one's words; below it a partnership of the ecosystem is for other trades
_WEIGHTS = {"title": 3, "acronym": 3, "focus": 2, "sectors": 2, "target": 1, "results": 1, "lead": 1}
_YEARS = re.compile(r"(?:[^\W\d]+\s)?\d{4}\s*(?:to|until|bis|-|–|à|a|do)\s*((?:[^\W\d]+\s)?\d{4})(?=$|;)")

Fitting = PartnershipRecord | BlueprintRecord
_Kind = TypeVar("_Kind", PartnershipRecord, BlueprintRecord)


@dataclass(frozen=True, slots=True)
class Advice:
    """What fits a firm, the best first."""

    large: tuple[PartnershipRecord, ...] = ()
    regional: tuple[PartnershipRecord, ...] = ()
    blueprints: tuple[BlueprintRecord, ...] = ()

    @property
    def partnerships(self) -> tuple[PartnershipRecord, ...]:
        """All that a firm can join; what is near comes after what is for its sector."""
        return self.large + self.regional

    @property
    def all(self) -> tuple[Fitting, ...]:
        """Everything, in the order in which it is shown."""
        return self.partnerships + self.blueprints


def fitting(
    firm: Firm, partnerships: Sequence[AnyRecord], blueprints: Sequence[AnyRecord], today: date | None
) -> Advice:
    """What fits a firm; Blueprints that are over `today` come last.

    A large-scale partnership or a Blueprint must be for one of its sectors; a regional one for its country,
    or for its sector in many countries, and never for other sectors only.
    """
    known = [each for each in partnerships if isinstance(each, PartnershipRecord)]
    large = [each for each in known if each.scale != "regional" and _is_for_sector(each, firm)]
    regional = [each for each in known if each.scale == "regional" and _is_near(each, firm)]
    made = [each for each in blueprints if isinstance(each, BlueprintRecord) and _is_for_sector(each, firm)]
    return Advice(
        tuple(_best(large, firm, MOST_LARGE)),
        tuple(sorted(regional, key=lambda each: _nearness(each, firm))[:MOST_REGIONAL]),
        tuple(sorted(_best(made, firm, MOST_BLUEPRINTS), key=lambda each: _is_over(each, today))),
    )


def sectors_of(record: Fitting) -> frozenset[str]:
    """The ecosystems that a record is for, by its own words; empty when it is for all or does not say."""
    told = [record.sectors]
    if record.ecosystem not in ECOSYSTEMS:
        told += [record.title, getattr(record, "focus", ""), getattr(record, "launch", "")]
    named = {record.ecosystem} if record.ecosystem in ECOSYSTEMS else set()
    return frozenset(named | _sectors_in("; ".join(told)))


def has_ended(record: BlueprintRecord, today: date) -> bool:
    """Whether its years are known to be over: "January 2019 to March 2023", but not "4 years from 2022"."""
    match = _YEARS.match(record.years)
    last = last_day_in(match[1]) if match else None
    return last is not None and last < today


@lru_cache(maxsize=500)
def _sectors_in(text: str) -> frozenset[str]:
    return frozenset(sectors_in(text))


def _is_over(record: BlueprintRecord, today: date | None) -> bool:
    return today is not None and has_ended(record, today)


def _is_for_sector(record: Fitting, firm: Firm) -> bool:
    return bool(sectors_of(record) & set(firm.sectors))


def _is_near(record: PartnershipRecord, firm: Firm) -> bool:
    sectors = sectors_of(record)
    fits = bool(sectors & set(firm.sectors))
    if record.countries:
        return bool(set(record.countries) & set(firm.countries)) and (fits or not sectors or not firm.sectors)
    return fits and (not firm.about or _likeness(record, firm) > 0)


def _nearness(record: PartnershipRecord, firm: Firm) -> tuple[bool, bool, bool, str]:
    """Sorts first what has the firm's place in its name, then what is in its country, then for its sector."""
    in_country = bool(set(record.countries) & set(firm.countries))
    area = fold(f"{record.title} {record.region}").split()
    named = any(
        common_letters(word, part) >= max(4, len(part) - 2)
        for word in fold(firm.place_words).split()
        for part in (each.strip("(),") for each in area)
    )
    return (not named, not in_country, not _is_for_sector(record, firm), record.title)


def _best(records: Iterable[_Kind], firm: Firm, most: int) -> list[_Kind]:
    """Those whose words are most about the firm's trade and need; all alike when none is."""
    scored = [(_likeness(record, firm), record) for record in records]
    best = max((score for score, _ in scored), default=0.0)
    first = firm.sectors[0] if firm.sectors else ""
    kept = [(score, record) for score, record in scored if score >= best * MUCH_WORSE]
    kept.sort(key=lambda pair: (first not in sectors_of(pair[1]), -pair[0], pair[1].title))
    return [record for _, record in kept[:most]]


def _likeness(record: Fitting, firm: Firm) -> float:
    """Words of the record that the trade or the need has, weighed by the field that says them."""
    wanted = {*analyse(firm.about, "en"), *analyse(" ".join(firm.need), "en")}
    found: dict[str, int] = {}
    for name, weight in _WEIGHTS.items():
        for term in analyse(str(getattr(record, name, "")), "en"):
            found[term] = max(found.get(term, 0), weight)
    return float(sum(found.get(term, 0) for term in wanted))
