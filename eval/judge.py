"""Measures by a judge model: is the answer in the quotes, free of contradiction, to the point and one piece?

The judge runs at temperature 0 and must not be the model that wrote the answer. A reply that cannot be read
counts as a failure of the answer, never as a gap. No floor and no gate uses these measures: that needs
agreement with people first, which `kappa` tells once there are human labels.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import AssistantError
from assistant.prompts.loader import RenderedPrompt, load_prompt
from assistant.settings import Settings
from eval.cases import Case
from eval.measures import plain
from eval.score import ANSWERED, Reply

PROMPTS = Path(__file__).parent / "prompts"
JUDGED = ("judge_faithful", "judge_consistent", "judge_relevant", "judge_coherent")
"""The measures, in the order of the questions to the judge."""


class Verdict(BaseModel):
    """What the judge must reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    faithful: Literal["yes", "no", "idk"]
    contradicts: Literal["yes", "no"]
    relevant: Literal["yes", "no"]
    coherent: Literal["yes", "no"]

    def values(self) -> dict[str, float]:
        """1 for what is as it should be, else 0; "idk" is not."""
        good = (
            self.faithful == "yes",
            self.contradicts == "no",
            self.relevant == "yes",
            self.coherent == "yes",
        )
        return dict(zip(JUDGED, map(float, good), strict=True))


class Judge:
    """Asks a model about answers."""

    def __init__(self, ask: Callable[[RenderedPrompt], str], *, name: str) -> None:
        """`ask` sends a prompt to the model of that name and returns its words."""
        self._ask = ask
        self._name = name
        self._prompt = load_prompt("judge", folder=PROMPTS)

    @classmethod
    def configured(cls, settings: Settings) -> "Judge":
        """The judge that `ASSISTANT_JUDGE_LLM` names, behind the same address and key as the answering model.

        Raises:
            AssistantError: it is the model that answers.
        """
        from assistant.answering.chat_model import stream_reply

        if settings.judge_llm == settings.llm:
            raise AssistantError(
                f"{settings.llm} cannot judge its own answers; name another model in ASSISTANT_JUDGE_LLM"
            )
        judging = settings.model_copy(update={"llm": settings.judge_llm})
        return cls(lambda prompt: "".join(stream_reply(judging, prompt)), name=str(settings.judge_llm))

    def values(self, case: Case, reply: Reply) -> dict[str, float | None]:
        """The measures `JUDGED` of the last answer, all None when it answers nothing.

        Raises:
            LanguageModelError: the judge cannot be reached: no verdict is not a verdict.
        """
        answer = reply.answers[-1] if reply.answers else None
        if answer is None or answer.status not in ANSWERED:
            return dict.fromkeys(JUDGED)
        if answer.composer == self._name:
            raise AssistantError(f"{self._name} wrote the answer to {case.id} and cannot judge it")
        prompt = self._prompt.render(
            mark=secrets.token_hex(8),
            question=answer.standalone_question or case.turns[-1],
            answer=plain(answer.text),
            quotes="\n".join(f"- {citation.quote}" for citation in answer.citations),
        )
        verdict = read_verdict(self._ask(prompt))
        return dict(verdict.values() if verdict else dict.fromkeys(JUDGED, 0.0))


def read_verdict(text: str) -> Verdict | None:
    """The verdict in a judge's reply; None when it is not the one JSON object that was asked for."""
    body = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        return Verdict.model_validate(json.loads(body))
    except (ValueError, ValidationError):
        return None


def kappa(first: Sequence[object], second: Sequence[object]) -> float | None:
    """Cohen's kappa of two raters' labels for the same things: 1 for full agreement, 0 for what chance gives.

    None for no labels, and when both always gave the same single label (chance alone explains it).

    Raises:
        ValueError: the raters rated different numbers of things.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} labels against {len(second)}")
    if not first:
        return None
    n = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    by_chance = sum(list(first).count(label) * list(second).count(label) for label in set(first)) / n**2
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else None
