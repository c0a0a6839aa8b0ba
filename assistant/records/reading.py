"""The words of a message, and which of them are understood: what every reader of wishes works on."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from assistant import lexicon
from assistant.records import normalise
from assistant.retrieval.text import fold, stopwords

_WORD = re.compile(r"[^\W_]+(?:['’+.-][^\W_]+)*\+*")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|un|dell|all|nell|dall|sull)['’](?=\w)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+(?!\d)")
_AMOUNTS = ("max_cost_eur", "max_days", "min_days", "free")
_SHORTEST_INFLECTED = 4  # letters of a name
_SHORTEST_STEM = 3
_VOWEL = re.compile(r"[aeiouyαειουωηаеиоуяіїюы]")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Chip:
    """One constraint that was understood."""

    field: str
    """Of the `Need`."""
    words: str
    """The reader's own."""


@dataclass(slots=True)
class Reading:
    """The words of a message, and which of them are understood."""

    text: str
    """The message as it was written."""
    words: list[str]
    folded: list[str]
    language: str = ""
    """ISO 639-1 code of the message."""
    sentences: list[int] = field(default_factory=list)
    """Number of the sentence that each word stands in."""
    used: set[int] = field(default_factory=set)
    amounts: set[int] = field(default_factory=set)
    """Words of constraints on time and money."""
    chips: list[Chip] = field(default_factory=list)
    places_of: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Numbers of the words where the constraints on a field begin."""

    @property
    def joined(self) -> str:
        """The folded words with a space between each two."""
        return " ".join(self.folded)

    def take(self, name: str, first: int, last: int) -> None:
        """Mark words `first` to `last` as understood to mean something for the field `name`."""
        self.used |= set(range(first, last + 1))
        if name in _AMOUNTS:
            self.amounts |= set(range(first, last + 1))
        if name:
            self.places_of[name].append(first)
            self.chips.append(Chip(name, " ".join(self.words[first : last + 1])))

    @property
    def without_amounts(self) -> str:
        """The message without the words of constraints on time and money, and without names of countries."""
        text = self.text
        if self.amounts:
            text = " ".join(word for place, word in enumerate(self.words) if place not in self.amounts)
        for chip in self.chips:
            if chip.field == "countries":  # "Pays-Bas" asks for no pay
                text = re.sub(r"[\s-]+".join(map(re.escape, chip.words.split())), " ", text)
        return text

    def apart(self, one: int, other: int) -> int:
        """How many words later one word stands than another, constraints and stop words not counted."""
        first, last = sorted((one, other))
        ignored = stopwords(self.language)
        between = range(first + 1, last)
        return sum(each not in self.used and self.folded[each] not in ignored for each in between) + 1

    def spans(self, pattern: re.Pattern[str]) -> list[tuple[int, int, str]]:
        """(first word, last word, text) of all that matches."""
        found, text = [], self.joined
        for match in pattern.finditer(text):
            first = text.count(" ", 0, match.start())
            found.append((first, first + match.group().count(" "), match.group()))
        return found

    def unread(self, pattern: re.Pattern[str]) -> list[tuple[int, int, str]]:
        """The spans of which no word is understood yet."""
        return [span for span in self.spans(pattern) if self.is_unread(span[0], span[1])]

    def is_unread(self, first: int, last: int) -> bool:
        """Whether none of the words `first` to `last` is understood yet."""
        return self.used.isdisjoint(range(first, last + 1))

    def phrases(self) -> Iterator[tuple[int, int, str]]:
        """(first word, last word, text) of up to three words in a row, the longer ones first."""
        for length in (3, 2, 1):
            for first in range(len(self.folded) - length + 1):
                yield first, first + length - 1, " ".join(self.folded[first : first + length])

    def places(self, name: str) -> list[int]:
        """Numbers of the words where a phrase of `question_words.yaml` begins."""
        return [first for first, _, _ in self.spans(pattern(name, self.language))]

    @property
    def nouns(self) -> list[int]:
        """Numbers of the words where a noun for offers begins; a programme may be anything, so it is none."""
        kinds = self.spans(normalise.pattern_of("kind"))
        named = [first for first, _, text in kinds if normalise.owner_of("kind", text) != "programme"]
        return sorted({*named, *self.places("offer"), *self.places_of["kinds"], *self.places_of["offer"]})


def read_words(message: str, language: str = "") -> Reading:
    """The words of a message; what stands in brackets explains the rest and constrains nothing."""
    reading = Reading(message, [], [], language)
    message = _THOUSANDS.sub(lambda match: re.sub(r"\D", "", match.group()), message).replace("€", " euro ")
    for number, sentence in enumerate(_SENTENCE.split(_BRACKETS.sub(" ", message) or message)):
        words = [_ELISION.sub("", word) for word in _WORD.findall(sentence)]
        for part in (part for word in words for part in (word.split("-") if _is_compound(word) else [word])):
            reading.words.append(part)
            reading.folded.append(fold(part))
            reading.sentences.append(number)
    return reading


def _is_compound(word: str) -> bool:
    """Whether a hyphen joins words of their own ("IT-Kurse"), rather than belonging to a term ("on-site")."""
    groups = ("kind", "mode", "audience", "cost")
    return "-" in word and not any(normalise.pattern_of(group).fullmatch(fold(word)) for group in groups)


@cache
def _question_words() -> dict[str, Any]:
    import yaml

    text = (files("assistant.records") / "question_words.yaml").read_text("utf-8")
    words: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - strings only: "no" is a word
    return words


@cache
def pattern(name: str, language: str = "") -> re.Pattern[str]:
    """Matches the phrases of a group of `question_words.yaml` in a folded text; some are by language."""
    group = _question_words()[name]
    forms = list(group.get(language, ()) if isinstance(group, dict) else group)
    for term in _question_words()["lexicon"].get(name, ()):
        for code in dict.fromkeys(("en", language)):
            forms += [" ".join(read_words(form).words) for form in lexicon.terms(code).get(term, ())]
    return normalise.compile_forms(map(str, forms)) if forms else _NOTHING


def common_letters(one: str, other: str) -> int:
    """Letters that two words have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def is_form(word: str, name: str) -> bool:
    """Whether a word may be a case form of a name: its stem with another ending, all letters folded.

    A name loses at most its last vowel and a consonant after it (Kaunas: Kaune, Praha: Praze, Riga: Rigas).
    """
    if word == name or len(name) < _SHORTEST_INFLECTED:
        return word == name
    shared = common_letters(word, name)
    lost, ending = name[shared:], word[shared:]
    if shared < _SHORTEST_STEM or len(lost) > 2 or (lost and not (ending and _VOWEL.search(name[-2:]))):
        return False
    return ending in _endings()


@cache
def _endings() -> frozenset[str]:
    return frozenset({"", *map(fold, _question_words()["case_endings"])})
