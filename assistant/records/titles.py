"""What entries are called and who provides them, where a label does not say it.

An entry alone does not tell whether "Card 12" or the first of its labels names it, whether the line below its
title is a subtitle or a school, whether "12." belongs to the title. All entries of a document together do: a
title says something else in each, a number counts, providers are mostly names of organisations.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from assistant.records.cuts import deliberate_break
from assistant.records.entry import Entry, Value
from assistant.records.labelled import Line
from assistant.records.learn import is_value_of_a_kind, names_organisation, says_names
from assistant.retrieval.text import content_words, fold

FEWEST_NAMED = 3  # entries, for one of their labels to be found to name them
LONGEST_BEGIN = 8  # words that lines about providers have in common
FEWEST_OFFERS = 5  # without any provider, for one to be looked for outside of labels
MOSTLY = 0.7  # share of entries with a heading of their own, for headings to be the titles
NEARLY_ALL = 0.9
SEEM_NAMES = 0.4  # share of the texts in a place that seem to be names of organisations, for all to be

_OFFERED = {"kind", "languages", "mode", "skills", "duration", "cost", "countries", "city", "certificate",
            "url", "starts", "level", "eligibility", "funding"}  # fmt: skip
_TELLING = {"kind", "languages", "mode", "skills"}
"""One of these is told of most offers, and of little else."""
_NUMBER = re.compile(
    r"^(?P<lead>[^\W\d_]{0,12}(?:[ -][^\W\d_]{1,12})?\.?\s?[#№]?\s?)"
    r"(?P<number>\d{1,5}(?:[./-]\d{1,5})*)(?P<sign>\s?[.):–—|-]|\s?:|(?=\s))\s+(?=\S)"
)
_LEADS = re.compile(r"^(?:|#|№|.{0,12}\.|[^\W\d_]{1,3}|.*(?:num|nr|no|n)[^\W\d_]{0,4}\.?)$", re.IGNORECASE)
"""What may stand before the number of an entry: "No", "Course no.", "Nr.", or nothing."""
_SIGNS = tuple(re.compile(sign) for sign in (r"\s+\|\s+", r"\s+[–—]\s+", r"\s+[·•]\s+", r"\s+-\s+"))
"""What may stand between a title and a provider; the last one stands in titles, too."""


def named(entries: list[Entry]) -> list[Entry]:
    """The entries with their titles and providers."""
    if not _title_by_label(entries) and not _title_by_heading(entries):
        _title_by_place(entries)
    _with_providers(entries)
    _without_numbers(entries)
    return _named_apart(entries)


def _title_by_label(entries: Sequence[Entry]) -> bool:
    """Name entries without a title of their own by a label that says something else in each."""
    entries = [entry for entry in entries if len(entry.values) > 1]
    kinds_of_title = Counter(_without_digits(entry.title) for entry in entries)
    poor = [entry for entry in entries if not entry.title]
    if len(entries) >= FEWEST_NAMED and len(kinds_of_title) <= len(entries) / 2:
        poor = list(entries)
    label = _naming_label(entries) if poor else ""
    if not label:
        return False
    for entry in poor:
        if value := next((each for each in entry.values if each.printed == label and not each.label), None):
            entry.title, entry.page = value.text, value.page
            entry.values.remove(value)
            entry.strange -= 1
    return len(poor) == len(entries)


def _naming_label(entries: Sequence[Entry]) -> str:
    """The first label of unknown meaning that nearly all entries have and that says words, others in each."""
    told: dict[str, list[Value]] = {}
    for entry in entries:
        for value in entry.values[:3]:
            if not value.label and value.text:
                told.setdefault(value.printed, []).append(value)
    for label, values in told.items():
        words = sum(sum(map(str.isalpha, value.text)) > 3 for value in values)
        distinct = len({value.text for value in values}) > NEARLY_ALL * len(values)
        if len(values) > MOSTLY * len(entries) and distinct and words > NEARLY_ALL * len(values):
            return label
    return ""


def _without_digits(text: str) -> str:
    return re.sub(r"\d+", "#", fold(text))


def _title_by_heading(entries: Sequence[Entry]) -> bool:
    """Name entries by the headings right above them, where nearly all have one of their own."""
    headed_ones = [entry for entry in entries if entry.above[0]]
    if not entries or len(headed_ones) < MOSTLY * len(entries):
        return False
    lined = sum(
        bool(entry.title) and any(entry.title == line.text for line in entry.loose) for entry in entries
    )
    kinds = sum(_is_chapter(entry.above[0]) for entry in headed_ones)
    are_chapters = len(headed_ones) < 0.95 * len(entries) or kinds > MOSTLY * len(headed_ones)
    if lined > MOSTLY * len(entries) and are_chapters:
        return False
    for entry in headed_ones:
        entry.title, entry.page = entry.above
    return True


def _is_chapter(heading: str) -> bool:
    """ "Portugal", "Apprenticeships"."""
    is_short = all(len(part.split()) <= 3 for part in heading.split(","))
    return is_short and is_value_of_a_kind(heading)


def _title_by_place(entries: Sequence[Entry]) -> None:
    """Name entries by the first of two lines above their values, where the second says the same in many."""
    pairs = [(entry, _heads(entry)) for entry in entries]
    pairs = [(entry, heads) for entry, heads in pairs if len(heads) == 2 and entry.title == heads[1].text]
    if len(pairs) < max(FEWEST_OFFERS, MOSTLY * len(entries)):
        return
    firsts, seconds = ({_without_digits(heads[at].text) for _, heads in pairs} for at in (0, 1))
    if len(firsts) > NEARLY_ALL * len(pairs) and len(seconds) < 0.5 * len(pairs):
        for entry, heads in pairs:
            entry.title, entry.page = heads[0].text, heads[0].page


def _heads(entry: Entry) -> list[Line]:
    """The lines above its values that are no sentences."""
    return [line for line in entry.loose if not line.text.endswith((".", "!", "?", ":", ";"))]


def _without_numbers(entries: Sequence[Entry]) -> None:
    """Cut "12.", "3.1" or "No 12" off the titles, where most of them are counted."""
    matches = [(entry, match) for entry in entries if (match := _NUMBER.match(entry.title))]
    alike: defaultdict[tuple[str, str], list[tuple[Entry, re.Match[str]]]] = defaultdict(list)
    for entry, match in matches:
        alike[match["lead"].strip(), match["sign"].strip()].append((entry, match))
    for (lead, sign), own in alike.items():
        numbers = {match["number"] for _, match in own}
        is_marked = bool(lead or sign) or all("." in number for number in numbers)
        is_often = len(own) > max(2, len(entries) / 2) and len(numbers) > NEARLY_ALL * len(own)
        if is_often and is_marked and _LEADS.match(lead):
            for entry, match in own:
                entry.title = entry.title[match.end() :]


# ---- providers ---------------------------------------------------------------------------------------------


def _has_provider(entry: Entry) -> bool:
    return any(value.label == "provider" and value.text for value in entry.values)


_Found = list[tuple[Entry, str, str]]
"""(entry, title, provider)"""


def _with_providers(entries: Sequence[Entry]) -> None:
    """Find who provides the offers, where no label tells it in any of them."""
    offers = [entry for entry in entries if sum(value.label in _OFFERED for value in entry.values) > 1]
    told = sum(any(value.label in _TELLING for value in entry.values) for entry in offers)
    if len(offers) < max(FEWEST_OFFERS, MOSTLY * len(entries)) or told < 0.5 * len(offers):
        return
    if sum(_has_provider(entry) for entry in offers) > 0.1 * len(offers):
        return
    weak, *strong = reversed([_behind(sign) for sign in _SIGNS])
    for find in (_in_sentence, _in_brackets, *reversed(strong), _in_pieces, _in_lines, _before_heading, weak):
        found = find(offers)
        texts = [provider for _, _, provider in found]
        seem = sum(names_organisation(text) or says_names(text) for text in texts)
        least = NEARLY_ALL if find is weak else MOSTLY
        if len(found) > least * len(offers) and seem > SEEM_NAMES * len(found):
            for entry, title, provider in found:
                entry.title = title
                entry.values.insert(0, Value("provider", provider, entry.page, provider))
            return


def _in_pieces(entries: Sequence[Entry]) -> _Found:
    """Title and provider below each other in one block or cell."""
    width = max((len(piece) for entry in entries for piece in entry.pieces), default=0)
    found: _Found = []
    for entry in entries:
        at = deliberate_break(entry.pieces, width)
        if at and " ".join(entry.pieces) == entry.title:
            found.append((entry, " ".join(entry.pieces[:at]), " ".join(entry.pieces[at:])))
    return _provider_last(found)


def _in_lines(entries: Sequence[Entry]) -> _Found:
    """The provider on a line of its own below the title, or above it."""
    found: _Found = []
    both: list[tuple[Entry, str, str]] = []
    for entry in entries:
        lines = [line.text for line in _heads(entry)]
        if entry.title not in lines:
            found += [(entry, entry.title, lines[0])] if lines else []
        elif len(lines) > 1:
            both.append((entry, lines[-2], lines[-1]))
    return _provider_last(both) if len(both) > len(found) else found


def _before_heading(entries: Sequence[Entry]) -> _Found:
    """The provider on a line of its own above the heading."""
    return [(entry, entry.title, entry.before) for entry in entries if entry.before]


def _provider_last(found: _Found) -> _Found:
    """The two texts the other way round, where the first of them are names of organisations more often."""
    above, below = (sum(names_organisation(pair[at]) for _, *pair in found) for at in (0, 1))
    return [(entry, two, one) for entry, one, two in found] if above > below else found


def _in_sentence(entries: Sequence[Entry]) -> _Found:
    """A line that begins alike in all entries: "Delivered by", "This course is offered by"."""
    lines = [(entry, [line.text for line in entry.loose]) for entry in entries]
    beside = [(entry, [text for text in texts if text != entry.title]) for entry, texts in lines]
    return _beginning_alike(beside) or _beginning_alike(lines)


def _beginning_alike(told: Sequence[tuple[Entry, Sequence[str]]]) -> _Found:
    """(entry, title, what follows the words that all have in common); the title is another line than that."""
    begins = Counter(
        begin for _, texts in told for begin in {each for text in texts for each in _begins(text)}
    )
    often = [begin for begin, count in begins.items() if count > MOSTLY * len(told)]
    if not often:
        return []
    begin = max(often, key=len)
    found: _Found = []
    for entry, texts in told:
        text = next((text for text in texts if text.startswith(f"{begin} ")), "")
        above = [line.text for line in _heads(entry) if line.text != text]
        title = entry.title if entry.title != text else next(reversed(above), "")
        if title and (rest := text[len(begin) :].strip(" :.")):
            found.append((entry, title, rest))
    return found


def _begins(text: str) -> Iterator[str]:
    words = text.split()
    return (" ".join(words[:length]) for length in range(1, min(LONGEST_BEGIN, len(words) - 1) + 1))


def _in_brackets(entries: Sequence[Entry]) -> _Found:
    """ "Welding (Technical School)"."""
    parted = [(entry, _opening(entry.title)) for entry in entries]
    return [(entry, entry.title[:at].rstrip(), entry.title[at + 1 : -1]) for entry, at in parted if at > 1]


def _opening(text: str) -> int:
    """Where the bracket opens that the last letter closes; -1 when it closes none."""
    depth = 0
    for at in range(len(text) - 1, -1, -1) if text.endswith(")") else ():
        depth += (text[at] == ")") - (text[at] == "(")
        if not depth:
            return at
    return -1


def _behind(sign: re.Pattern[str]) -> Callable[[Sequence[Entry]], _Found]:
    """ "Welding | Technical School"."""

    def find(entries: Sequence[Entry]) -> _Found:
        parted = [(entry, list(sign.finditer(entry.title))) for entry in entries]
        return [
            (entry, entry.title[: signs[-1].start()], entry.title[signs[-1].end() :])
            for entry, signs in parted
            if signs
        ]

    return find


def _named_apart(entries: list[Entry]) -> list[Entry]:
    """The entries by the names of their tables where the heading cannot be the title.

    It cannot where several entries stand below it, or where it shares no word with the name.
    """
    below = Counter(entry.heading for entry in entries if entry.name[0])
    called = Counter(entry.name[0] for entry in entries)
    for entry in entries:
        name, page = entry.name
        if called[name] > 1:  # "Detail", which names nothing
            entry.name = ("", 0)
        elif name and below[entry.heading] > 1:
            entry.title, entry.page, entry.name = name, page, ("", 0)
        elif name and not _words(entry.title) & _words(name):
            (entry.title, entry.page), entry.name = (name, page), (entry.title, entry.page)
    return entries


def _words(text: str) -> set[str]:
    return {fold(word) for word in re.findall(r"\w{3,}", " ".join(content_words(text, "en")))}
