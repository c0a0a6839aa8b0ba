"""Counting tokens with no network, and packing passages into a budget."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passages_by_hand import passage

from assistant.answering import budget
from assistant.answering.budget import count_tokens, counter_name, estimate_tokens, pack
from assistant.retrieval.passages import Hit, Passage


@pytest.fixture(autouse=True)
def no_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    budget._cached_encoding.cache_clear()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("   ", 0),
        ("skills", 2),  # 6 letters a-z, 4 to a token
        ("2021-2027", 9),  # 8 digits and a hyphen
        ("Łódź", 4),  # 3 letters beyond a-z, and the d
        ("a\n\nb", 3),  # the run of line breaks counts
    ],
)
def test_tokens_are_estimated_high_without_a_vocabulary(text: str, tokens: int) -> None:
    assert (counter_name(), count_tokens(text)) == ("estimate", tokens)


def test_a_file_that_is_not_the_vocabulary_is_neither_used_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / budget._CACHE_NAME
    file.write_bytes(b"not a vocabulary")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert (counter_name(), count_tokens("skills")) == ("estimate", 2)
    assert file.read_bytes() == b"not a vocabulary"


@pytest.mark.skipif(
    "O200K_CACHE_DIR" not in os.environ, reason="needs tiktoken's vocabulary, named in O200K_CACHE_DIR"
)
def test_a_cached_vocabulary_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", os.environ["O200K_CACHE_DIR"])
    assert (counter_name(), count_tokens("skills <|endoftext|>")) == ("o200k_base", 8)


def texts(packed: list[Passage]) -> list[str]:
    return [each.text for each in packed]


def test_passages_are_packed_best_first_and_one_that_is_too_long_makes_room_for_the_next() -> None:
    # 2, 50 and 2 tokens
    short, long, last = passage("skills"), passage("skills " * 25), passage("grants")
    assert texts(pack([short, long, last], budget_tokens=4, text_of=lambda each: each.text)) == [
        "skills",
        "grants",
    ]


def test_of_a_passage_that_is_too_long_its_best_chunks_stay_in_reading_order() -> None:
    first, second, third = (
        Hit(passage(words, page=page).chunks[0], score)
        for page, (words, score) in enumerate(
            [("skills", 0.5), ("budget " * 9, 0.9), ("grants", 0.7)], start=1
        )
    )
    whole = Passage(passage("x").document, (first, second, third))
    assert texts(pack([whole], budget_tokens=6, text_of=lambda each: each.text)) == ["skills\ngrants"]
    assert pack([whole], budget_tokens=1, text_of=lambda each: each.text) == []


@given(
    lines=st.lists(st.text(min_size=1, alphabet=st.characters(exclude_characters="\n")), max_size=6),
    size=st.integers(1, 60),
)
def test_what_is_packed_fits_the_budget(lines: list[str], size: int) -> None:
    packed = pack([passage(line) for line in lines], budget_tokens=size, text_of=lambda each: each.text)
    assert sum(estimate_tokens(each.text) for each in packed) <= size
