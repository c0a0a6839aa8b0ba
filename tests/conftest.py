"""What every test gets: no network but loopback, and none of the caller's settings."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from postgres_server import MISSING, Server, programs, running_server

ROOT = Path(__file__).resolve().parent.parent

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(address: object) -> None:
    raise ConnectionRefusedError(f"tests reach only this machine, not {address!r}")


def _check(connection: socket.socket, address: Any) -> None:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
        _refuse(address)


def _guarded_connect(connection: socket.socket, address: Any) -> None:
    _check(connection, address)
    _connect(connection, address)


def _guarded_connect_ex(connection: socket.socket, address: Any) -> int:
    _check(connection, address)
    return _connect_ex(connection, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    if not _is_local(host):
        raise socket.gaierror(socket.EAI_NONAME, f"tests reach only this machine, not {host!r}")
    return _getaddrinfo(host, *args, **kwargs)


# On import, so that nothing that a test module imports slips through.
socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign]
socket.getaddrinfo = _guarded_getaddrinfo  # type: ignore[assignment]
os.environ |= {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}


@pytest.fixture(autouse=True)
def no_settings_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever ASSISTANT_* variables the developer has set."""
    for name in [name for name in os.environ if name.startswith("ASSISTANT_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def corpus_data_dir() -> Path:
    """Data folder with the index of the corpus alone, kept between runs.

    Encoding the corpus takes a minute, so vectors of the index that `make setup` made are taken over; all
    else is read anew from the PDFs.
    """
    folder = ROOT / ".assistant" / "tests"
    vectors = folder / "index" / "embeddings.sqlite"
    made = ROOT / ".assistant" / "index" / "embeddings.sqlite"
    if made.exists() and not vectors.exists():
        vectors.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, vectors)
    command = [sys.executable, "-m", "assistant", "ingest", str(ROOT / "corpus"), "--data-dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, started for the tests that ask for one."""
    if programs() is None:
        pytest.skip(MISSING)
    with running_server() as server:
        yield server
