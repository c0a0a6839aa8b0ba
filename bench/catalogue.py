"""A made-up catalogue of any size, and questions about it; the same at each run.

Words, schools and places are drawn unevenly, as in life: some subjects and countries are everywhere, others
nearly nowhere, and fields are left out as often as catalogues leave them out.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from assistant.records.models import Evidence, OpportunityRecord
from assistant.records.need import Need, Sort
from assistant.records.vocabulary import AUDIENCES, CROSS_SECTOR, ECOSYSTEMS, KINDS, MODES

TODAY = date(2026, 11, 24)
SECTORS = (*ECOSYSTEMS, CROSS_SECTOR)
DAYS = (1, 2, 3, 5, 10, 14, 30, 60, 90, 180, 365, 730, 1095)
SORTS = tuple(sort for sort in get_args(Sort) if sort != "match")


def catalogue(size: int) -> list[OpportunityRecord]:
    """That many different offers."""
    draw = random.Random(size)
    return [_offer(number, draw) for number in range(size)]


def questions(of: str, count: int) -> list[Need]:
    """Different needs of one of CLASSES."""
    draw = random.Random(of)
    return [CLASSES[of](draw) for _ in range(count)]


def _offer(number: int, draw: random.Random) -> OpportunityRecord:
    words = _words()
    first, second, *others = (_skewed(words["subjects"], draw) for _ in range(5))
    free = draw.choice((True, False, False, None))
    price, days, level = float(draw.randrange(20, 6000, 10)), draw.choice(DAYS), draw.randrange(2, 8)
    starts = TODAY + timedelta(days=draw.randrange(-700, 500)) if draw.random() < 0.4 else None
    named = f"{_skewed(words['before'], draw)} {first} {_skewed(words['after'], draw)}"
    values = {
        "reference": f"C-{number:06}",
        "title": " ".join(named.split()) + (f" {number % 97}" if number % 3 else ""),
        "kind": _skewed(KINDS, draw),
        "provider": f"{_town(draw)} {_skewed(words['schools'], draw)} {number % 23}",
        "ecosystem": _skewed(SECTORS, draw),
        "countries": (_skewed(words["countries"], draw),) if draw.random() < 0.95 else (),
        "city": _town(draw) if draw.random() < 0.6 else "",
        "languages": tuple(
            dict.fromkeys(_skewed(words["languages"], draw) for _ in range(draw.choice((1, 1, 2))))
        ),
        "mode": draw.choice((*MODES, None)),
        "duration": f"{days} days",
        "duration_days": (days, days + days // 4) if draw.random() < 0.8 else None,
        "eqf": (level, level) if draw.random() < 0.3 else None,
        "cost": "free" if free else f"{price:.0f} EUR",
        "free": free,
        "cost_eur": (0.0, 0.0) if free else (price, price) if free is False else None,
        "audiences": (_skewed(AUDIENCES, draw),) if draw.random() < 0.3 else (),
        "starts_on": starts,
        "deadline_on": starts - timedelta(days=14) if starts and draw.random() < 0.7 else None,
        "skills": tuple(dict.fromkeys((first, second, *others))),
        "target_occupations": tuple(f"{word} {_skewed(words['jobs'], draw)}" for word in (first, second)),
        "how_to_apply": "online form" if draw.random() < 0.5 else "",
        "url": f"https://example.org/{number}",
        "as_of": date(draw.randrange(2015, 2027), draw.randrange(1, 12), 1),
    }
    told = [
        name for name in ("title", "provider", "duration", "cost", "city", "how_to_apply") if values[name]
    ]
    place = {"document": f"catalogue-{number // 4000}.pdf", "page": 1 + number % 400}
    proofs = {name: Evidence.model_validate(place | {"text": values[name]}) for name in told}
    return OpportunityRecord.model_validate(values | {"evidence": proofs})


def _need(draw: random.Random, **values: Any) -> Need:
    """With none to three constraints, most often one or two."""
    words = _words()
    ways: dict[str, Callable[[], Any]] = {
        "kinds": lambda: (_skewed(KINDS, draw),),
        "ecosystems": lambda: (_skewed(SECTORS, draw),),
        "countries": lambda: (_skewed(words["countries"], draw),),
        "languages": lambda: (_skewed(words["languages"], draw),),
        "modes": lambda: (draw.choice(MODES),),
        "free": lambda: True,
        "max_cost_eur": lambda: float(draw.randrange(0, 3000, 50)),
        "max_days": lambda: draw.choice((7, 30, 90, 180)),
        "min_days": lambda: draw.choice((7, 30, 90, 180)),
        "eqf": lambda: draw.randrange(2, 7),
        "audiences": lambda: (draw.choice(AUDIENCES),),
        "provider": lambda: _town(draw),
        "city": lambda: _town(draw),
        "open_on": lambda: TODAY,
        "starts_after": lambda: TODAY + timedelta(days=draw.randrange(300)),
        "starts_before": lambda: TODAY + timedelta(days=draw.randrange(300)),
    }
    chosen = draw.sample(sorted(ways), draw.choice((0, 1, 1, 2, 2, 3)))
    return Need(**{name: ways[name]() for name in chosen}, anywhere=draw.random() < 0.3, **values)


def _subject(draw: random.Random) -> str:
    return " ".join(_skewed(_words()["subjects"], draw) for _ in range(draw.choice((1, 1, 2))))


CLASSES: dict[str, Callable[[random.Random], Need]] = {
    "count": lambda draw: _need(draw, action="count", limit=0),
    "count on a topic": lambda draw: _need(draw, action="count", limit=0, topic=_subject(draw)),
    "list by match": lambda draw: _need(draw, action="list"),
    "list sorted": lambda draw: _need(
        draw, action="list", sort=draw.choice(SORTS), offset=draw.choice((0, 0, 10, 500))
    ),
    "list on a topic": lambda draw: _need(draw, action="list", topic=_subject(draw)),
    "list on a topic, sorted": lambda draw: _need(
        draw, action="list", topic=_subject(draw), sort=draw.choice(SORTS)
    ),
    "ranked by wishes": lambda draw: _need(
        draw,
        action="find",
        topic=f"{_subject(draw)} {draw.choice(('', '', 'technician', 'course'))}",
        topic_terms=draw.choice(((), (_subject(draw),))),
        language=draw.choice(("en", "en", "de", "fr")),
    ),
}
"""What is asked of the records, by name."""


def _town(draw: random.Random) -> str:
    return draw.choice(_words()["towns"]) + draw.choice(_words()["town_ends"])


def _skewed(values: Sequence[str], draw: random.Random) -> str:
    """One of the values; the first are drawn more often."""
    return values[int(len(values) * draw.random() ** 2)]


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = yaml.safe_load(
        Path(__file__).with_name("catalogue.yaml").read_text("utf-8")
    )
    return words
