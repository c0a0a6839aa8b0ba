"""Markdown to Typst.

Text goes into Typst as string literals (`#"...";`), never as markup, so that no character of a source can
mean something to the typesetter. Only what the corpus uses is known; anything else is an error, because a
construct that is silently dropped would be a fact silently dropped.

A source is cited as `[@CODE]` or `[@CODE; @OTHER]`. Numbers follow the order of first use in the document.
A paragraph of nothing but a citation becomes the line "Sources: 1, 3." that closes a section.
"""

import re
from collections.abc import Iterable, Mapping

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from corpus.sourcefile import SourceError

CITATION = re.compile(r"\[(@[\w+.-]+(?:;\s*@[\w+.-]+)*)\]")
KEPT_SPACE = re.compile(r"(?<=\d) (?=\d{3}(?!\d)|%)|(?<=\S) (?=[-–] )")
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


def literal(text: str) -> str:
    """`text` as a Typst string expression, for use in code."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def plain(text: str) -> str:
    """`text` as Typst markup that shows exactly these characters; the `;` ends the expression.

    The spaces inside "700 000" and "5 %" become no-break spaces, and so does the one before a dash: a line
    that begins with a dash reads as a list item.
    """
    return f"#{literal(KEPT_SPACE.sub(chr(0xA0), text))};" if text else ""


def linked(text: str) -> str:
    """Like `plain`, with every web address in it a live link."""
    parts: list[str] = []
    end = 0
    for match in ADDRESS.finditer(text):
        parts += [plain(text[end : match.start()]), f"#address({literal(match[0])});"]
        end = match.end()
    return "".join([*parts, plain(text[end:])])


class Citations:
    """Numbers the sources of one document in the order in which they are cited."""

    def __init__(self, references: Mapping[str, str], *, one: str, many: str, colon: str = ":") -> None:
        self._references = references
        self._words = (one, many)
        self._colon = colon
        self._numbers: dict[str, int] = {}

    def _numbers_of(self, codes: str) -> list[int]:
        numbers = []
        for code in (part.strip().removeprefix("@") for part in codes.split(";")):
            if code not in self._references:
                raise SourceError(f"source code {code!r} is not in references.yaml")
            # Two codes for one address are one source for the reader.
            numbers.append(self._numbers.setdefault(self._references[code], len(self._numbers) + 1))
        return sorted(set(numbers))

    def _joined(self, codes: str) -> tuple[str, str]:
        numbers = self._numbers_of(codes)
        return self._words[len(numbers) > 1], ", ".join(map(str, numbers))

    def inline(self, codes: str) -> str:
        """For example "(source 3)"."""
        word, numbers = self._joined(codes)
        return plain(f"({word} {numbers})")

    def closing(self, codes: str) -> str:
        """For example "Sources: 1, 3."."""
        word, numbers = self._joined(codes)
        return f"#source-line({literal(f'{word[0].upper()}{word[1:]}{self._colon} {numbers}.')})\n\n"

    def cited(self) -> list[str]:
        """The cited references; the first has number 1."""
        return list(self._numbers)


class Writer:
    """Turns the syntax tree of one document into Typst markup."""

    def __init__(self, citations: Citations) -> None:
        self._citations = citations
        self._markdown = MarkdownIt("commonmark").enable("table")

    def document(self, body: str) -> str:
        """Typst markup of a whole Markdown text.

        Raises:
            SourceError: a construct that is not supported, or an unknown source code.
        """
        return self._blocks(SyntaxTreeNode(self._markdown.parse(body)).children)

    def _blocks(self, nodes: Iterable[SyntaxTreeNode]) -> str:
        return "".join(self._block(node) for node in nodes)

    def _block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "heading":
                return f"#heading(level: {node.tag[1:]})[{self._inlines(node)}]\n\n"
            case "paragraph":
                lone = CITATION.fullmatch(node.children[0].content.strip())
                return self._citations.closing(lone[1]) if lone else f"{self._inlines(node)}\n\n"
            case "bullet_list":
                return f"#list({self._entries(node)})\n\n"
            case "ordered_list":
                return f"#enum(start: {node.attrs.get('start', 1)}, {self._entries(node)})\n\n"
            case "table":
                return self._table(node)
        line = node.map[0] + 1 if node.map else 0
        raise SourceError(f"line {line} after the front matter: {node.type} is not supported")

    def _entries(self, node: SyntaxTreeNode) -> str:
        return ", ".join(f"[{self._blocks(entry.children).strip()}]" for entry in node.children)

    def _table(self, node: SyntaxTreeNode) -> str:
        head, *bodies = node.children
        rows = [
            [f"[{self._inlines(cell)}]" for cell in row.children]
            for part in (head, *bodies)
            for row in part.children
        ]
        cells = ",\n  ".join(", ".join(row) for row in rows[1:])
        return f"#data-table({len(rows[0])}, ({', '.join(rows[0])},),\n  {cells})\n\n"

    def _inlines(self, node: SyntaxTreeNode) -> str:
        return "".join(self._inline(child) for child in node.children)

    def _inline(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "inline":
                return self._inlines(node)
            case "text":
                return self._text(node.content)
            case "softbreak":
                return plain(" ")
            case "strong":
                return f"#strong[{self._inlines(node)}]"
            case "em":
                return f"#emph[{self._inlines(node)}]"
            case "link":
                target = str(node.attrs["href"])
                if node.info == "auto" and ADDRESS.fullmatch(target):
                    return f"#address({literal(target)});"
                return f"#link({literal(target)})[{self._inlines(node)}]"
        raise SourceError(f"{node.type} is not supported inside a paragraph: {node.content!r}")

    def _text(self, text: str) -> str:
        parts = CITATION.split(text)  # text, codes, text, codes, ..., text
        return "".join(
            self._citations.inline(part) if index % 2 else plain(part) for index, part in enumerate(parts)
        )
