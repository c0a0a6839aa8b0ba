"""What kind of thing is asked for; phrasings that the table was not copied from."""

from typing import get_args

import pytest
import yaml

from assistant.answering import asked
from assistant.answering.asked import asked_for, counts, defines, holds, split_questions


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("how many firms have signed up so far", "en", "count"),
        ("when did it begin?", "en", "date"),
        ("how long can one stay at the host", "en", "duration"),
        ("what does the training cost me", "en", "amount"),
        ("who pays", "en", "amount"),
        ("how do we sign up", "en", "steps"),
        ("which unions take part", "en", "list"),
        ("what is a Blueprint alliance", "en", "definition"),
        ("to whom can I write, is there an email", "en", "contact"),
        ("i am a baker and want something new", "en", "other"),
        ("Wie viele Menschen wurden geschult?", "de", "count"),
        ("Wann endet die Frist?", "de", "date"),
        ("Was kostet mich der Kurs?", "de", "amount"),
        ("Combien coûte le cours ?", "fr", "amount"),
        ("¿Cuánto dura el intercambio?", "es", "duration"),
        ("Jak mogę dołączyć do paktu?", "pl", "steps"),
        ("Τι είναι το Σύμφωνο;", "el", "definition"),
        ("Колко струва обучението?", "bg", "amount"),
    ],
)
def test_the_kind_is_read_from_the_question_words(question: str, language: str, kind: str) -> None:
    assert asked_for(question, language) == kind


def test_cues_of_another_language_are_not_read() -> None:
    assert asked_for("care home", "en") == "other"  # "care sunt" is Romanian for "which are"


def test_a_number_counts_what_stands_after_it() -> None:
    assert counts("DigComp 3.0 has 21 competences in five areas.", "competences")
    assert counts("It was signed by 118 textile organisations.", "organisations")
    assert not counts("The competences of 2022 were revised.", "competences")
    assert not counts("The competences are listed on page 21.", "competences")


def test_holds_tells_amounts_dates_and_durations() -> None:
    assert holds("amount", "up to 5 000 EUR a year") is True
    assert holds("amount", "a useful thing") is False
    assert holds("date", "since 10 November 2020") is True
    assert holds("duration", "3 full working days") is True
    assert holds("contact", "write to pfs@euratex.eu") is True
    assert holds("steps", "first, open the form") is None


def test_the_table_names_only_known_kinds() -> None:
    from importlib.resources import files

    table = yaml.safe_load(files(asked.__package__).joinpath("asked.yaml").read_text(encoding="utf-8"))
    assert set(table) - {"is", "and", "question_words"} <= set(get_args(asked.Asked))


def test_a_message_is_cut_into_its_questions() -> None:
    message = "We are a bakery in Porto. Which partnership fits, what does it cost and who do we write to?"
    assert split_questions(message, "en") == [
        "Which partnership fits",
        "what does it cost",
        "who do we write to?",
    ]
    assert split_questions("free courses in research and development", "en") == [
        "free courses in research and development"
    ]
    assert split_questions("Was ist das? Wie trete ich bei und was kostet es?", "de") == [
        "Was ist das?",
        "Wie trete ich bei",
        "was kostet es?",
    ]


def test_a_definition_begins_with_the_word_and_says_what_it_is() -> None:
    assert defines("ClusterXchange is a mobility scheme.", "ClusterXchange", "en")
    assert defines("Der Pakt ist ein Modell.", "Pakt", "de")
    assert not defines("Typical commitments under the Pact for Skills are:", "Pact", "en")
