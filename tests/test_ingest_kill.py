"""`kill -9` at 50 moments of an ingestion: a reader sees the old content or the new, never half of either."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from index_kit import WordEncoder, write_pdf

from assistant.errors import IndexMissingError
from assistant.index.generations import current_generation
from assistant.index.reader import Index
from assistant.ingest.pipeline import ingest
from assistant.settings import Settings

Content = tuple[tuple[str, str], ...]
"""(document, its text), sorted."""

KILLS = 50
AT_THE_POINTER = 8  # of them as soon as the pointer has changed, before old files are cleaned up


def write_corpus(corpus: Path, edition: str) -> None:
    """One file that stays, one that changes and one that only edition B has."""
    write_pdf(corpus / "stays.pdf", [["# Welders", "Welders learn to weld hulls."]])
    write_pdf(corpus / "changes.pdf", [["# Costs", f"The course of edition {edition} is free."]] * 2)
    (corpus / "only-b.pdf").unlink(missing_ok=True)
    if edition == "B":
        write_pdf(corpus / "only-b.pdf", [["# Partners", "Weavers meet in Porto."]])


def content(settings: Settings) -> Content | None:
    """What the index answers; None when there is none. Every chunk must be found in both channels."""
    encoder = WordEncoder()
    try:
        index = Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint)
    except IndexMissingError:
        return None
    with index:
        found = {}
        for document in index.documents():
            chunks = index.document_chunks(document.path)
            for chunk in chunks:
                vector = encoder.encode([chunk.search_text])[0]
                same = [other for other, score in index.dense_search(vector, top_k=10) if score > 0.9999]
                assert chunk.chunk_id in same
            found[document.path] = " ".join(chunk.text for chunk in chunks)
            assert "".join(index.page(document.path, 1).text.split()) in "".join(found[document.path].split())
        lexical = index.lexical_search({"learn": 1.0, "edit": 1.0, "meet": 1.0, "edition": 1.0}, top_k=10)
        assert {chunk.document for chunk in index.chunks([chunk_id for chunk_id, _ in lexical])} == set(found)
        return tuple(sorted(found.items()))


class Ingestions:
    """Starts ingestions in processes of their own that can be killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("index_kit.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def start(self, settings: Settings) -> int:
        self._send(f"{settings.data_dir}\t{settings.corpus_dir}")
        return int(self._line())

    def status(self) -> int:
        """Wait for the one that was started; its exit status, or minus the signal that killed it."""
        self._send("collect")
        return os.waitstatus_to_exitcode(int(self._line()))

    def _send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")


@pytest.fixture
def ingestions():
    ingestions = Ingestions()
    yield ingestions
    ingestions.process.kill()
    ingestions.process.wait()


def expected_contents(folder: Path) -> dict[str, Content]:
    """What each edition gives when nobody disturbs its ingestion."""
    contents = {}
    for edition in "AB":
        settings = Settings(data_dir=folder / edition, corpus_dir=folder / "corpus")
        write_corpus(settings.corpus_dir, edition)
        ingest(None, settings=settings, encoder_loader=lambda _: WordEncoder())
        found = content(settings)
        assert found is not None
        contents[edition] = found
    return contents


def wait_for_the_pointer(index_dir: Path, before: str | None) -> None:
    deadline = time.monotonic() + 60
    while current_generation(index_dir) == before and time.monotonic() < deadline:
        time.sleep(0.0005)


@pytest.mark.timeout(900)  # half a minute on an idle machine of two cores; minutes on a busy one
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_content(tmp_path, ingestions):
    contents = expected_contents(tmp_path)
    assert contents["A"] != contents["B"]
    settings = Settings(data_dir=tmp_path / "data", corpus_dir=tmp_path / "corpus")
    randomly = random.Random(20261123)
    duration_s = 1.0
    old: Content | None = None
    seen: Counter[str] = Counter()
    for number in range(KILLS):
        target = "A" if old == contents["B"] else "B"
        write_corpus(settings.corpus_dir, target)
        generation = current_generation(settings.index_dir)
        process = ingestions.start(settings)
        if number % (KILLS // AT_THE_POINTER) == 3:
            wait_for_the_pointer(settings.index_dir, generation)
        else:
            time.sleep(randomly.uniform(0, duration_s))
        os.kill(
            process, signal.SIGKILL
        )  # a process that has ended waits to be collected, so the id is its own
        status = ingestions.status()
        assert status in (0, -signal.SIGKILL)
        now = content(settings)
        assert now in (old, contents[target])
        outcome = "new" if now == contents[target] else "old"
        seen[outcome if status else "ended"] += 1
        old = now
        if number % 5 == 4:
            started = time.monotonic()
            write_corpus(settings.corpus_dir, target)
            ingestions.start(settings)
            assert ingestions.status() == 0
            if now != contents[target]:
                duration_s = time.monotonic() - started
            old = content(settings)
            assert old == contents[target]
    assert seen["old"] >= KILLS // 4, seen
    assert seen["new"] >= 2, seen
    report = ingest(None, settings=settings, encoder_loader=lambda _: WordEncoder())
    assert report.generation == current_generation(settings.index_dir)
    assert [folder.name for folder in (settings.index_dir / "generations").iterdir()] == [report.generation]
