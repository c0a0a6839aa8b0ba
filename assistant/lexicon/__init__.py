"""Parallel text and everyday words in the languages of the EU: one source for understanding and for training.

A language has an entry for each id of `en.yaml`; see README.md beside this file.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that have a file, sorted."""
    names = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if len(name) == len("en.yaml")))


def terms(language: str) -> Mapping[str, tuple[str, ...]]:
    """Id such as "trade.welder" -> its words and inflected forms, the usual one first; {} for no file."""
    found: Mapping[str, tuple[str, ...]] = _read(language)["terms"]
    return found


def phrases(language: str) -> Mapping[str, str]:
    """Id -> phrase; {} for a language without a file."""
    found: Mapping[str, str] = _read(language)["phrases"]
    return found


@cache
def skills_of(trade: str) -> tuple[str, ...]:
    """Ids of the skills by which a training for a trade ("trade.welder") is known, the nearest first."""
    import yaml

    related = yaml.safe_load(files(__name__).joinpath("related.yaml").read_text(encoding="utf-8"))
    return tuple(f"skill.{name}" for name in related.get(trade.removeprefix("trade."), ()))


@cache
def _read(language: str) -> dict[str, Any]:
    import yaml

    if language not in languages():
        return {"phrases": {}, "terms": {}}
    text = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return {
        "phrases": found["phrases"],
        "terms": {name: tuple(map(str, forms)) for name, forms in found["terms"].items()},
    }
