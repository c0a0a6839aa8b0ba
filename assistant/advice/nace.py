"""Codes and names of NACE Rev. 2, and of national lists made of it, to industrial ecosystems."""

import re
from functools import cache

from assistant.advice.lexicon import nace
from assistant.records import normalise
from assistant.records.reading import Reading
from assistant.retrieval.text import fold

_CODE = re.compile(r"([a-u])?(\d{2})(?:\.?(\d)(?:\.?\d{1,2})?)?(?:\.?[a-z])?", re.IGNORECASE)
_BETWEEN = {"rev", "2", "1", "3", "2008", "r2", "code", "codes", "is", "ist", "est", "es", "jest", "no", "nr"}
FARTHEST = 6  # words from the name of a list to its code


def find_code(reading: Reading) -> tuple[int, int, tuple[str, ...]] | None:
    """The first code or name in a message: (first word, last word, ecosystems); () for a code that has none.

    "C13" and "C 13.9" are codes anywhere, plain numbers and lone letters only after a name such as NACE.
    """
    for first, last, _ in reading.spans(_names()):
        if found := _after(reading, first, last):
            return found
    for place, word in enumerate(reading.folded):
        match = _CODE.fullmatch(word)
        if match and match[1] and reading.words[place][0].isupper() and _fits(match[1], int(match[2])):
            return place, place, _of(match)
    for first, last, text in reading.spans(_section_names()):
        return first, last, section(_section_of(text))
    return None


def section(letter: str) -> tuple[str, ...]:
    """Ecosystems of all divisions of a section, most divisions first; () where they are many."""
    low, high, _ = nace()["sections"][letter.upper()]
    counted: dict[str, int] = {}
    for division in range(low, high + 1):
        for name in nace()["divisions"].get(division, ()):
            counted[name] = counted.get(name, 0) + 1
    best = sorted(counted, key=lambda name: -counted[name])
    return tuple(best) if len(best) <= 2 else ()


def _after(reading: Reading, first: int, last: int) -> tuple[int, int, tuple[str, ...]] | None:
    """The code that stands right after a name, but for words such as "Rev. 2" and "is"."""
    for place in range(last + 1, min(last + FARTHEST, len(reading.words))):
        word = reading.words[place]
        following = reading.folded[place + 1] if place + 1 < len(reading.words) else ""
        if len(word) == 1 and word.isupper() and not _CODE.fullmatch(following):
            return (first, place, section(word)) if word in nace()["sections"] else None
        match = _CODE.match(word)  # national lists add digits: "13961"
        if match and int(match[2]) in nace()["divisions"]:
            return first, place, _of(match)
        if reading.folded[place] not in _BETWEEN and not (len(word) == 1 and word.isupper()):
            return None
    return None


def _of(match: re.Match[str]) -> tuple[str, ...]:
    groups = nace()["groups"]
    if match[3] and (group := f"{match[2]}.{match[3]}") in groups:
        return tuple(groups[group])
    return tuple(nace()["divisions"].get(int(match[2]), ()))


def _fits(letter: str, division: int) -> bool:
    low, high, _ = nace()["sections"].get(letter.upper(), (1, 0, ""))
    return bool(low <= division <= high)


@cache
def _names() -> re.Pattern[str]:
    words = [*nace()["names"], *nace()["section"]]
    return normalise.compile_forms({" ".join(fold(word).replace("-", " ").split()) for word in words})


@cache
def _section_names() -> re.Pattern[str]:
    """Whole names of sections; those of one word are everyday words, which other lists have."""
    names = [str(name) for _, _, name in nace()["sections"].values()]
    return normalise.compile_forms(name for name in names if " " in name)


def _section_of(text: str) -> str:
    return next(str(letter) for letter, (_, _, name) in nace()["sections"].items() if name == text)
