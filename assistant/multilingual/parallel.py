"""The training text: what means the same in many languages, by concept.

Authored phrases, terms and wording of this project, names of countries and languages from CLDR (through
babel), and the occupation labels of ESCO, which the user brings: "This service uses the ESCO classification
of the European Commission." English is the side that the teacher encodes.
"""

import csv
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant import lexicon

LABELS = "occupation_labels_21_languages.json.gz"
SKILLS = "v1.1.1-en/skills_en.csv.gz"
HELD_OUT = {"phrase": 0.10, "term": 0.06, "occupation": 0.06}
"""Share of the concepts of a kind that training never sees, in no language."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What is meant, and how it is said."""

    concept_id: str
    kind: str
    """phrase, term, name or occupation"""
    texts: Mapping[str, tuple[str, ...]]
    """ISO 639-1 code -> texts, the usual one first; English is among them."""

    @property
    def is_held_out(self) -> bool:
        """Whether it is kept for measuring. Decided by its id alone, so new concepts move no old ones."""
        digest = hashlib.sha256(self.concept_id.encode()).digest()
        return int.from_bytes(digest[:4]) / 2**32 < HELD_OUT.get(self.kind, 0.0)


def concepts(esco: Path | None) -> list[Concept]:
    """All of them, by id.

    Args:
        esco: Folder with ESCO's labels; None leaves occupations out.
    Raises:
        FileNotFoundError: the folder lacks the file of labels.
    """
    found = [*_authored(), *_names()]
    if esco:
        found += _occupations(esco)
    return sorted(found, key=lambda concept: concept.concept_id)


def skills(esco: Path) -> list[str]:
    """ESCO's skills in English: text that the student must keep apart from what is meant.

    Raises:
        FileNotFoundError: the folder lacks the file.
    """
    with gzip.open(esco / SKILLS, "rt", encoding="utf-8") as file:
        return [row["preferredLabel"] for row in csv.DictReader(file)]


def _authored() -> Iterator[Concept]:
    texts: defaultdict[tuple[str, str], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for language in lexicon.languages():
        for name, phrase in lexicon.phrases(language).items():
            texts["phrase", name][language] = (phrase,)
        for name, forms in lexicon.terms(language).items():
            texts["term", name][language] = tuple(forms)
    for (kind, name), said in texts.items():
        yield Concept(f"{kind}:{name}", kind, said)


def _names() -> Iterator[Concept]:
    """Countries and languages."""
    from babel import Locale

    texts: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for language in lexicon.languages():
        locale = Locale(language)
        for what, names in (("country", locale.territories), ("language", locale.languages)):
            for code, name in names.items():
                if len(code) == 2:  # not regions of the world, not dialects
                    texts[f"{what}:{code}"][language] = (name,)
    for concept_id, said in texts.items():
        if "en" in said:
            yield Concept(concept_id, "name", said)


def _occupations(esco: Path) -> Iterator[Concept]:
    with gzip.open(esco / LABELS, "rt", encoding="utf-8") as file:
        labels: dict[str, dict[str, list[str]]] = json.load(file)
    for uri, by_language in labels.items():
        said = {language: tuple(texts) for language, texts in by_language.items() if texts}
        if "en" in said:
            yield Concept(uri, "occupation", said)
