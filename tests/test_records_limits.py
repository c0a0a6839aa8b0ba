"""Limits of time and money and windows of starting, in phrasings of many languages."""

from datetime import date
from typing import Any

import pytest

from assistant.records.limits import limits_in
from assistant.records.reading import read_words
from assistant.records.when import start_in

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("message", "language", "expected"),
    [
        ("courses under three months", "en", {"max_days": 90}),
        ("less than half a year", "en", {"max_days": 182}),
        ("not more than 1,500 euro", "en", {"max_cost_eur": 1500.0}),
        ("up to €200 and at most two weeks", "en", {"max_cost_eur": 200.0, "max_days": 14}),
        ("at least six months", "en", {"min_days": 180}),
        ("Kurse bis 500 €", "de", {"max_cost_eur": 500.0}),
        ("höchstens zwei Wochen", "de", {"max_days": 14}),
        ("mniej niż pół roku", "pl", {"max_days": 182}),
        ("que no pasen de 2.000 euros", "es", {"max_cost_eur": 2000.0}),
        ("deux mois au maximum", "fr", {"max_days": 60}),
        ("1500 euró alatti bootcamp", "hu", {"max_cost_eur": 1500.0}),
        ("alle kolme kuukautta", "fi", {"max_days": 90}),
        ("in due mesi al massimo", "it", {"max_days": 60}),
        ("ne ilgiau kaip 6 mėnesius", "lt", {"max_days": 180}),
        ("two weeks in Spain", "en", {}),
        ("the budget is 3 million euro", "en", {}),
        ("how do I apply for an apprenticeship", "en", {}),
        ("", "en", {}),
    ],
)
def test_limits(message: str, language: str, expected: dict[str, Any]) -> None:
    assert limits_in(read_words(message, language)) == expected


@pytest.mark.parametrize(
    ("message", "language", "expected"),
    [
        ("starting in March", "en", {"starts_after": date(2027, 3, 1), "starts_before": date(2027, 3, 31)}),
        (
            "starts in December",
            "en",
            {"starts_after": date(2026, 12, 1), "starts_before": date(2026, 12, 31)},
        ),
        ("Beginn ab Januar 2028", "de", {"starts_after": date(2028, 1, 1)}),
        ("zaczynają się przed 1 marca", "pl", {"starts_before": date(2027, 2, 28)}),
        ("starting after 15 May 2027", "en", {"starts_after": date(2027, 5, 15)}),
        ("starting in 2027", "en", {"starts_after": date(2027, 1, 1), "starts_before": date(2027, 12, 31)}),
        ("courses in March", "en", {}),
        ("I may start something new", "en", {}),
        ("", "en", {}),
    ],
)
def test_starts(message: str, language: str, expected: dict[str, Any]) -> None:
    assert start_in(read_words(message, language), TODAY) == expected
