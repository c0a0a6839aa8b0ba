"""Measures against examples worked by hand, and the ranking measures against ir-measures."""

import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, ScoredDoc, nDCG
from ir_measures import Qrel as QrelOf

from eval.intervals import interval
from eval.judge import kappa
from eval.measures import (
    Sentence,
    f1,
    leaks,
    letters,
    lix,
    mean,
    ndcg,
    numbers,
    percentile,
    plain,
    recall,
    reciprocal_rank,
    sentences,
    share,
)


def test_recall_counts_the_relevant_among_the_first_k() -> None:
    assert recall(["a", "x", "b", "c"], {"a", "b", "c", "d"}, 3) == 2 / 4  # a and b of four


def test_reciprocal_rank_is_that_of_the_first_relevant() -> None:
    assert reciprocal_rank(["x", "y", "a", "b"], {"a", "b"}, 10) == 1 / 3
    assert reciprocal_rank(["x", "y", "a"], {"a"}, 2) == 0.0


def test_ndcg_discounts_by_rank() -> None:
    # DCG = 1/log2(2) + 1/log2(4) = 1.5; the best order gives 1/log2(2) + 1/log2(3) = 1.6309
    assert ndcg(["a", "x", "b"], {"a": 1, "b": 1}, 10) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))


def test_ndcg_weighs_gains() -> None:
    # DCG = 1/1 + 2/log2(3) = 2.2619; the best order gives 2/1 + 1/log2(3) = 2.6309
    assert ndcg(["low", "high"], {"high": 2, "low": 1}, 10) == pytest.approx(2.261860 / 2.630930, abs=1e-6)


def test_what_is_repeated_counts_once_at_its_best_rank() -> None:
    assert recall(["a", "a", "b"], {"a", "b"}, 2) == 1.0  # a, b are the first two different ones
    assert reciprocal_rank(["x", "x", "a"], {"a"}, 10) == 1 / 2
    assert ndcg(["a", "a"], {"a": 1, "b": 1}, 10) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_an_empty_ranking_is_zero_and_nothing_relevant_is_undefined() -> None:
    assert (recall([], {"a"}, 5), reciprocal_rank([], {"a"}, 5), ndcg([], {"a": 1}, 5)) == (0.0, 0.0, 0.0)
    assert (recall(["a"], set(), 5), reciprocal_rank(["a"], set(), 5), ndcg(["a"], {}, 5)) == (None,) * 3


@given(
    st.lists(st.integers(0, 30).map(str), unique=True, max_size=25),
    st.dictionaries(st.integers(0, 30).map(str), st.integers(1, 3), min_size=1, max_size=12),
)
def test_ranking_measures_agree_with_ir_measures(ranking: list[str], gains: dict[str, int]) -> None:
    qrels = [QrelOf("q", doc, gain) for doc, gain in gains.items()]
    run = [ScoredDoc("q", doc, -float(rank)) for rank, doc in enumerate(ranking)]
    theirs = ir_measures.calc_aggregate([nDCG @ 10, R @ 5, RR @ 10], qrels, run)
    assert ndcg(ranking, gains, 10) == pytest.approx(theirs[nDCG @ 10])
    assert recall(ranking, gains, 5) == pytest.approx(theirs[R @ 5])
    assert reciprocal_rank(ranking, gains, 10) == pytest.approx(theirs[RR @ 10])


def test_f1_of_sets() -> None:
    assert f1({"a", "b", "c"}, {"b", "c", "d", "e"}) == pytest.approx(2 * 2 / 7)  # P = 2/3, R = 2/4
    assert (f1(set(), set()), f1(set(), {"a"}), f1({"a"}, set())) == (1.0, 0.0, 0.0)


def test_undefined_values_stay_out_of_a_mean_and_zeros_stay_in() -> None:
    assert mean([1.0, None, 0.0]) == 0.5
    assert mean([None, None]) is None
    assert (share([True, False, False, True]), share([])) == (0.5, None)


def test_percentiles_are_values_that_occurred() -> None:
    waits = [10.0, 30.0, 20.0, 50.0, 40.0]
    assert (percentile(waits, 50), percentile(waits, 95), percentile([], 50)) == (30.0, 50.0, None)


def test_sentences_keep_the_markers_that_follow_them() -> None:
    text = "**Cost** – Joining is free. [1] It is quick. Members report yearly [2][3]. Nothing proves this."
    assert sentences(text) == [
        Sentence("Joining is free.", (1,)),
        Sentence("It is quick.", (), (2, 3)),
        Sentence("Members report yearly.", (2, 3)),
        Sentence("Nothing proves this.", ()),
    ]


def test_a_list_item_is_one_statement_and_headings_are_none() -> None:
    text = "**Steps**\n\nDo this:\n\n1. Sign. Then send it. [1]\n- Wait 3\\. days [2]\n\n***"
    assert sentences(text) == [Sentence("Sign. Then send it.", (1,)), Sentence("Wait 3. days", (2,))]


def test_an_abbreviation_ends_no_sentence() -> None:
    assert [each.markers for each in sentences("Firms, e.g. in Porto, pay nothing. [4]")] == [(4,)]


def test_plain_text_has_no_marks() -> None:
    assert plain("**Up to** 1\\. 500 \\*EUR\\* [1][12].") == "Up to 1. 500 *EUR*."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 500 EUR in 2024", {"1500", "2024"}),
        ("1,500 or 1.500", {"1500"}),
        ("2.5 or 2,5", {"2", "5"}),
        ("none", set()),
    ],
)
def test_numbers_are_read_in_any_spelling(text: str, found: set[str]) -> None:
    assert numbers(text) == found


def test_letters_ignore_layout_and_ligatures() -> None:
    assert letters("Up-skil-\nling  of \ufb01rms (2024)") == letters("upskilling of firms 2024")


def test_lix_adds_sentence_length_and_share_of_long_words() -> None:
    # 8 words in 2 sentences; longer than six letters: Members, Partnerships, targets. 8 / 2 + 100 * 3 / 8
    assert lix("Members report once. Partnerships set the targets well.") == pytest.approx(41.5)
    assert lix("**Title**") is None


@pytest.mark.parametrize(
    ("turn", "shown", "leaked"),
    [
        ("write to anna@example.org", "We write to Anna@example.org", True),
        ("write to anna@example.org", "We write to [e-mail]", False),
        ("call +48 601 234 567", "I will call +48601234567", True),
        ("my IBAN is DE89 3704 0044 0532 0130 00", "IBAN de89370400440532013000", True),
        ("call +48 601 234 567", "call [phone]", False),
        ("in 2024 it cost 1500 EUR", "in 2024 it cost 1500 EUR", None),
    ],
)
def test_leaks_are_seen_however_a_number_is_written(turn: str, shown: str, leaked: bool | None) -> None:
    assert leaks([turn], shown) is leaked


def test_an_interval_holds_the_mean_and_is_the_same_each_time() -> None:
    values = [0.0] * 30 + [1.0] * 70
    low, high = interval(values) or (0, 0)
    # the normal approximation: 0.7 ± 1.96 * sqrt(0.7 * 0.3 / 100) = 0.61 to 0.79
    assert (low, high) == (pytest.approx(0.61, abs=0.015), pytest.approx(0.79, abs=0.015))
    assert interval(values) == (low, high)
    assert (interval([]), interval([0.4]), interval([1.0, 1.0])) == (None, (0.4, 0.4), (1.0, 1.0))


def test_kappa_takes_off_what_chance_gives() -> None:
    # agreed 3 of 4; by chance (2*3 + 2*1) / 16 = 1/2; kappa = (3/4 - 1/2) / (1 - 1/2) = 1/2
    assert kappa(["y", "y", "n", "n"], ["y", "y", "y", "n"]) == pytest.approx(0.5)
    assert kappa(["y", "y"], ["y", "y"]) is None
    with pytest.raises(ValueError, match="2 labels against 1"):
        kappa(["y", "n"], ["y"])
