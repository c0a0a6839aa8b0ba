"""The library: what `assistant corpus add` and `sync` do to its folder and its list."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from filelock import FileLock
from index_kit import settings_in, write_pdf
from library_server import LocalServer, in_turn, pdf, redirects, sends, with_etag
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import LibraryError
from assistant.library.fetch import Fetcher, Politeness, any_address
from assistant.library.manifest import LibraryManifest, free_name, read_manifest, read_public_documents
from assistant.library.sync import Outcome, SyncReport, add, sync

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def pdf_bytes(text: str) -> bytes:
    """A PDF of a square and one line, with a title; without `text` no line."""
    made = BytesIO()
    canvas = Canvas(made, invariant=True)
    canvas.setTitle(f"About {text}")
    canvas.rect(60, 700, 50, 50)
    if text:
        canvas.drawString(60, 780, f"This page is about {text}.")
    canvas.save()
    return made.getvalue()


ONE, TWO = pdf_bytes("welding"), pdf_bytes("weaving")


class Shelf:
    """A library in a folder, and a server whose documents it holds."""

    def __init__(self, folder: Path, server: LocalServer, fetcher: Fetcher) -> None:
        self.settings = settings_in(folder)
        self.folder = self.settings.library_dir
        self.server = server
        self.fetcher = fetcher

    def url(self, path: str) -> str:
        return f"{self.server.url}{path}"

    def add(self, origin: str | Path) -> Outcome:
        (outcome,) = add(str(origin), self.settings, fetcher=self.fetcher).outcomes
        return outcome

    def sync(self, **options) -> SyncReport:
        return sync(self.settings, fetcher=self.fetcher, **options)

    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.folder.glob("*.pdf")}

    def manifest(self) -> LibraryManifest:
        return read_manifest(self.folder)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    hasty = Politeness(delay_s=0.0, read_timeout_s=2.0, total_s=10.0)
    with (
        LocalServer() as server,
        Fetcher(max_bytes=1_000_000, is_allowed=any_address, politeness=hasty) as fetcher,
    ):
        yield Shelf(tmp_path, server, fetcher)


def test_an_added_document_is_kept_and_listed_with_all_that_is_known_of_it(shelf):
    shelf.server.routes["/report.pdf"] = pdf(ONE, ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT")
    assert shelf.add(shelf.url("/report.pdf#page=3")) == Outcome(
        "new", shelf.url("/report.pdf"), "report.pdf"
    )
    assert shelf.files() == {"report.pdf": ONE}
    (document,) = shelf.manifest().documents
    assert (document.url, document.path, document.file) == (shelf.url("/report.pdf"), None, "report.pdf")
    assert (document.title, document.etag, document.size) == ("About welding", '"v1"', len(ONE))
    assert document.sha256 == sha256(ONE).hexdigest()
    assert (document.status, document.problem) == ("new", None)
    assert [file.name for file in shelf.folder.glob(".*")] == [".lock"]


def test_sync_tells_new_updated_unchanged_failed_and_gone(shelf):
    routes = shelf.server.routes
    routes |= {
        "/same.pdf": with_etag(ONE, '"v1"'),
        "/changed.pdf": in_turn(pdf(ONE), pdf(TWO)),
        "/touched.pdf": in_turn(pdf(ONE, ETag='"v1"'), pdf(ONE, ETag='"v2"')),
        "/broken.pdf": in_turn(pdf(ONE), sends(500)),
        "/gone.pdf": in_turn(pdf(ONE), sends(410)),
    }
    for path in routes:
        assert shelf.add(shelf.url(path)).status == "new"

    report = shelf.sync()

    told = {outcome.file: outcome.status for outcome in report.outcomes}
    assert told == {
        "same.pdf": "unchanged",
        "changed.pdf": "updated",
        "touched.pdf": "unchanged",
        "broken.pdf": "failed",
        "gone.pdf": "gone",
    }
    assert (report.exit_code, report.changed) == (1, True)
    assert shelf.files() == {"changed.pdf": TWO} | dict.fromkeys(set(told) - {"changed.pdf"}, ONE)
    listed = {document.file: document for document in shelf.manifest().documents}
    assert listed["touched.pdf"].etag == '"v2"'
    assert listed["changed.pdf"].sha256 == sha256(TWO).hexdigest()
    assert listed["changed.pdf"].title == "About weaving"
    assert listed["broken.pdf"].problem == f"{shelf.url('/broken.pdf')} answers 500 Internal Server Error"
    lines = report.summary().splitlines()
    assert lines[0] == f"updated   changed.pdf  from {shelf.url('/changed.pdf')}"
    assert lines[1].startswith("FAILED ")
    assert lines[1].endswith("answers 500 Internal Server Error (the copy broken.pdf stays)")
    gone = shelf.url("/gone.pdf")
    assert lines[2] == f"gone      {gone} answers 410 Gone (the copy gone.pdf stays)"
    assert lines[3] == "5 documents: 0 new, 1 updated, 2 unchanged, 1 gone, 1 failed"


@pytest.mark.parametrize(
    ("worse", "told"),
    [
        (pdf(b"<html>Moved</html>"), "is not a PDF"),
        (sends(200, ONE, Content_Type="text/html"), "is text/html, not a PDF"),
        (pdf(ONE[:100]), "is damaged"),
        (pdf(ONE, Content_Length=str(len(ONE) + 9)), "closed connection"),
        (pdf(ONE + bytes(1_000_000)), "larger than 1 MB"),
        (pdf(pdf_bytes("")), "no text layer"),
        (redirects("file:///etc/passwd"), "not an https address"),
    ],
    ids=["a web page", "wrong type", "half a PDF", "cut off", "too large", "no text", "redirect to a file"],
)
def test_the_good_copy_stays_when_the_new_one_is_broken(shelf, worse, told):
    shelf.server.routes["/a.pdf"] = in_turn(pdf(TWO), worse)
    shelf.add(shelf.url("/a.pdf"))
    before = shelf.manifest().documents[0]

    (outcome,) = shelf.sync().outcomes

    assert outcome.status == "failed"
    assert re.search(told, outcome.problem)
    assert shelf.files() == {"a.pdf": TWO}
    after = shelf.manifest().documents[0]
    assert (after.sha256, after.etag, after.fetched_at) == (before.sha256, before.etag, before.fetched_at)
    assert (after.status, after.problem) == ("failed", outcome.problem)
    assert list(shelf.folder.glob("*.part")) == list(shelf.folder.glob(".*.part")) == []


def test_a_document_that_never_arrived_is_not_listed(shelf):
    shelf.server.routes["/a.pdf"] = sends(404)
    outcome = shelf.add(shelf.url("/a.pdf"))
    assert (outcome.status, outcome.file) == ("failed", None)
    assert outcome.problem.endswith("answers 404 Not Found")
    assert shelf.manifest().documents == ()


def test_a_failure_is_forgotten_once_the_document_is_back(shelf):
    shelf.server.routes["/a.pdf"] = in_turn(pdf(ONE), sends(500), pdf(ONE))
    shelf.add(shelf.url("/a.pdf"))
    assert shelf.sync().exit_code == 1
    assert shelf.sync().exit_code == 0
    assert shelf.manifest().documents[0].status == "unchanged"
    assert shelf.manifest().documents[0].problem is None


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"%PDF- something else")])
def test_a_copy_that_was_lost_or_altered_is_fetched_again_without_conditions(shelf, damage):
    shelf.server.routes["/a.pdf"] = with_etag(ONE, '"v1"')
    shelf.add(shelf.url("/a.pdf"))
    damage(shelf.folder / "a.pdf")
    (outcome,) = shelf.sync().outcomes
    assert outcome.status == "updated"
    assert shelf.files() == {"a.pdf": ONE}
    assert "If-None-Match" not in shelf.server.asked[-1][1]


def test_two_documents_of_one_name_are_both_kept(shelf):
    shelf.server.routes |= {"/x/a.pdf": pdf(ONE), "/y/A.PDF": pdf(TWO)}
    shelf.add(shelf.url("/x/a.pdf"))
    assert shelf.add(shelf.url("/y/A.PDF")).file == "A-2.pdf"
    assert shelf.files() == {"a.pdf": ONE, "A-2.pdf": TWO}


def test_a_file_of_the_reader_is_never_replaced(shelf):
    shelf.folder.mkdir(parents=True)
    (shelf.folder / "a.pdf").write_bytes(b"mine")
    shelf.server.routes["/a.pdf"] = pdf(ONE)
    assert shelf.add(shelf.url("/a.pdf")).file == "a-2.pdf"
    assert shelf.files() == {"a.pdf": b"mine", "a-2.pdf": ONE}


def test_adding_a_document_again_refreshes_it(shelf):
    shelf.server.routes["/a.pdf"] = in_turn(pdf(ONE), pdf(TWO))
    shelf.add(shelf.url("/a.pdf"))
    assert shelf.add(shelf.url("/a.pdf")).status == "updated"
    assert shelf.files() == {"a.pdf": TWO}
    assert len(shelf.manifest().documents) == 1


@pytest.mark.parametrize("name", ['"../../../evil.pdf"', '"/etc/cron.d/evil.pdf"', '"..\\\\..\\\\evil.pdf"'])
def test_no_name_from_outside_leads_out_of_the_library(shelf, tmp_path, name):
    shelf.server.routes["/a"] = pdf(ONE, Content_Disposition=f"attachment; filename={name}")
    assert shelf.add(shelf.url("/a")).file == "evil.pdf"
    assert [file.relative_to(shelf.folder).as_posix() for file in tmp_path.rglob("evil*")] == ["evil.pdf"]


def test_a_file_of_this_machine_is_copied_and_followed(shelf, tmp_path):
    original = write_pdf(tmp_path / "mine/Our plan.pdf", [["# Our plan", "We train five welders."]])
    first = original.read_bytes()
    assert shelf.add(original) == Outcome("new", str(original), "Our-plan.pdf")
    assert shelf.sync().outcomes[0].status == "unchanged"
    write_pdf(original, [["# Our plan", "We train six welders."]])
    assert shelf.sync().outcomes[0].status == "updated"
    second = shelf.files()["Our-plan.pdf"]
    assert second == original.read_bytes() != first
    original.unlink()
    report = shelf.sync()
    assert (report.outcomes[0].status, report.exit_code) == ("gone", 0)
    assert shelf.files() == {"Our-plan.pdf": second}


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "there is no "), (b"<html>hello</html>", "is not a PDF: it is a web page"), (b"", "empty file")],
)
def test_a_file_that_is_no_pdf_is_refused(shelf, tmp_path, content, told):
    file = tmp_path / "page.pdf"
    if content is not None:
        file.write_bytes(content)
    outcome = shelf.add(file)
    assert outcome.status == "failed"
    assert told in outcome.problem
    assert shelf.files() == {}


def test_a_folder_is_refused_with_advice(shelf, tmp_path):
    assert "run `assistant ingest` on the folder" in shelf.add(tmp_path).problem


@pytest.mark.parametrize("address", ["https://", "http://[::1", "http://a:b/"])
def test_what_is_no_address_is_an_error(shelf, address):
    with pytest.raises(LibraryError, match="is not an address"):
        shelf.add(address)


def test_public_documents_are_fetched_on_request_only(shelf):
    shelf.server.routes |= {"/a.pdf": pdf(ONE), "/dead.pdf": sends(404)}
    entry = "publisher: P, year: null, language: en, kind: report, topic: t, format: pdf, checked: false"
    (shelf.settings.corpus_dir / "public_documents.yaml").write_text(
        "documents:\n"
        + "".join(f"- {{title: T, url: '{shelf.url(path)}', {entry}}}\n" for path in ("/a.pdf", "/dead.pdf")),
        "utf-8",
    )
    assert shelf.sync().outcomes == ()
    told = []
    report = shelf.sync(public=True, on_document=told.append)
    assert [outcome.status for outcome in report.outcomes] == ["new", "failed"]
    assert tuple(told) == report.outcomes
    assert [document.file for document in shelf.manifest().documents] == ["a.pdf"]


def test_the_public_list_has_63_pdfs_that_nobody_checked():
    documents = read_public_documents(CORPUS / "public_documents.yaml")
    assert len({document.url for document in documents}) == len(documents) == 63
    assert not any(document.checked for document in documents)
    assert all(document.url.startswith(("https://", "http://")) for document in documents)


def test_a_missing_public_list_is_told(shelf):
    with pytest.raises(LibraryError, match=r"public_documents\.yaml cannot be read"):
        shelf.sync(public=True)


def test_two_commands_do_not_work_on_one_library(shelf):
    shelf.folder.mkdir(parents=True)
    with (
        FileLock(shelf.folder / ".lock"),
        pytest.raises(LibraryError, match="another `assistant corpus` command"),
    ):
        shelf.sync()


def test_what_a_killed_command_left_is_removed(shelf):
    shelf.folder.mkdir(parents=True)
    (shelf.folder / ".0123.part").write_bytes(b"half")
    shelf.sync()
    assert not (shelf.folder / ".0123.part").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"file": "../a.pdf"},
        {"file": ".a.pdf"},
        {"path": "/a.pdf"},
        {"url": None},
        {"status": "fine"},
    ],
)
def test_a_list_that_does_not_fit_is_an_error_and_stays_as_it_is(shelf, change):
    shelf.server.routes["/a.pdf"] = pdf(ONE)
    shelf.add(shelf.url("/a.pdf"))
    file = shelf.folder / "manifest.json"
    listed = json.loads(file.read_text("utf-8"))
    listed["documents"][0] |= change
    file.write_text(json.dumps(listed), "utf-8")
    with pytest.raises(LibraryError, match=r"manifest\.json cannot be read"):
        shelf.sync()
    assert json.loads(file.read_text("utf-8")) == listed


def test_free_names_ignore_case():
    assert free_name("A.pdf", ["a.pdf", "a-2.PDF"]) == "A-3.pdf"
    assert free_name("b.pdf", ["a.pdf"]) == "b.pdf"


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_the_commands_fetch_ingest_and_report(tmp_path):
    (tmp_path / "empty").mkdir()
    places = {"ASSISTANT_DATA_DIR": str(tmp_path / "data"), "ASSISTANT_CORPUS_DIR": str(tmp_path / "empty")}
    with LocalServer() as server:
        server.routes["/a.pdf"] = pdf(ONE)
        url = f"{server.url}/a.pdf"
        refused = command("corpus", "add", url, **places)
        assert refused.returncode == 1
        assert (
            "127.0.0.1, which is not a public address; ASSISTANT_ALLOW_PRIVATE_HOSTS=true" in refused.stdout
        )
        assert server.asked == []

        places["ASSISTANT_ALLOW_PRIVATE_HOSTS"] = "true"
        added = command("corpus", "add", url, **places)
        assert added.returncode == 0, added.stderr
        assert added.stdout.splitlines() == [
            f"new       a.pdf  from {url}",
            "1 document: 1 new, 0 updated, 0 unchanged, 0 gone, 0 failed",
            f"Run `assistant ingest {tmp_path}/data/library` to index them.",
        ]
        synced = command("corpus", "sync", "--ingest", **places)
        assert synced.returncode == 0, synced.stderr
        assert "indexed  a.pdf" in synced.stdout
        reported = command("corpus", "report", "--json", **places)
        assert json.loads(reported.stdout)["total"] == {"documents": 1, "pages": 1, "chunks": 1, "entries": 0}
        server.routes["/a.pdf"] = sends(500)
        assert command("corpus", "sync", **places).returncode == 1


def test_a_report_without_an_index_says_what_to_do(tmp_path):
    found = command("corpus", "report", "--data-dir", str(tmp_path))
    assert (found.returncode, found.stdout) == (1, "")
    assert "run `assistant ingest`" in found.stderr
