"""Tables that go on over a page: rows keep the names of their columns, whatever remains of the head."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from assistant.records.groups import in_tables
from assistant.records.labelled import Line, label_of
from assistant.records.learn import fits, near_label
from assistant.retrieval.text import fold

FEWEST_COLUMNS = 3
MOST_LEFT_OUT = 2  # columns that are empty all over a page


def continued(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, rows at the top of a page with the columns of the table before; no remains of its head."""
    head: Line | None = None
    held: list[Line] = []
    for group in in_tables(lines):
        if head and _is_remains(group, head):
            held += group
            continue
        if head and _goes_on(group, head):
            names = _columns(group, head)
            group = [replace(line, columns=tuple(names[place] for place in line.places)) for line in group]
        else:
            yield from held
            head = next((line for line in group if line.kind == "table_header"), None)
        held = []
        yield from group
    yield from held


def _is_remains(group: Sequence[Line], head: Line) -> bool:
    """Whether a line on a later page has but words of the head."""
    line, words = group[0], set(fold(head.text).split())
    return line.kind == "paragraph" and line.page > head.page and set(fold(line.text).split()) <= words


def _goes_on(group: Sequence[Line], head: Line) -> bool:
    """Whether a table on a later page has no head of its own and hardly fewer columns."""
    is_bare = all(line.kind == "table_row" and line.places and not line.columns for line in group)
    is_late = is_bare and group[0].page > head.page
    return is_late and max(FEWEST_COLUMNS, len(head.cells) - MOST_LEFT_OUT) <= _width(group) <= len(
        head.cells
    )


def _width(group: Sequence[Line]) -> int:
    return max(place for line in group for place in line.places) + 1


def _columns(group: Sequence[Line], head: Line) -> tuple[str, ...]:
    """Names for the columns; those of the head that are empty are left out, as the values tell."""
    return max(combinations(head.cells, _width(group)), key=lambda names: _fitting(group, names))


def _fitting(group: Sequence[Line], names: Sequence[str]) -> int:
    """How many cells are values such as their columns have."""
    return sum(
        fits(label_of(names[place]) or near_label(names[place]), cell)
        for line in group
        for place, cell in zip(line.places, line.cells, strict=True)
    )
