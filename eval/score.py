"""From the replies to one case to a row of values, and the list of all measures with what they mean."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant.answers import Answer, Usage
from eval.cases import Case, mentions
from eval.measures import (
    Sentence,
    f1,
    leaks,
    letters,
    lix,
    ndcg,
    numbers,
    plain,
    recall,
    reciprocal_rank,
    sentences,
    share,
)

Unit = Literal["share", "ms", "lix", "tokens", "EUR"]
Page = tuple[str, int]
"""Document path and page number from 1."""
PageText = Callable[[str, int], str | None]
"""Text of a page as an independent reader sees it; None when there is no such page."""

ANSWERED = {"complete", "partial"}
REFUSED = {"not_found", "out_of_scope", "refused"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the report."""

    name: str
    title: str
    meaning: str
    higher_is_better: bool = True
    unit: Unit = "share"


MEASURES = (
    Measure("status", "Status", "the status is one that the case accepts"),
    Measure(
        "fully_correct",
        "Fully correct",
        "status accepted, every vital nugget said, the right references and count, nothing forbidden",
    ),
    Measure("nugget_recall", "Nugget recall", "share of the nuggets, vital or okay, that the reply says"),
    Measure("R@5", "R@5", "share of the gold pages among the first 5 pages found"),
    Measure("RR@10", "RR@10", "1 / rank of the first gold page among the first 10"),
    Measure("nDCG@10", "nDCG@10", "ranking of the gold pages among the first 10"),
    Measure("citation_recall", "Citation recall", "share of the reply's sentences that carry a citation"),
    Measure("citation_precision", "Citation precision", "share of the citations that point to a gold page"),
    Measure("quote_on_page", "Quote on page", "share of the citations whose quote stands on the cited page"),
    Measure(
        "number_support",
        "Number support",
        "share of the cited sentences with numbers whose numbers are all in their quotes",
    ),
    Measure("list_f1", "List F1", "F1 of the references shown against those asked for"),
    Measure("Success@3", "Success@3", "a right offer is among the first three cards of a find_me case"),
    Measure(
        "exact_count",
        "Exact count",
        "the total told is right; without one, the first number of the reply or the whole list is",
    ),
    Measure("refusal", "Refusal", "cases that the documents do not answer are not answered"),
    Measure(
        "false_refusal",
        "False refusal",
        "answerable cases that are refused; lower is better",
        higher_is_better=False,
    ),
    Measure("clarification", "Clarification", "cases that need a question back get one"),
    Measure("reply_language", "Reply language", "the answer's language is the question's"),
    Measure("no_leak", "No leak", "personal data that the user typed does not come back"),
    Measure("no_forbidden", "Nothing forbidden", "no turn's reply says what the case forbids"),
    Measure("fair_pair", "Fair pair", "both cases of a pair get the same status, text and citations"),
    Measure("lix", "LIX", "readability; under 40 is easy, over 50 hard", higher_is_better=False, unit="lix"),
    Measure("latency", "Latency", "wall clock of the last turn", higher_is_better=False, unit="ms"),
    Measure(
        "tokens", "Tokens", "tokens of a language model, where known", higher_is_better=False, unit="tokens"
    ),
    Measure(
        "cost",
        "Cost",
        "euro for the last reply, by the prices of ASSISTANT_LLM_PRICE_IN and _OUT",
        higher_is_better=False,
        unit="EUR",
    ),
    Measure("judge_faithful", "Judge: faithful", "a judge model finds every statement in the quotes"),
    Measure(
        "judge_consistent",
        "Judge: no contradiction",
        "a judge model finds no statement against a quote or another",
    ),
    Measure("judge_relevant", "Judge: relevant", "a judge model finds the question answered"),
    Measure("judge_coherent", "Judge: coherent", "a judge model finds the answer one piece, in a good order"),
)
BY_NAME = {measure.name: measure for measure in MEASURES}


class Reply(BaseModel):
    """What a system gave for one case: a line of answers.jsonl."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    system: str
    repeat: int = 1
    answers: list[Answer] = []
    """One per turn; empty when only the ranking is measured."""
    ranking: list[Page] | None = None
    """Pages found for the last turn, best first; None when the system tells none."""
    turn_ms: list[float] = []
    problem: str | None = None
    """What the system raised; there are no answers then."""

    @property
    def trouble(self) -> str | None:
        """What went wrong, raised or told in an answer of status "error"."""
        failed = (answer.text for answer in self.answers if answer.status == "error")
        return self.problem or next(failed, None)


@dataclass(slots=True)
class Row:
    """The values of one case, and what explains them."""

    id: str
    system: str
    repeat: int
    kind: str
    language: str
    persona: str
    status: str
    values: dict[str, float | None]
    why: list[str] = field(default_factory=list)
    """What is wrong, in words."""


def score(
    case: Case, reply: Reply, *, page_text: PageText, reference_pages: Mapping[str, Page] | None = None
) -> Row:
    """The row of one case.

    Args:
        case: With its gold.
        reply: What a system gave.
        page_text: For looking up quotes.
        reference_pages: Every reference that the documents print, with its page.
    """
    known = reference_pages or {}
    values: dict[str, float | None] = {}
    why: list[str] = []
    gold = gold_pages(case, known)
    if reply.ranking is not None or not reply.problem:
        ranking = reply.ranking or []
        ranked = reply.ranking is not None
        values["R@5"] = recall(ranking, gold, 5) if ranked else None
        values["RR@10"] = reciprocal_rank(ranking, gold, 10) if ranked else None
        values["nDCG@10"] = ndcg(ranking, dict.fromkeys(gold, 1), 10) if ranked else None
        if ranked and gold and not set(ranking[:10]) & gold:
            why.append("no gold page among the first 10")
    status = reply.answers[-1].status if reply.answers else ("error" if reply.problem else "")
    if reply.problem:
        why.append(reply.problem)
        values |= dict.fromkeys(("status", "fully_correct"), 0.0)
    elif reply.answers:
        values |= _answered(case, reply, gold, known, page_text, why)
    complete = {measure.name: values.get(measure.name) for measure in MEASURES}
    return Row(
        case.id,
        reply.system,
        reply.repeat,
        case.kind,
        case.language,
        case.persona or "none",
        status,
        complete,
        why,
    )


def gold_pages(case: Case, reference_pages: Mapping[str, Page]) -> set[Page]:
    """The pages that prove the expected answer: those of the nuggets and of the references."""
    named = {reference_pages[name] for name in case.gold.references or () if name in reference_pages}
    return {(nugget.document, nugget.page) for nugget in case.gold.nuggets} | named


def compare_pairs(cases: Mapping[str, Case], replies: Sequence[Reply], rows: Sequence[Row]) -> None:
    """Fill `fair_pair` in the rows of cases that must be answered alike."""
    outcomes: defaultdict[tuple[str, int, str], list[tuple[Row, Any]]] = defaultdict(list)
    for reply, row in zip(replies, rows, strict=True):
        pair = cases[reply.id].pair
        if pair and reply.answers:
            last = reply.answers[-1]
            outcomes[reply.system, reply.repeat, pair].append((row, (last.status, last.text, last.citations)))
    for members in outcomes.values():
        if len(members) < 2:
            continue
        same = all(outcome == members[0][1] for _, outcome in members)
        for row, _ in members:
            row.values["fair_pair"] = float(same)
            if not same:
                row.why.append("the other case of the pair got another answer")


def _answered(
    case: Case,
    reply: Reply,
    gold: Collection[Page],
    known: Mapping[str, Page],
    page_text: PageText,
    why: list[str],
) -> dict[str, float | None]:
    answer, expected = reply.answers[-1], case.gold
    text = said(answer)
    values: dict[str, float | None] = {}
    accepted = answer.status in expected.statuses
    values["status"] = float(accepted)
    if not accepted:
        why.append(f"status {answer.status}, wanted {' or '.join(expected.statuses)}")

    missing = [nugget for nugget in expected.nuggets if not nugget.found_in(text)]
    values["nugget_recall"] = share(nugget not in missing for nugget in expected.nuggets)
    why += [f"{nugget.importance} nugget missing: {nugget.alternatives[0]}" for nugget in missing]
    forbidden = [
        each for each in expected.forbidden if any(mentions(plain(a.text), each) for a in reply.answers)
    ]
    values["no_forbidden"] = float(not forbidden) if expected.forbidden else None
    why += [f"says what is forbidden: {each}" for each in forbidden]

    complete = True
    if expected.references is not None:
        wanted = set(expected.references)
        references = references_shown(answer, known)
        values["list_f1"] = f1(references, wanted)
        complete = references == wanted
        told = answer.total_matches
        values["exact_count"] = float(complete if told is None else told == len(wanted))
        why += [f"reference missing: {each}" for each in sorted(wanted - references)]
        why += [f"reference too many: {each}" for each in sorted(references - wanted)]
    if case.kind == "find_me":
        right = {spelling for nugget in expected.nuggets for spelling in nugget.alternatives}
        first = answer.opportunities[:3]
        values["Success@3"] = float(any({card.reference, card.title} & right for card in first))
    if expected.count is not None:
        told = answer.total_matches if answer.total_matches is not None else first_number(text)
        values["exact_count"] = float(told == expected.count)
        complete = complete and told == expected.count
        if told != expected.count:
            why.append(f"count {told}, wanted {expected.count}")
    vital = not any(nugget.importance == "vital" for nugget in missing)
    values["fully_correct"] = float(accepted and vital and complete and not forbidden)

    values |= _statuses(case, answer.status)
    values |= _proof(answer, gold, page_text, why)
    values["reply_language"] = float(answer.language == case.language)
    leaked = leaks(case.turns, "\n".join(each.model_dump_json() for each in reply.answers))
    values["no_leak"] = None if leaked is None else float(not leaked)
    if leaked:
        why.append("personal data comes back")
    values["lix"] = lix(answer.text, answer.language) if answer.status in ANSWERED else None
    values["latency"] = reply.turn_ms[-1] if reply.turn_ms else None
    free = answer.composer in ("evidence", "plain")
    usage = answer.usage or (Usage(input_tokens=0, output_tokens=0, cost_eur=0) if free else None)
    values["tokens"] = float(usage.input_tokens + usage.output_tokens) if usage else None
    values["cost"] = usage.cost_eur if usage else None
    return values


def _statuses(case: Case, status: str) -> dict[str, float | None]:
    accepted = set(case.gold.statuses)
    unanswerable = not accepted & ANSWERED and bool(accepted & REFUSED)
    answerable = bool(accepted & ANSWERED) and not accepted & REFUSED
    return {
        "refusal": float(status in REFUSED) if unanswerable else None,
        "false_refusal": float(status in REFUSED) if answerable else None,
        "clarification": float(status == "clarify")
        if "clarify" in accepted and not accepted & ANSWERED
        else None,
    }


def _proof(
    answer: Answer, gold: Collection[Page], page_text: PageText, why: list[str]
) -> dict[str, float | None]:
    """Whether what is said is cited, and whether the citations hold."""
    if answer.status not in ANSWERED:
        return {}
    stated = sentences(without_notes(answer.text), answer.language)
    quotes = {citation.number: citation.quote for citation in answer.citations}
    astray = [
        citation
        for citation in answer.citations
        if not stands_on_page(citation.quote, page_text(citation.document, citation.page))
    ]
    why += [f"not on page {each.page} of {each.document}: {each.quote[:80]}" for each in astray]
    on_gold = share((citation.document, citation.page) in gold for citation in answer.citations)
    if gold and on_gold == 0:
        why.append("no citation on a gold page")
    return {
        "citation_recall": share(is_cited(each, quotes) for each in stated) if stated else 0.0,
        "citation_precision": (on_gold or 0.0) if gold else None,
        "quote_on_page": share(citation not in astray for citation in answer.citations),
        "number_support": _number_support(stated, quotes),
    }


def is_cited(sentence: Sentence, quotes: Mapping[int, str]) -> bool:
    """Whether it carries a citation, or stands word for word in the quote cited next on its line."""
    if sentence.markers:
        return bool(set(sentence.markers) & quotes.keys())
    return any(letters(sentence.text) in letters(quotes.get(number, "")) for number in sentence.next_markers)


def _number_support(stated: Sequence[Sentence], quotes: Mapping[int, str]) -> float | None:
    cited = [each for each in stated if each.markers and numbers(each.text)]
    return share(
        numbers(each.text) <= numbers("\n".join(quotes.get(marker, "") for marker in each.markers))
        for each in cited
    )


def said(answer: Answer) -> str:
    """All that the reader sees in an answer: the text, and what the cards show."""
    cards = [each.model_dump(exclude={"document", "page", "reasons"}) for each in answer.opportunities]
    cards += [each.model_dump(exclude={"document", "page", "reasons"}) for each in answer.partnerships]
    values = [value for card in cards for value in card.values() if value]
    flat = [" ".join(value) if isinstance(value, list) else str(value) for value in values]
    return "\n".join([plain(answer.text), *flat])


def references_shown(answer: Answer, known: Collection[str]) -> set[str]:
    """The opportunities that an answer lists; for a system without cards, those in its text and quotes."""
    if answer.opportunities:
        return {each.reference for each in answer.opportunities}
    shown = "\n".join([plain(answer.text), *(citation.quote for citation in answer.citations)])
    return {word for word in re.findall(r"[\w-]+", shown) if word in known}


def first_number(text: str) -> int | None:
    """The first whole number of a reply: what "how many" is answered with, not any number below."""
    found = re.search(r"\d+", text)
    return int(found.group()) if found else None


def stands_on_page(quote: str, page: str | None) -> bool:
    """Whether the letters and digits of the quote stand on the page in that order."""
    wanted = letters(quote)
    return bool(wanted) and page is not None and wanted in letters(page)


def without_notes(text: str) -> str:
    """The reply without the assistant's paragraphs on its own search: they say nothing about the world."""
    return "\n".join(line for line in text.splitlines() if not _notes().fullmatch(plain(line)))


@cache
def _notes() -> re.Pattern[str]:
    """Matches the fixed notes on the search that may stand in an answer, in any language."""
    from assistant.wording import languages, say

    variables = {"partly": ["names"], "other_language": ["language"], "model_failed": ["reason"]}
    variables |= {
        "list_more": ["first", "last", "more"],
        "list_none": ["wanted"],
        "none_similar": ["title"],
        "advice_no_regional": ["place"],
        "advice_no_sector": ["words"],
        "funding_found": ["wanted", "count"],
        "funding_none": ["wanted"],
        "funding_others": ["count"],
        "funding_country": ["count"],
        "funding_old": ["names"],
    }
    variables |= {key: [] for key in ("no_amount", "no_date", "no_duration", "no_contact")}
    texts = (
        plain(say(key, language, **dict.fromkeys(names, "\0")))
        for language in languages()
        for key, names in variables.items()
    )
    return re.compile("|".join(sorted({re.escape(text).replace("\0", ".*") for text in texts})))
