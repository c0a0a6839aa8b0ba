"""Chainlit's folder and environment, and reading a blocking generator from a coroutine."""

import asyncio
import json
import os
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.web.home import STORES_AND_SERVICES, prepare
from assistant.web.streaming import from_thread


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHAINLIT_APP_ROOT", "CHAINLIT_ENV_FILE"):
        monkeypatch.setenv(name, "")


def test_everything_that_is_not_needed_is_off(tmp_path: Path) -> None:
    config = tomllib.loads((prepare(tmp_path) / ".chainlit" / "config.toml").read_text())
    features = config["features"]
    assert config["project"]["allow_origins"] == []
    assert not features["spontaneous_file_upload"]["enabled"]
    assert not features["mcp"]["enabled"]
    assert not features["audio"]["enabled"]
    assert not features["unsafe_allow_html"]


def test_our_wording_lies_over_chainlits_own(tmp_path: Path) -> None:
    wording = json.loads((prepare(tmp_path) / ".chainlit" / "translations" / "en-US.json").read_text())
    assert wording["chat"]["watermark"].startswith("AI system. It informs, you decide")
    assert wording["common"]["actions"]["cancel"] == "Cancel"


def test_a_start_replaces_our_files_and_leaves_those_of_a_running_chat(tmp_path: Path) -> None:
    root = prepare(tmp_path)
    config, running = root / ".chainlit" / "config.toml", root / ".files" / "session"
    ours = config.read_text()
    config.write_text("from an older version")
    running.mkdir(parents=True)
    assert prepare(tmp_path) == tmp_path / "web"
    assert config.read_text() == ours
    assert running.is_dir()
    assert {path.name for path in root.iterdir()} == {".chainlit", ".files", "chainlit_en-US.md"}


def test_variables_that_would_make_chainlit_keep_conversations_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in STORES_AND_SERVICES:
        monkeypatch.setenv(name, "set for another program")
    prepare(tmp_path)
    assert not set(STORES_AND_SERVICES) & set(os.environ)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(AssistantError, match="cannot prepare the chat in"):
        prepare(tmp_path / "data")


def test_items_arrive_in_order_from_one_other_thread() -> None:
    threads = set()

    def numbers() -> Iterator[int]:
        for number in range(5):
            threads.add(threading.get_ident())
            yield number

    async def collect() -> list[int]:
        return [number async for number in from_thread(numbers)]

    assert asyncio.run(collect()) == [0, 1, 2, 3, 4]
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_an_error_of_the_generator_reaches_the_reader_after_its_items() -> None:
    def failing() -> Iterator[str]:
        yield "first"
        raise ValueError("then it broke")

    async def collect(into: list[str]) -> None:
        async for item in from_thread(failing):
            into.append(item)  # noqa: PERF401 - the error must not lose what came before

    items: list[str] = []
    with pytest.raises(ValueError, match="then it broke"):
        asyncio.run(collect(items))
    assert items == ["first"]


def test_the_generator_ends_when_the_reader_stops() -> None:
    ended, go_on = threading.Event(), threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
                go_on.wait(5)
        finally:
            ended.set()

    async def first() -> int:
        items = from_thread(endless)
        item = await anext(items)
        await items.aclose()  # type: ignore[attr-defined]
        go_on.set()
        return item

    assert asyncio.run(first()) == 1
    assert ended.wait(5)
