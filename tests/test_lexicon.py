"""The parallel text: every language has every entry of English, and no entry is empty or twice there."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(str(files("assistant").joinpath("lexicon")))
LANGUAGES = sorted(path.stem for path in FOLDER.glob("??.yaml"))
WRITTEN_IDS = re.compile(r"^  ([a-z]+[-.][a-z0-9-]+):", re.MULTILINE)


def text(language: str) -> str:
    return (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")


def lexicon(language: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text(language))
    return loaded


def ids_of_the_vocabulary() -> set[str]:
    """The ids that the concepts of assistant/records/vocabulary.yaml must have here."""
    vocabulary = yaml.safe_load(files("assistant.records").joinpath("vocabulary.yaml").read_text("utf-8"))
    groups = ("kind", "mode", "cost", "audience", "ecosystem")
    return {f"{group}.{re.sub('[ &]+', '-', name.lower())}" for group in groups for name in vocabulary[group]}


ENGLISH = lexicon("en")


def test_english_has_the_entries_that_training_needs() -> None:
    assert len(ENGLISH["phrases"]) >= 600
    assert len(ENGLISH["terms"]) >= 800


def test_every_concept_of_the_record_vocabulary_has_its_everyday_words() -> None:
    assert ids_of_the_vocabulary() <= set(ENGLISH["terms"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_the_ids_of_english_in_the_same_order(language: str) -> None:
    words = lexicon(language)
    assert words["language"] == language
    assert list(words) == ["language", "phrases", "terms"]
    assert list(words["phrases"]) == list(ENGLISH["phrases"])
    assert list(words["terms"]) == list(ENGLISH["terms"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_id_is_written_twice(language: str) -> None:
    written = WRITTEN_IDS.findall(text(language))
    assert len(written) == len(set(written)) == len(ENGLISH["phrases"]) + len(ENGLISH["terms"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_text_and_said_once(language: str) -> None:
    phrases = list(lexicon(language)["phrases"].values())
    assert all(isinstance(phrase, str) and phrase.strip() for phrase in phrases)
    folded = [phrase.casefold() for phrase in phrases]
    assert [phrase for phrase in folded if folded.count(phrase) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_words_and_none_of_them_twice(language: str) -> None:
    for term, forms in lexicon(language)["terms"].items():
        assert isinstance(forms, list), term
        assert forms, term
        assert all(isinstance(form, str) and form.strip() for form in forms), term
        assert len(set(forms)) == len(forms), term


def test_related_skills_are_entries_of_the_lexicon() -> None:
    related = yaml.safe_load((FOLDER / "related.yaml").read_text(encoding="utf-8"))
    terms = ENGLISH["terms"]
    assert {f"trade.{trade}" for trade in related} <= set(terms)
    assert {f"skill.{skill}" for skills in related.values() for skill in skills} <= set(terms)
