"""The batch runner on its own: which lines are cases, what comes out, and what one failure costs."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.answers import Answer
from assistant.batch import Case, Malformed, Result, read_cases, run_batch
from assistant.conversation import Conversation, Turn
from assistant.errors import AssistantError


class Echo:
    """Answers with what it was asked and how many turns it had heard; breaks on "break"."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def answer(self, question: str, *, conversation: Conversation | None = None, **options: Any) -> Answer:
        assert conversation is not None
        self.asked.append(options)
        if question == "break":
            raise RuntimeError("broken on purpose")
        answer = Answer(status="complete", language="en", text=f"{len(conversation.turns)}: {question}")
        conversation.turns.append(Turn(question, answer))
        return answer


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def play(tmp_path: Path, *rows: str | bytes) -> list[dict[str, Any]]:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\n".join(row.encode() if isinstance(row, str) else row for row in rows))
    run_batch(read_cases(source), target, Echo())
    return lines(target)


def texts(result: dict[str, Any]) -> list[str]:
    return [answer["text"] for answer in result["answers"]]


def test_turns_are_played_in_order_in_one_fresh_conversation_a_case(tmp_path: Path) -> None:
    out = play(tmp_path, '{"id": "a", "turns": ["x", "y"]}', '{"id": "b", "turns": ["z"]}')
    assert [result["id"] for result in out] == ["a", "b"]
    assert [texts(result) for result in out] == [["0: x", "1: y"], ["0: z"]]


def test_persona_language_and_date_reach_the_assistant(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(
        '{"id": 1, "turns": ["x"], "persona": "sme", "language": "pl", "today": "2026-11-02"}\n'
        '{"id": 2, "turns": ["x"], "persona": null, "language": null, "today": null}\n'
    )
    echo = Echo()
    run_batch(read_cases(source), tmp_path / "out.jsonl", echo)
    assert echo.asked == [
        {"persona": "sme", "language": "pl", "today": date(2026, 11, 2)},
        {"persona": None, "language": None, "today": None},
    ]


def test_a_failing_turn_is_an_error_answer_and_the_rest_goes_on(tmp_path: Path) -> None:
    out = play(tmp_path, '{"id": "a", "turns": ["break", "y"]}', '{"id": "b", "turns": ["z"]}')
    assert [answer["status"] for answer in out[0]["answers"]] == ["error", "complete"]
    assert "RuntimeError: broken on purpose" in texts(out[0])[0]
    assert texts(out[1]) == ["0: z"]


@pytest.mark.parametrize(
    ("row", "kept_id", "told"),
    [
        ('{"id": "q", "turns": ["x"], "turn": 1}', "q", "line 2: unknown field 'turn' (known: id, turns,"),
        ('{"id": "q", "turns": "x"}', "q", "line 2: turns: Input should be a valid array"),
        ('{"id": "q", "turns": []}', "q", "line 2: turns: List should have at least 1 item"),
        ('{"id": 7}', 7, "line 2: turns: Field required"),
        ('{"id": true, "turns": ["x"]}', None, "line 2: id.str: Input should be a valid string"),
        ('{"id": "q", "turns": ["x"], "today": "soon"}', "q", "line 2: today: Input should be a valid date"),
        ('{"id": "q", "turns": ["\\ud800"]}', "q", "line 2: Invalid JSON:"),
        ('{"id": "q", "turns": ["x"', None, "line 2: Invalid JSON: EOF while parsing a list at column 25"),
        ('["q"]', None, "line 2: Input should be an object"),
        (b'{"id": "q", "turns": ["caf\xe9"]}', "q", "line 2: Invalid JSON: invalid unicode code point"),
        ("[" * 100_000, None, "line 2: Invalid JSON: recursion limit exceeded"),
    ],
)
def test_a_malformed_line_is_an_error_answer_that_names_the_line(
    tmp_path: Path, row: str | bytes, kept_id: str | int | None, told: str
) -> None:
    before, found, after = play(tmp_path, '{"id": "a", "turns": ["x"]}', row, '{"id": "b", "turns": ["y"]}')
    assert found["id"] == kept_id
    assert type(found["id"]) is type(kept_id)
    assert [answer["status"] for answer in found["answers"]] == ["error"]
    assert told in texts(found)[0]
    assert (texts(before), texts(after)) == (["0: x"], ["0: y"])


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_are_no_cases(tmp_path: Path) -> None:
    out = play(
        tmp_path, b'\xef\xbb\xbf{"id": "a", "turns": ["x"]}\r', b"", b"  \r", b'{"id": "b", "turns": ["y"]}\r'
    )
    assert [texts(result) for result in out] == [["0: x"], ["0: y"]]


def test_a_line_separator_inside_a_message_does_not_end_the_line(tmp_path: Path) -> None:
    assert texts(play(tmp_path, '{"id": "a", "turns": ["one\u2028two"]}')[0]) == ["0: one\u2028two"]


def test_the_last_line_needs_no_line_end_and_an_empty_file_has_no_case(tmp_path: Path) -> None:
    assert texts(play(tmp_path, '{"id": "a", "turns": ["x"]}')[0]) == ["0: x"]
    assert play(tmp_path, "") == []


def test_each_line_is_on_disk_before_the_next_case_begins(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    written: list[int] = []
    cases = [Case(id=number, turns=["x"]) for number in range(3)]
    run_batch(cases, target, Echo(), on_case=lambda result: written.append(len(lines(target))))
    assert written == [1, 2, 3]


def test_the_report_counts_cases_with_an_error(tmp_path: Path) -> None:
    cases = [Case(id="a", turns=["x"]), Malformed(None, "line 2: no"), Case(id="c", turns=["break", "break"])]
    report = run_batch(cases, tmp_path / "out.jsonl", Echo())
    assert report.summary() == "3 cases, 2 with errors"


def test_every_line_that_comes_out_is_a_result(tmp_path: Path) -> None:
    play(tmp_path, '{"id": "ä", "turns": ["x"]}', "{")
    text = (tmp_path / "out.jsonl").read_text("utf-8")
    assert [Result.model_validate_json(line).id for line in text.splitlines()] == ["ä", None]


def test_unusable_files_are_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=r"cannot read .*absent\.jsonl: No such file or directory"):
        read_cases(tmp_path / "absent.jsonl")
    with pytest.raises(AssistantError, match=r"cannot write .*: No such file or directory"):
        run_batch([], tmp_path / "no" / "out.jsonl", Echo())
    (tmp_path / "wide.jsonl").write_text('{"id": "a", "turns": ["x"]}', "utf-16")
    with pytest.raises(AssistantError, match="is in UTF-16; save it as UTF-8"):
        read_cases(tmp_path / "wide.jsonl")
