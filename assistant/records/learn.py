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
from itertools import chain, takewhile

from assistant.records import normalise
from assistant.records.labelled import (
    DASHED,
    DOTTED,
    LONGEST_LABEL,
    LONGEST_LEAD,
    NO_TITLE,
    SEPARATED,
    VALUE_HEAD,
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
MOST_WORDS_ASKED = 8  # of a question
MOST_ITEMS = 20  # of a list, to tell what its label means
SHORTEST_TAIL = 3  # letters of a known label at the end of a compound, of which the rest has as many at least
SIMILAR = 87  # percent of letters in common
SHORTEST_ALIKE = 6  # letters of what is compared by letters
SHORTEST_LEAD = 3  # letters
_COUNTS = re.compile(r"[^\W\d_]{1,8}\.?\s?[#№]?\d+\b")
"""What begins "No 12 ..."."""
_ABBREVIATED = re.compile(r"(?:\w+\.\s*)+$")
_COUNTED = re.compile(r"^\d{1,2}[.)]\s+")
"""What stands before the label of a numbered point: "10. Contents:"."""
_SPLIT = re.compile(rf"\s*[/,&+]\s*|\s+(?:{normalise.AND})\s+")
_SIGNS_BETWEEN = tuple(
    re.compile(sign)
    for sign in (
        r";\s+",
        r"\s+\|\s+",
        r"\s+[·•]\s+",
        r"\s+[–—]\s+",
        r"\s+/\s+",
        r"(?<=\w)\.\s+(?=[^\W\d_a-z])",
        r",\s+(?=[^\W\d_a-z])",
    )
)
"""What may stand between several labelled values in a line."""
_NEVER_NEAR = {"", NO_TITLE, VALUE_HEAD, "title", "summary", "source_date", "source_url", "state", "years"}


def learn(lines: Sequence[Line]) -> Labels:
    """The labels of a document."""
    leading = _leading(lines)
    alone = list(_alone(lines, leading))
    values: defaultdict[str, list[str]] = defaultdict(list)
    seen: Counter[str] = Counter()
    printed: dict[str, str] = {}
    marked = list(_marked(lines))
    for label, told in [*marked, *_led(lines, leading), *alone]:
        form = folded_label(label)
        told = [value for value in told if any(map(str.isalnum, value))]
        if form and len(label) <= LONGEST_LABEL and _is_brief(label) and told:
            values[form] += told
            seen[form] += 1
            printed.setdefault(form, label)
    often = sorted((form for form in values if seen[form] >= REPEATS), key=lambda form: -seen[form])
    taken = {label_of(form) for form in often}
    learnt = _corrected({form: values[form] for form in often if label_of(form)}, taken)
    taken |= set(learnt.values())
    for form in often:
        if not label_of(form):
            learnt[form] = _by_words(printed[form], values[form], taken)
            taken.add(learnt[form])
    learnt |= _corrected({form: values[form] for form in often if form not in learnt}, taken)
    taken |= set(learnt.values())
    unknown = {form: values[form] for form in often if not label_of(form) and not learnt[form]}
    guessed = _by_values(unknown, seen, taken)
    learnt |= {
        form: key
        for form, key in guessed.items()
        if key != "provider" or not _names_rows(form, lines, values)
    }
    forms = Counter(folded_label(label) for label, _ in marked)
    marks = Counter(label_of(label) or learnt.get(folded_label(label), "") for label, _ in marked)
    return Labels(
        learnt,
        alone={folded_label(label) for label, _ in alone},
        most=max(seen.values(), default=0),
        leading=leading,
        marked={form for form, count in forms.items() if count >= REPEATS},
        is_marked=bool(leading) or sum(marks[key] >= REPEATS for key in marks if key) >= REPEATS,
    )


def _corrected(known: Mapping[str, Sequence[str]], taken: set[str]) -> dict[str, str]:
    """Label -> key of known labels whose values are of another kind of thing, for which there is no label.

    "Umfang" may tell hours a week or months, "Registration" how to register, where or for how much.
    """
    found: dict[str, str] = {}
    for form, values in known.items():
        if key := _means_too(label_of(form), values, taken | set(found.values())):
            found[form] = key
    return found


def _means_too(own: str, values: Sequence[str], taken: set[str]) -> str:
    """What a label that mostly means something else tells by its values, or ""."""
    if own in _CLOSED and _share(values, _FITS[own]) >= 0.3:
        return ""
    others = [key for key in _MEANS_TOO.get(own, ()) if key not in taken and _fit(key, values) >= 0.7]
    of_offers = len(taken & {"kind", "mode", "languages", "duration", "cost"}) > 1
    if own == "knowledge" and of_offers and "skills" not in taken:  # what an offer teaches
        return "skills"
    return next((key for key in others if key != "provider" or of_offers), "")


def _names_rows(form: str, lines: Sequence[Line], values: Mapping[str, Sequence[str]]) -> bool:
    """Whether it is the head of the only column of a table that can name its rows."""
    heads = {line.columns for line in lines if len(line.columns) > 2 and len(line.cells) > 2}
    own = [names for names in heads if form in map(folded_label, names)]
    others = {folded_label(name) for names in own for name in names} - {form}
    named = any(
        label_of(other) == "title" or _may_name(values.get(other, ()), values[form]) for other in others
    )
    return bool(own) and not named


def _may_name(texts: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a column says something else in each row, in words."""
    words = [text for text in texts if sum(map(str.isalpha, text)) > 3]
    return len(set(words)) > 0.8 * len(others)


def _marked(lines: Sequence[Line]) -> Iterator[tuple[str, Sequence[str]]]:
    """(label, values) wherever a mark or a table sets a label apart."""
    third = Counter(line.cells[2] for line in lines if _may_be_pairs(line))
    for place, line in enumerate(lines):
        if line.kind == "table_header" or repeats_header(line):
            continue
        if len(line.columns) > 1 and not line.columns[0]:
            yield line.cells[0], line.cells[1:]
        elif len(line.columns) > 2 and len(line.columns) == len(line.cells):
            yield from ((name, (cell,)) for name, cell in zip(line.columns, line.cells, strict=True))
        elif _may_be_pairs(line) and (third[line.cells[2]] >= REPEATS or label_of(line.cells[2])):
            yield from (
                (label, (cell,)) for label, cell in zip(line.cells[::2], line.cells[1::2], strict=True)
            )
        elif len(line.cells) > 1 and (len(line.cells) == 2 or not line.columns):
            yield line.cells[0], line.cells[1:]
        elif not line.cells and line.kind != "heading":
            for piece in _pieces(line.text):
                match = SEPARATED.match(piece) or DOTTED.match(piece) or DASHED.match(piece)
                if match and match["value"] and not piece.startswith("http"):
                    yield match["label"], (match["value"],)
            if line.kind == "list_item" and _COUNTED.match(line.text) and line.text.endswith(":"):
                yield line.text, (_value_below(lines, place),)


def _pieces(text: str) -> list[str]:
    """The labelled values of a line: the whole, or its parts between signs where most have a label."""
    best, most = [text], 1
    for sign in _SIGNS_BETWEEN:
        pieces = sign.split(text)
        marked = sum(bool(_left(piece)) for piece in pieces) if len(pieces) > 1 else 0
        if marked > most:
            best, most = pieces, marked
    return best


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
    is_count = _COUNTS.match(text)
    return (
        text[:1].isupper()
        and not is_count
        and ":" not in text
        and not DASHED.match(text)
        and not DOTTED.match(text)
    )


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

    Values come again, too ("free", "German"); but a value stands below one and the same label, which comes
    more often, while above a label stand the values of the label before it. So what comes again is judged
    from the most frequent one on: it is a value where it mostly follows what was found to be a label.
    """
    led = Labels(leading=leading)
    plain = [line for line in lines if not line.cells]
    lefts = Counter(_left(line.text) for line in plain)
    single = [line for line in plain if lefts[_left(line.text)] < REPEATS or not _left(line.text)]
    texts = [line.text for line in single]
    forms = ["" if line.in_run or led.leading(line.text) else _form_alone(line.text) for line in single]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, form in enumerate(forms[:-1]):
        if form:
            places[form].append(place)
    labels = set[str]()
    for form in sorted(places, key=lambda form: (-len(places[form]), places[form][0])):
        if len(places[form]) < REPEATS:
            break
        below_label = _share_of(places[form], lambda at: forms[at - 1] in labels)
        above_heading = _share_of(places[form], lambda at: _ends_entry(single, forms, at))
        if below_label <= 0.5 and above_heading <= 0.5:
            labels.add(form)
    if len(labels) < REPEATS:
        return
    for form in labels:
        for place in places[form]:
            if forms[place + 1] not in labels:
                yield texts[place], (_value_below(single, place),)


def _value_below(lines: Sequence[Line], place: int) -> str:
    """What stands below a label: a line, or all items of a list."""
    items = list(takewhile(_is_item, lines[place + 1 : place + 1 + MOST_ITEMS]))
    return "; ".join(line.text for line in items) or "".join(
        line.text for line in lines[place + 1 : place + 2]
    )


def _is_item(line: Line) -> bool:
    return line.kind == "list_item" and not _COUNTED.match(line.text)


def _form_alone(text: str) -> str:
    """The form of what may be a label on a line of its own."""
    bare = _COUNTED.sub("", text) if text.endswith(":") else text
    may_be = len(bare) <= LONGEST_LABEL and _is_brief(bare) and bare[:1].isalpha()
    may_be = may_be and not bare[:1].islower()
    ends = re.search(r"[.!;,]$|\d", bare) or (text.endswith(")") and "(" not in text)
    return folded_label(text) if may_be and not ends else ""


def _is_brief(text: str) -> bool:
    return len(text.split()) <= (MOST_WORDS_ASKED if text.endswith("?") else MOST_WORDS)


def _left(text: str) -> str:
    """The form of what stands before a mark in a line, "" where there is none."""
    match = SEPARATED.match(text) or DOTTED.match(text) or DASHED.match(text)
    return folded_label(match["label"]) if match and match["value"] else ""


def _ends_entry(lines: Sequence[Line], forms: Sequence[str], place: int) -> bool:
    """Whether a heading that is no label follows."""
    return lines[place].kind != "heading" == lines[place + 1].kind and not forms[place + 1]


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
    for near in (_by_abbreviation, _by_part, _by_head_or_tail, _by_compound, _by_letters):
        yield from (key for key in near(bare) if key not in _NEVER_NEAR)


def _by_abbreviation(text: str) -> Iterator[str]:
    """ "Certif." by "Certificado", "F. org." by "Forma de organização"."""
    parts = [fold(part) for part in re.findall(r"\w+(?=\.)", text)]
    if not parts or not _ABBREVIATED.match(text):
        return
    begins = re.compile(r".*\b".join(map(re.escape, parts)))
    if len("".join(parts)) >= SHORTEST_TAIL:
        yield from dict.fromkeys(key for form, key in known_labels().items() if begins.match(form))


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
    found = next(chain(certain, (key for key in near if key not in _CLOSED)), "")
    return _means_too(found, values, taken) or found


def _by_values(
    unknown: Mapping[str, Sequence[str]], seen: Mapping[str, int], taken: set[str]
) -> dict[str, str]:
    """Label -> key, for all labels at once: of all that fit, those first that fit best.

    What remains without a provider has one in the label that stands in most entries and says names.
    """
    fits = sorted(
        (-share, list(_FITS).index(key), form, key)
        for form, values in unknown.items()
        for key in _FITS
        if key not in taken and (share := _fit(key, values))
    )
    found: dict[str, str] = {}
    for _, _, form, key in fits:
        if form not in found and key not in found.values():
            found[form] = key
    if "provider" not in taken and "provider" not in found.values():
        most = max(seen.values(), default=0)
        named = [
            (_share(values, says_names), form)
            for form, values in unknown.items()
            if form not in found and seen[form] > 0.6 * most
        ]
        best = max(named, default=(0.0, ""))
        if best[0] >= 0.4:
            found[best[1]] = "provider"
    return found


def _fit(key: str, values: Sequence[str]) -> float:
    """Share of the values that a key has, 0.0 where it is too small to tell."""
    least = 0.5 if key in ("provider", "certificate") else 0.7
    short = [value for value in values if len(value.split()) <= _LONGEST.get(key, 100)]
    share = _share(values, _FITS[key])
    return share if len(short) > 0.8 * len(values) and share >= least else 0.0


def says_names(text: str) -> bool:
    """ "Google and SGH Warsaw School of Economics"."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    return (
        len(words) > 1
        and text[:1].isupper()
        and sum(map(str.istitle, words)) + sum(map(str.isupper, words)) >= 2
    )


def tells_apart(name: str, values: Sequence[str]) -> bool:
    """Whether values are mostly of one kind of thing that their column's name is not."""
    return any(_share(values, _FITS[key]) >= 0.6 and not _FITS[key](name) for key in _CLOSED)


def fits(key: str, text: str) -> bool:
    """Whether a text is such a value as this key has; never for a key whose values tell nothing."""
    return key in _FITS and _FITS[key](text)


def is_value_of_a_kind(text: str) -> bool:
    """Whether a text is a language, a duration, a kind of offer or the like."""
    return any(_FITS[key](text) for key in _CLOSED if key != "skills")


def _share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, values)) / len(values)


def _is_language(text: str) -> bool:
    found = normalise.languages_in(text)
    return bool(found) and len(text.split()) <= 2 * len(found)


def _is_kind(text: str) -> bool:
    return bool(normalise.concepts_in("kind", text))


def names_organisation(text: str) -> bool:
    """Whether a word says that it is one: school, academy, chamber."""
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
    "provider": names_organisation,
    "skills": _is_list,
}
"""Key -> whether a text is such a value; in the order in which an unknown label is tried."""
_CLOSED = ("url", "languages", "countries", "duration", "mode", "kind", "cost", "skills")
"""Keys whose values are known so well that a label which only looks like one of theirs can be refuted."""
_MEANS_TOO: Mapping[str, Sequence[str]] = {
    "effort": ("duration",),
    "how_to_apply": ("url", "cost"),
    "where_to_apply": ("url",),
    "contact": ("url", "provider"),
    "provider": ("mode",),
    "members": ("provider",),
    "coordinators": ("provider",),
    "level": ("kind",),
    "mode": ("kind", "duration"),
    "city": ("countries", "url"),
    "region": ("countries",),
}
"""Key -> what its labels may tell, too, as the values show."""
_LONGEST: Mapping[str, int] = {"duration": 12, "mode": 5, "kind": 4, "cost": 12}
"""Words of most values, where the values alone shall tell."""
