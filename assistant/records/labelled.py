"""Labels and their values in one line of a document, in the languages of `labels.yaml`."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from assistant.documents import Block, Page
from assistant.retrieval.text import fold

LONGEST_LABEL = 45
LONGEST_LABEL_WORDS = 6
LONGEST_LEAD = 4  # words of a label that no mark sets apart from its value
NO_TITLE = "no_title"
VALUE_HEAD = "value_head"
_NEEDS_MARK = "needs_mark"
SHORTEST_RUN = 3  # lines in a row that begin with a label, for a label without any mark to count

SEPARATED = re.compile(r"^(?P<label>[^:：]{2,45}?)\s*[:：]+(?:\s+(?P<value>.*)|(?P<none>))$", re.DOTALL)
SIGNS = "–—|▸►▶▷→⇒»›=~•·:-"
DASHED = re.compile(rf"^(?P<label>\S.{{1,44}}?)\s+[{SIGNS}]\s+(?P<value>.+)$", re.DOTALL)
DOTTED = re.compile(r"^(?P<label>[^.…·_]{2,45}?)\s*(?:[.…·_]\s?){3,}\s*(?P<value>.+)$", re.DOTALL)
_NOTE = re.compile(r"\s*(?:[(\[]\d{1,2}[)\]]|[*†‡¹²³⁴⁵]+)(?=\s*[:：]?\s*$)")
"""The sign of a note after a label: "Fee (1)", "Fee*"."""
_WORD = re.compile(r"[^\s|·•;]\S*")
_COLON = re.compile(r"\s*[:：]+(?=\s|$)")
_DASH = re.compile(rf"\s+[{SIGNS}](?=\s)")
_NEXT_STRANGE = re.compile(r"\s+[|·•–—]\s+[^:]{2,45}:\s.*$", re.DOTALL)
_BULLET = re.compile(r"[-*+•–]\s+(?=\S)")
BETWEEN = " ,/|·•;–—"
_BETWEEN_VALUES = " |·•;–—"


@dataclass(frozen=True, slots=True)
class Line:
    """A block; white space is folded in `text` and `cells`."""

    kind: str
    level: int
    text: str
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    page: int
    number: int = 0
    """Counted over the document, from 0."""
    in_run: bool = False
    """Whether it is one of several lines in a row that each begin with another label."""
    seams: tuple[int, ...] = ()
    """As in `Block`, in characters of `text`."""
    places: tuple[int, ...] = ()
    """As in `Block`."""


def lines_of(pages: Sequence[Page]) -> Iterator[Line]:
    """The blocks of a document as lines, numbered from 0."""
    number = 0
    for page in pages:
        for block in page.blocks:
            if page.slice(block.span).strip():
                yield _line(page, block, number)
                number += 1


def _line(page: Page, block: Block, number: int) -> Line:
    if block.kind == "list_item" and (bullet := _BULLET.match(page.slice(block.span))):
        block = replace(block, span=(block.span[0] + bullet.end(), block.span[1]))
    text = " ".join(page.slice(block.span).split())
    cells = tuple(" ".join(page.slice(span).split()) for span in block.cells)
    return Line(
        block.kind,
        block.level,
        text,
        cells,
        block.columns,
        page.number,
        number=number,
        seams=tuple(seam - block.span[0] for seam in block.seams if seam > block.span[0]),
        places=block.places,
    )


def label_of(text: str) -> str:
    """The key of a label, or ""."""
    key = _key_of(text)
    return "" if key == VALUE_HEAD else key


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value as a line has them."""

    key: str
    """Of `labels.yaml`; "" for a label that was learnt without its meaning."""
    value: str
    printed: str


class Labels:
    """The labels of one document: those that are known, and those that were learnt from it."""

    def __init__(
        self,
        learnt: Mapping[str, str] | None = None,
        *,
        alone: Container[str] = (),
        leading: Container[str] = (),
        marked: Container[str] = (),
        most: int = 0,
        is_marked: bool = False,
    ) -> None:
        """Labels as `folded_label` gives them.

        Args:
            learnt: Label -> key, "" for an unknown meaning.
            alone: Those on lines of their own.
            leading: Those that begin lines without any mark after them.
            marked: Those that a mark sets apart again and again.
            most: Times that the most frequent one stands in the document.
            is_marked: Whether the document marks its labels, so that others hardly begin lines.
        """
        self.is_marked = is_marked
        self.most = most
        self._learnt = learnt or {}
        self._alone = alone
        self._leading = leading
        self._marked = marked

    def key(self, text: str) -> str:
        """As `label_of`, unless the values that it has in this document tell otherwise."""
        return self._learnt.get(folded_label(text)) or label_of(text)

    def has(self, text: str) -> bool:
        """Whether it is a label, whatever it means."""
        return bool(label_of(text)) or folded_label(text) in self._learnt

    def stands_alone(self, text: str) -> bool:
        """Whether the document sets this label on a line of its own again and again."""
        return folded_label(text) in self._alone

    def is_marked_often(self, text: str) -> bool:
        """Whether the document sets this label apart by a mark again and again."""
        return folded_label(text) in self._marked

    def leading(self, text: str) -> Pair | None:
        """The label that begins a line as it begins others, and the value that follows without a mark."""
        words = text.split()
        for length in range(min(LONGEST_LEAD, len(words) - 1), 0, -1):
            printed = " ".join(words[:length])
            if folded_label(printed) in self._leading:
                return Pair(self.key(printed), " ".join(words[length:]), printed)
        return None


def repeats_header(line: Line) -> bool:
    """Whether a row is the head of another table that was taken for a part of this one."""
    return len(line.cells) == 2 and bool(line.columns) and fold(line.cells[0]) == fold(line.columns[0])


@lru_cache(maxsize=20_000)
def folded_label(text: str) -> str:
    """A label without marks, letter case and accents."""
    return fold(_NOTE.sub("", text)).strip(" :：*.?").strip()


def known_labels() -> dict[str, str]:
    """Folded label -> key."""
    return _labels()


def is_everyday(text: str) -> bool:
    """Whether a label is an everyday word, which counts with a mark only."""
    return folded_label(text) in _everyday()


def is_value_head(text: str) -> bool:
    """Whether it is the head of a column of values and names nothing, such as "Details"."""
    return _key_of(text) in (VALUE_HEAD, NO_TITLE)


def _key_of(text: str) -> str:
    if len(text) > LONGEST_LABEL:
        return ""
    return _labels().get(folded_label(text), "")


def pairs_of(line: Line, labels: Labels, *, inside: bool) -> Iterator[Pair]:
    """The pairs of a line; `inside` an entry, weaker signs of a label will do."""
    if len(line.cells) in (2, 4, 6):
        heads, values = line.cells[::2], line.cells[1::2]
        is_pair = len(line.cells) == 2 and (inside or line.columns)
        if all(map(labels.has, heads)) and (is_pair or not any(map(labels.has, values))):
            for head, value in zip(heads, values, strict=True):
                yield Pair(labels.key(head), value, head)
        if len(line.cells) == 2 or all(map(labels.has, heads)):
            return
    found = list(_labelled(line.text, labels, _COLON))
    if not found:
        dashed = list(_labelled(line.text, labels, _DASH))
        found = dashed if len(dashed) >= SHORTEST_RUN else list(_unmarked(line.text, labels))
    if found:
        if len(found) > 1 or not found[0].start:
            yield from _cut(line.text, found)
        return
    match = DOTTED.match(line.text) or DASHED.match(line.text)
    if match and labels.has(match["label"]) and (inside or labels.is_marked_often(match["label"])):
        yield Pair(labels.key(match["label"]), match["value"], match["label"])
    elif labels.stands_alone(line.text) or (inside and labels.has(line.text) and _is_bare_label(line.text)):
        yield Pair(labels.key(line.text), "", line.text)
    else:
        may_lead = line.in_run or (inside and not labels.is_marked)
        known = leading_label(line.text, before_small=line.in_run) if may_lead else None
        if pair := labels.leading(line.text) or known:
            yield pair


def _cut(text: str, found: Sequence["_Label"]) -> Iterator[Pair]:
    """The values between labels; a full stop ends the sentence that they make, not the last value."""
    ends = [each.start for each in found[1:]] + [len(text)]
    stops = all(text[:end].rstrip().endswith(".") for end in ends)
    for each, end in zip(found, ends, strict=True):
        value = _NEXT_STRANGE.sub("", text[each.end : end]).strip(_BETWEEN_VALUES)
        value = value if end == len(text) else value.rstrip(BETWEEN)
        if len(found) >= SHORTEST_RUN and (stops or (end == len(text) and ";" in text)):
            value = value.removesuffix(".")
        yield Pair(each.key, value, text[each.start : each.end].strip(" :："))


def _is_bare_label(text: str) -> bool:
    """Whether a label may stand on a line of its own without a mark."""
    return text[:1].isupper() and (text.endswith(":") or not is_everyday(text))


@dataclass(frozen=True, slots=True)
class _Label:
    """A label and its mark in a line: [start, end) and its key."""

    start: int
    end: int
    key: str


def _labelled(text: str, labels: Labels, mark: re.Pattern[str]) -> Iterator[_Label]:
    """Each label that a mark follows, once; inside a line it has to begin with a capital letter."""
    begin, known = 0, set[str]()
    for colon in mark.finditer(text):
        words = list(_WORD.finditer(text, begin, colon.start()))
        for word in words[-LONGEST_LABEL_WORDS:]:
            start = word.start()
            printed = text[start : colon.start()]
            form = labels.key(printed) or folded_label(printed)
            if labels.has(printed) and form not in known and (not start or text[start].isupper()):
                yield _Label(start, colon.end(), labels.key(printed))
                known.add(form)
                begin = colon.end()
                break


def _unmarked(text: str, labels: Labels) -> Iterator[_Label]:
    """Labels in a line that begins with one, without any mark; they count when there are several."""
    words = list(re.finditer(r"\S+", text))
    found: list[_Label] = []
    place = 0
    while place < len(words):
        length = next(
            (
                length
                for length in range(min(4, len(words) - place), 0, -1)
                if _is_bare_label(part := text[words[place].start() : words[place + length - 1].end()])
                and labels.key(part)
                and labels.key(part) not in {each.key for each in found}
            ),
            0,
        )
        if not found and not length:
            return
        if length:
            start, end = words[place].start(), words[place + length - 1].end()
            found.append(_Label(start, end, labels.key(text[start:end])))
        place += max(1, length)
    if len(found) >= SHORTEST_RUN:
        yield from found


def first_label(text: str, labels: Labels) -> int:
    """Where the first label with a colon begins, 0 when there is none."""
    return next((each.start for each in _labelled(text, labels, _COLON)), 0)


def marked_labels(text: str, labels: Labels) -> int:
    """How many labels with a colon stand in a line."""
    return sum(1 for _ in _labelled(text, labels, _COLON))


def leading_label(text: str, *, before_small: bool) -> Pair | None:
    """A label that a value follows without any mark; `before_small` letters only where that is certain."""
    words = text.split()
    for length in range(min(4, len(words) - 1), 0, -1):
        head = " ".join(words[:length])
        small = words[length][:1].islower() and not before_small
        if words[0][:1].isupper() and not small and (key := label_of(head)) and not is_everyday(head):
            return Pair(key, " ".join(words[length:]), head)
    return None


@cache
def _file() -> dict[str, list[str]]:
    import yaml

    found = yaml.safe_load((files("assistant.records") / "labels.yaml").read_text("utf-8"))
    return {key: [str(form) for form in forms] for key, forms in found.items()}


@cache
def _labels() -> dict[str, str]:
    lists = {key: forms for key, forms in _file().items() if key != _NEEDS_MARK}
    return {fold(form): key for key, forms in lists.items() for form in forms}


@cache
def _everyday() -> frozenset[str]:
    return frozenset(fold(form) for form in _file()[_NEEDS_MARK])
