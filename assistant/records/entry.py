"""What an entry of a document is: a title and labelled values."""

import re
from dataclasses import dataclass, field, replace

from assistant.records.labelled import Line

_NOTHING = re.compile(r"[-–—/.…\s]*|n\.?\s?/?a\.?|k\.\s?a\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """One labelled value."""

    label: str
    """Key of `labels.yaml`; "" for a label that nobody knows."""
    text: str
    """All of it, white space folded; semicolons between the items of a list."""
    page: int
    on_page: str
    """The part that stands on `page`, as it stands there."""
    printed: str = ""
    """The label in the document's words, of a label that nobody knows."""


@dataclass(slots=True)
class Entry:
    """A title and the values under it, in reading order."""

    title: str
    page: int
    headings: tuple[tuple[str, int], ...] = ()
    """(text, page) of the headings above, outermost first."""
    values: list[Value] = field(default_factory=list)
    strange: int = 0
    """Lines that look labelled, by a label that nobody knows."""
    name: tuple[str, int] = ("", 0)
    """(text, page) of what the head of its table calls it, where that is not the title."""
    begin: int = 0
    """Number of the line, counted over the document, at which the first value stands."""
    heading: int = -1
    """Number of the line of the nearest heading above; -1 for none."""
    above: tuple[str, int] = ("", 0)
    """(text, page) of the heading that stands between it and the entry before, where it has another title."""

    loose: tuple[Line, ...] = ()
    """The lines without a label that stand right above its values."""
    before: str = ""
    """The line right above the heading that stands right above it."""
    pieces: tuple[str, ...] = ()
    """The printed lines of its title."""

    def has(self, label: str) -> bool:
        """Whether there is a value with this label."""
        return any(value.label == label for value in self.values)

    def has_printed(self, printed: str) -> bool:
        """Whether there is a value with this label, which nobody knows."""
        return any(value.printed == printed for value in self.values if not value.label)

    def add(self, label: str, text: str, page: int) -> None:
        """Append a value; a dash for a value is none."""
        text = "" if _NOTHING.fullmatch(text) else text
        self.values.append(Value(label, text, page, text))

    def add_unknown(self, printed: str, text: str, page: int) -> None:
        """Append a value whose label nobody knows."""
        self.strange += 1
        self.values.append(Value("", text, page, text, printed))

    def extend(self, line: Line) -> None:
        """Lengthen the last value by a line that goes on with it."""
        last = self.values[-1]
        if not last.text:
            self.values[-1] = replace(last, text=line.text, page=line.page, on_page=line.text)
            return
        on_page = f"{last.on_page} {line.text}" if line.page == last.page else last.on_page
        gap = "; " if line.kind == "list_item" else " "
        self.values[-1] = replace(last, text=f"{last.text}{gap}{line.text}", on_page=on_page)
