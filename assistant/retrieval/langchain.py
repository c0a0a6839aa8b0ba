"""The retriever as LangChain knows retrievers, for those who build chains of their own."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.index.reader import Filter
from assistant.retrieval.passages import Passage
from assistant.retrieval.retriever import Retriever


class AssistantRetriever(BaseRetriever):
    """Passages as LangChain documents.

    Metadata: `document` (path), `title`, `page` (from 1, of the first chunk), `span` (characters of
    that page), `section`, `score` (0 to 1) and `chunk_ids`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    top_k: int = 8
    where: Filter | None = None
    language: str = "en"

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        passages = self.retriever.retrieve(query, top_k=self.top_k, where=self.where, language=self.language)
        return [Document(page_content=passage.text, metadata=_metadata(passage)) for passage in passages]


def _metadata(passage: Passage) -> dict[str, Any]:
    first = passage.chunks[0]
    same_page = [chunk for chunk in passage.chunks if chunk.page_number == first.page_number]
    return {
        "document": passage.document.path,
        "title": passage.document.title,
        "page": first.page_number,
        "span": (first.span[0], same_page[-1].span[1]),
        "section": passage.section,
        "score": passage.score,
        "chunk_ids": tuple(chunk.chunk_id for chunk in passage.chunks),
    }
