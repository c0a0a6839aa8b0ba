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
_HYPHENS = ("-", "\u2010", "\u00ad", "\u0002", "\ufffe")
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

SEAM = "\ue0f5"
"""Stands in a text on its way to a page where the print changes: another line, or other type."""

_PARTS_OF_ROW = 5
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


def with_seams(text: str, places: Iterable[int]) -> str:
    """The text with a seam at each place, but none within a word that is cut at the end of a line."""
    parts, last = [], 0
    for place in sorted(set(places)):
        while place < len(text) and text[place].isspace():
            place += 1
        if last < place < len(text) and not text[:place].rstrip().endswith(_HYPHENS):
            parts.append(text[last:place])
            last = place
    return SEAM.join([*parts, text[last:]])


def without_seams(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without seams, and where they stood."""
    first, *others = re.sub(rf" *({SEAM}+) +", r"\1 ", text).split(SEAM)
    whole, seams = first.lstrip(), list[int]()
    for part in others:
        if whole.endswith(" ") or not whole:
            part = part.lstrip()
        if whole.strip() and part.strip():
            seams.append(len(whole))
        whole += part
    return whole.rstrip(), tuple(dict.fromkeys(seams))


def running_fragments(pages: Sequence[RawPage]) -> list[set[int]]:
    """For each page the indices of fragments that belong to a running header or footer.

    The same words (digits ignored) at the same distance from the page's edge, on at least three pages, or
    two of a document of up to four, not all of them without other text. Between them and the edge stands
    nothing else. Close to the body's first or last line they must recur on most pages, since in a catalogue
    the same line ("Language: Dutch") may well begin several pages.
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
    needed = 3 if len(pages) > 4 else 2
    candidates: list[dict[int, int]] = [{} for _ in pages]
    for on_pages in places.values():
        count = len(on_pages) if with_body.intersection(on_pages) else 0
        if count >= needed:
            for page_index, indices in on_pages.items():
                known = candidates[page_index]
                known.update({index: max(count, known.get(index, 0)) for index in indices})
    most = 0.6 * len(pages)
    return [_outermost(page, known, most) for page, known in zip(pages, candidates, strict=True)]


def _outermost(page: RawPage, candidates: dict[int, int], most: float) -> set[int]:
    """The candidates (index -> pages that have them) with only candidates between them and the edge."""
    running: set[int] = set()
    for wanted in ("top", "bottom"):
        at_edge = sorted(
            (distance, index) for index, edge, distance in _edge_fragments(page) if edge == wanted
        )
        reached = 0.0
        for distance, index in at_edge:
            on_reached_line = distance - reached < 2 and bool(running)
            if index in candidates:
                if wanted == "top" and _is_row(page, index):
                    break
                near = _touches_body(page, index, wanted, candidates)
                if near and (candidates[index] < most or _is_table_header(page.fragments, index)):
                    break
                running.add(index)
                reached = distance
            elif not on_reached_line and not _shares_line(page, index, candidates):
                break
    return running


def _is_row(page: RawPage, index: int) -> bool:
    """Whether a line has more parts than a running header: then it is the head of a table, on each page."""
    line = page.fragments[index]
    return sum(abs(other.y - line.y) < 2 for other in page.fragments) >= _PARTS_OF_ROW


def _touches_body(page: RawPage, index: int, edge: str, candidates: dict[int, int]) -> bool:
    """Whether other text stands on the next line towards the middle of the page."""
    fragment = page.fragments[index]
    sign = 1 if edge == "top" else -1
    return any(
        0.5 * fragment.size < sign * (fragment.y - other.y) <= 1.9 * fragment.size
        for at, other in enumerate(page.fragments)
        if at not in candidates
    )


def _shares_line(page: RawPage, index: int, candidates: dict[int, int]) -> bool:
    """Whether a candidate stands on the same baseline, as a page number does beside a chapter's title."""
    return any(abs(page.fragments[at].y - page.fragments[index].y) < 2 for at in candidates)


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
