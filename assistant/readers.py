"""Who answers from the records: each reader understands one kind of message; the first that does replies."""

from assistant.advice import reader as advice
from assistant.records import funding, offers, pointing
from assistant.records.constraints import Wanted
from assistant.records.reply import Asking, Reader, RecordReply

READERS: tuple[Reader, ...] = (funding.read, advice.read, pointing.read, offers.read)


def answer_to(wanted: Wanted, asking: Asking) -> RecordReply | None:
    """The reply to a wish that is known already, by the reader that it comes from."""
    if wanted.need.type == "funding" and not wanted.advised:
        return funding.answer_to(wanted, asking)
    return advice.answer_to(wanted, asking) if wanted.advised else offers.answer_to(wanted, asking)


def read(asking: Asking) -> RecordReply | None:
    """The reply of the first reader that understands the message."""
    return next((reply for reader in READERS if (reply := reader(asking))), None)
