"""How wishes are compared with what they state, and how well unseen questions are understood."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.facade import Assistant
from assistant.records.constraints import Wanted, understand_need
from assistant.records.need import Need
from assistant.settings import load_settings
from eval import needs

QUESTION = needs.Question(
    id="q", language="en", question="free bootcamps in Spain", want="list",
    need=needs.Constraints(kinds=("bootcamp",), countries=("ES",), free=True),
)  # fmt: skip


def outcome(need: Need | None) -> needs.Outcome:
    return needs.judge([QUESTION], lambda message, language: Wanted(need) if need else None)[0]


def test_the_same_constraints_in_another_order_are_right() -> None:
    two = QUESTION.model_copy(update={"need": needs.Constraints(countries=("ES", "IT"))})
    wanted = Wanted(Need(action="list", countries=("IT", "ES")))
    assert needs.judge([two], lambda message, language: wanted)[0].is_right


@pytest.mark.parametrize(
    ("need", "got", "wrong"),
    [
        (Need(action="list", kinds=("bootcamp",), countries=("ES",), free=True), "list", ()),
        (Need(action="count", kinds=("bootcamp",), countries=("ES",), free=True), "count", ()),
        (Need(action="list", kinds=("bootcamp",), countries=("ES",)), "list", ("free",)),
        (Need(action="list", kinds=("bootcamp",), city="madrid", free=True), "list", ("countries", "city")),
        (None, "none", ()),
    ],
)
def test_what_differs_is_named(need: Need | None, got: str, wrong: tuple[str, ...]) -> None:
    found = outcome(need)
    assert (found.got, set(found.wrong)) == (got, set(wrong))
    assert found.is_right == (got == "list" and not wrong)


def test_the_country_of_a_named_town_is_no_mistake() -> None:
    asked = QUESTION.model_copy(update={"need": needs.Constraints(city="Madrid")})
    wanted = Wanted(Need(action="list", city="madrid", countries=("ES",)))
    assert needs.judge([asked], lambda message, language: wanted)[0].is_right


def test_no_question_stands_in_both_files() -> None:
    dev, heldout = (needs.read_questions(name) for name in ("dev", "heldout"))
    assert not {each.question for each in dev} & {each.question for each in heldout}
    assert len({each.language for each in [*dev, *heldout]}) == 24


@pytest.fixture(scope="module")
def read(corpus_data_dir: Path) -> Iterator[needs.Reader]:
    assistant = Assistant(load_settings(data_dir=corpus_data_dir))
    with assistant._reading() as parts:
        yield lambda message, language: understand_need(
            message, language, today=needs.TODAY, towns=parts.towns, known=parts.records.known_terms
        )
    assistant.close()


@pytest.mark.parametrize(("name", "want", "right"), [("dev", 0.82, 0.62), ("heldout", 0.70, 0.46)])
def test_unseen_questions_are_understood_as_well_as_measured(
    read: needs.Reader, name: str, want: float, right: float
) -> None:
    outcomes = needs.judge(needs.read_questions(name), read)
    assert needs.share(outcomes, lambda each: each.got == each.question.want) >= want
    assert needs.share(outcomes, lambda each: each.is_right) >= right
