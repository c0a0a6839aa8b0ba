"""Ratings by people: kept, merged, and compared."""

from pathlib import Path

import pytest
from eval_kit import answer_of, citation, reply_of

from assistant.errors import AssistantError
from eval.rate import JUDGE, Rating, agreements, judge_ratings, read_ratings, shown, write_ratings
from eval.score import Row


def rating(name: str, rater: str, grade, reason: str = "") -> Rating:
    return Rating(name, "ours", rater, grade, reason)


def test_ratings_survive_a_csv_file_and_the_later_one_stays(tmp_path: Path) -> None:
    file = tmp_path / "ratings.csv"
    assert read_ratings(file) == []
    kept = [rating("a", "anna", "bad", 'says "free", but\nnot'), rating("b", "żaneta", "good")]
    write_ratings(file, [rating("a", "anna", "good"), *kept])
    assert read_ratings(file) == kept


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,ours,anna,great,", "line 2: no rating 'great'; ratings are good, partly, bad"),
        ("a,ours,,good,", "line 2: rater missing"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "r.csv").write_text(f"id,system,rater,rating,reason\n{line}\n", "utf-8")
    with pytest.raises(AssistantError, match=message):
        read_ratings(tmp_path / "r.csv")


def test_agreement_is_over_what_both_rated() -> None:
    anna = [
        rating(name, "anna", grade) for name, grade in zip("abcde", ["good"] * 2 + ["bad"] * 3, strict=True)
    ]
    ben = [rating(name, "ben", grade) for name, grade in zip("abcd", ["good"] * 3 + ["bad"], strict=True)]
    (found,) = agreements([*anna, *ben])
    # a, b, d alike: 3/4; by chance (2 * 3 + 2 * 1) / 16 = 1/2; kappa = (3/4 - 1/2) / (1/2)
    assert (found.n, found.same, found.kappa) == (4, 3, pytest.approx(0.5))
    assert str(found) == "anna and ben: 3 of 4 alike, Cohen's kappa 0.50"


def test_a_judge_model_is_compared_with_people() -> None:
    verdicts = {"a": (1.0, 1.0), "b": (1.0, 0.0), "c": (None, None), "d": (0.0, 1.0)}
    rows = [
        Row(
            name,
            "ours",
            1,
            "fact",
            "en",
            "none",
            "complete",
            {"judge_faithful": f, "judge_consistent": 1.0, "judge_relevant": r},
        )
        for name, (f, r) in verdicts.items()
    ]
    judged = judge_ratings(rows)
    assert judged == [rating("a", JUDGE, "good"), rating("b", JUDGE, "bad"), rating("d", JUDGE, "bad")]
    (found,) = agreements([*judged, rating("a", "anna", "good"), rating("b", "anna", "partly")])
    assert (found.same, found.n, found.kappa) == (2, 2, 1.0)


def test_a_reply_is_shown_with_its_evidence() -> None:
    answer = answer_of("**Cost** – It is free. [1]", citation(1, "a.pdf", 2, "Joining is\nfree."))
    assert shown(["Hi", "Is it free?"], reply_of(answer)).splitlines() == [
        "> Hi",
        "> Is it free?",
        "",
        "[complete]",
        "Cost – It is free. [1]",
        "",
        "  [1] a.pdf, page 2: Joining is free.",
    ]
    assert shown(["Hi"], reply_of(problem="no luck")).endswith("(no answer: no luck)")
