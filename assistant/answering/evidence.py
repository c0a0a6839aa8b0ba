"""The composer that needs no language model: it answers with the documents' own sentences.

Each statement of the retrieved passages is scored by what the question's words in it are worth (rare words
count more), by its meaning (cosine to the question), by its passage's score and by whether it holds the kind
of thing that was asked for. The best one leads; what follows depends on where it stands: in a list, the list; in the
entries of a catalogue, the entries; else a few more sentences. When the best statement is not about the
question's own names and rare words, nothing is claimed: a missing answer is better than a near one.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.asked import Asked, asked_for, holds
from assistant.answering.claims import Claim, Layout, Question, Quote
from assistant.answering.statements import Statement, statements
from assistant.index.reader import Index
from assistant.retrieval.encoder import Encoder
from assistant.retrieval.passages import Passage
from assistant.retrieval.text import analyse, content_words, fold

MAX_CANDIDATES = 40  # statements whose meaning is compared: about 100 ms on two cores
MAX_SENTENCES = 3
MAX_ITEMS = 12
MAX_ENTRIES = 6
MAX_ENTRY_ROWS = 6


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of the question with its index terms (one per language) and its worth."""

    word: str
    forms: frozenset[str]
    worth: float
    known: bool
    """Whether any document uses it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement with what speaks for it, each from 0 to 1."""

    statement: Statement
    own: frozenset[str]
    """The question's words in the statement itself."""
    around: frozenset[str]
    """The question's words in it, its headings or its document's title."""
    coverage: float
    similarity: float
    score: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the passages hold for a question."""

    asked: Asked
    ranked: tuple[Scored, ...]
    """Best first; empty when nothing was retrieved."""
    answerable: bool
    unknown: tuple[str, ...]
    """Words of the question that no document uses, in the reader's spelling."""

    @property
    def lacks_asked_kind(self) -> bool:
        """The asked kind of thing (an amount, a date ...) is not in what would be quoted."""
        shown = self.ranked[:MAX_SENTENCES]
        return bool(shown) and all(holds(self.asked, scored.statement.text) is False for scored in shown)


class EvidenceComposer:
    """Picks and orders statements; see the module's first paragraph."""

    name = "evidence"

    def __init__(self, index: Index, encoder: Encoder) -> None:
        """The index tells how rare a word is; the encoder compares meanings."""
        self._index = index
        self._encoder = encoder
        self._languages = tuple(sorted({d.language for d in index.documents() if d.language} | {"en"}))

    def compose(self, question: Question, passages: Sequence[Passage]) -> Iterator[Claim]:
        """Claims in reading order; none when the passages do not answer the question."""
        yield from self.claims(self.judge(question, passages))

    def judge(self, question: Question, passages: Sequence[Passage]) -> Verdict:
        """Score every statement and decide whether the best is about what was asked."""
        asked = asked_for(question.text, question.language)
        terms = self._terms(question)
        ranked = self._rank(question.text, terms, passages, asked)
        unknown = tuple(term.word for term in terms if not term.known)
        return Verdict(asked, ranked, bool(ranked) and _is_about(ranked[0]), unknown)

    def claims(self, verdict: Verdict) -> Iterator[Claim]:
        """Lay the best statements out; nothing when the verdict is that they do not answer."""
        if not verdict.answerable:
            return
        best = verdict.ranked[0]
        if _answers_with_entries(verdict):
            yield from _entries(verdict)
        elif best.statement.block.kind == "list_item" and _wants_whole_list(verdict):
            yield from _whole_list(best, verdict.ranked)
        else:
            yield from _sentences(verdict)

    def _terms(self, question: Question) -> list[Term]:
        terms, total = [], max(1, self._index.chunk_count)
        spelt = {fold(word): word for word in re.findall(r"\w+(?:-\w+)*", question.text)}
        for word in dict.fromkeys(content_words(question.text, question.language)):
            languages = dict.fromkeys((question.language, *self._languages))
            forms = frozenset(form for language in languages for form in analyse(word, language))
            uses = max((self._index.document_frequency(form) for form in forms), default=0)
            worth = math.log(1 + (total - uses + 0.5) / (uses + 0.5))  # the idf of BM25
            terms.append(Term(spelt.get(word, word), forms, worth, uses > 0))
        return terms

    def _rank(
        self, question: str, terms: Sequence[Term], passages: Sequence[Passage], asked: Asked
    ) -> tuple[Scored, ...]:
        total = sum(term.worth for term in terms)
        if not total:
            return ()
        best_passage = max((passage.score for passage in passages), default=1.0) or 1.0
        rough = []
        for statement in statements(passages):
            words = _words(statement.plain, statement)
            heads = words | _words(" ".join((*statement.chunk.section, statement.document.title)), statement)
            near = heads | _words(statement.chunk.text, statement)
            own = frozenset(term.word for term in terms if term.forms & words)
            around = frozenset(term.word for term in terms if term.forms & heads)
            covered = sum(
                term.worth * (1.0 if term.word in own else 0.8 if term.word in around else 0.4)
                for term in terms
                if term.forms & near
            )
            passage = statement.passage_score / best_passage
            rough.append(
                (
                    covered / total + passage * 0.5,
                    Scored(statement, own, around, covered / total, 0.0, passage),
                )
            )
        rough.sort(key=lambda pair: (-pair[0], pair[1].statement.chunk.chunk_id, pair[1].statement.span))
        candidates = [scored for _, scored in rough[:MAX_CANDIDATES]]
        if not candidates:
            return ()
        texts = [f"{scored.statement.heading}: {scored.statement.plain}" for scored in candidates]
        vectors = self._encoder.encode([question, *texts])
        similarities = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
        ranked = [
            replace(scored, similarity=float(similarity), score=_score(scored, float(similarity), asked))
            for scored, similarity in zip(candidates, similarities, strict=True)
        ]
        ranked.sort(key=lambda s: (-s.score, s.statement.chunk.chunk_id, s.statement.span))
        return tuple(ranked)


def _score(scored: Scored, similarity: float, asked: Asked) -> float:
    """Weights were set by hand on questions of our own; `scored.score` still holds the passage's share."""
    statement = scored.statement
    if asked == "definition":
        held = 1.0 if any(_starts_with(statement.plain, word) for word in scored.own) else 0.3
    else:
        seen = holds(asked, statement.text)
        held = 0.5 if seen is None else float(seen)
    return 0.42 * scored.coverage + 0.30 * similarity + 0.13 * scored.score + 0.15 * held


def _is_about(best: Scored) -> bool:
    """The fewer of the question's words are near, the closer the meaning must be."""
    return (
        best.coverage >= 0.60
        or (best.coverage >= 0.40 and best.similarity >= 0.50)
        or (best.coverage >= 0.25 and best.similarity >= 0.65)
    )


def _starts_with(text: str, word: str) -> bool:
    return word.casefold() in text.casefold()[: max(30, len(text) // 4)]


def _words(text: str, statement: Statement) -> frozenset[str]:
    return frozenset(analyse(text, statement.document.language or "en"))


def _sentences(verdict: Verdict) -> Iterator[Claim]:
    """The best statement, then those nearly as good that add something."""
    best = verdict.ranked[0]
    shown: list[Scored] = []
    for scored in verdict.ranked:
        if len(shown) == MAX_SENTENCES or scored.score < 0.85 * best.score:
            break
        if not any(_repeats(scored.statement, other.statement) for other in shown):
            shown.append(scored)
    heading = ""
    for scored in shown:
        statement = scored.statement
        needs_heading = statement.block.kind != "paragraph" and statement.heading != heading
        heading = statement.heading if needs_heading else heading
        layout: Layout = (
            "lead" if scored is shown[0] else "bullet" if statement.block.kind != "paragraph" else "sentence"
        )
        yield Claim(statement.plain, (statement.quote,), layout, statement.heading if needs_heading else "")


def _wants_whole_list(verdict: Verdict) -> bool:
    if verdict.asked in ("list", "steps"):
        return True
    best = verdict.ranked[0].statement
    near = [s.statement for s in verdict.ranked[:5] if s.score >= 0.85 * verdict.ranked[0].score]
    return sum(_same_list(statement, best) for statement in near) >= 3


def _whole_list(best: Scored, ranked: Sequence[Scored]) -> Iterator[Claim]:
    """The list that the best item stands in, in reading order, led by the sentence before it."""
    every = sorted(
        {(s.statement.chunk.page_number, s.statement.span): s.statement for s in ranked}.items(),
        key=lambda pair: pair[0],
    )
    section = [
        statement
        for _, statement in every
        if (statement.document.path, statement.chunk.section)
        == (best.statement.document.path, best.statement.chunk.section)
    ]
    items = [statement for statement in section if statement.block.kind == "list_item"][:MAX_ITEMS]
    before = [
        statement
        for statement in section
        if statement.block.kind == "paragraph" and _precedes(statement, items[0])
    ]
    if before:
        yield Claim(before[-1].plain, (before[-1].quote,), "lead", best.statement.heading)
    numbered = all(statement.text.lstrip()[:1].isdigit() for statement in items)
    for item in items:
        yield Claim(item.plain, (item.quote,), "step" if numbered else "bullet")


def _answers_with_entries(verdict: Verdict) -> bool:
    """Entries answer when several match and no single row holds what was asked for."""
    if verdict.asked in ("amount", "date", "duration", "contact", "definition"):
        return False
    top = [scored.statement for scored in verdict.ranked[:8] if scored.statement.is_label_and_value]
    return len(top) >= 4 and len({(s.document.path, s.chunk.section) for s in top}) >= 2


def _entries(verdict: Verdict) -> Iterator[Claim]:
    """One bullet per catalogue entry: its heading, then its rows as far as they fit."""
    groups: dict[tuple[str, str], list[Scored]] = {}
    for scored in verdict.ranked:
        if scored.statement.is_label_and_value:
            groups.setdefault((scored.statement.document.path, scored.statement.chunk.chunk_id), []).append(
                scored
            )
    best = max(max(s.coverage for s in group) for group in groups.values())
    for group in list(groups.values())[:MAX_ENTRIES]:
        if max(s.coverage for s in group) < 0.75 * best:
            continue
        rows = sorted((s.statement for s in group), key=lambda s: s.span)[:MAX_ENTRY_ROWS]
        yield Claim("; ".join(row.plain for row in rows), (_joined(rows),), "bullet", rows[0].heading)


def _joined(rows: Sequence[Statement]) -> Quote:
    """One quote from the first row to the last."""
    chunk, span = rows[0].chunk, (rows[0].span[0], rows[-1].span[1])
    text = chunk.text[span[0] - chunk.span[0] : span[1] - chunk.span[0]]
    return Quote(rows[0].document.path, chunk.page_number, span, text)


def _same_list(one: Statement, other: Statement) -> bool:
    return one.block.kind == other.block.kind == "list_item" and one.chunk.section == other.chunk.section


def _precedes(one: Statement, other: Statement) -> bool:
    return (one.chunk.page_number, one.span) < (other.chunk.page_number, other.span)


def _repeats(one: Statement, other: Statement) -> bool:
    first, second = _words(one.plain, one), _words(other.plain, other)
    return len(first & second) >= 0.7 * max(1, min(len(first), len(second)))
