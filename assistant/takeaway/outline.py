"""The Markdown of a reply as blocks of text, for programs that show no Markdown."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKER = re.compile(r" ?\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one manner."""

    text: str
    bold: bool = False
    source: int | None = None
    """The number of a citation when the text is its marker, such as " [2]"."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a line of a list or a table row."""

    kind: Literal["paragraph", "heading", "bullet", "step", "row"]
    cells: tuple[tuple[Span, ...], ...]
    """One, or those of a row."""
    is_first: bool = False
    """Of its list or table; the first row of a table names its columns."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """All text of it."""
        return tuple(span for cell in self.cells for span in cell)

    @property
    def text(self) -> str:
        """Its words without the markers."""
        cells = ("".join(span.text for span in cell if not span.source).strip() for cell in self.cells)
        return " | ".join(cells)

    @property
    def sources(self) -> tuple[int, ...]:
        """The citations that it leads to, each once."""
        return tuple(dict.fromkeys(span.source for span in self.spans if span.source))


def blocks_of(markdown: str, numbers: Collection[int]) -> Iterator[Block]:
    """The blocks in reading order; only [n] with a number of `numbers` is a marker."""
    tokens = _parser().parse(markdown)
    kinds: list[Literal["bullet", "step"]] = []
    is_first = False
    row: list[tuple[Span, ...]] = []
    for place, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                kinds.append("bullet" if token.type == "bullet_list_open" else "step")
                is_first = True
            case "bullet_list_close" | "ordered_list_close":
                kinds.pop()
            case "table_open":
                is_first = True
            case "tr_close":
                yield Block("row", tuple(row), is_first)
                row, is_first = [], False
            case "inline":
                spans = _spans(token.children or (), numbers)
                if tokens[place - 1].type in ("th_open", "td_open"):
                    row.append(spans)
                elif tokens[place - 1].type == "heading_open":
                    yield Block("heading", (spans,))
                else:
                    yield Block(kinds[-1] if kinds else "paragraph", (spans,), is_first)
                    is_first = False
            case "fence" | "code_block":
                yield Block("paragraph", ((Span(token.content.strip()),),))
            case _:
                pass


@cache
def _parser() -> MarkdownIt:
    """HTML and entities stay as they are; an escaped bracket stays apart, so that it begins no marker."""
    return (
        MarkdownIt("commonmark").enable("table").disable(["html_block", "html_inline", "entity", "text_join"])
    )


def _spans(tokens: Sequence[Token], numbers: Collection[int]) -> tuple[Span, ...]:
    spans: list[Span] = []
    bold = 0
    for token in tokens:
        if token.type == "strong_open":
            bold += 1
        elif token.type == "strong_close":
            bold -= 1
        elif token.type in ("softbreak", "hardbreak"):
            spans.append(Span(" ", bool(bold)))
        elif token.content:
            spans += _marked(token.content, bool(bold), numbers)
    return tuple(spans)


def _marked(text: str, bold: bool, numbers: Collection[int]) -> Iterator[Span]:
    end = 0
    for match in _MARKER.finditer(text):
        if int(match[1]) not in numbers:
            continue
        if match.start() > end:
            yield Span(text[end : match.start()], bold)
        yield Span(match.group(), bold, int(match[1]))
        end = match.end()
    if end < len(text):
        yield Span(text[end:], bold)
