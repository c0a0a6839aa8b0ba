"""National identity and social security numbers of people in the EU.

Two ways to know one. Some forms prove themselves by a check character (Source: the issuing authorities'
public rules). The others are bare digits that a grant number may equal, so they are taken only behind a word
that announces them, and then also with a slip of the pen in them.
"""

import re
from collections.abc import Callable

_ANNOUNCED_BY = (
    # en; fr; es; pt; it
    r"(?:social security|national insurance|personal id|national id|identity card|id card|ppsn?|"
    r"s[ée]curit[ée] sociale|num[ée]ro de s[ée]cu|nir|registre national|"
    r"dni|nie|nif|seguridad social|nuss|bilhete de identidade|cart[ãa]o de cidad[ãa]o|niss|"
    r"codice fiscale|carta d'identit[àa]|"
    # de; nl; pl; cs, sk; ro; bg
    r"steuer-?id(?:entifikationsnummer)?|steuerliche identifikationsnummer|svnr|"
    r"(?:sozial)?versicherungsnummer|personalausweis(?:nummer)?|"
    r"bsn|burgerservicenummer|sofinummer|rijksregister(?:nummer)?|"
    r"pesel|rodn[ée] [čc][íi]slo|cnp|cod numeric personal|егн|"
    # da, sv; fi; et; lt; lv; hu; sl, hr; el; uk
    r"cpr(?:-nummer)?|personnummer|samordningsnummer|hetu|henkil[öo]tunnus|isikukood|"
    r"asmens kod\w+|personas kod\w+|"
    r"taj(?:-?sz[áa]m\w*)?|szem[ée]lyi sz[áa]m\w*|emšo|oib|αφμ|αμκα|амка|рнокпп|іпн)"
)
_FILLER = (
    r"(?:[\s:#=.,–-]{1,3}(?:numbers?|no|nr|num|nummer|numer|numero|número|numéro|č|is|est|es|è|é|ist|to|jest|"
    r"on|är|er|je|este|и|е|είναι))"
    r"{0,3}[\s:#=.,–-]{1,3}"
)
_NUMBER = (
    r"(?!(?:19|20)\d\d[-–/](?:19|20)?\d\d(?!\d))"  # 2021-2027
    r"(?!\d[\d \u00a0.,]*(?:€|%|(?:EUR|euros?|PLN|zł|CZK|Kč|HUF|Ft|RON|lei|SEK|DKK|kr)\b))"  # 100 000 euro
    r"[A-Z]{0,2}\d(?:[ \u00a0./+-]?\d){5,15}"
    r"(?:[A-Z]|(?-i:[ \u00a0-][A-Z])(?:[ \u00a0]?\d{3,4})?)?"
)
_ANNOUNCED = re.compile(rf"(?P<before>(?<![^\W_]){_ANNOUNCED_BY}{_FILLER}){_NUMBER}(?![^\W_])", re.IGNORECASE)


def _is_pesel(code: str) -> bool:
    """Poland: weights 1 3 7 9, sum of the eleven 0 modulo 10, and a month of its century's range."""
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, code, strict=True))
    return total % 10 == 0 and 1 <= int(code[2:4]) % 20 <= 12 and 1 <= int(code[4:6]) <= 31


def _is_nir(code: str) -> bool:
    """France: the last two digits are 97 minus the rest modulo 97; Corsica's 2A and 2B count as 19 and 18."""
    digits = code.upper().replace("2A", "19").replace("2B", "18")
    return 97 - int(digits[:-2]) % 97 == int(digits[-2:])


def _is_dni(code: str) -> bool:
    """Spain: the letter stands for the number modulo 23; a foreigner's X, Y, Z count as 0, 1, 2."""
    digits = code[:-1].upper().translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == code[-1].upper()


_SEPARATORS = re.compile(r"[ \u00a0./-]")
_PROVING: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(r"(?<![\w.,+/-])\d{11}(?![\w/-])"), _is_pesel),
    (
        re.compile(
            r"(?<![\w.,+/-])[12][ \u00a0]?\d\d[ \u00a0]?\d\d[ \u00a0]?(?:\d\d|2[AB])"
            r"(?:[ \u00a0]?\d{3}){2}[ \u00a0]?\d\d(?![\w/-])",
            re.IGNORECASE,
        ),
        _is_nir,
    ),
    (re.compile(r"(?<![\w.,+/-])(?:\d|[XYZ])\d{7}-?[A-Z](?![\w/-])", re.IGNORECASE), _is_dni),
    (  # Italy's codice fiscale: no other word has this form
        re.compile(r"(?<![\w/-])[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z](?![\w/-])", re.IGNORECASE),
        lambda code: True,
    ),
)


def mask_ids(text: str) -> str:
    """The text with national ids replaced by "[id]"."""
    if not any(character.isdigit() for character in text):
        return text
    text = _ANNOUNCED.sub(r"\g<before>[id]", text)
    for pattern, proves in _PROVING:
        text = pattern.sub(
            lambda match, proves=proves: (  # type: ignore[misc]
                "[id]" if proves(_SEPARATORS.sub("", match.group())) else match.group()
            ),
            text,
        )
    return text
