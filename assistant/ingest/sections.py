"""Pages for formats that have none: one for each top-level section, so citations lead to small places."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.documents import Block, BlockKind, Page
from assistant.ingest.cleaning import without_seams

_LONGEST = 6000
"""Characters, about two printed pages: a longer section goes on on a further page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One block to be: what a reader found, in the order of reading."""

    kind: BlockKind
    cells: tuple[str, ...]
    """Clean, without empty ones, with seams; a single one for anything but a table's row or header."""
    level: int = 0
    columns: tuple[str, ...] = ()
    """As in `Block`."""
    places: tuple[int, ...] = ()
    """As in `Block`."""

    @property
    def text(self) -> str:
        """The line of the page."""
        return " ".join(self.cells)


def pages_of(lines: Sequence[Line]) -> tuple[Page, ...]:
    """Pages numbered from 1.

    A page begins at each heading of the document's two highest levels, unless only headings came before it.
    """
    levels = sorted({line.level for line in lines if line.kind == "heading"})[:2]
    return tuple(_page(number, part) for number, part in enumerate(_parts(lines, levels), start=1))


def _parts(lines: Iterable[Line], levels: Sequence[int]) -> Iterator[list[Line]]:
    part: list[Line] = []
    length = 0
    body = False
    for line in lines:
        opens = line.kind == "heading" and line.level in levels
        too_long = length > _LONGEST and part[-1].kind != "heading"
        if body and (opens or too_long):
            yield part
            part, length, body = [], 0, False
        part.append(line)
        length += len(line.text) + 1
        body = body or line.kind != "heading"
    if part:
        yield part


def _page(number: int, lines: Sequence[Line]) -> Page:
    blocks = []
    texts = []
    start = 0
    for line in lines:
        cells, seams = [], list[int]()
        end = start
        parts = [without_seams(cell) for cell in line.cells]
        for text, within in parts:
            cells.append((end, end + len(text)))
            seams += (end + seam for seam in within)
            end += len(text) + 1
        is_row = line.kind in ("table_row", "table_header")
        columns = tuple(without_seams(name)[0] for name in line.columns)
        blocks.append(
            Block(
                line.kind,
                (start, end - 1),
                line.level,
                columns,
                tuple(cells) if is_row else (),
                tuple(seams),
                line.places,
            )
        )
        texts.append(" ".join(text for text, _ in parts))
        start = end
    return Page(number, "\n".join(texts), tuple(blocks))
