"""Cuts lines where the print changes and a label begins there.

A block of a page may hold more than one labelled value: labels in bold within a paragraph, a label above its
value in each cell of a grid, facts that only line breaks part. Each place where another line or other type
begins is a seam; at a seam where a label begins, known or learnt from its repetition, the line is cut. All
other seams are but line breaks of a text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from assistant.records.groups import in_runs
from assistant.records.labelled import (
    BETWEEN,
    DASHED,
    DOTTED,
    LONGEST_LABEL,
    SEPARATED,
    SIGNS,
    Labels,
    Line,
    folded_label,
    label_of,
    marked_labels,
)
from assistant.records.learn import learn, near_label

FEWEST_WORDS = 8  # of a text below the last value

_BETWEEN_TWO = re.compile(r"\s+[/|–—]\s+")
_ENDS_MARKED = re.compile(rf"(?:[:：]|\s[{SIGNS}]|[.…_]{{2}})\s*$")
_BEGINS_MARKED = re.compile(rf"^\s*(?:[*†‡¹²³]?[:：]|[{SIGNS}]\s|[.…_]{{2}}|[,;)])")


def cut(lines: Sequence[Line]) -> list[Line]:
    """The lines, those that hold several labelled values cut into one line for each."""
    if not any(line.seams for line in lines):
        return list(lines)
    pieces = [piece for line in lines for piece in _exploded(line)]
    labels = learn(list(in_runs(pieces)))
    seen = Counter(folded_label(piece.text) for piece in pieces if len(piece.text) <= LONGEST_LABEL)
    return [part for line in lines for part in _cut(line, labels, seen)]


def _exploded(line: Line) -> Iterator[Line]:
    """The pieces between the seams as lines; a row of a table stays whole where its first cell is."""
    if not line.seams or (line.cells and (line.columns or not _within(line)[0])):
        yield line
        return
    for texts in pieces_in_cells(line):
        for text in texts:
            yield replace(line, kind=_kind_of_part(line), text=text, cells=(), seams=(), places=())


def _kind_of_part(line: Line) -> str:
    return "paragraph" if line.cells else line.kind


def _within(line: Line) -> list[list[int]]:
    """The seams within each cell, or within the line."""
    parts = line.cells or (line.text,)
    found, start = [], 0
    for part in parts:
        found.append([seam - start for seam in line.seams if start < seam < start + len(part)])
        start += len(part) + 1
    return found


def pieces_in_cells(line: Line) -> list[list[str]]:
    """The texts between the seams of each cell, or of the line; none ends or begins at a mark."""
    parts = zip(line.cells or (line.text,), _within(line), strict=True)
    return [list(_with_whole_labels(list(_parts(part, seams)))) for part, seams in parts]


def _with_whole_labels(pieces: Sequence[str]) -> Iterator[str]:
    """The pieces, those put together that are one label over two lines."""
    at = 0
    while at < len(pieces):
        both = " ".join(pieces[at : at + 2])
        marked = SEPARATED.match(both)
        is_one = at + 1 < len(pieces) and pieces[at + 1][:1].islower()
        if is_one and (label_of(both) or (marked and label_of(marked["label"]))):
            yield both
            at += 2
            continue
        yield pieces[at]
        at += 1


def _parts(text: str, seams: Sequence[int]) -> Iterator[str]:
    start = 0
    for seam in seams:
        if _ENDS_MARKED.search(text[start:seam]) or _BEGINS_MARKED.match(text[seam:]):
            continue
        if part := text[start:seam].strip():
            yield part
        start = seam
    if part := text[start:].strip():
        yield part


def parted(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, the columns whose head names two things ("Course / School") made into two."""
    names = {name for line in lines if len(line.cells) > 2 for name in (*line.columns, *_head_cells(line))}
    twofold = {name: parts for name in names if (parts := _two_labels(name))}
    if not twofold:
        yield from lines
        return
    texts = {name: list(_texts_below(name, lines)) for name in twofold}
    breadth = {
        name: max((len(each) for pieces in texts[name] for each in pieces), default=0) for name in twofold
    }
    for line in lines:
        yield _parted(line, twofold, breadth) if len(line.cells) > 2 else line


def _head_cells(line: Line) -> tuple[str, ...]:
    return line.cells if line.kind == "table_header" else ()


def _two_labels(name: str) -> tuple[str, str] | None:
    """ "Programme", "school" of "Programme / school", where both are labels of different things."""
    parts = [part.strip() for part in re.split(r"\s*[/|+&]\s*", name)]
    if len(parts) != 2 or label_of(name):
        return None
    keys = [label_of(part) or near_label(part) for part in parts]
    return (parts[0], parts[1]) if all(keys) and keys[0] != keys[1] else None


def _texts_below(name: str, lines: Sequence[Line]) -> Iterator[list[str]]:
    """The printed lines of each cell of a column."""
    for line in lines:
        if name in line.columns and len(line.columns) == len(line.cells):
            yield pieces_in_cells(line)[line.columns.index(name)]


def _parted(line: Line, twofold: Mapping[str, tuple[str, str]], breadth: Mapping[str, int]) -> Line:
    """A row or a head with two cells for each that has two things in it; seams are lost."""
    names = line.columns or _head_cells(line)
    if len(names) != len(line.cells) or not set(names) & set(twofold):
        return line
    columns, cells = list[str](), list[str]()
    for name, cell, pieces in zip(names, line.cells, pieces_in_cells(line), strict=True):
        if name not in twofold:
            columns.append(name)
            cells.append(cell)
            continue
        columns += twofold[name]
        at = deliberate_break(pieces, breadth[name]) or len(pieces)
        parts = [" ".join(pieces[:at]), " ".join(pieces[at:])]
        if len(pieces) < 2:
            parts = [*_BETWEEN_TWO.split(cell, maxsplit=1), ""][:2]
        cells += twofold[name] if line.kind == "table_header" else parts
    columns = columns if line.columns else []
    places = tuple(range(len(cells))) if line.places else ()
    return replace(line, cells=tuple(cells), columns=tuple(columns), seams=(), places=places)


def deliberate_break(pieces: Sequence[str], width: int) -> int:
    """The place in a text of several printed lines at which it was broken on purpose, 0 when there is none.

    That is where the next word had most room left; a line is at most `width` characters long.
    """
    rooms = [
        (width - len(one) - 1 - len(other.split()[0]), -at)
        for at, (one, other) in enumerate(pairwise(pieces), start=1)
    ]
    return -max(rooms)[1] if rooms else 0


def pieces_of(line: Line) -> tuple[str, ...]:
    """The printed lines of a line."""
    ends = (*line.seams, len(line.text))
    texts = (line.text[start:end].strip() for start, end in pairwise((0, *ends)))
    return tuple(text for text in texts if text)


def _cut(line: Line, labels: Labels, seen: Mapping[str, int]) -> Iterator[Line]:
    if not line.seams or line.columns:
        yield line
        return
    cells = pieces_in_cells(line)
    several = sum(bool(label_of(text)) for texts in cells for text in texts) > 1
    begins = [[_begins(text, labels, seen, several=several) for text in texts] for texts in cells]
    if line.kind == "heading":
        begins = [
            [bool(at) and _begins_below(text, labels) for at, text in enumerate(texts)] for texts in cells
        ]
    in_cells = sum(len(texts) > 1 and each[0] for texts, each in zip(cells, begins, strict=True))
    whole = in_cells < len(cells) / 2 if line.cells else not any(map(any, begins))
    if whole or (len(cells) == 1 and len(cells[0]) == 1):
        yield line
        return
    for texts, each in zip(cells, begins, strict=True):
        if sum(each) < marked_labels(" ".join(texts), labels):
            first = each.index(True) if any(each) else 0
            texts = [*texts[:first], " ".join(texts[first:])]
            each = [*each[:first], True]
            texts[:first] = [text.removesuffix(".") if ". " not in text else text for text in texts[:first]]
        yield from _units(line, texts, each, labels)


def _begins_below(text: str, labels: Labels) -> bool:
    """Whether a piece of a heading is a label, or begins with one that is known and marked."""
    marked = SEPARATED.match(text)
    is_marked = bool(marked and marked["value"] and label_of(marked["label"]))
    return text[:1].isupper() and bool(is_marked or label_of(text) or labels.stands_alone(text))


def _begins(text: str, labels: Labels, seen: Mapping[str, int], *, several: bool) -> bool:
    """Whether a labelled value begins with this piece."""
    if labels.has(text):
        return text.endswith((":", "：")) or several or seen.get(folded_label(text), 0) > 1
    marked = SEPARATED.match(text) or DOTTED.match(text) or DASHED.match(text)
    return bool(marked and labels.has(marked["label"])) or labels.leading(text) is not None


def _units(line: Line, texts: Sequence[str], begins: Sequence[bool], labels: Labels) -> Iterator[Line]:
    """A line for each piece with which a labelled value begins, and what goes on after it."""
    starts = [at for at, is_one in enumerate(begins) if is_one or not at]
    stops = [*starts[1:], len(texts)]
    texts = [text.rstrip(BETWEEN) if at + 1 in stops[:-1] else text for at, text in enumerate(texts)]
    for start, stop in zip(starts, stops, strict=True):
        kind = line.kind if not start and not begins[0] and not line.cells else "paragraph"
        is_alone = begins[start] and labels.has(texts[start]) and start + 1 < stop
        first = start + 2 if is_alone else start + 1
        if begins[start] and stop == len(texts):
            first = _where_text_begins(texts, first)
        elif not begins[start]:
            first = stop
        loose = texts[first:stop]
        own = texts[start : stop - len(loose)]
        if is_alone:
            cells = (own[0].rstrip(" :："), " ".join(own[1:]))
            yield _line(line, "paragraph", cells, cells)
        else:
            yield _line(line, kind, own, ())
        yield from (_line(line, "paragraph", (text,), ()) for text in loose)


def _where_text_begins(texts: Sequence[str], first: int) -> int:
    """The piece with which whole sentences begin below a value that is none; else the end."""
    for at in range(first, len(texts)):
        rest = " ".join(texts[at:])
        is_text = rest[:1].isupper() and rest.endswith((".", "!", "?")) and len(rest.split()) >= FEWEST_WORDS
        if is_text and not texts[at - 1].endswith((".", "!", "?", ",", ";")):
            return at
    return len(texts)


def _line(line: Line, kind: str, texts: Sequence[str], cells: tuple[str, ...]) -> Line:
    """A part of a line; its seams are where its texts meet."""
    ends = accumulate(len(text) + 1 for text in texts)
    seams = tuple(end - 1 for end in ends)[:-1] if not cells else ()
    return replace(line, kind=kind, text=" ".join(texts), cells=cells, seams=seams, places=())
