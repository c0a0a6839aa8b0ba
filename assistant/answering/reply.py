"""A language model's streamed reply, read into sentences, bullets and steps with the passages they cite.

Only what carries a marker such as [2] comes out: a sentence that names no passage cannot be proved. A marker
counts for the sentence that it stands in or directly behind, on the same line or alone on the next.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.answering.statements import sentence_spans

# [1], [1, 2], [1-3], [^1], [Passage 1], 【1】; a link that some models hang on it goes with it
_MARKER = re.compile(
    r"\s*[\[【]\^?\s*(?:passages?\s*)?(\d{1,2}(?:\s*(?:[,;&–-]|and)\s*(?:passages?\s*)?\d{1,2})*)\s*[\]】]"
    r"(?:\(https?://[^\s)]*\))?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s*[–-]\s*(\d+)|(\d+)")
_BULLET = re.compile(r"\s*[-*•–]\s+")
_STEP = re.compile(r"\s*\d{1,2}[.)]\s+")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")
_THOUGHT = ("<think>", "</think>")


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """One sentence, bullet or step of the reply."""

    text: str
    """Without markers and without Markdown."""
    numbers: tuple[int, ...]
    """What its markers say, in order, each once; not checked against anything."""
    layout: Literal["sentence", "bullet", "step"]


def without_markers(text: str) -> str:
    """The text without markers and without the spaces before them."""
    return _MARKER.sub("", text)


class ReplyReader:
    """Feed it the reply as it arrives; it gives each cited sentence as soon as that is complete."""

    def __init__(self, language: str) -> None:
        """`language` is the reply's ISO 639-1 code, for its abbreviations."""
        self.reply = ""
        """All that the model has said so far, without its thoughts."""
        self._language = language
        self._thinking: str | None = ""
        self._line = ""
        self._line_has_begun = False
        self._uncited: CitedSentence | None = None

    def feed(self, text: str) -> Iterator[CitedSentence]:
        """The sentences that this piece completes."""
        text = self._without_thoughts(text)
        self.reply += text
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            yield from self._read_line(line)
            self._line_has_begun = False
        yield from self._read_complete_sentences()

    def finish(self) -> Iterator[CitedSentence]:
        """What is left when the reply has ended."""
        yield from self.feed("\n")

    def _without_thoughts(self, text: str) -> str:
        """Reasoning models may open with <think>...</think>, which is not part of the reply."""
        if self._thinking is None:
            return text
        begin, end = _THOUGHT
        self._thinking += text
        opening = self._thinking.lstrip()
        if opening.startswith(begin) and end in opening:
            opening = opening.partition(end)[2]
        elif opening.startswith(begin) or begin.startswith(opening):
            return ""
        self._thinking = None
        return opening

    def _read_complete_sentences(self) -> Iterator[CitedSentence]:
        """All but the last sentence of an unfinished line; that one, or its marker, may still grow."""
        if not self._line_has_begun and (_BULLET.match(self._line) or _STEP.match(self._line)):
            return
        *complete, last = [*sentence_spans(self._line, self._language)] or [(0, 0)]
        if complete and self._line[last[0]] not in "[【":
            for start, end in complete:
                yield from self._read_sentence(self._line[start:end], "sentence")
            self._line = self._line[last[0] :]
            self._line_has_begun = True

    def _read_line(self, line: str) -> Iterator[CitedSentence]:
        if not self._line_has_begun and (bullet := _BULLET.match(line)):
            yield from self._read_sentence(line[bullet.end() :], "bullet")
        elif not self._line_has_begun and (step := _STEP.match(line)):
            yield from self._read_sentence(line[step.end() :], "step")
        else:
            for start, end in sentence_spans(line, self._language):
                yield from self._read_sentence(line[start:end], "sentence")

    def _read_sentence(
        self, raw: str, layout: Literal["sentence", "bullet", "step"]
    ) -> Iterator[CitedSentence]:
        sentence = CitedSentence(_plain(raw), _numbers(raw), layout)
        if not re.search(r"\w", sentence.text):
            if self._uncited and sentence.numbers:
                yield CitedSentence(self._uncited.text, sentence.numbers, self._uncited.layout)
                self._uncited = None
        elif not sentence.numbers:
            self._uncited = sentence
        else:
            self._uncited = None
            if not _is_source_entry(raw):
                yield sentence


def _numbers(raw: str) -> tuple[int, ...]:
    found: list[int] = []
    for marker in _MARKER.finditer(raw):
        for first, last, single in _RANGE.findall(marker[1]):
            found += [int(single)] if single else range(int(first), int(last) + 1)
    return tuple(dict.fromkeys(found))


def _plain(raw: str) -> str:
    text = _LINK.sub(r"\1 (\2)", without_markers(raw))
    text = re.sub(r"\*\*|__|`|^\s*#+\s", "", text)
    return " ".join(re.sub(r"\s+(?=[.,;:!?](?:\s|$))", "", text).split())


def _is_source_entry(raw: str) -> bool:
    """ "[1] Guide to funding, page 3": an entry of a list of sources, which states nothing."""
    return bool(_MARKER.match(raw)) and not raw.rstrip().endswith((".", "!", "?", "]", "】"))
