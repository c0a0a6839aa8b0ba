"""Fragments: pieces of a page's text with their place, the common ground of both PDF readers.

The page's raw text is exactly what the reader gives; a fragment is a slice of it that stands on one
baseline without a wide gap. All later steps only group and cut fragments, so that whatever ends up in a
block is found again, word for word, in the reader's own text of the page.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

_BOLD_NAME = re.compile(
    r"bold|black|heavy|semibd|demi|(?<![a-z])bd(?![a-z])|medi$|cmbx|sfbx|-bol", re.IGNORECASE
)


@dataclass(slots=True)
class Run:
    """Characters shown by one operator: half-open span of the raw text, place and style."""

    start: int
    end: int
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    font: str = ""
    orientation: int = 0
    """Degrees by which the text is turned; coordinates are already turned upright."""


@dataclass(slots=True)
class Fragment:
    """A slice of the raw page text on one baseline; lengths in points, y grows upwards."""

    start: int
    end: int
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    text: str
    orientation: int = 0
    starts_bold: bool = False
    """Whether it begins in bold; `bold` says so of all of it."""
    turns: tuple[int, ...] = ()
    """Where other type begins within it, in characters of the raw text."""


@dataclass(slots=True)
class RawPage:
    """What a reader found on one page."""

    number: int
    text: str
    fragments: list[Fragment]
    top: float
    """y of the upper page edge in the frame of the upright text."""
    bottom: float
    reader: str
    """"pypdf", "pdfium" or "ocr"; "none" for a page that none could read."""

    @property
    def height(self) -> float:
        """Height in points as the text stands."""
        return self.top - self.bottom


@lru_cache(maxsize=512)
def is_bold_name(name: str) -> bool:
    """Whether a font's name says that it is bold, e.g. "ABCDEF+Calibri-Bold" or "CMBX12"."""
    return _BOLD_NAME.search(name.rsplit("+", 1)[-1]) is not None


def upright(x: float, y: float, orientation: int) -> tuple[float, float]:
    """Turn a point so that text of this orientation runs from left to right."""
    if orientation == 90:
        return y, -x
    if orientation == 180:
        return -x, -y
    if orientation == 270:
        return -y, x
    return x, y


def page_edges(box: tuple[float, float, float, float], orientation: int) -> tuple[float, float]:
    """(top, bottom) of the box (left, bottom, right, top) in the frame of the upright text."""
    corners = (upright(box[0], box[1], orientation), upright(box[2], box[3], orientation))
    ys = [corner[1] for corner in corners]
    return max(ys), min(ys)


def direction(a: float, b: float) -> int:
    """Orientation in degrees, 0, 90, 180 or 270, of a text matrix whose first column is (a, b)."""
    return round(math.degrees(math.atan2(b, a)) / 90) * 90 % 360


def group_runs(text: str, runs: Iterable[Run]) -> list[Fragment]:
    """Join runs that continue one another on one baseline.

    A gap of about one em starts a new fragment: spaces between words stay below that even in justified
    text, and the padding of two neighbouring table cells is above it.
    """
    fragments: list[Fragment] = []
    group: list[Run] = []
    for run in runs:
        if not text[run.start : run.end].strip():
            continue
        if group and not _continues(text, group[-1], run):
            fragments.append(_fragment(text, group))
            group = []
        group.append(run)
    if group:
        fragments.append(_fragment(text, group))
    return [part for fragment in fragments for part in _at_tab_stops(fragment)]


def plain_lines(text: str) -> list[Fragment]:
    """One fragment per line, set below one another, for text whose places are unknown."""
    fragments: list[Fragment] = []
    for number, match in enumerate(re.finditer(r"[^\n]*\S", text)):
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        line = text[start : match.end()]
        y = -12.0 * number
        fragments.append(Fragment(start, match.end(), 0.0, 5.0 * len(line), y, 10.0, False, line))
    return fragments


def _at_tab_stops(fragment: Fragment) -> Iterator[Fragment]:
    """The fragment, cut where three spaces or more stand in it: so a fixed-width font makes columns."""
    if "   " not in fragment.text:
        yield fragment
        return
    width = (fragment.x1 - fragment.x0) / len(fragment.text)
    for match in re.finditer(r"\S+(?:\s{1,2}\S+)*", fragment.text):
        start, end = match.span()
        yield replace(
            fragment,
            start=fragment.start + start,
            end=fragment.start + end,
            x0=fragment.x0 + start * width,
            x1=fragment.x0 + end * width,
            text=match.group(),
            turns=(),
        )


def _continues(text: str, last: Run, run: Run) -> bool:
    size = max(last.size, run.size)
    return (
        run.orientation == last.orientation
        and abs(run.y - last.y) <= 0.5 * size
        and -0.6 * size <= run.x0 - last.x1 <= 0.9 * size
        and "\n" not in text[last.end : run.start]
    )


def _fragment(text: str, group: list[Run]) -> Fragment:
    start, end = group[0].start, group[-1].end
    x0 = min(run.x0 for run in group)
    indent = (group[0].x1 - group[0].x0) / max(1, group[0].end - group[0].start)
    while start < end and text[start].isspace():
        x0 += indent if start < group[0].end else 0
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    longest = max(group, key=lambda run: run.end - run.start)
    bold_length = sum(run.end - run.start for run in group if run.bold)
    return Fragment(
        start=start,
        end=end,
        x0=x0,
        x1=max(run.x1 for run in group),
        y=longest.y,
        size=longest.size,
        bold=bold_length >= 0.9 * sum(run.end - run.start for run in group),
        text=text[start:end],
        orientation=longest.orientation,
        starts_bold=group[0].bold,
        turns=tuple(run.start for last, run in pairwise(group) if _type_of(run) != _type_of(last)),
    )


def _type_of(run: Run) -> tuple[str, bool, float]:
    return run.font, run.bold, round(run.size, 1)
