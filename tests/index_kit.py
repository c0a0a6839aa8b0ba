"""What the tests of the index share: a small encoder, small PDFs, and documents made by hand."""

import re
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from assistant.documents import Block, BlockKind, Document, ExtractedDocument, Page
from assistant.settings import Settings


class WordEncoder:
    """Deterministic and fast: a text is the sum of its words' hashed vectors. Counts what it encodes."""

    name = "words"
    dimensions = 64
    special_tokens = 2

    def __init__(self, *, fingerprint: str = "words-1", max_tokens: int = 64) -> None:
        self.fingerprint = fingerprint
        self.max_tokens = max_tokens
        self.encoded: list[str] = []

    def encodes_as(self, language: str | None) -> str:
        return self.fingerprint

    def encode(self, texts: Sequence[str], *, language: str | None = "en") -> np.ndarray:
        self.encoded += texts
        vectors = np.array([self._vector(text) for text in texts], dtype=np.float32)
        return vectors.reshape(len(texts), self.dimensions)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w{1,6}|[^\w\s]", text)]

    def _vector(self, text: str) -> np.ndarray:
        total = np.full(self.dimensions, 1e-3)
        for word in re.findall(r"\w+", text.lower()):
            seed = int.from_bytes(sha256(word.encode()).digest()[:4])
            total += np.random.default_rng(seed).normal(size=self.dimensions)
        return total / np.linalg.norm(total)


def write_pdf(file: Path, pages: Sequence[Sequence[str]]) -> Path:
    """A PDF of plain lines; a line that starts with # is set as a heading."""
    file.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(file), pagesize=A4, invariant=True)
    for lines in pages:
        y = 780
        for line in lines:
            heading = line.startswith("#")
            canvas.setFont("Helvetica-Bold" if heading else "Helvetica", 18 if heading else 11)
            canvas.drawString(60, y, line.lstrip("# "))
            y -= 34 if heading else 20
        canvas.showPage()
    canvas.save()
    return file


def page_of(number: int, blocks: Sequence[tuple[BlockKind, str, int, tuple[str, ...]]]) -> Page:
    """A page of (kind, text, heading level, columns)."""
    made, at = [], 0
    for kind, text, level, columns in blocks:
        made.append(Block(kind, (at, at + len(text)), level, columns))
        at += len(text) + 1
    return Page(number, "\n".join(text for _, text, _, _ in blocks), tuple(made))


def document_of(
    *pages: Page, path: str = "a.pdf", title: str = "", language: str = "en", **fields: object
) -> ExtractedDocument:
    """A document of pages."""
    document = Document(path, title, "0" * 64, len(pages), language=language, **fields)
    return ExtractedDocument(document, pages)


def settings_in(folder: Path) -> Settings:
    """Settings with data and corpus under `folder`."""
    (folder / "corpus").mkdir(exist_ok=True)
    return Settings(data_dir=folder / "data dir", corpus_dir=folder / "corpus")


def _tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def serve_ingestions() -> None:
    """Fork an ingestion for each line "DATA<tab>CORPUS" on standard input and tell its process id.

    It is collected only after the next line, so that until then its process id is nobody else's; then its
    status is told.
    Imports are done once, so that the time in which a kill can land is that of the ingestion itself.
    """
    import os

    import chromadb.api.rust  # noqa: F401 - imported before forking

    from assistant.ingest.pipeline import ingest

    _tell("ready")
    for line in sys.stdin:
        data, corpus = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            settings = Settings(data_dir=Path(data), corpus_dir=Path(corpus))
            try:
                os._exit(ingest(None, settings=settings, encoder_loader=lambda _: WordEncoder()).exit_code)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(70)
        _tell(child)
        sys.stdin.readline()
        _tell(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    serve_ingestions()
