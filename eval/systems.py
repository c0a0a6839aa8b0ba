"""The systems under test. All get the same cases and give the same `Reply`.

ours            the assistant
lexical, dense  the assistant with one of its two search channels, everything else equal
plain           what a LangChain tutorial builds, with the same encoder: fixed-size chunks, dense top-4, and
                the first sentence of each as the answer
retrieval       ours without answering: only the ranking
gold_evidence   our composer on the gold pages: what is lost is not lost by the search
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.answers import Answer, Citation
from assistant.batch import Answers
from assistant.conversation import Conversation, Turn
from assistant.errors import AssistantError
from assistant.facade import Assistant
from assistant.index.reader import Filter, Index
from assistant.privacy import mask
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.fusion import DEPTH
from assistant.retrieval.language import detect_language
from assistant.retrieval.passages import Hit, Passage
from assistant.retrieval.retriever import Channels, Retriever, WeightedQuery
from assistant.settings import Settings
from assistant.understanding import Understood, understand
from eval.cases import Case
from eval.pages import reference_pages
from eval.score import Page, Reply, gold_pages

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

DAY = date(2026, 11, 1)  # of cases that name none, so that runs on different days can be compared
RANKED = 50  # hits whose pages make the ranking; ten different pages are among them
PLAIN_TOP_K = 4
MAX_BATCH = 5000  # Chroma takes 5461 at most


class System(Protocol):
    """Something that is measured."""

    name: str

    def reply(self, case: Case) -> Reply:
        """Play the turns of a case in a fresh conversation; may raise whatever goes wrong."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class Playing:
    """A system made of what answers turns and, if there is, what tells the ranking of the last turn."""

    def __init__(
        self,
        name: str,
        answers: Answers,
        ranking: Callable[[Case, Conversation], list[Page]] | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._answers = answers
        self._ranking = ranking
        self._close = close

    def reply(self, case: Case) -> Reply:
        """Play the turns and take the time of each."""
        conversation, answers, turn_ms = Conversation(), [], []
        for turn in case.turns:
            started = time.perf_counter()
            answers.append(
                self._answers.answer(
                    turn, conversation=conversation, persona=case.persona, today=case.today or DAY
                )
            )
            turn_ms.append(round((time.perf_counter() - started) * 1000, 1))
        before = Conversation(conversation.turns[: len(case.turns) - 1])
        ranking = self._ranking(case, before) if self._ranking else None
        return Reply(id=case.id, system=self.name, answers=answers, ranking=ranking, turn_ms=turn_ms)

    def close(self) -> None:
        """Close what answers."""
        self._close()


class OneChannelRetriever(Retriever):
    """Finds and ranks by one channel.

    What a hit scores in the other channel stays with it, because the composer weighs it: without it the
    composer would doubt what was found, and the comparison would not be one of channels.
    """

    def __init__(self, index: Index, encoder: Any, channels: Channels) -> None:
        super().__init__(index, encoder)
        self._channels = channels

    def search(
        self,
        queries: str | Sequence[WeightedQuery],
        *,
        top_k: int = 10,
        where: Filter | None = None,
        language: str = "en",
        channels: Channels = "both",
        dense_weight: float | None = None,
    ) -> list[Hit]:
        """As in `Retriever`; `channels` is the one of this retriever, whatever is asked for."""
        hits = super().search(queries, top_k=top_k, where=where, language=language, channels=self._channels)
        every = super().search(queries, top_k=2 * DEPTH, where=where, language=language)
        known = {hit.chunk.chunk_id: hit for hit in every}
        return [replace(known.get(hit.chunk.chunk_id, hit), score=hit.score) for hit in hits]


class OneChannelAssistant(Assistant):
    """The assistant, searching by meaning or by word alone."""

    def __init__(self, settings: Settings, channels: Channels) -> None:
        super().__init__(settings)
        self._channels = channels

    def _search(self, asked: Understood, parts: Any) -> list[Passage]:
        retriever = OneChannelRetriever(parts.index, self._encoder, self._channels)
        return retriever.retrieve(asked.queries, top_k=self.settings.top_k, language=asked.question_language)


class GoldAssistant(Assistant):
    """The assistant, searching the gold pages alone; `pages` is set before each case."""

    pages: Sequence[Page] = ()

    def _search(self, asked: Understood, parts: Any) -> list[Passage]:
        if not self.pages:
            return []
        where = Filter(documents=tuple({path for path, _ in self.pages}))
        hits = parts.retriever.search(
            asked.queries, top_k=2 * DEPTH, where=where, language=asked.question_language
        )
        on_gold = [hit for hit in hits if (hit.chunk.document, hit.chunk.page_number) in self.pages]
        return [Passage(parts.index.document(hit.chunk.document), (hit,)) for hit in on_gold]


class _GoldEvidence(Playing):
    def __init__(self, settings: Settings) -> None:
        self._assistant = GoldAssistant(settings)
        super().__init__("gold_evidence", self._assistant, close=self._assistant.close)
        with Index.open(settings.index_dir) as index:
            self._references = reference_pages(index)

    def reply(self, case: Case) -> Reply:
        self._assistant.pages = sorted(gold_pages(case, self._references))
        return super().reply(case)


class Rankings:
    """What the search finds for the last turn of a case, page by page; usable as a system of its own."""

    name = "retrieval"

    def __init__(self, settings: Settings, channels: Channels = "both") -> None:
        encoder = load_encoder(settings)
        self._index = Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint)
        self._retriever = Retriever(self._index, encoder)
        self._channels = channels

    def pages(self, case: Case, before: Conversation) -> list[Page]:
        """Pages of the best chunks for the last turn, best first, each once."""
        asked = understand(mask(case.turns[-1]), before)
        hits = self._retriever.search(
            asked.queries, top_k=RANKED, language=asked.question_language, channels=self._channels
        )
        return list(dict.fromkeys((hit.chunk.document, hit.chunk.page_number) for hit in hits))

    def reply(self, case: Case) -> Reply:
        """The ranking without an answer; earlier turns are known, their replies are not."""
        unanswered = Answer(status="clarify", language=case.language, text="")
        before = Conversation([Turn(mask(turn), unanswered) for turn in case.turns[:-1]])
        started = time.perf_counter()
        ranking = self.pages(case, before)
        elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
        return Reply(id=case.id, system=self.name, ranking=ranking, turn_ms=[elapsed_ms])

    def close(self) -> None:
        """Close the index."""
        self._index.close()


class PlainPipeline:
    """PyPDFLoader, RecursiveCharacterTextSplitter, Chroma, top 4, first sentences. It never abstains."""

    def __init__(self, settings: Settings) -> None:
        """Read and encode the documents of the index, unless that was done before."""
        try:
            import langchain_chroma  # noqa: F401
            import langchain_community  # noqa: F401
            import langchain_text_splitters  # noqa: F401
        except ImportError as error:
            raise AssistantError(
                f"the plain pipeline needs {error.name}; run `make eval`, or leave out --system plain"
            ) from error
        with Index.open(settings.index_dir) as index:
            self._documents = {document.path: document for document in index.documents()}
        self._store = self._open(settings)

    def answer(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        persona: Any = None,
        language: str | None = None,
        today: Any = None,
    ) -> Answer:
        """The first sentence of each of the nearest chunks; earlier turns play no part."""
        from sentencex import segment

        started = time.perf_counter()
        found = self._store.similarity_search(question, k=PLAIN_TOP_K)
        citations: list[Citation] = []
        for chunk in found:
            spoken = self._documents[chunk.metadata["path"]].language or "en"
            quote = next((each.strip() for each in segment(spoken, chunk.page_content) if each.strip()), "")
            citations.append(
                Citation(
                    number=len(citations) + 1,
                    document=chunk.metadata["path"],
                    title=self._documents[chunk.metadata["path"]].title,
                    page=chunk.metadata["page"] + 1,
                    quote=quote,
                )
            )
        text = "\n".join(f"- {' '.join(each.quote.split())} [{each.number}]" for each in citations)
        answer = Answer(
            status="complete" if citations else "not_found",
            language=detect_language(text)[0],
            text=text,
            citations=citations,
            standalone_question=question,
            composer="plain",
            timings_ms={"total": round((time.perf_counter() - started) * 1000, 1)},
        )
        if conversation is not None:
            conversation.turns.append(Turn(question, answer))
        return answer

    def ranking(self, case: Case, before: Conversation) -> list[Page]:
        """Pages of the nearest chunks, best first, each once."""
        found = self._store.similarity_search(case.turns[-1], k=RANKED)
        return list(dict.fromkeys((each.metadata["path"], each.metadata["page"] + 1) for each in found))

    def _open(self, settings: Settings) -> Any:
        import hashlib

        from langchain_chroma import Chroma

        encoder = load_encoder(settings)
        key = "\n".join(sorted(f"{d.path} {d.sha256}" for d in self._documents.values()))
        name = hashlib.sha256(f"{encoder.fingerprint}\n{key}".encode()).hexdigest()[:16]
        folder = settings.data_dir / "eval" / f"plain-{name}"
        embeddings = _embeddings(encoder)
        if not (folder / "done").is_file():
            import shutil

            shutil.rmtree(folder, ignore_errors=True)
            chunks = self._chunks()
            store = Chroma(persist_directory=str(folder), embedding_function=embeddings)
            for start in range(0, len(chunks), MAX_BATCH):
                store.add_documents(chunks[start : start + MAX_BATCH])
            (folder / "done").touch()
        return Chroma(persist_directory=str(folder), embedding_function=embeddings)

    def _chunks(self) -> list[Any]:
        from langchain_community.document_loaders import PyPDFLoader
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        pages = []
        for path, document in self._documents.items():
            if Path(document.source_file).suffix.lower() == ".pdf":
                for page in PyPDFLoader(document.source_file).load():
                    page.metadata = {"path": path, "page": page.metadata["page"]}
                    pages.append(page)
        return RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(pages)


def _embeddings(encoder: Any) -> "Embeddings":
    """Our encoder behind LangChain's interface, so that both sides compare the same vectors."""
    from langchain_core.embeddings import Embeddings

    class SameEncoder(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = encoder.encode(texts).tolist()
            return vectors

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return SameEncoder()


def _ours(settings: Settings) -> System:
    assistant, rankings = Assistant(settings), Rankings(settings)
    return Playing("ours", assistant, rankings.pages, _both(assistant.close, rankings.close))


def _one_channel(channels: Channels) -> Callable[[Settings], System]:
    def build(settings: Settings) -> System:
        assistant, rankings = OneChannelAssistant(settings, channels), Rankings(settings, channels)
        return Playing(channels, assistant, rankings.pages, _both(assistant.close, rankings.close))

    return build


def _plain(settings: Settings) -> System:
    pipeline = PlainPipeline(settings)
    return Playing("plain", pipeline, pipeline.ranking)


def _both(*closes: Callable[[], None]) -> Callable[[], None]:
    def close() -> None:
        for each in closes:
            each()

    return close


SYSTEMS: Mapping[str, Callable[[Settings], System]] = {
    "ours": _ours,
    "lexical": _one_channel("lexical"),
    "dense": _one_channel("dense"),
    "plain": _plain,
    "retrieval": Rankings,
    "gold_evidence": _GoldEvidence,
}


def build_system(name: str, settings: Settings) -> System:
    """The system of that name, ready to answer.

    Raises:
        AssistantError: there is none of that name, or it cannot start.
    """
    if name not in SYSTEMS:
        raise AssistantError(f"no system {name!r}; there is: {', '.join(SYSTEMS)}")
    return SYSTEMS[name](settings)
