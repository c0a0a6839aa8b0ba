"""Web pages: the text that a reader sees, as headings, paragraphs, list items and table rows.

Nothing is run or fetched. Scripts, styles, navigation, controls and struck-out words are left out; so is
what is hidden by an attribute or its own style, since a reader could not check a quote of it (rules in style
sheets are not applied). The tree is walked without recursion: pages may be nested as deep as they like.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.ingest.cleaning import SEAM, Hyphenation, clean
from assistant.ingest.metadata import Info, pdf_date
from assistant.ingest.sections import Line
from assistant.ingest.text_reader import decode, split_labelled

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_LEFT_OUT = frozenset({
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "canvas",
    "video", "audio", "map", "nav", "dialog", "select", "textarea", "input", "datalist", "progress",
    "meter", "del", "s", "strike", "head", "title",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol",
    "optgroup", "option", "p", "pre", "search", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_TYPE = frozenset({
    "b", "strong", "i", "em", "u", "small", "big", "mark", "font", "span", "label", "code", "cite", "th",
})  # fmt: skip
"""Elements that a reader sees set in other type."""
_HEADING = re.compile(r"^h[1-6]$")
_HIDDEN = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|opacity:0?\.?0*(?:;|$)|"
    r"font-size:(?:0*\.?0*|[0-3](?:\.\d+)?(?:px|pt)|0?\.[0-3]\d*r?em)(?:!important)?(?:;|$)|"
    r"(?:left|top|right|text-indent):-\d{3,}|clip:rect\(0|color:transparent)"
)
_WHITE = re.compile(
    r"(?:^|;)color:(?:white|#fff(?:fff)?|rgba?\(255,255,255(?:,[\d.]+)?\))(?:!important)?(?:;|$)"
)
_NOTE_MARK = re.compile(r"^[\[(]?(?:\d{1,3}|[a-z*†‡↑↩^])[\])]?$")
_MODIFIED = ("dcterms.modified", "dc.date.modified", "article:modified_time", "last-modified")
_CREATED = ("date", "dcterms.date", "dc.date", "dcterms.issued", "dcterms.created", "article:published_time")
_MOST_COLUMNS = 200
_LONGEST_VALUE = 600
_CROWDED = 2  # line breaks in a cell
_LONGEST_NAME = 40  # characters of a column's name that nothing marks

_NO_HYPHENATION = Hyphenation(())


def read_html(data: bytes | str, *, numbers: bool = True) -> tuple[list[Line], Info, list[str]]:
    """The blocks of a web page, what it says about itself, and warnings.

    Args:
        data: The file, or its characters.
        numbers: Write the numbers of numbered lists, as a browser does.
    """
    if isinstance(data, bytes):
        declared = _DECLARED.search(data[:_DECLARED_WITHIN])
        data = decode(data, declared=declared[1].decode("ascii") if declared else "")
    page = LexborHTMLParser(data)
    mains = page.css("main, [role=main]")
    root = mains[0] if len(mains) == 1 else page.body
    info = _info(page)
    if root is None:
        return [], info, []
    hidden = _prune(root)
    return _lines(root, numbers=numbers), info, ["hidden text was left out"] if hidden else []


def _info(page: LexborHTMLParser) -> Info:
    meta: dict[str, str] = {}
    for node in page.css("head meta"):
        given = node.attributes
        name = given.get("name") or given.get("property") or given.get("http-equiv") or ""
        meta.setdefault(name.lower(), given.get("content") or "")
    title = page.css_first("head title")
    root = page.root
    language = root.attributes.get("lang") if root is not None else None
    return Info(
        title=_clean(title.text()) if title is not None else "",
        keywords=meta.get("keywords", ""),
        language=language or meta.get("content-language", ""),
        created=next(filter(None, (pdf_date(meta.get(name, "")) for name in _CREATED)), ""),
        modified=next(filter(None, (pdf_date(meta.get(name, "")) for name in _MODIFIED)), ""),
    )


def _clean(text: str) -> str:
    return clean(" ".join(text.split()), _NO_HYPHENATION)


def _prune(root: LexborNode) -> bool:
    """Remove what is no text to be read; whether some of it was hidden text."""
    unwanted: list[LexborNode] = []
    found = False
    stack = [(root, False)]
    while stack:
        node, shaded = stack.pop()
        shaded = shaded or _has_background(node)
        hidden = _is_hidden(node, shaded=shaded)
        found = found or (hidden and bool(node.text(deep=True).strip()))
        if hidden or node.tag in _LEFT_OUT or _is_note_mark(node) or _is_lone_button(node):
            unwanted.append(node)
        else:
            stack += [(child, shaded) for child in node.iter()]
    for node in unwanted:
        node.decompose()
    return found


def _is_hidden(node: LexborNode, *, shaded: bool) -> bool:
    """Whether an element is out of sight; white text on a coloured ground (`shaded`) is not."""
    given = node.attributes
    if not given:
        return False
    style = _style(given)
    return (
        "hidden" in given
        or given.get("aria-hidden") == "true"
        or _HIDDEN.search(style) is not None
        or (not shaded and _WHITE.search(style) is not None)
    )


def _style(given: dict[str, str | None]) -> str:
    return re.sub(r"\s+", "", given.get("style") or "").lower()


def _has_background(node: LexborNode) -> bool:
    given = node.attributes
    return bool(given) and ("background" in _style(given) or "bgcolor" in given)


def _is_note_mark(node: LexborNode) -> bool:
    """Whether this is the raised mark of a footnote, or the link that leads back from it."""
    if node.tag not in ("sup", "a"):
        return False
    link = node.css_first("a") if node.tag == "sup" else node
    target = link.attributes.get("href") or "" if link is not None else ""
    return target.startswith("#") and _NOTE_MARK.match(node.text(deep=True).strip()) is not None


def _is_lone_button(node: LexborNode) -> bool:
    """Whether it is a button, other than a heading's that folds its section."""
    if node.tag != "button":
        return False
    parent = node.parent
    while parent is not None and parent.tag in ("div", "span"):
        parent = parent.parent
    return parent is None or not (_HEADING.match(parent.tag or "") or parent.tag == "summary")


@dataclass(slots=True)
class _Item:
    """An open list item: the number that stands before it, and whether its first block is done."""

    marker: str
    used: bool = False


@dataclass
class _Reader:
    """Walks a tree and collects its lines."""

    writes_numbers: bool
    lines: list[Line] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _level: int = 0
    """Of the heading that is open."""
    _captions: int = 0
    _cells: int = 0
    """Open cells of tables that only lay out text: their lines are lines."""
    _items: list[_Item] = field(default_factory=list)
    _numbers: list[int | None] = field(default_factory=list)
    """For each open list the number of its last item; None for bullets."""

    def read(self, root: LexborNode) -> None:
        """Collect the lines of a tree."""
        stack = [(root, True)]
        while stack:
            node, entering = stack.pop()
            if node.is_text_node:
                self._words.append((node.text_content or "").replace("\n", " "))
            elif not entering:
                self._leave(node)
            elif self._goes_into(node):
                stack.append((node, False))
                stack += [(child, True) for child in reversed(list(node.iter(include_text=True)))]
        self._flush()

    def _goes_into(self, node: LexborNode) -> bool:
        """Open an element; False when its content is dealt with."""
        tag = node.tag or ""
        if tag == "br":
            self._words.append(f"{SEAM}\n")
            return False
        if tag in _BLOCKS:
            self._flush()
        elif tag in _TYPE:
            self._words.append(SEAM)
        if tag in ("table", "dl", "pre"):
            ready = {"table": _table, "dl": _labels, "pre": _preformatted}[tag](node)
            if ready is not None:
                self.lines += ready
                return False
        if _HEADING.match(tag):
            self._level = int(tag[1])
        elif tag in ("figcaption", "caption"):
            self._captions += 1
        elif tag == "td":
            self._cells += 1
        elif tag in ("ul", "ol", "menu", "dir"):
            numbered = tag == "ol" and self.writes_numbers
            self._numbers.append(_first_number(node) - 1 if numbered else None)
        elif tag == "li":
            self._items.append(_Item(self._marker(node)))
        return True

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._flush()
        elif tag in _TYPE:
            self._words.append(SEAM)
        if _HEADING.match(tag):
            self._level = 0
        elif tag in ("figcaption", "caption"):
            self._captions -= 1
        elif tag == "td":
            self._cells -= 1
        elif tag in ("ul", "ol", "menu", "dir"):
            self._numbers.pop()
        elif tag == "li":
            self._items.pop()

    def _marker(self, item: LexborNode) -> str:
        """ "3. " before the third item of a numbered list; a bullet is not written."""
        if not self._numbers or self._numbers[-1] is None:
            return ""
        given = item.attributes.get("value") or ""
        self._numbers[-1] = int(given) if re.fullmatch(r"\d{1,6}", given) else self._numbers[-1] + 1
        return f"{self._numbers[-1]}. "

    def _flush(self) -> None:
        """End the line that is open."""
        text, self._words = "".join(self._words), []
        if not (whole := _clean(text)).strip(SEAM):
            return
        if self._level:
            self.lines.append(Line("heading", (whole,), self._level))
        elif self._captions:
            self.lines.append(Line("caption", (whole,)))
        elif self._items and not self._items[-1].used:
            self._items[-1].used = True
            self.lines.append(Line("list_item", (self._items[-1].marker + whole,)))
        else:
            parts = text.split("\n") if self._cells else split_labelled(text)
            self.lines += [Line("paragraph", (part,)) for part in map(_clean, parts) if part.strip(SEAM)]


def _first_number(node: LexborNode) -> int:
    given = node.attributes.get("start") or ""
    return int(given) if re.fullmatch(r"\d{1,6}", given) else 1


def _lines(node: LexborNode, *, numbers: bool = True) -> list[Line]:
    reader = _Reader(numbers)
    reader.read(node)
    return reader.lines


def _text(node: LexborNode) -> str:
    """All words of an element on one line."""
    return f"{SEAM} ".join(line.text for line in _lines(node))


def _holds(node: LexborNode, selector: str) -> bool:
    """Whether anything inside the element matches; a search by selector finds the element itself, too."""
    return any(found.mem_id != node.mem_id for found in node.css(selector))


def _preformatted(node: LexborNode) -> list[Line]:
    parts = re.split(r"\n[^\S\n]*\n", node.text(deep=True))
    texts = [_clean(text) for part in parts for text in split_labelled(part)]
    return [Line("paragraph", (text,)) for text in texts if text]


def _labels(node: LexborNode) -> list[Line] | None:
    """The rows of a list of labels and values; None when values are more than short texts."""
    parts = node.css("dt, dd")
    if _holds(node, "dd table, dd ul, dd ol, dd dl, dd pre, h1, h2, h3, h4"):
        return None
    rows: list[list[str]] = []
    last = ""
    for part in parts:
        if (part.tag == "dt" and last != "dt") or not rows:
            rows.append([])
        rows[-1].append(_text(part))
        last = part.tag or ""
    if any(len(value) > _LONGEST_VALUE for row in rows for value in row):
        return None
    cells = [tuple(filter(None, row)) for row in rows]
    return [Line("table_row" if len(row) > 1 else "paragraph", row) for row in cells if row]


# ---- tables ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    column: int
    width: int
    is_header: bool
    """Whether it is marked as a header, or bold throughout."""


def _table(node: LexborNode) -> list[Line] | None:
    """A table's caption, header and rows; None when it only lays out text."""
    if (node.attributes.get("role") or "") in ("presentation", "none"):
        return None
    if _holds(node, "td table, th table, td h1, td h2, td h3, td h4, td h5, td h6, td pre, td dl"):
        return None
    if _lays_out(node):
        return None
    rows = node.css("tr")
    placed = [cells for cells in _placed(rows) if cells]
    if max(map(len, placed), default=0) < 2:
        return None
    caption = node.css_first("caption")
    lines = [Line("caption", (text,))] if caption is not None and (text := _text(caption)) else []
    return lines + _rows(placed, _header_length(node, rows, placed))


def _lays_out(node: LexborNode) -> bool:
    """Whether most cells hold several lines each, as where offers or facts are set beside each other."""
    cells = node.css("td")
    breaks = [
        len(cell.css("br")) + max(0, len(cell.css("p, div, li")) - 1)
        for cell in cells
        if cell.text(deep=True).strip()
    ]
    crowded = sum(count >= _CROWDED for count in breaks)
    return crowded > len(breaks) / 2 or 0.8 * len(breaks) < sum(map(bool, breaks)) > 1


def _placed(rows: Sequence[LexborNode]) -> Iterator[list[_Cell]]:
    """The cells with text of each row, each at its column of the grid."""
    taken: dict[int, int] = {}  # column -> rows below that a cell from above still covers
    for row in rows:
        cells: list[_Cell] = []
        column = 0
        below = {at: left - 1 for at, left in taken.items() if left > 1}
        for node in row.iter():
            if node.tag not in ("td", "th") or column >= _MOST_COLUMNS:
                continue
            while taken.get(column, 0) > 0:
                column += 1
            width, height = _extent(node, "colspan"), _extent(node, "rowspan")
            below.update({at: height - 1 for at in range(column, column + width) if height > 1})
            if (text := _text(node)).strip(f"{SEAM} "):
                cells.append(_Cell(text, column, width, node.tag == "th" or _is_bold(node)))
            column += width
        taken = below
        yield cells


def _extent(node: LexborNode, name: str) -> int:
    given = node.attributes.get(name) or ""
    return max(1, min(int(given), _MOST_COLUMNS)) if re.fullmatch(r"\d{1,5}", given) else 1


def _is_bold(node: LexborNode) -> bool:
    bold = "".join(part.text(deep=True) for part in node.css("b, strong"))
    return len("".join(bold.split())) >= len("".join(node.text(deep=True).split())) > 0


def _header_length(node: LexborNode, rows: Sequence[LexborNode], placed: Sequence[list[_Cell]]) -> int:
    """How many rows name the columns: those of `thead`, else those whose every cell is a header."""
    count = 0
    while count < len(placed) and len(placed[count]) > 1 and all(cell.is_header for cell in placed[count]):
        count += 1
    heads = [row for row in rows if row.parent is not None and row.parent.tag == "thead"]
    named = sum(bool(row.text(deep=True).strip()) for row in heads)
    count = named if 0 < named < len(placed) else count
    return count if 0 < count < len(placed) else int(_names_columns(placed))


def _names_columns(placed: Sequence[list[_Cell]]) -> bool:
    """Whether the first row of a table without marked headers names its columns.

    It does when it is full, short and without digits, in a table of three columns or more of which one has
    digits in most rows below.
    """
    head, *body = placed
    width = max(cell.column for cells in placed for cell in cells) + 1
    short = all(len(cell.text) <= _LONGEST_NAME and not _has_digit(cell.text) for cell in head)
    if len(head) < max(3, width) or not short or len(body) < 2:
        return False
    digits = Counter(cell.column for cells in body for cell in cells if _has_digit(cell.text))
    return max(digits.values(), default=0) >= 0.6 * len(body)


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _rows(placed: Sequence[list[_Cell]], header_length: int) -> list[Line]:
    names: dict[int, list[str]] = {}
    lines = []
    for index, cells in enumerate(placed):
        texts = tuple(cell.text for cell in cells)
        if index < header_length:
            for cell in cells:
                for column in range(cell.column, cell.column + cell.width):
                    names.setdefault(column, []).append(cell.text)
            lines.append(Line("table_header", texts, places=tuple(cell.column for cell in cells)))
            continue
        columns = tuple(_joined(names.get(cell.column, ())) for cell in cells)
        places = tuple(cell.column for cell in cells)
        lines.append(Line("table_row", texts, columns=columns if any(columns) else (), places=places))
    return lines


def _joined(names: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(names))
