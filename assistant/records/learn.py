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
from itertools import chain

from assistant.records import normalise
from assistant.records.labelled import (
    DASHED,
    DOTTED,
    LONGEST_LABEL,
    LONGEST_LEAD,
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
ROUNDS = 4  # in which labels on lines of their own are found by those found before
SHORTEST_TAIL = 3  # letters of a known label at the end of a compound, of which the rest has as many at least
SIMILAR = 87  # percent of letters in common
SHORTEST_ALIKE = 6  # letters of what is compared by letters
SHORTEST_LEAD = 3  # letters
_SPLIT = re.compile(rf"\s*[/,&+]\s*|\s+(?:{normalise.AND})\s+")
_PIECES = re.compile(r"\s*[;|·•]\s+|\s+[–—]\s+(?=[^:–—]{2,45}:\s)|(?<=\w)\.\s+(?=[^\W\d_a-z][^.:]{1,44}:\s)")
_NEVER_NEAR = {"", NO_TITLE, "title", "summary", "source_date", "source_url"}


def learn(lines: Sequence[Line]) -> Labels:
    """The labels of a document."""
    leading = _leading(lines)
    alone = list(_alone(lines, leading))
    values: defaultdict[str, list[str]] = defaultdict(list)
    seen: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for label, told in [*_marked(lines), *_led(lines, leading), *alone]:
        form = folded_label(label)
        told = [value for value in told if any(map(str.isalnum, value))]
        if form and len(label) <= LONGEST_LABEL and len(label.split()) <= MOST_WORDS and told:
            values[form] += told
            seen[form] += 1
            printed.setdefault(form, label)
    often = sorted((form for form in values if seen[form] >= REPEATS), key=lambda form: -seen[form])
    taken = {label_of(form) for form in often}
    learnt: dict[str, str] = {}
    for meaning in (_by_words, _by_values):
        for form in often:
            if not label_of(form) and not learnt.get(form):
                key = meaning(printed[form], values[form], taken)
                learnt[form] = key
                taken.add(key)
    marks = Counter(label_of(label) or learnt.get(folded_label(label), "") for label, _ in _marked(lines))
    return Labels(
        learnt,
        alone={folded_label(label) for label, _ in alone},
        leading=leading,
        is_marked=bool(leading) or sum(marks[key] >= REPEATS for key in marks if key) >= REPEATS,
    )


def _marked(lines: Sequence[Line]) -> Iterator[tuple[str, Sequence[str]]]:
    """(label, values) wherever a mark or a table sets a label apart."""
    third = Counter(line.cells[2] for line in lines if _may_be_pairs(line))
    for line in lines:
        if line.kind == "table_header" or repeats_header(line):
            continue
        if len(line.columns) > 2 and len(line.columns) == len(line.cells):
            yield from ((name, (cell,)) for name, cell in zip(line.columns, line.cells, strict=True))
        elif _may_be_pairs(line) and (third[line.cells[2]] >= REPEATS or label_of(line.cells[2])):
            yield from (
                (label, (cell,)) for label, cell in zip(line.cells[::2], line.cells[1::2], strict=True)
            )
        elif len(line.cells) > 1 and (len(line.cells) == 2 or not line.columns):
            yield line.cells[0], line.cells[1:]
        elif not line.cells and line.kind != "heading":
            dashed = DASHED.match(line.text)
            is_one = ":" not in line.text or (dashed is not None and ":" not in dashed["label"])
            pieces = [line.text] if is_one else _PIECES.split(line.text)
            for piece in pieces:
                match = SEPARATED.match(piece) or DOTTED.match(piece) or DASHED.match(piece)
                if match and match["value"] and not piece.startswith("http"):
                    yield match["label"], (match["value"],)


def _may_be_pairs(line: Line) -> bool:
    """Whether a row may be label, value, label, value."""
    return len(line.cells) in (4, 6) and not line.columns


def _led(lines: Iterable[Line], leading: set[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """(label, values) of lines that begin with a label without any mark."""
    labels = Labels(leading=leading)
    for line in lines:
        if not line.cells and line.kind != "heading" and (pair := labels.leading(line.text)):
            yield pair.printed, (pair.value,)


def _leading(lines: Sequence[Line]) -> set[str]:
    """Folded beginnings that lines share and whose values differ, where such lines stand beside each other.

    A beginning is as long as all lines that begin so have it in common: "Mova vykladannia", not "Mova".
    """
    plain = [line for line in lines if not line.cells and line.kind != "heading"]
    words = [fold(line.text).split() if _begins_bare(line.text) else [] for line in plain]
    counted: Counter[tuple[str, ...]] = Counter()
    for each in words:
        counted.update({tuple(each[:length]) for length in range(1, min(LONGEST_LEAD, len(each) - 1) + 1)})
    leads = [_lead(each, counted) for each in words]
    differing: defaultdict[str, set[str]] = defaultdict(set)
    beside: Counter[str] = Counter()
    for place, lead in enumerate(leads):
        if lead:
            differing[lead].add(" ".join(words[place]))
            near = [leads[at] for at in (place - 1, place + 1) if 0 <= at < len(leads)]
            beside[lead] += any(other and other != lead for other in near)
    often = {
        lead
        for lead, texts in differing.items()
        if len(texts) > 1 and beside[lead] >= 0.6 * counted[tuple(lead.split())]
    }
    return often if len(often) >= REPEATS else set()


def _begins_bare(text: str) -> bool:
    """Whether a line may begin with a label that no mark follows."""
    return text[:1].isupper() and ":" not in text and not DASHED.match(text) and not DOTTED.match(text)


def _lead(words: Sequence[str], counted: Mapping[tuple[str, ...], int]) -> str:
    """The label that these words begin with, or "": the longest beginning that hardly goes on otherwise."""
    most = min(LONGEST_LEAD, len(words) - 1)
    known = [length for length in range(most, 0, -1) if label_of(" ".join(words[:length]))]
    length = known[0] if known else 1
    count = counted.get(tuple(words[:length]), 0)
    while length < most and counted[tuple(words[: length + 1])] >= (1.0 if known else 0.9) * count:
        length += 1
    lead = " ".join(words[:length])
    return lead if count >= REPEATS and len(lead) >= SHORTEST_LEAD else ""


def _alone(lines: Iterable[Line], leading: set[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """(label, values) of labels on lines of their own, which the line below follows as the value.

    Values come again, too ("free", "German"); but they stand below a label, and a label stands above them.
    The first label is known, or it is what stands below most headings.
    """
    led = Labels(leading=leading)
    single = [line for line in lines if not line.cells and not _has_value(line.text)]
    texts = [line.text for line in single]
    forms = [
        ""
        if line.in_run or len(line.text) > LONGEST_LABEL or led.leading(line.text)
        else folded_label(line.text)
        for line in single
    ]
    counted = Counter(forms)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, form in enumerate(forms[:-1]):
        if form and counted[form] >= REPEATS and not re.search(r"[.!;,]$|\d", texts[place]):
            places[form].append(place)
    labels = {form for form in places if label_of(form) or near_label(form)}
    labels |= {form for form in places if _share_of(places[form], lambda at: _below_title(single, at)) > 0.5}
    below = {form: _share_of(places[form], lambda at: forms[at - 1] in labels) for form in labels}
    labels -= {form for form, share in below.items() if share > 0.5}
    for alternates in (_follows_value, _precedes_value):
        for _ in range(ROUNDS):
            labels = labels | {form for form in places if alternates(places[form], forms, labels)}
    if len(labels) < REPEATS:
        return
    for form in labels:
        for place in places[form]:
            if forms[place + 1] not in labels:
                yield texts[place], (texts[place + 1],)


def _follows_value(places: Sequence[int], forms: Sequence[str], labels: set[str]) -> bool:
    """Whether what stands at these places mostly follows a label and its value."""
    if _share_of(places, lambda at: forms[at - 1] in labels) >= 0.3:
        return False
    return _share_of(places, lambda at: at > 1 and forms[at - 2] in labels) > 0.6


def _precedes_value(places: Sequence[int], forms: Sequence[str], labels: set[str]) -> bool:
    """Whether what stands at these places mostly stands beside no label at all."""
    beside = _share_of(places, lambda at: forms[at - 1] in labels)
    return beside < 0.3 and _share_of(places, lambda at: forms[at + 1] not in labels) > 0.7


def _below_title(lines: Sequence[Line], place: int) -> bool:
    """Whether a line is the first below a heading."""
    return lines[place - 1].kind == "heading"


def _has_value(text: str) -> bool:
    match = SEPARATED.match(text)
    return bool(match and match["value"])


def _share_of(places: Sequence[int], holds: Callable[[int], bool]) -> float:
    return sum(place > 0 and holds(place) for place in places) / len(places)


def near_label(text: str) -> str:
    """The key of the known label that shares the telling word with this one, or ""."""
    return next(_near_labels(text), "")


def _near_labels(text: str) -> Iterator[str]:
    """Keys of known labels that share a word with this one, the most alike first."""
    bare = re.sub(r"\s*\([^)]*\)", "", text).strip()
    if label_of(bare.split()[0] if bare else "") == "title":
        return  # "Name of the programme" is no programme's content
    for near in (_by_part, _by_head_or_tail, _by_compound, _by_letters):
        yield from (key for key in near(bare) if key not in _NEVER_NEAR)


def _by_part(text: str) -> Iterator[str]:
    """ "School / organiser"."""
    parts = _SPLIT.split(text)
    yield from map(label_of, parts if len(parts) > 1 else ())


def _by_head_or_tail(text: str) -> Iterator[str]:
    """ "Cena s DPH" by its head, "Mokymų rūšis" by its tail; the longest one first.

    Of everyday words only "where" tells something at the head: "Where it takes place".
    """
    words = text.split()
    for length in range(len(words) - 1, 0, -1):
        for part in (" ".join(words[:length]), " ".join(words[-length:])):
            key = label_of(part)
            too_common = is_everyday(part) and not (key == "city" and text.startswith(part))
            if not too_common and not normalise.concepts_in("kind", part):
                yield key  # "of the course" says of what, not what


def _by_compound(text: str) -> Iterator[str]:
    """ "Utbildningstyp" by "typ"."""
    last = fold(text.split()[-1]) if text.split() else ""
    known = known_labels()
    for start in range(SHORTEST_TAIL + 1, len(last) - SHORTEST_TAIL + 1):
        yield known.get(last[start:], "")


def _by_letters(text: str) -> Iterator[str]:
    """Another form of a known label, as a whole or by its first or last word."""
    from rapidfuzz import fuzz, process

    form = folded_label(text)
    for part in dict.fromkeys((form, *form.split()[:1], *form.split()[-1:])):
        found = process.extractOne(part, known_labels().keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR)
        if found and len(part) >= SHORTEST_ALIKE:
            yield known_labels()[found[0]]


def _by_words(label: str, values: Sequence[str], taken: set[str]) -> str:
    near = [key for key in _near_labels(label) if key not in taken]
    certain = (key for key in near if key in _CLOSED and _share(values, _FITS[key]) >= 0.5)
    return next(chain(certain, (key for key in near if key not in _CLOSED)), "")


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
_CLOSED = ("url", "languages", "countries", "duration", "mode", "kind", "cost", "skills")
"""Keys whose values are known so well that a label which only looks like one of theirs can be refuted."""
_LONGEST: Mapping[str, int] = {"duration": 12, "mode": 5, "kind": 4, "cost": 12}
"""Words of most values, where the values alone shall tell."""
