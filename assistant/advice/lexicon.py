"""The word lists of this package, compiled once: cues, trades, regions and names of ecosystems."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from assistant.records import normalise
from assistant.records.reading import Reading
from assistant.records.vocabulary import ECOSYSTEMS
from assistant.retrieval.text import fold

_REMEMBERED = 2000
_AND = re.compile(r",\s*|\s+(?:and|und|et|y|e|en|i|a|og|och|ja|és|ir|un|u|agus|și|и|та|και|in)\s+")


@dataclass(frozen=True, slots=True)
class Trade:
    """An ecosystem, and in English what partnerships for one trade in it work on ("" for all of it)."""

    ecosystem: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a message that mean something."""

    first: int
    last: int
    value: Any


class Lexicon:
    """Finds forms in a message and tells what they mean; the longest form counts."""

    def __init__(self, forms: Iterable[tuple[str, Any]]) -> None:
        """`forms`: (form, meaning); a form that ends in * is the beginning of a word."""
        self._forms = [(_spelled(form), value) for form, value in forms]
        self._pattern = normalise.compile_forms(form for form, _ in self._forms)
        self._owner = lru_cache(maxsize=_REMEMBERED)(self._find_owner)

    def hits(self, reading: Reading) -> list[Hit]:
        """All that is found in words that are not understood yet, in reading order."""
        return [Hit(first, last, self._owner(text)) for first, last, text in reading.unread(self._pattern)]

    def _find_owner(self, text: str) -> Any:
        fitting = [(len(form), value) for form, value in self._forms if _matches(form, text)]
        return max(fitting, key=lambda pair: pair[0])[1]


def _matches(form: str, text: str) -> bool:
    return text.startswith(form[:-1]) if form.endswith("*") else text == form


def _spelled(form: str) -> str:
    """A form as `read_words` reads it: folded, a hyphen parting words."""
    return " ".join(re.sub(r"[-,&/]", " ", fold(str(form))).split())


@cache
def _load(name: str) -> Any:
    import yaml

    return yaml.safe_load((files("assistant.advice") / name).read_text("utf-8"))


@cache
def cue(group: str, language: str = "") -> re.Pattern[str]:
    """Matches the forms of a group of `cues.yaml`: of one language, or of all."""
    by_language = _load("cues.yaml")[group]
    chosen = by_language.items() if not language else [(language, by_language.get(language, ["\0"]))]
    return normalise.compile_forms(_spelled(form) for _, forms in chosen for form in forms)


@cache
def firm_endings() -> tuple[str, ...]:
    """How compounds end that name a firm: "Textilbetrieb"."""
    return tuple(_spelled(form) for form in _load("cues.yaml")["firm_ending"]["all"])


@cache
def trades() -> Lexicon:
    """Trades as people name them."""
    return Lexicon(
        (form, Trade(each["ecosystem"], each["about"]))
        for each in _load("trades.yaml")
        for form in each["words"]
    )


@cache
def ecosystems() -> Lexicon:
    """Words for the ecosystems: those of catalogues, and the parts of the names that a firm chooses from."""
    known = [(form, Trade(name)) for name in ECOSYSTEMS for form in normalise.forms_of("ecosystem", name)]
    parts = [(part, trade) for form, trade in _chosen_names() for part in _AND.split(form) if len(part) > 2]
    return Lexicon([*known, *parts])


@cache
def choices() -> Lexicon:
    """The whole names that a firm chooses from."""
    return Lexicon(_chosen_names())


def sector_names(language: str) -> dict[str, str]:
    """Ecosystem -> its plain name in a language, in English where it has none."""
    names = _load("sectors.yaml")
    return dict(zip(ECOSYSTEMS, names.get(language, names["en"]), strict=True))


def _chosen_names() -> list[tuple[str, Trade]]:
    return [
        (name, Trade(ecosystem))
        for language in _load("sectors.yaml")
        for ecosystem, name in sector_names(language).items()
    ]


@cache
def regions() -> Lexicon:
    """Regions, which mean the code of their country."""
    return Lexicon((form, code) for code, forms in _load("regions.yaml").items() for form in forms)


@cache
def scales() -> Lexicon:
    """Words for large-scale and regional."""
    return Lexicon(
        (form, scale) for scale in ("large-scale", "regional") for form in normalise.forms_of("scale", scale)
    )


@cache
def nace() -> dict[str, Any]:
    """The table of NACE codes; see the file."""
    found: dict[str, Any] = _load("nace.yaml")
    return found
