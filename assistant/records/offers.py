"""What a message wants of the offers: all that meet it, their number, or those that suit best."""

from dataclasses import replace

from assistant.records.constraints import Wanted, can_be_listed, understand_need
from assistant.records.finding import suggest
from assistant.records.listing import look_up
from assistant.records.reply import Asking, RecordReply


def read(asking: Asking) -> RecordReply | None:
    """The list, count or suggestion that a message asks for, if the records can answer it."""
    previous = asking.previous
    wanted = understand_need(
        asking.message,
        asking.language,
        previous=previous if previous and previous.need.type == "opportunity" else None,
        today=asking.today,
        towns=asking.towns,
        known=asking.store.known_terms,
    )
    return answer_to(wanted, asking) if wanted else None


def answer_to(wanted: Wanted, asking: Asking) -> RecordReply | None:
    """What the records say to a wish that is understood."""
    if wanted.need.action != "find":
        return look_up(wanted, asking.store, asking.today)
    if found := suggest(wanted, asking):
        return found
    named = any(subject.others for subject in wanted.subjects)
    if named or wanted.unknown or wanted.need.offset or not can_be_listed(wanted.need):
        return None
    need = wanted.without("topic").need.model_copy(update={"action": "list"})
    return look_up(replace(wanted.without("topic"), need=need), asking.store, asking.today)
