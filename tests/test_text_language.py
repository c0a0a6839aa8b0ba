"""Detection of the language of questions."""

import pytest

from assistant.retrieval.language import LANGUAGES, detect_language

QUESTIONS = {
    "bg": "Кой плаща обучението?",
    "cs": "Kdo platí školení?",
    "da": "Hvem betaler uddannelsen?",
    "de": "Wer bezahlt die Ausbildung?",
    "el": "Ποιος πληρώνει την εκπαίδευση;",
    "en": "Who pays for the training?",
    "es": "¿Quién paga la formación?",
    "et": "Kes maksab koolituse eest?",
    "fi": "Kuka maksaa koulutuksen?",
    "fr": "Qui paie la formation ?",
    "ga": "Cé a íocann as an oiliúint?",
    "hr": "Tko plaća obuku?",
    "hu": "Ki fizeti a képzést?",
    "it": "Chi paga la formazione?",
    "lt": "Kas moka už mokymus?",
    "lv": "Kas maksā par apmācību?",
    "mt": "Min iħallas għat-taħriġ?",
    "nl": "Wie betaalt de opleiding?",
    "pl": "Kto płaci za szkolenie?",
    "pt": "Quem paga a formação?",
    "ro": "Cine plătește formarea?",
    "sk": "Kto platí školenie?",
    "sl": "Kdo plača usposabljanje?",
    "sv": "Vem betalar utbildningen?",
    "uk": "Хто платить за навчання?",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_question_is_known_in_every_language(language):
    found, confidence = detect_language(QUESTIONS[language])
    assert found == language
    assert 0.5 < confidence <= 1.0


def test_accents_left_out_do_not_hide_the_language():
    assert detect_language("jak dolaczyc do paktu i ile to kosztuje")[0] == "pl"


@pytest.mark.parametrize("text", ["hello", "ok", "TCLF", "gratis kurser"])
def test_a_text_that_could_be_many_languages_is_unsure(text):
    assert detect_language(text)[1] < 0.5


@pytest.mark.parametrize("text", ["", "2027?", "!?"])
def test_a_text_without_letters_tells_nothing(text):
    assert detect_language(text) == ("en", 0.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("mikor indult a Pact for Skills?", "hu"),
        ("Mitä on ClusterXchange?", "fi"),
        ("que es un blueprint", "es"),
        ("What is the Pact for Skills?", "en"),
        ("Pact for Skills", "en"),
    ],
)
def test_english_names_make_no_question_english(text: str, language: str) -> None:
    assert detect_language(text)[0] == language
