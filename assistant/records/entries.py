"""Finds the entries of a document: runs of labelled values under a title, whatever the layout.

These layouts are read, in any language of `labels.yaml`: "Label: value", one to a line or several in a
paragraph, the label on a line or a heading of its own, in bold, or with dots or a dash after it; tables of
labels and values side by side; tables with one row per entry, with one column per entry, and with each row of
labels above its row of values. An entry goes on over a page break and a repeated heading; it ends at the next
heading, or where a label comes again. What names it, and who provides it, is settled in `titles`.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.records.cuts import cut, parted, pieces_in_cells, pieces_of
from assistant.records.entry import Entry, Value
from assistant.records.groups import (
    LONGEST_TITLE,
    has_labels_above,
    in_runs,
    in_tables,
    labelled_cells,
    shaped,
    without_false_headings,
)
from assistant.records.labelled import (
    NO_TITLE,
    SEPARATED,
    Labels,
    Line,
    Pair,
    first_label,
    is_value_head,
    label_of,
    pairs_of,
    repeats_header,
)
from assistant.records.learn import learn
from assistant.records.pages import continued
from assistant.records.ranks import ranked, without_column_numbers
from assistant.records.titles import named
from assistant.retrieval.text import fold

NAMING = 3  # columns from the left, one of which names the entry
FEWEST_CAPTIONS = 3  # times that a text stands in a document, for it to be none of an entry's own
MANY = 0.4  # times of the most frequent label, for the same
BAND = 9  # level of a heading that stands in a row of a table
FULL = 0.97  # of the breadth of a text, from which on a printed line had no room left
FEWEST_WORDS = 8  # of a text that is no part of the value above it
MOSTLY_ENDS = 0.6  # share of the lines that may be titles after which a label comes again
MUCH_MORE = 3  # times that one order of two labels is more frequent than the other
CONTINUATION_LINES = 4  # unlabelled lines after a value that still belong to it; items of a list all do

_ENUMERATOR = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+)\s+(?=\S)")
_CONTINUED = re.compile(
    r"\s*[(\[](?:continued|cont\.?|Fortsetzung|suite|continuación|segue|cd\.|vervolg)[)\]]$", re.I
)
_SENTENCE_END = re.compile(r"[.!?:;]$")


def entries_in(lines: Iterable[Line]) -> list[Entry]:
    """The entries in reading order; those with few values too, which the caller judges."""
    lines = ranked(list(continued(list(without_column_numbers(list(lines))))))
    lines = list(without_false_headings(list(labelled_cells(lines))))
    lines = list(in_runs(shaped(cut(list(parted(lines))))))
    labels = learn(lines)
    captions = _captions(lines, labels)
    first = _Reader(labels, captions)
    first.read(in_tables(lines))
    entries = _Reader(labels, captions, first.order).read(in_tables(lines))
    return named([_with_chapters(entry) for entry in entries])


def _with_chapters(entry: Entry) -> Entry:
    """The entry with what labelled headings above say of all entries below them, the nearest first."""
    for text, page in reversed(entry.headings):
        match = SEPARATED.match(text) if text != entry.title else None
        key = label_of(match["label"]) if match and match["value"] else ""
        if match and key not in ("", "title", NO_TITLE) and not entry.has(key):
            entry.add(key, match["value"], page)
    return entry


def _captions(lines: Sequence[Line], labels: Labels) -> set[str]:
    """Folded texts that stand in many entries and are no labels: names of parts, sentences, buttons."""
    seen = Counter(fold(line.text) for line in lines if len(line.cells) < 2 and line.kind != "list_item")
    often = max(FEWEST_CAPTIONS, MANY * labels.most)
    return {text for text, count in seen.items() if count >= often and not labels.has(text)}


@dataclass(slots=True)
class _Order:
    """In what order a document's labels follow one another, as far as nothing stands between them."""

    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many runs of labels have one of them before another."""
    gaps: int = 0
    """Places within entries where lines that may be titles stand between two values."""
    ends: int = 0
    """Those after which a label comes again, so that an entry must have ended."""
    run: list[str] = field(default_factory=list)

    def add(self, label: str) -> None:
        """The label that follows in the run."""
        self.before.update((each, label) for each in self.run if each != label)
        self.run.append(label)

    def goes_back(self, last: str, label: str) -> bool:
        """Whether one label hardly ever follows another, but comes before it."""
        return self.before[label, last] > MUCH_MORE * self.before[last, label]

    def ends_at_gaps(self) -> bool:
        """Whether entries end wherever a line that may be a title stands."""
        return self.ends > max(1, MOSTLY_ENDS * self.gaps)


class _Reader:
    def __init__(self, labels: Labels, captions: Container[str], known: _Order | None = None) -> None:
        self._labels = labels
        self._captions = captions
        self._known = known or _Order()
        self.order = _Order()
        self._entries: list[Entry] = []
        self._current: Entry | None = None
        self._headings: list[Line] = []
        self._loose: list[Line] = []
        """Unlabelled lines since the last value or heading: its continuation, or the next entry's title."""
        self._goes_on = True
        """Whether loose lines may belong to the last value: no strange label came between."""
        self._last: Line | None = None
        """The line of the last value."""
        self._columns: dict[str, Entry] = {}
        """Entries of a table that has one column for each, by the names of the columns."""
        self._head: tuple[str, ...] = ()
        """Names of all columns of the present table."""
        self._above: dict[str, Value | None] = {}
        """What its columns say in the last row that had them."""
        self._level = 0
        """Level of the headings that are labels in the current entry; 0 when it has none."""
        self._before = ""
        """The line right above the last heading."""
        self._is_below_heading = False
        """Whether a heading came after the last value."""
        self._name: tuple[str, int] = ("", 0)
        """(text, page) of what the head of the present table calls the entry below it."""

    def read(self, groups: Iterator[list[Line]]) -> list[Entry]:
        """`groups` are single lines and whole tables."""
        for group in groups:
            if has_labels_above(group, self._labels):
                self._box(group)
                continue
            bands = self._bands(group)
            for line in group:
                if line.number in bands:
                    self._heading(replace(line, kind="heading", level=BAND))
                elif line.kind == "heading":
                    self._heading(line)
                elif line.kind == "table_header" or repeats_header(line):
                    self._header(line)
                elif not self._wide_row(line) and not self._tall_row(line):
                    self._line(line)
        self._close()
        return self._entries

    def _bands(self, table: Sequence[Line]) -> set[int]:
        """Numbers of the lines of one cell that tell something of all wide rows below them."""
        wide = [self._is_wide(line) for line in table]
        if not any(wide):
            return set()
        alone = [at for at, line in enumerate(table) if line.kind == "table_row" and len(line.cells) == 1]
        alone = [at for at in alone if not _is_below(table[at])]
        before_two = any(all(wide[at + 1 : at + 3]) and at + 2 < len(table) for at in alone)
        head = [self._labels.key(name) for name in self._head or next(filter(None, _columns_of(table)), ())]
        has_titles = "title" in head or not head or not head[0]
        return {table[at].number for at in alone} if before_two or has_titles else set()

    def _header(self, line: Line) -> None:
        """The head of a table of labels and values may name its entry: "Topic | Training voucher"."""
        self._head, self._above = line.cells, {}
        is_name = len(line.cells) == 2 and not any(map(label_of, line.cells))
        if not is_name or is_value_head(line.cells[1]):
            self._name = ("", 0)
            return
        name = (line.cells[1], line.page)
        if self._current and self._current.values and self._name[0] != name[0]:
            self._close()
            self._loose = []
        self._name = name

    def _heading(self, line: Line) -> None:
        title = _CONTINUED.sub("", line.text)
        if self._current:
            if fold(title) == fold(self._current.title):
                return
            if line.level == self._level and not self._labels.has(line.text):
                self._current.strange += 1
                self._goes_on = False
                return
        label = self._labels.key(line.text)
        again = self._labels.stands_alone(line.text)
        if self._headings and label not in (NO_TITLE, "title") and (again or (label and self._deeper(line))):
            deeper = self._deeper(line)
            self._pair(Pair(label, "", line.text), line)
            self._level = line.level if deeper else 0
            return
        self._close()
        last = self._loose[-1] if self._loose else None
        self._before = last.text if last and last.number == line.number - 1 and _may_be_title(last) else ""
        self._loose, self._is_below_heading, self.order.run = [], True, []
        self._headings = [each for each in self._headings if each.level < line.level] + [line]

    def _deeper(self, line: Line) -> bool:
        """Whether a heading ranks below the nearest one that may name something."""
        named = [each for each in self._headings if not self._names_nothing(each)]
        return line.level > (named or self._headings)[-1].level

    def _line(self, line: Line) -> None:
        values = self._current.values if self._current else []
        inside = bool(values) and not self._loose and bool(values[-1].text)
        pairs = list(pairs_of(line, self._labels, inside=inside or line.in_run))
        before = line.text[: first_label(line.text, self._labels)].strip() if len(line.cells) != 2 else ""
        if pairs and before:
            self._line(replace(line, text=before.rstrip(" .,;|–—-"), cells=()))
        if not pairs:
            self._unlabelled(line)
        for pair in pairs:
            self._pair(pair, line)

    def _pair(self, pair: Pair, line: Line) -> None:
        if pair.key:
            self._value(pair.key, pair.value, line)
        else:
            self._unknown(pair, line)

    def _unlabelled(self, line: Line) -> None:
        if len(line.cells) == 2:
            if self._current:
                self._current.add_unknown(*line.cells, line.page)
                self._last, self._goes_on = line, False
            return
        waits = self._current and self._current.values and not self._current.values[-1].text
        if not waits and fold(line.text) in self._captions:
            return
        if self._current and SEPARATED.match(line.text) and not line.text.startswith("http"):
            self._current.strange += 1
            self._goes_on = False
        self._loose.append(line)

    def _unknown(self, pair: Pair, line: Line) -> None:
        """A value under a label that was learnt without its meaning; it ends the one before."""
        current = self._current
        if current and self._ends(current, pair.printed, again=current.has_printed(pair.printed)):
            self._close(above_next=True)
            current = None
        if current is None:
            current = self._begin(line, "")
        elif current.values and self._goes_on:
            self._continue(current, self._loose)
        elif not current.values:
            current.loose += tuple(self._loose)
        self._loose, self._goes_on, self._last = [], True, line
        current.add_unknown(pair.printed, pair.value, line.page)

    def _value(self, label: str, text: str, line: Line) -> None:
        current = self._current
        if current and self._fills_last(current, label, text):
            current.values[-1] = replace(current.values[-1], text=text, on_page=text, page=line.page)
            self._goes_on, self._last = True, line
            return
        again = current is not None and (current.has(label) or (label == "title" and bool(current.values)))
        if current and self._ends(current, label, again=again):
            self._close(above_next=True)
            current = None
        if current is None:
            current = self._begin(line, text if label == "title" else "")
        elif current.values and self._goes_on:
            self._continue(current, self._loose)
        elif not current.values:
            current.loose += tuple(self._loose)
        self._loose, self._goes_on, self._last = [], True, line
        if label != "title":
            current.add(label, text, line.page)
        elif not current.title:
            current.title, current.page = text, line.page

    def _fills_last(self, current: Entry, label: str, text: str) -> bool:
        """Whether the last label was the name of a part, which begins with the label itself."""
        last = current.values[-1] if current.values else None
        return bool(text and last and last.label == label and not last.text and not self._loose)

    def _continue(self, current: Entry, loose: Sequence[Line]) -> None:
        """Give the last value the lines that go on with it; what stands below a table goes on with none."""
        items = [line.kind == "list_item" for line in loose]
        if len(loose) > CONTINUATION_LINES and not all(items):
            return
        in_cell = self._last is not None and self._last.kind == "table_row" and bool(current.values[-1].text)
        for line in loose:
            if current.values[-1].text and _is_text_of_its_own(line, current.values[-1].text):
                return
            if in_cell and self._last and line.kind != "table_row" and line.page == self._last.page:
                return
            current.extend(line)

    def _begin(self, line: Line, title: str) -> Entry:
        """A new entry, named by its own title, else by the line above it, else by the heading above it."""
        above = (
            next(filter(_may_be_title, reversed(self._loose)), None)
            or _first_piece(self._loose)
            or next(filter(_is_short, reversed(self._loose)), None)
        )
        headings = list(self._headings)
        nearest = headings[-1].number if headings else -1
        named = [each for each in headings if not self._names_nothing(each)]
        page, pieces = line.page, tuple[str, ...]()
        heading = ("", 0)
        if named and self._is_below_heading:
            heading = (_without_label(named[-1].text), named[-1].page)
        if not title and above:
            title, page, pieces = above.text, above.page, pieces_of(above)
        elif not title and named:
            headings = headings[: headings.index(named[-1])]
            title, page, pieces = _without_label(named[-1].text), named[-1].page, pieces_of(named[-1])
        elif title:
            heading = ("", 0)
        name = self._name if line.cells and self._name[0] != title else ("", 0)
        if not title:
            (title, page), name = name, ("", 0)
        if self._loose or heading[0]:
            self.order.run = []
        self._current = Entry(title, page, _places(headings), name=name, begin=line.number, heading=nearest)
        self._current.above, self._current.loose, self._current.pieces = heading, tuple(self._loose), pieces
        self._current.before = self._before if self._is_below_heading else ""
        self._is_below_heading = False
        return self._current

    def _names_nothing(self, heading: Line) -> bool:
        return label_of(heading.text) == NO_TITLE or fold(heading.text) in self._captions

    def _ends(self, current: Entry, label: str, *, again: bool) -> bool:
        """Whether the entry ends before this label: it has it already, or a title stands between.

        A line that may be a title is one where labels go back to the beginning, and where lines like it
        mostly stand between entries.
        """
        loose = self._loose[1:] if current.values and not current.values[-1].text else self._loose
        is_gap = bool(current.values) and (any(map(_may_be_title, loose)) or _first_piece(loose) is not None)
        if is_gap:
            self.order.gaps += 1
            self.order.ends += again
        if is_gap or label in self.order.run:
            self.order.run = []
        self.order.add(label)
        if again or not is_gap:
            return again
        last = current.values[-1].label or current.values[-1].printed
        return self._known.goes_back(last, label) or self._known.ends_at_gaps()

    def _close(self, *, above_next: bool = False) -> None:
        """End the entry; a loose line that begins in lower case still belongs to its last value.

        The last one that may be a title does not, where it stands right above a label of the next entry.
        """
        current, self._current = self._current, None
        if current and any(value.label for value in current.values):
            while self._loose and self._goes_on:
                line = self._loose[0]
                goes_on = line.text[:1].islower() or (
                    line.kind == "list_item" and not _ENUMERATOR.match(line.text)
                )
                is_name = above_next and len(self._loose) == 1 and _is_short(line)
                if (is_name or not goes_on) and current.values[-1].text:
                    break
                current.extend(self._loose.pop(0))
            self._entries.append(current)
        self._goes_on, self._last = True, None
        self._columns, self._level = {}, 0

    def _box(self, table: Sequence[Line]) -> None:
        """Rows of labels, each above the row of its values."""
        labels: dict[str, str] = {}
        for line in table:
            places = line.columns or tuple(map(str, range(len(line.cells))))
            if line.kind == "table_header":
                places = line.cells
            if all(map(self._labels.key, line.cells)):
                labels = dict(zip(places, map(self._labels.key, line.cells), strict=True))
            elif labels:
                for place, cell in zip(places, line.cells, strict=True):
                    if place in labels:
                        self._value(labels[place], cell, line)
                labels = {}
            else:
                self._loose.append(line)

    def _is_wide(self, line: Line) -> bool:
        """Whether it is a row of a table whose columns are labels."""
        head = self._head or line.columns
        known = sum(bool(self._labels.key(name)) for name in head)
        fits = len(line.cells) == len(line.columns) and len(line.cells) > 1 and line.kind == "table_row"
        return fits and (known > 2 or 1 < known < len(head) - 1)

    def _wide_row(self, line: Line) -> bool:
        """A row of a table whose columns are labels is an entry."""
        if not self._is_wide(line):
            return False
        labels = [self._labels.key(name) for name in line.columns]
        head = self._head or line.columns
        if labels[0] and "title" not in map(self._labels.key, head) and self._row_below_title(line, labels):
            return True
        named = labels.index("title") if "title" in labels else _naming_column(labels, line.cells)
        if not line.cells[named].strip():  # a row that goes on over a page break
            if self._entries:
                last = self._entries[-1]
                for label, cell in zip(labels, line.cells, strict=True):
                    if label and cell.strip() and not last.has(label):
                        last.add(label, cell, line.page)
            return True
        self._close()
        self._loose = []
        entry = Entry(line.cells[named], line.page, _places(self._headings), begin=line.number)
        entry.pieces = tuple(pieces_in_cells(line)[named])
        for number, (label, cell) in enumerate(zip(labels, line.cells, strict=True)):
            if label and number != named and cell.strip():
                entry.add(label, cell, line.page)
        self._carry_down(entry, line, line.columns[named])
        self._entries.append(entry)
        return True

    def _row_below_title(self, line: Line, labels: Sequence[str]) -> bool:
        """A row whose title stands in a row of its own above, merged over all columns."""
        title = self._loose[-1] if self._loose else None
        if title is None or len(title.text) > LONGEST_TITLE or title.number != line.number - 1:
            return False
        self._close()
        self._loose = []
        entry = Entry(title.text, title.page, _places(self._headings), begin=line.number)
        for label, cell in zip(labels, line.cells, strict=True):
            if label:
                entry.add(label, cell, line.page)
        self._entries.append(entry)
        return True

    def _carry_down(self, entry: Entry, line: Line, naming: str) -> None:
        """Give the entry what merged cells to the left of its title say, which stand in a row above."""
        for name in self._head[: self._head.index(naming)] if naming in self._head else ():
            key = self._labels.key(name)
            if name in line.columns:
                self._above[name] = next((each for each in entry.values if each.label == key), None)
            elif (above := self._above.get(name)) is not None:
                entry.values.append(above)

    def _tall_row(self, line: Line) -> bool:
        """A row of a table with a column for each entry gives each of them a value."""
        if not line.columns or line.columns[0]:
            named = self._columns and set(line.columns) <= set(self._columns)
            named = named and len(set(line.columns)) == len(line.cells)
            if named and len(line.cells) > 1 and not any(map(self._labels.key, line.cells)):
                self._begin_columns(line, line.columns, line.cells)
            return bool(named)
        if len(line.columns) != len(line.cells) or len(line.cells) < 2 or not any(line.columns):
            return False
        label = self._labels.key(line.cells[0])
        if not set(line.columns[1:]) <= set(self._columns):
            self._begin_columns(line, line.columns[1:], line.columns[1:])
        for column, cell in zip(line.columns[1:], line.cells[1:], strict=True):
            if label:
                self._columns[column].add(label, cell, line.page)
            else:
                self._columns[column].add_unknown(line.cells[0], cell, line.page)
        return True

    def _begin_columns(self, line: Line, columns: Sequence[str], titles: Sequence[str]) -> None:
        self._close()
        self._loose = []
        entries = [Entry(title, line.page, _places(self._headings), begin=line.number) for title in titles]
        self._columns = dict(zip(columns, entries, strict=True))
        self._entries += entries


def _may_be_title(line: Line) -> bool:
    is_item = line.kind == "list_item" and not _ENUMERATOR.match(line.text)
    return _is_short(line) and not line.text[:1].islower() and not is_item


def _is_short(line: Line) -> bool:
    return len(line.text) <= LONGEST_TITLE and not _SENTENCE_END.search(line.text)


def _is_text_of_its_own(line: Line, value: str) -> bool:
    """Whether whole sentences begin on a line below a value that is none."""
    is_text = line.text[:1].isupper() and line.text.endswith((".", "!", "?"))
    is_text = is_text and len(line.text.split()) >= FEWEST_WORDS and line.kind == "paragraph"
    return is_text and not value.endswith((".", "!", "?", ",", ";", ":"))


def _is_below(line: Line) -> bool:
    """Whether a row has nothing in the first column."""
    return bool(line.places) and line.places[0] > 0


def _columns_of(table: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    return (line.columns for line in table)


def _first_piece(lines: Sequence[Line]) -> Line | None:
    """The first printed lines of text that begins with what may be a title: the next begins with a capital.

    Where lines are broken before the next word has no room, a title of more than one line ends there.
    """
    for line in lines:
        pieces = pieces_of(line)
        ends = [at for at in range(1, len(pieces)) if pieces[at][:1].isupper()]
        width = max(map(len, pieces), default=0)
        on_purpose = [
            at for at in ends if len(pieces[at - 1]) + 1 + len(pieces[at].split()[0]) <= FULL * width
        ]
        for at in (*on_purpose, *ends)[:1]:
            piece = replace(line, text=" ".join(pieces[:at]), seams=())
            if _may_be_title(piece):
                return piece
    return None


def _without_label(heading: str) -> str:
    """ "Welder" of the heading "Occupation: Welder"."""
    match = SEPARATED.match(heading)
    return match["value"] if match and match["value"] and label_of(match["label"]) == "title" else heading


def _naming_column(labels: Sequence[str], cells: Sequence[str]) -> int:
    """The first of the columns to the left whose label nobody knows and that holds words, else the first."""
    for number, (label, cell) in enumerate(zip(labels[:NAMING], cells, strict=False)):
        if not label and sum(map(str.isalpha, cell)) > 1:
            return number
    return 0


def _places(headings: Sequence[Line]) -> tuple[tuple[str, int], ...]:
    return tuple((each.text, each.page) for each in headings)
