"""What the later sets of catalogues share: words that languages lack, descriptions, typst markup."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst
from pdfs.catalogues import Row

Units = Mapping[str, Mapping[str, Sequence[str]]]
"""Language -> unit of time -> its words for one and for many."""


def worded(record: Mapping[str, Any], language: str, units: Units) -> Mapping[str, Any]:
    """With the duration in words that `babel` lacks: it prints "3 duration-month" in some languages."""
    match = re.fullmatch(r"(\d+) (day|week|month|year|hour)s?", record.get("duration", ""))
    if not match or language not in units:
        return record
    one, many = units[language][match[2]]
    if language == "mt" and int(match[1]) > 10:
        return dict(record) | {"duration": f"{match[1]}-il {one}"}
    return dict(record) | {"duration": f"{match[1]} {one if match[1] == '1' else many}"}


def description(texts: Sequence[str], row: Row) -> str:
    """One of a layout's descriptions; the same title always gets the same."""
    return texts[sum(map(ord, row["title"])) % len(texts)]


def verbatim(text: str) -> str:
    """Typst markup that prints the text as it is."""
    return f"#{json.dumps(text, ensure_ascii=False)};"


def compile_typst(path: Path, parts: Sequence[str]) -> None:
    """Typeset paragraphs of markup as a PDF."""
    path.write_bytes(typst.compile("\n\n".join(parts).encode(), format="pdf"))


def only(labels: Mapping[str, str], *names: str) -> dict[str, str]:
    """The labels of these fields, in this order."""
    return {name: labels[name] for name in names}


def without(labels: Mapping[str, str], *names: str) -> dict[str, str]:
    """The labels of all other fields."""
    return {name: label for name, label in labels.items() if name not in names}
