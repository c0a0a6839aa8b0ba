import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from index_kit import WordEncoder, settings_in, write_pdf

from assistant.errors import IndexBusyError, IndexMismatchError, SearchIndexError
from assistant.index.lock import ingest_lock
from assistant.index.reader import Index
from assistant.ingest import pipeline
from assistant.ingest.pipeline import ingest
from assistant.ingest.report import Failure, IngestReport

WELDERS = ["# Courses for welders", "Welders learn to weld hulls in Gdansk.", "The course costs nothing."]
TEXTILES = ["# Courses for weavers", "Weavers learn to weave in Porto.", "The course takes six weeks."]


class Recorder:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.total = self.documents = self.pages = self.chunks = self.finished = 0
        self.notes: list[str] = []
        self.noted = threading.Event()

    def start(self, total_documents: int) -> None:
        self.total = total_documents

    def advance(self, documents: int = 0, pages: int = 0, chunks: int = 0) -> None:
        self.documents += documents
        self.pages += pages
        self.chunks += chunks

    def note(self, text: str) -> None:
        self.notes.append(text)
        self.noted.set()

    def finish(self) -> None:
        self.finished += 1


class Bench:
    """A corpus folder, a data folder and one encoder."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings_in(folder)
        self.corpus = self.settings.corpus_dir
        self.encoder = WordEncoder()

    def ingest(self, *paths: Path, **options) -> IngestReport:
        return ingest(paths or None, settings=self.settings, encoder_loader=lambda _: self.encoder, **options)

    def texts(self) -> dict[str, str]:
        """What the index holds, by document."""
        with Index.open(self.settings.index_dir, encoder_fingerprint=self.encoder.fingerprint) as index:
            for document in index.documents():
                for chunk in index.document_chunks(document.path):
                    vector = self.encoder.encode([chunk.search_text])[0]
                    same = [found for found, score in index.dense_search(vector, top_k=9) if score > 0.9999]
                    assert chunk.chunk_id in same
            return {
                document.path: " ".join(chunk.text for chunk in index.document_chunks(document.path))
                for document in index.documents()
            }


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    write_pdf(bench.corpus / "welders.pdf", [WELDERS])
    write_pdf(bench.corpus / "sub" / "textiles.PDF", [TEXTILES, ["A second page."]])
    return bench


def test_a_folder_is_indexed_and_its_progress_told(bench):
    progress = Recorder()
    report = bench.ingest(progress=progress)
    assert report.indexed == ("sub/textiles.PDF", "welders.pdf")
    assert (report.pages, report.failed, report.exit_code) == (3, (), 0)
    assert report.embedded == report.chunks == progress.chunks == 3
    assert (progress.total, progress.documents, progress.pages, progress.finished) == (2, 2, 3, 1)
    texts = bench.texts()
    assert "weld hulls in Gdansk" in texts["welders.pdf"]
    assert "A second page." in texts["sub/textiles.PDF"]
    assert "2 documents, 3 pages, 3 chunks in the index: 2 read" in report.summary()


def test_an_unchanged_second_run_computes_nothing_and_keeps_the_generation(bench):
    first = bench.ingest()
    bench.encoder.encoded.clear()
    second = bench.ingest()
    assert bench.encoder.encoded == []
    assert second.embedded == 0
    assert second.generation == first.generation
    assert second.unchanged == ("sub/textiles.PDF", "welders.pdf")
    assert (second.pages, second.chunks) == (first.pages, first.chunks)
    assert "The index is up to date." in second.summary()


def test_a_changed_file_replaces_its_chunks_and_nothing_else_is_encoded(bench):
    first = bench.ingest()
    write_pdf(bench.corpus / "welders.pdf", [[*WELDERS[:2], "The course costs 100 euro."]])
    bench.encoder.encoded.clear()
    report = bench.ingest()
    assert report.generation != first.generation
    assert (report.indexed, report.unchanged) == (("welders.pdf",), ("sub/textiles.PDF",))
    assert report.embedded == len(bench.encoder.encoded) == 1
    texts = bench.texts()
    assert "100 euro" in texts["welders.pdf"]
    assert "costs nothing" not in texts["welders.pdf"]
    assert "weave in Porto" in texts["sub/textiles.PDF"]


def test_a_removed_file_disappears(bench):
    bench.ingest()
    (bench.corpus / "welders.pdf").unlink()
    report = bench.ingest()
    assert (report.removed, report.embedded) == (("welders.pdf",), 0)
    assert list(bench.texts()) == ["sub/textiles.PDF"]
    (bench.corpus / "sub" / "textiles.PDF").unlink()
    assert bench.ingest().removed == ("sub/textiles.PDF",)
    assert bench.texts() == {}


def test_a_renamed_file_is_encoded_from_memory(bench):
    bench.ingest()
    (bench.corpus / "welders.pdf").rename(bench.corpus / "new name.pdf")
    report = bench.ingest()
    assert (report.indexed, report.removed, report.embedded) == (("new name.pdf",), ("welders.pdf",), 0)
    assert "weld hulls" in bench.texts()["new name.pdf"]


def test_broken_files_are_reported_by_name_and_do_not_stop_the_rest(bench):
    (bench.corpus / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (bench.corpus / "page.pdf").write_text("<!DOCTYPE html><html>")
    (bench.corpus / "empty.pdf").touch()
    write_pdf(bench.corpus / "scan.pdf", [[]])
    first = bench.ingest()
    assert first.indexed == ("sub/textiles.PDF", "welders.pdf")
    assert sorted((failure.path, failure.reason) for failure in first.failed) == [
        ("broken.pdf", "damaged"),
        ("empty.pdf", "damaged"),
        ("page.pdf", "damaged"),
        ("scan.pdf", "no text"),
    ]
    assert first.exit_code == 1
    assert "FAILED   page.pdf (damaged): page.pdf is not a PDF" in first.summary()
    second = bench.ingest()
    assert second.generation == first.generation
    assert len(second.failed) == 4


def test_when_nothing_can_be_read_there_is_no_index(tmp_path):
    bench = Bench(tmp_path)
    (bench.corpus / "broken.pdf").write_bytes(b"%PDF-1.7")
    report = bench.ingest()
    assert (report.generation, report.exit_code) == (None, 1)
    assert "There is no index" in report.summary()
    assert not (bench.settings.index_dir / "current").exists()
    assert list((bench.settings.index_dir / "generations").iterdir()) == []


def test_a_changed_file_that_broke_keeps_its_last_good_copy(bench):
    first = bench.ingest()
    (bench.corpus / "welders.pdf").write_bytes(b"%PDF-1.7 half a downl")
    report = bench.ingest()
    (failure,) = report.failed
    assert (failure.path, failure.reason) == ("welders.pdf", "damaged")
    assert "its last good copy stays in the index" in failure.message
    assert report.generation == first.generation
    write_pdf(bench.corpus / "new.pdf", [TEXTILES])
    assert bench.ingest().generation != first.generation
    assert "weld hulls" in bench.texts()["welders.pdf"]


def test_sources_are_remembered_and_forgotten(bench, tmp_path):
    other = tmp_path / "my files"
    write_pdf(other / "mine.pdf", [["# Mine", "A document of my own."]])
    assert bench.ingest(other).indexed == ("mine.pdf",)
    assert set(bench.texts()) == {"mine.pdf"}
    assert bench.ingest().indexed == ("sub/textiles.PDF", "welders.pdf")
    write_pdf(other / "more.pdf", [["# More", "One more document."]])
    assert bench.ingest().indexed == ("more.pdf",)
    report = bench.ingest(forget=[other])
    assert report.removed == ("mine.pdf", "more.pdf")
    assert set(bench.texts()) == {"sub/textiles.PDF", "welders.pdf"}
    (failure,) = bench.ingest(forget=[tmp_path / "never"]).failed
    assert (failure.reason, failure.path) == ("missing", str(tmp_path / "never"))


def test_a_path_that_is_not_there_is_a_failure_and_the_rest_goes_on(bench, tmp_path):
    report = bench.ingest(tmp_path / "nowhere", bench.corpus / "welders.pdf")
    assert report.indexed == ("welders.pdf",)
    assert [(failure.path, failure.reason) for failure in report.failed] == [
        (str(tmp_path / "nowhere"), "missing")
    ]


def test_a_source_that_is_gone_takes_its_documents_along(bench, tmp_path):
    other = tmp_path / "stick"
    write_pdf(other / "mine.pdf", [["# Mine", "A document of my own."]])
    bench.ingest(bench.corpus, other)
    other.rename(tmp_path / "away")
    progress = Recorder()
    report = bench.ingest(progress=progress)
    assert report.removed == ("mine.pdf",)
    assert any(str(other) in note and "gone" in note for note in progress.notes)


def test_names_that_collide_get_their_source_folder_in_front(bench, tmp_path):
    write_pdf(tmp_path / "other" / "welders.pdf", [["# Others", "Another document of that name."]])
    report = bench.ingest(bench.corpus, tmp_path / "other")
    assert report.indexed == ("other/welders.pdf", "sub/textiles.PDF", "welders.pdf")
    assert "Another document" in bench.texts()["other/welders.pdf"]


def test_links_in_a_circle_hidden_files_and_doubles_are_harmless(bench):
    (bench.corpus / "sub" / "loop").symlink_to(bench.corpus, target_is_directory=True)
    (bench.corpus / "same.pdf").symlink_to(bench.corpus / "welders.pdf")
    (bench.corpus / "dangling.pdf").symlink_to(bench.corpus / "nothing.pdf")
    os.mkfifo(bench.corpus / "pipe.pdf")
    write_pdf(bench.corpus / ".hidden.pdf", [["x"]])
    write_pdf(bench.corpus / ".git" / "x.pdf", [["x"]])
    (bench.corpus / "notes.xyz").write_text("no document")
    report = bench.ingest(bench.corpus, bench.corpus / "welders.pdf")
    assert report.failed == ()
    assert len(report.indexed) == 2


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are UTF-8 there")
def test_a_file_name_that_is_not_utf8_is_reported(bench):
    (bench.corpus / os.fsdecode(b"caf\xe9.pdf")).write_bytes((bench.corpus / "welders.pdf").read_bytes())
    report = bench.ingest()
    assert [(failure.path, failure.reason) for failure in report.failed] == [("caf\\udce9.pdf", "bad name")]
    assert len(report.indexed) == 2


def test_a_moved_corpus_reads_nothing_anew_but_knows_the_files(bench, tmp_path):
    bench.ingest(bench.corpus)
    moved = bench.corpus.rename(tmp_path / "moved")
    report = bench.ingest(moved)
    assert (report.indexed, report.removed, report.embedded) == ((), (), 0)
    with Index.open(bench.settings.index_dir) as index:
        assert index.document("welders.pdf").source_file == str(moved / "welders.pdf")


def test_other_code_reads_documents_anew_but_encodes_nothing(bench, monkeypatch):
    bench.ingest()
    monkeypatch.setattr(pipeline, "code_version", lambda: "newer")
    report = bench.ingest()
    assert (len(report.indexed), report.embedded) == (2, 0)
    assert len(bench.ingest().unchanged) == 2


def test_another_encoder_is_refused_until_rebuild(bench):
    first = bench.ingest()
    bench.encoder = WordEncoder(fingerprint="words-2")
    with pytest.raises(IndexMismatchError, match=r"'words-1'.*'words-2'.*`assistant ingest --rebuild`"):
        bench.ingest()
    report = bench.ingest(rebuild=True)
    assert report.generation != first.generation
    assert report.embedded == report.chunks == 3
    assert len(bench.texts()) == 2


class TwoModels(WordEncoder):
    """English by one model, other languages by another of the same space."""

    def __init__(self, student: str) -> None:
        super().__init__(fingerprint=f"words-1+{student}")
        self._student = student
        self.asked: dict[str, str] = {}

    def encodes_as(self, language: str | None) -> str:
        return "words-1" if language == "en" else f"{language} {self._student}"

    def encode(self, texts, *, language="en"):
        self.asked |= dict.fromkeys(texts, language)
        return super().encode(texts)


GERMAN = [
    "# Kurse in unserem Haus",
    "Der Kurs dauert zwei Jahre und ist für die Teilnehmer kostenlos.",
    "Der Unterricht findet abends statt, damit niemand seine Arbeit aufgeben muss.",
    "Für die Prüfung am Ende bekommen alle einen freien Tag von ihrem Betrieb.",
    "Wer sich anmelden möchte, schreibt bis zum Ende des Monats an die Schule.",
]
ENGLISH = [
    "# Courses in our house",
    "The course takes two years and costs those who take part in it nothing at all.",
    "Lessons are in the evening, so that nobody has to give up a job to learn something new.",
    "Whoever wants to take part writes to the school before the month is over.",
]


@pytest.fixture
def languages(tmp_path):
    """A German document, an English one, and one that is too short to tell."""
    bench = Bench(tmp_path)
    for name, lines in {"kurse": GERMAN, "courses": ENGLISH, "short": ["Welding"]}.items():
        write_pdf(bench.corpus / f"{name}.pdf", [lines])
    return bench


def test_each_document_is_encoded_in_its_language(languages):
    bench = languages
    bench.encoder = TwoModels("student-1")
    bench.ingest()
    asked = {text.split()[0]: language for text, language in bench.encoder.asked.items()}
    assert asked == {"Kurse": "de", "Courses": "en", "short": None}


def test_a_new_model_for_other_languages_encodes_no_english_again(languages):
    bench = languages
    bench.encoder = TwoModels("student-1")
    first = bench.ingest()
    bench.encoder = TwoModels("student-2")
    second = bench.ingest()
    assert second.generation != first.generation
    assert second.embedded == second.chunks - 1
    assert set(bench.encoder.asked.values()) == {"de", None}
    third = bench.ingest()
    assert (third.generation, third.embedded) == (second.generation, 0)


def test_an_index_is_read_by_the_encoder_of_its_space_alone(bench):
    write_pdf(bench.corpus / "kurse.pdf", [GERMAN])
    bench.encoder = TwoModels("student-1")
    bench.ingest()
    Index.open(bench.settings.index_dir, encoder_fingerprint="words-1").close()
    with pytest.raises(IndexMismatchError, match="words-2"):
        Index.open(bench.settings.index_dir, encoder_fingerprint="words-2+student-1")


def test_rebuild_encodes_everything_again(bench):
    bench.ingest()
    report = bench.ingest(rebuild=True)
    assert (len(report.indexed), report.embedded) == (2, 3)


def test_a_damaged_index_is_built_anew_with_its_sources(bench, tmp_path):
    other = tmp_path / "other"
    write_pdf(other / "mine.pdf", [["# Mine", "A document of my own."]])
    first = bench.ingest(bench.corpus, other)
    folder = bench.settings.index_dir / "generations" / str(first.generation)
    (folder / "index.sqlite").write_bytes(b"damaged")
    progress = Recorder()
    report = bench.ingest(progress=progress)
    assert len(report.indexed) == 3
    assert report.embedded == 0
    assert any("damaged" in note for note in progress.notes)
    assert "A document of my own." in bench.texts()["mine.pdf"]


def test_a_full_disk_is_one_message_and_the_last_index_stays(bench, monkeypatch):
    first = bench.ingest()
    write_pdf(bench.corpus / "new.pdf", [TEXTILES])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pipeline, "publish", full)
    with pytest.raises(SearchIndexError, match=r"No space left on device.*the last good one stays"):
        bench.ingest()
    assert [folder.name for folder in (bench.settings.index_dir / "generations").iterdir()] == [
        first.generation
    ]
    assert len(bench.texts()) == 2


HOLDER = """
import sys, time
from pathlib import Path
from assistant.index.lock import ingest_lock
with ingest_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(bench):
    """Another process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLDER, str(bench.settings.index_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_ingestion_says_who_holds_the_lock(bench, holder):
    with pytest.raises(
        IndexBusyError, match=rf"another ingestion holds the index \(process {holder.pid} on .*since 20"
    ):
        bench.ingest(wait=False)


def test_a_second_ingestion_waits_and_says_for_whom(bench, holder):
    progress = Recorder()
    reports: list[IngestReport] = []
    waiting = threading.Thread(target=lambda: reports.append(bench.ingest(progress=progress)))
    waiting.start()
    assert progress.noted.wait(20)
    assert f"process {holder.pid}" in progress.notes[0]
    assert reports == []
    holder.stdin.close()
    waiting.join(60)
    assert len(reports[0].indexed) == 2


def test_a_dead_holder_does_not_block(bench, holder):
    holder.kill()
    holder.wait()
    assert len(bench.ingest(wait=False).indexed) == 2
    with ingest_lock(bench.settings.index_dir, wait=False):
        pass


def test_a_long_summary_names_the_first_documents_and_counts_the_rest():
    paths = tuple(f"{number:02}.pdf" for number in range(25))
    failure = Failure("x.pdf", 3, "damaged", "no xref")
    report = IngestReport(
        paths, (), (), (failure,), (("00.pdf", "page 2: no text layer"),), 30, 90, 80, 1.25, "g"
    )
    lines = report.summary().split("\n")
    assert lines[0] == "indexed  00.pdf"
    assert lines[20] == "indexed  and 5 more"
    assert lines[21:] == [
        "warning  00.pdf: page 2: no text layer",
        "FAILED   x.pdf, page 3 (damaged): no xref",
        "25 documents, 30 pages, 90 chunks in the index: 25 read, 0 unchanged, 0 removed, 1 failed;"
        " 80 embeddings computed in 1.2 s",
    ]


def test_the_real_encoder_finds_what_was_ingested(bench):
    from assistant.retrieval.encoder import load_encoder

    report = ingest(None, settings=bench.settings)
    encoder = load_encoder(bench.settings)
    with Index.open(bench.settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        ((best, similarity), *_) = index.dense_search(
            encoder.encode(["shipyard welding training"])[0], top_k=3
        )
        assert "weld hulls" in index.chunks([best])[0].text
        assert 0.3 < similarity < 1
    assert ingest(None, settings=bench.settings).generation == report.generation
