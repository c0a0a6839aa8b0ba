"""What the advisor reads out of messages in 25 languages: what is wanted, and who the firm is."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.advice.lexicon import cue, sector_names, trades
from assistant.advice.nace import find_code
from assistant.advice.plan import Plan, plan_of
from assistant.advice.wish import Message, Wish, read_message, wish_of
from assistant.records.places import Places
from assistant.records.reading import read_words
from assistant.records.towns import NO_TOWNS, Towns
from assistant.records.vocabulary import ECOSYSTEMS
from assistant.wording import languages

ROOT = Path(__file__).resolve().parent
SAID: dict[str, list[list[str]]] = yaml.safe_load((ROOT / "data" / "advice.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Towns:
    return Towns(Places.open(tmp_path_factory.mktemp("places")), ())


def read(text: str, language: str, towns: Towns = NO_TOWNS) -> tuple[Message, Wish | None]:
    message = read_message(text, language, towns)
    return message, wish_of(message)


def first(values: tuple[str, ...]) -> str:
    return values[0] if values else ""


@pytest.mark.parametrize(("language", "text", "ecosystem", "country"), SAID["advise"])
def test_a_firm_that_asks_what_fits_gets_advice_for_its_sector_and_country(
    language: str, text: str, ecosystem: str, country: str, towns: Towns
) -> None:
    message, wish = read(text, language, towns)
    assert wish is not None
    assert wish.kind == "advise"
    assert (first(message.firm.sectors), first(message.firm.countries)) == (ecosystem, country)


def test_the_firms_that_ask_do_so_in_all_languages() -> None:
    assert {language for language, *_ in SAID["advise"]} == set(languages())


@pytest.mark.parametrize(("language", "text"), SAID["ask_back"])
def test_a_firm_without_a_sector_asks_for_advice_too(language: str, text: str) -> None:
    message, wish = read(text, language)
    assert wish is not None
    assert (wish.kind, message.firm.sectors) == ("advise", ())


@pytest.mark.parametrize(("language", "text"), SAID["facts"])
def test_a_question_about_a_fact_is_left_to_the_search(language: str, text: str) -> None:
    assert read(text, language)[1] is None


@pytest.mark.parametrize(("language", "text", "scale", "ecosystem", "country"), SAID["lists"])
def test_a_list_or_count_names_what_narrows_it(
    language: str, text: str, scale: str, ecosystem: str, country: str, towns: Towns
) -> None:
    message, wish = read(text, language, towns)
    assert wish is not None
    assert wish.kind in ("list", "count")
    assert ("blueprint" if wish.type == "blueprint" else wish.scale) == scale
    assert (first(message.firm.sectors), first(message.firm.countries)) == (ecosystem, country)


@pytest.mark.parametrize("language", languages())
def test_every_name_that_a_firm_can_choose_is_understood_when_it_comes_back(language: str) -> None:
    for ecosystem, name in sector_names(language).items():
        assert read(name, language)[0].firm.sectors == (ecosystem,), name


def test_every_trade_belongs_to_an_ecosystem_and_every_ecosystem_has_one() -> None:
    assert {trade.ecosystem for _, trade in trades()._forms} == set(ECOSYSTEMS)


def test_cues_are_grouped_by_languages_that_replies_have() -> None:
    groups: dict[str, Any] = yaml.safe_load(
        (ROOT.parent / "assistant" / "advice" / "cues.yaml").read_text("utf-8")
    )
    named = {str(key) for name, group in groups.items() for key in group}
    assert named - {"all"} <= set(languages())
    assert set(groups["we"]) == set(languages())
    assert not cue("we", "xx").search("we us our")


@pytest.mark.parametrize(
    ("text", "ecosystems"),
    [
        ("NACE C13", ("Textiles",)),
        ("our NACE code is 13.92", ("Textiles",)),
        ("nace rev. 2 section F", ("Construction",)),
        ("Wir haben WZ 29.3", ("Mobility-transport-automotive",)),
        ("CNAE 5510", ("Tourism",)),
        ("CAE 13961", ("Textiles",)),
        ("ATECO 10.71.10", ("Agri-food",)),
        ("code NAF 3030Z", ("Aerospace & defence",)),
        ("PKD 26.11.Z", ("Electronics", "Digital")),
        ("we are in C30.1", ("Mobility-transport-automotive",)),
        ("we are in C30.3", ("Aerospace & defence",)),
        ("accommodation and food service activities", ("Tourism",)),
        ("NACE 69", ()),  # legal advice serves every sector
    ],
)
def test_nace_codes_of_the_eu_and_of_national_lists_mean_ecosystems(
    text: str, ecosystems: tuple[str, ...]
) -> None:
    found = find_code(read_words(text))
    assert found is not None
    assert found[2] == ecosystems


@pytest.mark.parametrize(
    "text", ["we have 13 people", "A 12 people shop", "C99", "Section for F", "EQF 5 to 6"]
)
def test_other_numbers_are_no_codes(text: str) -> None:
    assert find_code(read_words(text)) is None


@pytest.mark.parametrize(
    ("language", "text", "size"),
    [
        ("en", "We are a 40-person textile firm", 40),
        ("en", "a company with 1 200 employees", 1200),
        ("en", "we want to train 12 people", None),
        ("en", "we are 40 people and want to train 12 people", 40),
        ("de", "Wir sind 40 Leute und wollen 12 Leute in CNC schulen", 40),
        ("de", "Wir wollen 12 Leute in CNC schulen", None),
        ("fr", "une PME de 30 salariés", 30),
        ("pl", "firma z 25 pracownikami", 25),
        ("fi", "15 hengen leipomo", 15),
        ("hu", "12 fős cég", 12),
        ("en", "founded in 1998 with 3 ovens", None),
    ],
)
def test_the_size_of_a_firm_is_the_people_who_work_there(language: str, text: str, size: int | None) -> None:
    assert read(text, language)[0].firm.size == size


def test_a_skill_is_no_sector() -> None:
    firm = read("We are a hotel and need digital skills, which partnership fits?", "en")[0].firm
    assert firm.sectors == ("Tourism",)


def test_a_firm_from_outside_europe_keeps_its_country() -> None:
    assert read("we are a hotel in Brazil", "en")[0].firm.countries == ("BR",)


def test_words_are_kept_as_the_reader_wrote_them() -> None:
    assert read("We are a 40-person textile firm", "en")[0].firm.words == ("textile firm", "40-person")


@pytest.mark.parametrize(
    ("language", "text", "plan"),
    [
        (
            "en",
            "We want to train 12 people in CNC milling and quality control by the end of 2027.",
            Plan("12 people", "CNC milling and quality control", "by the end of 2027"),
        ),
        (
            "de",
            "Wir wollen bis Ende 2027 5 Mitarbeiter in Hochvolttechnik schulen.",
            Plan("5 Mitarbeiter", "Hochvolttechnik", "bis Ende 2027"),
        ),
        (
            "fr",
            "Nous voulons former 10 salariés à la rénovation énergétique d'ici 2027",
            Plan("10 salariés", "rénovation énergétique", "d'ici 2027"),
        ),
        ("en", "We are 40 people and train 20 % of our staff each year", Plan("20 %", "", "each year")),
        ("en", "we are a hotel in Crete", Plan()),
    ],
)
def test_a_plan_is_made_of_the_readers_own_words(language: str, text: str, plan: Plan) -> None:
    assert plan_of([text], language, NO_TOWNS) == plan


def test_what_is_said_later_counts_and_the_rest_is_kept() -> None:
    said = ["we train 5 people in welding by 2026", "make it: train 8 people"]
    assert plan_of(said, "en", NO_TOWNS) == Plan("8 people", "welding", "by 2026")
