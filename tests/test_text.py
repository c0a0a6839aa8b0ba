"""Folding, tokens, stems and query terms."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.retrieval.text import analyse, content_words, fold, query_terms, stopwords, tokens


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Gdańsk Łódź", "gdansk lodz"),
        ("Straße", "strasse"),
        ("ΑΘΉΝΑΣ αθήνας", "αθηνασ αθηνασ"),
        ("Šibenik Đakovo", "sibenik dakovo"),
        ("København Århus", "kobenhavn arhus"),
        ("Ħal Qormi", "hal qormi"),
        ("ﬁnance ½ ℠", "finance 1⁄2 sm"),
        ("", ""),
    ],
)
def test_folding_removes_capitals_accents_and_letters_of_their_own(written, folded):
    assert fold(written) == folded


@given(st.text())
@settings(max_examples=500, deadline=None)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Up-skilling workers", ["up", "skilling", "upskilling", "workers"]),
        ("2021–2027", ["2021", "2027", "2021-2027"]),
        ("2021-2027", ["2021", "2027", "2021-2027"]),
        ("EQF level 5", ["eqf", "level", "5"]),
        ("C++, C# and C", ["c++", "c#", "and", "c"]),
        ("EUR 60 000", ["eur", "60000"]),
        ("€60,000 or 60.000", ["60000", "or", "60000"]),
        ("1,5 % and 1.5", ["1.5", "and", "1.5"]),
        ("in 2021, 300 firms", ["in", "2021", "300", "firms"]),
        ("l’emploi", ["l", "emploi"]),
        ("DIG-014", ["dig", "014", "dig014"]),
        ("info@pact.eu", ["info", "pact", "eu"]),
        ("... – ?!", []),
    ],
)
def test_tokens_of_words_numbers_and_signs(text, expected):
    assert tokens(text) == expected


@given(st.text())
@settings(deadline=None)  # the first stemming imports the stemmers
def test_a_term_has_no_white_space_and_is_never_empty(text):
    assert all(term and not any(letter.isspace() for letter in term) for term in analyse(text, "en"))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "apprenticeships", "apprenticeship"),
        ("pl", "szkoleniach", "szkolenie"),
        ("de", "Förderungen", "forderung"),
        ("fr", "compétences", "competence"),
        ("el", "δεξιότητες", "δεξιοτήτων"),
        ("hu", "készségek", "keszseg"),
    ],
)
def test_inflected_words_share_a_term_with_and_without_accents(language, one, other):
    assert analyse(one, language) == analyse(other, language)


def test_a_language_without_a_stemmer_keeps_folded_words():
    assert analyse("Bezplatné školenia", "sk") == ["bezplatne", "skolenia"]
    assert analyse("Trainings", "") == ["trainings"]


def test_stop_words_of_english_and_of_the_question_are_left_out():
    assert content_words("Kto płaci za szkolenie?", "pl") == ["placi", "szkolenie"]
    assert content_words("Who pays for the training?", "pl") == ["pays", "training"]


def test_a_question_of_stop_words_has_no_content_but_is_searched_as_it_is():
    assert content_words("Who are you?", "en") == []
    assert query_terms("Who are you?", ["en"]) == {"who": 1.0, "are": 1.0, "you": 1.0}


def test_a_stop_word_in_capitals_is_a_name_unless_all_is_in_capitals():
    assert content_words("Which IT courses?", "en") == ["it", "courses"]
    assert content_words("CAN I GET IT", "en") == []


def test_each_word_is_asked_for_in_each_language_of_the_index():
    assert query_terms("trainings", ["en", "sk"]) == {"train": 1.0, "trainings": 1.0}
    assert query_terms("trainings", []) == {"trainings": 1.0}


def test_every_language_of_the_readers_has_stop_words():
    from assistant.retrieval.language import LANGUAGES

    assert len(LANGUAGES) == 25
    assert min(len(stopwords(language)) for language in LANGUAGES) >= 40
    assert stopwords("xx") == frozenset()


def test_threads_get_the_same_stems():
    words = [
        f"{stem}{ending}" for stem in ("train", "skill", "weld", "learn") for ending in ("ing", "ed", "s")
    ]
    alone = [analyse(word, "fi") for word in words]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda word: analyse(word, "fi"), words * 20))
    assert together == alone * 20
