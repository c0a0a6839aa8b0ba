"""`assistant eval` as people type it."""

import json
from pathlib import Path

import pytest
from eval_kit import CASES, small_index, write_questions
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.errors import AssistantError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds `data` with an index, `questions.jsonl`, and `one`: a run of two systems."""
    folder = tmp_path_factory.mktemp("eval")
    small_index(folder)
    write_questions(folder)
    assert call(folder, "run", "--system", "ours,plain", "--out", folder / "one").exit_code == 0
    return folder


def call(folder: Path, command: str, *arguments: object) -> Result:
    data = ["--data-dir", str(folder / "data")] if command not in ("compare", "report") else []
    questions = ["--questions", str(folder / "questions.jsonl")] if command == "run" else []
    return CliRunner().invoke(app, ["eval", command, *map(str, arguments), *data, *questions])


def test_a_run_prints_its_totals_and_writes_its_files(folder: Path) -> None:
    names = {"config.json", "answers.jsonl", "rows.jsonl", "totals.json", "problems.jsonl"}
    names |= {"report.html", "report.md", "rows.csv"}
    assert {file.name for file in (folder / "one").iterdir()} == names
    totals = json.loads((folder / "one" / "totals.json").read_text("utf-8"))
    assert list(totals) == ["ours", "plain"]
    again = call(folder, "score", folder / "one")
    assert again.exit_code == 0
    assert "| Measure | ours | plain |" in again.stdout
    assert f"Report: {folder / 'one' / 'report.html'}" in again.stderr


def test_kinds_and_limits_select(folder: Path) -> None:
    done = call(
        folder, "run", "--kind", "number", "--limit", 1, "--system", "retrieval", "--out", folder / "few"
    )
    assert done.exit_code == 0
    config = json.loads((folder / "few" / "config.json").read_text("utf-8"))
    assert (config["cases"], config["systems"]) == (["welder"], ["retrieval"])
    assert "| nDCG@10 | 100.0 % (100.0 %–100.0 %; 1) |" in done.stdout


def test_comparing_a_run_with_itself_finds_nothing(folder: Path) -> None:
    done = call(folder, "compare", folder / "one", folder / "one")
    assert done.exit_code == 0
    assert "fully_correct           1.000    1.000   +0.000   +0.000 to +0.000    5" in done.stdout
    assert "worse" not in done.stdout


def test_a_missed_floor_ends_with_status_one_and_names_the_cases(folder: Path, tmp_path: Path) -> None:
    """The quotes in the kept answers are spoilt, then scored again."""
    bad = tmp_path / "bad"
    bad.mkdir()
    for name in ("config.json", "answers.jsonl"):
        text = (folder / "one" / name).read_text("utf-8")
        (bad / name).write_text(text.replace("750 EUR", "950 EUR"), "utf-8")
    done = call(folder, "score", bad, "--baseline", folder / "one")
    assert done.exit_code == 1
    assert "FAILED: quote_on_page is " in done.stderr
    assert done.stderr.count("welder") == 1


def test_a_run_is_not_its_own_baseline(folder: Path) -> None:
    done = call(folder, "run", "--out", folder / "one", "--baseline", folder / "one")
    assert isinstance(done.exception, AssistantError)
    assert "is both the baseline and the new run" in str(done.exception)


def test_an_unknown_system_is_refused_before_anything_is_written(folder: Path) -> None:
    done = call(folder, "run", "--system", "ours,theirs", "--out", folder / "none")
    assert str(done.exception).startswith("no system theirs; there is: ours, lexical, dense, plain")
    assert not (folder / "none").exists()


@pytest.mark.parametrize("name", ["ragas", "csv", "govuk", "beir"])
def test_a_run_is_exported_and_imported(folder: Path, tmp_path: Path, name: str) -> None:
    assert call(folder, "export", name, folder / "one", tmp_path / "out").exit_code == 0
    done = call(folder, "import", name, tmp_path / "out", tmp_path / "back.jsonl")
    lines = (tmp_path / "back.jsonl").read_text("utf-8").splitlines()
    left_out = len(CASES) - len(lines)
    assert f"{len(lines)} cases written to {tmp_path / 'back.jsonl'}, {left_out} left out" in done.stderr
    assert done.exit_code == (left_out > 0)
    assert len(lines) >= 3


def test_a_beir_folder_is_searched(folder: Path, tmp_path: Path) -> None:
    call(folder, "export", "beir", folder / "one", tmp_path / "beir")
    done = call(folder, "retrieval", "--beir", tmp_path / "beir")
    assert "both         1.0000   1.0000   1.0000" in done.stdout
    assert "4 documents, 5 queries" in done.stdout


def test_two_people_rate_and_their_agreement_is_told(folder: Path) -> None:
    run = str(folder / "one")
    first = CliRunner().invoke(app, ["eval", "rate", run, "--rater", "anna"], input="g\n\nb\nwrong page\nq\n")
    assert first.exit_code == 0
    second = CliRunner().invoke(app, ["eval", "rate", run, "--rater", "ben"], input="g\n\ng\n\nq\n")
    assert "anna and ben: 1 of 2 alike, Cohen's kappa 0.00" in second.stdout
    assert (folder / "one" / "ratings.csv").read_text("utf-8").splitlines()[:3] == [
        "id,system,rater,rating,reason",
        "launch,ours,anna,good,",
        "fee,ours,anna,bad,wrong page",
    ]
    again = CliRunner().invoke(app, ["eval", "rate", run, "--rater", "anna"], input="q\n")
    assert again.stdout.lstrip().startswith("welder\n> How much does the regional fund pay")
