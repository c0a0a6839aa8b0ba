"""What `assistant doctor` looks at; each check says what it found and, where it is not right, what to do."""

import json
import os
import platform
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from assistant import __version__
from assistant.errors import AssistantError, IndexMissingError
from assistant.records.models import RecordType
from assistant.settings import Settings

State = Literal["ok", "warn", "fail"]

SECONDS_TO_REACH = 2.0
LIBRARIES = ("chromadb", "langchain", "sentence-transformers", "onnxruntime", "chainlit", "pypdf", "torch")
USUAL_ADDRESSES = {"ollama": "http://127.0.0.1:11434", "openai": "https://api.openai.com"}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; `fail` means that the assistant cannot work without it."""

    name: str
    state: State
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """All checks, in the order of looking."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """1 when something that is needed fails, else 0."""
        return int(any(check.state == "fail" for check in self.checks))

    def to_text(self) -> str:
        """One line a check, its advice under it."""
        width = max(len(check.name) for check in self.checks)
        lines = []
        for check in self.checks:
            lines.append(f"{check.state:<5} {check.name:<{width}}  {check.found}")
            if check.advice:
                lines.append(f"{'':<{width + 6}}  -> {check.advice}")
        return "\n".join(lines)

    def to_json(self) -> str:
        """The checks for programs."""
        return json.dumps({"checks": [asdict(check) for check in self.checks]}, ensure_ascii=False, indent=2)


def examine(settings: Settings) -> Examination:
    """Look at everything. Nothing is sent, but a connection to a configured language model is tried."""
    looks: tuple[tuple[str, Callable[[Settings], Check]], ...] = (
        ("program", _program),
        ("libraries", _libraries),
        ("data folder", _data_folder),
        ("encoder", _encoder),
        ("languages", _languages),
        ("index", _index),
        ("records", _records),
        ("OCR", _ocr),
        ("chat page", _chat_page),
        ("language model", _language_model),
    )
    return Examination(tuple(_look(name, look, settings) for name, look in looks))


def _look(name: str, look: Callable[[Settings], Check], settings: Settings) -> Check:
    """The check, or what stopped it: our errors say themselves what to do."""
    try:
        return look(settings)
    except AssistantError as error:
        found, _, advice = str(error).partition("; ")
        return Check(name, "fail", found, advice)


def _program(settings: Settings) -> Check:
    return Check("program", "ok", f"pact-assistant {__version__} on Python {platform.python_version()}")


def _libraries(settings: Settings) -> Check:
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {installed_version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("libraries", "fail", f"missing: {', '.join(missing)}", "run `make setup`")
    return Check("libraries", "ok", ", ".join(found))


def _data_folder(settings: Settings) -> Check:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = "choose a folder that you may write to with --data-dir or ASSISTANT_DATA_DIR"
        return Check("data folder", "fail", f"{folder}: {error.strerror or error}", advice)
    return Check("data folder", "ok", f"{folder}, {_bytes_below(folder) / 1e6:.0f} MB")


def _bytes_below(folder: Path) -> int:
    sizes = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            try:
                sizes += Path(parent, file).stat().st_size
            except OSError:  # removed while we look
                continue
    return sizes


def _encoder(settings: Settings) -> Check:
    from assistant.retrieval.encoder import load_encoder

    start = time.perf_counter()
    encoder = load_encoder(settings)
    encoder.encode(["Who can join the Pact for Skills?"])
    ready = f"ready in {time.perf_counter() - start:.1f} s"
    found = f"{encoder.name}, {encoder.dimensions} dimensions, {encoder.max_tokens} tokens, {ready}"
    return Check("encoder", "ok", found)


def _languages(settings: Settings) -> Check:
    from assistant import lexicon
    from assistant.multilingual.student import Student
    from assistant.retrieval.encoder import PACKAGED_NAMES

    if settings.encoder not in PACKAGED_NAMES:
        return Check("languages", "ok", f"what {settings.encoder} knows")
    student = Student()
    if not student.is_installed:
        advice = "reinstall the assistant, then run `assistant ingest`"
        return Check("languages", "warn", f"English only: no multilingual encoder at {student.path}", advice)
    start = time.perf_counter()
    student.encode(["Wer kann dem Kompetenzpakt beitreten?"])
    ready = f"ready in {time.perf_counter() - start:.2f} s"
    return Check("languages", "ok", f"{len(lexicon.languages())}, by {student.fingerprint}, {ready}")


def _index(settings: Settings) -> Check:
    from assistant.index.reader import Index
    from assistant.retrieval.encoder import load_encoder

    try:
        index = Index.open(settings.index_dir, encoder_fingerprint=load_encoder(settings).fingerprint)
    except IndexMissingError:
        return Check("index", "fail", "nothing was ingested yet", "run `assistant ingest`")
    try:
        manifest = index.manifest
    finally:
        index.close()
    found = (
        f"{manifest.documents} documents, {manifest.pages} pages, {manifest.chunks} chunks, "
        f"encoder {manifest.encoder}, made {_age(datetime.now(UTC) - manifest.created)} ago"
    )
    if not manifest.chunks:
        return Check("index", "warn", found, "the index is empty: run `assistant ingest FOLDER`")
    return Check("index", "ok", found)


def _records(settings: Settings) -> Check:
    from assistant.index.generations import current_generation, generation_dir
    from assistant.records.database import reach
    from assistant.records.need import Need
    from assistant.records.store import RecordStore

    generation = current_generation(settings.index_dir)
    if generation is None:
        place = reach(settings.records_url) if settings.records_url else "SQLite"
        return Check("records", "ok", f"none yet; they will lie in {place}")
    store = RecordStore.of_generation(generation_dir(settings.index_dir, generation), settings)
    try:
        total = sum(store.count(Need(type=kind)) for kind in get_args(RecordType))
    finally:
        store.close()
    found = f"{total} in {store.place}"
    if settings.records_url and store.place == "SQLite":
        return Check("records", "warn", f"{found}, not in PostgreSQL yet", "run `assistant ingest`")
    return Check("records", "ok", found)


def _age(elapsed: timedelta) -> str:
    """Days, hours or minutes, whichever says most."""
    minutes = max(0, int(elapsed.total_seconds() // 60))
    for unit, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= size:
            return f"{minutes // size} {unit}{'s' if minutes >= 2 * size else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def _ocr(settings: Settings) -> Check:
    from assistant.ingest.ocr import INSTALL, Ocr, installed_languages

    if not Ocr(settings.max_seconds).is_possible:
        return Check(
            "OCR", "ok", "none; scanned pages are reported, not read", f"to have them read, {INSTALL}"
        )
    languages = [code for code in installed_languages() if code != "osd"]
    return Check("OCR", "ok", f"Tesseract reads scanned pages in {', '.join(languages)}")


def _chat_page(settings: Settings) -> Check:
    from assistant.web.page import build_page

    chainlit = find_spec("chainlit")
    if chainlit is None or not chainlit.submodule_search_locations:
        return Check("chat page", "fail", "chainlit is not installed", "run `make setup`")
    packaged = Path(chainlit.submodule_search_locations[0], "frontend", "dist")
    try:
        build_page(packaged, title="", description="")
    except OSError as error:
        return Check("chat page", "fail", f"cannot read {packaged}: {error.strerror}", "reinstall chainlit")
    return Check("chat page", "ok", f"made from chainlit {installed_version('chainlit')}")


def _language_model(settings: Settings) -> Check:
    name = "language model"
    if not settings.llm:
        return Check(name, "ok", "none; replies are made of the documents' own sentences")
    provider = settings.llm.partition(":")[0]
    address = settings.llm_base_url or USUAL_ADDRESSES.get(provider)
    if address is None:
        return Check(name, "warn", f"{settings.llm}: its address is not known", "try `assistant ask`")
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=SECONDS_TO_REACH).close()
    except OSError as error:
        advice = "start it, or correct ASSISTANT_LLM_BASE_URL; until then replies are made without it"
        return Check(name, "warn", f"{settings.llm} at {address}: {error.strerror or error}", advice)
    return Check(name, "ok", f"{settings.llm}, reachable at {address}")
