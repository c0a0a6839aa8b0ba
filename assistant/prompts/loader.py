"""Prompts are files: one YAML each, with `system` and `prompt`, and $variables in both.

A prompt is part of the method, so a run records its hash and a slip in it is an error, not a silent gap:
unknown keys, missing variables and unused ones are all named.
"""

import hashlib
from pathlib import Path
from string import Template

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import PromptError

PROMPTS = Path(__file__).parent


class _PromptFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    system: str = Field(min_length=1)
    prompt: str = Field(min_length=1)


class RenderedPrompt(BaseModel):
    """The two messages that a model gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str
    prompt: str


class Prompt(_PromptFile):
    """A checked prompt file."""

    name: str

    @property
    def hash(self) -> str:
        """16 hex digits over both texts; comments and layout of the file do not change it."""
        return hashlib.sha256(f"{self.system}\0{self.prompt}".encode()).hexdigest()[:16]

    @property
    def variables(self) -> frozenset[str]:
        """The names that `render` wants, without "$"."""
        return frozenset(Template(self.system).get_identifiers() + Template(self.prompt).get_identifiers())

    def render(self, **variables: str) -> RenderedPrompt:
        """Fill in the variables, once: a "$" inside a value stays as it is.

        Raises:
            PromptError: a variable is missing or unused.
        """
        missing, unused = self.variables - variables.keys(), variables.keys() - self.variables
        problems = [
            f"{what} {', '.join(sorted(names))}"
            for what, names in (("missing", missing), ("unused", unused))
            if names
        ]
        if problems:
            wanted = ", ".join(sorted(self.variables)) or "none"
            raise PromptError(f"prompt {self.name!r}: {'; '.join(problems)}. Its variables are: {wanted}")
        return RenderedPrompt(
            system=Template(self.system).substitute(variables),
            prompt=Template(self.prompt).substitute(variables),
        )


def load_prompt(name: str, *, folder: Path = PROMPTS) -> Prompt:
    """Read and check the prompt `name` (its file's name without ".yaml").

    Raises:
        PromptError: no such file, not YAML, an unknown or missing key, or a "$" that names no variable.
    """
    path = folder / f"{name}.yaml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "none"
        raise PromptError(f"no prompt {name!r} in {folder}; there is: {known}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PromptError(f"cannot read {path}: {error}") from error
    try:
        file = _PromptFile.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'file'}: {problem['msg']}" for problem in error.errors()
        )
        raise PromptError(f"{path}: {problems}. Wanted: the keys system and prompt") from error
    for key, text in file:
        if not Template(text).is_valid():
            raise PromptError(
                f'{path}: {key} holds a "$" that names no variable; write "$$" for the sign itself'
            )
    return Prompt(name=name, system=file.system, prompt=file.prompt)
