"""The training records of a catalogue, from JSON lines to Typst entries.

A record is printed field by field, in one order, and a field that the source left empty is left out: an
invented "n/a" could be read as a fact.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from corpus.markup import linked, literal, plain
from corpus.sourcefile import EntryLayout, RecordSelection

Record = dict[str, Any]

LABELS = {
    "id": "Reference",
    "kind": "Kind",
    "provider": "Provider",
    "ecosystem": "Ecosystem",
    "countries": "Country",
    "city": "City",
    "languages": "Language",
    "mode": "Mode",
    "duration": "Duration",
    "effort": "Effort",
    "level": "Level",
    "cost": "Cost",
    "funding": "Funding",
    "eligibility": "Who can take part",
    "starts": "Starts",
    "deadline": "Deadline",
    "skills": "Skills",
    "target_occupations": "Occupations",
    "certificate": "Certificate",
    "how_to_apply": "How to apply",
    "url": "Web page",
    "source_url": "Source",
    "source_date": "Source date",
}
COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany",
    "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "EU": "EU-wide", "FI": "Finland", "FR": "France",
    "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IT": "Italy", "LT": "Lithuania",
    "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "NL": "Netherlands", "PL": "Poland", "PT": "Portugal",
    "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
}  # fmt: skip
LANGUAGES = {
    "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "hr": "Croatian",
    "hu": "Hungarian", "it": "Italian", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish",
}  # fmt: skip
KIND_HEADINGS = {
    "apprenticeship": "Apprenticeships",
    "bootcamp": "Bootcamps",
    "course": "Courses",
    "micro-credential": "Micro-credentials",
    "mobility": "Mobility schemes",
    "mooc": "Open online courses (MOOCs)",
    "programme": "Programmes",
    "traineeship": "Traineeships",
}


def read_records(folder: Path) -> list[Record]:
    """Every record of the `.jsonl` files in `folder`, in file and line order."""
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


def select(records: Iterable[Record], selection: RecordSelection) -> list[Record]:
    """The records that meet every restriction of `selection`, ordered by title, then reference."""
    chosen = [
        record
        for record in records
        if (not selection.ecosystems or record["ecosystem"] in selection.ecosystems)
        and (not selection.kinds or record["kind"] in selection.kinds)
        and (not selection.countries or set(selection.countries) & set(record["countries"]))
    ]
    return sorted(chosen, key=lambda record: (record["title"].casefold(), record["id"]))


def _group(record: Record, selection: RecordSelection) -> str:
    if selection.group_by == "kind":
        return KIND_HEADINGS[record["kind"]]
    countries = record["countries"]
    return COUNTRIES[countries[0]] if len(countries) == 1 else "Several countries"


def _value(field: str, value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return value
    names = {"countries": COUNTRIES, "languages": LANGUAGES}.get(field, {})
    return ", ".join(f"{names[part]} ({part})" if part in names else part for part in value)


def fields(record: Record) -> list[tuple[str, str]]:
    """(label, value) of every field that is not empty, except the title, in printing order."""
    return [(label, _value(key, record[key])) for key, label in LABELS.items() if record.get(key)]


def _entry(record: Record, layout: EntryLayout) -> str:
    pairs = ", ".join(f"({literal(label)}, [{linked(value)}])" for label, value in fields(record))
    return f"#entry({literal(layout)}, [{plain(record['title'])}], ({pairs},))\n"


def entries(records: Sequence[Record], *, selection: RecordSelection, layout: EntryLayout) -> str:
    """Typst markup of a catalogue's entries under a heading for each group."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(_group(record, selection), []).append(record)
    markup = "".join(
        f"#heading(level: 1)[{plain(f'{name} ({len(groups[name])})')}]\n\n"
        + "".join(_entry(record, layout) for record in groups[name])
        for name in sorted(groups)
    )
    return f"#two-columns[{markup}]\n" if layout == "columns" else markup
