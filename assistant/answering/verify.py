"""The gate that every claim passes, whoever wrote it.

A claim stands when each of its quotes is found on its page, character by character, and when what can be
checked without understanding occurs in those quotes: numbers (so also dates and amounts), e-mail addresses,
links and acronyms. Where claim and quote are in one language, most of the claim's words must occur in the
quotes too. A claim that fails is dropped; nothing is repaired here.
"""

import re
from collections.abc import Callable

from assistant.answering.claims import Claim, Quote
from assistant.retrieval.text import analyse, content_words

PageText = Callable[[str, int], str]
"""(document path, page number from 1) -> page text; KeyError when there is no such page."""

MIN_WORD_SUPPORT = 0.6
"""Share of a claim's content words that its quotes must hold. A paraphrase keeps the nouns and changes a verb
or two; an invented sentence on the same topic shares little more than its topic."""

_NUMBER = re.compile(r"\d+(?:[.,  ' ]\d{3}(?!\d))*(?:[.,]\d+)?")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"']+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACRONYM = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Z]\w{1,15}\b")


def problem_with(claim: Claim, page_text: PageText, *, languages: tuple[str, str]) -> str | None:
    """Why the claim must be dropped, or None when it stands.

    Args:
        claim: What a composer wrote.
        page_text: Where quotes are looked up.
        languages: Of the claim and of the quoted documents; words are compared only when they are equal.
    """
    if not claim.quotes:
        return None if claim.layout == "note" else "no quote"
    for quote in claim.quotes:
        if not _stands_on_page(quote, page_text):
            return f"the quote does not stand on page {quote.page_number} of {quote.document}"
    evidence = " ".join(quote.text for quote in claim.quotes)
    for found, wanted in (
        (numbers(claim.text), numbers(evidence)),
        (_trimmed(_EMAIL, claim.text), _trimmed(_EMAIL, evidence)),
        (_trimmed(_LINK, claim.text), _trimmed(_LINK, evidence)),
        (set(_ACRONYM.findall(claim.text)), set(_ACRONYM.findall(evidence))),
    ):
        if missing := found - wanted:
            return f"not in the quote: {', '.join(sorted(missing))}"
    if languages[0] == languages[1] and word_support(claim.text, evidence, languages[0]) < MIN_WORD_SUPPORT:
        return "the quote does not carry the claim's words"
    return None


def numbers(text: str) -> set[str]:
    """Numbers in one spelling: "1 500", "1,500" and "1.500" are equal, "1.5" and "1,5" too."""
    return {_normal_number(match.group()) for match in _NUMBER.finditer(text)}


def word_support(claim: str, evidence: str, language: str) -> float:
    """Share of the claim's content words (stemmed) that occur in the evidence; 1.0 when it has none."""
    wanted = {stem for word in content_words(claim, language) for stem in analyse(word, language)}
    found = set(analyse(evidence, language))
    return len(wanted & found) / len(wanted) if wanted else 1.0


def _stands_on_page(quote: Quote, page_text: PageText) -> bool:
    try:
        page = page_text(quote.document, quote.page_number)
    except KeyError:
        return False
    return bool(quote.text.strip()) and page[slice(*quote.span)] == quote.text


def _normal_number(number: str) -> str:
    whole = re.sub(r"[  ' ]", "", number)
    parts = re.split(r"[.,]", whole)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(["".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else whole


def _trimmed(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match.rstrip(".,;:!?").casefold() for match in pattern.findall(text)}
