"""What a message asks of the records: the constraints that it names, and whether it wants a list.

Words for kinds, modes, groups and sectors come from `vocabulary.yaml`, names of countries and languages from
babel, places and subjects from the records themselves. Inflected names are known by their beginning. Every
constraint keeps the reader's own words, so that the reply can say what was understood. Who asks changes
nothing: a gender, an age or an origin counts only where an offer for that group is asked for.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from assistant.answering.asked import asked_for
from assistant.records import normalise
from assistant.records.need import Need
from assistant.retrieval.text import analyse, fold, stopwords

SHORT_FOLLOW_UP = 7  # words; a longer message stands alone
NEAR_NOUN = 3  # words between "which" and the noun that it asks for
PERSONAL = ("women", "refugee", "migrant", "over-50", "young", "disabled")
LONG_WORD = 4  # letters of a word that may say what is wanted, though no record has it
MOSTLY = 0.6  # share of a message that must be constraints, when it neither asks nor counts
_EVERYDAY_COURSES = ("course", "mooc", "micro-credential")  # "course" in a question means all of them
_WORD = re.compile(r"[^\W_]+(?:['’+.-][^\W_]+)*\+*")
MISSPELT = 85  # likeness in per cent
_UNINFLECTED = ("da", "de", "en", "es", "fr", "it", "nl", "pt", "sv")
"""Languages in which names of countries have no case forms."""
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")
_FILLERS = ("offer", "all", "which", "more", "noise", "at_most", "for", "how_many", "person")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|un|dell|all|nell|dall|sull)['’](?=\w)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NATIVE = {
    "AT": "de", "BE": "nl", "BG": "bg", "CY": "el", "CZ": "cs", "DE": "de", "DK": "da", "EE": "et",
    "ES": "es", "FI": "fi", "FR": "fr", "GR": "el", "HR": "hr", "HU": "hu", "IE": "en", "IT": "it",
    "LT": "lt", "LU": "fr", "LV": "lv", "MT": "mt", "NL": "nl", "PL": "pl", "PT": "pt", "RO": "ro",
    "SE": "sv", "SI": "sl", "SK": "sk",
}  # fmt: skip

Known = Callable[[Iterable[str]], set[str]]
"""Which of some index terms occur in a record at all."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One constraint that was understood."""

    field: str
    """Of the `Need`."""
    words: str
    """The reader's own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish for records."""

    need: Need
    chips: tuple[Chip, ...] = ()
    unknown: tuple[str, ...] = ()
    """Words of the wish that no record knows."""

    @property
    def words(self) -> str:
        """What was understood, in the reader's words."""
        return ", ".join(dict.fromkeys(chip.words for chip in self.chips))


@dataclass(slots=True)
class _Reading:
    """The words of a message, and which of them are understood."""

    words: list[str]
    folded: list[str]
    sentences: list[int] = field(default_factory=list)
    """Number of the sentence that each word stands in."""
    used: set[int] = field(default_factory=set)
    chips: list[Chip] = field(default_factory=list)

    @property
    def joined(self) -> str:
        return " ".join(self.folded)

    def take(self, name: str, first: int, last: int) -> None:
        """Mark words `first` to `last` as understood to mean something for the field `name`."""
        self.used |= set(range(first, last + 1))
        if name:
            self.chips.append(Chip(name, " ".join(self.words[first : last + 1])))

    def apart(self, one: int, other: int) -> int:
        """How many words later one word stands than another, without constraints between them."""
        first, last = sorted((one, other))
        return sum(place not in self.used for place in range(first + 1, last)) + 1

    def spans(self, pattern: re.Pattern[str]) -> list[tuple[int, int, str]]:
        """(first word, last word, text) of all that matches."""
        found, text = [], self.joined
        for match in pattern.finditer(text):
            first = text.count(" ", 0, match.start())
            found.append((first, first + match.group().count(" "), match.group()))
        return found

    def unread(self, pattern: re.Pattern[str]) -> list[tuple[int, int, str]]:
        """The spans of which no word is understood yet."""
        return [span for span in self.spans(pattern) if self.is_unread(span[0], span[1])]

    def is_unread(self, first: int, last: int) -> bool:
        """Whether none of the words `first` to `last` is understood yet."""
        return self.used.isdisjoint(range(first, last + 1))

    def phrases(self) -> Iterator[tuple[int, int, str]]:
        """(first word, last word, text) of up to three words in a row, the longer ones first."""
        for length in (3, 2, 1):
            for first in range(len(self.folded) - length + 1):
                yield first, first + length - 1, " ".join(self.folded[first : first + length])

    def places(self, name: str) -> list[int]:
        """Numbers of the words where a phrase of `question_words.yaml` begins."""
        return [first for first, _, _ in self.spans(_pattern(name))]

    @property
    def nouns(self) -> list[int]:
        """Numbers of the words where a noun for offers begins; a programme may be anything, so it is none."""
        kinds = self.spans(normalise.pattern_of("kind"))
        named = [first for first, _, text in kinds if normalise.owner_of("kind", text) != "programme"]
        return named + self.places("offer")


def understand_need(
    message: str,
    language: str,
    *,
    previous: Wanted | None = None,
    today: date | None = None,
    cities: Container[str] = (),
    known: Known = set,
) -> Wanted | None:
    """The list or count that a message asks for; None when it asks for something else.

    Args:
        message: The reader's words, personal data masked.
        language: ISO 639-1 code of the message.
        previous: What the turn before asked for; a short message may only change it.
        today: For "still open".
        cities: Folded names of the places where offers are.
        known: Tells which index terms occur in the records.
    """
    reading = _read(message)
    nouns = reading.nouns
    if not reading.words or not (nouns or previous):
        return None
    if previous and len(reading.words) <= 3 and reading.unread(_pattern("more")):
        need = previous.need
        return Wanted(need.model_copy(update={"offset": need.offset + need.limit}), previous.chips)
    values = _constraints(reading, language, cities, today)
    asked = asked_for(message, language)
    if asked == "amount":  # which "free" looks like, and is not
        rest = [word for place, word in enumerate(reading.words) if place not in reading.used]
        asked = asked_for(" ".join(rest), language)
    is_counted = _counts(reading, nouns)
    wants_list = bool(values) and (is_counted or _wants_list(reading, nouns, asked, values))
    is_bare = _is_bare_wish(reading, values, asked)
    may_change = previous is not None and len(reading.words) <= SHORT_FOLLOW_UP and not wants_list
    if not (wants_list or is_bare or may_change):
        return None
    topic, unknown = _topic(reading, nouns, language, known, values, anywhere=is_counted)
    chips = [*reading.chips, *(Chip("topic", word) for word in topic)]
    if previous and may_change and (values or topic):
        return _changed(previous, values, topic, chips) if values or asked == "other" else None
    if not wants_list and (topic or not is_bare):
        return None
    action: Literal["list", "count"] = "count" if is_counted else "list"
    need = Need(action=action, language=language, topic=" ".join(topic), **values)
    return Wanted(need, tuple(chips), unknown)


def _read(message: str) -> _Reading:
    """The words of a message; what stands in brackets explains the rest and constrains nothing."""
    reading = _Reading([], [])
    for number, sentence in enumerate(_SENTENCE.split(_BRACKETS.sub(" ", message) or message)):
        words = [_ELISION.sub("", word) for word in _WORD.findall(sentence)]
        for part in (part for word in words for part in (word.split("-") if _is_compound(word) else [word])):
            reading.words.append(part)
            reading.folded.append(fold(part))
            reading.sentences.append(number)
    return reading


def _is_compound(word: str) -> bool:
    """Whether a hyphen joins words of their own ("IT-Kurse"), rather than belonging to a term ("on-site")."""
    groups = ("kind", "mode", "audience", "cost")
    return "-" in word and not any(normalise.pattern_of(group).fullmatch(fold(word)) for group in groups)


def _constraints(
    reading: _Reading, language: str, cities: Container[str], today: date | None
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    _limits(reading, values)
    if kinds := _concepts(reading, "kind", "kinds", skip=("programme",)):
        meant = [_EVERYDAY_COURSES if kind == "course" else (kind,) for kind in kinds]
        values["kinds"] = tuple(dict.fromkeys(kind for each in meant for kind in each))
    if _concepts(reading, "cost", "free"):
        values["free"] = True
    if modes := _concepts(reading, "mode", "modes"):
        values["modes"] = tuple(modes)
    if countries := _names(reading, language, "countries"):
        values["countries"] = countries
    if languages := _names(reading, language, "languages"):
        values["languages"] = languages
    if city := _city(reading, cities):
        values["city"] = city
    if audiences := _concepts(reading, "audience", "audiences", only_for=PERSONAL):
        values["audiences"] = tuple(audiences)
    if ecosystems := _concepts(reading, "ecosystem", "ecosystems"):
        values["ecosystems"] = tuple(ecosystems)
    if today and (found := reading.unread(_pattern("open"))):
        reading.take("open_on", *found[0][:2])
        values["open_on"] = today
    return values


def _concepts(
    reading: _Reading, group: str, name: str, *, skip: tuple[str, ...] = (), only_for: tuple[str, ...] = ()
) -> list[str]:
    """Values of a closed set that the message names; those of `only_for` need a "for" before them."""
    found = []
    for first, last, text in reading.unread(normalise.pattern_of(group)):
        concept = normalise.owner_of(group, text)
        if len(text) == 2 and not reading.words[first].isupper():  # "it" is no sector, "IT" is
            continue
        if concept in skip or (concept in only_for and not _after_for(reading, first)):
            reading.take("", first, last)
            continue
        reading.take(name, first, last)
        found.append(concept)
    return list(dict.fromkeys(found))


def _after_for(reading: _Reading, place: int) -> bool:
    before = reading.folded[max(0, place - 2) : place]
    return any(_pattern("for").fullmatch(word) for word in before)


def _limits(reading: _Reading, values: dict[str, Any]) -> None:
    """ "under three months", "up to 200 euro"."""
    for first, last, _ in reading.unread(_pattern("at_most")):
        tail = reading.folded[last + 1 : last + 4]
        amounts = normalise.money_in(" ".join(tail[:2]))
        days = normalise.duration_in(" ".join(_NUMBER_WORDS.get(word, word) for word in tail[:2]))
        if amounts:
            values["max_cost_eur"] = amounts[0]
            reading.take("max_cost_eur", first, last + 2)
        elif days:
            values["max_days"] = days[1]
            reading.take("max_days", first, last + 2)


_NUMBER_WORDS = {
    word: str(number)
    for number, words in {
        1: (
            "one",
            "a",
            "an",
            "ein",
            "eine",
            "einem",
            "un",
            "une",
            "una",
            "uno",
            "een",
            "um",
            "jeden",
            "jednego",
        ),
        2: ("two", "zwei", "deux", "dos", "due", "twee", "dois", "dwa", "dwoch"),
        3: ("three", "drei", "trois", "tres", "tre", "drie", "trzy", "trzech"),
        4: ("four", "vier", "quatre", "cuatro", "quattro", "quatro", "cztery"),
        5: ("five", "funf", "cinq", "cinco", "cinque", "vijf", "piec"),
        6: ("six", "sechs", "seis", "sei", "zes", "szesc"),
    }.items()
    for word in words
}


def _names(reading: _Reading, language: str, name: Literal["countries", "languages"]) -> tuple[str, ...]:
    """Codes of the countries or languages that are named, in any case form."""
    table = _country_forms(language) if name == "countries" else _language_forms(language)
    other = _language_forms(language) if name == "countries" else {}
    inflected, found = language not in _UNINFLECTED, []
    for first, last, text in reading.phrases():
        if not reading.is_unread(first, last):
            continue
        code, fit = _fitting(text, table, inflected=inflected)
        if code and other:  # "po polsku" is a language, "w Polsce" a country
            rival = _fitting(text, other, inflected=inflected)[1]
            spoken = first > 0 and bool(_pattern("in_language").fullmatch(reading.folded[first - 1]))
            if rival > fit or (rival == fit and spoken and not reading.words[first][:1].isupper()):
                continue
        if code and not _is_about_reader(reading, name, first, last):
            reading.take(name, first, last)
            found.append(code)
    return tuple(dict.fromkeys(found))


def _is_about_reader(reading: _Reading, name: str, first: int, last: int) -> bool:
    """Whether a name tells where the reader comes from, not what is wanted: "from Poland", "I am Polish"."""
    before = reading.folded[first - 1] if first else ""
    if name == "countries":
        return bool(_pattern("origin").fullmatch(before))
    nouns = reading.nouns
    asks = reading.sentences[first] in {reading.sentences[noun] for noun in nouns}
    return last + 1 not in nouns and not asks and not _pattern("in_language").fullmatch(before)


def _fitting(text: str, names: dict[str, str], *, inflected: bool) -> tuple[str, float]:
    """The code of the name that a text is or is a form of, and their likeness to 100; ("", 0) for none."""
    from rapidfuzz import fuzz, process

    if text in names:
        return names[text], 100.0
    if len(text) < 5 or " " in text:
        return "", 0.0
    forms = [name for name in names if inflected and _is_form(text, name)]
    if forms:
        best = max(forms, key=lambda name: fuzz.ratio(text, name))
        return names[best], float(fuzz.ratio(text, best))
    if len(text) < 6:
        return "", 0.0
    found = process.extractOne(text, names.keys(), scorer=fuzz.ratio, score_cutoff=MISSPELT)
    return (names[found[0]], float(found[1])) if found else ("", 0.0)


def _is_form(text: str, name: str) -> bool:
    """Whether a word may be a case form of a name: they part only in their last letters."""
    shared = _shared(name, text)
    return len(name) >= 5 and shared >= max(4, len(name) - 2) and len(text) - shared <= 5


def _shared(one: str, other: str) -> int:
    """Letters that two words have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _city(reading: _Reading, cities: Container[str]) -> str:
    for first, last, text in reading.phrases():
        is_name = reading.words[first][:1].isupper() or first > 0
        if len(text) > 3 and is_name and text in cities and first not in reading.used:
            reading.take("city", first, last)
            return text
    return ""


def _wants_list(reading: _Reading, nouns: Sequence[int], asked: str, values: dict[str, Any]) -> bool:
    """Whether "which" or "all" stands with a noun for offers; a kind alone needs them side by side."""
    if asked in ("definition", "steps", "contact", "amount", "date", "duration"):
        return False
    if not nouns:
        return False
    if reading.places("all"):
        return True
    near = NEAR_NOUN if set(values) != {"kinds"} else NEAR_NOUN - 1
    return any(reading.apart(noun, cue) <= near for noun in nouns for cue in reading.places("which"))


def _counts(reading: _Reading, nouns: Sequence[int]) -> bool:
    """Whether a noun for offers stands right after "how many"."""
    cues = reading.places("how_many")
    return any(noun > cue and reading.apart(noun, cue) <= NEAR_NOUN for noun in nouns for cue in cues)


def _is_bare_wish(reading: _Reading, values: dict[str, Any], asked: str) -> bool:
    """A message of hardly more than constraints, such as "online apprenticeships, Sweden"."""
    understood = len(reading.used) / len(reading.words)
    return asked in ("other", "list") and "kinds" in values and len(values) > 1 and understood >= MOSTLY


def _topic(
    reading: _Reading,
    nouns: Sequence[int],
    language: str,
    known: Known,
    values: dict[str, Any],
    *,
    anywhere: bool,
) -> tuple[list[str], tuple[str, ...]]:
    """What is left of the sentences that ask: words that records know, and long ones that none knows."""
    fillers = [_pattern(name) for name in _FILLERS]
    ignored = stopwords("en") | stopwords(language)
    asking = {reading.sentences[noun] for noun in nouns}
    if not asking or anywhere:  # whose number it is may stand in another sentence
        asking = set(reading.sentences)
    left = [
        (word, folded)
        for place, (word, folded) in enumerate(zip(reading.words, reading.folded, strict=True))
        if place not in reading.used
        and reading.sentences[place] in asking
        and folded not in ignored
        and len(folded) > 1
        and not folded.isdecimal()
        and not any(pattern.fullmatch(folded) for pattern in fillers)
        and not any(_belongs(folded, name) for name in values.get("ecosystems", ()))
    ]
    terms = {word: {*analyse(word, "en"), *analyse(word, language)} for word, _ in left}
    there = known({term for own in terms.values() for term in own})
    topic = [word for word, _ in left if terms[word] & there]
    unknown = [word for word, _ in left if not terms[word] & there and len(word) >= LONG_WORD]
    return list(dict.fromkeys(topic)), tuple(dict.fromkeys(unknown))


def _belongs(folded: str, ecosystem: str) -> bool:
    """Whether a word is part of a sector's name that was half understood: "la culture et la création"."""
    words = [word for form in normalise.forms_of("ecosystem", ecosystem) for word in form.rstrip("*").split()]
    beginnings = (word[: max(5, len(word) - 2)] for word in words if len(word) > 4)
    return any(folded.startswith(beginning) for beginning in beginnings)


def _changed(previous: Wanted, values: dict[str, Any], topic: list[str], chips: list[Chip]) -> Wanted:
    """The need of the turn before with what a short message changes."""
    changes = values | {"offset": 0} | ({"topic": " ".join(topic)} if topic else {})
    need = Need.model_validate(previous.need.model_dump() | changes)
    kept = [chip for chip in previous.chips if chip.field not in changes]
    return Wanted(need, (*kept, *chips))


@cache
def _question_words() -> dict[str, list[str]]:
    import yaml

    text = (files("assistant.records") / "question_words.yaml").read_text("utf-8")
    return {name: [str(form) for form in forms] for name, forms in yaml.safe_load(text).items()}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return normalise.compile_forms(_question_words()[name])


@cache
def _country_forms(language: str) -> dict[str, str]:
    """Names of the countries of Europe in a language, in English and in their own."""
    own = {code: _NATIVE.get(code, "en") for code in normalise.EUROPE}
    return _forms("territories", own, language) | normalise.other_country_names()


@cache
def _language_forms(language: str) -> dict[str, str]:
    """Names of languages in a language, in English and in their own."""
    return _forms("languages", {code: code for code in normalise.LOCALES}, language)


def _forms(
    table: Literal["territories", "languages"], own: Mapping[str, str], language: str
) -> dict[str, str]:
    """Folded name -> code, for each code of `own`, which gives its own language."""
    from babel import Locale

    names: dict[str, str] = {}
    for code, native in own.items():
        locales = dict.fromkeys((language, "en", native))
        tables = (getattr(Locale.parse(each), table) for each in locales if each in normalise.LOCALES)
        found = (names_of.get(code) for names_of in tables)
        names |= {fold(name): code for name in found if name}
    return names
