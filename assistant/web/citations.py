"""Markdown with clickable [n] and a list of sources.

A citation is an ordinary link to `/documents/PATH#page=N`: Tab reaches it, Enter opens it, and without our
script a browser's own viewer opens the right page. `public/chat.js` opens it beside the conversation instead;
its title carries the quote, which is shown on hover and marked on the page. Of a document that is no PDF the
text of the section is shown, never the file itself, which could be a web page with scripts.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

from assistant.answers import Answer, Citation, is_pdf
from assistant.documents import Page

DOCUMENTS = "/documents/"
SOURCES_HEADING = "###### Sources"  # no reply has another h6, so chat.css can style what follows
MARKER = re.compile(r" ?\[(\d{1,3})\](?![(:])")
DIRECTIVE = re.compile(r"(https?://\S+)|(?<=[^\s\\]):(?=[A-Za-z])")  # Chainlit's Markdown would swallow "a:b"
LONGEST_LISTED = 280
LONGEST_MARKED = 1000


def to_markdown(answer: Answer) -> str:
    """The reply for the page: its text with each [n] a link, then the sources that the text cites."""
    cited = {citation.number: citation for citation in answer.citations}
    text = MARKER.sub(
        lambda marker: _linked(marker, cited.get(int(marker[1]))),
        DIRECTIVE.sub(lambda match: match[1] or r"\:", answer.text),
    )
    if not answer.citations:
        return text
    return "\n\n".join([text, SOURCES_HEADING, _sources(answer.citations)])


def document_url(citation: Citation) -> str:
    """Where the page serves the cited page of the document."""
    section = "" if is_pdf(citation.document) else f"?page={citation.page}"
    return f"{DOCUMENTS}{quote(citation.document)}{section}#page={citation.page}"


def parse_document_url(url: object) -> tuple[str, int] | None:
    """(document, page from 1) of a link made by `document_url`; None when it is no such link."""
    if not isinstance(url, str) or not (parts := urlsplit(url)).path.startswith(DOCUMENTS):
        return None
    page = re.fullmatch(r"page=([1-9]\d{0,5})", parts.fragment)
    return (unquote(parts.path.removeprefix(DOCUMENTS)), int(page[1])) if page else None


def page_as_markdown(page: Page) -> str:
    """The text of a page for the panel, a block a paragraph, headings and column names bold."""
    parts = []
    for block in page.blocks:
        text = " | ".join(map(page.slice, block.cells)) if block.cells else page.slice(block.span)
        bold = block.kind in ("heading", "table_header")
        parts.append(f"**{escape(text)}**" if bold else escape(text))
    return "\n\n".join(parts)


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly these characters, on one line."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def _linked(marker: re.Match[str], citation: Citation | None) -> str:
    """The marker as a link that stays on the line of the word before it; as it was without a citation."""
    if citation is None:
        return marker[0]
    return ("\N{NO-BREAK SPACE}" if marker[0].startswith(" ") else "") + _chip(citation)


def _chip(citation: Citation) -> str:
    """The number as a link; its title names the page and quotes the words."""
    title = f"{citation.title}, {citation.place}: “{_shortened(citation.quote, LONGEST_MARKED)}”"
    return f'[{citation.number}]({document_url(citation)} "{escape(title)}")'


def _sources(citations: Sequence[Citation]) -> str:
    return "\n".join(
        f"- {_chip(citation)} **{escape(citation.title)}**, {citation.place}. "
        f"“*{escape(_shortened(citation.quote, LONGEST_LISTED))}*”"
        for citation in citations
    )


def _shortened(quoted: str, longest: int) -> str:
    """The quote's beginning, cut between words."""
    folded = " ".join(quoted.split())
    return folded if len(folded) <= longest else folded[:longest].rsplit(" ", 1)[0] + " …"
