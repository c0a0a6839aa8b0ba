"""Reading a streamed reply: what is a sentence, which passages it cites, and when it is complete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.reply import CitedSentence, ReplyReader, without_markers


def read(reply: str, *, piece: int = 10_000, language: str = "en") -> list[CitedSentence]:
    reader = ReplyReader(language)
    pieces = [reply[start : start + piece] for start in range(0, len(reply), piece)]
    found = [sentence for text in pieces for sentence in reader.feed(text)]
    return [*found, *reader.finish()]


def cited(reply: str, *, language: str = "en") -> list[tuple[str, tuple[int, ...]]]:
    return [(sentence.text, sentence.numbers) for sentence in read(reply, language=language)]


def test_sentences_come_out_with_the_passages_that_they_cite() -> None:
    assert cited("Training is free [1]. It lasts 3 months [2].") == [
        ("Training is free.", (1,)),
        ("It lasts 3 months.", (2,)),
    ]


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1]", (1,)), ("[1, 2]", (1, 2)), ("[1][2]", (1, 2)), ("[1] [2]", (1, 2)), ("[1; 3]", (1, 3)),
        ("[2-4]", (2, 3, 4)), ("[2–4]", (2, 3, 4)), ("[^1]", (1,)), ("[Passage 1]", (1,)), ("【2】", (2,)),
        ("[passages 1 and 2]", (1, 2)), ("[2][2]", (2,)), ("[1](https://example.eu/a)", (1,)),
    ],
)  # fmt: skip
def test_markers_are_read_in_the_forms_that_models_write(marker: str, numbers: tuple[int, ...]) -> None:
    assert cited(f"Training is free {marker}.") == [("Training is free.", numbers)]


def test_a_year_or_a_word_in_brackets_is_no_marker() -> None:
    assert cited("The plan [2021] and [sic] hold [1].") == [("The plan [2021] and [sic] hold.", (1,))]


@pytest.mark.parametrize("gap", ["", " ", "\n", "\n\n"])
def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before_it(gap: str) -> None:
    assert cited(f"Training is free.{gap}[1]\nIt lasts 3 months.{gap}[2]") == [
        ("Training is free.", (1,)),
        ("It lasts 3 months.", (2,)),
    ]


def test_a_sentence_without_a_marker_does_not_borrow_the_next_ones() -> None:
    assert cited("The moon is cheese. Training is free [1]. Ask me more.") == [("Training is free.", (1,))]


def test_bullets_and_steps_are_one_piece_each() -> None:
    reply = "What you get:\n- **Free** place. Also meals [1]\n* Travel [2].\n\n1. Write [3].\n2) Sign [1, 2]."
    assert read(reply) == [
        CitedSentence("Free place. Also meals", (1,), "bullet"),
        CitedSentence("Travel.", (2,), "bullet"),
        CitedSentence("Write.", (3,), "step"),
        CitedSentence("Sign.", (1, 2), "step"),
    ]


def test_headings_introductions_and_lists_of_sources_are_not_claims() -> None:
    reply = (
        "## Answer\nHere is what I found:\nTraining is free [1].\n\nSources:\n[1] Guide to funding, page 3\n"
    )
    assert cited(reply) == [("Training is free.", (1,))]


def test_abbreviations_of_the_replys_language_do_not_end_a_sentence() -> None:
    assert cited("Kurse gibt es z. B. Montags [1].", language="de") == [
        ("Kurse gibt es z. B. Montags.", (1,))
    ]


def test_markdown_goes_and_link_targets_stay() -> None:
    assert cited("See [the `tool`](https://example.eu/t) for **all** funds [1].") == [
        ("See the tool (https://example.eu/t) for all funds.", (1,))
    ]


def test_thoughts_of_a_reasoning_model_are_not_part_of_the_reply() -> None:
    reply = "<think>\nPassage one says so. [1]\n</think>\n\nTraining is free [2]."
    assert [sentence.numbers for sentence in read(reply, piece=3)] == [(2,)]


def test_thoughts_that_never_end_give_nothing() -> None:
    assert read("<think>Training is free [1].") == []


def test_a_sentence_is_given_as_soon_as_the_next_one_begins() -> None:
    reader = ReplyReader("en")
    assert list(reader.feed("Training is free.")) == []
    assert list(reader.feed(" [1")) == []
    assert list(reader.feed("] ")) == []
    assert [sentence.numbers for sentence in reader.feed("It lasts")] == [(1,)]


REPLY = (
    "Training is free. [1] It lasts 3 months, e.g. in Porto [2][3].\n\n- Write to a@b.eu [1]\n- Sign [9]\n"
    "1. First this [1, 2].\n\nNo proof here. It costs 1.5 million EUR [2]. Not in the documents: the rest"
)


@given(piece=st.integers(1, len(REPLY)))
def test_the_pieces_in_which_a_reply_arrives_do_not_matter(piece: int) -> None:
    whole = read(REPLY)
    assert len(whole) == 6
    assert read(REPLY, piece=piece) == whole


@given(text=st.text(), pieces=st.integers(1, 9))
def test_no_reply_breaks_the_reader_and_all_that_comes_out_is_cited(text: str, pieces: int) -> None:
    for sentence in read(text + " [1].", piece=pieces):
        assert sentence.numbers
        assert sentence.text == without_markers(sentence.text)
