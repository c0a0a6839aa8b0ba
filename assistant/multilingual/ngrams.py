"""What the student sees of a text: its words and their character n-grams, as 64-bit numbers.

Words are folded and framed by spaces, so that the beginning and the end of a word count. The hash of an
n-gram is a polynomial in its code points modulo 2**64, which one pass over an array gives for all n-grams
of all texts at once; sums of prefixes give it for words of any length.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.text import fold

LENGTHS = (3, 4, 5)
"""Characters of an n-gram, the spaces around a word among them."""

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_SPACE = ord(" ")
_WORD_SALT = np.uint64(0xD1B54A32D192ED03)  # " of " as a word and as a 4-gram are two features
_MOST_CHARACTERS = 4000  # of one text; a longer one is represented by its beginning


def features(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of all n-grams and words, and for each the index of its text; in the order of the texts."""
    if not texts:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    spaced = [_spaced(text) for text in texts]
    letters = np.frombuffer("".join(spaced).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in spaced])
    is_space = letters == _SPACE
    powers = _powers(_BASE, len(letters) + 1)
    prefix = np.concatenate([np.zeros(1, np.uint64), np.cumsum(letters * powers[:-1], dtype=np.uint64)])
    inverses = _powers(_INVERSE, len(letters) + 1)
    spaces = np.concatenate([[0], np.cumsum(is_space)])
    hashes, owners = [], []
    for length in LENGTHS:
        start = np.arange(max(len(letters) - length + 1, 0))
        # a space may begin or end an n-gram, and none may stand inside it
        inside = spaces[start + length - 1] - spaces[start + 1]
        start = start[inside == 0]
        hashes.append((prefix[start + length] - prefix[start]) * inverses[start])
        owners.append(owner[start])
    edge = np.flatnonzero(is_space)
    begin, end = edge[:-1], edge[1:]
    real = end - begin > 1
    begin, end = begin[real], end[real]
    hashes.append((prefix[end + 1] - prefix[begin]) * inverses[begin] ^ _WORD_SALT)
    owners.append(owner[begin])
    every, belongs = np.concatenate(hashes), np.concatenate(owners)
    order = np.argsort(belongs, kind="stable")
    return every[order], belongs[order]


def _spaced(text: str) -> str:
    """Folded words with a space around each."""
    kept = "".join(letter if letter.isalnum() else " " for letter in fold(text[:_MOST_CHARACTERS]))
    return f" {' '.join(kept.split())} "


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    powers = np.full(count, base, dtype=np.uint64)
    powers[0] = 1
    result: NDArray[np.uint64] = np.cumprod(powers, dtype=np.uint64)
    return result
