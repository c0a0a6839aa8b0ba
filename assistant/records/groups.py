"""Which lines belong together: runs of lines that begin with labels, and tables with their heads."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.records.labelled import (
    LONGEST_LABEL,
    SEPARATED,
    SHORTEST_RUN,
    Labels,
    Line,
    folded_label,
    label_of,
    leading_label,
)
from assistant.records.learn import is_value_of_a_kind, near_label, tells_apart

MOSTLY = 0.5  # share of the cells of a row that are labels, for all of them to be
FEWEST_ROWS = 4  # below a head that only their stuff tells
LONGEST_TITLE = 200  # characters; a longer line is text


def in_runs(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those marked that stand in a run of lines with a label at the beginning of each."""
    run: list[Line] = []
    labels = set[str]()
    for line in lines:
        found = leading_label(line.text, before_small=True) if not line.cells else None
        if line.kind == "heading" or len(line.text) > LONGEST_TITLE or not found or found.key in labels:
            yield from _marked(run)
            run, labels = [], set()
        if line.kind != "heading" and found:
            run.append(line)
            labels.add(found.key)
        else:
            yield line
    yield from _marked(run)


def _marked(run: Sequence[Line]) -> Sequence[Line]:
    return run if len(run) < SHORTEST_RUN else [replace(line, in_run=True) for line in run]


def in_tables(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines of one table together, any other alone."""
    table: list[Line] = []
    for line in lines:
        if table and (line.kind != "table_row" or line.page != table[0].page):
            yield table
            table = []
        if line.kind in ("table_header", "table_row"):
            table.append(line)
        else:
            yield [line]
    if table:
        yield table


def labelled_cells(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, rows of which nearly each cell has a label of its own made into a line for each cell.

    They were no table but pairs set at equal distances; so rows of one cell beside them are lines, too.
    """
    seen = Counter(
        form for line in lines for cell in line.cells or (line.text,) if (form := marked_label(cell))
    )
    for table in in_tables(lines):
        labelled = [_is_labelled(line.cells, seen) for line in table]
        if not any(labelled):
            yield from table
            continue
        for line, is_labelled in zip(table, labelled, strict=True):
            cells = line.cells if is_labelled else ()
            alone = replace(line, kind="paragraph", cells=(), columns=(), places=())
            yield from (replace(alone, text=cell, seams=()) for cell in cells)
            if not is_labelled:
                yield line if len(line.cells) > 1 else alone


def _is_labelled(cells: Sequence[str], seen: Mapping[str, int]) -> bool:
    """Whether nearly each cell of a row has a label of its own, known or frequent."""
    forms = [marked_label(cell) for cell in cells]
    known = sum(bool(form) and (seen[form] > 2 or bool(label_of(form))) for form in forms)
    return len(forms) > 1 and known > 0.6 * len(forms) and len(set(forms)) == len(forms)


def without_false_headings(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, headings that are but values in bold below labels made into paragraphs.

    Those of one level are that where most of them stand below a short text that comes again and again and
    is no value itself.
    """
    seen = Counter(folded_label(line.text) for line in lines if _may_be_label(line))
    below: defaultdict[int, list[bool]] = defaultdict(list)
    labels: defaultdict[int, set[str]] = defaultdict(set)
    for above, line in pairwise(lines):
        if line.kind == "heading":
            form = folded_label(above.text) if _may_be_label(above) else ""
            is_value = (
                seen[form] > 2 and bool(form) and (bool(label_of(form)) or not is_value_of_a_kind(form))
            )
            below[line.level].append(is_value)
            labels[line.level] |= {form} if is_value else set()
    false = {
        level for level, those in below.items() if sum(those) > 0.5 * len(those) and len(labels[level]) > 2
    }
    last: Line | None = None
    for line in lines:
        is_false = line.kind == "heading" and line.level in false and last is not None
        is_false = (
            is_false
            and last is not None
            and _may_be_label(last)
            and folded_label(last.text) in labels[line.level]
        )
        yield replace(line, kind="paragraph", level=0) if is_false else line
        last = line


def _may_be_label(line: Line) -> bool:
    is_short = len(line.text) <= LONGEST_LABEL and not any(map(str.isdigit, line.text))
    return line.kind == "paragraph" and is_short and not line.cells and ":" not in line.text[:-1]


def marked_label(text: str) -> str:
    """The form of the label with a colon that a text begins with, or ""."""
    match = SEPARATED.match(text)
    return folded_label(match["label"]) if match and match["value"] and not text.startswith("http") else ""


def shaped(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, the rows of tables with the columns that their labels show, whatever was taken for a head.

    Labels stand before their values, in pairs; or in the first column, with a column for each entry; or in
    the first row, with a row for each entry. A table that goes on over a page break keeps its columns' names.
    """
    tables = list(in_tables(lines))
    heads = _Heads(tables)
    head: Line | None = None
    above: list[Line] = []
    beside = _Beside()
    for table in tables:
        names = above
        above = [*above, *table] if not table[0].cells and table[0].kind != "heading" else []
        first = table[0]
        if heads.in_pairs(table):
            yield from (replace(line, kind="table_row", columns=()) for line in table)
        elif heads.in_first_column(table):
            yield from beside.rows(table, [line.text for line in names])
        else:
            if first.kind in ("heading", "table_header") or any(line.columns for line in table):
                head = None
            elif _names_columns(table) or heads.comes_again(first) or _is_unlike(table):
                head = first
            yield from (_below(head, line) for line in table)


class _Heads:
    """What stands at the beginning of rows throughout a document."""

    def __init__(self, tables: Sequence[Sequence[Line]]) -> None:
        self._firsts = Counter(table[0].text for table in tables if len(table[0].cells) > 2)
        places: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
        for number, table in enumerate(tables):
            for line in table:
                for at in range(0, len(line.cells), 2):
                    places[at, folded_label(line.cells[at])].add(number)
        self._tables = {each: len(numbers) for each, numbers in places.items()}
        self._values = {folded_label(cell) for table in tables for line in table for cell in line.cells[1::2]}

    def comes_again(self, line: Line) -> bool:
        """Whether the same row begins several tables."""
        return self._firsts[line.text] > 1

    def in_pairs(self, table: Sequence[Line]) -> bool:
        """Whether rows of four cells or six are label, value, label, value."""
        rows = [line.cells for line in table if len(line.cells) in (4, 6)]
        if not rows or len(rows) < MOSTLY * sum(len(line.cells) > 2 for line in table):
            return False
        labels = [[self._is_label(cells, at) for at in range(0, len(cells), 2)] for cells in rows]
        values = [any(label_of(cell) for cell in cells[1::2]) for cells in rows]
        return sum(map(all, labels)) > 0.6 * len(rows) and sum(values) < MOSTLY * len(rows)

    def in_first_column(self, table: Sequence[Line]) -> bool:
        """Whether the first cells are labels, each once, and those beside the first of them are not."""
        rows = [line for line in table if len(line.cells) > 2]
        if len(rows) < 3 or len(rows) < 0.6 * len(table) or _mostly_labels(rows[0].cells[1:]):
            return False
        has_corner = not _lacks_first(rows[0])
        below = [line for line in table if len(line.cells) > 1 and not _lacks_first(line)]
        forms = [folded_label(line.cells[0]) for line in below]
        often = Counter(forms)
        in_turn = all(one != other for one, other in pairwise(forms)) and len(often) >= 3
        known = sum(self._is_label(line.cells, 0, forms=often) for line in below[has_corner:])
        is_even = not has_corner or often[forms[0]] >= max(often.values()) - 1
        return in_turn and is_even and known > 0.6 * len(below[has_corner:])

    def _is_label(self, cells: Sequence[str], at: int, forms: Mapping[str, int] | None = None) -> bool:
        text = cells[at]
        if label_of(text) or len(text) > LONGEST_LABEL:
            return bool(label_of(text))
        if folded_label(text) in self._values:
            return False
        again = self._tables[at, folded_label(text)] + (forms or {}).get(folded_label(text), 1) - 1
        return again > 1 or bool(len(text.split()) < 4 and near_label(text))


def _lacks_first(line: Line) -> bool:
    """Whether a row has nothing in the first column."""
    return bool(line.places) and line.places[0] > 0


def _mostly_labels(cells: Sequence[str]) -> bool:
    return sum(bool(label_of(cell)) for cell in cells) > MOSTLY * len(cells)


class _Beside:
    """Reads tables that have a column for each entry."""

    def __init__(self) -> None:
        self._first = ""
        """The label of the row that names the entries."""
        self._names: tuple[str, ...] = ()

    def rows(self, table: Sequence[Line], above: Sequence[str]) -> Iterator[Line]:
        """The rows with the names of the entries as columns; the row of names is no row.

        Where the first row is one of values, the names are the lines above, one for each column, or those of
        the table that goes on.
        """
        first = folded_label(table[0].cells[0])
        width = max((place + 1 for line in table for place in line.places), default=0)
        width = width or max(len(line.cells) for line in table)
        if _lacks_first(table[0]):
            self._first = ""
        elif label_of(first) in ("", "title") and (first == self._first or len(self._names) != width):
            self._first = first
        elif len(above) == width - 1:
            self._names = ("", *above)
        for number, line in enumerate(table):
            if _lacks_first(line) and len(line.cells) >= len(self._names) - 1:
                self._names = ("", *line.cells)
            elif (self._first and folded_label(line.cells[0]) == self._first) or not (number or self._names):
                self._names = ("", *line.cells[len(line.cells) >= width :])
            elif len(line.cells) == len(self._names):
                yield replace(line, kind="table_row", columns=self._names)
            elif len(line.places) == len(line.cells) and max(line.places) < len(self._names):
                yield replace(line, kind="table_row", columns=tuple(self._names[at] for at in line.places))


def _names_columns(table: Sequence[Line]) -> bool:
    """Whether most cells of the first row are labels, and few of the second."""
    if len(table[0].cells) < 3 or len(table) < 2 or not table[0].places:
        return False
    first, second = (
        sum(bool(label_of(cell) or near_label(cell)) for cell in line.cells) for line in table[:2]
    )
    return first > max(1, MOSTLY * len(table[0].cells)) and second <= first / 2


def _is_unlike(table: Sequence[Line]) -> bool:
    """Whether the first row is full, short and of other stuff than what stands below it in some columns."""
    first, body = table[0], table[1:]
    width = max((place for line in table for place in line.places), default=-1) + 1
    short = all(len(cell) <= LONGEST_LABEL and not any(map(str.isdigit, cell)) for cell in first.cells)
    if width < 3 or len(first.places) < width or len(body) < FEWEST_ROWS or not short:
        return False
    columns = [
        [cell for line in body for at, cell in zip(line.places, line.cells, strict=True) if at == place]
        for place in first.places
    ]
    told = zip(first.cells, columns, strict=True)
    return sum(tells_apart(name, values) for name, values in told if values) >= 2


def _below(head: Line | None, line: Line) -> Line:
    """A row with the names of its columns, or the head itself."""
    if head is None or not line.places or max(line.places) > max(head.places):
        return line
    if line.text == head.text:
        return replace(line, kind="table_header")
    names = dict(zip(head.places, head.cells, strict=True))
    return replace(line, columns=tuple(names.get(place, "") for place in line.places))


def has_labels_above(table: Sequence[Line], labels: Labels) -> bool:
    """Whether rows of labels and rows of values take turns."""
    full = [all(map(labels.key, line.cells)) for line in table if len(line.cells) > 1]
    return len(full) > 1 and full == [True, False] * (len(full) // 2)
