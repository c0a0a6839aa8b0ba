"""Which schemes can pay for which offers: only where the wording of one names the other.

An offer whose own lines name a scheme of its country ("refund through BUR") can be paid by it. So can one
whose certificate has the acronym that a scheme's rule asks for ("only courses with AZAV certification").
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from assistant.answering.claims import Quote
from assistant.index.reader import Index
from assistant.records import normalise
from assistant.records.funding_words import pattern
from assistant.records.models import AnyRecord, OpportunityRecord, Payment
from assistant.records.proof import quote_of
from assistant.records.quoting import quote_at
from assistant.records.schemes import EU, LONG_NAME, Scheme, names_of, same_schemes, told_by_each
from assistant.retrieval.text import fold
from assistant.wording import FALLBACK, say

NAMED_IN = ("funding", "cost", "eligibility", "how_to_apply")
"""Fields of an offer that say who pays."""
_CLAUSE = re.compile(r"[;.]\s|,\s")
_ACRONYM = re.compile(r"(?<!\w)[A-ZΑ-ΩА-Я]{4,}(?!\w)")
_EVERYWHERE = frozenset(("ECTS", "ECVET", "ESCO", "VETS", "ISCED", "SMEs"))


def join_payers(records: Sequence[AnyRecord]) -> list[AnyRecord]:
    """The records, each offer with the schemes that can pay for it."""
    by_country: defaultdict[str, list[Scheme]] = defaultdict(list)
    for scheme in same_schemes(told_by_each(records)):
        for code in scheme.countries:
            by_country[code].append(scheme)
    return [_joined(each, by_country) if isinstance(each, OpportunityRecord) else each for each in records]


def paid_by(
    record: OpportunityRecord, index: Index, language: str, today: date | None
) -> Iterator[tuple[str, tuple[Quote, ...]]]:
    """Each open scheme that can pay for an offer, in words of a language, with the lines that prove it."""
    for payment in record.paid_by:
        if today and payment.ends_on and payment.ends_on < today:
            continue
        titles = {index.document(title.document).language: title for title in reversed(payment.titles)}
        title = next((titles[code] for code in (language, FALLBACK) if code in titles), payment.titles[0])
        named, quotes = quote_at(title, index), quotes_of_payment(payment, record, index)
        if named and quotes:
            yield say("paid_by", language, scheme=title.text), (named, *quotes)


def quotes_of_payment(payment: Payment, record: OpportunityRecord, index: Index) -> tuple[Quote, ...]:
    """The wording of the offer, and the scheme's rule that it meets, if that is it; () if one is missing."""
    quotes = [quote_of(record, payment.named_in, index)]
    if payment.rule:
        quotes.append(quote_at(payment.rule, index))
    return tuple(quote for quote in quotes if quote) if all(quotes) else ()


def payments_of(record: OpportunityRecord, language: str) -> list[str]:
    """The schemes without an end that can pay for an offer, worded in a language, for its card."""
    return [say("paid_by", language, scheme=str(each)) for each in record.paid_by if each.ends_on is None]


def _joined(offer: OpportunityRecord, by_country: Mapping[str, Sequence[Scheme]]) -> OpportunityRecord:
    if not any(getattr(offer, name) for name in (*NAMED_IN, "certificate")):
        return offer
    near = dict.fromkeys(scheme for code in (*offer.countries, EU) for scheme in by_country.get(code, ()))
    found = tuple(payment for scheme in near if (payment := _payment(offer, scheme)))
    return offer.model_copy(update={"paid_by": found}) if found else offer


def _payment(offer: OpportunityRecord, scheme: Scheme) -> Payment | None:
    names = {name for record in scheme.records for name in names_of(record)}
    named_in, rule = next((field for field in NAMED_IN if _is_said(names, offer, field)), ""), None
    if not named_in:
        has = set(_ACRONYM.findall(offer.certificate)) - _EVERYWHERE
        fits = (record for record in scheme.records if has & set(_ACRONYM.findall(record.rule)))
        if record := next(fits, None):
            named_in, rule = "certificate", record.evidence["rule"]
    if not named_in:
        return None
    return Payment(
        references=scheme.references,
        titles=tuple(record.evidence["title"] for record in scheme.records),
        named_in=named_in,
        rule=rule,
        ends_on=scheme.ends_on,
    )


def _is_said(names: Iterable[str], offer: OpportunityRecord, field: str) -> bool:
    return field in offer.evidence and any(_is_named(name, getattr(offer, field)) for name in names)


def _is_named(name: str, wording: str) -> bool:
    """Whether a wording names a scheme and does not say that it is left out."""
    return any(_occurs(name, clause) and not _denies(clause) for clause in _CLAUSE.split(wording))


def _occurs(name: str, clause: str) -> bool:
    """A single long word counts in any case form, other names only as they are written."""
    if " " not in name and len(name) >= LONG_NAME:
        return re.search(rf"(?<!\w){re.escape(fold(name))}\w{{0,3}}(?!\w)", fold(clause)) is not None
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", clause) is not None


def _denies(clause: str) -> bool:
    rest = normalise.pattern_of("cost").sub(" ", fold(clause))
    return pattern("without").search(rest) is not None
