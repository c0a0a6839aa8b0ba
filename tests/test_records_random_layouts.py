"""Catalogues in layouts drawn at random, with labels that are known, that are not, and that mean nothing."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pdfs import catalogues, random_layouts
from pdfs.random_layouts import Plan, Wording

from assistant.ingest.extract import Limits
from assistant.ingest.formats import read_document
from eval.records import TRUTH, opportunities_of, read_truth, recovery

LIMITS = Limits(max_file_mb=50, max_pages=500, max_seconds=60, max_memory_mb=2048)
RECORDS_EACH = 20
SEEDS = range(40)


@pytest.mark.parametrize(
    ("plan_of", "wording", "wanted"),
    [
        (random_layouts.plan_of, "known", 0.85),
        (random_layouts.plan_of, "unknown", 0.75),
        (random_layouts.plan_of, "nonsense", 0.7),
        (random_layouts.rich_plan_of, "known", 0.75),
    ],
)
def test_records_are_recovered_from_most_layouts(
    plan_of: Callable[[int, Wording], Plan], wording: Wording, wanted: float, tmp_path: Path
) -> None:
    shares, invented, values = [], 0, 0
    for seed in SEEDS:
        plan = plan_of(seed, wording)
        fit = [each for each in read_truth(TRUTH) if each["kind"] in catalogues.WORDS["en"]]
        fit = [each for each in fit if each.get("provider")]
        if plan.format == "reportlab":
            fit = [each for each in fit if catalogues.printable(each)]
        file = tmp_path / f"catalogue-{seed}{random_layouts.suffix(plan)}"
        truth = random_layouts.typeset(plan, random.Random(seed).sample(fit, RECORDS_EACH), file)
        found = recovery(truth, opportunities_of([read_document(file, name=file.name, limits=LIMITS)]))
        shares.append((found.record_recall, str(plan)))
        invented += found.invented.total()
        values += found.values.total()
    mean = sum(share for share, _ in shares) / len(shares)
    assert mean >= wanted, sorted(shares)[:10]
    assert invented <= 0.02 * values


def test_a_seed_stands_for_one_catalogue() -> None:
    assert random_layouts.plan_of(7, "mixed") == random_layouts.plan_of(7, "mixed")
    assert random_layouts.plan_of(7, "mixed") != random_layouts.plan_of(8, "mixed")
