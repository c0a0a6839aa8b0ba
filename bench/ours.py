"""Our side: `assistant ingest` and the retriever, with default settings."""

import time

STARTED = time.perf_counter()

from types import ModuleType  # noqa: E402

from assistant.index.reader import Index  # noqa: E402  the imports are measured
from assistant.ingest import pipeline  # noqa: E402
from assistant.retrieval.encoder import load_encoder  # noqa: E402
from assistant.retrieval.retriever import Retriever  # noqa: E402
from assistant.settings import Settings  # noqa: E402
from bench.side import TOP_K, arguments, measure  # noqa: E402

RECORD_STEPS = ("extract_records", "merge", "write_records")


def main() -> None:
    """Run once and report."""
    pdfs, folder = arguments()
    settings = Settings(data_dir=folder)
    spent = [timed(pipeline, step) for step in RECORD_STEPS]
    imported = time.perf_counter()
    report = pipeline.ingest(pdfs, settings=settings)
    ingested = time.perf_counter()
    if report.failed:
        raise SystemExit(report.summary())
    encoder = load_encoder(settings)
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        retriever = Retriever(index, encoder)
        measure(
            "assistant",
            pages=report.pages,
            chunks=report.chunks,
            import_seconds=imported - STARTED,
            ingest_seconds=ingested - imported,
            records_seconds=sum(map(sum, spent)),
            query=lambda question: retriever.retrieve(question, top_k=TOP_K),
        ).report()


def timed(module: ModuleType, name: str) -> list[float]:
    """From now on, the seconds that each call of a module's function takes."""
    seconds: list[float] = []
    function = getattr(module, name)

    def call(*arguments: object) -> object:
        started = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            seconds.append(time.perf_counter() - started)

    setattr(module, name, call)
    return seconds


if __name__ == "__main__":  # extraction starts processes of its own
    main()
