"""The fixed words of replies: every language says the same things, with the same gaps to fill."""

from importlib.resources import files
from itertools import combinations
from string import Template

import pytest
import yaml
from babel import Locale

from assistant.errors import AssistantError
from assistant.wording import languages, say

# fmt: off
OFFICIAL_EU = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
    "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
]
# fmt: on
LABELS = ("label_", "kind_", "mode_")
TRANSLATIONS = sorted({*OFFICIAL_EU, "uk"} - {"en"})


def words(language: str) -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(
        files("assistant.wording").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    )
    return loaded


ENGLISH = words("en")


def test_replies_are_worded_in_all_official_eu_languages_and_ukrainian() -> None:
    assert len(OFFICIAL_EU) == 24
    assert set(languages()) == {*OFFICIAL_EU, "uk"}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_keys_of_english_in_the_same_order(language: str) -> None:
    assert list(words(language)) == list(ENGLISH)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_variables_of_english_under_each_key(language: str) -> None:
    found = {key: sorted(Template(text).get_identifiers()) for key, text in words(language).items()}
    assert found == {key: sorted(Template(text).get_identifiers()) for key, text in ENGLISH.items()}


def sentences(language: str) -> dict[str, str]:
    """What is worded in that language, without the words that neighbours may share ("Start", "Program")."""
    return {key: text for key, text in words(language).items() if not key.startswith(LABELS)}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_sentence_is_empty_or_left_in_english(language: str) -> None:
    assert [key for key, text in words(language).items() if not text.strip()] == []
    assert [key for key, text in sentences(language).items() if text == ENGLISH[key]] == []


def test_no_two_languages_share_a_sentence() -> None:
    # A file copied under a second code would pass every test above.
    said = [text for language in TRANSLATIONS for text in sentences(language).values()]
    assert sorted(text for text in set(said) if said.count(text) > 1) == []


def test_no_two_languages_share_half_of_their_labels() -> None:
    labels = {
        code: {key: text for key, text in words(code).items() if key.startswith(LABELS)}
        for code in (*TRANSLATIONS, "en")
    }
    shared = {
        f"{one} {other}": sum(labels[one][key] == labels[other][key] for key in labels["en"])
        for one, other in combinations(labels, 2)
    }
    assert max(shared.values()) < len(labels["en"]) / 2, shared  # Czech and Slovak: 24 of 61


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_quotes_and_apostrophes_are_typographic(language: str) -> None:
    straight = [key for key, text in words(language).items() if '"' in text or "'" in text]
    assert straight == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_people_to_ask_are_named_so_that_a_reader_recognises_them(language: str) -> None:
    sentence = say("ask_a_person", language)
    assert "eures" in sentence.casefold()
    assert "(Pact for Skills)" in sentence


def test_french_keeps_its_punctuation_on_the_line_of_its_word() -> None:
    for text in words("fr").values():
        assert not [mark for mark in (" :", " ?", " !", " ;", " »", "« ") if mark in text], text
    assert "«\u202fsoudure\u202f»" in say("nothing_about", "fr", names="soudure")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "in einer anderen Sprache gefunden (Englisch)."),
        ("et", "teises (inglise) keeles dokumentidest."),
        ("lt", "kita (anglų) kalba."),
        ("lv", "citā (angļu) valodā."),
    ],
)
def test_the_name_of_a_language_fits_its_sentence(language: str, expected: str) -> None:
    # Estonian, Lithuanian and Latvian names are bare genitives ("anglų") that need their noun beside them.
    name = Locale(language).languages["en"]
    assert expected in say("other_language", language, language=name)


def test_numbers_and_names_are_filled_in() -> None:
    assert say("searched", "pl", documents=14, pages=5) == "Liczba przeszukanych dokumentów: 14 (stron: 5)."
    assert say("nothing_about", "cs", names="Gdaňsk") == "K výrazu „Gdaňsk“ se v nich nepodařilo nic najít."


def test_a_dollar_in_a_value_is_kept() -> None:
    assert "($pages)" in say("failed", "fi", reason="$pages")


def test_a_missing_variable_is_an_error_that_names_the_key_and_the_variable() -> None:
    with pytest.raises(AssistantError, match=r"'searched' in 'hu' lacks 'pages'"):
        say("searched", "hu", documents=3)


def test_an_unknown_key_is_an_error_that_names_it() -> None:
    with pytest.raises(AssistantError, match="'greeting'"):
        say("greeting", "sv")


def test_a_language_without_a_file_is_answered_in_english() -> None:
    assert say("not_found", "is") == ENGLISH["not_found"]
