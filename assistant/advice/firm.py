"""What a message tells about a firm: its sector, place and size, in any language."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from assistant.advice.lexicon import Hit, Trade, choices, cue, ecosystems, firm_endings, regions, trades
from assistant.advice.nace import find_code
from assistant.records.firm import Firm
from assistant.records.naming import UNINFLECTED, names_in, place_in
from assistant.records.normalise import EUROPE
from assistant.records.reading import Reading, pattern, read_words
from assistant.records.towns import Towns
from assistant.retrieval.text import fold, stopwords

MOST_SECTORS = 2
NEAR_FIRM = 2  # words between a sector's name and the word for a firm
LARGEST_FIRM = 1_000_000  # people; a longer number counts something else

_NAMED, _MENTIONED, _OF_FIRM, _TRADE, _OWN_TRADE = range(5)
"""How surely words tell the sector, rising: what is learned, a sector, "textile firm", a trade, its own."""
_GAP = r"[\W_]+"
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+")


def read_firm(reading: Reading, language: str, towns: Towns) -> Firm:
    """What a message tells; the words that tell something are marked as understood."""
    size, size_words = _size(reading)
    sectors, about, sector_words = _sector(reading, language)
    countries, place_words = _place(reading, language, towns)
    said = [verbatim(words.split(), reading.text) for words in (sector_words, place_words, size_words)]
    return Firm(sectors, about, said[0], countries, said[1], size, said[2])


def verbatim(words: Sequence[str], message: str) -> str:
    """Some words in a row as a message has them."""
    match = re.search(_GAP.join(map(re.escape, words)), message) if words else None
    return match.group() if match else " ".join(words)


def sectors_in(text: str) -> set[str]:
    """All ecosystems that a wording of a document is about; skills that are learned there do not count."""
    reading = read_words(text, "en")
    hits = [*trades().hits(reading), *ecosystems().hits(reading)]
    told = (hit for hit in hits if not _is_name_of_two_letters(reading, hit))
    return {hit.value.ecosystem for hit in told if _certainty(reading, hit, reach=2) != _NAMED}


def _sector(reading: Reading, language: str) -> tuple[tuple[str, ...], str, str]:
    if code := find_code(reading):
        first, last, sectors = code
        reading.take("", first, last)
        return sectors, "", _said(reading, first, last)
    found: list[tuple[int, Hit]] = []
    for hit in choices().hits(reading):
        found.append((_OWN_TRADE, hit))
        reading.take("", hit.first, hit.last)
    for hit in trades().hits(reading):
        follows = any(hit.first == before.last + 1 for _, before in found)
        if follows and cue("firm").fullmatch(reading.folded[hit.first]):
            continue  # the shop of "tailor shop" is no trade of its own
        found.append((_OWN_TRADE if _is_own(reading, hit, language) else _TRADE, hit))
        reading.take("", hit.first, hit.last)
    for hit in ecosystems().hits(reading):
        if not _is_name_of_two_letters(reading, hit):
            found.append((_certainty(reading, hit), hit))
            reading.take("", hit.first, hit.last)
    best = max((certainty for certainty, _ in found), default=_NAMED)
    if best == _NAMED:
        return (), "", ""
    chosen = sorted((hit for certainty, hit in found if certainty == best), key=lambda hit: hit.first)
    sectors = tuple(dict.fromkeys(hit.value.ecosystem for hit in chosen))[:MOST_SECTORS]
    told: list[Trade] = [hit.value for hit in chosen if hit.value.ecosystem in sectors]
    about = " ".join(dict.fromkeys(trade.about for trade in told if trade.about))
    words = ", ".join(dict.fromkeys(_with_firm(reading, hit) for hit in chosen))
    return sectors, about, words


def _with_firm(reading: Reading, hit: Hit) -> str:
    """The words of a sector, with the word for a firm beside it: "textile firm", "firma tekstylna"."""
    beside = [place for place, _, _ in reading.spans(cue("firm")) if place in (hit.first - 1, hit.last + 1)]
    return _said(reading, min([hit.first, *beside]), max([hit.last, *beside]))


def _is_own(reading: Reading, hit: Hit, language: str) -> bool:
    """Whether it is said to be the reader's own: "we are a bakery", "our hotel"."""
    before = reading.folded[max(0, hit.first - 4) : hit.first]
    return any(cue("we", language).fullmatch(word) for word in before)


def _certainty(reading: Reading, hit: Hit, *, reach: int = 1) -> int:
    """How sure it is that a sector's name tells the firm's; `reach`: words to one of what is learned."""
    around = reading.folded[max(0, hit.first - NEAR_FIRM) : hit.last + 1 + NEAR_FIRM]
    if reading.folded[hit.last].endswith(firm_endings()) or any(map(cue("firm").fullmatch, around)):
        return _OF_FIRM
    following = reading.folded[hit.last + 1 : hit.last + 1 + reach]
    before = reading.folded[max(0, hit.first - 1) : hit.first]
    return _NAMED if any(map(cue("skill").fullmatch, [*before, *following])) else _MENTIONED


def _is_name_of_two_letters(reading: Reading, hit: Hit) -> bool:
    """ "it" is no sector, "IT" is."""
    word = reading.words[hit.first]
    return hit.first == hit.last and len(word) == 2 and not word.isupper()


def _place(reading: Reading, language: str, towns: Towns) -> tuple[tuple[str, ...], str]:
    """Codes of the countries of the place that is named, and its words."""
    words = reading.words
    if language not in UNINFLECTED:  # a capital at the beginning of a sentence tells no name
        words = [word.lower() if _begins(reading, place) else word for place, word in enumerate(words)]
    folded = [_without_origin(word) for word in reading.folded]
    plain = replace(reading, words=words, folded=folded, chips=[])
    found = list(names_in(plain, language, "countries"))
    for hit in regions().hits(plain):
        if _is_name(plain, hit.first):
            plain.take("countries", hit.first, hit.last)
            found.append(hit.value)
    if town := place_in(plain, language, towns, found):
        found += town.get("countries", ())
    found += _far_countries(plain, language)
    said = ", ".join(dict.fromkeys(chip.words for chip in plain.chips))
    return tuple(dict.fromkeys(found)), said


def _begins(reading: Reading, place: int) -> bool:
    return not place or reading.sentences[place] != reading.sentences[place - 1]


def _without_origin(word: str) -> str:
    """ "From Porto" tells where a firm is, so the word must not hide the place."""
    return "in" if pattern("origin").fullmatch(word) else word


def _is_name(reading: Reading, place: int) -> bool:
    return reading.words[place][:1].isupper() or not any(word[:1].isupper() for word in reading.words)


def _far_countries(reading: Reading, language: str) -> list[str]:
    """Countries outside Europe, by their names in the language and in English."""
    found = []
    for first, last, text in reading.phrases():
        if reading.is_unread(first, last) and (code := _countries_of_the_world(language).get(text)):
            reading.take("countries", first, last)
            found.append(code)
    return found


@cache
def _countries_of_the_world(language: str) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    names: dict[str, str] = {}
    for each in dict.fromkeys((language, "en")):
        try:
            territories = Locale.parse(each).territories
        except (UnknownLocaleError, ValueError):
            continue
        names |= {
            " ".join(fold(name).replace("-", " ").split()): code
            for code, name in territories.items()
            if len(code) == 2 and code.isalpha() and code not in (*EUROPE, "EU", "EZ", "UN", "ZZ", "XA", "XB")
        }
    return {name: code for name, code in names.items() if name not in stopwords(language)}


def _size(reading: Reading) -> tuple[int | None, str]:
    """How many people work there: the first number of people that is not of those to be trained."""
    for first, last, count in numbers_of_people(reading):
        if not _is_trained(reading, first):
            reading.take("", first, last)
            return count, _said(reading, first, last)
    return None, ""


def numbers_of_people(reading: Reading) -> list[tuple[int, int, int]]:
    """(first word, last word, number) wherever people are counted: "40-person", "12 of our staff"."""
    found = []
    for first, last, count in numbers_in(reading):
        following = reading.folded[last + 1 : last + 3]
        end = next((at for at, word in enumerate(following) if cue("people").fullmatch(word)), None)
        if end is not None and 0 < count <= LARGEST_FIRM:
            found.append((first, last + 1 + end, count))
    return found


def numbers_in(reading: Reading) -> list[tuple[int, int, int]]:
    """(first word, last word, number) of whole numbers in digits, "1 200" too."""
    found: list[tuple[int, int, int]] = []
    for place, word in enumerate(reading.folded):
        if not _NUMBER.fullmatch(word):
            continue
        count = int(re.sub(r"\D", "", word))
        if found and found[-1][1] == place - 1 and len(word) == 3 and found[-1][2] < 1000:
            found[-1] = (found[-1][0], place, found[-1][2] * 1000 + count)
        else:
            found.append((place, place, count))
    return found


def _is_trained(reading: Reading, place: int) -> bool:
    """Whether a number is of people to train: "train 12 people", "wir wollen 12 Leute schulen"."""
    if any(map(cue("train").fullmatch, reading.folded[max(0, place - 4) : place])):
        return True
    sentence = reading.sentences[place]
    wants = [last for _, last, _ in reading.spans(cue("want")) if reading.sentences[last] == sentence]
    trains = [first for first, _, _ in reading.spans(cue("train")) if reading.sentences[first] == sentence]
    return any(last < place for last in wants) and any(place < first for first in trains)


def _said(reading: Reading, first: int, last: int) -> str:
    return " ".join(reading.words[first : last + 1])
