"""When a message asks who pays for training, in phrasings written before the rules and the word lists."""

import pytest

from assistant.records.constraints import Wanted
from assistant.records.funding_wish import understand_funding

NAMES = (
    "Bildungsgutschein", "CPF", "Compte personnel de formation", "KFS", "BUR",
    "FUNDAE", "SLIM", "kmo-portefeuille",
    "Springboard+", "Skillnet", "Qualifizierungschancengesetz", "QCG",
    "ESF+", "European Social Fund Plus", "STAP",
    "Jsem v kurzu", "Get Qualified", "Investing in Skills", "KURSUOK", "Omstillingsfonden", "Usposabljam.se",
)  # fmt: skip


def wanted(message: str, language: str, previous: Wanted | None = None, **others: object) -> Wanted | None:
    return understand_funding(message, language, previous=previous, names=NAMES, **others)  # type: ignore[arg-type]


ASKS = [
    # language, message, countries, groups
    ("en", "Who pays for my training in my country?", (), ()),
    ("en", "Who pays for my training if the factory closes? I live in Poland", ("PL",), ()),
    ("en", "is there a grant for unemployed welders in Spain", ("ES",), ("unemployed",)),
    ("en", "can my employer get money back for training in Belgium?", ("BE",), ("sme",)),
    ("en", "what funding is there for a small company in Ireland that wants to train staff?",
     ("IE",), ("sme",)),
    ("en", "I'm self employed in Malta, any financial support for courses?", ("MT",), ("self-employed",)),
    ("en", "how can I finance a course, I lost my job, Czech Republic", ("CZ",), ("unemployed",)),
    ("en", "training grants Slovakia unemployed", ("SK",), ("unemployed",)),
    ("en", "wich fundng exists for traning in portugal", ("PT",), ()),
    ("de", "Welche Förderung bekommt ein kleiner Betrieb in Deutschland für Weiterbildung?",
     ("DE",), ("sme",)),
    ("de", "Wer bezahlt mir die Umschulung? Ich bin arbeitslos und wohne in Österreich",
     ("AT",), ("unemployed",)),
    ("de", "gibt es zuschüsse für kurse für selbstständige in deutschland", ("DE",), ("self-employed",)),
    ("de", "Weiterbildungsförderung Bayern", ("DE",), ()),
    ("de", "Zahlt das Arbeitsamt meinen Kurs? Ich lebe in Deutschland.", ("DE",), ()),
    ("fr", "Qui paie ma formation si je suis au chômage en France ?", ("FR",), ("unemployed",)),
    ("fr", "quelles aides pour former mes salariés, petite entreprise en Belgique", ("BE",), ("sme",)),
    ("fr", "comment financer ma formation au Luxembourg", ("LU",), ()),
    ("es", "¿Quién paga mi curso si estoy en paro en España?", ("ES",), ("unemployed",)),
    ("es", "¿hay alguna subvención para formación de autónomos en Portugal?", ("PT",), ("self-employed",)),
    ("it", "chi paga il mio corso di formazione? sono disoccupato, vivo in Italia", ("IT",), ("unemployed",)),
    ("it", "ci sono contributi per la formazione dei dipendenti di una PMI in Italia?", ("IT",), ("sme",)),
    ("pl", "jestem bezrobotny, kto zapłaci za kurs?", (), ("unemployed",)),
    ("pl", "jakie dofinansowanie na szkolenia pracowników może dostać mała firma w Polsce",
     ("PL",), ("sme",)),
    ("nl", "Wie betaalt mijn opleiding als ik werkloos ben in Nederland?", ("NL",), ("unemployed",)),
    ("nl", "welke subsidie is er voor scholing in een klein bedrijf in België", ("BE",), ("sme",)),
    ("pt", "quem paga a minha formação? estou desempregada em Portugal", ("PT",), ("unemployed",)),
    ("pt", "há algum apoio financeiro para cursos para trabalhadores em Portugal", ("PT",), ("employed",)),
    ("ro", "cine îmi plătește cursul dacă sunt șomer în România?", ("RO",), ("unemployed",)),
    ("bg", "Кой плаща за обучението ми? Безработен съм в България", ("BG",), ("unemployed",)),
    ("el", "Ποιος πληρώνει την κατάρτισή μου αν είμαι άνεργος στην Ελλάδα;", ("GR",), ("unemployed",)),
    ("cs", "kdo mi zaplatí rekvalifikaci? jsem nezaměstnaný v Česku", ("CZ",), ("unemployed",)),
    ("sk", "aký príspevok na vzdelávanie môžem dostať ako zamestnanec na Slovensku", ("SK",), ("employed",)),
    ("hu", "Ki fizeti a képzésemet, ha munkanélküli vagyok Magyarországon?", ("HU",), ("unemployed",)),
    ("sv", "vilket stöd finns för utbildning för arbetslösa i Sverige", ("SE",), ("unemployed",)),
    ("da", "hvem betaler for mit kursus hvis jeg er ledig i Danmark?", ("DK",), ("unemployed",)),
    ("fi", "kuka maksaa koulutukseni, jos olen työtön Suomessa?", ("FI",), ("unemployed",)),
    ("et", "kes maksab minu koolituse eest, olen Eestis töötu", ("EE",), ("unemployed",)),
    ("lv", "kas apmaksās manas mācības, ja esmu bezdarbnieks Latvijā?", ("LV",), ("unemployed",)),
    ("lt", "kas apmokės mano mokymus, jei esu bedarbis Lietuvoje?", ("LT",), ("unemployed",)),
    ("hr", "tko plaća moj tečaj ako sam nezaposlen u Hrvatskoj?", ("HR",), ("unemployed",)),
    ("sl", "kdo plača moje usposabljanje, če sem brezposeln v Sloveniji?", ("SI",), ("unemployed",)),
    ("uk", "хто заплатить за мої курси, я безробітна у Польщі", ("PL",), ("unemployed",)),
    ("ga", "cé a íocann as mo chúrsa má táim dífhostaithe in Éirinn?", ("IE",), ("unemployed",)),
    ("mt", "min iħallas għall-kors tiegħi jekk jien qiegħed f'Malta?", ("MT",), ("unemployed",)),
]  # fmt: skip

ASKS_NOT = [
    ("de", "Wie bekomme ich den Bildungsgutschein?"),
    ("en", "How do I get the Bildungsgutschein?"),
    ("en", "what is the maximum of CPF?"),
    ("de", "Wer beantragt das QCG?"),
    ("en", "who applies for the QCG?"),
    ("en", "What is the budget of ESF+?"),
    ("en", "What does a training voucher mean?"),
    ("en", "Does the Pact for Skills pay grants?"),
    ("en", "who pays the membership fee of the partnership?"),
    ("en", "Who can take part in ClusterXchange and what is paid?"),
    ("en", "which courses with a voucher are there in Croatia?"),
    ("en", "Which free courses are there for unemployed people in Spain?"),
    ("en", "how much of payroll goes to the italian training funds"),
    ("en", "luxembourg: percentage of training cost that comes back to the company"),
    ("en", "malta get qualified or training pays, can i take both?"),
    ("en", "When did the voucher scheme in Croatia start?"),
    ("en", "what documents do I need for the grant?"),
    ("en", "What is the lump sum of a Blueprint project?"),
    ("en", "who funds the alliance?"),
    ("en", "how long is the voucher valid?"),
    ("en", "Do apprentices get paid in Austria?"),
    ("en", "What does a solar installer earn in Germany?"),
    ("de", "was zahlt der staat bei weiterbildung (QCG)?"),
    ("de", "wie lange gilt der gutschein"),
    ("de", "Welche Kosten deckt der Zuschuss?"),
    ("fr", "j'ai combien sur mon CPF chaque année ?"),
    ("fr", "mon patron peut m'obliger à utiliser mon cpf ?"),
    ("fr", "combien coûte la formation de soudeur en Belgique ?"),
    ("es", "soy autonomo sin empleados puedo usar fundae?"),
    ("es", "cuando caduca el credito de fundae"),
    ("it", "aderire a un fondo interprofessionale costa qualcosa?"),
    ("pl", "ile wynosi dofinansowanie z KFS dla mikrofirmy?"),
    ("pl", "kto jest partnerem projektu METIS?"),
    ("nl", "hoeveel vergoedt de kmo-portefeuille?"),
    ("cs", "do kdy se dalo žádat o jsem v kurzu"),
    ("ro", "unde ma duc pt cursuri gratuite daca sunt somer?"),
    ("bg", "колко часа е основното ниво на курса по дигитални умения"),
    ("da", "hvor meget kan man få fra omstillingsfonden om året"),
    ("sl", "je Usposabljam.se še odprt?"),
    ("fi", "Onko aikuiskoulutustuki lakkautettu?"),
]  # fmt: skip


FOUND_IN_USE = [
    ("de", "Wer zahlt die Weiterbildung, wenn mein Betrieb schließt?", (), ()),
    ("es", "¿Quién paga la formación de mis empleados en España?", ("ES",), ("sme",)),
    ("en", "I'm an employee of a small company in Malta, who pays for my course?", ("MT",), ("employed",)),
    ("pl", "kto zapłaci za szkolenie naszych pracowników?", (), ("sme",)),
    ("en", "Is there a grant for women who want training in Sweden?", ("SE",), ("women",)),
    (
        "en",
        "what help is out there to pay for courses if you're unemployed in Malta",
        ("MT",),
        ("unemployed",),
    ),
    ("pl", "skąd wziąć pieniądze na kurs spawacza w Polsce?", ("PL",), ()),
    ("en", "I am a woman of 52, is there a grant for training in Sweden?", ("SE",), ()),
]


@pytest.mark.parametrize(("language", "message", "countries", "groups"), [*ASKS, *FOUND_IN_USE])
def test_who_pays_is_understood_with_country_and_status(
    language: str, message: str, countries: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    found = wanted(message, language)
    assert found is not None
    assert (found.need.countries, found.need.audiences) == (countries, groups)


@pytest.mark.parametrize(("language", "message"), ASKS_NOT)
def test_a_question_on_something_else_is_left_to_the_search(language: str, message: str) -> None:
    assert wanted(message, language) is None


def test_a_follow_up_may_change_country_or_status_and_nothing_else() -> None:
    first = wanted("Who pays for my training? I am unemployed", "en")
    assert first is not None
    second = wanted("and in Spain?", "en", first)
    assert second is not None
    assert (second.need.countries, second.need.audiences) == (("ES",), ("unemployed",))
    third = wanted("soy autónomo", "es", second)
    assert third is not None
    assert (third.need.countries, third.need.audiences) == (("ES",), ("self-employed",))
    assert wanted("Poland please", "en", first) is not None
    for other in (
        "how do I apply?",
        "is it free?",
        "which courses are in Spain?",
        "thanks",
        "in Spain it is hot",
    ):
        assert wanted(other, "en", third) is None


def test_a_firms_persona_counts_unless_the_message_says_otherwise() -> None:
    for message, groups in (
        ("Who pays for training in Poland?", ("sme",)),
        ("grants for the unemployed in Poland", ("unemployed",)),
    ):
        found = wanted(message, "en", persona="sme")
        assert found is not None
        assert found.need.audiences == groups


def test_a_name_counts_however_its_parts_are_joined() -> None:
    message = "posso pedir o cheque formação digital em Portugal?"
    assert wanted(message, "pt") is not None
    assert understand_funding(message, "pt", names=("Cheque-Formação + Digital",)) is None


def test_an_acronym_of_any_alphabet_names_a_scheme() -> None:
    assert wanted("μπορώ να πάρω επιδότηση για σεμινάρια;", "el") is not None
    assert wanted("μπορώ να πάρω την επιδότηση της ΔΥΠΑ για σεμινάρια;", "el") is None


def test_an_everyday_name_counts_only_as_it_is_written() -> None:
    assert wanted("Who pays for training with Get Qualified in Malta?", "en") is None
    assert wanted("Who pays for training to get qualified in Malta?", "en") is not None
