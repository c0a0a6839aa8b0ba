"""Names in a message: of countries, languages and towns, in any language and case form."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal

from assistant.records import normalise
from assistant.records.places import LARGE, SHORTEST_NAME
from assistant.records.reading import Chip, Reading, common_letters, is_form, pattern
from assistant.records.towns import Towns
from assistant.retrieval.text import fold, stopwords

COUNTRY_OF = {
    "bg": "BG", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "es": "ES", "et": "EE", "fi": "FI",
    "fr": "FR", "ga": "IE", "hr": "HR", "hu": "HU", "it": "IT", "lt": "LT", "lv": "LV", "mt": "MT",
    "nl": "NL", "pl": "PL", "pt": "PT", "ro": "RO", "sk": "SK", "sl": "SI", "sv": "SE",
}  # fmt: skip
"""The country that an adjective means whose word is the name of a language, too."""
MISSPELT = 85  # likeness in per cent
UNINFLECTED = ("da", "de", "en", "es", "fr", "it", "nl", "pt", "sv")
"""Languages in which names of countries have no case forms."""
_NOUNS_IN_CAPITALS = ("de",)
_PLACES_BY_CASE = ("et", "fi", "hu", "lt", "lv")
"""Languages that say "in" by the ending of a name."""
LONG_NAME = 5  # letters of a place of offers that is known in small letters without "in" before it
_NATIVE = {
    "AT": "de", "BE": "nl", "BG": "bg", "CY": "el", "CZ": "cs", "DE": "de", "DK": "da", "EE": "et",
    "ES": "es", "FI": "fi", "FR": "fr", "GR": "el", "HR": "hr", "HU": "hu", "IE": "en", "IT": "it",
    "LT": "lt", "LU": "fr", "LV": "lv", "MT": "mt", "NL": "nl", "PL": "pl", "PT": "pt", "RO": "ro",
    "SE": "sv", "SI": "sl", "SK": "sk",
}  # fmt: skip


def names_in(
    reading: Reading, language: str, name: Literal["countries", "languages"], *, misspelt: bool = False
) -> tuple[str, ...]:
    """Codes of the countries or languages that are named, in any case form; `misspelt`: what looks alike."""
    table = _country_forms(language) if name == "countries" else _language_forms(language)
    other = _language_forms(language) if name == "countries" else {}
    inflected, found = language not in UNINFLECTED, []
    for first, last, text in reading.phrases():
        if not reading.is_unread(first, last):
            continue
        code, fit = _fitting(text, table, inflected=inflected, misspelt=misspelt)
        if code and name == "languages" and _is_taught(reading, first, last):
            continue
        if code and other:  # "po polsku" is a language, "w Polsce" a country
            rival = _fitting(text, other, inflected=inflected, misspelt=misspelt)[1]
            spoken = first > 0 and bool(pattern("in_language").fullmatch(reading.folded[first - 1]))
            if rival > fit or (rival == fit and spoken and not reading.words[first][:1].isupper()):
                continue
        if code and not _is_about_reader(reading, name, first, last):
            reading.take(name, first, last)
            found.append(code)
    return tuple(dict.fromkeys(found))


def taught_languages_in(reading: Reading) -> dict[int, tuple[str, ...]]:
    """Number of the word that names a language to be learnt -> English names of it: "kurs niemieckiego"."""
    from babel import Locale

    table, english = _language_forms(reading.language), Locale.parse("en").languages
    countries = _country_forms(reading.language)
    found: dict[int, tuple[str, ...]] = {}
    for place, text in enumerate(reading.folded):
        if text not in countries and reading.is_unread(place, place) and _is_taught(reading, place, place):
            code, _ = _fitting(text, table, inflected=True, misspelt=False)
            if code:
                found[place] = (f"{english[code]} language", english[code])
    return found


def _is_taught(reading: Reading, first: int, last: int) -> bool:
    """Whether a name of a language beside a noun for courses is their subject: "Spanish course"."""
    before = reading.folded[max(0, first - 2) : first]
    led = any(pattern("in_language").fullmatch(word) for word in before)
    return not led and bool(_courses(reading) & {first - 1, first - 2, last + 1})


def adjectives_in(reading: Reading, language: str) -> tuple[str, ...]:
    """Codes of the countries whose adjective stands beside a noun for offers: "Spanish bootcamps".

    The adjective is the name of the language in nearly all languages. Where a language belongs to no one
    country of the EU (English), or "in" or "language" stands beside it, the language is meant.
    """
    beside = {place + step for place in _nouns_of_a_country(reading) for step in (-1, 1)}
    if not beside:
        return ()
    table = _language_forms(language)
    named: dict[int, str] = {}
    for place, text in enumerate(reading.folded):
        code, _ = _fitting(text, table, inflected=True, misspelt=False)
        known = code in COUNTRY_OF and text not in stopwords(language)  # French "dans" looks like Danish
        if known and reading.is_unread(place, place) and not _is_spoken(reading, place):
            named[place] = COUNTRY_OF[code]
    found = [place for place in named if place in beside]
    found += [place for place in named if {place - 2, place + 2} & set(found)]  # "Italian and Greek"
    for place in sorted(set(found)):
        reading.take("countries", place, place)
    return tuple(dict.fromkeys(named[place] for place in sorted(set(found))))


def _nouns_of_a_country(reading: Reading) -> set[int]:
    """Nouns for offers and institutions; a "Spanish course" may teach Spanish, so courses are none."""
    return {*reading.nouns, *reading.places("institution")} - _courses(reading)


def _courses(reading: Reading) -> set[int]:
    """Numbers of the words where a noun for courses begins."""
    courses = {first for first, _, _ in reading.spans(pattern("any_offer"))}
    kinds = reading.spans(normalise.pattern_of("kind"))
    return courses | {first for first, _, text in kinds if normalise.owner_of("kind", text) == "course"}


def _is_spoken(reading: Reading, place: int) -> bool:
    """Whether "in" stands before the name of a language, or "language" beside it."""
    before, after = reading.folded[max(0, place - 2) : place], reading.folded[place + 1 : place + 3]
    led = any(pattern("in_language").fullmatch(word) for word in before)
    return led or any(pattern("language").fullmatch(word) for word in [*before, *after])


def _is_about_reader(reading: Reading, name: str, first: int, last: int) -> bool:
    """Whether a name tells where the reader comes from, not what is wanted: "from Poland", "I am Polish"."""
    before = reading.folded[first - 1] if first else ""
    nouns = reading.nouns
    if name == "countries":  # "I am from Poland", but "courses from Poland"
        return bool(pattern("origin").fullmatch(before)) and first - 2 not in nouns
    asks = reading.sentences[first] in {reading.sentences[noun] for noun in nouns}
    return last + 1 not in nouns and not asks and not _is_spoken(reading, first)


def _fitting(text: str, names: dict[str, str], *, inflected: bool, misspelt: bool) -> tuple[str, float]:
    """The code of the name that a text is or is a form of, and their likeness to 100; ("", 0) for none."""
    from rapidfuzz import fuzz, process

    if text in names:
        return names[text], 100.0
    if " " in text:
        return "", 0.0
    forms = [name for name in names if inflected and (is_form(text, name) or _is_adjective(text, name))]
    if forms:
        best = max(forms, key=lambda name: fuzz.ratio(text, name))
        return names[best], float(fuzz.ratio(text, best))
    if len(text) < 6 or not misspelt:
        return "", 0.0
    found = process.extractOne(text, names.keys(), scorer=fuzz.ratio, score_cutoff=MISSPELT)
    return (names[found[0]], float(found[1])) if found else ("", 0.0)


def _is_adjective(text: str, name: str) -> bool:
    """Whether a word may be an adjective or a longer form of a name: they part only in their last letters."""
    shared = common_letters(name, text)
    return len(name) >= 5 and shared >= max(4, len(name) - 2) and len(text) - shared <= 5


def place_in(reading: Reading, language: str, towns: Towns, countries: Collection[str]) -> dict[str, Any]:
    """The town that is named, as fields of a `Need`: its name, what records call it, and its country.

    A town counts after a word such as "in" or "near", and a large one with a capital letter; where the reader
    comes from does not.
    """
    for first, last, text in reading.phrases():
        if not reading.is_unread(first, last) or len(text) < SHORTEST_NAME or text in stopwords(language):
            continue
        before = reading.folded[first - 1] if first else ""
        led = any(cue.fullmatch(before) for cue in (pattern("in_place", language), pattern("near", language)))
        if pattern("origin").fullmatch(before) and not led:
            if towns.find(text):  # where the reader comes from is no subject either
                reading.take("", first, last)
            continue
        inflected = (led and language not in UNINFLECTED) or language in _PLACES_BY_CASE
        place = towns.find(text, countries, inflected=inflected)
        sure = led or _is_written_as_name(reading, first)
        if place and language in _PLACES_BY_CASE and _is_written_as_name(reading, first):
            led = True  # the ending says "in"
        is_large = place is not None and place.population >= LARGE
        is_offered = text in towns.cities and (sure or len(text) >= LONG_NAME)
        if not is_offered and not (place and sure and (is_large or _is_led_name(reading, first, led=led))):
            continue
        near = any(
            pattern("near", language).fullmatch(word) for word in reading.folded[max(0, first - 3) : first]
        )
        reading.take("city", first, last)
        names = towns.cities_at(place, near=near) if place else ()
        country = {"countries": (place.country,)} if place and not countries else {}
        if place and country:
            reading.chips.append(Chip("countries", _name_of_country(place.country, language)))
        return {"city": text, "city_names": names} | country
    return {}


def _is_written_as_name(reading: Reading, place: int) -> bool:
    """With a capital letter that neither its language nor its sentence gives to every such word."""
    begins = not place or reading.sentences[place] != reading.sentences[place - 1]
    usual = begins or reading.language in _NOUNS_IN_CAPITALS
    return reading.words[place][:1].isupper() and not usual


def _is_led_name(reading: Reading, place: int, *, led: bool) -> bool:
    return led and reading.words[place][:1].isupper()


def _name_of_country(code: str, language: str) -> str:
    from babel import Locale

    known = language if language in normalise.LOCALES else "en"
    return str(Locale.parse(known).territories.get(code, code))


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
        for name in map(fold, filter(None, found)):  # "Pays-Bas" is read as two words
            names |= {name: code, name.replace("-", " "): code}
    return names
