"""What kind of thing a question asks for, and whether a statement holds one.

Question words are few and closed in every language, so a table serves (`asked.yaml`); it is data about
languages, not about this product's questions. A kind only prefers statements that hold such a thing and
says when none does; it never decides on its own what is relevant.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Asked = Literal["amount", "count", "date", "duration", "contact", "steps", "list", "definition", "other"]

_KINDS: tuple[Asked, ...] = (
    "count", "duration", "date", "contact", "steps", "amount", "list", "definition",
)  # fmt: skip
"""In the order in which their cues are tried: "how long" before "how"."""

FIRST_WORDS = 3  # of a sentence, where its question word stands
_MONTHS = (
    r"(?:jan|feb|mar|mär|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])\w*",
    r"janvier|février|mars|avril|juin|juillet|août",
    r"enero|abril|mayo|junio|julio|agosto|gennaio|maggio|giugno|luglio",
    r"stycz\w+|lut\w+|kwie\w+|czerw\w+|lip\w+|sierp\w+|wrze\w+|paźdz\w+|listop\w+|grud\w+",
)
_MONTH = "|".join(_MONTHS)
_TIME_UNITS = (
    r"hours?|days?|weeks?|months?|years?|h\b|ECTS|Stunden?|Tage?n?|Wochen?|Monate?n?|Jahre?n?",
    r"heures?|jours?|semaines?|mois|ans?\b|années?|horas?|días?|semanas?|mes(?:es)?\b|años?",
    r"ore\b|giorni|settimane|mesi|anni|godzin\w*|dni\b|tygodni\w*|miesi\w+|lata?\b",
    r"uur|dagen|weken|maanden|jaar|dias?\b|anos?\b|zile|săptămâni|luni\b|ώρες|ημέρες|μήνες|έτη|часа|дни|месеца|години",
)
_DEFINITION = re.compile(r"\b(?:d[eé]fini|ορισμ|ορίζ|определ|визнач)", re.IGNORECASE)
_NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_MONEY = r"€|EUR|euro|million|billion|bn\b|DKK|SEK|PLN|CZK|HUF|BGN|RON|USD|lei|zł|kr\b|Mio"
_FREE = r"free\b|kostenlos|gratuit|gratis|no fee|no cost|bezpłat|δωρεάν|безплат|tasuta|zdarma|ingyen"
_HOLDS: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        "amount": rf"\d[\d., ]*\s*(?:%|{_MONEY})|(?:€|EUR|\$|£)\s*\d|\b(?:{_FREE})",
        "count": rf"\d|\b(?:{_NUMBER_WORDS})\b",
        "date": rf"\b(?:19|20)\d\d\b|\b\d{{1,2}}\.? (?:{_MONTH})\b|\b(?:{_MONTH}) \d",
        "duration": rf"\d[\d., ]*\s*(?:to \d+ )?(?:full |working )*(?:{'|'.join(_TIME_UNITS)})",
        "contact": r"[\w.+-]+@[\w-]+\.\w|https?://|www\.|\b[\w-]+\.(?:eu|org|com|gov|net)\b|contact form",
    }.items()
}


def asked_for(question: str, language: str) -> Asked:
    """The kind of thing that the question asks for; "other" when no cue is known.

    Args:
        question: The reader's words.
        language: ISO 639-1 code of the question; English cues are tried after its own.
    """
    for code in dict.fromkeys((language, "en")):
        for kind, pattern in _cues(code):
            if pattern.search(question):
                return kind
    return "other"


def counts(text: str, word: str) -> bool:
    """Whether the text gives a number of what `word` names: "21 competences", "118 signing organisations"."""
    stem = re.escape(word[: max(4, len(word) - 2)])
    return bool(
        re.search(rf"(?:\d|\b(?:{_NUMBER_WORDS})\b)\S*\s+(?:\w+\s+){{0,2}}{stem}", text, re.IGNORECASE)
    )


def holds(kind: Asked, text: str) -> bool | None:
    """Whether the text holds a thing of that kind; None for kinds that cannot be seen on the surface."""
    pattern = _HOLDS.get(kind)
    return bool(pattern.search(text)) if pattern else None


def split_questions(text: str, language: str) -> list[str]:
    """The questions of a message in their order: "when did it start and who pays?" is two.

    A message is cut after a sentence and where a comma or "and" stands before a question word. What is said
    around the questions ("we are a bakery") is left out; a message without a question is one as it stands.
    """
    joints, begins = _joints(language)
    pieces = [piece.strip(" ,") for piece in joints.split(text)]
    questions = [p for p in pieces if begins.match(p) or p.endswith(("?", ";", "\u037e"))]
    return questions or [text]


def is_question(text: str, language: str) -> bool:
    """Whether a sentence has a question word among its first; a question mark alone is no sign of one."""
    begins = _joints(language)[1]
    for sentence in re.split(r"(?<=[.!?;:])\s+", text):
        first, *others = sentence.split(",")
        words = first.split()
        if any(begins.match(" ".join(words[place:])) for place in range(min(FIRST_WORDS, len(words)))):
            return True
        if any(begins.match(clause.strip()) for clause in others):
            return True
    return False


def asks(heading: str, language: str) -> bool:
    """Whether a heading asks something, with a question mark or by its first word."""
    begins = _joints(language)[1], _joints("en")[1]
    return heading.rstrip().endswith(("?", ";", "\u037e")) or any(each.match(heading) for each in begins)


def defines(text: str, word: str, language: str) -> bool:
    """Whether the text says what `word` is: "ClusterXchange is a ...", "... defines ClusterXchange as"."""
    if _DEFINITION.search(text):
        return word.casefold() in text.casefold()
    verbs = _table()["is"].get(language, _table()["is"]["en"])
    begins = rf"^.{{0,12}}?\b{re.escape(word)}.{{0,30}}?\W(?:{verbs})\b"
    return bool(re.search(begins, text, re.IGNORECASE))


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = files("assistant.answering").joinpath("asked.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return table


@cache
def _cues(language: str) -> tuple[tuple[Asked, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(rf"(?:^|\W)(?:{'|'.join(by_language[language])})", re.IGNORECASE))
        for kind in _KINDS
        if language in (by_language := _table().get(kind, {}))
    )


@cache
def _joints(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Where a message is cut, and how a question begins."""
    known = language if language in _table()["question_words"] else "en"
    begins = rf"(?:{'|'.join(_table()['question_words'][known])})\b"
    cut = rf"(?<=[?!;.\u037e])\s+|(?:,|,?\s+{_table()['and'][known]})\s+(?={begins})"
    return re.compile(cut, re.IGNORECASE), re.compile(begins, re.IGNORECASE)
