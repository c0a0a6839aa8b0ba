"""How many passages fit into the language model's prompt, counted with no network.

tiktoken downloads its vocabularies when they are first used, so it counts only where an operator has put the
one for o200k_base into TIKTOKEN_CACHE_DIR. Anywhere else we estimate, and rather too much. Measured against
o200k_base, cl100k_base, DeepSeek's and Mistral's vocabularies (English documents of this project; interface
texts in 25 languages): the estimate is 1.2 to 1.5 times the costliest of the four in English and never under
o200k_base; where it is lowest, in Lithuanian, the costliest of the four needs 1.24 times the estimate.
"""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.retrieval.passages import Passage

if TYPE_CHECKING:
    from tiktoken import Encoding

ESTIMATE = "estimate"
_ENCODING = "o200k_base"
# tiktoken names a cached vocabulary by the SHA-1 of its address and downloads it anew if its content differs
_CACHE_NAME = "fb374d419588a4632f3f557e76b4b70aebbca790"
_CACHE_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

_PIECE = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_|\n+")


def counter_name() -> str:
    """Which tokenizer counts: "o200k_base" where its vocabulary is cached, else "estimate"."""
    return ESTIMATE if _cached_encoding() is None else _ENCODING


def count_tokens(text: str) -> int:
    """Tokens of the text by `counter_name()`; 0 for an empty text. Never opens a connection."""
    encoding = _cached_encoding()
    return estimate_tokens(text) if encoding is None else len(encoding.encode_ordinary(text))


def estimate_tokens(text: str) -> int:
    """An upper guess: 4 letters a-z, 1 other letter, 1 digit, 1 sign or 1 run of line breaks is a token."""
    return sum(_cost(piece) for piece in _PIECE.findall(text))


def pack(
    passages: Sequence[Passage], *, budget_tokens: int, text_of: Callable[[Passage], str]
) -> list[Passage]:
    """The passages that fit, best first.

    A passage that does not fit as a whole gives those of its chunks that do, best first; what does not fit is
    skipped, so that a smaller one behind it still gets in. Chunks are never cut.

    Args:
        passages: Best first.
        budget_tokens: For all texts together.
        text_of: The passage as the model will see it.
    """
    packed: list[Passage] = []
    left = budget_tokens
    for passage in passages:
        fitting = _largest_fitting(passage, left, text_of)
        if fitting is not None:
            packed.append(fitting)
            left -= count_tokens(text_of(fitting))
    return packed


def _largest_fitting(passage: Passage, budget: int, text_of: Callable[[Passage], str]) -> Passage | None:
    if count_tokens(text_of(passage)) <= budget:
        return passage
    fitting: Passage | None = None
    for hit in sorted(passage.hits, key=lambda hit: (-hit.score, hit.chunk.chunk_id)):
        chosen = {id(kept) for kept in fitting.hits} if fitting else set()
        larger = Passage(
            passage.document, tuple(kept for kept in passage.hits if kept is hit or id(kept) in chosen)
        )
        if count_tokens(text_of(larger)) <= budget:
            fitting = larger
    return fitting


def _cost(piece: str) -> int:
    if not piece[0].isalpha():
        return 1
    latin = sum(letter.isascii() for letter in piece)
    return -(-latin // 4) + len(piece) - latin


@cache
def _cached_encoding() -> "Encoding | None":
    folder = os.environ.get("TIKTOKEN_CACHE_DIR")
    if not folder:
        return None
    try:
        vocabulary = (Path(folder) / _CACHE_NAME).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(vocabulary).hexdigest() != _CACHE_SHA256:
        return None
    import tiktoken

    return tiktoken.get_encoding(_ENCODING)
