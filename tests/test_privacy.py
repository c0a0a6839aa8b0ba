"""Personal data is masked; amounts, years, dates, references and grant numbers stay."""

import time
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.privacy import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to jan.kowalski+eu@firma.com.pl.", "Write to [e-mail]."),
        ("żółć@poczta.pl, me@x.eu", "[e-mail], [e-mail]"),
        ("+48 600 700 800 since 2021-2027", "[phone] since 2021-2027"),
        ("call +353 1 234 5678 or +33 6 12 34 56 78!", "call [phone] or [phone]!"),
        ("+44 (0)20 7946 0958 and tel.+48600700800", "[phone] and tel.[phone]"),
        ("0048 600 700 800", "[phone]"),
        ("030 1234567, (030) 123 45 67, 0171/1234567", "[phone], [phone], [phone]"),
        ("01 23 45 67 89 ou 01.23.45.67.89", "[phone] ou [phone]"),
        ("612 34 56 78, 91 123 45 67, 600-700-800, 210 1234567", "[phone], [phone], [phone], [phone]"),
        ("my phone number is 600700800", "my phone number is [phone]"),
        ("Telefon: 600 700 800", "Telefon: [phone]"),
        ("τηλ. 2101234567", "τηλ. [phone]"),
        ("mon numéro de sécu 2 84 05 75 056 123 45, et le CPF", "mon numéro de sécu [id], et le CPF"),
        ("PESEL 44051401359, gdzie", "PESEL [id], gdzie"),
        ("PESEL: 44051401358", "PESEL: [id]"),  # a slip in the check digit
        ("jestem 44051401359", "jestem [id]"),
        ("mijn bsn is 111222333 en ik woon", "mijn bsn is [id] en ik woon"),
        ("DNI 12345678Z y X1234567L", "DNI [id] y [id]"),
        ("il mio codice fiscale è RSSMRA85T10A562S.", "il mio codice fiscale è [id]."),
        ("Sozialversicherungsnummer: 65 170839 J 003", "Sozialversicherungsnummer: [id]"),
        ("rodné číslo 850101/1234", "rodné číslo [id]"),
        ("henkilötunnus 131052-308T", "henkilötunnus [id]"),
        ("ЕГН 7523169263", "ЕГН [id]"),
        ("DE89 3704 0044 0532 0130 00 is my account", "[IBAN] is my account"),
        ("iban pl61109010140000071219812874", "iban [IBAN]"),
        ("4111 1111 1111 1111, 378282246310005, 3782 822463 10005", "[card], [card], [card]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2021-2027",
        "ESF+ 2021-2027 pays 100 000 euro",
        "EUR 1 500 000 or 1,264.91 EUR",
        "142,700,000,000 EUR, 99.3 bn EUR, 0.30 %",
        "+10 000 000 EUR",
        "phone makers got 100 000 000 euro",
        "mobile training for 1 500 000 workers",
        "phone 1 500 000 workers, mobile 2021-2027",
        "grant 101056563 of the call 101056563",
        "EQF levels 3 4 5 6",
        "project 44051401358 has eleven digits",
        "621437-EPP-1-2020-1-DE, 12345678A",
        "social security pays 100 000 euro, Sozialversicherungsnummer beantragen bis 2027",
        "the nie of 2021-2027",
        "NIR 2021-2027, social security 100 000 euro",
        "01.05.2027, 2027-05-01, 01/05/2027 09:30",
        "01.05.2027 - 30.06.2027, 01.05.27-30.06.27, 09.2026-12.2026",
        "09:30-16:30, 08.30-12.00 13.00-16.30",
        "SMP-COSME-2021-CLUSTER-01",
        "ie-fit-2024-001, ESCO 2512.1, NACE 14.13, ISO 9001:2015",
        "ISBN 978-92-76-12345-6, DOI 10.2760/115376",
        "Regulation (EU) 2021/1057, 2020/C 123/01",
        "https://example.eu/0612345678/course",
        "40 people for 12-18 months",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_an_iban_with_wrong_check_digits_stays() -> None:
    assert mask("DE88 3704 0044 0532 0130 00") == "DE88 3704 0044 0532 0130 00"


def test_a_long_number_that_fails_the_luhn_sum_stays() -> None:
    assert mask("order 4111111111111112") == "order 4111111111111112"


def test_a_hundred_thousand_letters_take_under_a_second() -> None:
    start = time.perf_counter()
    for text in ("a" * 100_000, "1 " * 50_000, "a@" * 50_000, "+1" * 50_000, "phone " * 16_000):
        mask(text)
    assert time.perf_counter() - start < 1.0


def grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


@given(
    number=st.integers(0, 10**12),
    separator=st.sampled_from([" ", "\u00a0", ",", "."]),
    form=st.sampled_from(["{} EUR", "EUR {}", "€{}", "{} euro", "{} zł", "up to {} Kč a year", "+{} €"]),
)
@example(number=600_700_800, separator=" ", form="{} EUR")
@example(number=10_000_000, separator=" ", form="+{} €")
def test_no_amount_of_money_is_masked(number: int, separator: str, form: str) -> None:
    text = form.format(grouped(number, separator))
    assert mask(text) == text


@given(
    day=st.dates(min_value=date(1900, 1, 1)),
    form=st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%y", "%m/%Y"]),
)
def test_no_date_is_masked(day: date, form: str) -> None:
    text = f"until {day:{form}}, 14:30"
    assert mask(text) == text


@given(
    first=st.integers(1900, 2099),
    last=st.integers(1900, 2099),
    dash=st.sampled_from(["-", "–", "/", " - ", " "]),
)
def test_no_range_of_years_is_masked(first: int, last: int, dash: str) -> None:
    assert mask(f"tel in {first}{dash}{last}") == f"tel in {first}{dash}{last}"


@given(number=st.integers(100_000_000, 999_999_999))
def test_no_bare_grant_number_is_masked(number: int) -> None:
    assert mask(f"project {number}") == f"project {number}"


def iban(country: str, account: str) -> str:
    """An IBAN with right check digits: 98 minus the remainder with "00" in their place."""
    remainder = int("".join(str(int(character, 36)) for character in f"{account}{country}00")) % 97
    return f"{country}{98 - remainder:02}{account}"


@given(
    country_length=st.sampled_from(
        [("DE", 18), ("PL", 24), ("FR", 23), ("NL", 14), ("EE", 16), ("LT", 16), ("NO", 11)]
    ),
    number=st.integers(0, 10**24),
    gap=st.sampled_from(["", " "]),
)
def test_every_iban_is_masked(country_length: tuple[str, int], number: int, gap: str) -> None:
    country, length = country_length
    code = iban(country, str(number).zfill(length)[:length])
    printed = gap.join(code[start : start + 4] for start in range(0, len(code), 4))
    assert mask(f"Pay {printed}, please") == "Pay [IBAN], please"


@given(
    country=st.sampled_from(["48", "49", "351", "30", "359", "353"]), number=st.integers(10**8, 10**10 - 1)
)
def test_every_international_number_is_masked(country: str, number: int) -> None:
    assert mask(f"ring +{country}{number} today") == "ring [phone] today"
    assert mask(f"ring +{country} {grouped(number, ' ')} today") == "ring [phone] today"


@given(text=st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)
