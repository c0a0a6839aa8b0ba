"""The assistant's own fixed words, one file per language; everything else in a reply is quoted evidence.

A language is offered for replies when it has a file here. All files hold the same keys as `en.yaml`.
"""

from functools import cache
from importlib.resources import files
from string import Template

import yaml

from assistant.errors import AssistantError

FALLBACK = "en"


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


@cache
def _words(language: str) -> dict[str, str]:
    text = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return {str(key): str(value).strip() for key, value in yaml.safe_load(text).items()}
