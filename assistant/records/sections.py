"""A document's lines under its headings, as a tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.records.labelled import Line


@dataclass(slots=True)
class Section:
    """A heading and what stands below it until the next heading of its level."""

    heading: Line
    above: tuple[tuple[str, int], ...]
    """(text, page) of the headings above, outermost first."""
    lines: list[Line] = field(default_factory=list)
    """Its own lines, without those of its parts."""
    parts: list["Section"] = field(default_factory=list)

    def whole(self) -> Iterator["Section"]:
        """Itself and its parts, in the order of the document."""
        yield self
        for part in self.parts:
            yield from part.whole()


def sections_of(lines: Sequence[Line]) -> list[Section]:
    """The outermost sections; lines before the first heading belong to none."""
    outermost: list[Section] = []
    open_sections: list[Section] = []
    for line in lines:
        if line.kind != "heading":
            if open_sections:
                open_sections[-1].lines.append(line)
            continue
        while open_sections and open_sections[-1].heading.level >= line.level:
            open_sections.pop()
        above = tuple((each.heading.text, each.heading.page) for each in open_sections)
        section = Section(line, above)
        (open_sections[-1].parts if open_sections else outermost).append(section)
        open_sections.append(section)
    return outermost
