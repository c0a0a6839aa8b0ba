"""Ingestion: find what changed, read it, cut it, encode it, and publish a new generation of the index.

What did not change is carried over: pages and chunks of unchanged files from the live generation, vectors of
unchanged texts from the embedding cache. When nothing changed, nothing is published. Extraction runs in its
own processes and goes on while the main one encodes.
"""

import hashlib
import os
import shutil
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from assistant.documents import Chunk, ExtractedDocument
from assistant.errors import (
    DocumentError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    SearchIndexError,
)
from assistant.index.embeddings import EmbeddingCache, text_key
from assistant.index.generations import new_generation, publish, remembered_sources, remove_leftovers
from assistant.index.lock import ingest_lock
from assistant.index.reader import Index
from assistant.index.writer import GenerationWriter
from assistant.ingest.chunks import CHUNKING_VERSION, chunk, with_fitting_columns
from assistant.ingest.extract import Limits
from assistant.ingest.report import Failure, IngestReport, Progress, Silent
from assistant.ingest.sandbox import ExtractionPool
from assistant.ingest.sources import FoundFile, find_files
from assistant.records import fill
from assistant.records.database import drop_leftovers, is_in_place, write_records
from assistant.records.extract import Extraction, extract_records
from assistant.records.merge import merge
from assistant.records.models import AnyRecord
from assistant.records.payers import join_payers
from assistant.retrieval.encoder import Encoder, load_encoder, space_of
from assistant.retrieval.text import analyse
from assistant.settings import Settings

_ENCODE_WHILE_READING = 512  # from here on the packaged encoder takes its fast path for many texts
_ENCODE_AT_THE_END = 64  # else small batches, so that progress is seen and a kill loses little
_WORKERS = 2
_READERS = ("mammoth", "markdown-it-py", "pypdf", "pypdfium2", "selectolax", "snowballstemmer")


def ingest(
    paths: Sequence[Path] | None,
    *,
    settings: Settings,
    encoder_loader: Callable[[Settings], Encoder] = load_encoder,
    progress: Progress | None = None,
    wait: bool = True,
    rebuild: bool = False,
    forget: Sequence[Path] = (),
) -> IngestReport:
    """Bring the index up to date with the documents on disk.

    The index remembers its sources. A source, or a file in it, that is gone from disk leaves the index. A
    changed file that cannot be read any more is reported, and its last good copy stays.

    Args:
        paths: Documents and folders to add to the remembered sources; None adds `settings.corpus_dir`.
        settings: Data folder, encoder and limits.
        encoder_loader: Makes the encoder that the settings name.
        progress: Told how far it is; nobody by default.
        wait: Wait for another ingestion rather than fail.
        rebuild: Read and encode everything again, also with another encoder than before.
        forget: Sources to drop; without `paths`, the corpus folder is not added then.
    Raises:
        IndexBusyError: another ingestion runs, and `wait` is False.
        IndexMismatchError: the index was built with another encoder, and `rebuild` is False.
        RecordDatabaseError: the PostgreSQL of `settings.records_url` cannot be reached or refuses.
        SearchIndexError: the index cannot be written; the last good one stays.
        EncoderError: the encoder is missing.
    """
    progress = progress or Silent()
    index_dir = settings.index_dir
    try:
        with ingest_lock(index_dir, wait=wait, on_wait=progress.note):
            run = _Ingestion(settings, encoder_loader(settings), progress, rebuild=rebuild)
            try:
                return run.run(paths, forget)
            finally:
                run.close()
    except (OSError, sqlite3.OperationalError) as error:
        raise SearchIndexError(
            f"cannot write the index in {index_dir}: {error}; the last good one stays. "
            "Make room or give another --data-dir, then run `assistant ingest` again"
        ) from error


@cache
def code_version() -> str:
    """Hash of the code that makes pages and index terms; documents are read anew when it changes."""
    here = Path(__file__).resolve().parent
    digest = _digest([*sorted(here.glob("*.py")), here.parent / "retrieval" / "text.py"])
    for package in _READERS:
        digest.update(version(package).encode())
    return digest.hexdigest()[:16]


@cache
def records_version() -> str:
    """Hash of the code and words that make records of pages; pages need not be read anew for it."""
    here = Path(__file__).resolve().parent.parent / "records"
    return _digest(sorted([*here.glob("*.py"), *here.glob("*.yaml")])).hexdigest()[:16]


def _digest(files: Sequence[Path]) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest


@dataclass
class _Plan:
    """What is to be done with each document."""

    sources: list[Path]
    carried: list[FoundFile] = field(default_factory=list)
    """The live generation holds their pages."""
    to_read: list[FoundFile] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    settled: bool = False
    """Whether the live generation is what a new one would be, unless something in `to_read` can be read."""


class _Ingestion:
    """One run, while the lock is held."""

    def __init__(self, settings: Settings, encoder: Encoder, progress: Progress, *, rebuild: bool) -> None:
        self._settings = settings
        self._encoder = encoder
        self._progress = progress
        self._rebuild = rebuild
        self._started = time.monotonic()
        self._pending: dict[bytes, tuple[str | None, str]] = {}  # key of a vector -> language and text
        self._embedded = 0
        self._indexed: list[str] = []
        self._extractions: dict[str, Extraction] = {}
        self._filling = fill.Filling()
        self._warnings: list[tuple[str, str]] = []
        self._index_dir = settings.index_dir
        self._tidy()
        self._live = self._open_live()
        self._embeddings = EmbeddingCache(
            self._index_dir / "embeddings.sqlite", space_of(encoder.fingerprint)
        )

    def close(self) -> None:
        """Let go of the live generation and the cache."""
        self._embeddings.close()
        if self._live:
            self._live.close()

    def run(self, paths: Sequence[Path] | None, forget: Sequence[Path]) -> IngestReport:
        """Do it."""
        plan = self._plan(paths, forget)
        if plan.settled and not plan.to_read:
            return self._report(plan)
        if self._rebuild:
            self._embeddings.clear()
        self._progress.start(len(plan.to_read))
        folder = new_generation(self._index_dir)
        writer = GenerationWriter(folder, analyse=analyse)
        published = False
        try:
            self._read(writer, plan)
            if self._indexed or (self._live and not plan.settled):
                self._carry(writer, plan)
                self._publish(writer, plan)
                published = True
        finally:
            writer.close()
            if not published:
                shutil.rmtree(folder, ignore_errors=True)
            self._progress.finish()
        return self._report(plan)

    def _open_live(self) -> Index | None:
        try:
            live = Index.open(self._index_dir)
        except IndexMissingError:
            return None
        except (IndexMismatchError, IndexDamagedError) as error:
            self._progress.note(f"{error} - building it anew")
            return None
        if not self._rebuild:
            try:
                live.check_encoder(self._encoder.fingerprint)
            except IndexMismatchError:
                live.close()
                raise
        return live

    def _plan(self, paths: Sequence[Path] | None, forget: Sequence[Path]) -> _Plan:
        plan = _Plan(sources=[])
        forgotten = {_absolute(path) for path in forget}
        remembered = [Path(source) for source in remembered_sources(self._index_dir)]
        for path in sorted(forgotten.difference(remembered)):
            known = ", ".join(map(str, remembered)) or "none"
            plan.failures.append(Failure(str(path), None, "missing", f"is not a source; known are {known}"))
        asked = [self._settings.corpus_dir] if paths is None and not forget else paths or ()
        for path in dict.fromkeys([*remembered, *map(_absolute, asked)]):
            if path in forgotten:
                continue
            if path.exists():
                plan.sources.append(path)
            elif path in remembered:
                self._progress.note(f"{path} is gone, and so are its documents")
            else:
                message = f"there is no {path}; name a document or a folder of documents"
                plan.failures.append(Failure(str(path), None, "missing", message))
        found, failures = find_files(plan.sources)
        plan.failures += failures
        self._sort(plan, found)
        return plan

    def _sort(self, plan: _Plan, found: list[FoundFile]) -> None:
        live = self._live
        known = {document.path: document for document in live.documents()} if live else {}
        trusted = live is not None and not self._rebuild and live.manifest.code_version == code_version()
        moved = False
        for each in found:
            document = known.get(each.name)
            if document and (each.sha256 is None or (trusted and document.sha256 == each.sha256)):
                plan.carried.append(each)
                moved |= document.source_file != str(each.file)
            elif each.sha256 is not None:
                plan.to_read.append(each)
        names = {each.name for each in found}
        plan.removed = [path for path in known if path not in names]
        plan.settled = not live or (
            trusted
            and not plan.removed
            and not moved
            and live.manifest.encoder_fingerprint == self._encoder.fingerprint
            and live.manifest.records_version == self._records_version()
            and live.manifest.sources == tuple(map(str, plan.sources))
            and is_in_place(live.folder, self._settings.records_url)
        )

    def _read(self, writer: GenerationWriter, plan: _Plan) -> None:
        """Extract, cut and encode what is new or changed; what fails is left to be carried over."""
        names = {each.name: each for each in plan.to_read}
        pages_told = dict.fromkeys(names, 0)

        def on_page(name: str, done: int, _: int) -> None:
            self._progress.advance(pages=done - pages_told[name])
            pages_told[name] = done

        with ExtractionPool(min(_WORKERS, os.cpu_count() or 1), _limits(self._settings)) as pool:
            files = [(each.file, each.name) for each in plan.to_read]
            for name, outcome in pool.extract_all(files, on_page):
                if isinstance(outcome, DocumentError):
                    self._fail(plan, names[name], outcome)
                else:
                    extracted = with_fitting_columns(outcome, encoder=self._encoder)
                    self._add(writer, extracted, chunk(extracted, encoder=self._encoder))
                    self._indexed.append(name)
                    self._warnings += [(name, warning) for warning in extracted.warnings]
                self._progress.advance(documents=1)
                if len(self._pending) >= _ENCODE_WHILE_READING:
                    self._encode()

    def _fail(self, plan: _Plan, found: FoundFile, error: DocumentError) -> None:
        message = str(error)
        if self._live and found.name in self._live:
            plan.carried.append(found)
            message += " (its last good copy stays in the index)"
        plan.failures.append(Failure(found.name, None, error.reason, message))

    def _carry(self, writer: GenerationWriter, plan: _Plan) -> None:
        """Take over documents from the live generation."""
        for found in plan.carried:
            if self._live:
                extracted, chunks = self._live.content(found.name)
                document = replace(extracted.document, source_file=str(found.file))
                self._add(writer, replace(extracted, document=document), chunks)

    def _add(self, writer: GenerationWriter, extracted: ExtractedDocument, chunks: Sequence[Chunk]) -> None:
        language = extracted.document.language or None
        encoded_as = self._encoder.encodes_as(language)
        writer.add(extracted, chunks, encoded_as=encoded_as)
        self._extractions[extracted.document.path] = extract_records(extracted)
        texts = {text_key(each.search_text, encoded_as): (language, each.search_text) for each in chunks}
        known = self._embeddings.known(texts)
        self._pending |= {key: text for key, text in texts.items() if key not in known}
        self._progress.advance(chunks=len(chunks) - len(texts) + len(known))

    def _encode(self) -> None:
        """Encode the texts that wait, and remember their vectors."""
        texts: defaultdict[str | None, dict[bytes, str]] = defaultdict(dict)
        for key, (language, text) in self._pending.items():
            texts[language][key] = text
        for language, of_language in texts.items():
            vectors = self._encoder.encode(list(of_language.values()), language=language)
            self._embeddings.put(dict(zip(of_language, vectors, strict=True)))
        self._embedded += len(self._pending)
        self._progress.advance(chunks=len(self._pending))
        self._pending = {}

    def _publish(self, writer: GenerationWriter, plan: _Plan) -> None:
        waiting = list(self._pending.items())
        while waiting:  # in small steps, so that the progress moves
            self._pending = dict(waiting[:_ENCODE_AT_THE_END])
            waiting = waiting[_ENCODE_AT_THE_END:]
            self._encode()
        keys = writer.keys()
        merged = merge(self._records())
        write_records(writer.folder, join_payers(merged), self._settings.records_url)
        writer.finish(
            self._embeddings.get,
            encoder=self._encoder.name,
            fingerprint=self._encoder.fingerprint,
            dimensions=self._encoder.dimensions,
            chunking_version=CHUNKING_VERSION,
            code_version=code_version(),
            records_version=self._records_version(),
            sources=[str(source) for source in plan.sources],
        )
        publish(writer.folder)
        if self._live:
            self._live.close()
        self._live = Index.open(self._index_dir)
        self._embeddings.prune(keys)
        self._tidy()

    def _tidy(self) -> None:
        """Remove generations that nobody reads any more, then their records."""
        remove_leftovers(self._index_dir)
        drop_leftovers(self._index_dir, self._settings.records_url)

    def _records(self) -> list[AnyRecord]:
        """The records of all documents, filled by the language model where that is wished for."""
        extractions = [self._extractions[path] for path in sorted(self._extractions)]
        if not fill.is_wanted(self._settings):
            return [record for each in extractions for record in each.records]
        filler = fill.RecordFiller(self._settings, self._index_dir)
        records = [record for found in filler.fill(extractions) for record in found]
        self._filling = filler.outcome
        self._progress.note(self._filling.summary)
        return records

    def _records_version(self) -> str:
        """As `records_version`, and what a language model adds; other than ever where that is incomplete."""
        filled = fill.fingerprint(self._settings)
        version = f"{records_version()}+{filled}" if filled else records_version()
        return f"{version}, incomplete" if self._filling.failed else version

    def _report(self, plan: _Plan) -> IngestReport:
        manifest = self._live.manifest if self._live else None
        return IngestReport(
            indexed=tuple(sorted(self._indexed)),
            unchanged=tuple(sorted(found.name for found in plan.carried)),
            removed=tuple(plan.removed),
            failed=tuple(plan.failures),
            warnings=tuple(sorted(self._warnings)),
            records=tuple(
                (path, len(each.records)) for path, each in sorted(self._extractions.items()) if each.records
            ),
            not_understood=tuple(
                problem for _, each in sorted(self._extractions.items()) for problem in each.not_understood
            ),
            pages=manifest.pages if manifest else 0,
            chunks=manifest.chunks if manifest else 0,
            embedded=self._embedded,
            seconds=time.monotonic() - self._started,
            generation=self._live.generation if self._live else None,
        )


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_file_mb=settings.max_file_mb,
        max_pages=settings.max_pages,
        max_seconds=settings.max_seconds,
        max_memory_mb=settings.max_memory_mb,
    )


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow links
