"""Messages that say what is asked, but of nothing."""

import pytest

from assistant.openness import is_too_open


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("how much?", "en"),
        ("apply", "en"),
        ("when is the deadline", "en"),
        ("et le financement ?", "fr"),
        ("ile to kosztuje", "pl"),
        ("wie lange dauert der Kurs?", "de"),
        ("cuándo empieza", "es"),
    ],
)
def test_a_question_about_nothing_is_too_open(message: str, language: str) -> None:
    assert is_too_open(message, language)


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("How do I join?", "en"),
        ("Was ist der Bildungsgutschein?", "de"),
        ("welding", "en"),
        ("kurs spawania", "pl"),
        ("training in Portugal", "en"),
        ("combien coûte ClusterXchange ?", "fr"),
        ("Tell me all there is to know about the courses and when they start.", "en"),
        ("", "en"),
        ("?", "en"),
    ],
)
def test_a_subject_a_name_or_a_whole_sentence_is_not(message: str, language: str) -> None:
    assert not is_too_open(message, language)
