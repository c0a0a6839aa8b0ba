"""Names in a message: of countries, languages and towns, in any language and case form."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal

from assistant.records import normalise
from assistant.records.places import LARGE, SHORTEST_NAME
from assistant.records.reading import Reading, common_letters, pattern
from assistant.records.towns import Towns
from assistant.retrieval.text import fold, stopwords

MISSPELT = 85  # likeness in per cent
UNINFLECTED = ("da", "de", "en", "es", "fr", "it", "nl", "pt", "sv")
"""Languages in which names of countries have no case forms."""
_NOUNS_IN_CAPITALS = ("de",)
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
        if code and other:  # "po polsku" is a language, "w Polsce" a country
            rival = _fitting(text, other, inflected=inflected, misspelt=misspelt)[1]
            spoken = first > 0 and bool(pattern("in_language").fullmatch(reading.folded[first - 1]))
            if rival > fit or (rival == fit and spoken and not reading.words[first][:1].isupper()):
                continue
        if code and not _is_about_reader(reading, name, first, last):
            reading.take(name, first, last)
            found.append(code)
    return tuple(dict.fromkeys(found))


def _is_about_reader(reading: Reading, name: str, first: int, last: int) -> bool:
    """Whether a name tells where the reader comes from, not what is wanted: "from Poland", "I am Polish"."""
    before = reading.folded[first - 1] if first else ""
    if name == "countries":
        return bool(pattern("origin").fullmatch(before))
    nouns = reading.nouns
    asks = reading.sentences[first] in {reading.sentences[noun] for noun in nouns}
    return last + 1 not in nouns and not asks and not pattern("in_language").fullmatch(before)


def _fitting(text: str, names: dict[str, str], *, inflected: bool, misspelt: bool) -> tuple[str, float]:
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
    if len(text) < 6 or not misspelt:
        return "", 0.0
    found = process.extractOne(text, names.keys(), scorer=fuzz.ratio, score_cutoff=MISSPELT)
    return (names[found[0]], float(found[1])) if found else ("", 0.0)


def _is_form(text: str, name: str) -> bool:
    """Whether a word may be a case form of a name: they part only in their last letters."""
    shared = common_letters(name, text)
    return len(name) >= 5 and shared >= max(4, len(name) - 2) and len(text) - shared <= 5


def place_in(reading: Reading, language: str, towns: Towns, countries: Collection[str]) -> dict[str, Any]:
    """The town that is named, as fields of a `Need`: its name, what records call it, and its country.

    A town counts after a word such as "in" or "near", and a large one with a capital letter; where the reader
    comes from does not.
    """
    inflected = language not in UNINFLECTED
    for first, last, text in reading.phrases():
        if not reading.is_unread(first, last) or len(text) < SHORTEST_NAME or text in stopwords(language):
            continue
        before = reading.folded[first - 1] if first else ""
        led = any(cue.fullmatch(before) for cue in (pattern("in_place", language), pattern("near")))
        if pattern("origin").fullmatch(before) and not led:
            continue
        has_capital = reading.words[first][:1].isupper() and (led or language not in _NOUNS_IN_CAPITALS)
        place = towns.find(text, countries, inflected=inflected) if led or has_capital else None
        if place and not (led and has_capital) and place.population < LARGE:
            place = None
        is_offered = text in towns.cities and (led or reading.words[first][:1].isupper() or first > 0)
        if not place and not is_offered:
            continue
        near = any(pattern("near").fullmatch(word) for word in reading.folded[max(0, first - 3) : first])
        reading.take("city", first, last)
        names = towns.cities_at(place, near=near) if place else ()
        country = {"countries": (place.country,)} if place and not countries else {}
        return {"city": text, "city_names": names} | country
    return {}


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
