"""A real chat: `assistant chat` as a process of its own, over a real index of small documents."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from running_chat import DOCUMENTS, WEB_PAGE, Chat, wait_for_address, write_pdf

from assistant.settings import Settings


@pytest.fixture(scope="session")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """The chat on a free port, over `DOCUMENTS` and `WEB_PAGE`."""
    from assistant.ingest.pipeline import ingest

    folder = tmp_path_factory.mktemp("chat")
    for name, pages in DOCUMENTS.items():
        write_pdf(folder / "corpus" / name, pages)
    (folder / "corpus" / "mentors.html").write_text(WEB_PAGE)
    settings = Settings(data_dir=folder / "data", corpus_dir=folder / "corpus")
    ingest(None, settings=settings)
    log = folder / "log.txt"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    command = [sys.executable, "-m", "assistant", "chat", "--data-dir", str(settings.data_dir), "--port", "0"]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, cwd=folder)
    try:
        url = wait_for_address(process, log)
        yield Chat(url, settings.data_dir, log)
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text()
