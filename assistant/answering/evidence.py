"""The composer that needs no language model: it answers with the documents' own sentences.

Each statement of the retrieved passages is scored by what the question's words in it are worth (rare words
count more), by its meaning (cosine to the question), by its passage's score and by whether it holds the kind
of thing that was asked for. The best one leads; what follows depends on where it stands: in a list, the
list; in the entries of a catalogue, the entries; else a few more sentences. When the best statement is not
about the question's own names and rare words, nothing is claimed: no answer is better than a near one.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np

from assistant.answering.abstain import ENOUGH, Signs, probability
from assistant.answering.asked import Asked, asked_for, counts, defines, holds, split_questions
from assistant.answering.claims import Claim, Layout, Question, Quote
from assistant.answering.statements import Statement, statements
from assistant.index.reader import Index
from assistant.retrieval.encoder import Encoder, Vectors
from assistant.retrieval.passages import Passage
from assistant.retrieval.text import analyse, content_words, fold
from assistant.translation import glosses

MAX_CANDIDATES = 32  # statements whose meaning is compared: about 80 ms on two cores
MAX_PARTS = 4
MAX_SENTENCES = 3
MAX_ITEMS = 12
MAX_ENTRIES = 6
MAX_ENTRY_ROWS = 10
NEARLY_AS_GOOD = 0.85
"""Share of the best score that the statements after it must reach."""
CONTEXT_WORTH = 0.4
"""What a word elsewhere in the message counts for one of its questions."""
LEAST_WORTH = 0.5
"""Of a word that nearly all chunks use: in a single document its very topic is such a word."""
UNKNOWN_NAME_USES = 3
"""A name that no document uses counts like one that this many chunks use. Any other unknown word may be a
slip or a turn of phrase; it counts like one in a middling number of chunks."""
Place = tuple[str, int, tuple[int, int]]
"""Document, page and span: the reading order."""


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of the question with its index terms (one per language) and its worth."""

    word: str
    forms: frozenset[str]
    worth: float
    known: bool
    """Whether any document uses it."""
    is_name: bool
    """Whether it is written like a name: "Norway", "FUNDAE", "2024"."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement with what speaks for it, each from 0 to 1."""

    statement: Statement
    own: frozenset[str]
    """The question's words in the statement itself."""
    near: frozenset[str]
    """The question's words in it, above it or beside it."""
    coverage: float
    """Share of the worth of the question's words near it; those beside it count less."""
    similarity: float
    passage: float
    """Its passage's score relative to the best passage."""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """One question of the message and what the passages hold for it."""

    text: str
    asked: Asked
    ranked: tuple[Scored, ...]
    """Best first; empty when nothing was retrieved."""
    signs: Signs | None
    """What speaks for the best; None when nothing was retrieved."""
    names_near: bool
    """Whether at least half of its names, by worth, stand near the best."""
    coverage: Mapping[Place, float]
    """Of every statement, by its place."""

    @property
    def answerable(self) -> bool:
        """Whether the best statement is taken for an answer."""
        return self.names_near and self.signs is not None and probability(self.signs) >= ENOUGH

    @property
    def lacks_asked_kind(self) -> bool:
        """The asked kind of thing (an amount, a date ...) is not in what would be quoted."""
        shown = self.ranked[:MAX_SENTENCES]
        return bool(shown) and all(holds(self.asked, scored.statement.text) is False for scored in shown)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the passages hold for a message."""

    parts: tuple[Part, ...]
    statements: tuple[Statement, ...]
    """All statements of the passages, in reading order within a passage."""
    unknown: tuple[str, ...]
    """Names and leading words of the question that no document uses, in the reader's spelling."""
    known: bool
    """Whether any word of the question is used by a document."""


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
        """Score every statement for every part of the question and decide which parts can be answered."""
        found = tuple(statements(passages))
        texts = split_questions(question.text, question.own_language)[:MAX_PARTS]
        terms = self._terms(question)
        parts = tuple(self._part(text, texts, question, terms, found) for text in texts)
        unknown = tuple(term.word for term in terms if not term.known and _is_missed(term, terms, texts))
        return Verdict(parts, found, unknown, any(term.known for term in terms))

    def claims(self, verdict: Verdict) -> Iterator[Claim]:
        """Lay the best statements out; nothing for parts that the passages do not answer."""
        answerable = [part for part in verdict.parts if part.answerable]
        if len(verdict.parts) > 1:
            yield from _one_each(answerable, verdict.statements)
        elif answerable:
            yield from _whole_answer(answerable[0], verdict.statements)

    def _terms(self, question: Question) -> list[Term]:
        terms, total = [], max(1, self._index.chunk_count)
        whole = f"{question.text} {question.context}".strip()  # as the search read it: read once
        meant: defaultdict[str, set[str]] = defaultdict(set)
        for gloss in glosses(whole, question.own_language):
            for word in gloss.words:
                meant[word] |= {
                    form for each in content_words(gloss.english, "en") for form in analyse(each, "en")
                }
        spelt = {fold(word).replace("-", ""): word for word in re.findall(r"\w+(?:-\w+)*", whole)}
        for word in dict.fromkeys(content_words(whole, question.own_language)):
            languages = dict.fromkeys((question.own_language, *self._languages))
            forms = (
                frozenset(form for language in languages for form in analyse(word, language)) | meant[word]
            )
            uses = max((self._index.document_frequency(form) for form in forms), default=0)
            written = spelt.get(word, word)
            if not uses and "-" in written:  # its parts are terms of their own
                continue
            is_name = _written_like_a_name(written, question)
            counted = uses or (UNKNOWN_NAME_USES if is_name else math.sqrt(total))
            worth = math.log(1 + (total - counted + 0.5) / (counted + 0.5))  # the idf of BM25
            terms.append(Term(written, forms, max(worth, LEAST_WORTH), uses > 0, is_name))
        return terms

    def _part(
        self,
        text: str,
        texts: Sequence[str],
        question: Question,
        terms: Sequence[Term],
        found: Sequence[Statement],
    ) -> Part:
        own = {fold(word) for word in re.findall(r"\w+(?:-\w+)*", text)}
        asked = asked_for(text, question.own_language)
        wanted = [term for term in terms if fold(term.word) in own]
        context = [replace(t, worth=t.worth * CONTEXT_WORTH) for t in terms if fold(t.word) not in own]
        if not (wanted or context) or not found:
            return Part(text, asked, (), None, False, {})
        best_passage = max(statement.passage_score for statement in found) or 1.0
        rough = [_rough(statement, wanted, context, best_passage) for statement in found]
        rough.sort(key=lambda s: (-_promise(s, asked), *_place(s.statement)))
        rest = " ".join([question.context, *(other for other in texts if other != text)])
        ranked = self._rank(f"{text} {rest}".strip(), question.own_language, rough[:MAX_CANDIDATES], asked)
        names = [term for term in wanted if term.is_name]
        passage = max(statement.passage_similarity for statement in found)
        covered = {_place(scored.statement): scored.coverage for scored in rough}
        parts = []
        for lead in range(min(MAX_SENTENCES, len(ranked))):
            best = ranked[lead]
            same = float(best.statement.document.language == question.own_language)
            signs = Signs(best.coverage, best.similarity, passage, same)
            order = (best, *ranked[:lead], *ranked[lead + 1 :])
            parts.append(Part(text, asked, order, signs, _are_near(names, best), covered))
        return next((part for part in parts if part.answerable), parts[0])

    def _rank(
        self, text: str, language: str, candidates: Sequence[Scored], asked: Asked
    ) -> tuple[Scored, ...]:
        similarities = np.clip(self._similarities(text, language, candidates), 0.0, 1.0)
        ranked = [
            replace(scored, similarity=float(similarity), score=_score(scored, float(similarity), asked))
            for scored, similarity in zip(candidates, similarities, strict=True)
        ]
        return tuple(sorted(ranked, key=lambda s: (-s.score, *_place(s.statement))))

    def _similarities(self, text: str, language: str, candidates: Sequence[Scored]) -> Vectors:
        """Cosine of the question, in its language, and each statement, in that of its document."""
        (asked,) = self._encoder.encode([text], language=language)
        similarities = np.empty(len(candidates), dtype=np.float32)
        spoken = np.array([scored.statement.document.language for scored in candidates])
        for each in np.unique(spoken):
            rows = [int(row) for row in np.flatnonzero(spoken == each)]
            texts = [candidates[row].statement.in_context for row in rows]
            similarities[rows] = self._encoder.encode(texts, language=str(each) or None) @ asked
        return similarities


def _rough(
    statement: Statement, wanted: Sequence[Term], context: Sequence[Term], best_passage: float
) -> Scored:
    """A word in the statement counts in full, in the headings above it nearly so, beside it less.

    The rows of an entry are about the entry: what stands above or beside them is as good as their own words.
    Words of the context help where they stand and are not missed where they do not.
    """
    inside = _words(statement.plain, statement)
    above = _words(" ".join((*statement.chunk.section, statement.document.title)), statement)
    beside = _words(statement.chunk.text, statement)
    worth_above, worth_beside = (1.0, 0.8) if statement.is_label_and_value else (0.8, 0.4)
    there = [term for term in (*wanted, *context) if term.forms & (inside | above | beside)]
    covered = sum(
        term.worth * (1.0 if term.forms & inside else worth_above if term.forms & above else worth_beside)
        for term in there
    )
    total = sum(term.worth for term in {*wanted, *there})
    own = frozenset(term.word for term in there if term.forms & inside)
    near = frozenset(term.word for term in there)
    coverage = covered / total if total else 0.0
    return Scored(statement, own, near, coverage, 0.0, statement.passage_score / best_passage)


def _promise(scored: Scored, asked: Asked) -> float:
    """What decides whether a statement's meaning is compared at all."""
    return scored.coverage + 0.5 * scored.passage + 0.4 * _held(scored, asked)


def _score(scored: Scored, similarity: float, asked: Asked) -> float:
    """Weights were set by hand on questions of our own, none of which is in the evaluation."""
    score = 0.42 * scored.coverage + 0.30 * similarity + 0.13 * scored.passage + 0.15 * _held(scored, asked)
    return score if scored.statement.is_whole else 0.85 * score


def _held(scored: Scored, asked: Asked) -> float:
    """How far the statement holds the kind of thing that was asked for; one half when that cannot be seen."""
    block = scored.statement.block.kind
    if asked == "steps":
        return 1.0 if block == "list_item" and scored.statement.is_numbered else 0.4
    if asked == "list":
        return 0.7 if block in ("list_item", "table_row") else 0.4
    plain, language = scored.statement.plain, scored.statement.document.language
    if asked == "definition":
        entry = scored.statement.first_cell  # a glossary's row defines its first cell
        defined = any(defines(plain, word, language) for word in scored.own)
        return 1.0 if defined or set(content_words(entry, language)) == {*map(fold, scored.own)} else 0.3
    if asked == "count" and any(counts(plain, word) for word in scored.own):
        return 1.0
    if asked == "count":
        return 0.4 if holds(asked, plain) else 0.0
    seen = holds(asked, scored.statement.text)
    return 0.5 if seen is None else float(seen)


def _is_missed(term: Term, terms: Sequence[Term], questions: Sequence[str]) -> bool:
    """Whether to tell that nothing is known of it: a name, or what most of the message is about.

    A number that the reader says of himself ("we are 40") is no name that could be missed.
    """
    if term.is_name:
        return term.word.isalpha() or any(term.word in question for question in questions)
    return 2 * term.worth > sum(each.worth for each in terms)


def _written_like_a_name(word: str, question: Question) -> bool:
    """With digits or capitals, where those are no rule of the language; a country or language in any case."""
    if any(character.isdigit() or character.isupper() for character in word[1:]):
        return True
    if word[:1].isupper() and question.own_language != "de" and not question.text.startswith(word):
        return True
    return fold(word) in _countries_and_languages(question.own_language)


@lru_cache(maxsize=32)
def _countries_and_languages(language: str) -> frozenset[str]:
    """Their names of one word in that language, folded."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return frozenset()
    return frozenset(fold(name) for name in (*locale.territories.values(), *locale.languages.values()))


def _are_near(names: Sequence[Term], best: Scored) -> bool:
    near = sum(name.worth for name in names if name.word in best.near)
    return 2 * near >= sum(name.worth for name in names)


@lru_cache(maxsize=4096)
def _analysed(text: str, language: str) -> frozenset[str]:
    return frozenset(analyse(text, language))


def _words(text: str, statement: Statement) -> frozenset[str]:
    return _analysed(text, statement.document.language or "en")


def _place(statement: Statement) -> Place:
    return statement.document.path, statement.chunk.page_number, statement.span


def _whole_answer(part: Part, found: Sequence[Statement]) -> Iterator[Claim]:
    if _answers_with_entries(part):
        yield from _entries(part, found)
        return
    items = _items(part, found)
    yield from _whole_list(items, found) if items else _sentences(part)


def _one_each(parts: Sequence[Part], found: Sequence[Statement]) -> Iterator[Claim]:
    """For several questions at once: the best statement or entries for each, no statement twice."""
    shown: list[Statement] = []
    for part in parts:
        if _answers_with_entries(part):
            yield from islice(_entries(part, found), MAX_SENTENCES)
            continue
        new = [s.statement for s in part.ranked if not any(_repeats(s.statement, old) for old in shown)]
        if new and new[0] in [s.statement for s in part.ranked[:MAX_SENTENCES]]:
            shown.append(new[0])
            yield Claim(new[0].plain, (new[0].quote,), "bullet", _heading(new[0]))


def _sentences(part: Part) -> Iterator[Claim]:
    """The best statement, then those nearly as good that add something."""
    shown: list[Statement] = []
    for scored in part.ranked:
        if len(shown) == MAX_SENTENCES or scored.score < NEARLY_AS_GOOD * part.ranked[0].score:
            break
        if not any(_repeats(scored.statement, other) for other in shown):
            shown.append(scored.statement)
    heading = ""
    for statement in shown:
        new = _heading(statement) if _heading(statement) != heading else ""
        heading = new or heading
        layout: Layout = "lead" if statement is shown[0] else "bullet" if _heading(statement) else "sentence"
        yield Claim(statement.plain, (statement.quote,), layout, new)


def _heading(statement: Statement) -> str:
    """The heading that a row or list item needs to be understood; a sentence needs none."""
    alone = statement.block.kind == "paragraph" and not statement.is_label_and_value
    return "" if alone else statement.heading


def _items(part: Part, found: Sequence[Statement]) -> list[Statement]:
    """The list or table when one is asked for and a part of it, or a sentence beside it, is among the best.

    When some items hold more of the question than others ("partnerships in Italy"), only those.
    """
    opens_list = part.ranked[0].statement.text.rstrip().endswith(":")
    if part.asked not in ("list", "steps") and not opens_list:
        return []
    near = [s for s in part.ranked[:MAX_ITEMS] if s.score >= NEARLY_AS_GOOD * part.ranked[0].score]
    if part.asked == "steps":  # a way to do it rather than words about it
        near.sort(key=lambda s: (not s.statement.is_numbered, -s.similarity, *_place(s.statement)))
    for scored in near[:MAX_SENTENCES]:
        section = [s for s in found if _same_section(s, scored.statement)]
        listed = [s for s in section if s.block.kind == "list_item"]
        items = listed or [s for s in section if s.block.kind == "table_row"]
        if len(items) > 1:
            most = max(part.coverage[_place(item)] for item in items)
            least = 0.0 if part.asked == "steps" else NEARLY_AS_GOOD * most
            wanted = sorted((i for i in items if part.coverage[_place(i)] >= least), key=_place)
            return wanted[:MAX_ITEMS] if len(wanted) > 1 else []
    return []


def _whole_list(items: Sequence[Statement], found: Sequence[Statement]) -> Iterator[Claim]:
    """The items in reading order, led by the sentence before them."""
    before = [
        s for s in found
        if s.block.kind == "paragraph" and _same_section(s, items[0]) and _place(s) < _place(items[0])
    ]  # fmt: skip
    if before:
        lead = max(before, key=_place)
        yield Claim(lead.plain, (lead.quote,), "lead", lead.heading)
    numbered = all(item.is_numbered for item in items)
    for number, item in enumerate(items):
        heading = "" if before or number else item.heading
        yield Claim(item.plain, (item.quote,), "step" if numbered else "item", heading)


def _answers_with_entries(part: Part) -> bool:
    """Entries answer when they are most of the best and no single row is what was asked for."""
    if part.asked in ("amount", "date", "duration", "contact", "definition"):
        return False
    best, top = part.ranked[0], [s.statement for s in part.ranked[:5] if s.statement.is_label_and_value]
    if not best.statement.is_label_and_value or len(top) < 3:
        return False
    several = len({(s.document.path, s.chunk.section) for s in top}) > 1
    return several or 2 * len(best.own) <= len(best.near)


def _entries(part: Part, found: Sequence[Statement]) -> Iterator[Claim]:
    """One bullet per entry: its heading, then its rows as far as they fit."""
    chunks = dict.fromkeys(s.statement.chunk for s in part.ranked if s.statement.is_label_and_value)
    rows_of = {chunk: [s for s in found if s.chunk == chunk and s.is_label_and_value] for chunk in chunks}
    covered = {chunk: max(part.coverage[_place(s)] for s in rows) for chunk, rows in rows_of.items()}
    near = (chunk for chunk in chunks if covered[chunk] >= NEARLY_AS_GOOD * max(covered.values()))
    shown: set[tuple[str, str]] = set()
    for chunk in near:
        rows = rows_of[chunk][:MAX_ENTRY_ROWS]
        entry = (rows[0].heading, rows[0].text)  # the same entry may stand in several documents
        if entry in shown or len(shown) == MAX_ENTRIES:
            continue
        shown.add(entry)
        yield Claim("; ".join(row.plain for row in rows), (_joined(rows),), "bullet", rows[0].heading)


def _joined(rows: Sequence[Statement]) -> Quote:
    """One quote from the first row to the last."""
    chunk, span = rows[0].chunk, (rows[0].span[0], rows[-1].span[1])
    text = chunk.text[span[0] - chunk.span[0] : span[1] - chunk.span[0]]
    return Quote(rows[0].document.path, chunk.page_number, span, text)


def _same_section(one: Statement, other: Statement) -> bool:
    return (one.document.path, one.chunk.section) == (other.document.path, other.chunk.section)


def _repeats(one: Statement, other: Statement) -> bool:
    first, second = _words(one.plain, one), _words(other.plain, other)
    return len(first & second) >= 0.7 * max(1, min(len(first), len(second)))
