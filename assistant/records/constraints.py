"""What a message asks of the records: the constraints that it names, and whether it wants a list.

Words for kinds, modes, groups and sectors come from `vocabulary.yaml`, names of countries and languages from
babel, places and subjects from the records themselves. Inflected names are known by their beginning. Every
constraint keeps the reader's own words, so that the reply can say what was understood. Who asks changes
nothing: a gender, an age or an origin counts only where an offer for that group is asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from assistant.answering.asked import asked_for, is_question
from assistant.records import levels, normalise
from assistant.records.concepts import concepts
from assistant.records.firm import Advised
from assistant.records.limits import limits_in
from assistant.records.naming import adjectives_in, names_in, place_in
from assistant.records.need import TOGETHER, Need
from assistant.records.reading import Chip, Reading, pattern, read_words
from assistant.records.subjects import (
    Known,
    Subject,
    known_subjects,
    meant,
    subjects_in,
    trades_and_skills_in,
    variants,
)
from assistant.records.towns import NO_TOWNS, Towns
from assistant.records.when import start_in

SHORT_FOLLOW_UP = 7  # words; a longer message stands alone
NEAR_NOUN = 3  # words between "which" and the noun that it asks for
PERSONAL = ("women", "refugee", "migrant", "over-50", "young", "disabled")
FOR_WHOM = 3  # words from "for" to the group: "for people with disabilities"
MOSTLY = 0.6  # share of a message that must be constraints, when it neither asks nor counts
_EVERYDAY_COURSES = ("course", "mooc", "micro-credential")  # "course" in a question means all of them
OTHER_QUESTIONS = ("definition", "steps", "contact", "amount", "date", "duration")
OFFER_LIKE = {"kinds", "modes", "free", "audiences", "max_cost_eur", "max_days", "min_days", "languages"}
"""Constraints that only offers can meet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish for records."""

    need: Need
    chips: tuple[Chip, ...] = ()
    unknown: tuple[str, ...] = ()
    """Words of the wish that no record knows."""
    subjects: tuple[Subject, ...] = ()
    advised: Advised | None = None
    """What a firm that asked for advice told, and what it was shown."""

    @property
    def words(self) -> str:
        """What was understood, in the reader's words."""
        return ", ".join(dict.fromkeys(chip.words for chip in self.chips))

    @property
    def removable(self) -> tuple[Chip, ...]:
        """One chip for each constraint that can be taken back alone; several words of one field together."""
        fields = dict.fromkeys(chip.field for chip in self.chips if chip.field in Need.model_fields)
        return tuple(Chip(field, self.words_of(field)) for field in fields)

    def without(self, field: str) -> "Wanted":
        """The wish without the constraint on a field of the need, from its first page on."""
        fields = (field, *TOGETHER.get(field, ()))
        changes = {name: Need.model_fields[name].default for name in (*fields, "offset")}
        return replace(
            self,
            need=self.need.model_copy(update=changes),
            chips=tuple(chip for chip in self.chips if chip.field != field),
            subjects=() if field == "topic" else self.subjects,
        )

    def words_of(self, field: str) -> str:
        """The reader's words for one field of the need, else the field's name."""
        words = dict.fromkeys(chip.words for chip in self.chips if chip.field == field)
        return ", ".join(words) or field.replace("_", " ")


def understand_need(
    message: str,
    language: str,
    *,
    previous: Wanted | None = None,
    today: date | None = None,
    towns: Towns = NO_TOWNS,
    known: Known = set,
) -> Wanted | None:
    """The list, count or suggestion that a message asks for; None when it asks for something else.

    Args:
        message: The reader's words, personal data masked.
        language: ISO 639-1 code of the message.
        previous: What the turn before asked for; a short message may only change it.
        today: For "still open".
        towns: Knows the places where offers are, and other towns.
        known: Tells which index terms occur in the records.
    """
    reading = read_words(message, language)
    if not reading.words:
        return None
    if previous and len(reading.words) <= 3 and reading.unread(pattern("more", language)):
        need = previous.need
        need = need.model_copy(update={"offset": need.offset + need.limit})
        return replace(previous, need=need, unknown=())
    values = constraints_in(reading, language, towns, today)
    nouns = reading.nouns
    action = action_of(reading, nouns, values)
    may_change = previous is not None and not action and _may_change(reading)
    if not action and not may_change:
        return None
    asking = _asking_sentences(reading, action or "")
    subjects, unknown = known_subjects(subjects_in(reading, asking, values), known)
    if action == "find" and not subjects:  # "I weld hulls. What can I learn?"
        subjects, unknown = known_subjects(subjects_in(reading, {*reading.sentences}, values), known)
    if action == "find":
        subjects, unknown = meant(subjects, unknown, reading.places("learn"))
        if any(subject.others for subject in subjects):  # beside a trade, a sector is where one works now
            values.pop("ecosystems", None)
            reading.chips = [chip for chip in reading.chips if chip.field != "ecosystems"]
    chips = [*reading.chips, *(Chip("topic", subject.words) for subject in subjects)]
    if action == "find" and not subjects and not unknown:
        action = "list" if can_be_listed(Need.model_validate(values)) else None
    if action:
        need = Need(action=action, language=language, **_topic_of(subjects), **values)
        return Wanted(need, tuple(chips), unknown, tuple(subjects))
    leaves_open = values or (subjects and asked_for(message, language) == "other")
    return _changed(previous, values, subjects, chips) if previous and leaves_open else None


def can_be_listed(need: Need) -> bool:
    """Whether its constraints say enough without a subject: two, of which one is about offers."""
    asked = {name for name in OFFER_LIKE | {"countries", "ecosystems", "city"} if getattr(need, name)}
    return len(asked) > 1 and bool(asked & OFFER_LIKE)


def action_of(
    reading: Reading, nouns: Sequence[int], values: Mapping[str, Any]
) -> Literal["list", "count", "find"] | None:
    """What the message wants done with offers: all of them, their number, or those that suit best.

    A list or a count needs a noun for offers (or a thing, with constraints) and a word that asks for all of
    them; a message of hardly more than constraints is a list, too. Whoever tells what to learn or become, or
    what is looked for, wants what suits best. A question for something else (what it is, what it costs, when
    it begins) wants none of these; the words of limits and of "free" do not count for that.
    """
    asked = asked_for(reading.without_amounts, reading.language)
    things, all_of_them = reading.places("thing"), _asks_for_all(reading)
    constrained = len(OFFER_LIKE & values.keys())
    if (nouns or constrained) and _counts(reading, [*nouns, *things]):
        return None if reading.places("partnership") else "count"
    told = {
        "definition": bool(reading.places("is_there")),
        "duration": bool({"max_days", "min_days"} & values.keys()),
        "amount": bool({"max_cost_eur", "free"} & values.keys()),
    }
    if (asked in OTHER_QUESTIONS and not told.get(asked)) or reading.places("difference"):
        return None
    wishes = bool(reading.places("learn") or (reading.places("wish") and (nouns or things or values)))
    if nouns and values and _wants_list(reading, nouns, values):
        return "list"
    asks_for_list = all_of_them and (not wishes or reading.places("overview"))
    if (nouns or constrained) and len(values) > 1 and asks_for_list:
        return "list"
    if not wishes and _is_bare_wish(reading, values):
        return "list"
    if wishes:
        return "find"
    says_what = nouns or (things and values) or constrained > 1
    return "find" if says_what and not is_question(reading.text, reading.language) else None


def constraints_in(reading: Reading, language: str, towns: Towns, today: date | None) -> dict[str, Any]:
    """Fields of a `Need` that the message names; their words are marked as understood."""
    values = limits_in(reading)
    if kinds := _concepts(reading, "kind", "kinds", skip=("programme",)):
        meant = [_EVERYDAY_COURSES if kind == "course" else (kind,) for kind in kinds]
        values["kinds"] = tuple(dict.fromkeys(kind for each in meant for kind in each))
    if _concepts(reading, "cost", "free"):
        values["free"] = True
    if modes := _concepts(reading, "mode", "modes"):
        values["modes"] = tuple(modes)
    countries = names_in(reading, language, "countries")
    countries = tuple(dict.fromkeys([*countries, *adjectives_in(reading, language)]))
    languages = names_in(reading, language, "languages")
    place = place_in(reading, language, towns, countries)
    values["countries"] = countries or names_in(reading, language, "countries", misspelt=True)
    values["languages"] = languages or names_in(reading, language, "languages", misspelt=True)
    values |= place
    if audiences := _concepts(reading, "audience", "audiences", only_for=PERSONAL):
        values["audiences"] = tuple(audiences)
    if ecosystems := _concepts(reading, "ecosystem", "ecosystems"):
        values["ecosystems"] = tuple(ecosystems)
    if today:
        values |= start_in(reading, today)
    if eqf := levels.eqf_in(reading.text):
        values["eqf"] = eqf[0]
        for first, last, _ in (span for named in levels.EQF for span in reading.spans(named)):
            reading.take("eqf", first, last)
    if order := _order(reading):
        values["sort"] = order
    if today and (found := reading.unread(pattern("open", language))):
        reading.take("open_on", *found[0][:2])
        values["open_on"] = today
    return {name: value for name, value in values.items() if value not in ((), "")}


def _order(reading: Reading) -> str:
    """The order that is asked for: "cheapest first", "the shortest one"."""
    named = {"cheapest": "cost", "shortest": "duration", "soonest": "starts"}
    for name, order in named.items():
        for first, last, _ in reading.unread(pattern(name, reading.language)):
            reading.take("sort", first, last)
            return order
    return ""


def _concepts(
    reading: Reading, group: str, name: str, *, skip: tuple[str, ...] = (), only_for: tuple[str, ...] = ()
) -> list[str]:
    """Values of a closed set that the message names; those of `only_for` need a "for" before them."""
    found = []
    in_catalogues = [
        (first, last, normalise.owner_of(group, text))
        for first, last, text in reading.unread(normalise.pattern_of(group))
    ]
    if skip:  # "program*" is in "programmer"
        trades = {
            place for first, last, _ in trades_and_skills_in(reading) for place in range(first, last + 1)
        }
        in_catalogues = [each for each in in_catalogues if each[2] not in skip or each[0] not in trades]
    if group == "kind":  # "training" in a question is any offer
        offers = {first for first, _, _ in reading.spans(pattern("any_offer"))}
        in_catalogues = [each for each in in_catalogues if each[0] not in offers]
    for first, last, concept in [*in_catalogues, *_everyday(reading, group, in_catalogues)]:
        is_short = first == last and len(reading.words[first]) == 2
        if is_short and not reading.words[first].isupper():  # "it" is no sector, "IT" is
            continue
        if concept in skip or (concept in only_for and not _after_for(reading, first)):
            reading.take("", first, last)
            continue
        reading.take(name, first, last)
        found.append(concept)
    return list(dict.fromkeys(found))


def _everyday(
    reading: Reading, group: str, known: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """What the lexicon finds beside the words of catalogues; its word for a course is one for any offer."""
    names = normalise.concepts_by_slug(group)
    for first, last, term in concepts(f"{group}.", reading.language).spans(reading):
        overlaps = any(first <= end and begin <= last for begin, end, _ in known)
        if term in ("kind.course", "kind.programme"):
            reading.places_of["offer"].append(first)
        elif not overlaps:
            yield first, last, names[term.partition(".")[2]]


def _after_for(reading: Reading, place: int) -> bool:
    before = range(max(0, place - FOR_WHOM), place)
    words = (reading.folded[each] for each in before if reading.sentences[each] == reading.sentences[place])
    return any(pattern("for", reading.language).fullmatch(word) for word in words)


def _wants_list(reading: Reading, nouns: Sequence[int], values: Mapping[str, Any]) -> bool:
    """Whether "which" or "all" stands with a noun for offers; a kind alone needs them side by side."""
    if reading.places("all"):
        return True
    near = NEAR_NOUN if set(values) != {"kinds"} else 1
    return any(reading.apart(noun, cue) <= near for noun in nouns for cue in reading.places("which"))


def _asks_for_all(reading: Reading) -> bool:
    return any(reading.places(name) for name in ("which", "all", "is_there", "overview"))


def _counts(reading: Reading, nouns: Sequence[int]) -> bool:
    """Whether a noun for offers stands right after "how many"."""
    cues = reading.places("how_many")
    return any(noun > cue and reading.apart(noun, cue) <= NEAR_NOUN for noun in nouns for cue in cues)


def _is_bare_wish(reading: Reading, values: Mapping[str, Any]) -> bool:
    """A message of hardly more than constraints, such as "online apprenticeships, Sweden"."""
    understood = len(reading.used) / len(reading.words)
    return "kinds" in values and len(values) > 1 and understood >= MOSTLY


def _may_change(reading: Reading) -> bool:
    """Whether a message is short enough to change the wish before, and no question of its own."""
    asks = is_question(reading.text, reading.language) and not _asks_for_all(reading)
    return len(reading.words) <= SHORT_FOLLOW_UP and not asks


def _asking_sentences(reading: Reading, action: str) -> set[int]:
    """Numbers of the sentences whose words say what is wanted: with a noun for offers, or words of a wish."""
    cues = ("learn", "wish", "thing") if action == "find" else ()
    places = [*reading.nouns, *(place for name in cues for place in reading.places(name))]
    return {reading.sentences[place] for place in places} or set(reading.sentences)


def _changed(
    previous: Wanted, values: dict[str, Any], subjects: Sequence[Subject], chips: list[Chip]
) -> Wanted:
    """The need of the turn before with what a short message changes."""
    changes = values | {"offset": 0} | (_topic_of(subjects) if subjects else {})
    if "countries" in values and "city" not in values:  # "and in Belgium?" leaves the town
        changes |= {"city": "", "city_names": ()}
    need = Need.model_validate(previous.need.model_dump() | changes)
    kept = [chip for chip in previous.chips if chip.field not in changes]
    return Wanted(need, (*kept, *chips), subjects=tuple(subjects) or previous.subjects)


def _topic_of(subjects: Sequence[Subject]) -> dict[str, Any]:
    return {"topic": " ".join(subject.words for subject in subjects), "topic_terms": variants(subjects)}
