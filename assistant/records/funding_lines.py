"""Schemes as lines of a reply: what each pays, for whom and how, in the guide's words and with its page."""

from collections.abc import Iterable, Iterator
from datetime import date

from assistant.answering.claims import Claim, Quote
from assistant.answering.verify import problem_with
from assistant.index.reader import Index
from assistant.records.models import AnyRecord, FundingRecord, OpportunityRecord
from assistant.records.payers import quotes_of_payment
from assistant.records.proof import quote_of
from assistant.records.quoting import joined
from assistant.records.schemes import Scheme
from assistant.retrieval.text import fold
from assistant.wording import language_names, say

LONGEST = 300  # characters of a value; the page has the rest
OLD_DAYS = 730  # days after which a page's age is told
_FIELDS = ("amount", "who", "applicant", "rule", "how_to_apply", "deadline", "url")
_OWN_WORDS = {"amount": "funding_pays", "applicant": "funding_applicant", "how_to_apply": "funding_apply"}
"""Fields that a scheme's line words in its own way; the others have the labels of all records."""


class Teller:
    """Makes the claims of one reply, and remembers what it told."""

    def __init__(self, index: Index, language: str, today: date) -> None:
        """`language`: of the reply."""
        self._index = index
        self.language = language
        self.today = today
        self.told: list[Scheme] = []
        self._documents: set[str] = set()

    def note(self, key: str, /, **values: str | int) -> Claim:
        """Our own words."""
        return Claim(say(key, self.language, **values), (), "note")

    def record_of(self, scheme: Scheme) -> FundingRecord:
        """What the guide in the reply's language says, if there is one."""
        return scheme.told_in(self.language, lambda path: self._index.document(path).language)

    def lines(self, schemes: Iterable[Scheme], *, under: str = "") -> Iterator[Claim]:
        """A line for each scheme; `under`: our words above them, if there are any."""
        for scheme in schemes:
            if claim := self._line(scheme):
                if under:
                    yield self.note(under)
                    under = ""
                self.told.append(scheme)
                self._documents |= {quote.document for quote in claim.quotes}
                yield claim

    def offer(self, record: AnyRecord, scheme: Scheme) -> Claim | None:
        """The line of an offer that names the scheme, with the words that do."""
        if not isinstance(record, OpportunityRecord):
            return None
        payment = next((each for each in record.paid_by if each.references == scheme.references), None)
        if payment is None:
            return None
        title = quote_of(record, "title", self._index)
        quotes = quotes_of_payment(payment, record, self._index)
        if not (title and quotes):
            return None
        quotes = (title, *quotes)
        self._documents |= {quote.document for quote in quotes}
        wording = str(getattr(record, payment.named_in))
        return Claim(wording, joined(quotes, self._index), "bullet", record.title)

    def remarks(self) -> Iterator[Claim]:
        """Which pages are old, and which languages the quotes are in."""
        records = [self.record_of(scheme) for scheme in self.told]
        old = [
            f"{record.title}: {record.as_of.year}"
            for record in records
            if record.as_of and (self.today - record.as_of).days > OLD_DAYS
        ]
        if old:
            yield self.note("funding_old", names="; ".join(dict.fromkeys(old)))
        if others := self._spoken(self._documents) - {self.language, ""}:
            yield self.note("other_language", language=language_names(others, self.language))

    def _line(self, scheme: Scheme) -> Claim | None:
        """Its fields, with what they are unless the page carries too few of our words."""
        record = self.record_of(scheme)
        closed = [say("closed", self.language)] if scheme.is_closed(self.today) else []
        fields, quotes = self._fields(scheme, record)
        spoken = self._spoken(quote.document for quote in quotes)
        languages = (self.language, spoken.pop() if len(spoken) == 1 else "")
        labelled = [self._labelled(name, value) for name, value in fields.items()]
        for parts in (labelled, list(fields.values())):
            claim = Claim(" · ".join([*closed, *parts]) or record.title, quotes, "bullet", record.title)
            if quotes and not problem_with(claim, self._page_text, languages=languages):
                return claim
        return None

    def _fields(self, scheme: Scheme, record: FundingRecord) -> tuple[dict[str, str], tuple[Quote, ...]]:
        """The record's values with their quotes; what it leaves out, from the other records of the scheme."""
        fields: dict[str, str] = {}
        quotes = [quote] if (quote := quote_of(record, "title", self._index)) else []
        for name in _FIELDS:
            source = next((each for each in (record, *scheme.records) if name in each.evidence), None)
            if source is None:
                continue
            proof = quote_of(source, name, self._index)
            value = _shortened(_on_one_page(source, name))
            if proof and fold(value) not in map(fold, fields.values()):
                fields[name] = value
                quotes.append(proof)
        return fields, joined(quotes, self._index)

    def _labelled(self, name: str, value: str) -> str:
        if own := _OWN_WORDS.get(name):
            return say(own, self.language, text=value)
        return say("label_with_value", self.language, label=say(f"label_{name}", self.language), value=value)

    def _page_text(self, document: str, number: int) -> str:
        return self._index.page(document, number).text

    def _spoken(self, documents: Iterable[str]) -> set[str]:
        return {self._index.document(path).language for path in documents}


def _shortened(value: str) -> str:
    """A value up to the last word that fits."""
    if len(value) <= LONGEST:
        return value
    return f"{value[:LONGEST].rpartition(' ')[0].rstrip(' ,;.')} …"


def _on_one_page(record: FundingRecord, name: str) -> str:
    """A value; what runs on over a page break, up to there, since its quote ends there."""
    value, proof = str(getattr(record, name)), record.evidence[name].text
    return proof if value.startswith(proof) else value
