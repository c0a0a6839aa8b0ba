"""From fragments to blocks: headings, paragraphs, list items, captions and table rows.

The order is the reader's order of the text, which for nearly all PDFs is the order of reading, two columns
included. Each block is one contiguous slice of the reader's text, cleaned. What a heading looks like is
learnt from the document: body text is the size most characters have, heading styles are larger or bolder
ones that never carry running text, and the outline (bookmarks) settles their levels.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from assistant.documents import Block, BlockKind, Page
from assistant.ingest.cleaning import Hyphenation, clean, running_fragments, with_seams, without_seams
from assistant.ingest.fragments import RawPage
from assistant.ingest.tables import Row, Table, find_tables

_BULLET = re.compile(
    r"^(?:[•●▪■◦‣⁃∙·○◆◇►▶➢➤✓✔❖□–—*\x7f\u02da\u030a\uf000-\uf0ff]|-(?=\s)|o(?=\s+[A-ZÀ-ÝΑ-ΩА-Я]))\s*(?=\S)"
)
_BARE_BULLET = re.compile(r"^[•●▪■◦‣⁃∙·○◆◇►▶➢➤✓✔❖□–—*\x7f\u02da\u030a\uf000-\uf0ff-]$")
_NUMBERED = re.compile(r"^(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,5})[.)]|\(?[A-Z]\))\s+\S")
_CAPTION = re.compile(
    r"^(?i:figure|fig\.|table|box|chart|graph|abbildung|abb\.|tabelle|tableau|figura|tabella|tabla|quadro|tabela|"
    r"rysunek|wykres|obrázek|tabulka|tabuľka|slika|tablica|figur|tabel|kuva|taulukko|ábra|táblázat|σχήμα|πίνακας|"
    r"εικόνα|фигура|таблица)\s+(?:[A-Z]\.?)?[\divx]+(?:\.\d+)*(?:\s*[.:–—-]\s|\s+[A-ZÀ-ÞΑ-ΩА-Я]|$)"
)
_LEADER = re.compile(r"(?:\s*[.·…_]){4,}\s*(?:\d{1,4}|[ivxlc]{1,6})?$")
_LEADS = re.compile(r"\w\s*(?:[.·…_]\s?){4,}\s*[^\s.·…_]")
_LABEL = re.compile(r"^[^\W\d_][^.:;|]{1,30}(?::(?:\s|$)|\s[|▸►▶▷→⇒»›]\s)")
CLOSEST = 0.15  # share of lines that may stand closer than those of a paragraph do
FARTHEST = 1.3  # font sizes from line to line within paragraphs, where no line shows it
FEWEST_SURE = 3  # lines that surely go on, for their distance to be the usual one

_SENTENCE_END = (".", "!", "?", ":", ";", "”", "…")

Style = tuple[float, bool]
"""Font size in steps of half a point, and whether it is bold."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One bookmark: its title, the page it leads to (from 1) and its depth from 1."""

    title: str
    page_number: int
    level: int


@dataclass(slots=True)
class _Line:
    """Fragments [start, end) on one baseline."""

    start: int
    end: int
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    text: str
    orientation: int
    begins_bold: bool
    """Whether a bold word or more stands before text that is not bold."""

    @property
    def style(self) -> Style:
        return round(self.size * 2) / 2, self.bold


@dataclass(slots=True)
class _Group:
    """Lines that make one block."""

    lines: list[_Line]
    text: str = ""
    seams: tuple[int, ...] = ()

    @property
    def style(self) -> Style:
        return self.lines[0].style


@dataclass(slots=True)
class _Sketch:
    """A page on its way: raw page, running fragments, tables, and groups or tables in order."""

    raw: RawPage
    running: set[int]
    tables: list[Table] = field(default_factory=list)
    parts: list[_Group | Table] = field(default_factory=list)


def build_pages(raw_pages: Sequence[RawPage], outline: Sequence[OutlineEntry] = ()) -> tuple[Page, ...]:
    """Pages with blocks, from what a reader found."""
    hyphenation = Hyphenation(page.text for page in raw_pages)
    sketches = [
        _Sketch(page, running) for page, running in zip(raw_pages, running_fragments(raw_pages), strict=True)
    ]
    leading = _Leading(raw_pages)
    for sketch in sketches:
        sketch.tables = find_tables(sketch.raw.fragments, sketch.running)
        sketch.parts = _parts(sketch, leading)
        for part in sketch.parts:
            if isinstance(part, _Group):
                part.text, part.seams = _block_text(sketch.raw, part, hyphenation)
    headings = _HeadingStyles(sketches, outline)
    return tuple(_finish(sketches, headings, hyphenation))


class _Leading:
    """Usual distance of two lines of one paragraph, in font sizes, for each font size.

    It is measured where the lower line begins with a small letter, so that it surely goes on. Where too few
    do, it is the distance than which few lines are closer, but not so far that it must be that of paragraphs:
    a list of facts may have no paragraph of two lines at all.
    """

    def __init__(self, pages: Sequence[RawPage]) -> None:
        ratios: dict[int, list[float]] = defaultdict(list)
        sure: dict[int, list[float]] = defaultdict(list)
        for page in pages:
            for above, below in zip(page.fragments, page.fragments[1:], strict=False):
                drop = above.y - below.y
                alike = abs(above.size - below.size) < 0.3 and abs(above.x0 - below.x0) < 2
                if alike and 0.8 * below.size < drop < 2.2 * below.size:
                    ratios[round(below.size)].append(drop / below.size)
                    if below.text[:1].islower():
                        sure[round(below.size)].append(drop / below.size)
        every = [ratio for of_size in ratios.values() for ratio in of_size]
        going_on = [ratio for of_size in sure.values() for ratio in of_size]
        self._usual = _closest(every) if every else 1.2
        if len(going_on) >= FEWEST_SURE:
            self._usual = median(going_on)
        self._of_size = {size: _closest(known) for size, known in ratios.items() if len(known) >= 10}
        self._of_size |= {size: median(known) for size, known in sure.items() if len(known) >= FEWEST_SURE}

    def limit(self, size: float, *, flows: bool) -> float:
        """Largest distance of two lines in one block, in points; `flows` when the sentence goes on."""
        usual = self._of_size.get(round(size), self._usual)
        if flows or round(size) not in self._of_size:
            return size * max(1.35 * usual, 1.6)
        return size * max(1.15 * usual, 1.25)


def _closest(ratios: Sequence[float]) -> float:
    return min(sorted(ratios)[int(CLOSEST * len(ratios))], FARTHEST)


def _parts(sketch: _Sketch, leading: _Leading) -> list[_Group | Table]:
    parts: list[_Group | Table] = []
    tables = {table.start: table for table in sketch.tables}
    index, fragments = 0, sketch.raw.fragments
    group: _Group | None = None
    while index < len(fragments):
        if index in tables:
            parts.append(tables[index])
            index, group = tables[index].end, None
            continue
        if index in sketch.running:
            index, group = index + 1, None
            continue
        line = _line(sketch, index, tables)
        if group is not None and _joins(group, line, leading):
            group.lines.append(line)
        else:
            group = _Group([line])
            parts.append(group)
        index = line.end
    return parts


def _line(sketch: _Sketch, start: int, tables: dict[int, Table]) -> _Line:
    """The fragments from here that stand to the right of one another on one baseline."""
    fragments = sketch.raw.fragments
    first = fragments[start]
    end, x1 = start + 1, first.x1
    while end < len(fragments) and end not in sketch.running and end not in tables:
        following = fragments[end]
        if (
            following.orientation != first.orientation
            or abs(following.y - first.y) > 0.5 * max(first.size, following.size)
            or following.x0 < x1 - 0.6 * following.size
        ):
            break
        x1, end = max(x1, following.x1), end + 1
    members = fragments[start:end]
    longest = max(members, key=lambda fragment: len(fragment.text))
    return _Line(
        start=start,
        end=end,
        x0=first.x0,
        x1=x1,
        y=longest.y,
        size=longest.size,
        bold=all(fragment.bold for fragment in members),
        text=sketch.raw.text[members[0].start : members[-1].end],
        orientation=first.orientation,
        begins_bold=first.starts_bold and not all(fragment.bold for fragment in members),
    )


def _joins(group: _Group, line: _Line, leading: _Leading) -> bool:
    """Whether the line continues the block that the group has begun."""
    first, last = group.lines[0], group.lines[-1]
    if line.orientation != last.orientation or _starts_item(line.text) or _CAPTION.match(line.text):
        return False
    if _LEADS.search(line.text) or (first.begins_bold and line.begins_bold and line.text[:1].isupper()):
        return False
    if _LEADER.search(last.text) or abs(line.size - last.size) > 0.1 * last.size:
        return _BARE_BULLET.match(first.text.strip()) is not None and abs(line.y - last.y) < 0.6 * line.size
    if line.bold != last.bold and (first.bold or line.bold) and len({part.bold for part in group.lines}) == 1:
        if first.bold and len(group.lines) == 1 and not _starts_item(first.text):
            return False
        if line.bold and last.text.rstrip().endswith(_SENTENCE_END):
            return False
    drop = last.y - line.y
    size = line.size
    open_end = not last.text.rstrip().endswith(_SENTENCE_END)
    flows = open_end and (line.text[:1].islower() or _CAPTION.match(first.text) is not None)
    if drop < 0:  # the next column, or a text frame elsewhere
        return flows and not line.bold and drop < -3 * size
    if drop > leading.limit(size, flows=flows) or drop < 0.3 * size:
        return False
    return _same_paragraph(group, line)


def _same_paragraph(group: _Group, line: _Line) -> bool:
    first, last = group.lines[0], group.lines[-1]
    size = line.size
    centred = abs((last.x0 + last.x1) - (line.x0 + line.x1)) < 4
    if line.x1 < last.x0 or line.x0 > last.x1:
        return False
    if _starts_item(first.text):
        hangs = line.x0 > first.x0 + 2
        return hangs or line.text[:1].islower() or (first.bold and line.bold)
    after_end = last.text.rstrip().endswith(_SENTENCE_END)
    if line.x0 - last.x0 > 0.8 * size and not centred and after_end and line.text[:1].isupper():
        return False  # a first line's indent
    if _is_labelled(line.text) and _is_labelled(first.text):
        return False
    if (after_end and not line.text[:1].islower()) or _is_labelled(line.text):
        width = (line.x1 - line.x0) / max(1, len(line.text)) * (len(line.text.split()[0]) + 1)
        right = max([line.x1] + [part.x1 for part in group.lines])
        return last.x1 + width > right  # the next word had no room left
    return True


def _is_labelled(text: str) -> bool:
    """ "Duration: two years", "Duration | two years"."""
    return text[:1].isupper() and _LABEL.match(text) is not None


def _starts_item(text: str) -> bool:
    text = text.strip()
    return bool(_BULLET.match(text) or _NUMBERED.match(text) or _BARE_BULLET.match(text))


def _block_text(raw: RawPage, group: _Group, hyphenation: Hyphenation) -> tuple[str, tuple[int, ...]]:
    """The text of a block and its seams."""
    text = _cleaned(raw, group.lines[0].start, group.lines[-1].end, hyphenation)
    text = _LEADER.sub("", text)
    return without_seams(_BULLET.sub("", text) if len(text) > 1 else text)


def _cleaned(raw: RawPage, first: int, end: int, hyphenation: Hyphenation) -> str:
    """The clean text of the fragments [first, end), with its seams."""
    fragments = raw.fragments[first:end]
    start = fragments[0].start
    places = [place - start for each in fragments for place in (each.start, *each.turns)]
    return clean(with_seams(raw.text[start : fragments[-1].end], places), hyphenation)


class _HeadingStyles:
    """Which styles are headings, and their levels."""

    def __init__(self, sketches: Sequence[_Sketch], outline: Sequence[OutlineEntry]) -> None:
        self.outline = {(entry.page_number, _fold(entry.title)): entry.level for entry in outline}
        self.body = _body_style(sketches)
        groups: dict[Style, list[_Group]] = defaultdict(list)
        marked: dict[Style, list[int]] = defaultdict(list)
        for sketch in sketches:
            for part in sketch.parts:
                if isinstance(part, _Group):
                    groups[part.style].append(part)
                    level = self.outline.get((sketch.raw.number, _fold(part.text)))
                    if level:
                        marked[part.style].append(level)
        styles = [style for style in groups if self._stands_out(style) and not _carries_prose(groups[style])]
        self.levels = self._ranks(styles, marked)

    def _stands_out(self, style: Style) -> bool:
        size, bold = style
        body_size, body_bold = self.body
        if size >= max(1.13 * body_size, body_size + 1):
            return True
        return bold and not body_bold and size >= 0.95 * body_size

    def _ranks(self, styles: list[Style], marked: dict[Style, list[int]]) -> dict[Style, int]:
        levels: dict[Style, int] = {}
        rank, last = 0, None
        for style in sorted(styles, key=lambda style: (-style[0], not style[1])):
            if last is None or last[0] - style[0] > 0.6 or last[1] != style[1]:
                rank += 1
            last = style
            levels[style] = min(rank, 6)
            if marked.get(style):
                rank = levels[style] = min(6, round(median(marked[style])))
        return levels

    def level(self, page_number: int, group: _Group, *, outline_only: bool) -> int:
        """Level of the group as a heading, 0 when it is none."""
        text = group.text
        if sum(map(str.isalpha, text)) < 2 or len(text) > 250 or text.startswith("["):
            return 0
        marked = self.outline.get((page_number, _fold(text)))
        if marked:
            return min(marked, 6)
        level = self.levels.get(group.style, 0)
        if not level or outline_only or len(group.lines) > 4:
            return 0
        if group.style[0] < self.body[0] + 1 and (len(text) > 140 or text.endswith((".", ",", ";", ":"))):
            return 0
        return level


def _body_style(sketches: Sequence[_Sketch]) -> Style:
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    for sketch in sketches:
        for part in sketch.parts:
            if isinstance(part, _Group):
                for line in part.lines:
                    sizes[line.style[0]] += len(line.text)
                    bold[line.bold] += len(line.text)
    if not sizes:
        return 10.0, False
    return max(sizes, key=lambda size: (sizes[size], -size)), bold[True] > bold[False]


def _carries_prose(groups: list[_Group]) -> bool:
    """Whether a style is used for running text: then it marks no headings, however large it is."""
    prose = sum(
        len(group.text) > 160 or (len(group.text) > 60 and group.text.endswith((".", ";")))
        for group in groups
    )
    return prose > 0.25 * len(groups)


def _is_contents(sketch: _Sketch) -> bool:
    """Whether the page is a table of contents: its entries look like headings but lead elsewhere."""
    groups = [part for part in sketch.parts if isinstance(part, _Group)]
    leaders = sum(_LEADER.search(group.lines[-1].text) is not None for group in groups)
    return leaders >= 4 and leaders > 0.3 * len(groups)


def _fold(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _finish(sketches: Sequence[_Sketch], headings: _HeadingStyles, hyphenation: Hyphenation) -> list[Page]:
    pages: list[Page] = []
    header: _Header | None = None
    for sketch in sketches:
        builder = _PageBuilder(sketch.raw)
        is_contents = _is_contents(sketch)
        for part in _late_headings_first(sketch, headings):
            if isinstance(part, Table):
                header = builder.add_table(part, hyphenation, header)
                continue
            text = part.text
            if not text or (builder.texts and text == builder.texts[-1]):
                continue  # nothing, or drawn twice for effect
            level = headings.level(sketch.raw.number, part, outline_only=is_contents)
            raw_start = part.lines[0].text
            if _CAPTION.match(text) and len(text) < 400:
                builder.add("caption", text, seams=part.seams)
            elif level and not _BULLET.match(raw_start.strip()):
                builder.add("heading", text, level=level, seams=part.seams)
                header = None
            elif _starts_item(raw_start):
                builder.add("list_item", text, seams=part.seams)
            else:
                builder.add("paragraph", text, seams=part.seams)
        pages.append(builder.page())
    return pages


def _late_headings_first(sketch: _Sketch, headings: _HeadingStyles) -> list[_Group | Table]:
    """The parts, with headings that are drawn late but stand above all that is drawn before them moved up."""
    parts: list[_Group | Table] = []
    top, left = float("-inf"), float("inf")
    late = 0
    for part in sketch.parts:
        fragments = sketch.raw.fragments[_range(part)]
        highest, start = max(fragment.y for fragment in fragments), min(fragment.x0 for fragment in fragments)
        is_heading = isinstance(part, _Group) and headings.level(sketch.raw.number, part, outline_only=False)
        if parts and is_heading and highest > top + 5 and start <= left + 30:
            parts.insert(late, part)
            late += 1
            continue
        parts.append(part)
        top, left = max(top, highest), min(left, start)
    return parts


def _range(part: _Group | Table) -> slice:
    return (
        slice(part.start, part.end)
        if isinstance(part, Table)
        else slice(part.lines[0].start, part.lines[-1].end)
    )


@dataclass(frozen=True, slots=True)
class _Header:
    """Column names of the last table, for its continuation on the next page."""

    names: tuple[str, ...]
    columns: tuple[tuple[float, float], ...]

    def fits(self, table: Table) -> bool:
        """Whether the table's columns start where this header's do."""
        return len(table.columns) == len(self.columns) and all(
            abs(mine[0] - other[0]) <= 6 or abs(mine[1] - other[1]) <= 6
            for mine, other in zip(self.columns, table.columns, strict=True)
        )


class _PageBuilder:
    """Collects the blocks of a page and the text they are slices of."""

    def __init__(self, raw: RawPage) -> None:
        self.raw = raw
        self.blocks: list[Block] = []
        self.texts: list[str] = []
        self.length = 0

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int = 0,
        columns: tuple[str, ...] = (),
        cells: tuple[tuple[int, int], ...] = (),
        seams: tuple[int, ...] = (),
        places: tuple[int, ...] = (),
    ) -> None:
        """Append a block; `cells` and `seams` count from the block's start."""
        start = self.length
        self.blocks.append(
            Block(
                kind,
                (start, start + len(text)),
                level,
                columns,
                tuple((start + begin, start + end) for begin, end in cells),
                tuple(start + seam for seam in seams),
                places,
            )
        )
        self.texts.append(text)
        self.length += len(text) + 1

    def add_table(self, table: Table, hyphenation: Hyphenation, header: _Header | None) -> _Header | None:
        """Append the table's rows; returns the header that a continuation would have."""
        rows = [self._row(row, hyphenation) for row in table.rows]
        known = header if header is not None and header.fits(table) else None
        has_header = table.has_header or (known is not None and rows[0][1] == list(known.names))
        names: dict[int, str] = {}
        if has_header:
            names = {cell.column: text for cell, text in zip(table.rows[0].cells, rows[0][1], strict=True)}
            known = _Header(
                tuple(names.get(at, "") for at in range(len(table.columns))), tuple(table.columns)
            )
        elif known is not None:
            names = dict(enumerate(known.names))
        for index, (row, (text, _, spans, seams)) in enumerate(zip(table.rows, rows, strict=True)):
            places = tuple(cell.column for cell in row.cells)
            if index == 0 and has_header:
                self.add("table_header", text, cells=spans, seams=seams, places=places)
                continue
            columns = tuple(names.get(cell.column, "") for cell in row.cells) if names else ()
            self.add("table_row", text, columns=columns, cells=spans, seams=seams, places=places)
        return known

    def _row(
        self, row: Row, hyphenation: Hyphenation
    ) -> tuple[str, list[str], tuple[tuple[int, int], ...], tuple[int, ...]]:
        """The text of a row, the texts of its cells, their spans, and the seams."""
        cells = [without_seams(_cleaned(self.raw, cell.start, cell.end, hyphenation)) for cell in row.cells]
        texts = [text for text, _ in cells]
        spans: list[tuple[int, int]] = []
        seams: list[int] = []
        position = 0
        for text, within in cells:
            spans.append((position, position + len(text)))
            seams += (position + seam for seam in within)
            position += len(text) + 1
        return " ".join(texts), texts, tuple(spans), tuple(seams)

    def page(self) -> Page:
        """The finished page."""
        return Page(self.raw.number, "\n".join(self.texts), tuple(self.blocks))
