"""What messages ask of the records, in phrasings that the word lists were not written from."""

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records.constraints import Wanted, understand_need
from assistant.records.need import Need
from assistant.records.towns import Towns
from assistant.retrieval.text import analyse

SUBJECTS = ("welding python programming nursing digital marketing Schweißen soldadura Pflege baking",)
CITIES = ("lyon", "hamburg", "san sebastian")
TODAY = date(2026, 11, 24)


def known(terms: Iterable[str]) -> set[str]:
    there = {term for text in SUBJECTS for code in ("en", "de", "es") for term in analyse(text, code)}
    return set(terms) & there


def wanted(message: str, language: str = "en", previous: Wanted | None = None) -> Wanted | None:
    return understand_need(
        message, language, previous=previous, today=TODAY, towns=Towns(None, CITIES), known=known
    )


def need(message: str, language: str = "en") -> dict[str, object]:
    found = wanted(message, language)
    return (
        found.need.model_dump(exclude_defaults=True, exclude={"action", "language", "topic_terms"})
        if found
        else {}
    )


ANY_COURSE = ("course", "mooc", "micro-credential")


@pytest.mark.parametrize(
    ("language", "message", "expected"),
    [
        ("en", "Which free online courses are taught in German?",
         {"kinds": ANY_COURSE, "free": True, "modes": ("online",), "languages": ("de",)}),
        ("en", "show me all apprenticeships in Austria for nursing",
         {"kinds": ("apprenticeship",), "countries": ("AT",), "topic": "nursing"}),
        ("en", "list every bootcamp in germny", {"kinds": ("bootcamp",), "countries": ("DE",)}),
        ("en", "which courses for unemployed people take less than three months?",
         {"kinds": ANY_COURSE, "audiences": ("unemployed",), "max_days": 90}),
        ("en", "which welding courses under 200 euro are there?",
         {"kinds": ANY_COURSE, "topic": "welding", "max_cost_eur": 200.0}),
        ("en", "which apprenticeships are still open in Hamburg?",
         {"kinds": ("apprenticeship",), "open_on": TODAY, "city": "hamburg"}),
        ("de", "Welche kostenlosen Kurse gibt es auf Englisch?",
         {"kinds": ANY_COURSE, "free": True, "languages": ("en",)}),
        ("de", "Alle Lehrstellen in der Schweißen-Branche in Österreich",
         {"kinds": ("apprenticeship",), "countries": ("AT",), "topic": "Schweißen"}),
        ("fr", "Quelles formations gratuites en ligne y a-t-il en Belgique ?",
         {"free": True, "modes": ("online",), "countries": ("BE",)}),
        ("es", "¿Qué cursos de soldadura hay en España?",
         {"kinds": ANY_COURSE, "countries": ("ES",), "topic": "soldadura"}),
        ("it", "quali corsi gratuiti a distanza ci sono in Italia?",
         {"kinds": ANY_COURSE, "free": True, "modes": ("online",), "countries": ("IT",)}),
        ("pl", "jakie darmowe kursy są po polsku?",
         {"kinds": ANY_COURSE, "free": True, "languages": ("pl",)}),
        ("pl", "wszystkie kursy w Niemczech", {"kinds": ANY_COURSE, "countries": ("DE",)}),
        ("nl", "welke cursussen zijn er in Duitsland?", {"kinds": ANY_COURSE, "countries": ("DE",)}),
        ("sv", "vilka gratis kurser finns i Danmark?",
         {"kinds": ANY_COURSE, "free": True, "countries": ("DK",)}),
        ("fi", "mitkä oppisopimukset ovat Suomessa?",
         {"kinds": ("apprenticeship",), "countries": ("FI",)}),
        ("hu", "milyen ingyenes tanfolyamok vannak Ausztriában?",
         {"kinds": ANY_COURSE, "free": True, "countries": ("AT",)}),
        ("cs", "jaké bezplatné kurzy jsou v Rakousku?",
         {"kinds": ANY_COURSE, "free": True, "countries": ("AT",)}),
        ("ro", "ce cursuri gratuite sunt in Franta?",
         {"kinds": ANY_COURSE, "free": True, "countries": ("FR",)}),
        ("bg", "кои безплатни курсове има в Германия?",
         {"kinds": ANY_COURSE, "free": True, "countries": ("DE",)}),
        ("en", "which courses of at least three months under 200 euro are there?",
         {"kinds": ANY_COURSE, "min_days": 90, "max_cost_eur": 200.0}),
        ("en", "which courses for people with disabilities are there?",
         {"kinds": ANY_COURSE, "audiences": ("disabled",)}),
        ("nl", "welke cursussen zijn er op EQF-niveau 6 tot 1500 euro?",
         {"kinds": ANY_COURSE, "eqf": 6, "max_cost_eur": 1500.0}),
        ("fr", "quels contrats d'apprentissage dans le textile y a-t-il ?",
         {"kinds": ("apprenticeship",), "ecosystems": ("Textiles",)}),
        ("fr", "Montre-moi tous les cours aux Pays-Bas", {"kinds": ANY_COURSE, "countries": ("NL",)}),
        ("fr", "quels cours de moins d'un mois y a-t-il ?", {"kinds": ANY_COURSE, "max_days": 30}),
        ("pl", "jakie kursy są we Włoszech?", {"kinds": ANY_COURSE, "countries": ("IT",)}),
        ("el", "ποια δωρεάν σεμινάρια υπάρχουν στην Ελλάδα;",
         {"kinds": ANY_COURSE, "free": True, "countries": ("GR",)}),
    ],
)  # fmt: skip
def test_constraints_in_many_languages(language: str, message: str, expected: dict[str, object]) -> None:
    assert need(message, language) == expected


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "what is a bootcamp?"),
        ("en", "how do I apply for an apprenticeship in Ireland?"),
        ("en", "who pays for my course in Spain?"),
        ("en", "how long does an apprenticeship in Denmark take?"),
        ("en", "what levels are the courses"),
        ("en", "hello"),
        ("en", "i drive forklift, want office job"),
        ("en", "How many people has the automotive partnership trained?"),
        ("de", "Wer zahlt meine Ausbildung in Österreich?"),
        ("fr", "qu'est-ce que l'alternance en France ?"),
        ("en", "?"),
        ("en", ""),
    ],
)
def test_other_questions_ask_for_no_list(language: str, message: str) -> None:
    assert wanted(message, language) is None


@pytest.mark.parametrize(
    ("language", "message"),
    [
        (
            "en",
            "Which courses in the construction sector at EQF level 4 cost at most 90 euro?",
        ),
        ("de", "Zeige mir alle Kurse in der Textilbranche auf EQR-Niveau 4, die noch offen sind"),
        ("fr", "Montre-moi tous les cours dans le secteur du bâtiment au niveau CEC 4"),
        ("es", "¿Qué cursos hay en el sector textil de nivel MEC 4 todavía abiertos?"),
        ("pl", "Jakie kursy są w branży tekstylnej na poziomie ERK 4, trwające do 30 dni?"),
    ],
)
def test_words_around_a_constraint_are_no_subject(language: str, message: str) -> None:
    found = wanted(message, language)
    assert found is not None
    assert (found.need.topic, found.unknown) == ("", ())
    assert found.need.ecosystems


def test_words_of_a_sector_are_a_subject_where_no_sector_is_named() -> None:
    found = wanted("which juggling industry courses are there in Spain?")
    assert found is not None
    assert "industry" in found.unknown


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "How many bootcamps are there in Spain?"),
        ("de", "Wie viele Bootcamps gibt es in Spanien?"),
        ("fr", "combien de bootcamps en Espagne ?"),
        ("pl", "ile jest bootcampów w Hiszpanii?"),
        ("hr", "koliko ima bootcampova u Španjolskoj?"),
    ],
)
def test_counts(language: str, message: str) -> None:
    found = wanted(message, language)
    assert found is not None
    assert (found.need.action, found.need.kinds, found.need.countries) == ("count", ("bootcamp",), ("ES",))


def test_what_was_understood_keeps_the_readers_words() -> None:
    found = wanted("Welche kostenlosen Kurse gibt es auf Englisch?", "de")
    assert found is not None
    assert [(chip.field, chip.words) for chip in found.chips] == [
        ("kinds", "Kurse"), ("free", "kostenlosen"), ("languages", "Englisch"),
    ]  # fmt: skip


def test_a_place_that_no_record_knows_is_told() -> None:
    found = wanted("which bootcamps are there in Wroclaw, Poland?")
    assert found is not None
    assert found.unknown == ("Wroclaw",)


def test_short_follow_ups_change_the_list_and_keep_the_rest() -> None:
    first = wanted("which bootcamps are there in Spain?")
    second = wanted("and in Italy?", previous=first)
    third = wanted("only free ones", previous=second)
    assert third is not None
    assert (third.need.kinds, third.need.countries, third.need.free) == (("bootcamp",), ("IT",), True)
    assert third.words == "bootcamps, Italy, free"
    following = wanted("more", previous=third)
    assert following is not None
    assert following.need.offset == 10
    assert wanted("What is the Pact for Skills?", previous=third) is None


@pytest.mark.parametrize(
    ("plain", "personal"),
    [
        (
            "which welding courses are there in Spain?",
            "i am a woman, which welding courses are there in Spain?",
        ),
        ("which courses are free?", "I'm 58 and over 50. Which courses are free?"),
        ("which courses are free?", "I am Polish. Which courses are free?"),
        ("which courses are free?", "I come from Poland. Which courses are free?"),
        ("which courses are free?", "As a migrant from Syria I ask: which courses are free?"),
    ],
)
def test_gender_age_and_origin_change_nothing(plain: str, personal: str) -> None:
    bare, told = wanted(plain), wanted(personal)
    assert bare is not None
    assert told is not None
    assert told.need.audiences == bare.need.audiences == ()
    assert told.need == bare.need
    assert told.unknown == bare.unknown


def test_offers_for_a_group_are_found_when_they_are_asked_for() -> None:
    found = wanted("which courses for women are there in Spain?")
    assert found is not None
    assert found.need.audiences == ("women",)


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    found = wanted(text)
    assert found is None or isinstance(found.need, Need)
