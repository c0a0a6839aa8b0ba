"""A PostgreSQL of the tests' own, from Debian's package: on loopback, with a password, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MISSING = "PostgreSQL is not installed (on Debian and Ubuntu: apt install postgresql)"
PASSWORD = "p%ss/w@rd"
_ESCAPED = "p%25ss%2Fw%40rd"
_QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "unix_socket_directories=")


@dataclass(frozen=True)
class Server:
    """One that runs."""

    port: int
    url: str
    """As ASSISTANT_RECORDS_URL takes it."""


def programs() -> Path | None:
    """Folder of the newest initdb and postgres; None where they are not installed."""
    found = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server in a folder of its own, and stop it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = _user()
    try:
        _prepare(folder, user)
        port = _free_port()
        options = [word for option in (*_QUICK, "listen_addresses=127.0.0.1") for word in ("-c", option)]
        command = [f"{programs()}/postgres", "-D", folder / "data", "-p", str(port), *options]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **user)
        try:
            _wait_for(server, folder / "log")
            yield Server(port, f"postgresql://tester:{_ESCAPED}@127.0.0.1:{port}/postgres")
        finally:
            server.send_signal(signal.SIGINT)  # "fast shutdown": connections are closed
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses root."""
    if os.getuid() != 0:
        return {}
    other = next(each for each in pwd.getpwall() if each.pw_name in ("postgres", "nobody"))
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}


def _prepare(folder: Path, user: dict[str, Any]) -> None:
    (folder / "password").write_text(PASSWORD, "utf-8")
    if user:
        for path in (folder, folder / "password"):
            os.chown(path, user["user"], user["group"])
    command = [f"{programs()}/initdb", "-D", folder / "data", "-U", "tester", "--encoding=UTF8", "--no-sync"]
    # another order of letters than Python's, which lists must not follow
    command += ["--locale=C", "--locale-provider=icu", "--icu-locale=de"]
    command += ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False, **user)
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while "ready to accept connections" not in log.read_text("utf-8", "replace"):
        assert server.poll() is None, log.read_text("utf-8", "replace")
        assert time.monotonic() < deadline, log.read_text("utf-8", "replace")
        time.sleep(0.05)
