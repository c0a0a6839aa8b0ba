"""The deadlines and starts of a paper as a calendar."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Alarm, Calendar, Event

from assistant.errors import NothingToSaveError
from assistant.takeaway.paper import PRODUCT, Entry, Moment, Paper, is_address

REMINDER = timedelta(days=-7)
_DESCRIBED = ("provider", "starts", "deadline", "how_to_apply", "contact", "url")


def to_ics(paper: Paper) -> bytes:
    """An all-day event for each date that is not over, with a reminder a week before.

    An event keeps its identity from file to file, so importing a newer file updates what is there. Where a
    wording names only a month, the event lasts that month.

    Raises:
        NothingToSaveError: no entry names such a date.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{PRODUCT}//{paper.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", paper.title)
    made = datetime.now(UTC).replace(microsecond=0)
    coming = [pair for pair in paper.moments if pair[1].last >= paper.made_on]
    if not coming:
        raise NothingToSaveError(paper.say("saved_no_dates"))
    for entry, moment in coming:
        calendar.add_component(_event(paper, entry, moment, made))
    return bytes(calendar.to_ical())


def _event(paper: Paper, entry: Entry, moment: Moment, made: datetime) -> Event:
    summary = paper.labelled(moment.name, entry.title)
    event = Event()
    event.add("uid", str(uuid5(NAMESPACE_URL, f"pact-assistant:{entry.reference}:{moment.name}")))
    event.add("dtstamp", made)
    event.add("dtstart", moment.first)
    event.add("dtend", moment.last + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", _description(paper, entry))
    event.add("transp", "TRANSPARENT")  # a deadline does not make the day busy
    if is_address(url := entry.text_of("url")):
        event.add("url", url)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", REMINDER)
    event.add_component(alarm)
    return event


def _description(paper: Paper, entry: Entry) -> str:
    """What to know, in the document's own words, and where it stands."""
    lines = [paper.labelled(name, text) for name in _DESCRIBED if (text := entry.text_of(name))]
    source = f"{paper.title_of(entry.document)}, {paper.place(entry.document, entry.page)}"
    lines.append(paper.labelled("source", f"{source} ({entry.document})"))
    return "\n".join([*lines, "", made_note(paper)])


def made_note(paper: Paper) -> str:
    """When it was made and by what, and to confirm it."""
    from babel.dates import format_date

    return paper.say("saved_note", date=format_date(paper.made_on, "long", locale=paper.locale))
