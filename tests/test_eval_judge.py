"""The judge model, faked: what it is shown, and what its replies are worth."""

import json

import pytest
from eval_kit import answer_of, case_of, citation, reply_of

from assistant.errors import AssistantError, LanguageModelError
from assistant.prompts.loader import RenderedPrompt
from assistant.settings import Settings
from eval.judge import JUDGED, Judge

CASE = case_of(turns=["Is it free?"], nugget=("free", "a.pdf", 1, "Joining is free."))
REPLY = reply_of(
    answer_of(
        "It is **free**. [1]", citation(1, "a.pdf", 1, "Joining is free."), standalone_question="Is it free?"
    )
)


GOOD = {"faithful": "yes", "contradicts": "no", "relevant": "yes", "coherent": "yes"}


def judged(words: str) -> list[float | None]:
    values = Judge(lambda prompt: words, name="judge").values(CASE, REPLY)
    return [values[name] for name in JUDGED]


@pytest.mark.parametrize(
    ("verdict", "values"),
    [
        (GOOD, [1, 1, 1, 1]),
        (GOOD | {"faithful": "no"}, [0, 1, 1, 1]),
        (GOOD | {"faithful": "idk"}, [0, 1, 1, 1]),
        (GOOD | {"contradicts": "yes"}, [1, 0, 1, 1]),
        (GOOD | {"relevant": "no"}, [1, 1, 0, 1]),
        (GOOD | {"coherent": "no"}, [1, 1, 1, 0]),
        (GOOD | {"coherent": "idk"}, [0, 0, 0, 0]),
        (GOOD | {"score": 5}, [0, 0, 0, 0]),
        ({"faithful": "yes"}, [0, 0, 0, 0]),
    ],
)
@pytest.mark.parametrize("dress", ["{}", "```json\n{}\n```"])
def test_each_question_is_a_measure_and_what_the_judge_does_not_know_fails(
    dress: str, verdict: dict[str, object], values: list[float]
) -> None:
    assert judged(dress.replace("{}", json.dumps(verdict))) == values


@pytest.mark.parametrize("words", ["Yes, it is faithful.", "", "[]", "null"])
def test_a_reply_that_is_no_verdict_fails_all(words: str) -> None:
    assert judged(words) == [0, 0, 0, 0]


def test_the_judge_sees_question_answer_and_quotes_between_fresh_marks() -> None:
    seen: list[RenderedPrompt] = []

    def ask(prompt: RenderedPrompt) -> str:
        seen.append(prompt)
        return "{}"

    judge = Judge(ask, name="judge")
    judge.values(CASE, REPLY)
    judge.values(CASE, REPLY)
    mark = seen[0].prompt.split()[0]
    assert seen[0].prompt.split(mark)[1:4] == [
        " question\nIs it free?\n",
        " answer\nIt is free.\n",
        " quotes\n- Joining is free.\n",
    ]
    assert mark in seen[0].system
    assert mark not in seen[1].prompt


def test_an_answer_that_answers_nothing_is_not_judged() -> None:
    def ask(prompt: RenderedPrompt) -> str:
        raise AssertionError("must not be asked")

    reply = reply_of(answer_of("I did not find it.", status="not_found"))
    assert Judge(ask, name="judge").values(CASE, reply) == dict.fromkeys(JUDGED)


def test_a_model_does_not_judge_itself() -> None:
    with pytest.raises(AssistantError, match="cannot judge its own answers"):
        Judge.configured(Settings(llm="openai:one", judge_llm="openai:one"))
    own = reply_of(answer_of("It is free. [1]", composer="openai:one"))
    with pytest.raises(AssistantError, match="openai:one wrote the answer to a and cannot judge it"):
        Judge(lambda prompt: "{}", name="openai:one").values(CASE, own)


def test_a_judge_that_cannot_be_reached_is_an_error_not_a_verdict() -> None:
    settings = Settings(judge_llm="openai:two", llm_base_url="http://127.0.0.1:9/v1", llm_timeout_s=2)
    with pytest.raises(LanguageModelError):
        Judge.configured(settings).values(CASE, REPLY)
