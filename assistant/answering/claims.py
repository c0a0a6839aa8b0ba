"""What every composer produces: claims, each with the quotes that prove it.

A composer never writes [n] markers and never decides what is true. It yields claims in reading order;
`verify` drops those that their quotes do not carry, and `render` numbers the citations and writes Markdown.
So a language model can make the wording more fluent but cannot loosen the proof.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.answers import Usage
from assistant.retrieval.passages import Passage

Layout = Literal["lead", "sentence", "bullet", "item", "step", "row", "note"]
"""A `bullet` is complete with its heading; `item` and `step` belong to a list under one heading, a `row` to a
table whose first row names its columns."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that stand on a page: `text` is the page text at `span`."""

    document: str
    page_number: int
    span: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row; an empty one has no quotes."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence, bullet or step of the reply."""

    text: str
    """Markdown without [n] markers."""
    quotes: tuple[Quote, ...]
    """What proves it. Empty only for a `note`: our own words about the search, never about the world."""
    layout: Layout = "sentence"
    heading: str = ""
    """Where it stands (a section's heading or the document's title), shown before the text."""
    cells: tuple[Cell, ...] = ()
    """Of a `row`, whose `heading` is its first cell; `text` and `quotes` are those of all cells."""

    @classmethod
    def row(cls, heading: str, cells: Sequence[Cell]) -> "Claim":
        """A row of a table."""
        quotes = dict.fromkeys(quote for cell in cells for quote in cell.quotes)
        text = "; ".join(cell.text for cell in cells if cell.text)
        return cls(text, tuple(quotes), "row", heading, tuple(cells))


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the composers see it: personal data already masked."""

    text: str
    language: str
    """ISO 639-1 code of the reply."""
    persona: Literal["worker", "sme"] | None = None
    context: str = ""
    """The earlier question that this one leans on ("and in Spain?"), when it does."""
    history: tuple[tuple[str, str], ...] = ()
    """Earlier turns, oldest first: (question, text of the reply)."""
    asked_in: str = ""
    """ISO 639-1 code of the question's own language, where it is not the reply's."""

    @property
    def own_language(self) -> str:
        """The language that the question's words are read in."""
        return self.asked_in or self.language


class Composer(Protocol):
    """Turns passages into claims, best first, as they are ready."""

    @property
    def name(self) -> str:
        """ "evidence" or the language model's name, as shown in the Answer."""
        ...

    def compose(
        self,
        question: Question,
        passages: Sequence[Passage],
        *,
        on_usage: Callable[[Usage], None] = lambda usage: None,
    ) -> Iterator[Claim]:
        """Claims in reading order; none when the passages do not answer the question.

        Args:
            question: What is asked.
            passages: What was found, best first.
            on_usage: Told once what a model read and wrote, when the model says so.
        Raises:
            LanguageModelError: the model is missing, slow, cut off or failing; earlier claims stand.
        """
        ...
