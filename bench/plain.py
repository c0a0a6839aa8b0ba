"""The other side: what a LangChain tutorial builds, with the same weights."""

import time

STARTED = time.perf_counter()

import importlib.util  # noqa: E402  the imports are measured
from pathlib import Path  # noqa: E402

from langchain_chroma import Chroma  # noqa: E402
from langchain_community.document_loaders import PyPDFLoader  # noqa: E402
from langchain_huggingface import HuggingFaceEmbeddings  # noqa: E402
from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: E402

from assistant.retrieval.minilm import PACKAGE  # noqa: E402
from bench.side import TOP_K, arguments, measure  # noqa: E402

MAX_BATCH = 5000  # Chroma takes 5461 at most, and the adapter does not split


def main() -> None:
    """Run once and report."""
    pdfs, folder = arguments()
    spec = importlib.util.find_spec(PACKAGE)
    weights = Path(spec.submodule_search_locations[0]) / "model"
    embeddings = HuggingFaceEmbeddings(model_name=str(weights))
    imported = time.perf_counter()
    pages = [page for pdf in pdfs for page in PyPDFLoader(str(pdf)).load()]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(pages)
    store = Chroma.from_documents(chunks[:MAX_BATCH], embeddings, persist_directory=str(folder))
    for start in range(MAX_BATCH, len(chunks), MAX_BATCH):
        store.add_documents(chunks[start : start + MAX_BATCH])
    ingested = time.perf_counter()
    measure(
        "plain LangChain",
        pages=len(pages),
        chunks=len(chunks),
        import_seconds=imported - STARTED,
        ingest_seconds=ingested - imported,
        query=lambda question: store.similarity_search(question, k=TOP_K),
    ).report()


if __name__ == "__main__":
    main()
