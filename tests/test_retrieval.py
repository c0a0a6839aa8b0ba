"""Retrieval over a real index with the packaged encoder: SQLite, Chroma and ONNX Runtime."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.documents import Block, Chunk, Document, ExtractedDocument, Page
from assistant.index.generations import new_generation, publish
from assistant.index.reader import Filter, Index
from assistant.index.writer import GenerationWriter
from assistant.ingest.chunks import CHUNKING_VERSION
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.fusion import Trust, trust_in
from assistant.retrieval.langchain import AssistantRetriever
from assistant.retrieval.minilm import MiniLMEncoder
from assistant.retrieval.retriever import Found, Retriever, WeightedQuery, rank
from assistant.retrieval.text import analyse
from assistant.settings import load_settings

Lines = Sequence[tuple[str, str]]
"""(section, text) of each chunk of a page."""

CORPUS: dict[str, tuple[str, list[Lines]]] = {
    "pact.pdf": (
        "en",
        [
            [
                ("Launch", "The Pact for Skills was launched on 10 November 2020."),
                ("Launch", "It brings together companies, workers, authorities and training providers."),
                ("Joining", "To join, an organisation signs the charter and tells its commitments. " * 9),
            ],
            [
                ("Joining", "Joining the Pact is free of charge. " * 12),
                ("Joining", "Members report once a year. " * 12),
                ("Contact", "Questions about membership go to the support services. " * 6),
            ],
        ],
    ),
    "funding.pdf": (
        "en",
        [
            [
                ("Germany", "The Bildungsgutschein pays the course fees of unemployed people. " * 5),
                ("Portugal", "Cheque-Formação + Digital pays up to EUR 750 for digital training. " * 5),
                ("Notice", "This text is repeated on every page of the guide. " * 6),
            ],
            [
                ("Poland", "Baza Usług Rozwojowych co-finances the training of welders in Gdańsk. " * 5),
                ("Notice", "This text is repeated on every   page of the GUIDE. " * 6),
            ],
        ],
    ),
    "kursy.pdf": (
        "pl",
        [
            [
                ("Kursy", "Bezpłatne szkolenia dla spawaczy w stoczni. " * 6),
                ("Kontakt", "Zapisy przez internet. " * 12),
            ]
        ],
    ),
}


def chunks_of(path: str, number: int, lines: Lines) -> tuple[Page, list[Chunk]]:
    text = "\n".join(line.strip() for _, line in lines)
    chunks, blocks, start = [], [], 0
    for section, line in lines:
        span = (start, start + len(line.strip()))
        block = Block("paragraph", span)
        digest = hashlib.sha256(f"{path} {number} {span}".encode()).hexdigest()[:16]
        chunks.append(Chunk(f"c1:{digest}", path, number, span, line.strip(), (section,), (block,)))
        blocks.append(block)
        start = span[1] + 1
    return Page(number, text, tuple(blocks)), chunks


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return MiniLMEncoder.packaged(cache_dir=tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    index_dir = tmp_path_factory.mktemp("index")
    folder = new_generation(index_dir)
    writer = GenerationWriter(folder, analyse=analyse)
    texts: dict[bytes, str] = {}
    for path, (language, pages) in CORPUS.items():
        made = [chunks_of(path, number, lines) for number, lines in enumerate(pages, 1)]
        document = Document(path, path.removesuffix(".pdf").title(), "0" * 64, len(pages), language=language)
        chunks = [chunk for _, of_page in made for chunk in of_page]
        writer.add(ExtractedDocument(document, tuple(page for page, _ in made)), chunks)
        texts |= {hashlib.sha256(chunk.search_text.encode()).digest(): chunk.search_text for chunk in chunks}
    vectors = dict(zip(texts, encoder.encode(list(texts.values())), strict=True))
    writer.finish(
        vectors.__getitem__,
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        dimensions=encoder.dimensions,
        chunking_version=CHUNKING_VERSION,
        code_version="test",
        records_version="",
        sources=[],
    )
    publish(folder)
    with Index.open(index_dir, encoder_fingerprint=encoder.fingerprint) as opened:
        yield opened


@pytest.fixture(scope="module")
def retriever(index, encoder):
    return Retriever(index, encoder)


def test_the_passage_that_answers_comes_first(retriever):
    best = retriever.retrieve("When was the Pact for Skills launched?")[0]
    assert best.document.path == "pact.pdf"
    assert best.hits[0].chunk.page_number == 1
    assert "10 November 2020" in best.text


def test_words_decide_where_the_encoder_knows_none(retriever):
    best = retriever.search("darmowe szkolenie spawacza", language="pl", top_k=1)[0]
    assert best.chunk.document == "kursy.pdf"
    assert best.lexical_score is not None


def test_meaning_finds_what_no_word_shares(retriever):
    hit = retriever.search("Whom do I email?", top_k=1, channels="dense")[0]
    assert hit.chunk.section == ("Contact",)
    assert hit.lexical_score is None
    assert 0.0 < hit.dense_similarity < 1.0


def test_the_lexical_channel_alone_returns_only_chunks_with_a_word(retriever):
    hits = retriever.search("Bildungsgutschein", channels="lexical")
    assert [hit.chunk.section for hit in hits] == [("Germany",)]
    assert hits[0].score == 1.0
    assert hits[0].dense_similarity is None


def test_scores_fall_and_stay_between_zero_and_one(retriever):
    hits = retriever.search("training of welders", top_k=50)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert 0.0 <= scores[-1] <= scores[0] <= 1.0
    assert len(hits) == retriever._index.chunk_count


def test_the_same_question_finds_the_same(retriever):
    assert retriever.retrieve("Who pays?") == retriever.retrieve("Who pays?")


def test_a_filter_searches_only_its_documents(retriever):
    where = Filter(documents=("pact.pdf",))
    assert {p.document.path for p in retriever.retrieve("training of welders", where=where)} == {"pact.pdf"}
    assert retriever.retrieve("training", where=Filter(documents=("none.pdf",))) == []


@pytest.mark.parametrize("query", ["", "   ", []])
def test_an_empty_question_finds_nothing(retriever, query):
    assert retriever.retrieve(query) == []


def test_a_question_of_signs_and_a_very_long_one_are_searched(retriever):
    assert len(retriever.search("?!", top_k=3)) == 3
    assert len(retriever.search('welders "AND" (NEAR* training) ' * 400, top_k=3)) == 3


def test_a_text_that_stands_on_two_pages_is_returned_once(retriever):
    repeated = "text repeated on every page of the guide"
    assert sum(hit.chunk.section == ("Notice",) for hit in retriever.search(repeated)) == 2
    passages = retriever.retrieve(repeated)
    assert sum(passage.section == ("Notice",) for passage in passages) == 1


def test_neighbours_of_one_section_become_one_passage_in_reading_order(retriever):
    passages = retriever.retrieve("join the Pact: charter, free of charge, report", top_k=4)
    joined = next(passage for passage in passages if passage.section == ("Joining",))
    assert [chunk.page_number for chunk in joined.chunks] == [1, 2, 2]
    assert joined.score == max(hit.score for hit in joined.hits)
    assert sum(passage.section == ("Joining",) for passage in passages) == 1


def test_a_short_remainder_joins_although_it_was_not_found(retriever):
    passages = retriever.retrieve("When was the Pact for Skills launched?", top_k=1)
    assert [chunk.text[:15] for chunk in passages[0].chunks] == ["The Pact for Sk", "It brings toget"]


def test_no_chunk_is_in_two_passages_and_top_k_bounds_them(retriever):
    passages = retriever.retrieve("training and joining the Pact", top_k=3)
    ids = [chunk.chunk_id for passage in passages for chunk in passage.chunks]
    assert len(passages) == 3
    assert len(ids) == len(set(ids))


def test_a_passage_stays_short_enough_to_leave_room(retriever, monkeypatch):
    monkeypatch.setattr("assistant.retrieval.retriever.PASSAGE_CHARACTERS", 900)
    passages = retriever.retrieve("join the Pact: charter, free of charge, report", top_k=8)
    assert all(sum(len(chunk.text) for chunk in passage.chunks) <= 900 for passage in passages)
    assert sum(passage.section == ("Joining",) for passage in passages) == 2


def test_an_earlier_turn_carries_the_topic_of_a_follow_up(retriever):
    alone = retriever.search("And in Poland?", top_k=1)[0]
    mixed = retriever.search(
        [WeightedQuery("And how much is it?"), WeightedQuery("Who pays digital training in Portugal?", 0.5)],
        top_k=1,
    )[0]
    assert alone.chunk.section == ("Poland",)
    assert mixed.chunk.section == ("Portugal",)


def test_weights_count_as_shares(retriever):
    queries = [WeightedQuery("charter", 2.0), WeightedQuery("welders", 1.0)]
    halved = [WeightedQuery("charter", 1.0), WeightedQuery("welders", 0.5)]
    assert [hit.chunk for hit in retriever.search(queries)] == [hit.chunk for hit in retriever.search(halved)]


def test_as_a_langchain_retriever_it_returns_documents_that_lead_to_their_page(index, retriever):
    chain = AssistantRetriever(retriever=retriever, top_k=2)
    documents = chain.invoke("Who co-finances the training of welders in Gdansk?")
    assert len(documents) == 2
    found = documents[0].metadata
    assert (found["document"], found["title"], found["page"]) == ("funding.pdf", "Funding", 2)
    assert index.page("funding.pdf", 2).slice(found["span"]) == documents[0].page_content
    assert 0.5 < found["score"] <= 1.0


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann ist der Kompetenzpakt gestartet worden?", "de"),
        ("¿Cuándo se lanzó el Pacto por las Capacidades?", "es"),
        ("Kiedy powstał Pakt na rzecz umiejętności?", "pl"),
    ],
)
def test_a_question_in_another_language_finds_the_english_page(
    index: Index, tmp_path: Path, question: str, language: str
) -> None:
    both = Retriever(index, load_encoder(load_settings(data_dir=tmp_path)))
    (hit, *_) = both.search(question, language=language, channels="dense")
    assert hit.chunk.text == CORPUS["pact.pdf"][1][0][0][1]


def test_a_translated_word_finds_what_the_readers_word_does_not(retriever: Retriever) -> None:
    alone = WeightedQuery("spawacze", 1.0, "pl")
    translated = WeightedQuery("spawacze", 1.0, "pl", ("welder",))
    documents = [
        {hit.chunk.document for hit in retriever.search([query], channels="lexical", language="pl")}
        for query in (alone, translated)
    ]
    assert documents == [{"kursy.pdf"}, {"kursy.pdf", "funding.pdf"}]


def test_a_document_that_the_reader_may_not_know_to_read_comes_behind() -> None:
    found = [Found(1.0, "de", {"a": 0.5, "b": 0.49}, {}, {"a": "pl", "b": "en"})]
    assert [chunk for chunk, _ in rank(found, trust_in)] == ["b", "a"]
    assert [chunk for chunk, _ in rank(found, lambda *_: Trust(0.5))] == ["a", "b"]
