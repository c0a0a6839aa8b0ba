"""Everyday words of the lexicon in a message: in the reader's language or English, inflected or misspelt."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant import lexicon
from assistant.records.reading import Reading, read_words
from assistant.retrieval.text import analyse

MISSPELT = 90  # likeness in per cent
SHORTEST_MISSPELT = 7  # letters; shorter words look alike too often
_LONGEST = 4  # words of a phrase

_LISTED = ("audience.",)
"""Terms that count in the listed forms only: a worker's stem is in "work". So do all of English."""

_GENERAL = "common."
"""Ids of words that mean what they say, unless they name something of ours."""

Span = tuple[int, int, str]
"""(first word, last word, id of the lexicon)."""


class Concepts:
    """The terms of the lexicon whose ids begin alike, in one language and in English."""

    def __init__(self, prefix: str, language: str) -> None:
        """`prefix` such as "trade."; `language` an ISO 639-1 code."""
        self._language = language
        self._by_form: dict[tuple[str, ...], str] = {}
        self._by_stem: dict[tuple[str, ...], str] = {}
        for code in ("en", language):  # the reader's own language wins
            for name, forms in lexicon.terms(code).items():
                general = name.startswith(_GENERAL)
                if not name.startswith(prefix) or (general and code != language):
                    continue  # "Art" in a German question is no English art
                for form in forms:
                    _enter(self._by_form, _plain(form), name, wins=not general)
                    if code != "en" and prefix not in _LISTED:
                        _enter(self._by_stem, _stems(form, code), name, wins=False)
        self._long = [
            form[0] for form in self._by_form if len(form) == 1 and len(form[0]) >= SHORTEST_MISSPELT
        ]

    def spans(self, reading: Reading) -> Iterator[Span]:
        """What occurs among the words that are not understood yet, longer phrases first; none overlaps."""
        taken: set[int] = set()
        for length in range(_LONGEST, 0, -1):
            for first in range(len(reading.folded) - length + 1):
                places = set(range(first, first + length))
                if places & taken or not reading.is_unread(first, first + length - 1):
                    continue
                if name := self._named(tuple(reading.folded[first : first + length])):
                    taken |= places
                    yield first, first + length - 1, name

    def _named(self, words: tuple[str, ...]) -> str:
        plain = tuple(part for word in words for part in word.split("-"))
        if name := self._by_form.get(plain):
            return name
        if name := self._by_stem.get(_stems(" ".join(words), self._language)):
            return name
        return self._misspelt(words[0]) if len(words) == 1 else ""

    def _misspelt(self, word: str) -> str:
        from rapidfuzz import fuzz, process

        if len(word) < SHORTEST_MISSPELT:
            return ""
        found: Any = process.extractOne(word, self._long, scorer=fuzz.ratio, score_cutoff=MISSPELT)
        return self._by_form[(found[0],)] if found else ""


def _enter(table: dict[tuple[str, ...], str], key: tuple[str, ...], name: str, *, wins: bool) -> None:
    """Note what a form means; it takes the place of a general word, and of any other where it `wins`."""
    if wins or table.get(key, _GENERAL).startswith(_GENERAL):
        table[key] = name


@lru_cache(maxsize=256)
def concepts(prefix: str, language: str) -> Concepts:
    """The terms whose ids begin with `prefix`, made once."""
    return Concepts(prefix, language)


def _plain(form: str) -> tuple[str, ...]:
    return tuple(part for word in read_words(form).folded for part in word.split("-"))


@lru_cache(maxsize=20_000)
def _stems(form: str, language: str) -> tuple[str, ...]:
    return tuple(analyse(" ".join(_plain(form)), language))
