"""What a reader wants of the records: hard constraints that filter, soft wishes that rank, what to do then.

The conversation and `assistant find` make the same `Need`, and `RecordStore.find` answers it.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.records.models import Mode, RecordType

Action = Literal["list", "count", "find", "compare", "similar"]
Sort = Literal["match", "cost", "duration", "starts", "deadline", "title"]

TOGETHER = {"topic": ("topic_terms",), "city": ("city_names",), "starts_after": ("starts_before",)}
"""Fields that say no more once the one is given up."""


class Need(BaseModel):
    """Every field left at its default asks nothing. Values of one field are alternatives; fields add up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: RecordType = "opportunity"
    action: Action = "find"
    kinds: tuple[str, ...] = ()
    ecosystems: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    """ISO codes. A record for "EU" is for all countries; one country's list shows it only if `anywhere`."""
    anywhere: bool = False
    """Offers that can be taken from anywhere (online, or EU-wide) count for `countries` too."""
    city: str = ""
    """As the reader wrote it; hard in lists and counts, a wish that ranks otherwise."""
    city_names: tuple[str, ...] = ()
    """What records call that place and, where the reader wants it near, places around it; folded."""
    languages: tuple[str, ...] = ()
    """Teaching languages, ISO 639-1."""
    modes: tuple[Mode, ...] = ()
    free: bool | None = None
    max_cost_eur: float | None = None
    max_days: int | None = None
    min_days: int | None = None
    eqf: int | None = None
    digcomp: int | None = None
    """Level 1 to 8; it is met by a record whose levels include it, as with `eqf`."""
    audiences: tuple[str, ...] = ()
    """Groups that the reader asked offers for; offers open to everybody stay in."""
    provider: str = ""
    paid_by: tuple[str, ...] = ()
    """References of funding schemes, one of which can pay for the offer."""
    topic: str = ""
    """Skills, occupation or subject in the reader's words; ranks, and filters in lists."""
    topic_terms: tuple[str, ...] = ()
    """Other words for `topic` (English labels of its concepts, for instance); alternatives to it."""
    language: str = "en"
    """ISO 639-1 code of the words in `topic`."""
    scale: str = ""
    """Of partnerships: large-scale or regional."""
    open_on: date | None = None
    """Only what is not known to be closed on that day."""
    starts_before: date | None = None
    starts_after: date | None = None
    sort: Sort = "match"
    limit: int = 10
    offset: int = 0
