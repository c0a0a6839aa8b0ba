"""Passages for tests, from lines of text."""

from datetime import date

from assistant.documents import Block, BlockKind, Chunk, Document, Page
from assistant.retrieval.passages import Hit, Passage

Line = str | tuple[BlockKind, str]


def passage(
    *lines: Line,
    path: str = "guide.pdf",
    page: int = 3,
    language: str = "en",
    score: float = 0.9,
    before: str = "",
) -> Passage:
    """One chunk; a plain line is a paragraph, a row's cells are parted by " | "; `before` stands above it."""
    blocks: list[Block] = []
    text = before
    columns: tuple[str, ...] = ()
    for line in lines:
        kind, words = ("paragraph", line) if isinstance(line, str) else line
        start = len(text) + (1 if text else 0)
        text = f"{text}\n{words}" if text else words
        cells: list[tuple[int, int]] = []
        if kind in ("table_row", "table_header"):
            position = start
            for cell in words.split(" | "):
                cells.append((position, position + len(cell)))
                position += len(cell) + 3
            columns = tuple(words.split(" | ")) if kind == "table_header" else columns
        blocks.append(
            Block(
                kind, (start, len(text)), columns=columns if kind == "table_row" else (), cells=tuple(cells)
            )
        )
    start = blocks[0].span[0]
    chunk = Chunk(
        chunk_id=f"c1:{path}-{page}-{start}",
        document=path,
        page_number=page,
        span=(start, len(text)),
        text=text[start:],
        section=tuple(
            words for kind, words in (line for line in lines if isinstance(line, tuple)) if kind == "heading"
        ),
        blocks=tuple(blocks),
    )
    document = Document(
        path=path, title=path.removesuffix(".pdf").title(), sha256="0" * 64, page_count=9, language=language,
        as_of=date(2026, 11, 1),
    )  # fmt: skip
    return Passage(document, (Hit(chunk, score, dense_similarity=0.6),))


def page_of(given: Passage, before: str = "") -> Page:
    """The page that the passage's chunk was cut from."""
    chunk = given.chunks[0]
    return Page(chunk.page_number, f"{before}\n{chunk.text}" if before else chunk.text)
