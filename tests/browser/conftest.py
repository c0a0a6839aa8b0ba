"""A real chat: `assistant chat` as a process of its own, over a real index of small documents."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from bootcamps import WEB_PAGE as BOOTCAMPS
from running_chat import DOCUMENTS, WEB_PAGE, Chat, wait_for_address, write_pdf

from assistant.settings import Settings


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the index of `DOCUMENTS`, `WEB_PAGE` and `BOOTCAMPS`."""
    from assistant.ingest.pipeline import ingest

    folder = tmp_path_factory.mktemp("chat")
    for name, pages in DOCUMENTS.items():
        write_pdf(folder / "corpus" / name, pages)
    (folder / "corpus" / "mentors.html").write_text(WEB_PAGE)
    (folder / "corpus" / "bootcamps.html").write_text(BOOTCAMPS)
    settings = Settings(data_dir=folder / "data", corpus_dir=folder / "corpus")
    ingest(None, settings=settings)
    return settings.data_dir


@pytest.fixture(scope="session")
def chat(data_dir: Path) -> Iterator[Chat]:
    """The chat on a free port, as it is by default."""
    with _running(data_dir) as chat:
        yield chat


@pytest.fixture
def rated_chat(data_dir: Path, tmp_path: Path) -> Iterator[Chat]:
    """A chat that asks for ratings, with a data folder of its own."""
    own = Path(shutil.copytree(data_dir, tmp_path / "data"))
    with _running(own, ASSISTANT_FEEDBACK="1") as chat:
        yield chat


@contextmanager
def _running(data_dir: Path, **settings: str) -> Iterator[Chat]:
    log = data_dir.parent / f"log-{uuid4()}.txt"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    command = [sys.executable, "-m", "assistant", "chat", "--data-dir", str(data_dir), "--port", "0"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment | settings, cwd=data_dir.parent
        )
    try:
        url = wait_for_address(process, log)
        yield Chat(url, data_dir, log)
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text()
