"""From the wording of a value to what a filter needs (codes, days, euro); what is not said is unknown."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from assistant.records.models import Mode
from assistant.records.vocabulary import AUDIENCES, CROSS_SECTOR, ECOSYSTEMS, KINDS, MODES
from assistant.retrieval.text import fold

LOCALES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt",
    "nl", "pl", "pt", "ro", "sk", "sl", "sv", "uk",
)  # fmt: skip
EUROPE = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    "AL", "BA", "CH", "GB", "IS", "LI", "MD", "ME", "MK", "NO", "RS", "TR", "UA",
)  # fmt: skip
LONG_MONTH = 5  # letters of a name of a month that may have an ending
LONGEST_DAYS = 36_500  # what is longer is a slip or a trap, and no column holds it
MOST_EURO = 1e12
_REMEMBERED = 5000  # words, which readers type too, so not without an end
_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2})\)")
AND = "and|und|et|y|e|en|oraz|i|a|og|och|ja|és|și|и|και|in|ir|un|та"
_SEPARATORS = re.compile(rf"\s*(?:[,;/&+]|\b(?:{AND})\b)\s*")
_PARTICLES = frozenset(f"{AND}|the|of|for|in|skills".split("|"))
_NUMBER = r"\d+(?:[.,]\d+)?"
TO = "-|–|to|bis|à|a|tot|do|til|till|or|oder|ou|o|of|lub"
_TIME = re.compile(rf"(?P<least>{_NUMBER})(?:\s*(?:{TO})\s*(?P<most>{_NUMBER}))?[\s-]*(?P<unit>[^\W\d_]+)")
_DIGITS = r"\d[\d.,' ]*"
_EURO = r"€|EUR\b|euros?\b|ευρώ|евро"
_MONEY = re.compile(
    rf"(?:(?:{_EURO})\s*(?P<first>{_DIGITS})|(?P<second>{_DIGITS})(?:{_EURO}))", re.IGNORECASE
)
_CURRENCY = (
    r"[€£$]|(?:EUR|euros?|ευρώ|евро|DKK|SEK|NOK|CZK|PLN|HUF|RON|BGN|HRK|CHF|GBP|UAH|ISK)\b|kr\b\.?|Kč|zł|Ft\b|lei\b|лв\.?|"
    r"грн\.?"
)
_ANY_MONEY = re.compile(rf"(?:{_CURRENCY})\s*\d|\d[\d.,' \u00a0]*(?:{_CURRENCY})", re.IGNORECASE)
_SHARE = re.compile(
    r"\d\s?%|\b\d+\s(?:per ?cent|percent|prozent|pour cent|por ciento|per cento|procent\w*)\b", re.IGNORECASE
)
_PAID = re.compile(
    r"\b(?:paid|wage|salary|grant of|reward|per month gross|brutto|vergütung|allowance|bonus|subsid|covered|"
    r"net per)",
    re.IGNORECASE,
)
_FREE_FOR_SOME = re.compile(
    r"\b(?:free|gratis|gratuit\w*|kostenlos|kostenfrei)\s+(?:for|für|pour|para|per|voor|dla)\b", re.IGNORECASE
)
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_NUMERIC_DAY = re.compile(r"\b(\d{1,2})\s?[./]\s?(\d{1,2})\s?[./]\s?(\d{4})\b")
_STOP = re.compile(r"(?<=[^\W\d_]{4})\.\s*$|(?<=[A-Z]{2})\.\s*$|(?<=\))\.\s*$")
_YEAR = re.compile(r"\b(20\d{2})\b")
_WORDED_DAY = re.compile(
    r"(?:(?P<day>\d{1,2})\.?(?:st|nd|rd|th|er|º|°)?\s+(?:de\s+|of\s+)?)?"
    r"(?P<month>[^\W\d_]{3,})\.?,?\s+(?:de\s+|del\s+)?(?P<year>20\d{2})"
)


def countries_in(text: str) -> tuple[str, ...]:
    """ISO codes of the countries that a value names, "EU" for all of them; () when a part is none."""
    if codes := [code.upper() for code in _IN_BRACKETS.findall(text) if code.upper() in {*EUROPE, "EU"}]:
        return tuple(dict.fromkeys(codes))
    names = country_names()
    parts = [text] if fold(text).strip() in names else [part for part in _SEPARATORS.split(text) if part]
    found = [names.get(fold(part).strip(" ."), "") for part in parts]
    return tuple(dict.fromkeys(found)) if found and all(found) else ()


def countries_named(text: str) -> tuple[str, ...]:
    """ISO codes of all countries whose names occur in a text."""
    words = re.findall(r"[\w'-]+", fold(text))
    names = country_names()
    found = [
        names[name]
        for start in range(len(words))
        for length in (3, 2, 1)
        if len(name := " ".join(words[start : start + length])) > 3 and name in names
    ]
    return tuple(dict.fromkeys(found))


def languages_in(text: str) -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that a value names."""
    known = set(language_names().values())
    if codes := [code.lower() for code in _IN_BRACKETS.findall(text) if code.lower() in known]:
        return tuple(dict.fromkeys(codes))
    found = []
    for part in _SEPARATORS.split(text):
        name = fold(part).strip(" .")
        code = language_names().get(name) or (name if name in known else "")
        if code:
            found.append(code)
    return tuple(dict.fromkeys(found))


@cache
def country_names() -> dict[str, str]:
    """Folded name in any of the languages, or code of three letters or two, -> ISO code."""
    from babel import Locale

    names = {fold(form): "EU" for form in _vocabulary()["everywhere"]}
    for locale in LOCALES:
        territories = Locale.parse(locale).territories
        names |= {fold(territories[code]): code for code in (*EUROPE, "EU") if code in territories}
    names |= {code.casefold(): code for code in EUROPE}
    return names | other_country_names()


def other_country_names() -> dict[str, str]:
    """Everyday names of countries that babel does not have, folded."""
    return {fold(form): code for code, forms in _vocabulary()["country"].items() for form in forms}


@cache
def language_names() -> dict[str, str]:
    """Folded name in any of the languages -> ISO code, for the languages of Europe."""
    from babel import Locale

    wanted = [*LOCALES, "ca", "eu", "gl", "lb", "no", "is", "tr", "ru", "ar", "sq", "sr", "bs", "mk"]
    names: dict[str, str] = {}
    for locale in LOCALES:
        languages = Locale.parse(locale).languages
        names |= {fold(languages[code]): code for code in wanted if code in languages}
    return names


def kind_in(text: str) -> str:
    """One of KINDS, or the wording in lower case."""
    found = concepts_in("kind", text) or concepts_in("kind_of_offer", text)
    special = [kind for kind in found if kind not in ("course", "programme")]
    return (special or found)[0] if found else fold(text).strip()


def mode_in(text: str) -> Mode | None:
    """How it is taught; online and on-site together are blended."""
    found = concepts_in("mode", text)
    if {"online", "on-site"} <= set(found):
        return "blended"
    return cast("Mode", found[0]) if found else None


@lru_cache(maxsize=_REMEMBERED)
def ecosystem_in(text: str) -> str:
    """One of ECOSYSTEMS, "cross-sector" or "": when the value is a name of it as a whole."""
    folded = fold(text).strip()
    return next((name for name, pattern in _ecosystem_patterns().items() if pattern.fullmatch(folded)), "")


@cache
def _ecosystem_patterns() -> dict[str, re.Pattern[str]]:
    named = {
        name: [re.escape(fold(name)), *map(_form_pattern, forms_of("ecosystem", name))]
        for name in _vocabulary()["ecosystem"]
    }
    return {name: re.compile("|".join(forms)) for name, forms in named.items()}


def audiences_in(text: str) -> tuple[str, ...]:
    """Groups that a value names, in the order of AUDIENCES."""
    found = set(concepts_in("audience", text))
    return tuple(name for name in AUDIENCES if name in found)


def concepts_in(group: str, text: str) -> list[str]:
    """Names of a group's values that occur in a text, in their order; a longer form hides those within it."""
    hits = [owner_of(group, match.group()) for match in pattern_of(group).finditer(fold(text))]
    return list(dict.fromkeys(hit for hit in hits if hit))


def duration_in(text: str) -> tuple[int, int] | None:
    """Least and most calendar days of the first length of time that is named."""
    for match in _TIME.finditer(fold(text)):
        if days := _unit_days(match["unit"]):
            least = float(match["least"].replace(",", "."))
            most = float((match["most"] or match["least"]).replace(",", "."))
            low, high = sorted((least, most))
            if high * days <= LONGEST_DAYS:
                return round(low * days), round(high * days)
    return None


def cost_in(text: str) -> tuple[bool | None, tuple[float, float] | None]:
    """Whether the learner pays nothing, and the least and most euro otherwise."""
    amounts = money_in(text)
    if concepts_in("cost", text):
        if not _FREE_FOR_SOME.search(text) and not re.search(r"\d+\s*%", text):
            return True, (0.0, 0.0)
        return None, (0.0, max(amounts)) if amounts else None
    if _PAID.search(text) or not amounts:
        return None, None
    return (not any(amounts)), (min(amounts), max(amounts))


def money_in(text: str) -> list[float]:
    """Amounts of euro, in their order."""
    found = []
    for match in _MONEY.finditer(text):
        digits = re.sub(r"[  ' ]", "", match["first"] or match["second"]).rstrip(".,")
        digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
        try:
            amount = float(digits)
        except ValueError:
            continue
        if amount <= MOST_EURO:
            found.append(amount)
    return found


def is_currency(word: str) -> bool:
    """Whether a folded word is the euro."""
    return bool(pattern_of("currency").fullmatch(word))


def names_amount(text: str) -> bool:
    """Whether a wording tells how much somebody gets: money or a share, but no budget of millions."""
    if not _ANY_MONEY.search(text) and not _SHARE.search(text):
        return False
    return _SHARE.search(text) is not None or not pattern_of("large_sum").search(fold(text))


def last_day_in(text: str) -> date | None:
    """The last day that a wording with a year names; of a month or a year alone, its last day."""
    days = [*_iso_days(text), *_numeric_days(text), *_worded_days(text)]
    if days:
        return max(days)
    years = [int(year) for year in _YEAR.findall(text)]
    return date(max(years), 12, 31) if years else None


def first_day_in(text: str) -> date | None:
    """As `last_day_in`, but the first day of a month or a year: since when a source holds."""
    last = last_day_in(text)
    if last is None:
        return None
    if any(day == last for day in [*_iso_days(text, whole=True), *_numeric_days(text)]):
        return last
    has_month = _ISO_DAY.search(text) or any(_worded_days(text))
    return date(last.year, last.month, 1) if has_month else date(last.year, 1, 1)


def spans_in(text: str) -> list[tuple[date, date]]:
    """The days and months that a wording names with their year, as (first day, last day), earliest first.

    A season or a year alone is none; nor is 9999, which stands for "never".
    """
    worded = [
        (match["year"], _month_of(match), match["day"] or "") for match in _WORDED_DAY.finditer(fold(text))
    ]
    numeric = [(year, month, day) for day, month, year in _NUMERIC_DAY.findall(text)]
    found = set()
    for year, month, day in [*_ISO_DAY.findall(text), *numeric, *worded]:
        first, last = _day(year, month, day or "1"), _day(year, month, day)
        if first and last and last.year < date.max.year:
            found.add((first, last))
    return sorted(found)


def bare_name(text: str) -> str:
    """A name folded, without what stands in brackets and without punctuation."""
    return " ".join(re.sub(r"[^\w+]+", " ", re.sub(r"\([^)]*\)", " ", fold(text))).split())


def without_kind(name: str) -> str:
    """The bare name of a partnership without the words that say that it is one, and of what scale."""
    left = pattern_of_value("sentence", "partnership").sub(" ", pattern_of("scale").sub(" ", bare_name(name)))
    return " ".join(word for word in left.split() if word not in _PARTICLES)


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a list: commas or semicolons outside brackets, else lines with bullets.

    A full stop after the last one, if no abbreviation, ends the sentence that the list makes.
    """
    text = _STOP.sub("", text)
    separator = ";" if ";" in text else ","
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == separator and depth <= 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return tuple(dict.fromkeys(part for each in parts if (part := each.strip(" •·-–"))))


def address_in(text: str) -> str:
    """The web address that a value begins with, put together again where a line break cut it, else "".

    A piece after a gap belongs to it while it looks like a part of an address: it has a mark that addresses
    have and sentences lack, or follows such a mark at the very end of the value.
    """
    first, *pieces = text.split() or [""]
    if not re.match(r"(?:https?://|www\.|[\w-]+\.[a-z]{2,}/?)", first, re.IGNORECASE):
        return ""
    found = first
    for number, piece in enumerate(pieces, start=1):
        goes_on = re.search(r"[/?=&#%_~]|\w[.-]\w", piece) or piece[0] in ".-"
        cut = re.search(r"[-/=?&_.]$", found) or (number == len(pieces) and found.count("/") > 2)
        ends = re.search(r"[,;)]$", found) or not re.fullmatch(r"[\w.-]+", piece)
        if re.match(r"https?://|www\.", piece) or not (goes_on or (cut and not ends)):
            break
        found += piece
    return found.rstrip(".,;)")


def _iso_days(text: str, *, whole: bool = False) -> list[date]:
    found = [_day(year, month, day) for year, month, day in _ISO_DAY.findall(text) if day or not whole]
    return [day for day in found if day]


def _numeric_days(text: str) -> list[date]:
    return [found for day, month, year in _NUMERIC_DAY.findall(text) if (found := _day(year, month, day))]


def _worded_days(text: str) -> Iterable[date]:
    for match in _WORDED_DAY.finditer(fold(text)):
        if found := _day(match["year"], _month_of(match), match["day"] or ""):
            yield found


def _month_of(worded: re.Match[str]) -> int:
    """Of a match of _WORDED_DAY; 0 when its word is none."""
    return _months().get(worded["month"], 0)


def _day(year: str, month: str | int, day: str) -> date | None:
    try:
        number = int(day) if day else monthrange(int(year), int(month))[1]
        return date(int(year), int(month), number)
    except ValueError:
        return None


def month_of(word: str) -> int:
    """The number of the month that a folded word names in full, in any case form; 0 for none."""
    months = _whole_months()
    if word in months or len(word) < LONG_MONTH:
        return months.get(word, 0)
    return next((number for name, number in months.items() if is_inflected(word, name)), 0)


def is_inflected(word: str, name: str) -> bool:
    """Whether a word is a month with an ending, "februarban" or "septembril"."""
    return len(name) >= LONG_MONTH and word.startswith(name[:-1]) and len(word) - len(name) <= 4


@cache
def _whole_months() -> dict[str, int]:
    from babel.dates import get_month_names

    return {
        fold(name): number
        for locale in LOCALES
        for context in ("format", "stand-alone")
        for number, name in get_month_names("wide", context, locale).items()
    }


@cache
def _months() -> dict[str, int]:
    from babel.dates import get_month_names

    names: dict[str, int] = {}
    for locale in LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months = get_month_names(width, context, locale)
                names |= {fold(name).strip("."): number for number, name in months.items() if len(name) > 2}
    return names


@cache
def _vocabulary() -> dict[str, Any]:
    import yaml

    found = yaml.safe_load((files("assistant.records") / "vocabulary.yaml").read_text("utf-8"))
    known: dict[str, Sequence[str]] = {
        "kind": KINDS, "mode": MODES, "audience": AUDIENCES, "ecosystem": (*ECOSYSTEMS, CROSS_SECTOR),
    }  # fmt: skip
    for group, names in known.items():
        if set(found[group]) != set(names):
            raise ValueError(f"vocabulary.yaml: {group} has {sorted(set(found[group]) ^ set(names))}")
    return cast("dict[str, Any]", found)


def _form_pattern(form: str) -> str:
    """A * stands for the rest of a word, at the end of any word of the form."""
    return re.escape(fold(str(form))).replace(r"\*", r"\w*")


@cache
def pattern_of(group: str) -> re.Pattern[str]:
    """Matches the forms of all values of a group, or of a group that is one list, in a folded text."""
    values = _vocabulary()[group]
    lists = values.values() if isinstance(values, dict) else [values]
    return compile_forms([str(form) for forms in lists for form in forms])


@cache
def pattern_of_value(group: str, name: str) -> re.Pattern[str]:
    """As `pattern_of`, of one value."""
    return compile_forms(map(str, _vocabulary()[group][name]))


def forms_of(group: str, name: str) -> list[str]:
    """The folded forms of one value; * stands for an ending."""
    return [fold(str(form)) for form in _vocabulary()[group][name]]


@cache
def concepts_by_slug(group: str) -> dict[str, str]:
    """Name of each value of a group as the ids of the lexicon spell it -> the name."""
    return {re.sub("[ &]+", "-", name.lower()): name for name in map(str, _vocabulary()[group])}


def compile_forms(forms: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the forms as whole words in a folded text, the longest first; * stands for an ending."""
    longest_first = sorted(set(forms), key=lambda form: -len(form))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_form_pattern, longest_first))})(?!\w)")


@lru_cache(maxsize=_REMEMBERED)
def owner_of(group: str, hit: str) -> str:
    """The value of a group that a matched form belongs to."""
    best, owner = -1, ""
    for name, forms in _vocabulary()[group].items():
        for form in map(str, forms):
            if len(form) > best and re.fullmatch(_form_pattern(form), hit):
                best, owner = len(form), str(name)
    return owner


@lru_cache(maxsize=_REMEMBERED)
def _unit_days(word: str) -> int:
    return next(
        (
            int(days)
            for days, forms in _vocabulary()["days"].items()
            if any(re.fullmatch(_form_pattern(form), word) for form in forms)
        ),
        0,
    )
