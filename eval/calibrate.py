"""Fits the weights of `assistant/answering/abstain.py` on the dev split: when is an answer better than none?

    python -m eval.calibrate

Cases of one turn count, as answerable when only an answer is accepted and as unanswerable when none is. The
printed mistakes are those of a ten-fold cross-validation; the weights are fitted on all.
"""

import sys
from collections.abc import Iterator
from dataclasses import astuple, fields

import numpy as np

from assistant.answering.abstain import ENOUGH, Signs
from assistant.answering.claims import Question
from assistant.answering.evidence import EvidenceComposer, Part
from assistant.conversation import Conversation
from assistant.index.reader import Index
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.retriever import Retriever
from assistant.settings import Settings, load_settings
from assistant.understanding import understand
from eval.cases import QUESTIONS, Case, read_cases

ANSWERS = frozenset({"complete", "partial"})


def examples(cases: list[Case], settings: Settings) -> Iterator[tuple[Part, bool]]:
    """What the composer finds for each question, and whether it is to be answered."""
    encoder = load_encoder(settings)
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        retriever, composer = Retriever(index, encoder), EvidenceComposer(index, encoder)
        for case in cases:
            accepted = set(case.gold.statuses)
            if len(case.turns) > 1 or (accepted & ANSWERS and accepted - ANSWERS):
                continue
            asked = understand(case.turns[0], Conversation())
            passages = retriever.retrieve(
                asked.queries, top_k=settings.top_k, language=asked.question_language
            )
            part = composer.judge(Question(asked.message, asked.question_language), passages).parts[0]
            if part.signs:
                yield part, accepted <= ANSWERS


def main() -> None:
    """Print weights and mistakes."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict

    cases, _ = read_cases(QUESTIONS / "dev")
    found = list(examples(cases, load_settings()))
    signs = np.array([astuple(part.signs) for part, _ in found if part.signs])
    wanted = np.array([answer for _, answer in found])
    named = np.array([part.names_near for part, _ in found])
    model = LogisticRegression(class_weight="balanced", C=3.0)
    held_out = cross_val_predict(model, signs, wanted, cv=10, method="predict_proba")[:, 1]
    answered = (held_out >= ENOUGH) & named
    model.fit(signs, wanted)
    lines = [
        f"{len(found)} questions, {wanted.sum()} to be answered",
        f"held out: AUC {roc_auc_score(wanted, held_out):.3f}",
        f"false refusals {np.mean(~answered[wanted]):.2f}, false answers {np.mean(answered[~wanted]):.2f}",
        *(f"{f.name}={w:.2f}" for f, w in zip(fields(Signs), model.coef_[0], strict=True)),
        f"BIAS = {model.intercept_[0]:.2f}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
