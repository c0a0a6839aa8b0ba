"""Limits of time and money in a message: "under three months", "up to 200 euro", "1500 euró alatti"."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.records import normalise
from assistant.records.reading import Reading, pattern

BEFORE = 4  # words between a cue and the quantity that it limits
AFTER = 2
NEGATED = 3  # words between "not" and "more than"
HALF = "0.5"
LONG_UNIT = 4  # letters of a unit of time that counts without a number


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A length of time or a price: words `first` to `last`."""

    first: int
    last: int
    days: int = 0
    euro: float | None = None


def limits_in(reading: Reading) -> dict[str, Any]:
    """`max_days`, `min_days` and `max_cost_eur`, where a word for "at most" or "at least" stands near."""
    values: dict[str, Any] = {}
    least = reading.unread(pattern("at_least", reading.language))
    most = reading.unread(pattern("at_most", reading.language))
    negated = [cue for cue in least if _is_negated(reading, cue)]
    least, most = [cue for cue in least if cue not in negated], [*most, *negated]
    quantities = list(_quantities(reading))
    begins = {quantity.first for quantity in quantities}
    for quantity in quantities:
        low, high = _cue(quantity, least, begins), _cue(quantity, most, begins)
        cue = low if low and (not high or _apart(quantity, low) < _apart(quantity, high)) else high
        if not cue or (cue is low and quantity.euro is not None):
            continue
        name = "max_cost_eur" if quantity.euro is not None else "min_days" if cue is low else "max_days"
        values[name] = quantity.euro if quantity.euro is not None else quantity.days
        reading.take(name, min(cue[0], quantity.first), max(cue[1], quantity.last))
    return values


def _quantities(reading: Reading) -> Iterator[_Quantity]:
    """In their order; "half a year" and a unit without a number ("under a month", "mjesec dana") count."""
    words, place = reading.folded, 0
    while place < len(words):
        word, rest = words[place], words[place + 1 : place + 3]
        number = word if _is_number(word) else normalise.owner_of("number", word)
        if number == HALF and normalise.owner_of("number", "".join(rest[:1])) == "1":
            rest = rest[1:]  # "half a year"
        after = "".join(rest[:1])
        last = place + 1 + (len(words[place + 1 : place + 3]) - len(rest))
        if number and (days := normalise.duration_in(f"{number} {after}")):
            yield _Quantity(place, last, days=days[1])
        elif _is_number(word) and normalise.is_currency(after):
            yield _Quantity(place, place + 1, euro=_amount(word))
        elif normalise.is_currency(word) and _is_number(after):
            yield _Quantity(place, place + 1, euro=_amount(after))
        elif len(word) >= LONG_UNIT and (days := normalise.duration_in(f"1 {word}")):
            yield _Quantity(place, place, days=days[1])
            last = place + bool(after and normalise.duration_in(f"1 {after}"))  # "mjesec dana"
        else:
            last = place
        place = last + 1


def _amount(word: str) -> float:
    return float(word.replace(",", "."))


def _is_number(word: str) -> bool:
    return word.replace(",", "").replace(".", "").isdecimal()


def _cue(
    quantity: _Quantity, cues: list[tuple[int, int, str]], begins: Container[int]
) -> tuple[int, int, str] | None:
    """The nearest cue before the quantity, or right after it, unless it belongs to the one that follows."""
    near = [
        cue
        for cue in cues
        if 0 < quantity.first - cue[1] <= BEFORE
        or (0 < cue[0] - quantity.last <= AFTER and cue[1] + 1 not in begins)
    ]
    return min(near, key=lambda cue: _apart(quantity, cue), default=None)


def _is_negated(reading: Reading, cue: tuple[int, int, str]) -> bool:
    """ "not more than", "que no dure más de"."""
    before = reading.folded[max(0, cue[0] - NEGATED) : cue[0]]
    return any(pattern("negation", reading.language).fullmatch(word) for word in before)


def _apart(quantity: _Quantity, cue: tuple[int, int, str]) -> int:
    return max(quantity.first - cue[1], cue[0] - quantity.last)
