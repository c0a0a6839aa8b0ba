"""When an offer shall start: "starting in September", "ab Januar 2027", "before 1 March"."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from assistant.records import normalise
from assistant.records.reading import Reading, pattern

BEFORE = 5  # words between "start" and its date

_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?\.?")
_YEAR = re.compile(r"20\d\d")


def start_in(reading: Reading, today: date) -> dict[str, Any]:
    """`starts_after` and `starts_before`, both days included, where "start" stands by a month or a year.

    A month without a year is the next one. "After" and "before" open one end; else it starts within.
    """
    cues = reading.places("start")
    for place, word in enumerate(reading.folded):
        cue = next((each for each in cues if 0 < place - each <= BEFORE), None)
        month = normalise.month_of(word)
        if cue is None or not reading.is_unread(place, place) or not (month or _YEAR.fullmatch(word)):
            continue
        first, last, begin, end = _span(reading, place, month, today)
        between = reading.folded[cue : first + 1]
        if _says(between, "after", reading.language):
            window = {"starts_after": begin}
        elif _says(between, "before", reading.language):
            window = {"starts_before": end if begin != end else begin - timedelta(days=1)}
        else:
            window = {"starts_after": begin, "starts_before": end}
        reading.take(next(iter(window)), cue, last)
        return window
    return {}


def _span(reading: Reading, place: int, month: int, today: date) -> tuple[int, int, date, date]:
    """(first word, last word, first day, last day) of the date around a month or a year."""
    words = reading.folded
    after, before = "".join(words[place + 1 : place + 2]), "".join(words[place - 1 : place])
    if not month:
        year = int(words[place])
        return place, place, date(year, 1, 1), date(year, 12, 31)
    last = place + 1 if _YEAR.fullmatch(after) else place
    year = int(after) if last > place else today.year + (month < today.month)
    if (
        _DAY.fullmatch(before)
        and (day := int(re.sub(r"\D", "", before))) <= monthrange(year, month)[1]
        and day
    ):
        return place - 1, last, date(year, month, day), date(year, month, day)
    return place, last, date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _says(words: list[str], name: str, language: str) -> bool:
    return any(pattern(name, language).fullmatch(word) for word in words)
