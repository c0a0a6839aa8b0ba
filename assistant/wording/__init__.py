"""The assistant's own fixed words, one file per language; everything else in a reply is quoted evidence.

A language is offered for replies when it has a file here. All files hold the same keys as `en.yaml`.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

import yaml

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from babel import Locale

FALLBACK = "en"
_LOCALES = {"pt": "pt_PT"}  # babel's plain "pt" is Brazilian


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that replies can be worded in, sorted."""
    return tuple(
        sorted(
            file.name.removesuffix(".yaml")
            for file in files(__name__).iterdir()
            if file.name.endswith(".yaml")
        )
    )


def say(key: str, language: str, /, **values: str | int) -> str:
    """A fixed sentence in that language, in English where the language has no file.

    Raises:
        AssistantError: the key is unknown or one of its `$variables` was not given.
    """
    words = _words(language if language in languages() else FALLBACK)
    try:
        return Template(words[key]).substitute({name: str(value) for name, value in values.items()})
    except KeyError as error:
        raise AssistantError(
            f"wording {key!r} in {language!r} lacks {error}; see assistant/wording/en.yaml"
        ) from error


def language_names(codes: Iterable[str], language: str) -> str:
    """Names of languages (ISO 639-1), sorted by code, in the words of a language."""
    names = _locale(language).languages
    return ", ".join(names.get(code, code) for code in sorted(codes))


def country_names(codes: Iterable[str], language: str) -> list[str]:
    """Names of countries (ISO 3166-1 alpha-2) in the words of a language, in the given order."""
    names = _locale(language).territories
    return [names.get(code, code) for code in codes]


@cache
def _locale(language: str) -> "Locale":
    from babel import Locale

    return Locale.parse(_LOCALES.get(language, language))


@cache
def _words(language: str) -> dict[str, str]:
    text = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return {str(key): str(value).strip() for key, value in yaml.safe_load(text).items()}
