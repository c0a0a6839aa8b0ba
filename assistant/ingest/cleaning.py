"""Cleaning of extracted text: running headers and footers, hyphenation, ligatures, control characters.

Cleaning never adds a word. It folds white space, undoes hyphenation and applies NFKC, so that a quote
can still be found in what any other reader of the PDF extracts.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from assistant.ingest.fragments import Fragment, RawPage

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LINE_END_HYPHEN = re.compile(r"(\S*?)([^\W\d_]+)[-\u2010]\s*\n\s*(\w+)(-?)")
_SOFT_HYPHEN = re.compile(r"[\u00ad\u0002\ufffe]\s*\n\s*|[\u00ad\u0002\ufffe]")
_UNWANTED = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff]"
)
_CONJUNCTIONS = frozenset(
    (
        "and",
        "or",
        "und",
        "oder",
        "et",
        "ou",
        "y",
        "e",
        "i",
        "a",
        "o",
        "och",
        "en",
        "of",
        "eller",
        "og",
        "ja",
        "lub",
    )
)
_COMPOUND_STARTS = frozenset(["self", "well", "non", "cross", "ex", "vice", "e"])

_EDGE_SHARE = 0.145
"""Running headers and footers stand in the outer 14.5 % of the height: LaTeX has page numbers at 14 %."""


class Hyphenation:
    """Decides whether a hyphen at a line's end belongs to the word.

    The document itself knows best: "up-" + "skilling" loses its hyphen where "upskilling" is written
    elsewhere and keeps it where "up-skilling" is. With no such evidence it is taken for hyphenation.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        for text in texts:
            self._words.update(match.group().lower() for match in _WORD.finditer(text))

    def undo(self, text: str) -> str:
        """The text with words put together again over its line ends."""
        return _LINE_END_HYPHEN.sub(self._join, text)

    def _join(self, match: re.Match[str]) -> str:
        before, left, right, more = match.groups()
        if right.lower() in _CONJUNCTIONS:  # "up- and reskilling"
            return f"{before}{left}- {right}{more}"
        keeps = (
            not right[0].islower()
            or (more == "-" and before.endswith("-"))
            or left.lower() in _COMPOUND_STARTS
            or "//" in before
            or "www." in before
            or "@" in before
        )
        joined = self._words[f"{left}{right}".lower()]
        hyphenated = self._words[f"{left}-{right}".lower()]
        if joined != hyphenated and right[0].islower() and "//" not in before:
            keeps = hyphenated > joined
        return f"{before}{left}{'-' if keeps else ''}{right}{more}"


def clean(text: str, hyphenation: Hyphenation) -> str:
    """One line of clean text: NFKC, no control characters, hyphenation undone, white space folded."""
    text = _SOFT_HYPHEN.sub("", text)
    if "\n" in text:
        text = hyphenation.undo(text)
    text = _UNWANTED.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(text.split())


def running_fragments(pages: Sequence[RawPage]) -> list[set[int]]:
    """For each page the indices of fragments that belong to a running header or footer.

    The same words (digits ignored) at the same distance from the page's edge, on at least three pages or on
    every page of a shorter document, each with other text. A line of several cells close to the text below
    is a table's repeated header, not a running one, and stays.
    """
    places: dict[tuple[str, str, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    with_body: set[int] = set()
    for page_index, page in enumerate(pages):
        at_edges = list(_edge_fragments(page))
        if len(at_edges) < len(page.fragments):
            with_body.add(page_index)
        for index, edge, distance in at_edges:
            words = re.sub(r"\d+", "#", " ".join(page.fragments[index].text.casefold().split()))
            for shift in (0, 1):  # two overlapping grids, so that rounding never parts equal places
                places[words, edge, 2 * round((distance + 3 * shift) / 6) + shift][page_index].append(index)
    needed = 3 if len(pages) > 3 else max(2, len(pages))
    running: list[set[int]] = [set() for _ in pages]
    for (words, _, _), on_pages in places.items():
        if len(with_body.intersection(on_pages)) < needed:
            continue
        for page_index, indices in on_pages.items():
            page = pages[page_index]
            running[page_index].update(
                index for index in indices if "#" in words or not _is_table_header(page.fragments, index)
            )
    return running


def _edge_fragments(page: RawPage) -> Iterable[tuple[int, str, float]]:
    if page.height <= 0:
        return  # places are unknown
    zone = _EDGE_SHARE * page.height
    for index, fragment in enumerate(page.fragments):
        from_top, from_bottom = page.top - fragment.y, fragment.y - page.bottom
        if from_top <= zone:
            yield index, "top", from_top
        elif from_bottom <= zone:
            yield index, "bottom", from_bottom


def _is_table_header(fragments: Sequence[Fragment], index: int) -> bool:
    """Whether the fragment shares its line with others and text follows closely below it."""
    fragment = fragments[index]
    near = fragments[max(0, index - 8) : index + 12]
    beside = [other for other in near if other is not fragment and abs(other.y - fragment.y) < 2]
    below = [other for other in near if 2 <= fragment.y - other.y <= 2.4 * fragment.size]
    starts_align = any(abs(other.x0 - fragment.x0) < 3 for other in below)
    return bool(beside) and starts_align
