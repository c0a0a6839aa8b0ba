"""Which language a text is in, among the official ones of the EU and Ukrainian.

py3langid alone errs on questions of three words, and those are common; the stop words in them settle most.
With neither, the confidence is low and the caller keeps the language that it had.
"""

import math
import re
import threading
from functools import cache
from typing import Any

from assistant.retrieval.text import stopwords, tokens

LANGUAGES = (
    *(
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "ga",
        "hr",
        "hu",
        "it",
        "lt",
        "lv",
        "mt",
        "nl",
    ),
    *("pl", "pt", "ro", "sk", "sl", "sv", "uk"),
)
"""The official languages of the EU, and Ukrainian (ISO 639-1)."""

SURE = 0.75  # confidence from which a language counts as known

_NAMES = re.compile(
    r"\b(?:pact for skills|skills alliances?|clusterxchange|blueprints?|bootcamps?|erasmus|europass|eures)\b",
    re.IGNORECASE,
)
_loading = threading.Lock()


def detect_language(text: str) -> tuple[str, float]:
    """(ISO 639-1 code, confidence from 0 to 1); ("en", 0.0) for a text without letters.

    Names of the Pact's instruments, which are English in every language, count only where they stand alone.
    """
    text = _NAMES.sub(" ", text) if any(map(str.isalpha, _NAMES.sub(" ", text))) else text
    words = set(tokens(text))
    if not any(word.isalpha() for word in words):
        return "en", 0.0
    known = {language: len(words & stopwords(language)) for language in LANGUAGES}
    first, second = sorted(known, key=lambda language: (-known[language], language))[:2]
    if known[first] >= 3 and known[first] >= 2 * known[second] + 1:  # plain: spare the load of the model
        return first, 1.0 - 0.5 ** known[first]
    with _loading:
        identifier = _identifier()
    likelihoods: dict[str, float] = dict(identifier.rank(text))
    scores = {language: math.log(likelihoods[language] + 1e-9) + known[language] for language in known}
    best = max(scores, key=lambda language: (scores[language], language))
    total = sum(math.exp(score - scores[best]) for score in scores.values())
    return best, 1.0 / total


def language_if_sure(text: str) -> str | None:
    """ISO 639-1 code; None where `detect_language` only guesses at another language than English."""
    language, confidence = detect_language(text)
    return language if language == "en" or confidence >= SURE else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
