"""Files made for a reader, until they are fetched: in memory, under addresses that nobody can guess."""

import secrets
from collections.abc import Iterable
from threading import Lock

from assistant.takeaway.formats import TakeAway

FILES = "/files/"
MOST_FILES = 200  # of all conversations together; some ten kilobytes each


class Files:
    """What can be fetched; the oldest goes when there are too many. Safe to use from several threads."""

    def __init__(self) -> None:
        self._files: dict[str, TakeAway] = {}
        self._lock = Lock()

    def add(self, file: TakeAway) -> str:
        """Keep a file; returns the key that `get` and `forget` know it by."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._files[key] = file
            while len(self._files) > MOST_FILES:
                del self._files[next(iter(self._files))]
        return key

    def get(self, key: str) -> TakeAway | None:
        """The file, if it is still there."""
        return self._files.get(key)

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of files, such as those of a conversation that is over."""
        with self._lock:
            for key in keys:
                self._files.pop(key, None)
