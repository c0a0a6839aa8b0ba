"""Which words of the cited passages prove a language model's sentence.

The model says only which passage it used. The quotes are chosen here, from the passages' own statements, so
that whatever the model writes, a quote is always the page's text. The statement that shares most with the
sentence comes first, then those that hold its other numbers, names and links. More are taken while they bring
at least two of its other words, or, in one language, until `verify` has the share of words that it wants. A
heading or a table's header may be among them: it often holds the name that a row or a sentence is about.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.claims import Quote
from assistant.answering.statements import statements
from assistant.answering.verify import MIN_WORD_SUPPORT, numbers
from assistant.retrieval.passages import Passage
from assistant.retrieval.text import analyse, content_words, fold

MAX_QUOTES = 4
WORDS_WORTH_A_QUOTE = 2
_NUMBER_SIGN = "#"  # keeps the number 5 apart from a 5 inside a word
_COGNATE_LETTERS = 5  # of a stem: so "digital" meets "digitalny" and "digitales"


@dataclass(frozen=True, slots=True)
class _Candidate:
    quote: Quote
    passage_number: int
    words: frozenset[str]
    is_label: bool
    """A heading or a table's header: proves nothing alone."""


class QuoteFinder:
    """Finds quotes in the passages of one request."""

    def __init__(self, passages: Sequence[Passage], language: str) -> None:
        """`language` is the reply's ISO 639-1 code; passage n of the prompt is `passages[n - 1]`."""
        self._language = language
        self._own_language = {
            number
            for number, passage in enumerate(passages, start=1)
            if passage.document.language == language
        }
        self._candidates = [
            candidate
            for number, passage in enumerate(passages, start=1)
            for candidate in self._read(number, passage)
        ]
        held_by = Counter(word for candidate in self._candidates for word in candidate.words)
        self._weights = {word: math.log(1 + len(self._candidates) / count) for word, count in held_by.items()}

    def find(self, sentence: str, cited: Sequence[int]) -> tuple[Quote, ...]:
        """Quotes for the sentence, best first; none when the cited passages share no word with it.

        Args:
            sentence: One sentence of the reply, without markers.
            cited: Numbers of the passages that it names, from 1.
        """
        candidates = [candidate for candidate in self._candidates if candidate.passage_number in cited]
        words, exact = self._words(sentence), _exact(sentence)
        chosen: list[_Candidate] = []
        for number in cited:
            own = [each for each in candidates if each.passage_number == number and not each.is_label]
            best = max(own, key=lambda each: self._gain(each, words, exact), default=None)
            if best and self._gain(best, words, exact) > 0:
                chosen.append(best)
                words, exact = words - best.words, _missing(exact, best.quote.text)
        word_by_word = self._own_language.issuperset(cited)
        allowed = (1 - MIN_WORD_SUPPORT) * len(self._words(sentence)) if word_by_word else math.inf
        while chosen and len(chosen) < MAX_QUOTES:
            best = max(candidates, key=lambda each: self._gain(each, words, exact))
            is_needed = (exact or len(words) > allowed) and self._gain(best, words, exact) > 0
            if not is_needed and len(words & best.words) < WORDS_WORTH_A_QUOTE:
                break
            chosen.append(best)
            words, exact = words - best.words, _missing(exact, best.quote.text)
        return tuple(candidate.quote for candidate in chosen)

    def _gain(self, candidate: _Candidate, words: frozenset[str], exact: frozenset[str]) -> float:
        """Weight of what the candidate adds: rare words weigh more, a number or a name more than any word."""
        found = len(exact) - len(_missing(exact, candidate.quote.text))
        return sum(self._weights[word] for word in sorted(words & candidate.words)) + 10.0 * found

    def _words(self, text: str) -> frozenset[str]:
        """Beginnings of the stems of the content words, alike in related languages."""
        return frozenset(
            stem[:_COGNATE_LETTERS] if stem.isalpha() else stem
            for word in content_words(text, self._language)
            for stem in analyse(word, self._language)
        )

    def _read(self, number: int, passage: Passage) -> Iterator[_Candidate]:
        for statement in statements([passage]):
            yield _Candidate(statement.quote, number, self._words(statement.text), is_label=False)
        for chunk in passage.chunks:
            for block in chunk.blocks:
                start, end = max(block.span[0], chunk.span[0]), min(block.span[1], chunk.span[1])
                if block.kind in ("heading", "table_header", "caption") and start < end:
                    text = chunk.text[start - chunk.span[0] : end - chunk.span[0]]
                    quote = Quote(chunk.document, chunk.page_number, (start, end), text)
                    yield _Candidate(quote, number, self._words(text), is_label=True)


def _exact(text: str) -> frozenset[str]:
    """What must occur in a quote as it is: numbers, abbreviations, addresses and links."""
    names = (word.strip(".,;:!?()\"'“”„«»") for word in text.split())
    return frozenset(
        fold(name)
        for name in names
        if sum(letter.isupper() for letter in name) > 1 or "@" in name or "/" in name or "www." in name
    ) | frozenset(f"{_NUMBER_SIGN}{number}" for number in numbers(text))


def _missing(exact: frozenset[str], quote: str) -> frozenset[str]:
    found, folded = numbers(quote), fold(quote)
    return frozenset(
        each for each in exact if each.removeprefix(_NUMBER_SIGN) not in found and each not in folded
    )
