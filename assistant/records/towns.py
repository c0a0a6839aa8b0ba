"""Which places of offers a reader means by the name of a town: the town itself, or what is near it."""

import re
from collections.abc import Collection, Iterable
from functools import cached_property

from assistant.records.places import NEARBY_KM, Place, Places
from assistant.retrieval.text import fold

_BETWEEN = re.compile(r"\s*(?:[,;/|()]|\band\b|\bor\b)\s*")


class Towns:
    """The towns of Europe, and the places where the offers of one index are."""

    def __init__(self, places: Places | None, cities: Iterable[str]) -> None:
        """Without `places` only the offers' own places are known.

        Args:
            places: Towns by name.
            cities: What the records say about their place, folded.
        """
        self._places = places
        self.cities = frozenset(name for city in cities for name in (city, *_names(city)) if name)
        self._whole = tuple(sorted(set(cities)))

    def find(self, name: str, countries: Collection[str] = (), *, inflected: bool = False) -> Place | None:
        """The town with this folded name, one in these countries first; `inflected`: case forms count."""
        found = self._places.named(name, inflected=inflected) if self._places else ()
        inside = [place for place in found if place.country in countries]
        return next(iter(inside or found), None)

    def names_of(self, place: Place) -> frozenset[str]:
        """All folded names of a town, in any language."""
        others = self._places.other_names(place) if self._places else ()
        return frozenset({fold(place.name), *others})

    def cities_at(self, place: Place, *, near: bool) -> tuple[str, ...]:
        """The places of records, in their words, that are this town in any language; `near`: or close by."""
        if not self._places:
            return ()
        own = self.names_of(place)
        return tuple(
            city
            for city in self._whole
            if own & {city, *_names(city)} or (near and self._is_near(city, place))
        )

    def _is_near(self, city: str, place: Place) -> bool:
        return any(place.km_to(other) <= NEARBY_KM for other in self._located.get(city, ()))

    @cached_property
    def _located(self) -> dict[str, list[Place]]:
        """Where the records' places are; those of unknown names are left out."""
        return {city: [place for name in _names(city) if (place := self.find(name))] for city in self._whole}


def _names(city: str) -> list[str]:
    """The towns in a wording such as "bari, foggia, lecce" or "dundalk and drogheda"."""
    return [name for part in _BETWEEN.split(city) if (name := part.strip())]


NO_TOWNS = Towns(None, ())
