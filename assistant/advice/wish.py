"""Whether a message asks for advice, a list, a comparison or a draft; everything else is left to others.

Precision comes first: a question about one partnership ("what is the target of ...") is a search. So "which"
must stand at the noun itself, with nothing but sectors, scales and small words between them, and a firm that
wants to join or a word of fitting must be there, before advice is given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from assistant.advice.firm import read_firm
from assistant.advice.lexicon import cue, scales
from assistant.answering.asked import asked_for
from assistant.records.firm import Firm
from assistant.records.models import RecordType
from assistant.records.reading import Reading, pattern, read_words
from assistant.records.towns import Towns
from assistant.retrieval.text import stopwords

FARTHEST = 7  # words from "which" to its noun
SHORT = 7  # words of a message that may only change what was said before
SAME_WISH = 8  # words between the noun and the word that says what is wished

Kind = Literal["advise", "list", "count", "compare", "draft"]
_FACTS = ("definition", "date", "duration", "steps", "contact", "amount")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message wants of partnerships."""

    kind: Kind
    firm: Firm
    type: RecordType = "partnership"
    scale: str = ""
    clusters: bool = False
    """Whether clusters are asked for."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, read."""

    reading: Reading
    language: str
    asked: str
    firm: Firm
    scale: str
    scale_words: str
    nouns: tuple[tuple[int, int], ...]
    """(first word, last word) of each word for a partnership, Blueprint or cluster."""
    type: RecordType
    clusters: bool
    is_question: bool

    @property
    def narrowing(self) -> tuple[str, ...]:
        """What is asked for, in the reader's words: scale and noun, sector, place."""
        words = self.reading.words
        noun = " ".join(words[self.nouns[0][0] : self.nouns[0][1] + 1]) if self.nouns else ""
        named = f"{self.scale_words} {noun}".strip()
        told = (named, self.firm.sector_words, self.firm.place_words)
        return tuple(dict.fromkeys(each for each in told if each))

    def near(self, group: str, language: str = "") -> bool:
        """Whether a cue of a group is there."""
        return bool(self.reading.spans(cue(group, language)))


def read_message(text: str, language: str, towns: Towns) -> Message:
    """Read a message on its own."""
    reading = read_words(text, language)
    firm = read_firm(reading, language, towns)
    scale = scale_words = ""
    for hit in scales().hits(reading):
        if not scale:
            scale, scale_words = hit.value, " ".join(reading.words[hit.first : hit.last + 1])
        reading.take("", hit.first, hit.last)
    found = {name: _nouns(reading, name) for name in ("partnership", "blueprint", "cluster")}
    of_type: RecordType = "blueprint" if found["blueprint"] and not found["partnership"] else "partnership"
    nouns = tuple(sorted({noun for each in found.values() for noun in each}))
    return Message(
        reading=reading,
        language=language,
        asked=asked_for(text, language),
        firm=firm,
        scale=scale,
        scale_words=scale_words,
        nouns=nouns,
        type=of_type,
        clusters=bool(found["cluster"]) and not found["partnership"],
        is_question=text.rstrip().endswith(("?", ";", "\u037e")),
    )


def wish_of(message: Message) -> Wish | None:
    """What the message wants on its own; None when it is none of this module's business."""
    wish = Wish("advise", message.firm, message.type, message.scale, message.clusters)
    if wants_draft(message):
        return replace(wish, kind="draft")
    if not message.nouns:
        return None
    counts = any(_leads(message, span) for span in message.reading.spans(pattern("how_many")))
    if not counts and _wants_advice(message):
        return replace(wish, firm=replace(message.firm, need=tuple(left_over(message))))
    if counts or _wants_list(message):
        return replace(wish, kind="count" if counts else "list") if not left_over(message) else None
    return None


def wants_draft(message: Message) -> bool:
    """Whether a commitment is to be written for the reader."""
    writes, promises = (message.reading.spans(cue(group)) for group in ("write", "commitment"))
    is_near = any(0 < abs(one[0] - other[0]) <= SAME_WISH for one in writes for other in promises)
    return is_near and message.asked not in ("steps", "definition", "date")


def wants_comparison(message: Message) -> bool:
    """Whether things are to be put side by side."""
    return message.near("compare")


def left_over(message: Message) -> list[str]:
    """Content words that nothing here understands: the message wants something else, or more."""
    reading = message.reading
    groups = ("partnership", "blueprint", "which", "between", "exists", "skill", "firm", "small")
    known = [cue(group) for group in groups]
    known += [pattern(name) for name in ("which", "all", "how_many", "noise", "for", "more")]
    taken = set(reading.used)
    for each in known:
        taken |= {place for first, last, _ in reading.spans(each) for place in range(first, last + 1)}
    taken |= {place for first, last in message.nouns for place in range(first, last + 1)}
    ignored = stopwords("en") | stopwords(message.language)
    words = enumerate(reading.folded)
    return [reading.words[place] for place, word in words if place not in taken and word not in ignored]


def _nouns(reading: Reading, name: str) -> list[tuple[int, int]]:
    return [(first, last) for first, last, _ in reading.spans(cue(name))]


def _wants_advice(message: Message) -> bool:
    """Whether a firm asks which one fits it, or says that it wants to join one."""
    own = bool(message.firm.size) or message.near("we", message.language)
    is_trade = bool(message.firm.sector_words) and bool(message.firm.about)
    fits = message.near("fits")
    if _is_led_by_which(message):
        is_firm = is_trade or (message.near("firm") and bool(message.firm.sectors))
        return fits or own or (is_firm and not message.near("exists"))
    if _is_led_by(message, "exists"):
        return fits and (own or is_trade)
    if any(_is_close(message, span) for span in message.reading.spans(cue("recommend"))):
        return own or is_trade
    is_statement = not message.is_question and message.asked not in _FACTS
    return is_statement and fits and own and bool(message.firm.sectors) and not _names_one(message)


def _wants_list(message: Message) -> bool:
    if message.asked in ("definition", "date", "duration", "steps", "amount"):
        return False
    told = bool(message.firm.sectors or message.firm.countries or message.scale)
    if _is_led_by_which(message) or any(_leads(message, s) for s in message.reading.spans(pattern("all"))):
        return told or message.type == "blueprint"
    return told and _is_led_by(message, "exists")


def _is_led_by_which(message: Message) -> bool:
    spans = [*message.reading.spans(cue("which")), *message.reading.spans(pattern("which"))]
    return any(_leads(message, span) for span in spans)


def _is_led_by(message: Message, group: str) -> bool:
    return any(_leads(message, span) for span in message.reading.spans(cue(group)))


def _leads(message: Message, span: tuple[int, int, str]) -> bool:
    """Whether a word asks for the noun: between them stand only words that narrow it."""
    for first, _ in message.nouns:
        between = range(span[1] + 1, first)
        if span[1] < first <= span[1] + FARTHEST and all(_narrows(message, place) for place in between):
            return True
    return False


def _narrows(message: Message, place: int) -> bool:
    word = message.reading.folded[place]
    return place in message.reading.used or bool(cue("between").fullmatch(word))


def _is_close(message: Message, span: tuple[int, int, str]) -> bool:
    return any(abs(first - span[0]) <= SAME_WISH for first, _ in message.nouns)


def _names_one(message: Message) -> bool:
    """Whether the noun has its sector at its side, which names one partnership: "the textile alliance"."""
    return any(place in message.reading.used for place in _neighbours(message))


def _neighbours(message: Message) -> Iterator[int]:
    return (first - 1 for first, _ in message.nouns if first)
