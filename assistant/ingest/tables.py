"""Finding tables by where their cells start.

A row shows itself by a jump: after a cell's lines the text goes on to the right, at the height of the
row's first line. Rows whose cells stand in the same columns make a table. Only rows whose cells follow one
another in the page's own text are taken, since a row has to stay a slice of that text. Where this is in
doubt the lines stay plain paragraphs: a wrong table misleads more than a flat one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.ingest.fragments import Fragment

_MARKER = re.compile(
    r"^(?:[^\w\s]{1,2}|[\uf000-\uf0ff]|\(?[\divxlcIVXLC.]{1,8}[.)]|\(?[a-zA-Z][.)]|\d+(?:\.\d+)+|o)$"
)
_LEADING = 1.75
"""Lines of one cell are at most this many font sizes apart."""


@dataclass(slots=True)
class Cell:
    """Fragments [start, end) of one cell; `column` is known once the table is."""

    start: int
    end: int
    x0: float
    x1: float
    top: float
    bottom: float
    bold: bool
    column: int = 0


@dataclass(slots=True)
class Row:
    """Cells from left to right."""

    cells: list[Cell]

    @property
    def top(self) -> float:
        """Baseline of the highest line."""
        return max(cell.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        """Baseline of the lowest line."""
        return min(cell.bottom for cell in self.cells)

    @property
    def start(self) -> int:
        """Index of the first fragment."""
        return self.cells[0].start

    @property
    def end(self) -> int:
        """Index after the last fragment."""
        return self.cells[-1].end


@dataclass(slots=True)
class Table:
    """Rows from top to bottom and the horizontal extent of each column."""

    rows: list[Row]
    columns: list[tuple[float, float]]
    has_header: bool

    @property
    def start(self) -> int:
        """Index of the first fragment."""
        return self.rows[0].start

    @property
    def end(self) -> int:
        """Index after the last fragment."""
        return self.rows[-1].end


def find_tables(fragments: Sequence[Fragment], blocked: set[int]) -> list[Table]:
    """Tables in the order of the text; `blocked` holds indices of running headers and footers."""
    tables: list[Table] = []
    rows: list[Row] = []
    index = 0
    while index < len(fragments):
        row = None if index in blocked else _read_row(fragments, index, blocked)
        if row is None:
            index += 1
            continue
        if rows and not _follows(fragments, rows, row, blocked):
            tables += _as_tables(fragments, rows)
            rows = []
        if rows:
            rows += _rows_between(fragments, rows[-1], row)
        rows.append(row)
        index = row.end
    return tables + _as_tables(fragments, rows)


def _read_row(fragments: Sequence[Fragment], start: int, blocked: set[int]) -> Row | None:
    """The row whose first cell starts at this fragment, if a second cell stands beside it."""
    cells = [_read_cell(fragments, start, blocked, first=True)]
    while cells[-1].end < len(fragments) and cells[-1].end not in blocked:
        following = fragments[cells[-1].end]
        if following.x0 <= cells[-1].x1 + 0.25 * following.size:
            break
        cell = _read_cell(fragments, cells[-1].end, blocked)
        if not _level_with(cells[0], cell, tolerance=0.45 * following.size):
            break
        cells.append(cell)
    if len(cells) == 1 or (len(cells) == 2 and _is_marker(fragments, cells[0])):
        return None
    return Row(cells)


def _level_with(first: Cell, cell: Cell, *, tolerance: float) -> bool:
    """Whether two cells stand in one row: their tops, bottoms or middles agree."""
    if min(abs(cell.top - first.top), abs(cell.bottom - first.bottom)) <= tolerance:
        return True
    return abs((cell.top + cell.bottom) - (first.top + first.bottom)) <= 2 * tolerance


def _is_marker(fragments: Sequence[Fragment], cell: Cell) -> bool:
    """Whether this is a bullet or a number before its text."""
    return cell.end - cell.start == 1 and _MARKER.match(fragments[cell.start].text) is not None


def _read_cell(fragments: Sequence[Fragment], start: int, blocked: set[int], *, first: bool = False) -> Cell:
    """The fragment and the lines set below it in the same cell, before the next jump.

    In a row's first cell a line that has its own neighbour starts the next row.
    """
    top = fragments[start]
    cell = Cell(start, start + 1, top.x0, top.x1, top.y, top.y, top.bold)
    for index in range(start + 1, len(fragments)):
        last, line = fragments[index - 1], fragments[index]
        drop = last.y - line.y
        if (
            index in blocked
            or line.orientation != top.orientation
            or not 0.5 * line.size < drop <= _LEADING * max(line.size, last.size)
            or not _aligned(cell.x0, cell.x1, line.x0, line.x1, tolerance=0.35 * line.size)
            or abs(line.size - last.size) > 0.2 * last.size
            or (first and _starts_row(fragments, index))
        ):
            break
        cell.end, cell.bottom = index + 1, line.y
        cell.x0, cell.x1 = min(cell.x0, line.x0), max(cell.x1, line.x1)
        cell.bold = cell.bold and line.bold
    return cell


def _starts_row(fragments: Sequence[Fragment], index: int) -> bool:
    """Whether the next cell of a row stands on this fragment's own baseline, so that a row starts here."""
    if index + 1 >= len(fragments):
        return False
    line, following = fragments[index], fragments[index + 1]
    return abs(following.y - line.y) <= 0.45 * line.size and following.x0 > line.x1


def _aligned(a0: float, a1: float, b0: float, b1: float, *, tolerance: float) -> bool:
    return (
        abs(a0 - b0) <= tolerance
        or (abs(a1 - b1) <= tolerance and b0 >= a0 - 60)
        or abs((a0 + a1) - (b0 + b1)) <= 2 * tolerance
    )


def _follows(fragments: Sequence[Fragment], rows: list[Row], row: Row, blocked: set[int]) -> bool:
    """Whether this row continues the table: below it, with nothing but lone cells of its columns between."""
    last = rows[-1]
    bottom = last.bottom
    size = fragments[row.start].size
    if not 0 < bottom - row.top <= 8 * size:
        return False
    starts = [cell.x0 for known in rows for cell in known.cells]
    between = range(last.end, row.start)
    if len(between) > 6 or any(index in blocked for index in between):
        return False
    lone = all(
        any(abs(fragments[index].x0 - start) <= 2 for start in starts)
        and row.top < fragments[index].y < bottom
        and len(fragments[index].text) <= 80
        for index in between
    )
    first = row.cells[0]
    under = any(_overlap(first, cell) > 0.5 for known in rows for cell in known.cells)
    return lone and (under or _heads(rows, row))


def _heads(rows: list[Row], row: Row) -> bool:
    """Whether the only row so far is bold and names all columns of this one but the first."""
    head, cells = rows[0].cells, row.cells[1:]
    if len(rows) > 1 or len(head) != len(cells) or not all(cell.bold for cell in head):
        return False
    return all(_overlap(one, other) > 0.5 for one, other in zip(head, cells, strict=True))


def _overlap(one: Cell, other: Cell) -> float:
    """Shared part of the narrower cell's width."""
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    return shared / max(1.0, min(one.x1 - one.x0, other.x1 - other.x0))


def _rows_between(fragments: Sequence[Fragment], last: Row, row: Row) -> list[Row]:
    """Lone cells between two rows, each a row of its own."""
    rows: list[Row] = []
    index = last.end
    while index < row.start:
        cell = _read_cell(fragments[: row.start], index, set())
        rows.append(Row([cell]))
        index = cell.end
    return rows


def _as_tables(fragments: Sequence[Fragment], rows: list[Row]) -> list[Table]:
    """The rows as one table, or none when they do not stand in common columns."""
    while rows and len(rows[-1].cells) == 1:
        rows = rows[:-1]
    if sum(len(row.cells) > 1 for row in rows) < 2:
        return []
    columns = _columns(rows)
    if len(columns) < 2 or not _assign(rows, columns) or _is_prose(fragments, rows, columns):
        return []
    return [Table(rows, columns, _has_header(fragments, rows, columns))]


def _columns(rows: list[Row]) -> list[tuple[float, float]]:
    """Horizontal extents that the cells of all rows leave apart."""
    extents = sorted((cell.x0, cell.x1) for row in rows if len(row.cells) > 1 for cell in row.cells)
    columns: list[tuple[float, float]] = []
    for x0, x1 in extents:
        if columns and x0 <= columns[-1][1] + 0.5:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _assign(rows: list[Row], columns: list[tuple[float, float]]) -> bool:
    """Give each cell its column; false when two cells of a row fall into one."""
    for row in rows:
        taken: list[int] = []
        for cell in row.cells:
            cell.column = max(
                range(len(columns)),
                key=lambda at, cell=cell: (  # type: ignore[misc]
                    min(cell.x1, columns[at][1]) - max(cell.x0, columns[at][0]),
                    -at,
                ),
            )
            taken.append(cell.column)
        if taken != sorted(set(taken)):
            return False
    return True


def _is_prose(fragments: Sequence[Fragment], rows: list[Row], columns: list[tuple[float, float]]) -> bool:
    """Whether these are columns of running text, or words scattered by chance, rather than a table."""
    full = [row for row in rows if len(row.cells) > 1]
    lines = [cell.end - cell.start for row in full for cell in row.cells]
    first = [cell for row in full for cell in row.cells if cell.column == 0]
    ragged = not any(
        sum(abs(place(cell) - place(other)) <= 3 for other in first) >= len(first) / 2
        for place in (_left, _middle, _right)
        for cell in first
    )
    return ragged or sum(lines) / len(lines) > 12 or (len(columns) == 2 and min(_cell_means(full)) > 5)


def _left(cell: Cell) -> float:
    return cell.x0


def _middle(cell: Cell) -> float:
    return (cell.x0 + cell.x1) / 2


def _right(cell: Cell) -> float:
    return cell.x1


def _cell_means(rows: list[Row]) -> tuple[float, float]:
    means = [sum(row.cells[at].end - row.cells[at].start for row in rows) / len(rows) for at in (0, 1)]
    return means[0], means[1]


def _has_header(fragments: Sequence[Fragment], rows: list[Row], columns: list[tuple[float, float]]) -> bool:
    """Whether the first row names the columns.

    It does when it alone is bold, or, in a table of three columns or more, when it holds no digits while
    some column below does.
    """
    head, body = rows[0], [row for row in rows[1:] if len(row.cells) > 1]
    unnamed = len(columns) - len(head.cells)  # a table with a column of labels may leave that unnamed
    if unnamed > 1 or len(columns) < 2 or not body or (unnamed and head.cells[0].column != 1):
        return False
    if sum(cell.end - cell.start for cell in head.cells) > 4 * len(head.cells):
        return False
    bold_below = [all(cell.bold for cell in row.cells) for row in body]
    if all(cell.bold for cell in head.cells):
        return sum(bold_below) <= len(body) / 2
    if unnamed or len(columns) < 3 or any(_has_digit(fragments, cell) for cell in head.cells):
        return False
    digit_columns = [
        sum(_has_digit(fragments, cell) for row in body for cell in row.cells if cell.column == at)
        for at in range(len(columns))
    ]
    return max(digit_columns) >= 0.6 * len(body)


def _has_digit(fragments: Sequence[Fragment], cell: Cell) -> bool:
    return any(any(map(str.isdigit, fragments[index].text)) for index in range(cell.start, cell.end))
