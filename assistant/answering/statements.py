"""Statements: the smallest pieces of a passage that can be quoted on their own.

A paragraph gives its sentences, a list its items, a table its rows. Sentence ends come from sentencex, which
knows the abbreviations of all EU languages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.claims import Quote
from assistant.documents import Block, Chunk, Document
from assistant.retrieval.passages import Passage

MIN_WORDS = 3
MIN_LABELLED_LINES = 3  # fewer may be prose such as "Note: ..."

_WORD = re.compile(r"[^\W\d_]{2,}")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_LABEL = re.compile(r"[^\W\d_][^:.!?\n]{1,40}: \S")
_ITEM_MARKER = re.compile(r"^\s*(?:[•●▪■‣◦–—·*-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, list item or table row with its place."""

    document: Document
    chunk: Chunk
    block: Block
    span: tuple[int, int]
    """Half-open, characters of the page text."""
    passage_score: float
    passage_similarity: float
    """Cosine of its passage to the question; 0 when only its words were found."""

    @property
    def text(self) -> str:
        """Exactly what stands on the page."""
        start = self.chunk.span[0]
        return self.chunk.text[self.span[0] - start : self.span[1] - start]

    @property
    def heading(self) -> str:
        """The nearest heading above it, else the document's title."""
        return self.chunk.section[-1] if self.chunk.section else self.document.title

    @property
    def first_cell(self) -> str:
        """The first cell of a table row; empty for everything else."""
        return " ".join(self._slice(self.block.cells[0]).split()) if self.block.cells else ""

    @property
    def in_context(self) -> str:
        """The words under their heading, for comparing meanings."""
        return f"{self.heading}: {self.plain}"

    @property
    def quote(self) -> Quote:
        """The proof that goes with it."""
        return Quote(self.document.path, self.chunk.page_number, self.span, self.text)

    @property
    def plain(self) -> str:
        """The words without the list marker; a table row reads "first cell – column: cell; column: cell"."""
        if self.block.kind != "table_row" or not self.block.cells:
            return _ITEM_MARKER.sub("", self.text).strip()
        cells = [" ".join(self._slice(span).split()) for span in self.block.cells]
        if len(cells) == 2:
            return f"{cells[0].rstrip(':')}: {cells[1]}"
        named = list(zip(self.block.columns, cells, strict=False)) or [("", cell) for cell in cells]
        rest = "; ".join(f"{column}: {cell}" if column else cell for column, cell in named[1:] if cell)
        return f"{cells[0]} – {rest}" if rest else cells[0]

    @property
    def is_label_and_value(self) -> bool:
        """A row such as "Duration | 2 years" or a line "Duration: 2 years" among others of its kind."""
        if self.block.kind == "table_row":
            return len(self.block.cells) == 2
        return bool(_LABEL.match(self.text)) and _labelled_lines(self.chunk) >= MIN_LABELLED_LINES

    @property
    def is_numbered(self) -> bool:
        """A list item that begins with its number."""
        return bool(re.match(r"\(?\d{1,2}[.)]\s", self.text))

    @property
    def is_whole(self) -> bool:
        """False for running text that does not end as a sentence does: a subtitle, a cut line."""
        prose = self.block.kind == "paragraph" and not self.is_label_and_value
        return not prose or self.text.rstrip(")]”\"'»“ ").endswith((".", "!", "?", ":", ";", "…"))

    @property
    def says_something(self) -> bool:
        """Whether it has words of its own: a bare link or "Sources: 1, 2" has not."""
        return self.is_label_and_value or len(_WORD.findall(_LINK.sub(" ", self.text))) >= MIN_WORDS

    def _slice(self, span: tuple[int, int]) -> str:
        start = self.chunk.span[0]
        return self.chunk.text[max(0, span[0] - start) : max(0, span[1] - start)]


def statements(passages: Sequence[Passage]) -> Iterator[Statement]:
    """Statements in reading order, passages best first; headings and lines without words give none."""
    for passage in passages:
        similarity = max((hit.dense_similarity or 0.0 for hit in passage.hits), default=0.0)
        for chunk in passage.chunks:
            for block in chunk.blocks:
                if block.kind in ("heading", "table_header", "caption"):
                    continue
                for span in _spans(chunk, block, passage.document.language or "en"):
                    statement = Statement(passage.document, chunk, block, span, passage.score, similarity)
                    if statement.says_something:
                        yield statement


def sentence_spans(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, without the white space around them."""
    import sentencex

    start = 0
    for sentence in sentencex.segment(language, text):
        end = start + len(sentence)
        stripped = sentence.strip()
        if stripped:
            lead = start + len(sentence) - len(sentence.lstrip())
            yield lead, lead + len(stripped)
        start = end


@lru_cache(maxsize=4096)
def _labelled_lines(chunk: Chunk) -> int:
    return sum(bool(_LABEL.match(line)) for line in chunk.text.splitlines())


def _spans(chunk: Chunk, block: Block, language: str) -> Iterator[tuple[int, int]]:
    start, end = max(block.span[0], chunk.span[0]), min(block.span[1], chunk.span[1])
    if start >= end:
        return
    if block.kind != "paragraph" or _labelled_lines(chunk) >= MIN_LABELLED_LINES:
        yield start, end
        return
    text = chunk.text[start - chunk.span[0] : end - chunk.span[0]]
    for first, last in sentence_spans(text, language):
        yield start + first, start + last
