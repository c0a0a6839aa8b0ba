"""What a firm plans, in its own words: people to train, skills, timeline, measures; else empty."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from assistant.advice.firm import numbers_in, numbers_of_people, read_firm, verbatim
from assistant.advice.lexicon import cue
from assistant.records import normalise
from assistant.records.reading import Reading, read_words
from assistant.records.towns import Towns
from assistant.retrieval.text import stopwords

SOON = 4  # words between "train" and whom
LONGEST_LEAD = 4  # words before a year or a length of time that belong to it: "by the end of"
_ARTICLES = ("the", "of", "de", "des", "del", "di", "van")
_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True, slots=True)
class Plan:
    """Verbatim pieces of the reader's messages."""

    people: str = ""
    skills: str = ""
    time: str = ""
    measure: str = ""

    def updated(self, later: "Plan") -> "Plan":
        """This plan with what was said later."""
        said = {field.name: value for field in fields(later) if (value := getattr(later, field.name))}
        return replace(self, **said)


def plan_of(messages: Iterable[str], language: str, towns: Towns, *, drafting: str = "") -> Plan:
    """The plan that messages tell, oldest first; of others than `drafting` only sentences on training."""
    plan = Plan()
    for message in messages:
        plan = plan.updated(_plan_in(message, language, towns, asks_for_draft=message == drafting))
    return plan


def _plan_in(message: str, language: str, towns: Towns, *, asks_for_draft: bool) -> Plan:
    reading = read_words(message, language)
    cues = [place for place, _, _ in reading.spans(cue("train"))]
    measured = [place for place, _, _ in reading.spans(cue("measure"))]
    sentences = {reading.sentences[place] for place in cues}
    if asks_for_draft:
        sentences |= set(reading.sentences)
    if not sentences and not measured:
        return Plan()
    taken: set[int] = set()
    time = _time(reading, message, taken)
    size = (
        read_firm(read_words(message, language), language, towns).size if not asks_for_draft or cues else None
    )
    people, at = _people(reading, message, sentences, size, taken)
    taken |= _small_words(reading)
    end = measured[0] if measured else len(reading.words)
    begin = min([*cues, *([at] if people else [])], default=end)
    said = range(begin, end)
    skills = _piece(reading, message, [p for p in said if reading.sentences[p] in sentences], taken, language)
    measure = _piece(reading, message, range(end + 1, len(reading.words)), taken, language)
    return Plan(people, skills, time if sentences else "", measure)


def _time(reading: Reading, message: str, taken: set[int]) -> str:
    """Years and lengths of time with the words that lead to them; their places are added to `taken`."""
    found = []
    for place, word in enumerate(reading.folded):
        before = reading.folded[place - 1] if place else ""
        is_counted = before.isdigit() or bool(cue("each").fullmatch(before))
        is_length = is_counted and word.isalpha() and _is_time_unit(word)
        if not _YEAR.fullmatch(word) and not is_length:
            continue
        first = place - is_length
        for _ in range(LONGEST_LEAD):
            if first and _leads_to_time(reading.folded[first - 1]) and first - 1 not in taken:
                first -= 1
        taken |= set(range(first, place + 1))
        said = verbatim(reading.words[first : place + 1], message)
        elided = re.search(rf"\b\w['’](?={re.escape(said)})", message)  # "d'ici 2027"
        found.append(f"{elided.group()}{said}" if elided else said)
    return ", ".join(found)


def _is_time_unit(word: str) -> bool:
    return normalise.duration_in(f"1 {word}") is not None


def _leads_to_time(word: str) -> bool:
    is_month = normalise.last_day_in(f"1 {word} 2030") != normalise.last_day_in("2030")
    return word in _ARTICLES or is_month or bool(cue("until").fullmatch(word))


def _people(
    reading: Reading, message: str, sentences: set[int], size: int | None, taken: set[int]
) -> tuple[str, int]:
    """The number of people to train, with its unit or % sign, and its place; ("", 0) when none is told."""
    counted = {first: last for first, last, _ in numbers_of_people(reading)}
    found: list[tuple[int, int]] = []
    for first, last, count in numbers_in(reading):
        is_free = first not in taken and reading.sentences[first] in sentences and count != size
        if is_free and not (_YEAR.fullmatch(reading.folded[first]) and first not in counted):
            found.append((first, counted.get(first, last)))
    if not found:
        return "", 0
    cues = [place for place, _, _ in reading.spans(cue("train"))]
    after = [span for span in found if any(0 < span[0] - place <= SOON for place in cues)]
    first, last = (after or [span for span in found if span[0] in counted] or found)[0]
    taken |= set(range(first, last + 1))
    percent = re.search(rf"\b{re.escape(reading.words[first])}\s?%", message)
    return (percent.group() if percent else " ".join(reading.words[first : last + 1])), first


def _small_words(reading: Reading) -> set[int]:
    """Places of words that ask, want and count: no part of a skill or a measure."""
    groups = ("train", "write", "commitment", "measure", "want", "people", "partnership")
    spans = (span for group in groups for span in reading.spans(cue(group)))
    return {place for first, last, _ in spans for place in range(first, last + 1)}


def _piece(reading: Reading, message: str, places: Sequence[int], taken: set[int], language: str) -> str:
    """The longest run of words that are left, without small words at its ends, as the message has it."""
    ignored = stopwords("en") | stopwords(language)
    runs: list[list[int]] = [[]]
    for place in places:
        if place in taken or (runs[-1] and runs[-1][-1] != place - 1):
            runs.append([])
        if place not in taken:
            runs[-1].append(place)
    best: list[int] = []
    for run in runs:
        while run and reading.folded[run[0]] in ignored:
            run = run[1:]
        while run and reading.folded[run[-1]] in ignored:
            run = run[:-1]
        if len(run) >= len(best) and run:
            best = run
    if not best:
        return ""
    return verbatim([reading.words[place] for place in range(best[0], best[-1] + 1)], message)
