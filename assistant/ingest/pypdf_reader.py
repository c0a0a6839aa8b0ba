"""Reading pages with pypdf: its own text, plus the place and style of each piece.

pypdf's text visitor reports a table row as one string at the place of its first cell, and several fonts on
a line all at the line's start. So the extractor class itself is extended here: each shown string notes
which characters of pypdf's output it became and where it stands. pypdf's output is not changed in any way.
That class is not part of pypdf's public interface; tests/test_extract.py fails if a new version moves it.
"""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdf
import pypdf._page
from pypdf._text_extraction._text_extractor import TextExtraction
from pypdf.errors import PyPdfError

from assistant.ingest.fragments import (
    RawPage,
    Run,
    direction,
    group_runs,
    is_bold_name,
    page_edges,
    plain_lines,
    upright,
)

READ_ERRORS = (
    PyPdfError,
    RecursionError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    OSError,
)
"""What pypdf raises on files that break the standard."""

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class _Recorder:
    """Collects the runs of one page; forms drawn on the page are extractors of their own."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.active: list[_PlacedExtraction] = []

    def enter(self, extraction: "_PlacedExtraction") -> tuple[int, list[float]]:
        """Offset of the new extractor's output in the page's text, and the matrix it is drawn with."""
        if not self.active:
            self.active.append(extraction)
            return 0, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
        parent = self.active[-1]
        self.active.append(extraction)
        return parent.offset + len(parent.output), _multiply(parent.cm_matrix, parent.outer)


_recorder = _Recorder()


class _PlacedExtraction(TextExtraction):
    """pypdf's extractor, noting where each shown string stands."""

    def __init__(self) -> None:
        super().__init__()
        self.recorder = _recorder
        self.offset, self.outer = self.recorder.enter(self)

    def _handle_tj_operation(self, operands: list[Any]) -> float:
        start = len(self.output) + len(self.text)
        advance = self._actual_str_size["str_widths"] / 1000
        result = super()._handle_tj_operation(operands)
        end = len(self.output) + len(self.text)
        if end > start:
            self._note(start, end, advance, self._actual_str_size["str_widths"] / 1000)
        return result

    def _note(self, start: int, end: int, begin: float, finish: float) -> None:
        matrix = _multiply(_multiply(self.tm_matrix, self.cm_matrix), self.outer)
        a, b, c, d, e, f = matrix
        orientation = direction(a, b)
        x0, y = upright(e + begin * a, f + begin * b, orientation)
        x1, _ = upright(e + finish * a, f + finish * b, orientation)
        name = self.font_resource.get("/BaseFont", "") if self.font_resource else ""
        self.recorder.runs.append(
            Run(
                start=self.offset + start,
                end=self.offset + end,
                x0=min(x0, x1),
                x1=max(x0, x1),
                y=y,
                size=abs(self.font_size) * math.hypot(c, d),
                bold=is_bold_name(str(name)),
                font=str(name),
                orientation=orientation,
            )
        )


def _multiply(m: list[float], n: list[float]) -> list[float]:
    if n[0] == 1.0 and n[3] == 1.0 and not (n[1] or n[2] or n[4] or n[5]):
        return m
    return [
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    ]


@contextmanager
def _recording(page: pypdf.PageObject) -> Iterator[_Recorder]:
    global _recorder
    _recorder = recorder = _Recorder()
    whole_form = page.extract_xform_text

    def extract_form(*args: Any, **kwargs: Any) -> str:
        depth = len(recorder.active)
        try:
            return whole_form(*args, **kwargs)
        finally:
            del recorder.active[depth:]

    page.extract_xform_text = extract_form  # type: ignore[method-assign]
    namespace = vars(pypdf._page)
    namespace["TextExtraction"] = _PlacedExtraction
    try:
        yield recorder
    finally:
        namespace["TextExtraction"] = TextExtraction
        del page.extract_xform_text


def read_page(page: pypdf.PageObject, number: int) -> RawPage:
    """The page's text as `page.extract_text()` gives it, cut into fragments.

    Raises:
        one of READ_ERRORS: the page breaks the standard.
    """
    with _recording(page) as recorder:
        text = page.extract_text()
    runs = [run for run in recorder.runs if run.end <= len(text) and math.isfinite(run.x0 + run.x1 + run.y)]
    runs.sort(key=lambda run: run.start)
    fragments = group_runs(text, runs)
    if sum(len(fragment.text) for fragment in fragments) < 0.5 * len("".join(text.split())):
        return RawPage(number, text, plain_lines(text), 0.0, 0.0, "pypdf")
    box = page.cropbox
    edges = (float(box.left), float(box.bottom), float(box.right), float(box.top))
    top, bottom = page_edges(edges, _main_orientation(runs))
    return RawPage(number, text, fragments, top, bottom, "pypdf")


def _main_orientation(runs: list[Run]) -> int:
    lengths: dict[int, int] = {}
    for run in runs:
        lengths[run.orientation] = lengths.get(run.orientation, 0) + run.end - run.start
    return max(lengths, key=lambda turned: (lengths[turned], -turned), default=0)
