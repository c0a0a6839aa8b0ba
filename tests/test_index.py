import hashlib
import math
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from index_kit import WordEncoder, document_of, page_of

from assistant.documents import Document
from assistant.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from assistant.index.embeddings import EmbeddingCache, text_key
from assistant.index.generations import current_generation, new_generation, publish, remove_leftovers
from assistant.index.reader import Filter, Index
from assistant.index.writer import GenerationWriter
from assistant.ingest.chunks import CHUNKING_VERSION, chunk
from assistant.retrieval.text import analyse

ENCODER = WordEncoder()


def build(index_dir: Path, *documents, encoder=ENCODER, chunking_version=CHUNKING_VERSION) -> str:
    """Publish a generation of these documents; its name."""
    folder = new_generation(index_dir)
    writer = GenerationWriter(folder, analyse=analyse)
    vectors = {}
    for document in documents:
        chunks = chunk(document, encoder=encoder)
        texts = [each.search_text for each in chunks]
        vectors |= dict(zip(map(text_key, texts), encoder.encode(texts), strict=True))
        writer.add(document, chunks)
    writer.finish(
        vectors.__getitem__,
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        dimensions=encoder.dimensions,
        chunking_version=chunking_version,
        code_version="test",
        records_version="",
        sources=["/corpus"],
    )
    publish(folder)
    return folder.name


def text(path: str, *paragraphs: str, **fields):
    """A document of one page for each paragraph."""
    pages = (page_of(number, [("paragraph", each, 0, ())]) for number, each in enumerate(paragraphs, 1))
    return document_of(*pages, path=path, **fields)


WELDERS = text(
    "a/welders.pdf", "Welders learn to weld hulls.", "Courses for welders are free.", countries=("PL",)
)
TEXTILES = text(
    "b/textiles.pdf", "Weavers learn to weave in Porto.", kind="catalogue", countries=("PT", "ES")
)
POLISH = text("c/żółw.pdf", "Stocznia w Gdańsku szkoli spawaczy.", language="pl", ecosystem="maritime")


@pytest.fixture
def index(tmp_path):
    build(tmp_path, WELDERS, TEXTILES, POLISH)
    with Index.open(tmp_path, encoder_fingerprint="words-1") as opened:
        yield opened


def found(index: Index, hits) -> list[str]:
    return [each.text for each in index.chunks([chunk_id for chunk_id, _ in hits])]


def test_what_was_written_is_read_back(index):
    assert [document.path for document in index.documents()] == [
        "a/welders.pdf",
        "b/textiles.pdf",
        "c/żółw.pdf",
    ]
    assert index.document("c/żółw.pdf") == POLISH.document
    assert index.content("a/welders.pdf") == (WELDERS, chunk(WELDERS, encoder=ENCODER))
    assert index.page("a/welders.pdf", 2) == WELDERS.pages[1]
    assert "b/textiles.pdf" in index
    assert "none.pdf" not in index
    assert (index.manifest.documents, index.manifest.pages, index.chunk_count) == (3, 4, 4)
    assert index.manifest.sources == ("/corpus",)


def test_metadata_tables_and_warnings_survive(tmp_path):
    from datetime import date

    from assistant.documents import Block, ExtractedDocument, Page

    row = Block("table_row", (0, 12), columns=("Name", "Cost"), cells=((0, 6), (7, 12)))
    full = Document(
        "t.pdf", "Title", "f" * 64, 1, "funding", "de", "textiles", ("PT", "EU"), date(2026, 3, 1), "/x/t.pdf"
    )
    document = ExtractedDocument(full, (Page(1, "Course 5 EUR", (row,)),), ("page 2: no text layer",))
    build(tmp_path, document)
    with Index.open(tmp_path) as index:
        stored, (only,) = index.content("t.pdf")
    assert stored == document
    assert only.blocks == (row,)
    assert only.search_text == "Title\nName, Cost\nCourse 5 EUR"


def test_unknown_documents_pages_and_chunks_are_key_errors(index):
    for look in (
        lambda: index.document("x"),
        lambda: index.page("a/welders.pdf", 3),
        lambda: index.chunks(["c1:none"]),
        lambda: index.content("x"),
    ):
        with pytest.raises(KeyError):
            look()


def test_chunks_come_in_the_order_asked_for(index):
    ids = [each.chunk_id for each in index.document_chunks("a/welders.pdf")]
    assert [each.chunk_id for each in index.chunks(ids[::-1])] == ids[::-1]


def test_neighbours_do_not_leave_the_document(index):
    first, second = index.document_chunks("a/welders.pdf")
    assert index.neighbours(first) == (None, second)
    assert index.neighbours(second) == (first, None)
    (alone,) = index.document_chunks("b/textiles.pdf")
    assert index.neighbours(alone) == (None, None)


def test_lexical_search_scores_by_bm25(index):
    # 4 chunks of 5, 5, 6 and 5 terms; "welder" stands once in two of them, each of 5 terms
    terms = analyse("welders", "en")
    assert [len(analyse(each.text, "en")) for each in index.document_chunks("a/welders.pdf")] == [5, 5]
    idf = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    length = 1 - 0.75 + 0.75 * 5 / (21 / 4)
    expected = idf * 1 * (1.2 + 1) / (1 + 1.2 * length)
    hits = index.lexical_search(dict.fromkeys(terms, 1.0), top_k=10)
    assert [score for _, score in hits] == pytest.approx([expected, expected])
    assert [chunk_id for chunk_id, _ in hits] == sorted(chunk_id for chunk_id, _ in hits)


def test_weights_multiply_a_terms_score_and_zero_leaves_it_out(index):
    ((_, one),) = index.lexical_search({"porto": 1.0}, top_k=5)
    ((_, three),) = index.lexical_search({"porto": 3.0, "weld": 0.0}, top_k=5)
    assert three == pytest.approx(3 * one)


def test_any_term_suffices_and_terms_add_up(index):
    (weld,) = analyse("weld", "en")
    hits = index.lexical_search({"porto": 1.0, weld: 1.0, "nowher": 1.0}, top_k=5)
    assert set(found(index, hits)) == {"Weavers learn to weave in Porto.", "Welders learn to weld hulls."}
    both = index.lexical_search({"welder": 1.0, weld: 1.0}, top_k=5)
    assert found(index, both)[0] == "Welders learn to weld hulls."


@pytest.mark.parametrize("term", ['"', "c++", "2021-2027", "NEAR(", "*", "e-mail"])
def test_terms_with_punctuation_are_terms_not_query_syntax(tmp_path, term):
    folder = new_generation(tmp_path)
    writer = GenerationWriter(folder, analyse=lambda words, _: words.casefold().split())
    documents = [text("a.pdf", f"one {term} two"), text("b.pdf", "one two c e mail 2021")]
    vectors = {}
    for document in documents:
        (only,) = chunk(document, encoder=ENCODER)
        vectors[text_key(only.search_text)] = ENCODER.encode([only.search_text])[0]
        writer.add(document, [only])
    writer.finish(
        vectors.__getitem__, encoder="words", fingerprint="words-1", dimensions=64,
        chunking_version=CHUNKING_VERSION, code_version="test", records_version="", sources=[],
    )  # fmt: skip
    publish(folder)
    with Index.open(tmp_path) as index:
        assert index.document_frequency(term.casefold()) == 1
        assert found(index, index.lexical_search({term.casefold(): 1.0}, top_k=5)) == [f"one {term} two"]


def test_more_terms_than_one_statement_takes_are_searched(index):
    terms = {f"nothing{number}": 1.0 for number in range(2000)} | {"porto": 1.0}
    assert len(index.lexical_search(terms, top_k=5)) == 1


def test_words_are_found_folded_and_stemmed_in_their_language(index):
    assert index.document_frequency("gdansku") + index.document_frequency("gdansk") >= 1
    terms = dict.fromkeys(analyse("spawacze Gdańsk", "pl"), 1.0)
    assert found(index, index.lexical_search(terms, top_k=1)) == ["Stocznia w Gdańsku szkoli spawaczy."]


def test_dense_search_gives_cosine_similarity(index):
    query = ENCODER.encode(["Weavers learn to weave in Porto."])[0]
    hits = index.dense_search(query, top_k=10)
    expected = {each: float(ENCODER.encode([each])[0] @ query) for each in found(index, hits)}
    assert len(hits) == 4
    assert found(index, hits)[0] == "Weavers learn to weave in Porto."
    assert [score for _, score in hits] == pytest.approx(list(expected.values()), abs=1e-5)
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


@pytest.mark.parametrize(
    ("where", "documents"),
    [
        (Filter(), {"a/welders.pdf", "b/textiles.pdf", "c/żółw.pdf"}),
        (Filter(countries=("ES", "PL")), {"a/welders.pdf", "b/textiles.pdf"}),
        (Filter(kinds=("catalogue",)), {"b/textiles.pdf"}),
        (Filter(languages=("pl",)), {"c/żółw.pdf"}),
        (Filter(ecosystems=("maritime",)), {"c/żółw.pdf"}),
        (Filter(documents=("a/welders.pdf",), countries=("ES",)), set()),
        (Filter(languages=("en",), documents=("a/welders.pdf",)), {"a/welders.pdf"}),
    ],
)
def test_filters_narrow_both_searches(index, where, documents):
    terms = dict.fromkeys(analyse("welders weavers learn spawaczy stocznia", "en"), 1.0)
    terms |= dict.fromkeys(analyse("spawaczy", "pl"), 1.0)
    vector = ENCODER.encode(["learn"])[0]
    for hits in (
        index.lexical_search(terms, top_k=10, where=where),
        index.dense_search(vector, top_k=10, where=where),
    ):
        assert {each.document for each in index.chunks([chunk_id for chunk_id, _ in hits])} == documents


def test_top_k_cuts_the_lists(index):
    assert len(index.dense_search(ENCODER.encode(["x"])[0], top_k=2)) == 2
    assert len(index.lexical_search({"learn": 1.0}, top_k=1)) == 1


def test_an_index_of_no_documents_or_one_chunk_answers(tmp_path):
    build(tmp_path / "none")
    with Index.open(tmp_path / "none") as index:
        assert index.dense_search(ENCODER.encode(["x"])[0], top_k=3) == []
        assert index.lexical_search({"x": 1.0}, top_k=3) == []
    build(tmp_path / "one", TEXTILES)
    for _ in range(2):
        with Index.open(tmp_path / "one") as index:
            assert len(index.dense_search(ENCODER.encode(["x"])[0], top_k=3)) == 1


def test_threads_share_an_index(index):
    query = ENCODER.encode(["Weavers learn to weave in Porto."])[0]
    expected = index.lexical_search({"learn": 1.0}, top_k=5)
    problems: list[object] = []

    def work() -> None:
        try:
            for _ in range(20):
                hits = index.dense_search(query, top_k=1)
                if found(index, hits) != ["Weavers learn to weave in Porto."]:
                    problems.append(hits)
                if index.lexical_search({"learn": 1.0}, top_k=5) != expected:
                    problems.append("lexical")
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_opening_does_not_import_chroma(tmp_path):
    build(tmp_path, TEXTILES)
    code = (
        "import sys; from pathlib import Path; from assistant.index.reader import Index;"
        f"Index.open(Path({str(tmp_path)!r})).lexical_search({{'porto': 1.0}}, top_k=1);"
        "print([name for name in ('chromadb', 'torch', 'onnxruntime') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def snapshot(folder: Path) -> dict[str, tuple[str, int]]:
    """Checksum and time of change of every file."""
    return {
        str(file): (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


READER = """
import sys
from pathlib import Path
from index_kit import WordEncoder
from assistant.index.reader import Index
encoder = WordEncoder()
for _ in range(3):
    with Index.open(Path(sys.argv[1])) as index:
        for document in index.documents():
            for chunk in index.document_chunks(document.path):
                hits = index.dense_search(encoder.encode([chunk.search_text])[0], top_k=1)
                assert hits[0][0] == chunk.chunk_id, (hits, chunk)
print("ok")
"""


@pytest.mark.parametrize("documents", [1, 30])
def test_processes_that_read_together_change_nothing_and_agree(tmp_path, documents):
    build(tmp_path, *(text(f"{number}.pdf", f"Course {number} for welders") for number in range(documents)))
    before = snapshot(tmp_path)
    command = [sys.executable, "-c", READER, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    readers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [reader.communicate()[0].strip() for reader in readers] == ["ok", "ok"]
    assert snapshot(tmp_path) == before


def test_a_reader_keeps_its_generation_while_a_newer_one_is_published(tmp_path):
    old = build(tmp_path, WELDERS)
    reader = Index.open(tmp_path)
    assert reader.is_current()
    new = build(tmp_path, TEXTILES)
    remove_leftovers(tmp_path)
    assert not reader.is_current()
    assert reader.generation == old
    assert len(reader.dense_search(ENCODER.encode(["x"])[0], top_k=5)) == 2
    assert reader.page("a/welders.pdf", 1).text == "Welders learn to weld hulls."
    with Index.open(tmp_path) as newer:
        assert newer.generation == new
        assert [document.path for document in newer.documents()] == ["b/textiles.pdf"]
    assert generations(tmp_path) == {old, new}
    reader.close()
    remove_leftovers(tmp_path)
    assert generations(tmp_path) == {new}


def test_a_reader_that_is_let_go_frees_its_generation_and_its_view(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "views"))
    (tmp_path / "views").mkdir()
    old = build(tmp_path, WELDERS)
    reader = Index.open(tmp_path)
    reader.dense_search(ENCODER.encode(["x"])[0], top_k=1)
    assert len(list((tmp_path / "views").iterdir())) == 1
    new = build(tmp_path, TEXTILES)
    del reader
    remove_leftovers(tmp_path)
    assert generations(tmp_path) == {new} != {old}
    assert list((tmp_path / "views").iterdir()) == []


def generations(index_dir: Path) -> set[str]:
    return {folder.name for folder in (index_dir / "generations").iterdir()}


def test_an_unpublished_generation_is_never_seen_and_is_cleaned_up(tmp_path):
    assert current_generation(tmp_path) is None
    folder = new_generation(tmp_path)
    GenerationWriter(folder, analyse=analyse).close()
    with pytest.raises(IndexMissingError, match="run `assistant ingest`"):
        Index.open(tmp_path)
    remove_leftovers(tmp_path)
    assert generations(tmp_path) == set()


def test_closing_twice_is_harmless_and_reopening_works(tmp_path):
    build(tmp_path, TEXTILES)
    for _ in range(2):
        index = Index.open(tmp_path)
        assert len(index.dense_search(ENCODER.encode(["x"])[0], top_k=1)) == 1
        index.close()
        index.close()


def test_another_encoder_is_refused_with_both_names_and_what_to_run(tmp_path):
    build(tmp_path, TEXTILES)
    with pytest.raises(IndexMismatchError) as refused:
        Index.open(tmp_path, encoder_fingerprint="other-2")
    assert "'words-1'" in str(refused.value)
    assert "'other-2'" in str(refused.value)
    assert "`assistant ingest --rebuild`" in str(refused.value)


def test_another_chunking_or_format_is_refused(tmp_path):
    build(tmp_path, TEXTILES, chunking_version=CHUNKING_VERSION + 1)
    with pytest.raises(
        IndexMismatchError,
        match=rf"chunking {CHUNKING_VERSION + 1}, .*{CHUNKING_VERSION}; run `assistant ingest --rebuild`",
    ):
        Index.open(tmp_path)
    name = build(tmp_path, TEXTILES)
    manifest = tmp_path / "generations" / name / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format_version": 1', '"format_version": 99'))
    with pytest.raises(IndexMismatchError, match=r"format 99.*reads 1"):
        Index.open(tmp_path)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


@pytest.mark.parametrize(
    ("part", "harm"),
    [
        ("current", lambda file: file.write_text("../etc\n")),
        ("current", lambda file: file.write_text("20260101T000000-deadbeef\n")),
        ("manifest.json", lambda file: file.write_text("{}")),
        ("manifest.json", Path.unlink),
        ("index.sqlite", truncate),
        ("index.sqlite", Path.unlink),
        ("chroma/chroma.sqlite3", truncate),
        ("chroma/chroma.sqlite3", Path.unlink),
    ],
)
def test_damage_is_reported_as_such(tmp_path, part, harm):
    name = build(tmp_path, TEXTILES)
    harm(tmp_path / part if part == "current" else tmp_path / "generations" / name / part)
    with (
        pytest.raises(IndexDamagedError, match="run `assistant ingest --rebuild`"),
        Index.open(tmp_path) as index,
    ):
        index.dense_search(ENCODER.encode(["x"])[0], top_k=1)


def test_the_embedding_cache_remembers_per_encoder_and_prunes(tmp_path):
    keys = [text_key(each) for each in ("a", "b", "c")]
    vectors = dict(zip(keys, np.eye(3, dtype=np.float32), strict=True))
    cache = EmbeddingCache(tmp_path / "e.sqlite", "one")
    cache.put(vectors)
    cache.close()
    other = EmbeddingCache(tmp_path / "e.sqlite", "two")
    assert other.known(keys) == set()
    other.close()
    cache = EmbeddingCache(tmp_path / "e.sqlite", "one")
    assert cache.known(keys) == set(keys)
    assert cache.get(keys[1]).tolist() == [0.0, 1.0, 0.0]
    cache.prune(keys[:1])
    assert cache.known(keys) == {keys[0]}
    with pytest.raises(KeyError):
        cache.get(keys[1])
    cache.close()


def test_a_damaged_embedding_cache_is_started_anew(tmp_path):
    (tmp_path / "e.sqlite").write_bytes(b"no database at all" * 100)
    cache = EmbeddingCache(tmp_path / "e.sqlite", "one")
    assert cache.known([text_key("a")]) == set()
    cache.put({text_key("a"): np.ones(2, dtype=np.float32)})
    cache.close()
    with sqlite3.connect(tmp_path / "e.sqlite") as db:
        assert db.execute("SELECT count(*) FROM embeddings").fetchone() == (1,)


def test_equal_scores_are_ordered_by_id(tmp_path):
    same = [replace(each, document=replace(each.document, path=f"{number}.pdf"))
            for number, each in enumerate([TEXTILES] * 6)]  # fmt: skip
    build(tmp_path, *same)
    with Index.open(tmp_path) as index:
        for hits in (
            index.dense_search(ENCODER.encode(["Porto"])[0], top_k=6),
            index.lexical_search({"porto": 1.0}, top_k=6),
        ):
            assert len(hits) == 6
            assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))
