"""A document's metadata: title, kind, language, ecosystem, countries and date.

Our own corpus writes `kind:…`, `ecosystem:…`, `country:XX` and `as-of:YYYY-MM-DD` into the PDF's keywords.
Other documents get what their info dictionary and text say for certain; the rest stays empty.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from assistant.documents import Document, Page
from assistant.ingest.cleaning import Hyphenation, clean

_JUNK_TITLE = re.compile(
    r"^(?:untitled.*|title|titel|titre|document\d*|dokument\d*|presentation\d*|slide \d+|powerpoint.*|"
    r"microsoft \w+ - .*|"
    r".*\.(?:docx?|odt|rtf|indd|pptx?|xlsx?|pdf|tex|dvi|qxd|pages|tmp)|[\W\d_]*|\(?unspecified\)?|anonymous)$",
    re.IGNORECASE,
)
_KEYWORD = re.compile(r"\b(kind|ecosystem|country|as-of)\s*:\s*([^,;|]+)", re.IGNORECASE)
_KINDS = frozenset({"pact", "partnership", "blueprint", "instrument", "funding", "catalogue", "document"})
_PDF_DATE = re.compile(r"^D?:?(\d{4})(\d{2})?(\d{2})?")
_MONTHS = {month.lower(): number for number, month in enumerate(calendar.month_name) if month}
_AS_OF = re.compile(
    r"\b(?:as of|as at|status|stand|last updated?(?: on)?|updated(?: on)?)\b[:\s]{1,3}"
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<day>\d{1,2})\s+(?P<month>[A-Z][a-z]+)\s+(?P<year>\d{4}))",
    re.IGNORECASE,
)
_MIN_LANGUAGE_LETTERS = 200
_MIN_LANGUAGE_PROBABILITY = 0.9


@dataclass(frozen=True, slots=True)
class Info:
    """What a document says about itself; each field may be empty. Dates are written as in PDFs."""

    title: str = ""
    keywords: str = ""
    language: str = ""
    created: str = ""
    modified: str = ""


def describe(info: Info, pages: Sequence[Page], *, name: str, sha256: str, source_file: str) -> Document:
    """The document's metadata from its own statements first, then from its text."""
    keywords = _keywords(info.keywords)
    kind = next(iter(keywords.get("kind", [])), "document").lower()
    return Document(
        path=name,
        title=_title(info.title, pages, name),
        sha256=sha256,
        page_count=len(pages),
        kind=kind if kind in _KINDS else "document",
        language=_language(info.language, pages),
        ecosystem=next(iter(keywords.get("ecosystem", [])), ""),
        countries=tuple(dict.fromkeys(code.upper() for code in keywords.get("country", []))),
        as_of=_as_of(next(iter(keywords.get("as-of", [])), ""), info, pages),
        source_file=source_file,
    )


def pdf_date(text: str) -> str:
    """A date that starts as 2026-05-31 does, in the way of PDFs; "" for any other."""
    match = re.match(r"^\d{4}-\d{2}-\d{2}(?!\d)", text.strip())
    return match.group().replace("-", "") if match else ""


def identified_language(text: str, *, least_letters: int = _MIN_LANGUAGE_LETTERS) -> str:
    """The ISO 639-1 code of the language of a text; "" where its letters do not make it certain."""
    if sum(map(str.isalpha, text)) < least_letters:
        return ""
    language, probability = _identifier().classify(text)
    return str(language) if probability >= _MIN_LANGUAGE_PROBABILITY else ""


def _keywords(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in _KEYWORD.findall(text):
        if value.strip():
            found.setdefault(key.lower(), []).append(value.strip())
    return found


def _title(given: str, pages: Sequence[Page], name: str) -> str:
    title = clean(given, Hyphenation(()))
    if len(title) > 3 and not _JUNK_TITLE.match(title) and sum(map(str.isalpha, title)) > len(title) / 3:
        return title
    for page in pages[:3]:
        headings = [block for block in page.blocks if block.kind == "heading"]
        if headings:
            return page.slice(min(headings, key=lambda block: (block.level, block.span)).span)
    stem = PurePosixPath(name).stem
    return " ".join(re.sub(r"[_\-]+", " ", stem).split()) or name


def _language(given: str, pages: Sequence[Page]) -> str:
    if match := re.match(r"^([a-zA-Z]{2})(?:[-_]|$)", given.strip()):
        return match.group(1).lower()
    return identified_language(" ".join(page.text for page in pages[:20])[:5000])


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """The language identifier, with probabilities; loading it takes 0.3 s, so only when it is needed."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _as_of(keyword: str, info: Info, pages: Sequence[Page]) -> date | None:
    stated = _iso_date(keyword)
    if stated:
        return stated
    for page in pages[:2]:
        if match := _AS_OF.search(page.text):
            month = _MONTHS.get((match["month"] or "").lower())
            found = (
                _iso_date(match["iso"])
                if match["iso"]
                else _date(int(match["year"]), month, int(match["day"]))
                if month
                else None
            )
            if found:
                return found
    return _pdf_date(info.modified) or _pdf_date(info.created)


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _pdf_date(text: str) -> date | None:
    match = _PDF_DATE.match(text.strip())
    return _date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1990 <= year <= 2100 else None
    except ValueError:
        return None
