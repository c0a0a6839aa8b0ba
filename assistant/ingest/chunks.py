"""Cuts pages into chunks: passages that fit the encoder's window and can be found again on their page.

A chunk is a slice of one page, made of whole blocks under one heading path; a catalogue entry (a heading and
its lines) thus stays whole where it fits. Section path and column names are counted, because they are encoded
with the text. A long section is cut into pieces of even length; a block is only cut when it alone is over the
window, at the end of a sentence if there is one, else between words. Pieces never overlap and lose nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

from assistant.documents import Block, Chunk, ExtractedDocument, Page

CHUNKING_VERSION = 3
"""Raised when the same pages would be cut otherwise; an index of another version is built anew."""

_ROOT = 0  # level of the document's title, above all headings
_TARGET = 0.7  # of the window: 180 of MiniLM's 254 tokens, so that one more block usually still fits
_HEADS = 1 / 3  # of the window, at most, for the section path; the same again for column names
_TINY = 16  # tokens; a shorter text says too little to be found on its own
_SENTENCE_END = re.compile(r"[.!?…;][\"”’»)\]]*\s+")

Span = tuple[int, int]
Section = tuple[str, ...]


class Tokenizer(Protocol):
    """The part of the encoder that decides how long a text is."""

    @property
    def max_tokens(self) -> int:
        """Window, special tokens included."""
        ...

    @property
    def special_tokens(self) -> int:
        """How many tokens of the window the encoder adds itself."""
        ...

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token of `text`, without special tokens."""
        ...


@dataclass(frozen=True, slots=True)
class _Group:
    """Consecutive blocks of one page under one heading path."""

    section: Section
    spans: tuple[Span, ...]
    headed: bool
    """Whether its heading is among the blocks; False when the section began on an earlier page."""
    body: bool
    """Whether there is more than headings."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A chunk to be: its section path and span, and whether it holds its heading and more than headings."""

    section: Section
    span: Span
    headed: bool
    body: bool


def chunk(document: ExtractedDocument, *, encoder: Tokenizer) -> list[Chunk]:
    """The chunks of a document, in reading order.

    Each is at most `encoder.max_tokens` long, counting its search text and the special tokens. Together they
    hold every character of the pages, apart from white space, exactly once.

    Args:
        document: Its column names fit, as `with_fitting_columns` makes them.
        encoder: Whose window the chunks must fit.
    """
    chunks = []
    path = [(_ROOT, document.document.title)]
    for page in document.pages:
        cutter = _Cutter(page, encoder)
        pieces = [piece for group in _groups(page, path) for piece in cutter.pieces(group)]
        chunks += [_chunk(document.document.path, page, piece) for piece in cutter.without_tiny(pieces)]
    return chunks


def with_fitting_columns(document: ExtractedDocument, *, encoder: Tokenizer) -> ExtractedDocument:
    """The document without those column names that would leave too little of the window for a row.

    Such names are usually a paragraph that was taken for a table's header.
    """
    limit = int((encoder.max_tokens - encoder.special_tokens) * _HEADS)
    lengths: dict[tuple[str, ...], int] = {}

    def fitting(block: Block) -> Block:
        if block.columns and block.columns not in lengths:
            lengths[block.columns] = len(encoder.offsets(", ".join(block.columns)))
        return replace(block, columns=()) if lengths.get(block.columns, 0) > limit else block

    pages = tuple(replace(page, blocks=tuple(map(fitting, page.blocks))) for page in document.pages)
    return replace(document, pages=pages)


def blocks_within(page: Page, span: Span) -> tuple[Block, ...]:
    """The page's blocks that `span` holds, in whole or in part."""
    return tuple(block for block in page.blocks if block.span[0] < span[1] and span[0] < block.span[1])


class _Cutter:
    """Cuts one page to fit one encoder."""

    def __init__(self, page: Page, encoder: Tokenizer) -> None:
        self._page = page
        self._encoder = encoder
        self._window = encoder.max_tokens - encoder.special_tokens

    def pieces(self, group: _Group) -> Iterator[_Piece]:
        """A group as one piece where it fits, else as several of even length."""
        section = self._fitting_section(group.section)
        whole = (group.spans[0][0], group.spans[-1][1])
        total = self._size(section, whole)
        if total <= self._window:
            yield _Piece(section, whole, group.headed, group.body)
            return
        heads = total - self._tokens(self._page.slice(whole))
        count = ceil((total - heads) / max(1.0, (self._window - heads) * _TARGET))
        headed = group.headed
        for span in self._packed(section, list(self._cut_long(section, group.spans)), count):
            yield _Piece(section, span, headed, group.body)
            headed = False

    def without_tiny(self, pieces: Iterable[_Piece]) -> list[_Piece]:
        """Join pieces that say too little to be found on their own to a neighbour on the page, if they fit.

        A lone title or heading would otherwise match a question about its subject better than any answer.
        """
        kept: list[_Piece] = []
        for piece in pieces:
            if kept and (joined := self._joined(kept[-1], piece)):
                kept[-1] = joined
            else:
                kept.append(piece)
        return kept

    def _joined(self, before: _Piece, piece: _Piece) -> _Piece | None:
        parent = before.section[:-1]
        if self._tiny(piece) and (piece.section == before.section or not piece.body):
            section = before.section
        elif self._tiny(piece) and piece.section[:-1] == parent and before.headed and piece.headed:
            section = parent  # both headings stand in the text
        elif self._tiny(before) and piece.section[: len(before.section)] == before.section:
            section = piece.section
        else:
            return None
        span = (before.span[0], piece.span[1])
        if self._size(section, span) > self._window:
            return None
        return _Piece(section, span, headed=before.headed or not before.body, body=before.body or piece.body)

    def _tiny(self, piece: _Piece) -> bool:
        return self._tokens(self._page.slice(piece.span)) < _TINY

    def _packed(self, section: Section, spans: Sequence[Span], count: int) -> Iterator[Span]:
        """Join neighbours to `count` spans of even length, or more where the window needs it."""
        first, last = spans[0][0], spans[-1][1]
        current = spans[0]
        share = 0
        for span in spans[1:]:
            middle = (span[0] + span[1]) / 2
            its_share = int((middle - first) / (last - first) * count)
            longer = (current[0], span[1])
            if its_share == share and self._size(section, longer) <= self._window:
                current = longer
            else:
                yield current
                current = span
            share = its_share
        yield current

    def _cut_long(self, section: Section, spans: Iterable[Span]) -> Iterator[Span]:
        for span in spans:
            start, end = span
            while self._size(section, (start, end)) > self._window:
                stop = self._stop(section, start, end)
                yield _stripped(self._page.text, (start, stop))
                start = _stripped(self._page.text, (stop, end))[0]
            if start < end:
                yield start, end

    def _stop(self, section: Section, start: int, end: int) -> int:
        """Where to cut a block that is too long: after a sentence, else a word, else a token."""
        text = self._page.text[start:end]
        tokens = self._encoder.offsets(text)
        count = min(len(tokens) - 1, int(self._window * _TARGET))
        while count > 0:
            limit = tokens[count][0]
            sentences = [match.end() for match in _SENTENCE_END.finditer(text, 0, limit)]
            words = [match.end() for match in re.finditer(r"\s+", text[:limit])]
            best = next((ends[-1] for ends in (sentences, words) if ends and ends[-1] > limit / 2), limit)
            if best > 0 and self._size(section, (start, start + best)) <= self._window:
                return start + best
            count = count * 3 // 4
        return start + 1

    def _fitting_section(self, section: Section) -> Section:
        """The section path without the outermost headings that would leave too little room for the text."""
        while section and self._tokens(" > ".join(section)) > self._window * _HEADS:
            section = section[1:]
        return section

    def _size(self, section: Section, span: Span) -> int:
        blocks = blocks_within(self._page, span)
        return self._tokens(Chunk("", "", 0, span, self._page.slice(span), section, blocks).search_text)

    def _tokens(self, text: str) -> int:
        return len(self._encoder.offsets(text))


def _groups(page: Page, path: list[tuple[int, str]]) -> Iterator[_Group]:
    """Runs of blocks under one heading path; `path`, (level, heading), goes on from page to page.

    The document's title opens every path: "Target" alone does not say whose.
    """
    spans: list[Span] = []
    headed = body = False

    def group() -> _Group:
        return _Group(tuple(heading for _, heading in path if heading), tuple(spans), headed, body)

    for block in page.blocks:
        text = " ".join(page.slice(block.span).split())
        if not text:
            continue
        if block.kind == "heading":
            if body:
                yield group()
                spans, body = [], False
            headed = True
            while path[-1][0] >= max(block.level, 1):
                path.pop()
            if text.casefold() != path[0][1].casefold():
                path.append((block.level, text))
        else:
            body = True
        spans.append(block.span)
    if spans:
        yield group()


def _stripped(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _chunk(document: str, page: Page, piece: _Piece) -> Chunk:
    text = page.slice(piece.span)
    place = "\0".join([document, str(page.number), f"{piece.span[0]}-{piece.span[1]}", text])
    return Chunk(
        f"c1:{hashlib.sha256(place.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}",
        document,
        page.number,
        piece.span,
        text,
        piece.section,
        blocks_within(page, piece.span),
    )
