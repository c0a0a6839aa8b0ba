"""Labels and their values in one line of a document, in the languages of `labels.yaml`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.documents import Block, Page
from assistant.retrieval.text import fold

LONGEST_LABEL = 45
LONGEST_LABEL_WORDS = 6
NO_TITLE = "no_title"
VALUE_HEAD = "value_head"
_NEEDS_MARK = "needs_mark"
SHORTEST_RUN = 3  # lines in a row that begin with a label, for a label without any mark to count

SEPARATED = re.compile(r"^(?P<label>[^:：]{2,45}?)\s*[:：](?:\s+(?P<value>.*)|(?P<none>))$", re.DOTALL)
_DASHED = re.compile(r"^(?P<label>\S.{1,44}?)\s+[–—-]\s+(?P<value>.+)$", re.DOTALL)
_DOTTED = re.compile(r"^(?P<label>[^.…·_]{2,45}?)\s*(?:[.…·_]\s?){3,}\s*(?P<value>.+)$", re.DOTALL)
_WORD = re.compile(r"[^\s|·•;]\S*")
_COLON = re.compile(r"\s*[:：](?=\s|$)")
_DASH = re.compile(r"\s+[–—-](?=\s)")
_NEXT_STRANGE = re.compile(r"\s+[|·•]\s+[^:]{2,45}:\s.*$", re.DOTALL)
_BETWEEN_VALUES = " |·•;"


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


def lines_of(pages: Sequence[Page]) -> Iterator[Line]:
    """The blocks of a document as lines, numbered from 0."""
    number = 0
    for page in pages:
        for block in page.blocks:
            if page.slice(block.span).strip():
                yield _line(page, block, number)
                number += 1


def _line(page: Page, block: Block, number: int) -> Line:
    text = " ".join(page.slice(block.span).split())
    cells = tuple(" ".join(page.slice(span).split()) for span in block.cells)
    return Line(block.kind, block.level, text, cells, block.columns, page.number, number=number)


def label_of(text: str) -> str:
    """The key of a label, or ""."""
    key = _key_of(text)
    return "" if key == VALUE_HEAD else key


def is_value_head(text: str) -> bool:
    """Whether it is the head of a column of values and names nothing, such as "Details"."""
    return _key_of(text) in (VALUE_HEAD, NO_TITLE)


def _key_of(text: str) -> str:
    if len(text) > LONGEST_LABEL:
        return ""
    return _labels().get(fold(text).strip(" :：*.").strip(), "")


def pairs_of(line: Line, *, inside: bool) -> Iterator[tuple[str, str]]:
    """(label, value) pairs of a line; `inside` an entry, weaker signs of a label will do."""
    if len(line.cells) in (2, 4, 6):
        labels = [label_of(cell) for cell in line.cells[::2]]
        is_pair = len(line.cells) == 2 and (inside or line.columns)
        if all(labels) and (is_pair or not any(map(label_of, line.cells[1::2]))):
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
    elif inside and (label := label_of(line.text)) and _is_bare_label(line.text):
        yield label, ""
    elif inside and (pair := leading_label(line.text, before_small=line.in_run)):
        yield pair


def _is_bare_label(text: str) -> bool:
    """Whether a label may stand on a line of its own without a mark."""
    return text[:1].isupper() and (text.endswith(":") or fold(text) not in _everyday())


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


def first_label(text: str) -> int:
    """Where the first label with a colon begins, 0 when there is none."""
    return next((each.start for each in _labelled(text, _COLON)), 0)


def leading_label(text: str, *, before_small: bool) -> tuple[str, str] | None:
    """A label that a value follows without any mark; `before_small` letters only where that is certain."""
    words = text.split()
    for length in range(min(4, len(words) - 1), 0, -1):
        head = " ".join(words[:length])
        small = words[length][:1].islower() and not before_small
        if (
            words[0][:1].isupper()
            and not small
            and (label := label_of(head))
            and fold(head) not in _everyday()
        ):
            return label, " ".join(words[length:])
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
