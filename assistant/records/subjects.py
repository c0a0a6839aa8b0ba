"""What an offer shall be about: the words of a wish that are no constraint, with other words for them.

A trade or a skill that the lexicon knows is looked for by its English words too, so that "spawanie" finds
what a record calls welding; any other word stands for itself.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from assistant import lexicon
from assistant.records import normalise
from assistant.records.concepts import concepts
from assistant.records.naming import taught_languages_in
from assistant.records.reading import Reading, pattern
from assistant.retrieval.text import analyse, stopwords

SHORT_WORD = 2  # letters of a word that is a subject only in capitals: "IT", not "im"
LONG_WORD = 4  # letters of a word that may say what is wanted, though no record has it
BESIDE = 4  # words between two subjects that belong together
VARIANTS = 6  # wordings of a topic that are looked for
FILLERS = (
    "offer", "all", "which", "more", "noise", "at_most", "at_least", "for", "how_many", "person", "thing",
    "is_there", "learn", "wish", "open", "near", "negation", "first", "last", "overview", "show",
)  # fmt: skip
AROUND = {
    "ecosystems": "sector", "eqf": "level", "max_cost_eur": "price", "free": "price", "max_days": "lasting",
    "min_days": "lasting", "open_on": "still",
}  # fmt: skip
"""Words that stand around a constraint and say no more: "in the construction sector"."""

Known = Callable[[Iterable[str]], set[str]]
"""Which of some index terms occur in a record at all."""
Meant = tuple[list["Subject"], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that the wish is about."""

    words: str
    """The reader's own."""
    language: str
    others: tuple[str, ...] = ()
    """English words for it, from the lexicon; none for a word that it does not know."""
    place: int = field(default=0, compare=False)
    """Number of its first word."""

    @property
    def ways(self) -> tuple[frozenset[str], ...]:
        """Sets of index terms; a record that has all terms of one of them tells of it."""
        said = [(self.words, self.language), (self.words, "en"), *((other, "en") for other in self.others)]
        found = dict.fromkeys(terms for each in said if (terms := frozenset(analyse(*each))))
        telling = [terms for terms in found if not terms <= _terms_of_any_offer()]
        return tuple(telling or found)

    def is_in(self, terms: Collection[str]) -> bool:
        """Whether these terms tell of it."""
        return any(way <= set(terms) for way in self.ways)


def subjects_in(reading: Reading, sentences: Collection[int], values: Mapping[str, Any]) -> list[Subject]:
    """The subjects in these sentences of a message, in reading order.

    Args:
        reading: The message; the words of its constraints are marked.
        sentences: Numbers of the sentences that ask.
        values: The constraints, whose half-understood words are no subjects.
    """
    fillers = {
        place
        for name in (*FILLERS, *(words for field, words in AROUND.items() if field in values))
        for first, last, _ in reading.spans(pattern(name, reading.language))
        for place in range(first, last + 1)
    }
    left = [
        place
        for place in range(len(reading.words))
        if place not in fillers and _may_be_subject(reading, place, sentences, values)
    ]
    found: dict[int, Subject] = {}
    taken: set[int] = set()
    for first, last, name in trades_and_skills_in(reading):
        places = set(range(first, last + 1))
        if places & taken or not places & set(left):
            continue
        taken |= places
        english = tuple(
            word for each in (name, *lexicon.skills_of(name)) for word in lexicon.terms("en")[each]
        )
        words = " ".join(reading.words[first : last + 1])
        found[first] = Subject(words, reading.language, english, first)
    taught = taught_languages_in(reading)
    for place in left:
        if place not in taken:
            others = taught.get(place, ())
            found[place] = Subject(reading.words[place], reading.language, others, place)
    return list(dict.fromkeys(found[place] for place in sorted(found)))


def meant(subjects: Sequence[Subject], unknown: Sequence[str], cues: Sequence[int]) -> Meant:
    """What a personal wish is about, and its words that no record knows.

    Somebody who tells a trade or a skill tells much else that no offer has. So only the trades and skills
    count where there are any, and of these the one nearest to "learn" or "become", with what stands by it.
    """
    named = [subject for subject in subjects if subject.others]
    if not named:
        return list(subjects), tuple(unknown)
    if cues:
        nearest = min(named, key=lambda subject: min(abs(subject.place - cue) for cue in cues))
        named = [subject for subject in named if abs(subject.place - nearest.place) <= BESIDE]
    return named, ()


def known_subjects(subjects: Sequence[Subject], known: Known) -> tuple[list[Subject], tuple[str, ...]]:
    """The subjects that some record may tell of, and the longer words of the others."""
    there = known({term for subject in subjects for way in subject.ways for term in way})
    found = [subject for subject in subjects if subject.is_in(there)]
    others = (s.words for s in subjects if s not in found and len(s.words) >= LONG_WORD)
    return found, tuple(dict.fromkeys(others))


def variants(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """The topic in other words: each subject by its first English word, then by its second, and so on."""
    most = min(VARIANTS, max((len(subject.others) for subject in subjects), default=0))
    rows = (
        " ".join(s.others[min(row, len(s.others) - 1)] if s.others else s.words for s in subjects)
        for row in range(most)
    )
    return tuple(dict.fromkeys(rows))


def trades_and_skills_in(reading: Reading) -> Iterator[tuple[int, int, str]]:
    """(first word, last word, id of the lexicon) of what is not understood yet, longer phrases first."""
    spans = [
        span for prefix in ("trade.", "skill.") for span in concepts(prefix, reading.language).spans(reading)
    ]
    return iter(sorted(spans, key=lambda span: (span[0] - span[1], span[0])))


def _may_be_subject(
    reading: Reading, place: int, sentences: Collection[int], values: Mapping[str, Any]
) -> bool:
    folded, language = reading.folded[place], reading.language
    return (
        place not in reading.used
        and reading.sentences[place] in sentences
        and folded not in stopwords("en") | stopwords(language)
        and (len(folded) > SHORT_WORD or reading.words[place].isupper())
        and not folded.isdecimal()
        and not any(_belongs(folded, name) for name in values.get("ecosystems", ()))
    )


def _belongs(folded: str, ecosystem: str) -> bool:
    """Whether a word is part of a sector's name that was half understood: "la culture et la création"."""
    words = [word for form in normalise.forms_of("ecosystem", ecosystem) for word in form.rstrip("*").split()]
    beginnings = (word[: max(5, len(word) - 2)] for word in words if len(word) > 4)
    return any(folded.startswith(beginning) for beginning in beginnings)


@cache
def _terms_of_any_offer() -> frozenset[str]:
    """English terms that every offer may have: "programme" has the stem of "programming"."""
    words = (word for kind in ("kind.course", "kind.programme") for word in lexicon.terms("en")[kind])
    return frozenset(term for word in words for term in analyse(word, "en"))
