"""Which lines belong together: runs of lines that begin with labels, and tables with their heads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.records.labelled import SHORTEST_RUN, Labels, Line, folded_label, leading_label

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


def with_columns(table: list[Line], labels: Labels) -> list[Line]:
    """A table with a column for each entry whose names are a row like the others, that row as its head."""
    rows = [line for line in table if len(line.cells) > 2 and not line.columns]
    if len(rows) < max(3, len(table)) or not all(labels.has(line.cells[0]) for line in rows):
        return table
    in_pairs = sum(labels.has(line.cells[2]) for line in rows) > len(rows) / 2
    if in_pairs or sum(bool(labels.key(line.cells[0])) for line in rows) < 3:
        return table
    made: list[Line] = []
    names: tuple[str, ...] = ()
    first = folded_label(rows[0].cells[0])
    for line in rows:
        if folded_label(line.cells[0]) == first:
            names = ("", *line.cells[1:])
        elif len(line.cells) == len(names):
            made.append(replace(line, columns=names))
    return made


def has_labels_above(table: Sequence[Line], labels: Labels) -> bool:
    """Whether rows of labels and rows of values take turns."""
    full = [all(map(labels.key, line.cells)) for line in table if len(line.cells) > 1]
    return len(full) > 1 and full == [True, False] * (len(full) // 2)
