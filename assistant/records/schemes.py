"""Funding schemes: whom each is for, what it is called, and which records tell of the same one.

Guides in several languages describe one scheme; their records stay apart, since a reader is shown the one in
their own language, but they count as one scheme.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from weakref import WeakKeyDictionary

from assistant.answering.verify import numbers
from assistant.records import normalise
from assistant.records.funding_words import group_spans, is_generic, pattern, region_country
from assistant.records.match import completeness
from assistant.records.models import AnyRecord, FundingRecord
from assistant.records.store import RecordStore
from assistant.retrieval.text import fold
from assistant.wording import languages, say

EU = "EU"  # stands for all countries
PEOPLE = ("unemployed", "employed", "self-employed")
SHORTEST_NAME = 3  # letters
LONG_NAME = 8  # letters of a single word in brackets that is a name, not the name's translation
FIGURES = 2  # numbers of an amount that make two records tell of one scheme, in whatever language
SIZE_OF_FIRM = 2  # words before "staff" where its number stands
LONG_ACRONYM = 6  # letters
_BRACKETS = re.compile(r"\(([^()]*)\)")
_QUOTED = re.compile(r"[„“«\"]([^„“”«»\"]+)[“”»\"]")
_ACRONYM = re.compile(r"[^\W\d_a-z]*[A-ZΑ-ΩА-Я]{2,}[^\W_]*\+?")
_LATIN = str.maketrans("αβγδεζηικλμνξοπρστυφωабвгдезиклмнопрстуф", "abgdeziiklmnxoprstyfoabvgdeziklmnoprstuf")
_CLAUSE = re.compile(r"[;,.:]|\b(?:and|und|et|y|e|en|i|a|og|och)\b")
_WITH = [[word] for word in ("with", "mit", "avec", "con", "met", "com", "cu", "z", "s", "se")]


@dataclass(frozen=True, eq=False)
class Scheme:
    """One scheme, and all records that tell of it, the most complete first."""

    records: tuple[FundingRecord, ...]

    @cached_property
    def groups(self) -> frozenset[str]:
        """Of AUDIENCES, for whom it is; none where the guides do not say."""
        return frozenset().union(*(groups_of(record) for record in self.records))

    @cached_property
    def countries(self) -> frozenset[str]:
        """ISO codes, and "EU" for all of them."""
        return frozenset(code for record in self.records for code in countries_of(record))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Of its records."""
        return tuple(sorted(record.reference for record in self.records))

    @cached_property
    def ends_on(self) -> date | None:
        """The last day on which one can apply; the first day of all where a guide says that it is closed."""
        if any(record.status == "closed" or _says_closed(record.title) for record in self.records):
            return date.min
        return min((record.deadline_on for record in self.records if record.deadline_on), default=None)

    def is_closed(self, day: date) -> bool:
        """Whether a guide says that nobody can apply on that day."""
        return self.ends_on is not None and self.ends_on < day

    def is_for(self, groups: Iterable[str]) -> bool:
        """Whether one of these groups may use it; one that names neither people nor firms is for all."""
        asked = {group for group in groups if group in (*PEOPLE, "sme")}
        named = self.groups & {*PEOPLE, "sme"}
        if not asked or not named:
            return True
        return bool(asked & named) or ("employed" in asked and "sme" in named)

    @property
    def is_for_firms(self) -> bool:
        """Whether it is the firm that applies, for its staff."""
        return "sme" in self.groups and all(_is_left_to_firms(record) for record in self.records)

    def told_in(self, language: str, language_of: Callable[[str], str]) -> FundingRecord:
        """The record in that language, else in English, else the most complete one."""
        order = {code: place for place, code in enumerate(dict.fromkeys((language, "en")))}
        return min(self.records, key=lambda each: order.get(language_of(each.document), len(order)))


class Schemes:
    """All schemes of one index."""

    def __init__(self, records: Sequence[FundingRecord]) -> None:
        """From the records of its guides."""
        self.all = same_schemes(records)
        self.names = tuple(sorted({name for record in records for name in names_of(record)}))
        self._by_reference = {reference: each for each in self.all for reference in each.references}

    def in_countries(self, countries: Iterable[str]) -> list[Scheme]:
        """Those of one of these countries, "EU" for what is everywhere."""
        wanted = set(countries)
        return [scheme for scheme in self.all if scheme.countries & wanted]

    def named(self, references: Iterable[str]) -> list[Scheme]:
        """Those with one of these references."""
        found = [self._by_reference[each] for each in references if each in self._by_reference]
        return list(dict.fromkeys(found))


_known: WeakKeyDictionary[RecordStore, Schemes] = WeakKeyDictionary()


def schemes_of(store: RecordStore) -> Schemes:
    """The schemes of a store; read once."""
    found = _known.get(store)
    if found is None:
        found = _known[store] = Schemes(told_by_each(store.all("funding")))
    return found


def told_by_each(records: Iterable[AnyRecord]) -> list[FundingRecord]:
    """What each document tells of each scheme among the records."""
    schemes = (record for record in records if isinstance(record, FundingRecord))
    return [each for scheme in schemes for each in (scheme.told or (scheme,))]


def same_schemes(records: Iterable[FundingRecord]) -> tuple[Scheme, ...]:
    """Records of different documents that share a country and a name are one scheme; the order is kept."""
    members: list[list[FundingRecord]] = []
    for record in records:
        group = next((each for each in members if any(_are_same(record, other) for other in each)), None)
        if group is None:
            members.append([record])
        else:
            group.append(record)
    return tuple(Scheme(tuple(sorted(each, key=_most_complete_first))) for each in members)


def names_of(record: FundingRecord) -> tuple[str, ...]:
    """What the scheme is called: its title, names in brackets or quotes, acronyms; without everyday words."""
    title, found = record.title, _titles(record)
    first = found[0]
    aside = [part.strip() for each in _BRACKETS.findall(title) for part in each.split(",")]
    names = [name for name in found if _is_name(name)] + [part for part in aside if _is_name_aside(part)]
    if "-" in first and " " not in first:  # "VEU-godtgørelse"
        names += [part for part in first.split("-")[:1] if _ACRONYM.fullmatch(part)]
    return tuple(dict.fromkeys(name for name in names if len(name) >= SHORTEST_NAME))


def _titles(record: FundingRecord) -> list[str]:
    """The title up to its brackets, without them, and what stands in quotes in it."""
    title = record.title
    whole = _BRACKETS.sub(" ", title).partition(": ")
    found = [title.partition(" (")[0], " ".join((whole[2] or whole[0]).split()), *_QUOTED.findall(title)]
    found += record.also_called.split(",")
    return [name for each in found if (name := each.strip(' „“”«»"'))]


def groups_of(record: FundingRecord) -> frozenset[str]:
    """Groups that the guide names as those who get or apply; one that it leaves out is not among them."""
    found, left_out = _groups_named(f"{record.who} ; {record.applicant}")
    if not found & {*PEOPLE, "sme"}:
        found |= _groups_named(record.title)[0]
    return frozenset((found or {*record.audiences}) - left_out)


def countries_of(record: FundingRecord) -> tuple[str, ...]:
    """The record's countries, else those that its title names."""
    if record.countries:
        return record.countries
    named = normalise.countries_named(record.title)
    regions = (region_country(word) for word in re.findall(r"\w+", fold(record.title)))
    return named or tuple(dict.fromkeys(code for code in regions if code))


def _groups_named(wording: str) -> tuple[set[str], set[str]]:
    """(groups that get it, groups that are left out)."""
    found: set[str] = set()
    left_out: set[str] = set()
    for clause in _CLAUSE.split(fold(wording)):
        if found and clause.split()[:1] in _WITH:
            continue  # "worker, with the agreement of the employer"
        if pattern("anyone").search(clause):
            found |= {*PEOPLE}
        for begin, end, name in group_spans(clause):
            before, after = clause[:begin].split(), clause[end:].split()[:2]
            if name == "employed" and any(word.isdecimal() for word in before[-SIZE_OF_FIRM:]):
                continue  # "companies with up to 50 staff"
            (left_out if _is_left_out(before[-2:], after) else found).add(name)
    return found - left_out, left_out


def _is_left_out(before: Sequence[str], after: Sequence[str]) -> bool:
    """ "no self-employed people", "the employer cannot apply", but not "unemployed with no benefit"."""
    without = pattern("without")
    if any(without.fullmatch(word) for word in before):
        return True
    return after[:1] not in _WITH and any(without.fullmatch(word) for word in after)


def _is_left_to_firms(record: FundingRecord) -> bool:
    """Whether the guide names firms as those who apply, and no people."""
    wording = record.applicant or record.who or record.title
    named = _groups_named(wording)[0]
    return "sme" in named and not named & set(PEOPLE)


def _are_same(one: FundingRecord, other: FundingRecord) -> bool:
    if one.document == other.document or not {*countries_of(one)} & {*countries_of(other)}:
        return False
    figures = numbers(one.amount)
    same_figures = len(figures) >= FIGURES and figures == numbers(other.amount)
    return same_figures or bool(_keys(one) & _keys(other))


def _keys(record: FundingRecord) -> set[str]:
    """Whole titles, names, and acronyms that are too long for an office's, in Latin letters."""
    long = [word for word in _ACRONYM.findall(record.title) if len(word) >= LONG_ACRONYM]
    words = (re.findall(r"\w+", fold(name)) for name in (*_titles(record), *names_of(record), *long))
    return {" ".join(each).translate(_LATIN) for each in words}


def _is_name(text: str) -> bool:
    return bool(text) and not is_generic(text)


def _is_name_aside(text: str) -> bool:
    """Whether words in brackets are a name and no translation or remark, which are small English words."""
    if not _is_name(text) or text[:1].isdecimal():
        return False
    if text != text.lower() or not text.isascii():
        return True
    return " " not in text and len(text) >= LONG_NAME


@cache
def _closed_words() -> frozenset[str]:
    return frozenset(fold(say("closed", language)) for language in languages())


def _says_closed(title: str) -> bool:
    """ "STAP (closed)"."""
    return any(fold(part).strip() in _closed_words() for part in _BRACKETS.findall(title))


def _most_complete_first(record: FundingRecord) -> tuple[float, str]:
    return (-completeness(record), record.reference)
