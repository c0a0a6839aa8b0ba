"""Words: folding, tokens, stems and the terms of a query, the same for documents and questions.

Words are folded before they are stemmed. Stemmers know accents, but people leave them out, and over 90
inflected words of nine languages folding first cost one conflation in Polish and one in Czech.
"""

import re
import threading
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_NO_DECOMPOSITION = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ı": "i"}
)
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_TOKEN = re.compile(
    r"""
    (?P<thousands> (?<![\w.,]) \d{1,3} (?:[ ,.]\d{3})+ (?![\w]|[.,]\d) )   # 60 000, 60,000 and 60.000
  | (?P<decimal> (?<![\w.,]) \d+ [.,] \d+ (?![\w]|[.,]\d) )                # 1.5 and 1,5
  | (?P<word> [^\W_]+ (?:-[^\W_]+)* (?: \+\+ | \# (?!\w) )? )            # skills, e-learning, 2021-2027, c++
    """,
    re.VERBOSE,
)

_CAPITALS = re.compile(r"\b\w{2,}\b")

_STEMMERS = {
    "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "fi": "finnish", "fr": "french", "ga": "irish", "hu": "hungarian", "it": "italian",
    "lt": "lithuanian", "nl": "dutch", "pl": "polish", "pt": "portuguese", "ro": "romanian", "sv": "swedish",
}  # fmt: skip
_stemming = threading.Lock()  # a stemmer keeps the word that it works on


def fold(text: str) -> str:
    """`text` in lower case without accents: "Gdańsk Łódź" and "gdansk lodz", "ΑΘΉΝΑΣ" and "αθηνασ" are equal.

    Unicode decomposition leaves ł, ø, đ and their like alone, so they are replaced by hand; casefolding turns
    ß into ss and the final ς into σ. The length may change: spans of the folded text do not fit the original.
    """
    if text.isascii():
        return text.lower()
    # decomposing first, since "℠" becomes "SM"; and again, since casefolding may compose
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_NO_DECOMPOSITION)
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def tokens(text: str) -> list[str]:
    """Folded words and numbers in reading order.

    A hyphenated word gives its parts and the joined form ("up-skilling": up, skilling, upskilling), a span of
    numbers its parts and itself ("2021-2027"). Numbers read the same however they are written
    ("60 000": 60000, "1,5": 1.5).
    """
    found: list[str] = []
    for match in _TOKEN.finditer(_DASHES.sub("-", fold(text))):
        token = match.group()
        if match.lastgroup == "thousands":
            found.append(re.sub(r"\D", "", token))
        elif match.lastgroup == "decimal":
            found.append(token.replace(",", "."))
        elif "-" in token:
            parts = token.split("-")
            found.extend(parts)
            found.append(token if all(part.isdecimal() for part in parts) else "".join(parts))
        else:
            found.append(token)
    return found


def analyse(text: str, language: str) -> list[str]:
    """The terms of `text` in reading order: tokens, stemmed where `language` (ISO 639-1) has a stemmer."""
    return [_stem(token, language) for token in tokens(text)]


def content_words(text: str, language: str) -> list[str]:
    """The tokens of `text` that carry its topic: all but the stop words of English and of `language`.

    A stop word in capitals among other words is a name and stays ("IT skills").
    """
    names = set() if text.isupper() else {fold(word) for word in _CAPITALS.findall(text) if word.isupper()}
    ignored = (stopwords("en") | stopwords(language)) - names
    return [word for word in tokens(text) if word not in ignored]


def query_terms(text: str, languages: Sequence[str], *, language: str = "en") -> dict[str, float]:
    """The terms that a question asks for, with their weights.

    Args:
        text: The question.
        languages: Languages of the indexed documents. Each content word gives its term in each of them, at
            full weight: a document has the term of its own language only.
        language: The question's own, for its stop words.
    Returns:
        Weight 1 for every term. A question of stop words alone asks for them.
    """
    asked = content_words(text, language) or tokens(text)
    return {_stem(word, each): 1.0 for word in asked for each in languages or ("",)}


@cache
def stopwords(language: str) -> frozenset[str]:
    """The folded stop words of an ISO 639-1 language; empty for one that has no list."""
    return frozenset(fold(_stopword_lists().get(language, "")).split())


@cache
def _stopword_lists() -> dict[str, str]:
    text = resources.files("assistant.retrieval").joinpath("stopwords.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=100_000)
def _stem(token: str, language: str) -> str:
    if language not in _STEMMERS or not token.isalpha():
        return token
    with _stemming:
        stemmed: str = _stemmer(language).stemWord(token)
    return stemmed


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(_STEMMERS[language])
