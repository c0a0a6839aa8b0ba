"""Whether what was found answers the question at all: a calibrated guess, and one firm rule.

The rule: at least half of the question's names, by worth, stand near the best statement. Behind it, four
signs are weighed by logistic regression, fitted on the dev split of `eval/questions` by
`python -m eval.calibrate`. Held out, over 216 questions, it refused .24 of those with an answer and answered
.22 of those without (AUC .87). With the multilingual encoder (AUC .92) these weights refuse .11 of the dev
questions with an answer, and .83 of those without; fitted anew they would refuse .13 and .86. Fewer false
refusals were worth more. No sign tells much alone: words can stand there by chance, and a question in
another language than the document shares none.
"""

import math
from dataclasses import astuple, dataclass

ENOUGH = 0.5
"""Least probability to answer; both kinds of mistake were counted alike."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for the best statement, each from 0 to 1."""

    coverage: float
    """Share of the question's words, by worth, that stand in it, above it or beside it."""
    similarity: float
    """Cosine of its meaning, under its heading, to the question's."""
    passage: float
    """Cosine of the best passage's meaning to the question's."""
    same_language: float
    """1 when the statement is in the question's language."""


WEIGHTS = Signs(coverage=2.37, similarity=5.05, passage=2.99, same_language=-1.23)
BIAS = -4.25


def probability(signs: Signs) -> float:
    """How likely it is that the statement answers the question, from 0 to 1."""
    total = BIAS + sum(w * x for w, x in zip(astuple(WEIGHTS), astuple(signs), strict=True))
    return 1 / (1 + math.exp(-total))
