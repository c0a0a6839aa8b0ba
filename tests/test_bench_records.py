"""The made-up catalogue of the benchmark is the same at each run, and every class of questions is timed."""

from bench.catalogue import CLASSES, catalogue, questions
from bench.records import Row, measure, table


def test_the_catalogue_and_its_questions_are_the_same_at_each_run() -> None:
    assert catalogue(30) == catalogue(30)
    assert len({record.reference for record in catalogue(30)}) == 30
    for of in CLASSES:
        assert questions(of, 5) == questions(of, 5)


def test_every_class_of_questions_is_timed_beside_a_loop() -> None:
    rows = measure(catalogue(300))
    assert [row.asked for row in rows] == [*CLASSES, "similar to a record"]
    assert all(0.0 < row.p50_ms <= row.p95_ms for row in rows)
    assert all(row.loop_ms for row in rows[:-1])


def test_the_table_names_what_is_too_slow() -> None:
    shown = table([Row("count", 2.0, 30.0, 100.0), Row("list by match", 50.0, 120.0, None)], 100_000)
    assert "100,000 records" in shown
    assert "50x" in shown  # 100 / 2
    assert shown.endswith("p95 over 100 ms: list by match")
