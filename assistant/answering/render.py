"""From verified claims to Markdown with [n] markers, piece by piece, so that a reader can watch it grow."""

import re
from collections.abc import Callable, Sequence

from assistant.answering.claims import Claim, Quote
from assistant.answers import Citation

_MARKUP = re.compile(r"([\\`*<>\[\]|]|(?<!\w)_|_(?!\w)|^(?:#|[-+](?=\s)))")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s)")
_LISTED = ("item", "step")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"']+")


class Renderer:
    """Numbers the citations and lays the claims out; feed it claims in reading order."""

    def __init__(self, title_of: Callable[[str], str]) -> None:
        """`title_of` gives the title of a document path."""
        self._title_of = title_of
        self._numbers: dict[Quote, int] = {}
        self._steps = 0
        self._last: Claim | None = None

    def add(self, claim: Claim) -> str:
        """The Markdown to append for one more claim."""
        if claim.layout == "row":
            return self._row(claim)
        body = safe_markdown(claim.text)
        heading = f"**{safe_markdown(claim.heading)}**" if claim.heading else ""
        if heading and claim.layout not in _LISTED:
            body = f"{heading} – {body}"
        markers = self._markers(claim.quotes)
        goes_on = claim.layout == "step" and not (claim.heading and self._last is not None)
        self._steps = self._steps + 1 if goes_on else int(claim.layout == "step")
        prefix = {"bullet": "- ", "item": "- ", "step": f"{self._steps}. "}.get(claim.layout, "")
        above = f"{heading}\n\n" if heading and claim.layout in _LISTED else ""
        text = f"{self._gap(claim)}{above}{prefix}{body}{markers}"
        self._last = claim
        return text

    @property
    def citations(self) -> list[Citation]:
        """The citations so far, by number."""
        return [
            Citation(
                number=number,
                document=quote.document,
                title=self._title_of(quote.document),
                page=quote.page_number,
                quote=quote.text,
            )
            for quote, number in self._numbers.items()
        ]

    def _row(self, claim: Claim) -> str:
        """A row of a table; the first one names the columns."""
        begins = self._last is None or self._last.layout != "row"
        emphasis = "**" if begins else ""
        cells = [f"**{safe_markdown(claim.heading)}**" if claim.heading else " "]
        for cell in claim.cells:
            text = f"{emphasis}{safe_markdown(cell.text)}{emphasis}" if cell.text else "–"
            cells.append(f"{text}{self._markers(cell.quotes)}")
        line = f"| {' | '.join(cells)} |"
        gap = "\n" if not begins else self._gap(claim)
        self._steps, self._last = 0, claim
        return f"{gap}{line}\n|{' --- |' * len(cells)}" if begins else f"{gap}{line}"

    def _markers(self, quotes: Sequence[Quote]) -> str:
        return "".join(f" [{self._number(quote)}]" for quote in dict.fromkeys(quotes))

    def _number(self, quote: Quote) -> int:
        return self._numbers.setdefault(quote, len(self._numbers) + 1)

    def _gap(self, claim: Claim) -> str:
        if self._last is None:
            return ""
        begins_list = claim.layout in _LISTED and bool(claim.heading)
        if claim.layout in ("bullet", *_LISTED) and claim.layout == self._last.layout and not begins_list:
            return "\n"
        if claim.layout == self._last.layout == "sentence":
            return " "
        return "\n\n"


def safe_markdown(text: str) -> str:
    """Escape what Markdown or HTML would act on; links stay whole. White space is folded."""
    text = " ".join(text.split())
    pieces, end = [], 0
    for link in _LINK.finditer(text):
        pieces += [_MARKUP.sub(r"\\\1", text[end : link.start()]), link.group()]
        end = link.end()
    pieces.append(_MARKUP.sub(r"\\\1", text[end:]))
    return _NUMBERED.sub(r"\1\\\2", "".join(pieces))


def plain_text(markdown: str) -> str:
    """The reply without Markdown's signs, for a terminal."""
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", markdown)
    return re.sub(r"\\([\\`*<>\[\]|_#+.)\-])", r"\1", text)
