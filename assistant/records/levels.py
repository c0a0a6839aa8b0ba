"""Levels of the European frameworks for qualifications (EQF) and digital competence (DigComp)."""

import re
from collections.abc import Sequence

from assistant.records.normalise import TO, concepts_in

_EQF_NAME = (
    r"\b(?:EQF|EQR|ECQF|CEC|MEC|QEQ|QEC|ERK|ERR|EKR|EKKR|EKK|EOK|EKO|EKS|EKI|ЕКР|ΕΠΠ|ΕΠΕΠ)(?![^\W\d_])"
)
_LEVELS = rf"(?P<low>[1-8])(?:\s*(?:{TO}|and|und)\s*(?P<high>[1-8]))?(?![\d.,]*\d)"
EQF = (
    re.compile(rf"{_EQF_NAME}[\s:/-]*(?:[^\W\d_]{{2,12}}\.?\s*)?{_LEVELS}", re.IGNORECASE),
    re.compile(rf"(?<![\w.,]){_LEVELS}\.?\s*(?:[^\W\d_]{{2,12}}\s+){{0,3}}\(?{_EQF_NAME}", re.IGNORECASE),
)
_DIGCOMP_NAME = r"(?:DigComp|ДигКомп)(?:\s*(?:2\.[0-2]|3\.0))?(?![.,]?\d)"
_DIGCOMP = (
    re.compile(rf"{_DIGCOMP_NAME}[\s:,()–-]*(?:[^\W\d_]{{2,12}}\.?\s*)?{_LEVELS}", re.IGNORECASE),
    re.compile(rf"(?<![\w.,]){_LEVELS}\.?\s*(?:[^\W\d_]{{2,12}}\s+){{0,3}}\(?{_DIGCOMP_NAME}", re.IGNORECASE),
)
_COMMON_SCALE = re.compile(r"\b([ABC])([12])(?:\s*(?:-|–|/|to|a|y|e|bis|à)\s*([ABC])([12]))?\b")
"""How catalogues of Spain and Portugal write the first six levels of DigComp: A1 is 1, C2 is 6."""


def eqf_in(text: str) -> tuple[int, int] | None:
    """Least and most level of the European Qualifications Framework, when it is named."""
    return _levels_in(text, EQF)


def digcomp_in(text: str) -> tuple[int, int] | None:
    """Least and most of DigComp's eight levels, when it is named: by number, as A1 to C2, or by words."""
    if not re.search(_DIGCOMP_NAME, text, re.IGNORECASE):
        return None
    if found := _levels_in(text, _DIGCOMP):
        return found
    if match := _COMMON_SCALE.search(text):
        low, low_step, high, high_step = match.groups()
        levels = ["ABC".index(low) * 2 + int(low_step)]
        levels += ["ABC".index(high) * 2 + int(high_step)] if high else []
        return min(levels), max(levels)
    bands = [int(name) for name in concepts_in("digcomp", text)]
    return (min(bands), max(bands) + 1) if bands else None


def _levels_in(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[int, int] | None:
    match = next((found for pattern in patterns if (found := pattern.search(text))), None)
    if match is None:
        return None
    low, high = sorted((int(match["low"]), int(match["high"] or match["low"])))
    return low, high
