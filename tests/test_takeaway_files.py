"""Files from the facade and the command line: the whole list, told where, and nothing written in vain."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import docx
import icalendar
import pytest
from bootcamps import EMPTY, OFFERS, QUESTION, WEB_PAGE

from assistant.conversation import Conversation
from assistant.facade import Assistant
from assistant.settings import Settings

TODAY = date(2096, 1, 1)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from assistant.ingest.pipeline import ingest

    folder = tmp_path_factory.mktemp("bootcamps")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "bootcamps.html").write_text(WEB_PAGE)
    settings = Settings(data_dir=folder / "data", corpus_dir=folder / "corpus")
    ingest(None, settings=settings)
    return settings.data_dir


@pytest.fixture(scope="module")
def assistant(data_dir: Path) -> Iterator[Assistant]:
    opened = Assistant(Settings(data_dir=data_dir))
    yield opened
    opened.close()


def run(folder: Path, data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *arguments, "--data-dir", str(data_dir)]
    path = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=path)


def headings(content: bytes) -> list[str]:
    paragraphs = docx.Document(io.BytesIO(content)).paragraphs
    return [p.text for p in paragraphs if p.style and p.style.name == "Heading 2"]


def summaries(content: bytes) -> set[str]:
    return {str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(content).walk("VEVENT")}


def test_a_list_is_taken_away_whole_though_the_reply_shows_a_page_of_it(assistant: Assistant) -> None:
    conversation = Conversation()
    answer = assistant.answer(QUESTION, conversation=conversation, today=TODAY)
    assert (len(answer.opportunities), answer.total_matches) == (10, OFFERS)
    wanted = conversation.turns[-1].wanted
    word = assistant.take_away(answer, "docx", wanted=wanted, today=TODAY).content
    titles = [f"Robot bootcamp {number}" for number in range(1, OFFERS + 1)]
    assert sorted(headings(word)) == sorted([*titles, "Sources"])
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(word)).paragraphs)
    assert QUESTION in text
    assert "To see the next ones" not in text
    table = assistant.take_away(answer, "csv", wanted=wanted, today=TODAY).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {(row["Title"], row["Document"], row["Page"]) for row in rows} == {
        (title, "bootcamps.html", str(section)) for section, title in enumerate(titles, start=1)
    }
    calendar = assistant.take_away(answer, "ics", wanted=wanted, today=TODAY).content
    assert summaries(calendar) == {f"Deadline: {title}" for title in titles}


def test_without_the_wish_the_reply_is_taken_away_as_it_is(assistant: Assistant) -> None:
    answer = assistant.answer(QUESTION, today=TODAY)
    made = assistant.take_away(answer, "docx", today=TODAY, language="de")
    assert len(headings(made.content)) == 11
    assert headings(made.content)[-1] == "Quellen"


def test_a_later_page_of_a_list_is_taken_away_from_its_beginning(assistant: Assistant) -> None:
    conversation = Conversation()
    assistant.answer(QUESTION, conversation=conversation, today=TODAY)
    assistant.answer("more", conversation=conversation, today=TODAY)
    turn = conversation.turns[-1]
    assert len(turn.answer.opportunities) == OFFERS - 10
    made = assistant.take_away(turn.answer, "csv", wanted=turn.wanted, today=TODAY)
    assert len(made.content.splitlines()) == 1 + OFFERS


def test_ask_saves_each_file_by_its_ending_and_replaces_what_is_there(tmp_path: Path, data_dir: Path) -> None:
    (tmp_path / "list.csv").write_text("old")
    files = ("list.docx", "list.csv", "list.ics")
    found = run(tmp_path, data_dir, "ask", QUESTION, *(word for file in files for word in ("--save", file)))
    assert found.returncode == 0
    assert found.stdout.startswith(f"{OFFERS} entries")
    assert found.stderr == "".join(f"Written to {file}.\n" for file in files)
    assert len(headings((tmp_path / "list.docx").read_bytes())) == OFFERS + 1
    assert (tmp_path / "list.csv").read_bytes().startswith(b"\xef\xbb\xbfTitle,")
    assert len(summaries((tmp_path / "list.ics").read_bytes())) == OFFERS


def test_an_unknown_ending_is_told_before_anything_is_asked(tmp_path: Path, data_dir: Path) -> None:
    found = run(tmp_path, data_dir, "ask", QUESTION, "--save", "list.docx", "--save", "list.pdf")
    assert (found.returncode, found.stdout) == (2, "")
    assert "list.pdf does not end in one of the known formats: .docx, .csv, .ics" in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_stops_no_other_file(tmp_path: Path, data_dir: Path) -> None:
    saved = ("--save", "no/list.docx", "--save", "list.ics", "--save", "list.csv")
    found = run(tmp_path, data_dir, "ask", QUESTION, "--today", "2098-01-01", *saved)
    assert found.returncode == 1
    assert found.stdout.startswith(f"{OFFERS} entries")
    assert found.stderr.splitlines() == [
        "assistant: no/list.docx was not written: No such file or directory",
        "assistant: list.ics was not written: None of these entries gives a date that is still to come, "
        "so there is nothing to put in a calendar.",
        "Written to list.csv.",
    ]
    assert [file.name for file in tmp_path.iterdir()] == ["list.csv"]


def test_find_writes_a_document_and_a_calendar_beside_what_it_prints(tmp_path: Path, data_dir: Path) -> None:
    flags = ("--country", "PL", "--limit", "12", "--csv", "--docx", "list.docx", "--ics", "list.ics")
    found = run(tmp_path, data_dir, "find", *flags)
    assert found.returncode == 0
    assert len(found.stdout.splitlines()) == 13
    assert found.stderr == "Written to list.docx.\nWritten to list.ics.\n"
    content = (tmp_path / "list.docx").read_bytes()
    assert len(headings(content)) == 13
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    assert lines[0] == "Opportunity: countries PL"
    assert "13 found, 12 of them here" in lines
    assert any(line.startswith("[1]\tRobot bootcamps, section 1 (bootcamps.html): “Robot") for line in lines)
    assert len(summaries((tmp_path / "list.ics").read_bytes())) == 12


def test_find_writes_no_file_when_nothing_is_found(tmp_path: Path, data_dir: Path) -> None:
    found = run(tmp_path, data_dir, "find", "--country", "FR", "--docx", "list.docx")
    assert found.returncode == 1
    assert found.stderr == "There are no records to write into a file.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_reply_that_found_nothing_is_saved_as_a_document_and_not_as_a_table(assistant: Assistant) -> None:
    answer = assistant.answer(EMPTY, today=TODAY)
    assert answer.opportunities == []
    made = assistant.take_away(answer, "docx", today=TODAY)
    assert EMPTY in docx.Document(io.BytesIO(made.content)).paragraphs[0].text
