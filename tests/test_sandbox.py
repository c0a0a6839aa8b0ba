"""The sandbox: a document may be slow, greedy or fatal; the others are read all the same."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pdfs import make

from assistant.documents import ExtractedDocument
from assistant.errors import DamagedDocumentError, DocumentError, DocumentLimitError, EncryptedDocumentError
from assistant.ingest.extract import Limits, extract
from assistant.ingest.sandbox import ExtractionPool
from assistant.ingest.wire import decode, encode

LIMITS = Limits(max_file_mb=50, max_pages=500, max_seconds=20, max_memory_mb=1024)
Outcomes = dict[str, ExtractedDocument | DocumentError]


def run(paths: list[Path], *, limits: Limits = LIMITS, workers: int = 1) -> Outcomes:
    with ExtractionPool(workers, limits) as pool:
        return dict(pool.extract_all([(path, path.name) for path in paths]))


def good(folder: Path, name: str = "good.pdf") -> Path:
    return make.pages(folder / name, [(72, 700, f"The text of {name}")])


def text_of(outcome: ExtractedDocument | DocumentError) -> str:
    assert isinstance(outcome, ExtractedDocument), outcome
    return outcome.pages[0].text


def test_the_sandbox_gives_what_extraction_gives(tmp_path: Path) -> None:
    path = make.long_table(tmp_path / "table.pdf", rows=30)
    assert run([path])["table.pdf"] == extract(path, name="table.pdf", limits=LIMITS)


def test_all_documents_are_answered_by_name(tmp_path: Path) -> None:
    paths = [good(tmp_path, f"{number}.pdf") for number in range(7)]
    outcomes = run(paths, workers=2)
    assert {name: text_of(outcome) for name, outcome in outcomes.items()} == {
        f"{number}.pdf": f"The text of {number}.pdf" for number in range(7)
    }


def test_a_bad_document_is_reported_and_the_next_is_read(tmp_path: Path) -> None:
    locked = make.encrypted(tmp_path / "locked.pdf", user_password="x")
    outcomes = run([locked, good(tmp_path)])
    assert isinstance(outcomes["locked.pdf"], EncryptedDocumentError)
    assert str(outcomes["locked.pdf"]) == "locked.pdf needs a password to open; save a copy without one"
    assert text_of(outcomes["good.pdf"]) == "The text of good.pdf"


def test_a_page_that_never_ends_is_killed_in_time(tmp_path: Path) -> None:
    slow = make.heavy(tmp_path / "slow.pdf", page_count=2, operators=900_000)
    started = time.monotonic()
    outcomes = run([slow, good(tmp_path)], limits=Limits(50, 500, 1.0, 1024))
    assert time.monotonic() - started < 15
    assert isinstance(outcomes["slow.pdf"], DocumentLimitError)
    assert str(outcomes["slow.pdf"]).startswith(
        "slow.pdf was stopped before its first page: it took longer than 1 s"
    )
    assert text_of(outcomes["good.pdf"]) == "The text of good.pdf"


def test_many_pages_that_share_one_heavy_stream_are_stopped(tmp_path: Path) -> None:
    slow = make.heavy(tmp_path / "slow.pdf", page_count=200, operators=20_000)
    outcome = run([slow], limits=Limits(50, 500, 2.0, 1024))["slow.pdf"]
    assert isinstance(outcome, DocumentLimitError)
    assert "of 200 pages: it took longer than 2 s" in str(outcome)


def test_a_bomb_of_compressed_data_ends_with_a_reason(tmp_path: Path) -> None:
    bomb = make.flate_bomb(tmp_path / "bomb.pdf")
    assert bomb.stat().st_size < 1_000_000
    outcomes = run([bomb, good(tmp_path)], limits=Limits(50, 500, 20, 400))
    assert isinstance(outcomes["bomb.pdf"], DocumentError)
    assert "bomb.pdf" in str(outcomes["bomb.pdf"])
    assert text_of(outcomes["good.pdf"]) == "The text of good.pdf"


def test_too_little_memory_is_a_limit_that_is_named(tmp_path: Path) -> None:
    heavy = make.heavy(tmp_path / "heavy.pdf", page_count=1, operators=900_000)
    outcome = run([heavy], limits=Limits(50, 500, 60, 300))["heavy.pdf"]
    assert isinstance(outcome, DocumentLimitError)
    assert str(outcome).startswith("heavy.pdf needs more than 300 MB of memory")


def test_a_crashed_worker_is_replaced_and_its_document_blamed(tmp_path: Path) -> None:
    paths = [make.heavy(tmp_path / "crash.pdf", page_count=300, operators=5_000), good(tmp_path)]
    outcomes: Outcomes = {}
    with ExtractionPool(1, LIMITS) as pool:

        def crash(name: str, done: int, total: int) -> None:
            if name == "crash.pdf" and done == 2:
                os.kill(pool._workers[0].process.pid, signal.SIGSEGV)

        outcomes.update(pool.extract_all([(path, path.name) for path in paths], crash))
    assert isinstance(outcomes["crash.pdf"], DamagedDocumentError)
    assert "crash.pdf crashed its reader on page" in str(outcomes["crash.pdf"])
    assert "SIGSEGV" in str(outcomes["crash.pdf"])
    assert text_of(outcomes["good.pdf"]) == "The text of good.pdf"


def test_progress_moves_page_by_page(tmp_path: Path) -> None:
    path = make.pages(tmp_path / "a.pdf", *[[(72, 700, f"Page {number}")] for number in range(3)])
    seen: list[tuple[str, int, int]] = []
    with ExtractionPool(1, LIMITS) as pool:
        list(pool.extract_all([(path, "a.pdf")], lambda *step: seen.append(step)))
    assert seen == [("a.pdf", 1, 3), ("a.pdf", 2, 3), ("a.pdf", 3, 3)]


def test_one_pool_serves_several_calls(tmp_path: Path) -> None:
    with ExtractionPool(1, LIMITS) as pool:
        for name in ("one.pdf", "two.pdf"):
            outcomes = dict(pool.extract_all([(good(tmp_path, name), name)]))
            assert text_of(outcomes[name]) == f"The text of {name}"


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    slow = make.heavy(tmp_path / "slow.pdf", page_count=300, operators=5_000)
    with ExtractionPool(1, LIMITS) as pool:
        outcomes = pool.extract_all([(good(tmp_path), "good.pdf"), (slow, "slow.pdf")])
        assert next(outcomes)[0] == "good.pdf"
        process = pool._workers[0].process
        outcomes.close()  # type: ignore[attr-defined]
    assert process.poll() is not None


def test_workers_die_with_their_parent(tmp_path: Path) -> None:
    slow = make.heavy(tmp_path / "slow.pdf", page_count=300, operators=20_000)
    program = f"""
from pathlib import Path
from assistant.ingest.extract import Limits
from assistant.ingest.sandbox import ExtractionPool
with ExtractionPool(1, Limits(50, 500, 60, 1024)) as pool:
    told = lambda name, done, total: print(pool._workers[0].process.pid, flush=True)
    list(pool.extract_all([(Path({str(slow)!r}), "slow.pdf")], told))
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker_pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _lives(worker_pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(worker_pid)


def _lives(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_document_survives_the_wire(tmp_path: Path) -> None:
    extracted = extract(make.long_table(tmp_path / "a.pdf", rows=3), name="a.pdf", limits=LIMITS)
    assert decode(encode(extracted)) == extracted


@pytest.mark.parametrize(
    "message", [{}, {"document": {}}, {"document": {"evil": 1}, "pages": [], "warnings": []}, []]
)
def test_what_is_no_document_is_refused(message: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        decode(message)
