"""What the documents say about joining in general: our own questions, each answer checked for its words."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.answering.claims import Claim, Quote
from assistant.index.reader import Index
from assistant.records import normalise
from assistant.records.models import PartnershipRecord

Ask = Callable[[str], tuple[Claim, ...]]
"""An English question -> what the documents prove about it, in reading order; () when they do not answer."""

LONGEST_CLAIM = 300  # characters; whole tables are no answer to one question
MOST_STEPS = 6
_COUNTED = re.compile(r"\d\s+(?:[\w-]+\s+){0,3}partnerships", re.IGNORECASE)
_SCALES = {"large-scale": "large-scale", "regional": "regional"}


def about(topic: str, ask: Ask, heading: str = "") -> Iterator[Claim]:
    """Bullets on a topic of `topics.yaml`, the first one under `heading`."""
    wanted = _topics()[topic]
    shown = 0
    told = [claim for question in wanted["questions"] for claim in ask(question)[: wanted["first"]]]
    for claim in {claim.text: claim for claim in told}.values():
        if shown < wanted["most"] and len(claim.text) <= LONGEST_CLAIM and _holds(topic).search(claim.text):
            yield replace(claim, layout="bullet", heading="" if shown else heading)
            shown += 1


def steps_for(record: PartnershipRecord, ask: Ask, heading: str) -> list[Claim]:
    """How to join one partnership, step by step, as its own document tells; [] when that tells no steps."""
    found = [
        claim
        for claim in ask(f"How can a small company join the {record.title}?")
        if claim.layout == "step" and all(quote.document == record.document for quote in claim.quotes)
    ]
    return [replace(claim, heading=heading if not at else "") for at, claim in enumerate(found[:MOST_STEPS])]


def usual_steps(ask: Ask, heading: str) -> list[Claim]:
    """How to join the Pact itself, step by step: what every partnership asks first."""
    told = ask("By which steps does a company join the Pact for Skills, step by step?")
    found = [claim for claim in told if claim.layout == "step"]
    return [replace(claim, heading=heading if not at else "") for at, claim in enumerate(found[:MOST_STEPS])]


def counted(scale: str, ask: Ask) -> list[Claim]:
    """How many partnerships of a scale there are, in the documents' words: the sentence that counts them."""
    word = _SCALES.get(scale, "")
    question = f"How many {word} skills partnerships are there?".replace("  ", " ")
    told = [claim for claim in ask(question) if _COUNTED.search(claim.text) and word in claim.text]
    return [replace(claim, layout="lead", heading="") for claim in told if claim.layout == "lead"][:1]


def regional_in(country: str, ask: Ask, index: Index, known: Sequence[str]) -> list[Claim]:
    """What the documents say of a regional partnership in a country that is none of the `known` titles.

    The heading above a sentence must name the country, and proves with it where the partnership is.
    """
    from babel import Locale

    name = Locale("en").territories.get(country, "")
    found: list[Claim] = []
    for claim in ask(f"Which regional skills partnership works in {name}?") if name else ():
        above = [heading for quote in claim.quotes if (heading := _heading_above(quote, index))]
        is_there = above and all(country in normalise.countries_named(heading.text) for heading in above)
        is_new = not any(" ".join(heading.text.split()) in known for heading in above)
        if is_there and is_new and len(claim.text) <= LONGEST_CLAIM:
            found.append(Claim(claim.text, (above[0], *claim.quotes), "sentence", above[0].text))
    return [replace(claim, heading=claim.heading if not at else "") for at, claim in enumerate(found[:2])]


def _heading_above(quote: Quote, index: Index) -> Quote | None:
    page = index.page(quote.document, quote.page_number)
    above = [each for each in page.blocks if each.kind == "heading" and each.span[1] <= quote.span[0]]
    if not above:
        return None
    span = above[-1].span
    return Quote(quote.document, quote.page_number, span, page.text[slice(*span)])


@cache
def _topics() -> dict[str, dict[str, Any]]:
    import yaml

    found: dict[str, dict[str, Any]] = yaml.safe_load(
        (files("assistant.advice") / "topics.yaml").read_text("utf-8")
    )
    return found


@cache
def _holds(topic: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, _topics()[topic]["holds"]))
    return re.compile(rf"\b(?:{words})", re.IGNORECASE)
