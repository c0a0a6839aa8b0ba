"""Settings: defaults here, then a config file, then ASSISTANT_* variables, then command-line flags.

The names are the same everywhere: `ASSISTANT_LLM` in the environment is `llm` in `assistant.toml`
(the prefix may be written there too) and `--llm` where a command has that flag.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
)

from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"
CHECKOUT = Path(__file__).resolve().parent.parent


def _default_data_dir() -> Path:
    """Beside the checkout's corpus when we run from one, else the user's data folder."""
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / ".assistant"
    from platformdirs import user_data_path

    return user_data_path("pact-assistant")


class Settings(BaseModel):
    """All settings with their meaning; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=_default_data_dir, description="Everything a run keeps lives here")
    corpus_dir: Path = Field(
        CHECKOUT / "corpus", description="Folder that `assistant ingest` reads by default"
    )
    encoder: str = Field(
        "all-MiniLM-L6-v2", description="The packaged encoder, or a sentence-transformers name or path"
    )
    top_k: PositiveInt = Field(12, description="Passages given to the composer")

    records_url: SecretStr | None = Field(
        None,
        description="PostgreSQL that holds the records, e.g. postgresql://USER:PASSWORD@HOST/DATABASE; else a"
        " file in the data folder does",
    )

    llm: str | None = Field(None, description="LangChain chat model, e.g. ollama:qwen3 or openai:gpt-5-mini")
    llm_base_url: str | None = Field(None, description="Address of an OpenAI-compatible or Ollama server")
    llm_api_key: SecretStr | None = Field(None, description="Key for that server, if it wants one")
    llm_timeout_s: PositiveFloat = Field(30.0, description="Longest wait for the model's next words")
    llm_total_s: PositiveFloat = Field(120.0, description="Longest wait for the whole answer")
    llm_price_in: NonNegativeFloat | None = Field(
        None, description="Euro for a million tokens that the model reads"
    )
    llm_price_out: NonNegativeFloat | None = Field(
        None, description="Euro for a million tokens that the model writes"
    )
    llm_fill_records: bool = Field(
        False,
        description="At ingestion, ask the model for what rules left empty in records: a request an entry",
    )
    budget_tokens: PositiveInt = Field(2400, description="Tokens of passages given to the language model")

    judge_llm: str | None = Field(
        None, description="Chat model that judges answers in `assistant eval`; not the one that answers"
    )

    feedback: bool = Field(
        False, description="Let readers rate replies; what they rate is kept in the data folder"
    )

    host: str = Field("127.0.0.1", description="Address that the chat listens on")
    port: int = Field(0, ge=0, le=65535, description="Port of the chat; 0 picks a free one")

    max_file_mb: PositiveInt = Field(200, description="Largest file that is read")
    max_pages: PositiveInt = Field(3000, description="Longest document that is read")
    max_seconds: PositiveFloat = Field(55.0, description="Longest time for one document's extraction")
    max_memory_mb: PositiveInt = Field(2048, description="Most memory for one document's extraction")

    allow_private_hosts: bool = Field(
        False, description="Let `assistant corpus` fetch from private addresses too; for intranets and tests"
    )

    @property
    def index_dir(self) -> Path:
        """Where the generations of the index live."""
        return self.data_dir / "index"

    @property
    def feedback_file(self) -> Path:
        """Where rated replies are kept."""
        return self.data_dir / "feedback.jsonl"

    @property
    def library_dir(self) -> Path:
        """Where the documents that `assistant corpus` fetched live."""
        return self.data_dir / "library"


def load_settings(*, config_file: Path | None = None, **flags: Any) -> Settings:
    """Resolve the settings once, at the edge of the program.

    Args:
        config_file: TOML file; else `ASSISTANT_CONFIG`, else `assistant.toml` in the working folder if there.
        flags: Command-line values; None means "not given".
    Raises:
        SettingsError: a name is unknown, a value is malformed or the file cannot be read.
    """
    values = _from_file(config_file)
    values |= {
        key[len(PREFIX) :].lower(): value
        for key, value in os.environ.items()
        if key.startswith(PREFIX) and key != f"{PREFIX}CONFIG" and value != ""
    }
    values |= {key: value for key, value in flags.items() if value is not None}
    for key in ("data_dir", "corpus_dir"):
        if key in values:
            values[key] = Path(values[key]).expanduser().absolute()
    try:
        return Settings(**values)
    except ValidationError as error:
        problems = "; ".join(_explain(problem) for problem in error.errors())
        raise SettingsError(f"{problems}. Known settings: {', '.join(Settings.model_fields)}") from error


def _from_file(config_file: Path | None) -> dict[str, Any]:
    named = config_file or os.environ.get(f"{PREFIX}CONFIG")
    path = Path(named) if named else Path("assistant.toml")
    if not path.is_file():
        if named:
            raise SettingsError(f"no config file at {path}; write one or leave out --config")
        return {}
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot read {path}: {error}") from error
    return {key.lower().removeprefix(PREFIX.lower()): value for key, value in values.items()}


def _explain(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown setting {PREFIX}{name.upper()}"
    is_secret = Settings.model_fields[name].annotation == SecretStr | None
    found = "malformed" if is_secret else repr(problem["input"])
    return f"{PREFIX}{name.upper()} is {found}: {problem['msg']}"
