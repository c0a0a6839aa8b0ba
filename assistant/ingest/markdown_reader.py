"""Markdown: rendered as a web page and read like one; its front matter gives title, language and date."""

import re
from datetime import date
from typing import Any

import yaml
from markdown_it import MarkdownIt

from assistant.ingest.html_reader import read_html
from assistant.ingest.metadata import Info, pdf_date
from assistant.ingest.sections import Line

_FRONT_MATTER = re.compile(r"\A---[^\S\n]*\n(.{0,20000}?\n)(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL)


def read_markdown(text: str) -> tuple[list[Line], Info, list[str]]:
    """The blocks of a Markdown text, what its front matter says, and warnings."""
    text = text.replace("\r\n", "\n")
    info, start = _front_matter(text)
    markdown = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    lines, _, warnings = read_html(markdown.render(text[start:]))
    return lines, info, warnings


def _front_matter(text: str) -> tuple[Info, int]:
    """What stands between lines of --- at the beginning, and where the text goes on after it."""
    match = _FRONT_MATTER.match(text)
    try:
        given = yaml.safe_load(match[1]) if match else None
    except (yaml.YAMLError, RecursionError, ValueError):
        given = None
    if match is None or not isinstance(given, dict):
        return Info(), 0
    info = Info(
        title=_value(given, "title"),
        keywords=_value(given, "keywords"),
        language=_value(given, "language") or _value(given, "lang"),
        modified=pdf_date(_value(given, "date")),
    )
    return info, match.end()


def _value(given: dict[Any, Any], key: str) -> str:
    value = given.get(key)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value if isinstance(each, str))
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, str) else ""
