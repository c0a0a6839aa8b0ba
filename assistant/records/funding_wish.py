"""Whether a message asks who pays for training, and for whom and where.

Precision comes first: all words of a rule must come from one language, and a question on one named scheme, on
the Pact's own money or on courses is left to others. The reader's own status counts, since schemes are made
for it; age, gender and origin count only where a scheme for that group is asked for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from assistant.answering.asked import asked_for
from assistant.answers import Persona
from assistant.records.constraints import PERSONAL, SHORT_FOLLOW_UP, Wanted
from assistant.records.funding_words import (
    corrected,
    group_spans,
    languages_from,
    pattern,
    region_country,
    words_of,
)
from assistant.records.naming import adjectives_in, names_in, place_in
from assistant.records.need import Need
from assistant.records.reading import Reading, read_words
from assistant.records.reading import pattern as question_words
from assistant.records.towns import NO_TOWNS, Towns
from assistant.records.vocabulary import AUDIENCES
from assistant.retrieval.text import fold, stopwords

STATUSES = ("unemployed", "employed", "self-employed", "sme", "low-qualified")
"""Groups that a reader may say to belong to; for the others a scheme must be asked for."""
NEAR_PAYER = 4  # words from "who" to "pays"
NEAR_HELP = 4  # words from "help" to the training that it is for
NEAR_SELF = 3  # words from "I am" to the status
SHORT_WISH = 8  # words of a wish without a verb
LONG_NAME = 5  # letters of a scheme's name that may have a case ending
_GLUED = re.compile(r"(?<!\w)(?:[bfx]['’]|g?ħal[lrstdnxzċż]-)(?=\w)", re.IGNORECASE)  # Maltese prepositions
_NAME = re.compile(r"(?=\w*[A-ZΑ-ΩА-Я]\w*[A-ZΑ-ΩА-Я])\w{3,}|\w+\+|\w+[.-]\d[\w.]*")
_PART = re.compile(r"\w+\+*")
_ABBREVIATIONS = frozenset(
    ("EU", "USA", "SME", "SMEs", "ICT", "VET", "KMU", "PME", "TPE", "PMI", "PYME", "MKB")
)

Span = tuple[int, int]
"""First and last word."""


def understand_funding(
    message: str,
    language: str,
    *,
    previous: Wanted | None = None,
    persona: Persona | None = None,
    names: Sequence[str] = (),
    towns: Towns = NO_TOWNS,
) -> Wanted | None:
    """The wish for schemes that a message holds; None when it asks for something else.

    Args:
        message: The reader's words, personal data masked.
        language: ISO 639-1 code of the message.
        previous: What the turn before asked for; a short message may only change its country or status.
        persona: Who asks, when known; a firm's question is for firms unless it says otherwise.
        names: Names of single schemes: a question on one of them is no wish for a list.
        towns: Tells in which country a town is.
    """
    reading = read_words(_GLUED.sub("", message), language)
    if not reading.words:
        return None
    countries, region = _countries(reading, language, towns)
    said = {"countries": countries, "city": region, "audiences": _groups(reading, language)}
    values: dict[str, Any] = {name: value for name, value in said.items() if value}
    if previous and (changed := _follow_up(previous, reading, language, values)):
        return changed
    if _names_a_scheme(message, reading, tuple(names)) or reading.spans(pattern("not_for")):
        return None
    if not any(_Asking(reading, code, language).asks for code in languages_from(language)):
        return None
    if persona == "sme":
        values.setdefault("audiences", ("sme",))
    return Wanted(Need(type="funding", action="list", language=language, **values), tuple(reading.chips))


def _follow_up(previous: Wanted, reading: Reading, language: str, values: dict[str, Any]) -> Wanted | None:
    """The wish of the turn before with another country or status; None when the message holds more."""
    if previous.need.type == "opportunity":
        return _who_pays_for(previous, reading, language, values)
    if previous.need.type != "funding" or len(reading.words) > SHORT_FOLLOW_UP:
        return None
    if len(reading.words) <= 3 and reading.spans(question_words("more")) and not values:
        need = previous.need
        return Wanted(need.model_copy(update={"offset": need.offset + need.limit}), previous.chips)
    asking = _Asking(reading, language, language)
    if not values or not asking.are_light(0, len(reading.words)) or asking.is_on_courses:
        return None
    changes = values | {"offset": 0} | ({"city": values.get("city", "")} if "countries" in values else {})
    need = Need.model_validate(previous.need.model_dump() | changes)
    kept = [chip for chip in previous.chips if chip.field not in changes]
    return Wanted(need, (*kept, *reading.chips))


def _who_pays_for(previous: Wanted, reading: Reading, language: str, values: dict[str, Any]) -> Wanted | None:
    """The schemes for what was asked for just before: "and who pays?" after offers in Poland."""
    if len(reading.words) > SHORT_WISH:
        return None
    if not any(_Asking(reading, code, language).names_payer for code in languages_from(language)):
        return None
    own = tuple(group for group in previous.need.audiences if group in STATUSES)
    known: dict[str, Any] = {"countries": previous.need.countries, "audiences": own}
    need = Need(type="funding", action="list", language=language, **known | values)
    kept = [chip for chip in previous.chips if chip.field in ("countries", "audiences")]
    return Wanted(need, (*kept, *reading.chips))


@dataclass
class _Asking:
    """A message read with the words of one language."""

    reading: Reading
    code: str
    """ISO 639-1 code of the words."""
    language: str
    """Of the message."""

    @property
    def asks(self) -> bool:
        """Whether it asks who pays for training or which support there is."""
        if not any(self._spans(name) for name in ("pays", "finance", "support", "help")):
            return False
        if self._asks_for_courses or self._rest in ("count", "date", "duration", "contact"):
            return False
        ways = (self._who_pays, self._payer_pays, self._how_to_finance, self._which_support, self._is_bare)
        return any(way() for way in ways)

    @property
    def is_on_courses(self) -> bool:
        """Whether it names training but no money: "courses in Spain"."""
        return bool(self._training) and not self._places("pays", "finance", "support", "help")

    @property
    def names_payer(self) -> bool:
        """Whether "who" stands before "pays"."""
        pairs = [(who, pays) for who, _ in self._spans("who") for pays, _ in self._spans("pays")]
        return any(0 < pays - who <= NEAR_PAYER for who, pays in pairs)

    def _who_pays(self) -> bool:
        """ "Who pays for my course?" """
        return bool(self._training) and self.names_payer

    def _payer_pays(self) -> bool:
        """ "Does the job centre pay for my course?" """
        payers = self._sentences(self._all(pattern("payer")))
        return bool(payers & self._sentences(self._spans("pays")) & self._sentences(self._training))

    def _how_to_finance(self) -> bool:
        """ "How can I finance a course?" """
        ways = self._sentences([span for name in ("how", "exist", "help") for span in self._spans(name)])
        return bool(ways & self._sentences(self._spans("finance")) & self._sentences(self._training))

    def _which_support(self) -> bool:
        """ "Which grants are there for unemployed people?" """
        if self._rest == "definition" and not self._is_placed:
            return False
        return any(self._is_asked_for(first, last) for first, last in self._supports)

    def _is_bare(self) -> bool:
        """A wish of hardly more than its constraints: "training grants Slovakia unemployed"."""
        count = len(self.reading.words)
        return (
            bool(self._supports)
            and 1 < count <= SHORT_WISH
            and bool(self._is_placed or self._training)
            and self._rest in ("other", "list")
            and not self._is_definite(self._supports[0][0])
            and self.are_light(0, count)
        )

    @cached_property
    def _supports(self) -> list[Span]:
        """Where grants and their like are named; help counts only beside training."""
        has_context = self._training or self._is_placed or self._spans("i_am")
        strong = self._spans("support") if has_context else []
        return [*strong, *(span for span in self._spans("help") if self._is_beside_training(span[1]))]

    def _is_beside_training(self, last: int) -> bool:
        starts = (start for start, _ in self._training)
        return any(0 < start - last <= NEAR_HELP and self.are_light(last + 1, start) for start in starts)

    def _is_asked_for(self, first: int, last: int) -> bool:
        if self._is_definite(first) or self._asks_for_another_thing:
            return False
        if any(end < first and self.are_light(end + 1, first) for _, end in self._spans("which")):
            return True
        sentences = self.reading.sentences
        for begin, end in self._spans("exist"):
            gap = (end + 1, first) if end < first else (last + 1, begin)
            if sentences[begin] == sentences[first] and self.are_light(*gap):
                return True
        return False

    def _is_definite(self, first: int) -> bool:
        """Whether it is support that was spoken of before: "the voucher"; with a place it is any."""
        before = self.reading.folded[first - 1] if first else ""
        return bool(pattern("definite").fullmatch(before)) and not self._is_placed

    @cached_property
    def _asks_for_another_thing(self) -> bool:
        """Whether a sentence begins with "which" and another noun: "what documents do I need for a grant"."""
        sentences = self.reading.sentences
        ways = {first for first, _ in self._spans("exist")}
        for first, last in self._spans("which"):
            begins = first <= 1 or sentences[first] != sentences[first - 1]
            follows = last + 1 < len(sentences) and last + 1 not in ways
            if begins and follows and not self.is_light(last + 1):
                return True
        return False

    @cached_property
    def _asks_for_courses(self) -> bool:
        """Whether "which" stands before a training that is no part of a name for support."""
        supports = {first for first, _ in (*self._spans("support"), *self._spans("help"))}
        paying = {first for first, _ in self._spans("pays")}
        trainings = dict(self._training)
        for _, end in self._spans("which"):
            for place in range(end + 1, len(self.reading.words)):
                if place in trainings and place not in supports:
                    if trainings[place] + 1 not in supports:
                        return True
                    break
                if place in supports or place in paying or not self.is_light(place):
                    break
        return False

    @cached_property
    def _rest(self) -> str:
        """What is asked for beside money, of which "pays" alone would seem to ask for the amount."""
        own = self._places("pays", "finance", "support")
        return asked_for(
            " ".join(word for place, word in enumerate(self.reading.words) if place not in own), self.language
        )

    @property
    def _is_placed(self) -> bool:
        """Whether a country or a status is named."""
        return bool(self.reading.chips)

    @cached_property
    def _training(self) -> list[Span]:
        return self._all(pattern("training"))

    def are_light(self, first: int, end: int) -> bool:
        """Whether the words from `first` up to `end` are light."""
        return all(self.is_light(place) for place in range(first, end))

    def is_light(self, place: int) -> bool:
        """Whether a word says nothing but what is understood, or nothing at all."""
        word = self.folded[place]
        return (
            place in self.reading.used
            or word in stopwords(self.code)
            or word in stopwords("en")
            or place in self._own_words
            or any(words.fullmatch(word) for words in (pattern("light"), question_words("noise")))
        )

    @cached_property
    def _own_words(self) -> set[int]:
        trained = {place for first, last in self._training for place in range(first, last + 1)}
        return trained | self._places("who", "pays", "support", "help", "which", "i_am")

    @cached_property
    def folded(self) -> list[str]:
        """The folded words; long ones that are misspelt words of the reader's own language are put right."""
        if self.code not in (self.language, "en"):
            return self.reading.folded
        return [corrected(word, self.code) for word in self.reading.folded]

    def _places(self, *names: str) -> set[int]:
        spans = [span for name in names for span in self._spans(name)]
        return {place for first, last in spans for place in range(first, last + 1)}

    def _sentences(self, spans: Sequence[Span]) -> set[int]:
        return {self.reading.sentences[first] for first, _ in spans}

    def _spans(self, name: str) -> list[Span]:
        return self._all(words_of(self.code, name))

    def _all(self, words: re.Pattern[str]) -> list[Span]:
        found, text = [], " ".join(self.folded)
        for match in words.finditer(text):
            first = text.count(" ", 0, match.start())
            found.append((first, first + match.group().count(" ")))
        return found


def _countries(reading: Reading, language: str, towns: Towns) -> tuple[tuple[str, ...], str]:
    """Where the reader is, and the region that was named; where they come from if nothing else is said."""
    telling = _without(reading, pattern("light"))  # "mała" is no form of Malta
    named = (*names_in(telling, language, "countries"), *adjectives_in(telling, language))
    for first, last, text in reading.unread(pattern("country")):
        reading.take("countries", first, last)
        return named or (region_country(text),), text
    placed = place_in(telling, language, towns, named).get("countries", ())
    for number, chip in enumerate(reading.chips):
        if chip.field == "city":  # a town only tells the country
            reading.chips[number] = replace(chip, field="countries")
    if found := named or placed or names_in(telling, language, "countries", misspelt=True):
        return found, ""
    return names_in(_without(telling, question_words("origin")), language, "countries"), ""


def _without(reading: Reading, words: re.Pattern[str]) -> Reading:
    """The same reading, blind to some words."""
    return replace(reading, folded=["" if words.fullmatch(word) else word for word in reading.folded])


def _groups(reading: Reading, language: str) -> tuple[str, ...]:
    """Groups that the reader belongs to or asks for; the words of others say nothing."""
    said = [span for span in _group_words(reading) if reading.is_unread(*span[:2])]
    found = {name for _, _, name in said if name}
    if "sme" in found and reading.spans(pattern("closing")):
        found.remove("sme")  # "if my factory closes"
    if {"employed", "sme"} <= found:  # a firm asks for its staff, or somebody works in a firm
        own = {last for _, last, _ in reading.spans(words_of(language, "i_am"))}
        works = [first for first, _, name in said if name == "employed"]
        is_own = any(0 <= place - last <= NEAR_SELF for place in works for last in own)
        found.remove("sme" if is_own else "employed")
    for first, last, name in said:
        reading.take("audiences" if name in found else "", first, last)
    return tuple(name for name in AUDIENCES if name in found)


def _group_words(reading: Reading) -> Iterator[tuple[int, int, str]]:
    """(first word, last word, group) of what names a group; "" for one that must be asked for and is not."""
    text = reading.joined
    for begin, end, name in group_spans(text):
        first = text.count(" ", 0, begin)
        last = first + text.count(" ", begin, end)
        if name == "employed" and _are_ours(reading, first, last):
            name = "sme"
        yield first, last, name if name in STATUSES or _is_asked_for(reading, first, name) else ""


def _are_ours(reading: Reading, first: int, last: int) -> bool:
    """Whether staff is the reader's own: "our workers"."""
    beside = reading.folded[max(0, first - 1) : first] + reading.folded[last + 1 : last + 2]
    return any(pattern("ours").fullmatch(word) for word in beside)


def _is_asked_for(reading: Reading, place: int, group: str) -> bool:
    """Whether a scheme for the group is asked for: "for women"."""
    before = reading.folded[max(0, place - 2) : place]
    return group in PERSONAL and any(question_words("for").fullmatch(word) for word in before)


def _names_a_scheme(message: str, reading: Reading, names: tuple[str, ...]) -> bool:
    """Whether one scheme is named: by a name that is known, or in letters that only names have."""
    folded = " ".join(_PART.findall(fold(message)))
    written = " ".join(_PART.findall(message))
    anyhow, as_written = _patterns(names)
    if anyhow.search(folded) or as_written.search(written):
        return True
    known = {reading.words[place] for place in reading.used} | _ABBREVIATIONS
    for first, last, _ in reading.spans(pattern("payer")):
        known |= {*reading.words[first : last + 1]}
    strange = (word for word in _NAME.findall(message) if word not in known and not word.isdecimal())
    return not message.isupper() and any(strange)


@lru_cache(maxsize=4)
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Match names in folded text, and those of two everyday words ("New Skills") as they are written."""
    forms: tuple[list[str], list[str]] = ([], [])
    for name in names:
        words = _PART.findall(name)
        is_everyday = len(words) == 2 and name.isascii() and not any(word.isupper() for word in words)
        form = " ".join(words) if is_everyday else " ".join(_PART.findall(fold(name)))
        ending = r"\w{0,3}" if len(form) >= LONG_NAME else ""
        if form:
            forms[is_everyday].append(re.escape(form) + ending)
    anyhow, as_written = (
        re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)" if each else r"(?!)") for each in forms
    )
    return anyhow, as_written
