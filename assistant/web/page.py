"""The HTML page: Chainlit's own bundle and our files, nothing from another host.

Chainlit's packaged page waits for a font from Google and a style sheet from jsDelivr; where a firewall drops
packets instead of refusing them it stays blank for as long as those hang. It also carries inline scripts,
which a strict content security policy forbids. So we write the page ourselves and take from the packaged one
only the names of its two hashed bundle files.
"""

import re
from html import escape
from pathlib import Path

from assistant.errors import AssistantError

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="description" content="{description}">
    <meta name="color-scheme" content="light dark">
    <title>{title}</title>
    <link rel="icon" href="/public/favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="{style}">
    <link rel="stylesheet" href="/public/chat.css">
    <script src="/public/chat.js"></script>
    <script type="module" src="{script}"></script>
  </head>
  <body>
    <noscript>This chat needs JavaScript. In a terminal, <code>assistant ask</code> does not.</noscript>
    <div id="root"></div>
  </body>
</html>
"""


def build_page(packaged: Path, *, title: str, description: str) -> str:
    """The page for the bundle in `packaged`, the folder with Chainlit's index.html and assets/.

    Raises:
        AssistantError: the packaged page names no bundle, as a Chainlit that we do not know might.
    """
    html = (packaged / "index.html").read_text("utf-8")
    script = re.search(r'src="(/assets/index-[\w-]+\.js)"', html)
    style = re.search(r'href="(/assets/index-[\w-]+\.css)"', html)
    if script is None or style is None:
        raise AssistantError(f"{packaged / 'index.html'} names no bundle; this needs Chainlit 2.12")
    return PAGE.format(title=escape(title), description=escape(description), script=script[1], style=style[1])
