"""Learns how one document calls its fields, beyond the labels that are known.

A catalogue prints the same labels in each entry. So what stands again and again before a colon, in the first
cell of a row, at the head of a column or on a line of its own is a label, known or not. What an unknown one
means is told by a word that it shares with known labels ("Délka trvání" with "Délka"), as long as its values
are such things, or by the values alone: languages, durations, prices, schools. A label of which neither tells
anything still ends the value before it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from assistant.records import normalise
from assistant.records.labelled import (
    DASHED,
    DOTTED,
    LONGEST_LABEL,
    NO_TITLE,
    SEPARATED,
    Labels,
    Line,
    folded_label,
    is_everyday,
    known_labels,
    label_of,
    repeats_header,
)
from assistant.retrieval.text import fold

REPEATS = 3  # times that a label stands in a document, for an unknown one to be one
MOST_WORDS = 6
SHORTEST_TAIL = 3  # letters of a known label at the end of a compound, of which the rest has as many at least
SIMILAR = 88  # percent of letters in common
_SPLIT = re.compile(rf"\s*[/,&+]\s*|\s+(?:{normalise.AND})\s+")
_PIECES = re.compile(r"\s*[;|·•]\s+")
_NEVER_NEAR = {"", NO_TITLE, "title", "summary", "source_date", "source_url"}


def learn(lines: Sequence[Line]) -> Labels:
    """The labels of a document."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    printed: dict[str, str] = {}
    alone = list(_alone(lines))
    for label, value in [*_marked(lines), *alone]:
        form = folded_label(label)
        if form and len(label) <= LONGEST_LABEL and len(label.split()) <= MOST_WORDS and value:
            values[form].append(value)
            printed.setdefault(form, label)
    often = [form for form in values if len(values[form]) >= REPEATS]
    often.sort(key=lambda form: -len(values[form]))
    taken = {label_of(form) for form in often}
    learnt: dict[str, str] = {}
    for meaning in (_by_words, _by_values):
        for form in often:
            if not label_of(form) and not learnt.get(form):
                key = meaning(printed[form], values[form], taken)
                learnt[form] = key
                taken.add(key)
    return Labels(learnt, {folded_label(label) for label, _ in alone})


def _marked(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """(label, value) wherever a mark or a table sets a label apart."""
    for line in lines:
        if line.kind == "table_header" or repeats_header(line):
            continue
        if len(line.columns) > 2 and len(line.columns) == len(line.cells):
            yield from zip(line.columns, line.cells, strict=True)
        elif len(line.cells) == 2:
            yield line.cells[0], line.cells[1]
        elif not line.cells and line.kind != "heading":
            for piece in _PIECES.split(line.text):
                match = SEPARATED.match(piece) or DOTTED.match(piece) or DASHED.match(piece)
                if match and match["value"] and not piece.startswith("http"):
                    yield match["label"], match["value"]


def _alone(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """(label, value) of labels on lines of their own, which the line below follows as the value.

    Values come again, too ("free", "German"); but they stand below a label, and a label stands above them.
    """
    single = [line for line in lines if not line.cells and not _has_value(line.text)]
    texts = [line.text for line in single]
    forms = [
        "" if line.in_run or len(line.text) > LONGEST_LABEL else folded_label(line.text) for line in single
    ]
    counted = Counter(forms)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, form in enumerate(forms[:-1]):
        if form and counted[form] >= REPEATS and not re.search(r"[.!?;,]$|\d", texts[place]):
            places[form].append(place)
    labels = {form for form in places if label_of(form) or near_label(form)}
    labels -= {form for form in labels if _stands_below(places[form], forms, labels - {form}) > 0.5}
    if len(labels) < 2:
        return
    for _ in range(2):
        labels |= {
            form
            for form in places
            if _stands_below(places[form], forms, labels) < 0.3
            and sum(forms[place + 1] in labels for place in places[form]) < 0.3 * len(places[form])
        }
    for form in labels:
        for place in places[form]:
            if forms[place + 1] not in labels:
                yield texts[place], texts[place + 1]


def _has_value(text: str) -> bool:
    match = SEPARATED.match(text)
    return bool(match and match["value"])


def _stands_below(places: Sequence[int], forms: Sequence[str], labels: set[str]) -> float:
    """Share of the places that stand right below a label."""
    return sum(place > 0 and forms[place - 1] in labels for place in places) / len(places)


def near_label(text: str) -> str:
    """The key of the known label that shares the telling word with this one, or ""."""
    bare = re.sub(r"\s*\([^)]*\)", "", text).strip()
    for near in (_by_part, _by_head_or_tail, _by_compound, _by_letters):
        if (key := near(bare)) not in _NEVER_NEAR:
            return key
    return ""


def _by_part(text: str) -> str:
    """ "School / organiser"."""
    parts = _SPLIT.split(text)
    return next((key for part in parts if (key := label_of(part))), "") if len(parts) > 1 else ""


def _by_head_or_tail(text: str) -> str:
    """ "Cena s DPH" by its head, "Mokymų rūšis" by its tail; the longest one first."""
    words = text.split()
    for length in range(len(words) - 1, 0, -1):
        for part in (" ".join(words[:length]), " ".join(words[-length:])):
            if (key := label_of(part)) and not is_everyday(part):
                return key
    return ""


def _by_compound(text: str) -> str:
    """ "Utbildningstyp" by "typ"."""
    last = fold(text.split()[-1]) if text.split() else ""
    known = known_labels()
    for start in range(SHORTEST_TAIL + 1, len(last) - SHORTEST_TAIL + 1):
        if (key := known.get(last[start:], "")) and key not in _NEVER_NEAR:
            return key
    return ""


def _by_letters(text: str) -> str:
    """Another form of a known label."""
    from rapidfuzz import fuzz, process

    form = folded_label(text)
    found = process.extractOne(form, known_labels().keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR)
    return known_labels()[found[0]] if found and len(form) >= 5 else ""


def _by_words(label: str, values: Sequence[str], taken: set[str]) -> str:
    key = near_label(label)
    if not key or key in taken:
        return ""
    fits = _FITS.get(key)
    return key if fits is None or _share(values, fits) >= 0.5 else ""


def _by_values(label: str, values: Sequence[str], taken: set[str]) -> str:
    for key, fits in _FITS.items():
        least = 0.5 if key in ("provider", "certificate") else 0.7
        short = [value for value in values if len(value.split()) <= _LONGEST.get(key, 100)]
        if key not in taken and len(short) > 0.8 * len(values) and _share(values, fits) >= least:
            return key
    return ""


def _share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, values)) / len(values)


def _is_language(text: str) -> bool:
    found = normalise.languages_in(text)
    return bool(found) and len(text.split()) <= 2 * len(found)


def _is_kind(text: str) -> bool:
    return bool(normalise.concepts_in("kind", text))


def _names_organisation(text: str) -> bool:
    return normalise.pattern_of("organisation").search(fold(text)) is not None


def _names_hours(text: str) -> bool:
    return normalise.pattern_of("hours").search(fold(text)) is not None and any(map(str.isdigit, text))


def _is_list(text: str) -> bool:
    """ "drilling, welding, safety at work"."""
    parts = normalise.parts_of(text)
    return len(parts) > 1 and len(text.split()) <= 5 * len(parts) and not any(map(str.isdigit, text))


def _names_certificate(text: str) -> bool:
    return normalise.pattern_of("qualification").search(fold(text)) is not None


_FITS: Mapping[str, Callable[[str], bool]] = {
    "url": lambda text: bool(normalise.address_in(text)),
    "languages": _is_language,
    "countries": lambda text: bool(normalise.countries_in(text)),
    "duration": lambda text: normalise.duration_in(text) is not None or _names_hours(text),
    "mode": lambda text: normalise.mode_in(text) is not None,
    "kind": _is_kind,
    "cost": lambda text: bool(normalise.concepts_in("cost", text) or normalise.money_in(text)),
    "certificate": _names_certificate,
    "provider": _names_organisation,
    "skills": _is_list,
}
"""Key -> whether a text is such a value; in the order in which an unknown label is tried."""
_LONGEST: Mapping[str, int] = {"duration": 12, "mode": 5, "kind": 4, "cost": 12}
"""Words of most values, where the values alone shall tell."""
