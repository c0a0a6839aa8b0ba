"""Prepares what Chainlit reads when it is imported: its folder and the environment.

Chainlit takes its settings from `CHAINLIT_APP_ROOT` on import, and from variables that mean something else to
other programs: with `DATABASE_URL` set it would keep every conversation in that database. The folder lies
under our data folder and is written anew at every start (about 20 ms), so an upgrade leaves nothing stale.
"""

import json
import os
import shutil
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
        shutil.rmtree(root, ignore_errors=True)
        translations = root / ".chainlit" / "translations"
        translations.mkdir(parents=True)
        config = TEMPLATES.joinpath("config.toml").read_text("utf-8")
        (root / ".chainlit" / "config.toml").write_text(config, "utf-8")
        (translations / f"{LANGUAGE}.json").write_text(json.dumps(_wording()), "utf-8")
        about = TEMPLATES.joinpath("about.md").read_text("utf-8")
        (root / f"chainlit_{LANGUAGE}.md").write_text(about, "utf-8")
    except OSError as error:
        raise AssistantError(f"cannot prepare the chat in {root}: {error}") from error
    for name in STORES_AND_SERVICES:
        os.environ.pop(name, None)
    os.environ["CHAINLIT_APP_ROOT"] = str(root)
    os.environ["CHAINLIT_ENV_FILE"] = os.devnull  # else a .env in the working folder would be loaded
    return root


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
