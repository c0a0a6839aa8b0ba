"""Evaluation sets of other tools, in and out.

ragas  JSON Lines of Ragas' single-turn samples: user_input, reference, reference_contexts,
       retrieved_contexts, response
beir   a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv; the documents are pages
csv    columns question and ideal_answer
feedback  ratings that readers of the chat gave (in only)
govuk  JSON Lines of GOV.UK Chat's rag_answers: question, ideal_answer, llm_answer, structured_contexts

Other tools know an ideal answer; our gold knows what must be said and which page says it. So on import the
facts of an ideal answer (all of it up to three words, else its numbers and names) are looked up in the index.
A question with a fact that no page says is left out and told: gold is never guessed.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import AssistantError
from assistant.feedback import read_feedback
from assistant.index.reader import Index
from assistant.retrieval.language import detect_language
from assistant.retrieval.retriever import Retriever
from eval.beir import read_collection, read_lines
from eval.cases import Case, Nugget, mentions
from eval.measures import letters, plain
from eval.score import Page, Reply

CANDIDATES = 30  # chunks in whose pages the facts are looked for
_NAME_OR_NUMBER = re.compile(
    r"\d[\d.,]*\d|\d|(?<!^)(?<![.!?] )\b[^\W\d_a-zà-ÿ]\w{2,}(?:[- ][^\W\d_a-zà-ÿ]\w+)*"
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A question of another tool's set."""

    question: str
    ideal_answer: str = ""
    contexts: tuple[str, ...] = ()
    """Texts that hold the answer."""
    left_out: str = ""
    """Why no case can be made of it, when the source itself says so."""


def to_cases(
    questions: Sequence[Foreign], index: Index, retriever: Retriever
) -> tuple[list[Case], list[str]]:
    """Cases of kind "fact" in the test split, and a line for each question that no page answers."""
    cases, problems = [], []
    for number, foreign in enumerate(questions, start=1):
        if foreign.left_out:
            problems.append(f"question {number} ({foreign.question[:60]}): {foreign.left_out}")
            continue
        nuggets = _nuggets(foreign, index, retriever)
        if not nuggets:
            problems.append(f"question {number} ({foreign.question[:60]}): no page says {_wanted(foreign)}")
            continue
        language = detect_language(foreign.question)[0]
        try:
            cases.append(Case.model_validate(_fact_case(number, language, foreign.question, nuggets)))
        except ValidationError as error:
            problems.append(f"question {number} ({foreign.question[:60]}): {error.errors()[0]['msg']}")
    return cases, problems


def write_cases(file: Path, cases: Sequence[Case]) -> None:
    """Write a question set that `eval.cases.read_cases` reads."""
    lines = [case.model_dump_json(exclude_none=True) for case in cases]
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def read_ragas(file: Path) -> list[Foreign]:
    """Samples with user_input; reference and reference_contexts may be missing."""
    return [
        Foreign(line["user_input"], line.get("reference") or "", tuple(line.get("reference_contexts") or ()))
        for line in read_lines(file, "user_input")
    ]


def read_beir(folder: Path) -> list[Foreign]:
    """Queries with the texts of their relevant documents."""
    collection = read_collection(folder)
    return [
        Foreign(
            query.text, "", tuple(collection.documents[d][1] for d in relevant if d in collection.documents)
        )
        for query, relevant in ((collection.queries[name], found) for name, found in collection.qrels.items())
    ]


def read_csv(file: Path) -> list[Foreign]:
    """Rows with the columns question and ideal_answer; "ideal answer" and "answer" are understood, too."""
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AssistantError(f"cannot read {file}: {error}") from error
    folded = [
        {(key or "").strip().casefold().replace(" ", "_"): value or "" for key, value in row.items()}
        for row in rows
    ]
    if rows and "question" not in folded[0]:
        raise AssistantError(f"{file} has no column question; it has {', '.join(folded[0])}")
    return [Foreign(row["question"], row.get("ideal_answer") or row.get("answer") or "") for row in folded]


def read_govuk(file: Path) -> list[Foreign]:
    """Lines with question, and ideal_answer where there is one."""
    return [
        Foreign(line["question"], line.get("ideal_answer") or "") for line in read_lines(file, "question")
    ]


def read_ratings_of_chat(file: Path) -> list[Foreign]:
    """Replies that readers of the chat found helpful, with their quotes as what a good answer says.

    What was not helpful is a question without a known answer: it is told, so that a person writes its gold.
    """
    return [
        Foreign(
            each.answer.standalone_question or each.turns[-1],
            " ".join(citation.quote for citation in each.answer.citations),
            tuple(citation.quote for citation in each.answer.citations),
            "" if each.helpful else f"rated not helpful ({each.reason or 'no reason'}); write its gold",
        )
        for each in read_feedback(file)
    ]


def write_ragas(target: Path, cases: Sequence[Case], replies: Sequence[Reply], index: Index) -> None:
    """One sample a case: gold as reference, our citations as retrieved contexts, our answer as response."""
    found = _by_case(replies)
    _write_lines(
        target,
        (
            {
                "user_input": case.turns[-1],
                "reference": ideal_answer(case),
                "reference_contexts": [nugget.quote for nugget in case.gold.nuggets],
                "retrieved_contexts": [each.quote for each in _citations(found.get(case.id))],
                "response": _text(found.get(case.id)),
            }
            for case in cases
        ),
    )


def write_beir(target: Path, cases: Sequence[Case], replies: Sequence[Reply], index: Index) -> None:
    """All pages as the corpus, the last turns as queries (earlier ones as history), gold pages as qrels."""
    (target / "qrels").mkdir(parents=True, exist_ok=True)
    _write_lines(target / "corpus.jsonl", _pages(index))
    _write_lines(
        target / "queries.jsonl",
        ({"_id": case.id, "text": case.turns[-1], "history": list(case.turns[:-1])} for case in cases),
    )
    relevant = [
        (case.id, page)
        for case in cases
        for page in sorted({(nugget.document, nugget.page) for nugget in case.gold.nuggets})
    ]
    lines = ["query-id\tcorpus-id\tscore", *(f"{name}\t{_page_id(page)}\t1" for name, page in relevant)]
    (target / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def write_csv(target: Path, cases: Sequence[Case], replies: Sequence[Reply], index: Index) -> None:
    """Columns question, ideal_answer and answer."""
    found = _by_case(replies)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["question", "ideal_answer", "answer"])
    writer.writerows([case.turns[-1], ideal_answer(case), _text(found.get(case.id))] for case in cases)
    target.write_text(out.getvalue(), "utf-8")


def write_govuk(target: Path, cases: Sequence[Case], replies: Sequence[Reply], index: Index) -> None:
    """One line a case; each citation is a structured context."""
    found = _by_case(replies)
    _write_lines(
        target,
        (
            {
                "question": case.turns[-1],
                "ideal_answer": ideal_answer(case),
                "llm_answer": _text(found.get(case.id)),
                "structured_contexts": [
                    {
                        "exact_path": f"{each.document}#page={each.page}",
                        "title": each.title,
                        "heading_hierarchy": None,
                        "description": "",
                        "html_content": each.quote,
                    }
                    for each in _citations(found.get(case.id))
                ],
            }
            for case in cases
        ),
    )


Reader = Callable[[Path], list[Foreign]]
Writer = Callable[[Path, Sequence[Case], Sequence[Reply], Index], None]
READERS: Mapping[str, Reader] = {
    "ragas": read_ragas,
    "beir": read_beir,
    "csv": read_csv,
    "govuk": read_govuk,
    "feedback": read_ratings_of_chat,
}
WRITERS: Mapping[str, Writer] = {
    "ragas": write_ragas,
    "beir": write_beir,
    "csv": write_csv,
    "govuk": write_govuk,
}


def ideal_answer(case: Case) -> str:
    """The gold as prose: the quotes of the nuggets, or the references, or that there is no answer."""
    gold = case.gold
    quotes = list(dict.fromkeys(" ".join(nugget.quote.split()) for nugget in gold.nuggets))
    parts = [*quotes, *(gold.references or ()), *([str(gold.count)] if gold.count is not None else [])]
    return "\n".join(parts) or f"Expected: {' or '.join(gold.statuses)}."


def _fact_case(number: int, language: str, question: str, nuggets: Sequence[Nugget]) -> dict[str, object]:
    return {
        "id": f"imported-{number:04}",
        "split": "test",
        "kind": "fact",
        "language": language,
        "turns": (question,),
        "gold": {"statuses": ("complete", "partial"), "nuggets": tuple(nuggets)},
    }


def _nuggets(foreign: Foreign, index: Index, retriever: Retriever) -> list[Nugget]:
    """The facts that pages say: each once, on the page that says most of them."""
    facts = _facts(foreign)
    pages = {page: index.page(*page).text for page in _candidates(foreign, index, retriever)}
    found: list[Nugget] = []
    while facts and pages:
        best = max(pages, key=lambda page: sum(mentions(pages[page], fact) for fact in facts))
        said = [fact for fact in facts if mentions(pages[best], fact)]
        for fact in said:
            line = next((line for line in pages[best].splitlines() if mentions(line, fact)), pages[best])
            found.append(
                Nugget(importance="vital", alternatives=(fact,), document=best[0], page=best[1], quote=line)
            )
        if not said:
            break
        facts = [fact for fact in facts if fact not in said]
    return [] if facts else found


def _facts(foreign: Foreign) -> list[str]:
    """All of a short ideal answer, else its numbers and names; without one, the contexts' first lines."""
    ideal = plain(foreign.ideal_answer).strip().rstrip(".")
    if not ideal:
        return [line for text in foreign.contexts if (line := next(iter(text.strip().splitlines()), ""))]
    if len(ideal.split()) <= 3:
        return [ideal]
    return list(dict.fromkeys(_NAME_OR_NUMBER.findall(ideal)))


def _candidates(foreign: Foreign, index: Index, retriever: Retriever) -> list[Page]:
    """Pages that hold the contexts; without any, those that the search finds for question and answer."""
    wanted = [letters(text) for text in foreign.contexts]
    if wanted:
        return [
            page
            for page in _all_pages(index)
            if any(text and text in letters(index.page(*page).text) for text in wanted)
        ]
    hits = retriever.search(f"{foreign.question} {foreign.ideal_answer}", top_k=CANDIDATES)
    return list(dict.fromkeys((hit.chunk.document, hit.chunk.page_number) for hit in hits))


def _wanted(foreign: Foreign) -> str:
    return ", ".join(map(repr, _facts(foreign))) or "anything that can be checked in the ideal answer"


def _all_pages(index: Index) -> Iterator[Page]:
    for document in index.documents():
        for number in dict.fromkeys(chunk.page_number for chunk in index.document_chunks(document.path)):
            yield document.path, number


def _pages(index: Index) -> Iterator[dict[str, str]]:
    for page in _all_pages(index):
        title = index.document(page[0]).title
        yield {"_id": _page_id(page), "title": title, "text": index.page(*page).text}


def _page_id(page: Page) -> str:
    return f"{page[0]}#page={page[1]}"


def _by_case(replies: Sequence[Reply]) -> dict[str, Reply]:
    """The first system's first reply to each case."""
    found: dict[str, Reply] = {}
    for reply in replies:
        found.setdefault(reply.id, reply)
    return found


def _text(reply: Reply | None) -> str:
    return plain(reply.answers[-1].text) if reply and reply.answers else ""


def _citations(reply: Reply | None) -> list[Any]:
    return list(reply.answers[-1].citations) if reply and reply.answers else []


def _write_lines(file: Path, lines: Iterator[Mapping[str, object]] | Any) -> None:
    file.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), "utf-8")
