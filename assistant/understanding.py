"""What a message means in its conversation: its language, and the question it asks on its own.

Only what the reader wrote is used. A message that leans on earlier ones ("and in Spain?", "how long does it
take?") is searched together with them, each with its own weight, and its standalone question is the last
self-contained message followed by this one; no word is added that the reader did not write.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.asked import asked_for
from assistant.answers import Persona
from assistant.conversation import Conversation, Turn
from assistant.retrieval.language import SURE, detect_language, language_if_sure
from assistant.retrieval.retriever import WeightedQuery
from assistant.retrieval.text import content_words
from assistant.translation import glosses
from assistant.wording import FALLBACK, languages

EARLIER_MESSAGE_WEIGHT = 0.5  # each step back halves again; measured in DESIGN.md, "Follow-ups"
LAST_REPLY_WEIGHT = 0.2
HISTORY_TURNS = 3

_MASKED = re.compile(r"\[(?:e-mail|phone|IBAN|id|card)\]")
_LEANS = re.compile(
    r"^\s*(?:and|or|but|what about|how about|why|und|oder|aber|et|ou|mais|y|o|pero|e|ma|a|ale|czy|en|of|maar|"
    r"și|dar|και|ή|и|а|но)\b|"
    r"\b(?:it|its|they|them|their|there|that one|this one|the (?:first|second|third|last) one|these|those|"
    r"davon|damit|dafür|dort|ça|cela|celui|celle|eso|ese|esa|allí|questo|quello|là|tego|tam|to|dat|daar|acolo|αυτό|εκεί|това|там)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Understood:
    """One message, understood."""

    message: str
    """What the reader wrote, white space folded."""
    context: str
    """The earlier question that it leans on; empty when it stands alone."""
    queries: tuple[WeightedQuery, ...]
    """What to search for; the first is the message itself."""
    question_language: str
    reply_language: str
    history: tuple[tuple[str, str], ...]
    """(message, text of the reply) of the last turns, oldest first."""

    @property
    def standalone(self) -> str:
        """The question without its conversation, in the reader's own words."""
        return f"{self.context} {self.message}".strip()


def understand(message: str, conversation: Conversation, *, language: str | None = None) -> Understood:
    """Read a message (personal data already masked) in its conversation.

    Args:
        message: What the reader wrote.
        conversation: The turns before it.
        language: ISO 639-1 code that the reader chose for replies; None follows the message.
    """
    message = " ".join(_MASKED.sub(" ", message).split())  # what was masked is nothing to search for
    turns = conversation.turns
    spoken = _language(message, conversation, language)
    leaning = bool(turns) and _leans(message, spoken)
    context = _last_whole_question(turns, spoken) if leaning else ""
    queries = [_query(message, 1.0, spoken)]
    if leaning:
        for steps, turn in enumerate(reversed(turns[-HISTORY_TURNS:])):
            weight = EARLIER_MESSAGE_WEIGHT / 2**steps
            queries.append(_query(turn.question, weight, spoken))
        queries.append(WeightedQuery(turns[-1].answer.text, LAST_REPLY_WEIGHT, None))  # of ours and quotes
    reply = language or spoken
    return Understood(
        message=message,
        context=context,
        queries=tuple(query for query in queries if query.text.strip()),
        question_language=spoken,
        reply_language=reply if reply in languages() else FALLBACK,
        history=tuple((turn.question, turn.answer.text) for turn in turns[-HISTORY_TURNS:]),
    )


def _query(text: str, weight: float, spoken: str) -> WeightedQuery:
    """To search for a message; one too short to tell its language is read in that of the conversation."""
    language = language_if_sure(text)
    english = tuple(gloss.english for gloss in glosses(text, language or spoken))
    return WeightedQuery(text, weight, language, english)


def _leans(message: str, language: str) -> bool:
    """Whether it needs the turns before: too short to stand alone, or short with a word that points back."""
    words = content_words(message, language)
    if len(words) < 5 and _LEANS.search(message):
        return True
    return len(words) < 2 and asked_for(message, language) != "definition"


def _last_whole_question(turns: Sequence[Turn], language: str) -> str:
    return next((t.question for t in reversed(turns) if not _leans(t.question, language)), turns[0].question)


def _language(message: str, conversation: Conversation, chosen: str | None) -> str:
    found, confidence = detect_language(message)
    if confidence >= SURE:
        return found
    if chosen:
        return chosen
    if conversation.turns:
        return conversation.turns[-1].answer.language
    return found if confidence >= SURE / 2 else FALLBACK


def starters(persona: Persona | None = None) -> list[str]:
    """Questions to begin with; a test asks them all of the project's own documents."""
    worker = [
        "Who pays for my training in my country?",
        "Which free digital courses are there?",
        "How do I get the Bildungsgutschein?",
    ]
    sme = [
        "How does a firm join the Pact for Skills?",
        "What does an SME commit to in the construction partnership?",
        "Who can take part in ClusterXchange and what is paid?",
    ]
    return {"worker": worker, "sme": sme}.get(persona or "", [*worker[:2], *sme[:2]])
