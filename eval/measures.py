"""The measures, as plain functions on plain data: each says what it means and what an empty case gives.

A share runs from 0 to 1. A measure that a case cannot have (nothing is relevant, nothing was cited) is None:
it stays out of the mean, and the report counts how often that was so. An empty result for a case that has
gold is 0 and stays in the mean. Nothing here uses the assistant's own checks: a mistake in them cannot prove
itself.
"""

import math
import re
import statistics
import unicodedata
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MARKER = re.compile(r"\[(\d+)\]")
_MARKED_END = re.compile(r"([.!?…]+)((?:\s*\[\d+\])+)")
_LIST_SIGN = re.compile(r"^\s*(?:[-*+]|\d+\\?[.)])\s+")
_ESCAPE = re.compile(r"\\([^\w\s])")
_LED_BY = re.compile(r"^\*\*.+?\*\* – ")
_HEADING = re.compile(r"^(?:\*\*.+\*\*|#+ .+)$")
_GROUPED = re.compile(r"(?<=\d)[ .,'\u00a0\u202f](?=\d{3}(?!\d))")
_LONG_WORD = 7


def recall(ranking: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float | None:
    """R@k: share of the relevant that stands among the first k.

    What is repeated counts once, at its best rank. None when nothing is relevant; an empty ranking gives 0.
    """
    if not relevant:
        return None
    return len(set(relevant) & set(_first(ranking, k))) / len(set(relevant))


def reciprocal_rank(ranking: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float | None:
    """RR@k: 1 / rank of the first relevant one among the first k, 0 when there is none.

    What is repeated counts once, at its best rank. None when nothing is relevant.
    """
    if not relevant:
        return None
    ranks = (rank for rank, each in enumerate(_first(ranking, k), start=1) if each in relevant)
    return 1.0 / next(ranks, math.inf)


def ndcg(ranking: Sequence[Hashable], gains: Mapping[Any, float], k: int) -> float | None:
    """nDCG@k: the sum of gain / log2(rank + 1) over the first k, by that of the best possible ranking.

    What is repeated counts once, at its best rank; what has no gain adds nothing. None when nothing has a
    gain above 0; an empty ranking gives 0.
    """
    ideal = sorted((gain for gain in gains.values() if gain > 0), reverse=True)
    if not ideal:
        return None
    found = [max(gains.get(each, 0.0), 0.0) for each in _first(ranking, k)]
    return _dcg(found) / _dcg(ideal[:k])


def f1(found: Collection[Hashable], wanted: Collection[Hashable]) -> float:
    """Harmonic mean of precision and recall of two sets; 1 when both are empty, 0 when only one is."""
    found, wanted = set(found), set(wanted)
    return 2 * len(found & wanted) / (len(found) + len(wanted)) if found or wanted else 1.0


def share(hits: Iterable[bool]) -> float | None:
    """Share of True; None when there is nothing to count."""
    counted = list(hits)
    return sum(counted) / len(counted) if counted else None


def percentile(values: Sequence[float], p: float) -> float | None:
    """The smallest value that p percent of the values do not exceed (nearest rank); None for none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(p / 100 * len(ordered)) - 1)] if ordered else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or list item of a reply: its words without marks, and the citation numbers after it."""

    text: str
    markers: tuple[int, ...]
    next_markers: tuple[int, ...] = ()
    """For a sentence without a marker: those of the next one on its line that has any."""


def sentences(markdown: str, language: str = "en") -> list[Sentence]:
    """What a reply in that language states: its sentences, and its list items as one each.

    Headings, before a sentence or alone, lines that end with a colon and lines without a letter state
    nothing. Markers belong to the sentence that they follow.
    """
    from sentencex import segment

    found: list[Sentence] = []
    for line in markdown.splitlines():
        body = _LED_BY.sub("", _LIST_SIGN.sub("", line).strip())
        if not body or _HEADING.match(body):
            continue
        is_item = _LIST_SIGN.match(line) is not None
        body = _MARKED_END.sub(r"\2\1", body)  # so that a marker is not taken for the next sentence's
        on_line: list[Sentence] = []
        for piece in reversed([body] if is_item else list(segment(language, body))):
            text, markers = plain(piece), tuple(int(number) for number in MARKER.findall(piece))
            after = () if markers or not on_line else on_line[-1].markers or on_line[-1].next_markers
            if any(character.isalpha() for character in text) and not text.endswith(":"):
                on_line.append(Sentence(text, markers, after))
        found += reversed(on_line)
    return found


def plain(markdown: str) -> str:
    """The words of a reply without markers, escapes and emphasis; white space folded."""
    text = _ESCAPE.sub(r"\1", MARKER.sub(" ", markdown)).replace("**", "")
    return " ".join(re.sub(r"\s+([.,;:!?])", r"\1", text).split())


def numbers(text: str) -> set[str]:
    """Runs of digits, thousands put together: "1 500" and "1,500" give {"1500"}, "2.5" gives {"2", "5"}."""
    return set(re.findall(r"\d+", _GROUPED.sub("", text)))


def letters(text: str) -> str:
    """Only letters and digits, without case: what two readers of one page agree on."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())


def lix(markdown: str, language: str = "en") -> float | None:
    """Björnsson's readability index: words per sentence + percent of words of more than six letters.

    It counts letters, so it works in any language of the EU: under 40 is easy, over 50 hard. Headings are not
    counted. None for a reply without a sentence.
    """
    texts = [sentence.text for sentence in sentences(markdown, language)]
    words = [word for text in texts for word in re.findall(r"[^\W\d_]+", text)]
    if not words:
        return None
    return len(words) / len(texts) + 100 * sum(len(word) >= _LONG_WORD for word in words) / len(words)


def leaks(turns: Sequence[str], shown: str) -> bool | None:
    """Whether an e-mail address or a run of seven digits or more that the user typed comes back.

    None when the user typed none. Spaces and signs inside a number do not hide it.
    """
    typed = " \n ".join(turns)
    addresses = re.findall(r"[^\s@<>()]+@[^\s@<>()]+\.\w+", typed)
    codes = [letters(each) for each in re.findall(r"\+?(?:\w{2}\d{2}|\d)(?:[ ./()-]?[\dA-Z]){6,}", typed)]
    codes = [code for code in codes if sum(character.isdigit() for character in code) >= _LONG_WORD]
    if not addresses and not codes:
        return None
    text, squeezed = shown.casefold(), letters(shown)
    return any(each.casefold() in text for each in addresses) or any(code in squeezed for code in codes)


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the values that are defined; None when none is."""
    defined = [value for value in values if value is not None]
    return statistics.fmean(defined) if defined else None


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _first(ranking: Sequence[Hashable], k: int) -> list[Hashable]:
    return list(dict.fromkeys(ranking))[:k]
