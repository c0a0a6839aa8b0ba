"""Plain text: what its characters are, its paragraphs, list items and headings.

A line is a heading only where the text says so beyond doubt: it is underlined, or stands alone in capitals.
"""

import re
from collections.abc import Iterator

from assistant.ingest.cleaning import SEAM, Hyphenation, clean, with_seams
from assistant.ingest.metadata import identified_language
from assistant.ingest.sections import Line

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 200_000
"""Bytes that are enough to tell an encoding."""
_LEGACY = ["cp1252", "cp1250", "cp1253", "cp1251", "cp1254", "cp1257", "iso8859_2", "iso8859_5", "iso8859_7"]
"""Single-byte encodings of the languages of Europe; others would only make a guess worse."""
_CP1250_LANGUAGES = frozenset({"bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "sr"})
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,}|~{3,})$")
_MOSTLY = 0.6
"""Share of labelled lines in a text of entries; the others are titles, and what goes on over a line."""
_SEAM = re.compile(r"\n|(?<=\S)(?: {2,}|\t)(?=\S)")
_RULE = re.compile(r"^[\s|+:=-]*[=-]{3,}[\s|+:=-]*$")
_ITEM = re.compile(r"^\s*(?:[•●▪■◦‣–*+-]|\(?\d{1,2}[.)])\s+\S")
_LABELLED = re.compile(r"^[^\W\d_][^:.!?]{1,40}: +\S")


def decode(data: bytes, *, declared: str = "") -> str:
    """The characters of a text file.

    A byte order mark decides, then valid UTF-8 (which other encodings are hardly ever by chance), then what
    the file declares, then a guess from the letters themselves.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in filter(None, ("utf-8", _as_browsers_do(declared))):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], cp_isolation=_LEGACY).best()
    encoding = best.encoding if best else "cp1252"
    text = data.decode(encoding, "replace")
    if encoding == "cp1250" and identified_language(text[:5000], least_letters=1) not in _CP1250_LANGUAGES:
        return data.decode("cp1252", "replace")  # most letters of the two are the same
    return text


def _as_browsers_do(declared: str) -> str:
    """Pages that declare Latin-1 are written in its superset for Windows, which has € and curly quotes."""
    return (
        "cp1252" if declared.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else declared
    )


def read_text(text: str) -> list[Line]:
    """The blocks of a plain text."""
    hyphenation = Hyphenation([text])
    return [line for part in _paragraphs(text) for line in _lines(part, hyphenation)]


def split_labelled(text: str) -> list[str]:
    """The lines of "Duration: 2 years" and its like one by one, also below titles; any other text whole."""
    lines = [line for line in text.split("\n") if line.strip()]
    labelled = [_LABELLED.match(line.replace(SEAM, "").strip()) is not None for line in lines]
    is_list = all(labelled) or (len(lines) > 3 and sum(labelled) >= _MOSTLY * len(lines))
    return lines if len(lines) > 1 and is_list else [text]


def _paragraphs(text: str) -> Iterator[list[str]]:
    for part in re.split(r"\n(?:[^\S\n]*\n)+|\f", text.replace("\r\n", "\n").replace("\r", "\n")):
        if lines := [line for line in part.split("\n") if line.strip()]:
            yield lines


def _lines(part: list[str], hyphenation: Hyphenation) -> Iterator[Line]:
    """The blocks of the lines between two empty ones."""

    if rows := _drawn_table(part, hyphenation):
        yield from rows
        return

    def line(texts: list[str]) -> Iterator[Line]:
        for text in split_labelled("\n".join(texts)):
            places = [match.end() for match in _SEAM.finditer(text)]
            if cleaned := clean(with_seams(text, places), hyphenation):
                yield Line("list_item" if _ITEM.match(text) else "paragraph", (cleaned,))

    if level := _heading_level(part):
        yield Line("heading", (clean(part[0], hyphenation),), level)
        part = part[2:]
    open_lines: list[str] = []
    for text in part:
        if open_lines and _ITEM.match(text):
            yield from line(open_lines)
            open_lines = []
        open_lines.append(text)
    yield from line(open_lines)


def _drawn_table(part: list[str], hyphenation: Hyphenation) -> list[Line]:
    """The rows of a table drawn with bars, its first line the head; [] where the lines draw none."""
    texts = [text.strip() for text in part if not _RULE.match(text)]
    if texts and all(text.startswith("|") and text.endswith("|") for text in texts):
        texts = [text[1:-1] for text in texts]
    drawn = [[clean(cell, hyphenation) for cell in text.split("|")] for text in texts]
    if len(drawn) < 3 or len(drawn[0]) < 3 or any(len(cells) != len(drawn[0]) for cells in drawn):
        return []
    head, *body = drawn
    rows = [Line("table_header", tuple(filter(None, head)))]
    for cells in body:
        told = [(name, cell) for name, cell in zip(head, cells, strict=True) if cell]
        if told:
            columns, values = zip(*told, strict=True)
            rows.append(Line("table_row", values, columns=columns))
    return rows


def _heading_level(part: list[str]) -> int:
    """1 or 2 when the first line is a heading; 0 otherwise."""
    first = part[0].strip()
    if len(part) > 1 and _UNDERLINE.match(part[1].strip()) and any(map(str.isalnum, first)):
        near = abs(len(part[1].rstrip()) - len(part[0].rstrip())) <= 3
        return (1 if part[1].strip().startswith("=") else 2) if near else 0
    words = [word for word in first.split() if any(map(str.isalpha, word))]
    alone = len(part) == 1 and len(words) > 1 and 8 <= len(first) <= 80
    return 2 if alone and first.isupper() and first[-1] not in ".,;:!?" else 0
