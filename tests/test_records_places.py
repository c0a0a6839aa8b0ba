"""Towns by name in any language, and which places of offers a reader means by one."""

from pathlib import Path

import pytest

from assistant.records.constraints import Wanted, understand_need
from assistant.records.places import Places
from assistant.records.towns import Towns

CITIES = ("amadora", "warszawa", "munchen", "augsburg", "bari, foggia, lecce", "jonkoping", "marl")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places.open(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def towns(places: Places) -> Towns:
    return Towns(places, CITIES)


def wanted(towns: Towns, message: str, language: str) -> Wanted:
    found = understand_need(message, language, towns=towns)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "town", "country"),
    [
        ("lisboa", "Lisbon", "PT"), ("lissabon", "Lisbon", "PT"), ("gdansk", "Gdańsk", "PL"),
        ("danzig", "Gdańsk", "PL"), ("софия", "Sofia", "BG"), ("αθηνα", "Athens", "GR"),
        ("porto", "Porto", "PT"), ("nice", "Nice", "FR"),
    ],
)  # fmt: skip
def test_a_town_is_known_by_its_names(places: Places, name: str, town: str, country: str) -> None:
    assert (places.named(name)[0].name, places.named(name)[0].country) == (town, country)


@pytest.mark.parametrize("form", ["gdansku", "warszawie", "krakkoban", "helsingissa", "praze", "budapesten"])
def test_a_case_form_is_known_where_the_language_has_cases(places: Places, form: str) -> None:
    assert places.named(form, inflected=True)
    assert not places.named(form)


def test_no_town_has_an_invented_name(places: Places) -> None:
    assert places.named("xyzzyburg", inflected=True) == ()


def test_the_distance_is_that_of_an_atlas(places: Places) -> None:
    paris, london = places.named("paris")[0], places.named("london")[0]
    assert paris.km_to(london) == pytest.approx(344, abs=5)  # as the crow flies
    assert paris.km_to(paris) == 0.0


def test_the_file_is_written_once(tmp_path: Path) -> None:
    Places.open(tmp_path).close()
    (file,) = tmp_path.iterdir()
    before = file.stat().st_mtime_ns
    Places.open(tmp_path).close()
    assert file.stat().st_mtime_ns == before


def test_a_town_means_the_places_that_are_it_in_any_language(towns: Towns) -> None:
    need = wanted(towns, "which courses are there in Munich?", "en").need
    assert (need.city, need.city_names, need.countries) == ("munich", ("munchen",), ("DE",))


def test_near_a_town_means_what_is_an_hour_away(towns: Towns) -> None:
    assert wanted(towns, "which apprenticeships are there near Lisbon?", "en").need.city_names == ("amadora",)
    assert wanted(towns, "which courses are there around Munich?", "en").need.city_names == (
        "augsburg",
        "munchen",
    )


@pytest.mark.parametrize(
    ("message", "language", "city"),
    [
        ("jakie kursy są w Gdańsku?", "pl", "gdansku"),
        ("milyen tanfolyamok vannak Budapesten?", "hu", "budapesten"),
        ("all courses in gdansk", "en", "gdansk"),
        ("mitkä kurssit ovat Tampereella?", "fi", "tampereella"),
        ("welche Kurse zum Thema Essen gibt es?", "de", ""),
        ("I am a man: which courses are free in Spain?", "en", ""),
        ("I come from Madrid. Which courses are free?", "en", ""),
        ("which courses in Luxembourg are free?", "en", ""),
    ],
)
def test_only_a_place_that_is_wanted_counts(towns: Towns, message: str, language: str, city: str) -> None:
    assert wanted(towns, message, language).need.city == city


def test_one_of_several_places_of_an_offer_counts(towns: Towns) -> None:
    assert wanted(towns, "which courses are there in Lecce?", "en").need.city_names == (
        "bari, foggia, lecce",
    )
