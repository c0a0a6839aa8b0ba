"""Reading a message in its conversation: language, leaning on earlier turns, nothing added."""

import pytest

from assistant.answers import Answer
from assistant.conversation import Conversation, Turn
from assistant.understanding import understand


def conversation(*questions: str, language: str = "en") -> Conversation:
    return Conversation(
        [Turn(q, Answer(status="complete", language=language, text=f"Reply to {q}")) for q in questions]
    )


def test_a_first_question_stands_alone() -> None:
    read = understand("What is  ClusterXchange?", Conversation())
    assert read.standalone == "What is ClusterXchange?"
    assert [(q.text, q.weight) for q in read.queries] == [("What is ClusterXchange?", 1.0)]
    assert (read.question_language, read.reply_language) == ("en", "en")


@pytest.mark.parametrize(
    "message", ["and how long does it take?", "who pays?", "and in Spain?", "what about hosts"]
)
def test_a_message_that_leans_is_searched_with_the_turns_before(message: str) -> None:
    read = understand(message, conversation("What is ClusterXchange?"))
    assert read.standalone == f"What is ClusterXchange? {message}"
    assert [q.weight for q in read.queries] == [1.0, 0.5, 0.2]


def test_older_messages_weigh_half_each_step_back() -> None:
    read = understand("and in Spain?", conversation("Who funds apprenticeships?", "and how much?"))
    assert [(q.text, q.weight) for q in read.queries][:3] == [
        ("and in Spain?", 1.0),
        ("and how much?", 0.5),
        ("Who funds apprenticeships?", 0.25),
    ]
    assert read.standalone == "Who funds apprenticeships? and in Spain?"


def test_a_new_topic_forgets_the_old_one() -> None:
    message = "Which apprenticeships for bakers exist in Austria?"
    read = understand(message, conversation("What is ClusterXchange?"))
    assert read.standalone == message
    assert len(read.queries) == 1


def test_the_standalone_question_has_no_word_that_the_reader_did_not_write() -> None:
    turns = ["Which courses are there for welders in Poland?", "only online", "and the second one?"]
    read = understand(turns[-1], conversation(*turns[:-1]))
    assert set(read.standalone.split()) <= set(" ".join(turns).split())


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Wer bezahlt meine Weiterbildung, wenn mein Arbeitsplatz in Gefahr ist?", "de"),
        ("Quelles formations gratuites existent pour les soudeurs ?", "fr"),
        ("Jakie kursy cyfrowe są dostępne po polsku?", "pl"),
        ("Ποιος πληρώνει την εκπαίδευσή μου;", "el"),
    ],
)
def test_the_reply_follows_the_language_of_the_question(message: str, language: str) -> None:
    assert understand(message, Conversation()).reply_language == language


def test_a_chosen_language_wins_and_an_unknown_one_falls_back_to_english() -> None:
    assert understand("What is the Pact?", Conversation(), language="pl").reply_language == "pl"
    assert understand("What is the Pact?", Conversation(), language="xx").reply_language == "en"


def test_a_message_too_short_to_tell_keeps_the_language_of_the_conversation() -> None:
    assert understand("ok?", conversation("Was ist der Pakt?", language="de")).reply_language == "de"
