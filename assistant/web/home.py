"""Prepares what Chainlit reads when it is imported: its folder and the environment.

Chainlit takes its settings from `CHAINLIT_APP_ROOT` on import, and from variables that mean something else to
other programs: with `DATABASE_URL` set it would keep every conversation in that database. The folder lies
under our data folder; every start writes our files over those of an older version. Another chat may be using
it too, so nothing is removed and a file is replaced in one step.
"""

import json
import os
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

TEMPLATES = files("assistant.web")
LANGUAGE = "en-US"
STORES_AND_SERVICES = (
    "DATABASE_URL",
    "LITERAL_API_KEY",
    "CHAINLIT_CUSTOM_AUTH",
    "CHAINLIT_ROOT_PATH",
    "CHAINLIT_PARENT_ROOT_PATH",
    "SLACK_BOT_TOKEN",
    "DISCORD_BOT_TOKEN",
    "TEAMS_APP_ID",
)


def prepare(data_dir: Path) -> Path:
    """Write Chainlit's folder and point the environment at it. Call before anything imports chainlit.

    Returns:
        The folder, `<data_dir>/web`.
    Raises:
        AssistantError: Chainlit is not installed, or the folder cannot be written.
    """
    root = data_dir / "web"
    try:
        _write(root / ".chainlit" / "config.toml", TEMPLATES.joinpath("config.toml").read_text("utf-8"))
        _write(root / ".chainlit" / "translations" / f"{LANGUAGE}.json", json.dumps(_wording()))
        _write(root / f"chainlit_{LANGUAGE}.md", TEMPLATES.joinpath("about.md").read_text("utf-8"))
    except OSError as error:
        raise AssistantError(f"cannot prepare the chat in {root}: {error}") from error
    for name in STORES_AND_SERVICES:
        os.environ.pop(name, None)
    os.environ["CHAINLIT_APP_ROOT"] = str(root)
    os.environ["CHAINLIT_ENV_FILE"] = os.devnull  # else a .env in the working folder would be loaded
    return root


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(f".{os.getpid()}")
    written.write_text(text, "utf-8")
    written.replace(path)


def _wording() -> dict[str, Any]:
    """Chainlit's English texts with ours laid over them."""
    chainlit = find_spec("chainlit")
    if chainlit is None or not chainlit.submodule_search_locations:
        raise AssistantError("chainlit is not installed; run `make setup`")
    packaged = Path(chainlit.submodule_search_locations[0], "translations", f"{LANGUAGE}.json")
    ours = json.loads(TEMPLATES.joinpath("wording.json").read_text("utf-8"))
    return _overlay(json.loads(packaged.read_text("utf-8")), ours)


def _overlay(base: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """`base` with the leaves of `ours` in place of its own."""
    return base | {
        key: _overlay(base.get(key, {}), value) if isinstance(value, dict) else value
        for key, value in ours.items()
    }
