"""Finds the entries of a document: runs of labelled values under a title, whatever the layout.

These layouts are read, in any language of `labels.yaml`: "Label: value", one to a line or several in a
paragraph, the label on a line or a heading of its own, in bold, or with dots or a dash after it; tables of
labels and values side by side; tables with one row per entry, with one column per entry, and with each row of
labels above its row of values. An entry goes on over a page break and a repeated heading; it ends at the next
heading, or where a label comes again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from assistant.documents import Block, ExtractedDocument, Page
from assistant.retrieval.text import fold

LONGEST_TITLE = 200  # characters; a longer line is text
LONGEST_LABEL = 45
NO_TITLE = "no_title"
SHORTEST_RUN = 3  # lines in a row that begin with a label, for a label without any mark to count
CONTINUATION_LINES = 4  # unlabelled lines after a value that still belong to it

LONGEST_LABEL_WORDS = 6

_SEPARATED = re.compile(r"^(?P<label>[^:：]{2,45}?)\s*[:：](?:\s+(?P<value>.*)|(?P<none>))$", re.DOTALL)
_DASHED = re.compile(r"^(?P<label>\S.{1,44}?)\s+[–—-]\s+(?P<value>.+)$", re.DOTALL)
_DOTTED = re.compile(r"^(?P<label>[^.…·_]{2,45}?)\s*(?:[.…·_]\s?){3,}\s*(?P<value>.+)$", re.DOTALL)
_WORD = re.compile(r"[^\s|·•;]\S*")
_COLON = re.compile(r"\s*[:：](?=\s|$)")
_DASH = re.compile(r"\s+[–—-](?=\s)")
_NEXT_STRANGE = re.compile(r"\s+[|·•]\s+[^:]{2,45}:\s.*$", re.DOTALL)
_NOTHING = re.compile(r"[-–—/.…\s]*|n\.?\s?/?a\.?|k\.\s?a\.", re.IGNORECASE)
_BETWEEN_VALUES = " |·•;"
_ENUMERATOR = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+)\s+(?=\S)")
_CONTINUED = re.compile(
    r"\s*[(\[](?:continued|cont\.?|Fortsetzung|suite|continuación|segue|cd\.|vervolg)[)\]]$", re.I
)
_SENTENCE_END = re.compile(r"[.!?:;]$")


@dataclass(frozen=True, slots=True)
class Value:
    """One labelled value."""

    label: str
    """Key of `labels.yaml`."""
    text: str
    """All of it, white space folded."""
    page: int
    on_page: str
    """The part that stands on `page`; all of it unless the value runs on over a page break."""


@dataclass(slots=True)
class Entry:
    """A title and the values under it, in reading order."""

    title: str
    page: int
    headings: tuple[tuple[str, int], ...] = ()
    """(text, page) of the headings above, outermost first."""
    values: list[Value] = field(default_factory=list)
    strange: int = 0
    """Lines that look labelled, by a label that nobody knows."""

    def has(self, label: str) -> bool:
        """Whether there is a value with this label."""
        return any(value.label == label for value in self.values)

    def add(self, label: str, text: str, page: int) -> None:
        """Append a value; a dash for a value is none."""
        text = "" if _NOTHING.fullmatch(text) else text
        self.values.append(Value(label, text, page, text))

    def extend(self, text: str, page: int) -> None:
        """Lengthen the last value by a line that goes on with it."""
        last = self.values[-1]
        if not last.text:
            self.values[-1] = Value(last.label, text, page, text)
            return
        on_page = f"{last.on_page} {text}" if page == last.page else last.on_page
        self.values[-1] = Value(last.label, f"{last.text} {text}", last.page, on_page)


@dataclass(frozen=True, slots=True)
class _Line:
    """A block; white space is folded in `text` and `cells`."""

    kind: str
    level: int
    text: str
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    page: int
    in_run: bool = False
    """Whether it is one of several lines in a row that each begin with another label."""


def entries_of(extracted: ExtractedDocument) -> list[Entry]:
    """The entries in reading order; those with few values too, which the caller judges."""
    return _without_enumerators(_Reader().read(_tables(_in_runs(_lines(extracted.pages)))))


def label_of(text: str) -> str:
    """The key of a label, or ""."""
    if len(text) > LONGEST_LABEL:
        return ""
    return _labels().get(fold(text).strip(" :：*.").strip(), "")


class _Reader:
    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._current: Entry | None = None
        self._headings: list[_Line] = []
        self._loose: list[_Line] = []
        """Unlabelled lines since the last value or heading: its continuation, or the next entry's title."""
        self._goes_on = True
        """Whether loose lines may belong to the last value: no strange label came between."""
        self._columns: dict[str, Entry] = {}
        """Entries of a table that has one column for each, by the names of the columns."""
        self._level = 0
        """Level of the headings that are labels in the current entry; 0 when it has none."""

    def read(self, groups: Iterator[list[_Line]]) -> list[Entry]:
        """`groups` are single lines and whole tables."""
        for group in groups:
            if _labels_above_values(group):
                self._box(group)
                continue
            for line in group:
                if line.kind == "heading":
                    self._heading(line)
                elif line.kind != "table_header" and not self._wide_row(line) and not self._tall_row(line):
                    self._line(line)
        self._close()
        return self._entries

    def _heading(self, line: _Line) -> None:
        title = _CONTINUED.sub("", line.text)
        if self._current:
            if fold(title) == fold(self._current.title):
                return
            if line.level == self._level and not label_of(line.text):
                self._current.strange += 1
                self._goes_on = False
                return
        label = label_of(line.text)
        if label not in ("", NO_TITLE, "title") and self._headings and self._deeper(line):
            self._value(label, "", line)
            self._level = line.level
            return
        self._close()
        self._headings = [each for each in self._headings if each.level < line.level] + [line]

    def _deeper(self, line: _Line) -> bool:
        return line.level > self._headings[-1].level

    def _line(self, line: _Line) -> None:
        inside = bool(self._current and self._current.values and not self._loose)
        pairs = list(_pairs(line, inside=inside or line.in_run))
        if len(line.cells) != 2 and pairs and (before := line.text[: _first_label(line.text)].strip()):
            self._line(replace(line, text=before))
        if not pairs:
            unknown = _SEPARATED.match(line.text) and not line.text.startswith("http")
            if self._current and (unknown or len(line.cells) == 2):
                self._current.strange += 1
                self._goes_on = False
            if len(line.cells) != 2:
                self._loose.append(line)
        for label, value in pairs:
            self._value(label, value, line)

    def _value(self, label: str, text: str, line: _Line) -> None:
        current = self._current
        if current and (current.has(label) or (label == "title" and current.values)):
            self._close(keep=self._loose[-1:])
            current = None
        if current is None:
            current = self._begin(line, text if label == "title" else "")
        elif current.values and self._goes_on and 0 < len(self._loose) <= CONTINUATION_LINES:
            for each in self._loose:
                current.extend(each.text, each.page)
        self._loose, self._goes_on = [], True
        if label != "title":
            current.add(label, text, line.page)
        elif not current.title:
            current.title, current.page = text, line.page

    def _begin(self, line: _Line, title: str) -> Entry:
        """A new entry, named by its own title, else by the line above it, else by the heading above it."""
        above = self._loose[-1] if self._loose else None
        headings = list(self._headings)
        page = line.page
        if not title and above and len(above.text) <= LONGEST_TITLE and not _SENTENCE_END.search(above.text):
            title, page = above.text, above.page
        while not title and headings:
            last = headings.pop()
            if label_of(last.text) != NO_TITLE:
                title, page = last.text, last.page
        self._current = Entry(title, page, _places(headings))
        return self._current

    def _close(self, keep: Sequence[_Line] = ()) -> None:
        """End the entry; a loose line that begins in lower case still belongs to its last value."""
        current, self._current = self._current, None
        if current and current.values:
            loose = self._loose[: len(self._loose) - len(keep)]
            for line in loose[:CONTINUATION_LINES] if self._goes_on else ():
                if not current.values[-1].text or line.text[:1].islower():
                    current.extend(line.text, line.page)
                else:
                    break
            self._entries.append(current)
        self._loose, self._goes_on = list(keep), True
        self._columns, self._level = {}, 0

    def _box(self, table: Sequence[_Line]) -> None:
        """Rows of labels, each above the row of its values."""
        labels: dict[str, str] = {}
        for line in table:
            places = line.columns or tuple(map(str, range(len(line.cells))))
            if line.kind == "table_header":
                places = line.cells
            if all(map(label_of, line.cells)):
                labels = dict(zip(places, map(label_of, line.cells), strict=True))
            elif labels:
                for place, cell in zip(places, line.cells, strict=True):
                    if place in labels:
                        self._value(labels[place], cell, line)
                labels = {}
            else:
                self._loose.append(line)

    def _wide_row(self, line: _Line) -> bool:
        """A row of a table whose columns are labels is an entry."""
        labels = [label_of(name) for name in line.columns]
        if len(line.cells) != len(labels) or sum(map(bool, labels)) < 3 or len(line.cells) < 3:
            return False
        named = labels.index("title") if "title" in labels else _naming_column(labels, line.cells)
        if not line.cells[named].strip():  # a row that goes on over a page break
            if self._entries:
                last = self._entries[-1]
                for label, cell in zip(labels, line.cells, strict=True):
                    if label and cell.strip() and not last.has(label):
                        last.add(label, cell, line.page)
            return True
        self._close()
        entry = Entry(line.cells[named], line.page, _places(self._headings))
        for number, (label, cell) in enumerate(zip(labels, line.cells, strict=True)):
            if label and number != named and cell.strip():
                entry.add(label, cell, line.page)
        self._entries.append(entry)
        return True

    def _tall_row(self, line: _Line) -> bool:
        """A row of a table with a column for each entry gives each of them a value."""
        if not line.columns or line.columns[0]:
            named = self._columns and set(line.columns) <= set(self._columns)
            if named and len(line.cells) > 1 and not any(map(label_of, line.cells)):
                self._begin_columns(line, line.columns, line.cells)
            return bool(named)
        label = label_of(line.cells[0])
        if not label or len(line.columns) != len(line.cells) or len(line.cells) < 2:
            return False
        if not set(line.columns[1:]) <= set(self._columns):
            self._begin_columns(line, line.columns[1:], line.columns[1:])
        for column, cell in zip(line.columns[1:], line.cells[1:], strict=True):
            self._columns[column].add(label, cell, line.page)
        return True

    def _begin_columns(self, line: _Line, columns: Sequence[str], titles: Sequence[str]) -> None:
        self._close()
        entries = [Entry(title, line.page, _places(self._headings)) for title in titles]
        self._columns = dict(zip(columns, entries, strict=True))
        self._entries += entries


def _naming_column(labels: Sequence[str], cells: Sequence[str]) -> int:
    """The first column, unless it holds numbers and one without a label that is known follows it."""
    for number, (label, cell) in enumerate(zip(labels, cells, strict=True)):
        if label:
            break
        if sum(map(str.isalpha, cell)) > 1:
            return number
    return 0


def _places(headings: Sequence[_Line]) -> tuple[tuple[str, int], ...]:
    return tuple((each.text, each.page) for each in headings)


def _pairs(line: _Line, *, inside: bool) -> Iterator[tuple[str, str]]:
    """(label, value) pairs of a line; `inside` an entry, weaker signs of a label will do."""
    if len(line.cells) in (2, 4, 6):
        labels = [label_of(cell) for cell in line.cells[::2]]
        if all(labels) and not any(map(label_of, line.cells[1::2])):
            yield from zip(labels, line.cells[1::2], strict=True)
        if len(line.cells) == 2 or all(labels):
            return
    found = list(_labelled(line.text, _COLON))
    if not found:
        dashed = list(_labelled(line.text, _DASH))
        found = dashed if len(dashed) >= SHORTEST_RUN else []
    if found:
        if len(found) > 1 or not found[0].start:
            ends = [each.start for each in found[1:]] + [len(line.text)]
            for each, end in zip(found, ends, strict=True):
                value = _NEXT_STRANGE.sub("", line.text[each.end : end])
                yield each.label, value.strip(_BETWEEN_VALUES)
        return
    match = _DOTTED.match(line.text) or (_DASHED.match(line.text) if inside else None)
    if match and (label := label_of(match["label"])):
        yield label, match["value"]
    elif inside and (label := label_of(line.text)) and line.text[:1].isupper():
        yield label, ""
    elif inside and (pair := _leading_label(line.text, before_small=line.in_run)):
        yield pair


@dataclass(frozen=True, slots=True)
class _Label:
    """A label and its colon in a line: [start, end) and its key."""

    start: int
    end: int
    label: str


def _labelled(text: str, mark: re.Pattern[str]) -> Iterator[_Label]:
    """Each label that a mark follows, once; inside a line it has to begin with a capital letter."""
    begin, known = 0, set[str]()
    for colon in mark.finditer(text):
        words = list(_WORD.finditer(text, begin, colon.start()))
        for word in words[-LONGEST_LABEL_WORDS:]:
            start = word.start()
            label = label_of(text[start : colon.start()])
            if label and label not in known and (not start or text[start].isupper()):
                yield _Label(start, colon.end(), label)
                known.add(label)
                begin = colon.end()
                break


def _first_label(text: str) -> int:
    """Where the first label with a colon begins, 0 when there is none."""
    return next((each.start for each in _labelled(text, _COLON)), 0)


def _leading_label(text: str, *, before_small: bool) -> tuple[str, str] | None:
    """A label that a value follows without any mark; `before_small` letters only where that is certain."""
    words = text.split()
    for length in range(min(4, len(words) - 1), 0, -1):
        head = " ".join(words[:length])
        small = words[length][:1].islower() and not before_small
        if words[0][:1].isupper() and not small and (label := label_of(head)):
            return label, " ".join(words[length:])
    return None


def _in_runs(lines: Iterator[_Line]) -> Iterator[_Line]:
    """The lines, those marked that stand in a run of lines with a label at the beginning of each."""
    run: list[_Line] = []
    labels = set[str]()
    for line in lines:
        found = _leading_label(line.text, before_small=True) if not line.cells else None
        if line.kind == "heading" or len(line.text) > LONGEST_TITLE or not found or found[0] in labels:
            yield from _marked(run)
            run, labels = [], set()
        if line.kind != "heading" and found:
            run.append(line)
            labels.add(found[0])
        else:
            yield line
    yield from _marked(run)


def _marked(run: Sequence[_Line]) -> Sequence[_Line]:
    return run if len(run) < SHORTEST_RUN else [replace(line, in_run=True) for line in run]


def _tables(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """The lines of one table together, any other alone."""
    table: list[_Line] = []
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


def _labels_above_values(table: Sequence[_Line]) -> bool:
    """Whether rows of labels and rows of values take turns."""
    full = [all(map(label_of, line.cells)) for line in table if len(line.cells) > 1]
    return len(full) > 1 and full == [True, False] * (len(full) // 2)


def _without_enumerators(entries: list[Entry]) -> list[Entry]:
    """The entries with "12." cut off their titles, where most of them are numbered."""
    numbered = [entry for entry in entries if _ENUMERATOR.match(entry.title)]
    if len(numbered) > max(2, len(entries) / 2):
        for entry in numbered:
            entry.title = _ENUMERATOR.sub("", entry.title)
    return entries


def _lines(pages: Sequence[Page]) -> Iterator[_Line]:
    for page in pages:
        for block in page.blocks:
            if page.slice(block.span).strip():
                yield _line(page, block)


def _line(page: Page, block: Block) -> _Line:
    text = " ".join(page.slice(block.span).split())
    cells = tuple(" ".join(page.slice(span).split()) for span in block.cells)
    return _Line(block.kind, block.level, text, cells, block.columns, page.number)


@cache
def _labels() -> dict[str, str]:
    import yaml

    found = yaml.safe_load((files("assistant.records") / "labels.yaml").read_text("utf-8"))
    return {fold(form): key for key, forms in found.items() for form in map(str, forms)}
