"""The row of one case, from answers made by hand."""

import pytest
from eval_kit import answer_of, case_of, citation, reply_of

from assistant.answers import Opportunity
from assistant.wording import languages, say
from eval.cases import Case
from eval.score import BY_NAME, Reply, Row, compare_pairs, score, without_notes

QUOTE = "The fund pays up to 1,500 EUR\nfor each worker."
TEXTS = {
    ("a.pdf", 1): f"Heading\n{QUOTE}\nMore.",
    ("a.pdf", 2): "Another page.",
    ("b.pdf", 1): "Reference: it-one",
}
CASE = case_of(nugget=("1,500 EUR", "a.pdf", 1, QUOTE))
REFERENCES = {"it-one": ("b.pdf", 1), "it-two": ("b.pdf", 2), "it-three": ("b.pdf", 3)}


def row(case: Case, reply: Reply) -> Row:
    return score(case, reply, page_text=lambda *page: TEXTS.get(page), reference_pages=REFERENCES)


def values(case: Case, reply: Reply, *names: str) -> tuple[float | None, ...]:
    found = row(case, reply).values
    return tuple(found[name] for name in names)


def test_a_right_answer_with_its_proof_has_full_marks() -> None:
    reply = reply_of(
        answer_of("It pays 1 500 EUR. The fund pays up to 1,500 EUR. [1]", citation(1, "a.pdf", 1, QUOTE)),
        ranking=[("a.pdf", 2), ("a.pdf", 1)],
        turn_ms=[12.5],
    )
    found = row(CASE, reply)
    assert (found.status, found.why) == ("complete", [])
    shown = {name: value for name, value in found.values.items() if value is not None}
    assert {name: shown.pop(name) for name in ("RR@10", "citation_recall", "latency")} == {
        "RR@10": 0.5,
        "citation_recall": 0.5,  # the first of two sentences has no marker
        "latency": 12.5,
    }
    assert shown.pop("nDCG@10") == pytest.approx(0.6309, abs=1e-4)  # 1 / log2(3)
    assert shown.pop("lix") == 4.5  # 9 words without digits in 2 sentences, none long
    assert shown.pop("tokens") == shown.pop("cost") == shown.pop("false_refusal") == 0.0
    assert set(shown.values()) == {1.0}
    assert set(shown) == {
        "status", "fully_correct", "nugget_recall", "R@5", "citation_precision", "quote_on_page",
        "number_support", "reply_language",
    }  # fmt: skip


def test_a_number_that_no_quote_holds_is_not_supported() -> None:
    text = "It pays 1,500 EUR. [1] It pays 1,600 EUR. [1] It pays. [1]"
    reply = reply_of(answer_of(text, citation(1, "a.pdf", 1, QUOTE)))
    assert values(CASE, reply, "number_support") == (0.5,)  # two sentences have numbers


def test_a_quote_from_another_page_is_found_out() -> None:
    reply = reply_of(answer_of("Up to 1,500 EUR. [1]", citation(1, "a.pdf", 2, QUOTE)))
    assert values(CASE, reply, "quote_on_page", "citation_precision") == (0.0, 0.0)
    assert any("not on page 2 of a.pdf" in line for line in row(CASE, reply).why)


def test_an_answer_without_citations_has_no_citation_recall_and_no_precision() -> None:
    reply = reply_of(answer_of("It pays 1,500 EUR."))
    assert values(CASE, reply, "citation_recall", "citation_precision", "quote_on_page") == (0.0, 0.0, None)


def test_an_empty_answer_counts_as_zero() -> None:
    reply = reply_of(answer_of(""), ranking=[])
    names = ("fully_correct", "nugget_recall", "R@5", "RR@10", "nDCG@10", "citation_recall")
    assert values(CASE, reply, *names) == (0.0,) * 6


def test_a_reply_that_failed_counts_as_zero_and_says_why() -> None:
    found = row(CASE, Reply(id="a", system="ours", problem="RuntimeError: no"))
    assert (found.values["status"], found.values["fully_correct"], found.status) == (0.0, 0.0, "error")
    assert found.why == ["RuntimeError: no"]


def test_an_answer_of_status_error_is_trouble_in_any_turn() -> None:
    reply = reply_of(answer_of("The index is gone.", status="error"), answer_of("x"))
    assert reply.trouble == "The index is gone."
    assert reply_of(answer_of("x")).trouble is None
    assert values(CASE, reply_of(answer_of("No.", status="error")), "status", "fully_correct") == (0.0, 0.0)


def test_what_is_forbidden_spoils_the_answer_in_any_turn() -> None:
    case = case_of(gold=CASE.gold.model_dump() | {"forbidden": ["guaranteed"]}, turns=["?", "?"])
    good = answer_of("Up to 1,500 EUR. [1]", citation(1, "a.pdf", 1, QUOTE))
    assert values(case, reply_of(good, good), "fully_correct", "no_forbidden") == (1.0, 1.0)
    bad = answer_of("It is guaranteed.")
    assert values(case, reply_of(bad, good), "fully_correct", "no_forbidden") == (0.0, 0.0)


def test_okay_nuggets_count_for_recall_only() -> None:
    nuggets = [CASE.gold.nuggets[0].model_dump()]
    nuggets.append(nuggets[0] | {"importance": "okay", "alternatives": ["each worker"]})
    case = case_of(gold={"statuses": ["complete"], "nuggets": nuggets})
    reply = reply_of(answer_of("1,500 EUR. [1]", citation(1, "a.pdf", 1, QUOTE)))
    assert values(case, reply, "fully_correct", "nugget_recall") == (1.0, 0.5)


def test_lists_are_compared_by_reference() -> None:
    case = case_of(kind="list", gold={"statuses": ["complete"], "references": ["it-one", "it-two"]})
    shown = ("it-one", "it-three")
    cards = [Opportunity(reference=name, title=name, document="b.pdf", page=1) for name in shown]
    reply = reply_of(answer_of("Two courses.", opportunities=cards, total_matches=2))
    assert values(case, reply, "list_f1", "exact_count", "fully_correct") == (0.5, 1.0, 0.0)  # P = R = 1/2
    assert row(case, reply).why[-2:] == ["reference missing: it-two", "reference too many: it-three"]


def test_references_are_read_from_text_and_quotes_when_there_are_no_cards() -> None:
    case = case_of(kind="list", gold={"statuses": ["complete"], "references": ["it-one", "it-two"]})
    quote = citation(1, "b.pdf", 1, "Reference: it-one")
    reply = reply_of(answer_of("There are two: it-two and part-time. [1]", quote))
    assert values(case, reply, "list_f1", "exact_count", "fully_correct") == (1.0, 1.0, 1.0)


def test_a_sentence_that_the_next_quote_holds_needs_no_marker_of_its_own() -> None:
    both = citation(1, "a.pdf", 1, "It is free. Apply by post.")
    reply = reply_of(answer_of("It is free. Apply by post. [1]", both))
    assert values(CASE, reply, "citation_recall") == (1.0,)
    reply = reply_of(answer_of("It is great. Apply by post. [1]", both))
    assert values(CASE, reply, "citation_recall") == (0.5,)


def test_a_wrong_list_of_the_right_length_has_no_right_count() -> None:
    case = case_of(kind="list", gold={"statuses": ["complete"], "references": ["it-one"]})
    assert values(case, reply_of(answer_of("it-two")), "list_f1", "exact_count") == (0.0, 0.0)


def test_a_wrong_count_is_not_fully_correct() -> None:
    case = case_of(kind="count", gold={"statuses": ["complete"], "count": 12})
    assert values(case, reply_of(answer_of("There are 12.")), "exact_count", "fully_correct") == (1.0, 1.0)
    assert values(case, reply_of(answer_of("There are 112.")), "exact_count", "fully_correct") == (0.0, 0.0)
    passing = reply_of(answer_of("There are 9, for example one of 12 weeks."))
    assert values(case, passing, "exact_count", "fully_correct") == (0.0, 0.0)
    told = reply_of(answer_of("See below.", total_matches=11))
    assert values(case, told, "exact_count", "fully_correct") == (0.0, 0.0)


@pytest.mark.parametrize(
    ("accepted", "status", "refusal", "false_refusal", "clarification"),
    [
        (["not_found"], "not_found", 1.0, None, None),
        (["not_found", "out_of_scope"], "complete", 0.0, None, None),
        (["clarify"], "clarify", None, None, 1.0),
        (["clarify"], "complete", None, None, 0.0),
        (["partial", "not_found"], "not_found", None, None, None),
    ],
)
def test_refusals_are_measured_where_they_are_wanted(
    accepted: list[str],
    status: str,
    refusal: float | None,
    false_refusal: float | None,
    clarification: float | None,
) -> None:
    case = case_of(kind="adversarial", gold={"statuses": accepted})
    reply = reply_of(answer_of("x", status=status))
    assert values(case, reply, "refusal", "false_refusal", "clarification") == (
        refusal,
        false_refusal,
        clarification,
    )


def test_refusing_an_answerable_case_is_a_false_refusal() -> None:
    assert values(CASE, reply_of(answer_of("", status="not_found")), "false_refusal", "citation_recall") == (
        1.0,
        None,
    )


def test_language_and_leaks_are_measured() -> None:
    case = case_of(language="pl", turns=["jan@example.org"], nugget=("x", "a.pdf", 1, "x"))
    assert values(case, reply_of(answer_of("x")), "reply_language", "no_leak") == (0.0, 1.0)
    leaking = reply_of(answer_of("x", language="pl", standalone_question="jan@example.org"))
    assert values(case, leaking, "reply_language", "no_leak") == (1.0, 0.0)


def test_a_ranking_alone_has_ranking_measures_only() -> None:
    found = row(CASE, reply_of(ranking=[("a.pdf", 1)]))
    assert {name for name, value in found.values.items() if value is not None} == {"R@5", "RR@10", "nDCG@10"}


def test_a_system_that_tells_no_ranking_has_no_ranking_measures() -> None:
    assert values(CASE, reply_of(answer_of("x")), "R@5", "nDCG@10") == (None, None)


@pytest.mark.parametrize(("other", "fair"), [("Same. [1]", 1.0), ("Another. [1]", 0.0)])
def test_both_cases_of_a_pair_get_the_same_answer(other: str, fair: float) -> None:
    cases = {
        name: case_of(id=name, kind="fairness", pair="p", nugget=("x", "a.pdf", 1, "x"))
        for name in ("m", "f")
    }
    replies = [reply_of(answer_of("Same. [1]"), id="m"), reply_of(answer_of(other), id="f")]
    rows = [row(cases[reply.id], reply) for reply in replies]
    compare_pairs(cases, replies, rows)
    assert [each.values["fair_pair"] for each in rows] == [fair, fair]


def test_the_assistants_own_notes_need_no_citation() -> None:
    for language in languages():
        notes = [say("partly", language, names=r"Norway\. 2024"), say("no_amount", language)]
        assert without_notes("\n\n".join(["Free. [1]", *notes])).split() == ["Free.", "[1]"], language
    text = f"Up to 1,500 EUR. [1]\n\n{say('partly', 'en', names='Norway')}"
    reply = reply_of(answer_of(text, citation(1, "a.pdf", 1, QUOTE), status="partial"))
    assert values(CASE, reply, "citation_recall") == (1.0,)


def test_every_row_has_every_measure() -> None:
    assert list(row(CASE, reply_of(answer_of("x"))).values) == list(BY_NAME)
