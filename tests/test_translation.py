"""What a question says in English, and that pages are found by it."""

import pytest

from assistant.translation import glosses


def english(text: str, language: str) -> set[str]:
    return {gloss.english for gloss in glosses(text, language)}


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Welche kostenlosen Kurse gibt es für Schweißer in Polen?", "de", {"free", "welder", "Poland"}),
        ("Ile kosztuje kurs spawania w Niemczech?", "pl", {"how much", "welding", "Germany"}),
        ("Кои партньорства има за строителството?", "bg", {"partnership", "construction"}),
        ("Πόσες εταιρείες συμμετέχουν στη σύμπραξη για τον τουρισμό;", "el", {"company", "tourism"}),
        ("Onko Virossa kursseja hitsaajille?", "fi", {"Estonia", "welder"}),
    ],
)
def test_known_words_and_countries_are_translated_in_their_case_forms(
    text: str, language: str, wanted: set[str]
) -> None:
    assert wanted <= english(text, language)


def test_a_gloss_names_the_words_it_stands_for() -> None:
    (welder,) = [gloss for gloss in glosses("kurs dla spawacza", "pl") if gloss.english == "welder"]
    assert welder.words == ("spawacza",)


def test_words_that_nobody_listed_are_left_alone() -> None:
    assert glosses("Zwölf Boxkämpfer jagen Viktor", "de") == ()


@pytest.mark.parametrize("language", ["en", "", "zh"])
def test_english_and_languages_without_a_lexicon_need_or_have_no_translation(language: str) -> None:
    assert glosses("welding courses in Poland", language) == ()


def test_a_letter_of_any_length_is_read_in_no_time() -> None:
    assert glosses("Schweißer " * 5000, "de")[0].english == "welder"
