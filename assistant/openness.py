"""Whether a message is too open to help with: "how much?", "apply", "ile to kosztuje" ask of nothing.

Such a message has a few words, and all that carry a topic are general ones of the lexicon: kinds of training,
time, money, questions. A name, a place, a subject or an instrument of the Pact makes it a whole question.
"""

from assistant.answering.asked import asked_for
from assistant.records.concepts import concepts
from assistant.records.reading import read_words
from assistant.retrieval.text import content_words, fold

MOST_WORDS = 5
_GENERAL = ("word.", "kind.", "mode.", "cost.")
_NAMES = frozenset(
    f"word.{name}"
    for name in (
        "pact", "charter", "partnership", "alliance", "cluster", "blueprint", "canvas", "social-partners",
        "ecosystem", "commitment", "target", "coordinator", "join", "member", "employment-office",
        "trade-union", "recognition", "childcare", "career-guidance", "unemployment-benefit", "voucher",
        "grant", "loan", "tax-credit", "subsidy",
    )
)  # fmt: skip
"""General words that name something the documents tell of: whoever asks how to join means the Pact."""
_SAID_OF_NOTHING = frozenset(
    f"common.{name}"
    for name in (
        "want", "need", "can", "know", "find", "look-for", "question", "answer", "help", "information", "pay",
        "cover", "much", "when", "where", "how", "time", "date", "begin", "end", "duration-verb", "amount",
        "money", "give", "receive", "condition", "something", "example", "explain",
    )
)  # fmt: skip


def is_too_open(message: str, language: str) -> bool:
    """Whether it names nothing to look for; `language` is the ISO 639-1 code of the message."""
    reading = read_words(message, language)
    if not 0 < len(reading.words) <= MOST_WORDS or asked_for(message, language) == "definition":
        return False
    general: set[str] = set()
    for first, last, name in concepts("", language).spans(reading):
        if name in _NAMES or not (name.startswith(_GENERAL) or name in _SAID_OF_NOTHING):
            return False
        general |= set(reading.folded[first : last + 1])
    return {fold(word) for word in content_words(message, language)} <= general
