"""Fences around data in a prompt, so that a document cannot pass for an instruction.

The marker is made for each request and is checked to occur in none of the fenced texts. So nothing that was
written before the request can close the fence, and no text needs cleaning, which would change what is quoted.
"""

import secrets
from collections.abc import Callable, Iterable


def new_marker(texts: Iterable[str], *, draw: Callable[[], str] = lambda: secrets.token_hex(8)) -> str:
    """A marker of 16 random hex digits that occurs in none of the texts, upper or lower case."""
    haystack = "\n".join(texts).casefold()
    while (marker := draw()).casefold() in haystack:
        continue
    return marker


def fence(label: str, text: str, marker: str) -> str:
    """The text between an opening and a closing line that both hold the marker."""
    return f"<<{label} {marker}>>\n{text}\n<<end of {label} {marker}>>"
