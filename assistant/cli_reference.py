"""Writes docs/cli.md from the commands' own help: `python -m assistant.cli_reference [--check]`."""

import sys
from pathlib import Path
from typing import Any

import typer

from assistant.cli import app

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
INTRODUCTION = """# Command line

Made from `assistant --help` by `python -m assistant.cli_reference`; do not edit.

Exit status: 0 when all went well, 1 for an error told in one line (for `ingest` also a document that could
not be read, for `doctor` something needed that is missing), 2 for a wrong call, 130 after Ctrl-C.
"""
WIDTH = 96


def reference() -> str:
    """The whole page as Markdown."""
    root = typer.main.get_group(app)
    context = root.make_context("assistant", [], resilient_parsing=True, terminal_width=WIDTH)
    sections = _sections(root, context)
    return "\n".join([INTRODUCTION, *(f"## {title}\n```\n{text}\n```\n" for title, text in sections)])


def _sections(command: Any, context: Any) -> list[tuple[str, str]]:
    """(command line, its help) of a command and of those below it."""
    sections = [(context.command_path, command.get_help(context))]
    for name, each in getattr(command, "commands", {}).items():
        own = each.make_context(name, [], parent=context, resilient_parsing=True, terminal_width=WIDTH)
        sections += _sections(each, own)
    return sections


def main() -> None:
    """Write the page, or with --check exit with a message when it is stale."""
    if "--check" not in sys.argv[1:]:
        REFERENCE.parent.mkdir(exist_ok=True)
        REFERENCE.write_text(reference(), "utf-8")
    elif not REFERENCE.is_file() or REFERENCE.read_text("utf-8") != reference():
        sys.exit(f"{REFERENCE} does not say what --help says; run `python -m assistant.cli_reference`")


if __name__ == "__main__":
    main()
