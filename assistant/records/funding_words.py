"""The words of `funding_words.yaml`: how people ask who pays, and how guides say for whom a scheme is."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from assistant.records import normalise
from assistant.records.vocabulary import AUDIENCES
from assistant.retrieval.text import fold, stopwords

MISSPELT = 85  # likeness in per cent
LONG_WORD = 6  # letters of a word that may be misspelt
_REMEMBERED = 5000  # words, which readers type too, so not without an end


@cache
def _data() -> dict[str, Any]:
    import yaml

    text = (files("assistant.records") / "funding_words.yaml").read_text("utf-8")
    return cast("dict[str, Any]", yaml.safe_load(text))


def languages_from(language: str) -> Iterator[str]:
    """A language first, then English, then all others: short messages are often taken for another one."""
    return iter(dict.fromkeys(code for code in (language, "en", *_data()["ask"]) if code in _data()["ask"]))


@cache
def words_of(code: str, name: str) -> re.Pattern[str]:
    """Matches the words of a group of one language in a folded text."""
    return _compile(_data()["ask"].get(code, {}).get(name, ()))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Matches the words of a group that all languages share in a folded text."""
    forms = _data()[name]
    return _compile([form for each in forms.values() for form in each] if isinstance(forms, dict) else forms)


def region_country(name: str) -> str:
    """ISO code of the country of a region by its folded name; "" when it is unknown."""
    return next((code for code in _data()["country"] if _region(code).fullmatch(name)), "")


def group_spans(folded: str) -> list[tuple[int, int, str]]:
    """(begin, end, one of AUDIENCES) of all groups that a folded text names; the longest form counts."""
    found = []
    for match in _any_group().finditer(folded):
        hit = match.group()
        name = next(name for name, forms in _groups().items() if forms.fullmatch(hit))
        found.append((match.start(), match.end(), name))
    return found


def is_generic(text: str) -> bool:
    """Whether a text is made of everyday words for money, training, people and places, and names nothing."""
    folded = " ".join(re.findall(r"[\w*+]+", fold(text)))
    folded = _any_group().sub(" ", _everyday().sub(" ", folded))
    known, ignored = normalise.country_names(), _all_stopwords()
    return all(w in known or w in ignored or w.isdecimal() or len(w) < 3 for w in folded.split())


@lru_cache(maxsize=_REMEMBERED)
def corrected(word: str, code: str) -> str:
    """A folded word; where it is a misspelt word for money or training in that language, the right one."""
    if len(word) < LONG_WORD or code not in _data()["ask"] or _known(code).fullmatch(word):
        return word
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, _spelling(code), scorer=fuzz.ratio, score_cutoff=MISSPELT)
    return str(found[0]) if found else word


def _compile(forms: Iterable[str], *, stretch: str = r"\w*") -> re.Pattern[str]:
    """Matches any of the forms as whole words, the longest first; * stands for `stretch`, else any."""
    longest_first = sorted({fold(str(form)) for form in forms}, key=lambda form: (-len(form), form))
    alternatives = "|".join(re.escape(form).replace(r"\*", stretch) for form in longest_first)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)" if alternatives else r"(?!)")


@cache
def _everyday() -> re.Pattern[str]:
    """Words for money, training and people, with short endings: a compound of them is a name of its own."""
    asked = (words[name] for words in _data()["ask"].values() for name in ("support", "help"))
    shared = (_data()[name] for name in ("training", "light", "anyone", "payer"))
    forms = {form for each in (*asked, *shared, *_data()["country"].values()) for form in each}
    return _compile((form for form in forms if not form.startswith("*")), stretch=r"\w{0,4}")


@cache
def _all_stopwords() -> frozenset[str]:
    return frozenset().union(*(stopwords(code) for code in _data()["ask"]))


@cache
def _region(code: str) -> re.Pattern[str]:
    return _compile(_data()["country"][code])


def _group_forms() -> dict[str, list[str]]:
    own = _data()["groups"]
    return {name: [*normalise.forms_of("audience", name), *own.get(name, ())] for name in AUDIENCES}


@cache
def _any_group() -> re.Pattern[str]:
    return _compile([form for forms in _group_forms().values() for form in forms])


@cache
def _groups() -> dict[str, re.Pattern[str]]:
    return {name: _compile(forms) for name, forms in _group_forms().items()}


@cache
def _spelling(code: str) -> tuple[str, ...]:
    """The long words by which a language asks for money and training, without their endings."""
    forms = [*(form for each in _data()["ask"][code].values() for form in each), *_data()["training"]]
    bare = {fold(str(form)).strip("*") for form in forms}
    return tuple(sorted(form for form in bare if len(form) >= LONG_WORD and " " not in form))


@cache
def _known(code: str) -> re.Pattern[str]:
    own = [form for forms in _data()["ask"][code].values() for form in forms]
    return _compile([*own, *_data()["training"], *_data()["light"], *_data()["payer"]])
