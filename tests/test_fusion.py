"""Fusion of rankings, worked by hand and by properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.fusion import fuse, mix, scale

scores = st.floats(min_value=-100, max_value=100, allow_nan=False)
rankings = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), scores, max_size=12).map(
    lambda found: sorted(found.items(), key=lambda item: (-item[1], item[0]))
)


def test_scaling_runs_from_the_best_score_to_the_one_at_the_depth():
    ranking = [("a", 10.0), ("b", 7.0), ("c", 4.0), ("d", 1.0)]
    # the third score, 4, is zero; 7 lies half way from 4 to 10; d is past the depth
    assert scale(ranking, depth=3) == {"a": 1.0, "b": 0.5, "c": 0.0}


def test_a_short_ranking_is_scaled_from_zero():
    assert scale([("a", 8.0), ("b", 2.0)], depth=3) == {"a": 1.0, "b": 0.25}


def test_a_short_ranking_below_zero_is_scaled_from_its_last_score():
    assert scale([("a", 0.5), ("b", -0.5)], depth=3) == {"a": 1.0, "b": 0.0}


def test_equal_scores_are_all_best():
    assert scale([("a", 3.0), ("b", 3.0)], depth=2) == {"a": 1.0, "b": 1.0}
    assert scale([]) == {}


def test_both_channels_count_half():
    dense = [("a", 1.0), ("b", 0.5)]  # scaled: a 1, b .5
    lexical = [("b", 4.0), ("c", 1.0)]  # scaled: b 1, c .25
    assert fuse(dense, lexical) == [("b", 0.75), ("a", 0.5), ("c", 0.125)]


def test_the_dense_weight_moves_the_ranking():
    dense, lexical = [("a", 1.0)], [("b", 1.0)]
    assert fuse(dense, lexical, dense_weight=0.75) == [("a", 0.75), ("b", 0.25)]
    assert fuse(dense, lexical, dense_weight=0.25) == [("b", 0.75), ("a", 0.25)]


def test_ties_are_ordered_by_id():
    assert fuse([("b", 1.0)], [("a", 9.0)]) == [("a", 0.5), ("b", 0.5)]


def test_queries_are_mixed_by_weight():
    # (1 * .4 + .5 * 1) / 1.5 = .6 and (1 * .9) / 1.5 = .6, so the ids decide; c: .5 * .3 / 1.5
    mixed = mix([(1.0, [("a", 0.4), ("b", 0.9)]), (0.5, [("a", 1.0), ("c", 0.3)])])
    assert [chunk_id for chunk_id, _ in mixed] == ["a", "b", "c"]
    assert [score for _, score in mixed] == pytest.approx([0.6, 0.6, 0.1])


def test_one_query_keeps_its_ranking():
    ranking = [("b", 0.9), ("a", 0.1)]
    assert mix([(0.3, ranking)]) == ranking
    assert mix([]) == []


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_a_weight_outside_the_unit_interval_is_refused(weight):
    with pytest.raises(ValueError, match="wanted 0 to 1"):
        fuse([], [], dense_weight=weight)


def test_a_query_without_weight_and_an_empty_depth_are_refused():
    with pytest.raises(ValueError, match=r"weight 0\.0"):
        mix([(0.0, [("a", 1.0)])])
    with pytest.raises(ValueError, match="depth is 0"):
        scale([("a", 1.0)], depth=0)


@given(rankings, rankings, st.floats(0, 1))
def test_fused_scores_stay_in_the_unit_interval_and_in_order(dense, lexical, dense_weight):
    fused = fuse(dense, lexical, dense_weight=dense_weight, depth=5)
    assert fused == sorted(fused, key=lambda hit: (-hit[1], hit[0]))
    assert all(0.0 <= score <= 1.0 for _, score in fused)
    assert {chunk_id for chunk_id, _ in fused} == dict(dense[:5]).keys() | dict(lexical[:5]).keys()


@given(rankings, rankings)
def test_at_equal_weights_the_channels_can_be_exchanged(one, other):
    assert fuse(one, other) == fuse(other, one)


@given(rankings, st.integers(1, 50))
def test_the_unit_of_a_channel_does_not_matter(ranking, factor):
    scaled = [(chunk_id, score * factor) for chunk_id, score in ranking]
    assert scale(scaled, depth=5) == pytest.approx(scale(ranking, depth=5), abs=1e-6)


@given(
    st.lists(st.tuples(st.floats(0.1, 1), rankings.map(lambda found: list(scale(found).items()))), max_size=4)
)
def test_mixing_ignores_the_order_of_the_queries(queries):
    one, other = dict(mix(queries)), dict(mix(queries[::-1]))
    assert one == pytest.approx(other)
