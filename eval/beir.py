"""Our search over any BEIR-style folder, so that it can be held against public collections.

The documents go through the same chunking, index and retriever as PDFs do, in a folder that is gone
afterwards. A document's score is that of its best chunk. A query may have a history, oldest message first,
which is searched along as in a conversation.
"""

import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from assistant.documents import Block, Document, ExtractedDocument, Page
from assistant.errors import AssistantError
from assistant.index.embeddings import text_key
from assistant.index.generations import new_generation, publish
from assistant.index.reader import Index
from assistant.index.writer import GenerationWriter
from assistant.ingest.chunks import CHUNKING_VERSION, chunk
from assistant.retrieval.encoder import Encoder
from assistant.retrieval.fusion import DEPTH
from assistant.retrieval.language import detect_language
from assistant.retrieval.retriever import Channels, Retriever, WeightedQuery
from assistant.retrieval.text import analyse
from assistant.understanding import EARLIER_MESSAGE_WEIGHT
from eval.measures import mean, ndcg, recall, reciprocal_rank

SURE_OF_LANGUAGE = 0.5


@dataclass(frozen=True, slots=True)
class Query:
    """A query and the messages before it, oldest first."""

    text: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """A BEIR folder."""

    documents: Mapping[str, tuple[str, str]]
    """Id -> title and text."""
    queries: Mapping[str, Query]
    qrels: Mapping[str, Mapping[str, int]]
    """Query id -> document id -> relevance above 0; queries without one are left out."""


def read_collection(folder: Path) -> Collection:
    """Read corpus.jsonl, queries.jsonl, and qrels.tsv, qrels/test.tsv or the only other file in qrels/.

    Raises:
        AssistantError: a file is missing or malformed, or no query with a relevant document is left.
    """
    documents = {
        str(line["_id"]): (str(line.get("title") or ""), str(line["text"]))
        for line in read_lines(folder / "corpus.jsonl", "_id", "text")
    }
    queries = {
        str(line["_id"]): Query(str(line["text"]), tuple(map(str, line.get("history") or ())))
        for line in read_lines(folder / "queries.jsonl", "_id", "text")
    }
    qrels: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for query, document, relevance in _read_qrels(_qrels_file(folder)):
        if relevance > 0 and query in queries:
            qrels[query][document] = relevance
    if not qrels:
        raise AssistantError(
            f"no query of {folder} has a relevant document; are qrels and queries of one set?"
        )
    return Collection(documents, queries, dict(qrels))


def evaluate(collection: Collection, encoder: Encoder) -> dict[str, dict[str, float]]:
    """Channel ("both", "dense", "lexical") -> measure -> mean over the queries with a relevant document."""
    return {
        channel: {
            "nDCG@10": mean(ndcg(found[q], collection.qrels[q], 10) for q in found) or 0.0,
            "R@5": mean(recall(found[q], collection.qrels[q], 5) for q in found) or 0.0,
            "RR@10": mean(reciprocal_rank(found[q], collection.qrels[q], 10) for q in found) or 0.0,
        }
        for channel, found in search(collection, encoder).items()
    }


def search(collection: Collection, encoder: Encoder) -> dict[Channels, dict[str, list[str]]]:
    """Channel -> query id -> document ids, best first."""
    channels: tuple[Channels, ...] = get_args(Channels)
    with tempfile.TemporaryDirectory() as folder:
        _build(Path(folder), collection, encoder)
        with Index.open(Path(folder), encoder_fingerprint=encoder.fingerprint) as index:
            retriever = Retriever(index, encoder)
            return {
                channel: {
                    name: _ranking(retriever, collection.queries[name], channel) for name in collection.qrels
                }
                for channel in channels
            }


def read_lines(file: Path, *needed: str) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, each with the needed keys.

    Raises:
        AssistantError: the file cannot be read, or a line is no such object.
    """
    found = []
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise AssistantError(f"{file}, line {number}: not JSON ({error})") from error
        if not isinstance(value, dict) or (missing := [key for key in needed if key not in value]):
            wanted = ", ".join(missing) if isinstance(value, dict) else "an object"
            raise AssistantError(f"{file}, line {number}: {wanted} is missing")
        found.append(value)
    return found


def _ranking(retriever: Retriever, query: Query, channel: Channels) -> list[str]:
    weighted = [WeightedQuery(query.text)]
    for steps, message in enumerate(reversed(query.history)):
        weighted.append(WeightedQuery(message, EARLIER_MESSAGE_WEIGHT / 2**steps))
    hits = retriever.search(weighted, top_k=DEPTH, language=_language(query.text), channels=channel)
    return list(dict.fromkeys(hit.chunk.document for hit in hits))


def _build(folder: Path, collection: Collection, encoder: Encoder) -> None:
    writer = GenerationWriter(new_generation(folder), analyse=analyse)
    texts: dict[bytes, str] = {}
    try:
        for name, (title, body) in collection.documents.items():
            document = _document(name, title, body)
            chunks = chunk(document, encoder=encoder)
            writer.add(document, chunks)
            texts |= {text_key(each.search_text): each.search_text for each in chunks}
        vectors = dict(zip(texts, encoder.encode(list(texts.values())), strict=True))
        writer.finish(
            vectors.__getitem__,
            encoder=encoder.name,
            fingerprint=encoder.fingerprint,
            dimensions=encoder.dimensions,
            chunking_version=CHUNKING_VERSION,
            code_version="beir",
            records_version="",
            sources=[],
        )
        publish(writer.folder)
    finally:
        writer.close()


def _document(name: str, title: str, body: str) -> ExtractedDocument:
    """One page: the title as its heading, each line of the text as a paragraph."""
    blocks, text = [], ""
    lines = [" ".join(line.split()) for line in [title, *body.splitlines()]]
    for number, line in enumerate(lines):
        if line:
            start = len(text) + 1 if text else 0
            text = f"{text}\n{line}" if text else line
            span = (start, len(text))
            blocks.append(Block("paragraph", span) if number else Block("heading", span, 1))
    digest = sha256(f"{title}\n{body}".encode()).hexdigest()
    document = Document(name, title, digest, 1, language=_language(f"{title} {body}"))
    return ExtractedDocument(document, (Page(1, text, tuple(blocks)),))


def _language(text: str) -> str:
    language, confidence = detect_language(text)
    return language if confidence >= SURE_OF_LANGUAGE else "en"


def _qrels_file(folder: Path) -> Path:
    for file in (folder / "qrels.tsv", folder / "qrels" / "test.tsv"):
        if file.is_file():
            return file
    others = sorted((folder / "qrels").glob("*.tsv"))
    if len(others) != 1:
        raise AssistantError(f"{folder} has no qrels.tsv and no qrels/test.tsv")
    return others[0]


def _read_qrels(file: Path) -> list[tuple[str, str, int]]:
    """Three columns (query, document, relevance), or TREC's four; a head is skipped."""
    found = []
    rows = csv.reader(_text(file).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, cells in enumerate(rows, start=1):
        if not cells or (number == 1 and not cells[-1].lstrip("-").isdigit()):
            continue
        try:
            found.append((cells[0], cells[-2], int(cells[-1])))
        except (ValueError, IndexError) as error:
            raise AssistantError(
                f"{file}, line {number}: wanted query, document and relevance between tabs"
            ) from error
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"cannot read {file}: {error}") from error
