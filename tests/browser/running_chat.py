"""What the tests of the running chat share: its documents and how it is started."""

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

SECONDS_TO_START = 60
DOCUMENTS = {
    "pact/joining.pdf": [
        [
            "Joining the Pact for Skills",
            "This guide explains how a firm becomes a member of the Pact for Skills.",
        ],
        ["The charter", "A firm joins the Pact for Skills by signing the charter in the online form."],
        ["The fee", "The membership fee of the Pact for Skills is zero euro for every member."],
    ],
    "shipyard courses.pdf": [
        ["Courses for shipyard workers", "This catalogue lists courses for people who work in shipyards."],
        ["Welding", "The aluminium welding course in Gdansk lasts twelve weeks and is taught in Polish."],
    ],
}

WEB_PAGE = """<!DOCTYPE html><html lang="en"><title>The yard school</title>
<h1>The yard school</h1><p>The yard school in Gdynia was founded in the year 1922.</p>
<h2>Mentors</h2><p>A mentor of the yard school is paid ninety euro a day.</p></html>"""


@dataclass(frozen=True)
class Chat:
    """A running chat."""

    url: str
    data_dir: Path
    log: Path


def write_pdf(path: Path, pages: list[list[str]]) -> None:
    """A heading and a paragraph on each page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle(pages[0][0])
    for heading, sentence in pages:
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, 760, heading)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(60, 720, sentence)
        canvas.showPage()
    canvas.save()


def wait_for_address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address that the starting chat prints."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if address := re.search(r"http://127\.0\.0\.1:\d+/", log.read_text()):
            return address[0]
        time.sleep(0.05)
    pytest.fail(f"the chat did not start in {SECONDS_TO_START} s:\n{log.read_text()}")
