"""What ranks as a heading, whatever it is printed in.

A heading names what stands below it. So a labelled value in bold right below a title is none, a bar with a
labelled value above the titles of several entries is one, and values in large type above their labels are
values. Each is told by how often lines of its kind stand so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.records.labelled import SEPARATED, Line, folded_label, label_of

FEWEST = 3  # lines of a kind, for their places to tell something
MOSTLY = 0.6
NEARLY_ALL = 0.9


def ranked(lines: Sequence[Line]) -> list[Line]:
    """The lines, made headings or none by what they head."""
    return _with_bars(_with_labels_first(_without_labelled(list(lines))))


def _known_label(line: Line) -> str:
    """The form of the known label that a line begins with, unless it is that of titles."""
    match = SEPARATED.match(line.text) if not line.cells else None
    known = bool(match and match["value"]) and label_of(match["label"] if match else "")
    return folded_label(match["label"]) if match and known and known != "title" else ""


def _without_labelled(lines: Sequence[Line]) -> list[Line]:
    """Headings with a label made into paragraphs where most stand between a title and what is told of it."""
    placed: defaultdict[str, list[bool]] = defaultdict(list)
    for at, line in enumerate(lines):
        if line.kind == "heading" and (form := _known_label(line)):
            placed[form].append(_is_below_title(lines, at))
    false = {form for form, below in placed.items() if len(below) >= FEWEST and _most(below, MOSTLY)}
    return [
        replace(line, kind="paragraph", level=0)
        if line.kind == "heading" and _known_label(line) in false
        else line
        for line in lines
    ]


def _is_below_title(lines: Sequence[Line], at: int) -> bool:
    """Whether a heading without a label stands right above a line, and no heading right below it."""
    above = at > 0 and lines[at - 1].kind == "heading" and not _known_label(lines[at - 1])
    return above and not (at + 1 < len(lines) and lines[at + 1].kind == "heading")


def _with_labels_first(lines: Sequence[Line]) -> list[Line]:
    """Values in the type of headings and the labels below them made into pairs."""
    placed: defaultdict[int, list[bool]] = defaultdict(list)
    labels: defaultdict[int, set[str]] = defaultdict(set)
    follows = 0
    for at, line in enumerate(lines):
        if line.kind != "heading":
            continue
        is_pair = _is_value_above(lines, at)
        placed[line.level].append(is_pair)
        if is_pair:
            labels[line.level].add(label_of(lines[at + 1].text))
    levels = {
        level
        for level, pairs in placed.items()
        if len(labels[level]) >= FEWEST and _most(pairs, NEARLY_ALL) and _in_a_row(lines, level)
    }
    found: list[Line] = []
    for at, line in enumerate(lines):
        if follows:
            follows -= 1
        elif line.kind == "heading" and line.level in levels and _is_value_above(lines, at):
            cells = (lines[at + 1].text, line.text)
            found.append(
                replace(line, kind="paragraph", level=0, text=" ".join(cells), cells=cells, seams=())
            )
            follows = 1
        else:
            found.append(line)
    return found


def _is_value_above(lines: Sequence[Line], at: int) -> bool:
    """Whether a line that is no label stands above one that is nothing else."""
    below = lines[at + 1] if at + 1 < len(lines) else None
    is_label = (
        below is not None and below.kind == "paragraph" and not below.cells and bool(label_of(below.text))
    )
    return is_label and not label_of(lines[at].text)


def _in_a_row(lines: Sequence[Line], level: int) -> bool:
    """Whether most pairs of a heading and what stands below it have another beside them."""
    places = [at for at, line in enumerate(lines) if line.kind == "heading" and line.level == level]
    beside = [at + 2 in places or at - 2 in places for at in places]
    return _most(beside, MOSTLY)


def _with_bars(lines: Sequence[Line]) -> list[Line]:
    """Labelled lines that always stand right above a title made into headings above it.

    The last value of an entry stands above the next title, too, but above none at the end; and the first
    title has none above it.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if line.kind in ("paragraph", "heading") and (form := _known_label(line)):
            places[form].append(at)
    bars: dict[int, int] = {}
    for own in places.values():
        if len(own) >= FEWEST and (level := _title_level(lines, own)):
            bars |= dict.fromkeys(own, level - 1)
    return [
        replace(line, kind="heading", level=bars[at]) if at in bars else line for at, line in enumerate(lines)
    ]


def _title_level(lines: Sequence[Line], places: Sequence[int]) -> int:
    """The level of the titles that stand right below these lines, 0 where the lines are no bars."""
    below = [lines[at + 1] if at + 1 < len(lines) else lines[at] for at in places]
    is_title = [_may_be_title(line) for line in below]
    are_headings = all(lines[at].kind == "heading" for at in places)
    if not _most(is_title, MOSTLY if are_headings else 1.0):
        return 0
    level = Counter(line.level for line in below if _may_be_title(line)).most_common(1)[0][0]
    if are_headings:
        return level if level <= lines[places[0]].level else 0
    first = next(at for at, line in enumerate(lines) if line.kind == "heading" and line.level == level)
    return level if first > places[0] else 0


def _may_be_title(line: Line) -> bool:
    return line.kind == "heading" and not _known_label(line) and not label_of(line.text)


def _most(holds: Sequence[bool], share: float) -> bool:
    return sum(holds) >= share * len(holds) > 0


def without_column_numbers(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines without the rows that count the columns below their heads: "1 2 3"."""
    for line in lines:
        if _counts_columns(line.cells):
            continue
        if line.columns and all(name.endswith(f" {at}") for at, name in enumerate(line.columns, start=1)):
            columns = tuple(name.removesuffix(f" {at}") for at, name in enumerate(line.columns, start=1))
            line = replace(line, columns=columns)
        yield line


def _counts_columns(cells: Sequence[str]) -> bool:
    counted = [cell.strip(" .()") for cell in cells]
    return len(cells) >= FEWEST and counted == [str(at) for at in range(1, len(cells) + 1)]
