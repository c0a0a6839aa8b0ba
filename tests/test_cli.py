"""The command line as a user meets it: a process, its two outputs and its exit status."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.cli_reference import REFERENCE, reference

COMMANDS = ("ingest", "ask", "chat", "batch", "doctor", "version")


def run(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=os.environ | environment,
    )


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, assistant.cli; "
        "heavy = ['torch', 'chromadb', 'chainlit', 'langchain_core', 'onnxruntime', 'numpy', 'rich']; "
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_has_an_example_that_names_the_command(command: str) -> None:
    found = run(command, "--help")
    assert found.returncode == 0
    assert f"Example:\n    assistant {command}" in found.stdout


def test_the_reference_page_says_what_help_says() -> None:
    assert REFERENCE.read_text("utf-8") == reference(), "run `python -m assistant.cli_reference`"


def test_version_prints_the_version_and_nothing_else() -> None:
    found = run("version")
    assert (found.stdout, found.stderr, found.returncode) == ("0.1.0\n", "", 0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask"], "Missing argument 'question'"),
        (["ask", "x", "--persona", "boss"], "'boss' is not one of 'worker', 'sme'"),
        (["ask", "x", "--today", "soon"], "Invalid value for '--today': "),
        (["ask", "x", "--language", "polish"], "no replies are worded in 'polish', only in bg, cs, da"),
        (["ask", "x", "--language", "xx"], "no replies are worded in 'xx', only in bg, cs, da"),
        (["dance"], "No such command 'dance'"),
        (["chat", "--port", "70000"], "Invalid value for '--port': "),
    ],
)
def test_a_wrong_call_is_explained_with_status_2(arguments: list[str], told: str) -> None:
    found = run(*arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert told in " ".join(found.stderr.split())


@pytest.mark.parametrize(
    "arguments", [["ask", "What is the Pact?"], ["chat"], ["batch", "in.jsonl", "out.jsonl"]]
)
def test_without_an_index_one_line_says_what_to_run(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "turns": ["x"]}\n')
    found = run(*arguments, "--data-dir", tmp_path / "data", cwd=tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == f"assistant: no index in {tmp_path}/data/index; run `assistant ingest`\n"
    assert not (tmp_path / "out.jsonl").exists()


def test_common_options_stand_before_or_after_the_command_and_the_latter_wins(tmp_path: Path) -> None:
    before = run("--data-dir", tmp_path / "a", "ask", "x")
    after = run("--data-dir", tmp_path / "a", "ask", "x", "--data-dir", tmp_path / "b")
    assert f"no index in {tmp_path}/a/index" in before.stderr
    assert f"no index in {tmp_path}/b/index" in after.stderr


def test_a_config_file_is_read_and_its_mistakes_are_told(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(f'data_dir = "{tmp_path}/c"\n')
    (tmp_path / "bad.toml").write_text("top_q = 3\n")
    assert f"no index in {tmp_path}/c/index" in run("--config", tmp_path / "good.toml", "ask", "x").stderr
    found = run("ask", "x", "--config", tmp_path / "bad.toml")
    assert found.returncode == 1
    assert "unknown setting ASSISTANT_TOP_Q" in found.stderr


def test_batch_refuses_to_overwrite_its_questions(tmp_path: Path) -> None:
    questions = tmp_path / "in.jsonl"
    questions.write_text('{"id": 1, "turns": ["x"]}\n')
    found = run("batch", questions, questions, "--data-dir", tmp_path)
    assert found.returncode == 1
    assert "name another file for the answers" in found.stderr
    assert questions.read_text() == '{"id": 1, "turns": ["x"]}\n'


def test_doctor_says_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    found = run("doctor", "--json", "--data-dir", tmp_path)
    checks = {check["name"]: check for check in json.loads(found.stdout)["checks"]}
    assert found.returncode == 1
    assert checks["index"] == {
        "name": "index",
        "state": "fail",
        "found": "nothing was ingested yet",
        "advice": "run `assistant ingest`",
    }
    assert {name for name, check in checks.items() if check["state"] == "ok"} == set(checks) - {"index"}


def test_doctor_warns_of_a_language_model_that_does_not_answer(tmp_path: Path) -> None:
    found = run(
        "doctor",
        "--data-dir",
        tmp_path,
        ASSISTANT_LLM="ollama:qwen3",
        ASSISTANT_LLM_BASE_URL="http://127.0.0.1:9",
    )
    line = next(line for line in found.stdout.splitlines() if "language model" in line)
    assert line.split()[0] == "warn"
    assert "ollama:qwen3 at http://127.0.0.1:9: Connection refused" in line


def test_a_reader_that_goes_away_early_is_no_error_message() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.wait(timeout=30)
    assert process.stderr.read() == ""
    process.stderr.close()


def test_ctrl_c_ends_with_one_calm_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "questions")  # reading it waits, so the signal arrives while the command runs
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "batch", tmp_path / "questions", tmp_path / "out.jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "Stopped.\n")
