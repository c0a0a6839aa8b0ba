"""Personal data in what people type is masked before any model, log or store sees it.

Masked, not refused: the rest of the question still gets its answer. What can be checked is checked (an
IBAN's check digits, a card's Luhn sum), and a telephone number must look like one, so that amounts, years,
dates, grant numbers and course references stay. A bare nine-digit number may be a grant number as well as a
telephone number: it is masked only behind a word such as "phone". What stands next to a currency is never
masked.
"""

import re

from assistant.national_ids import mask_ids

_EMAIL = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")

_IBAN_LENGTHS = {  # ISO 13616, Europe
    15: "NO",
    16: "BE",
    18: "DK|FI|FO|GL|NL",
    19: "MK|SI",
    20: "AT|BA|EE|LT|LU|XK",
    21: "CH|HR|LI|LV",
    22: "BG|DE|GB|GE|IE|ME|RS",
    24: "AD|CZ|ES|MD|RO|SE|SK",
    25: "PT",
    26: "IS|TR",
    27: "FR|GR|IT|MC|SM",
    28: "AL|CY|HU|PL",
    29: "UA",
    31: "MT",
}
_IBAN = re.compile(
    r"(?<![^\W_])(?:{})(?![^\W_])".format(
        "|".join(
            rf"(?:{countries})\d\d(?:[ \u00a0-]?[A-Z0-9]){{{length - 4}}}"
            for length, countries in _IBAN_LENGTHS.items()
        )
    ),
    re.IGNORECASE | re.ASCII,  # else "ſ" and the Kelvin sign count as letters A to Z
)

# In one piece, or as printed on the card: 4-4-4-4 and 3 more, 4-6-5 (American Express), 4-6-4 (Diners)
_CARD = re.compile(
    r"(?<![\w.,+-])(?:\d{13,19}"
    r"|\d{4}([ \u00a0-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?"
    r"|\d{4}([ \u00a0-])\d{6}\2\d{4,5})(?![\w-])"
)

# A telephone number's digits may be apart by a space, dot, slash, hyphen or bracket, or two of them.
_DIGIT = r"(?:[ \u00a0./()-]{0,2}\d)"
_START = r"(?<![\w+.,/:-])(?<!\d[ \u00a0])"
_END = r"(?![ \u00a0]?[./,-]?\d|[^\W_])"
_NOT_A_DATE = (
    r"(?!\d{1,2}(?P<sep>[./ -])\d{1,2}(?P=sep)(?:19|20)\d\d(?!\d))"  # 01.05.2027
    r"(?!\d\d(?P<short>[./-])\d\d(?P=short)\d\d(?!(?P=short)?\d))"  # 01.05.27, but not 01.23.45.67.89
    r"(?!\d{1,2}[./-](?:19|20)\d\d(?!\d))"  # 05/2027
)
_NOT_A_QUANTITY = (
    r"(?!(?:19|20)\d\d[ \u00a0]?[-–/ ])"  # 2021-2027
    r"(?!\d{1,2}(?:[ \u00a0.]\d{3})+(?!\d))"  # 1 500 000
)
_SAID_BEFORE = (
    r"\b(?:tel|phone|telephone|telefon|telefono|teléfono|téléphone|telefone|telefoon|telemóvel|telefonu|telefonie|"
    r"mobile|mobil|móvil|cellulare|cell|handy|gsm|whatsapp|viber|fax|komórka|puhelin|τηλ|τηλέφωνο|κινητό|тел|телефон|"
    r"call me|ring me|my number)\b"
    r"[\s:.–-]{0,3}(?:(?:number|no|nr|nummer|numer|numero|número|numéro|is|ist|est|es|jest|on|at|me)\b[\s:.]{0,3}){0,3}"
)
_PHONES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # +48 600 700 800, 0048 600 700 800
        rf"(?P<before>)(?:(?<![\w+])\+|{_START}00)(?:[1-9]{_DIGIT}{{7,13}}){_END}",
        # 030 1234567, (030) 123 45 67, 01 23 45 67 89, 0171/1234567
        rf"(?P<before>){_START}\(?{_NOT_A_DATE}(?:0[1-9]{_DIGIT}{{7,10}}){_END}",
        # Groups that no amount and no date has: 612 34 56 78, 91 123 45 67, 600-700-800, 210 1234567
        rf"(?P<before>){_START}(?:\d{{3}}(?P<gap>[ \u00a0-])\d\d(?P=gap)\d\d(?P=gap)\d\d"
        r"|\d\d[ \u00a0]\d{3}[ \u00a0]\d\d[ \u00a0]\d\d|[5-9]\d\d-\d{3}-\d{3}|2\d\d[ \u00a0]\d{7})"
        rf"{_END}",
        rf"(?P<before>{_SAID_BEFORE}){_NOT_A_DATE}{_NOT_A_QUANTITY}(?:\(?\d{_DIGIT}{{6,12}}){_END}",
    )
)

_CURRENCY = (
    r"€|£|\$|%|EUR|euros?|PLN|zł|CZK|Kč|HUF|Ft|RON|lei|BGN|лв|SEK|DKK|kr|USD|GBP|CHF|million|mln|mio|billion"
)
_MONEY_AFTER = re.compile(rf"[ \u00a0]?(?:{_CURRENCY})(?!\w)", re.IGNORECASE)
_MONEY_BEFORE = re.compile(rf"(?<!\w)(?:{_CURRENCY})[ \u00a0]?$", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with personal data replaced by "[e-mail]", "[IBAN]", "[id]", "[card]" and "[phone]".

    Masking twice changes nothing more. Names and postal addresses are not recognised.
    """
    text = _EMAIL.sub("[e-mail]", text)
    text = _IBAN.sub(lambda match: "[IBAN]" if _is_iban(match.group()) else match.group(), text)
    text = mask_ids(text)
    text = _CARD.sub(lambda match: "[card]" if _is_card(match) else match.group(), text)
    for pattern in _PHONES:
        text = pattern.sub(_mask_phone, text)
    return text


def _mask_phone(match: re.Match[str]) -> str:
    return match.group() if _is_money(match) else f"{match['before']}[phone]"


def _is_iban(candidate: str) -> bool:
    """ISO 7064 mod 97-10: the first four characters go to the end, letters count from A = 10, remainder 1."""
    code = re.sub(r"[ \u00a0-]", "", candidate)
    return int("".join(str(int(character, 36)) for character in code[4:] + code[:4])) % 97 == 1


def _is_card(match: re.Match[str]) -> bool:
    """Luhn: from the right, every second digit doubled, cross sums added, total divisible by 10."""
    digits = [int(character) for character in match.group() if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    issued = digits[0] in (2, 3, 4, 5, 6)  # ISO/IEC 7812: the first digits of payment cards
    return issued and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and not _is_money(match)


def _is_money(match: re.Match[str]) -> bool:
    text, (start, end) = match.string, match.span()
    return bool(_MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text, max(0, start - 10), start))
