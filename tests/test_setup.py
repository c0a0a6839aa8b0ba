"""The set-up that make does: what the locks pin, and what happens without a suitable Python."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13")


def pins(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def versions(pinned: list[Requirement], python: str) -> dict[str, str]:
    """Version of each package that the pins install on Linux with this Python."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
    }
    wanted = [pin for pin in pinned if pin.marker is None or pin.marker.evaluate(environment)]
    assert len({pin.name for pin in wanted}) == len(wanted), "a package is pinned twice"
    return {canonical(pin.name): str(pin.specifier).removeprefix("==") for pin in wanted}


def canonical(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("declared", "locks"),
    [
        (PROJECT["dependencies"], ["requirements.lock"]),
        (PROJECT["optional-dependencies"]["dev"], ["requirements.lock", "requirements-dev.lock"]),
    ],
    ids=["runtime", "dev"],
)
def test_the_locks_pin_what_the_project_declares(declared: list[str], locks: list[str], python: str) -> None:
    pinned = versions([pin for name in locks for pin in pins(name)], python)
    for requirement in map(Requirement, declared):
        version = pinned.get(canonical(requirement.name), "missing")
        assert version != "missing", f"{requirement} is not locked; run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement} but {version} is locked"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_address_no_local_build_and_no_gpu_library(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|--|\+|^(nvidia|cuda|triton)", text, re.MULTILINE)
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) for pin in pins(lock))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a space in its name that holds the Makefile alone."""
    folder = tmp_path / "my checkout"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def make(folder: Path, *arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(shutil.which("make")), *arguments]
    environment = {"PATH": str(path), "HOME": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)


def tools(folder: Path, **programs: str) -> Path:
    """A PATH with the shell's tools and the named programs only."""
    folder.mkdir()
    for name in ("sh", "find", "touch", "mkdir", "mv"):
        (folder / name).symlink_to(str(shutil.which(name)))
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


def test_without_a_suitable_python_one_message_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    path = tools(tmp_path / "bin", python3="exit 1")  # what an older one says to the question for its version
    found = make(checkout, ".venv/made.done", path=path)
    assert found.returncode == 2
    assert "No Python 3.11, 3.12 or 3.13 with its venv module was found" in found.stderr
    assert "make chat PYTHON=" in found.stderr
    assert not (checkout / ".venv").exists()


def test_a_suitable_python_of_another_name_is_found(checkout: Path, tmp_path: Path) -> None:
    # This one suits, says its version, and pretends to make an environment.
    suits = 'case "$1" in --version) echo Python 3.12.9;; -m) mkdir -p .venv; echo "made by $0";; esac'
    path = tools(tmp_path / "bin", **{"python3": "exit 1", "python3.12": suits})
    found = make(checkout, ".venv/made.done", path=path)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == f"Making .venv with Python 3.12.9\nmade by {path}/python3.12\n"
    again = make(checkout, ".venv/made.done", path=path)
    assert "up to date" in again.stdout
