"""What a question says in English, word by word, as far as the lexicon and the names of countries go.

Most documents are in English, and search by words crosses no language by itself. Meaning is the encoder's;
this helps where the exact word counts ("Schweißer", "Polska").
"""

from dataclasses import dataclass
from functools import lru_cache

from assistant import lexicon
from assistant.records.concepts import concepts
from assistant.records.naming import names_in
from assistant.records.reading import read_words
from assistant.retrieval.text import fold, stopwords

INTO = "en"
LONGEST = 600  # characters; a letter's beginning says what it is about


@dataclass(frozen=True, slots=True)
class Gloss:
    """Words of a question with what they mean in English."""

    words: tuple[str, ...]
    """Folded, as they stand in the question."""
    english: str


@lru_cache(maxsize=512)
def glosses(text: str, language: str) -> tuple[Gloss, ...]:
    """The English of what is known in a text of that language (ISO 639-1), in reading order."""
    if language in (INTO, "") or language not in lexicon.languages():
        return ()
    from babel import Locale

    reading = read_words(text[:LONGEST], language)
    found: list[tuple[int, Gloss]] = []
    spoken = Locale.parse(INTO)
    named = [(code, spoken.territories) for code in names_in(reading, language, "countries")]
    named += [(code, spoken.languages) for code in names_in(reading, language, "languages")]
    for (code, names), chip in zip(named, reading.chips, strict=False):
        words = tuple(fold(chip.words).split())
        found.append((reading.folded.index(words[0]), Gloss(words, str(names[code]))))
    english = lexicon.terms(INTO)
    for first, last, name in concepts("", language).spans(reading):
        words = tuple(reading.folded[first : last + 1])
        if not set(words) <= stopwords(language):
            found.append((first, Gloss(words, english[name][0])))
    return tuple(gloss for _, gloss in sorted(found, key=lambda each: each[0]))
