"""Reading scanned pages with Tesseract, where that program is installed.

A page is rendered by PDFium and given to `tesseract` as a picture; the words come back with their places, so
that layout, headings and tables are found as in any other page. Tesseract runs below the worker and within
its limits: what there is no time for is left unread and said so.
"""

import functools
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.ingest.fragments import RawPage, Run, group_runs
from assistant.ingest.metadata import identified_language

PROGRAM = "tesseract"
INSTALL = (
    "install Tesseract and its languages (on Debian and Ubuntu: tesseract-ocr, tesseract-ocr-deu and so on)"
)
_DPI = 300
_MOST_PIXELS = 25_000_000
"""Larger pages are rendered coarser; A3 at 300 dpi has 17 million."""
_SHARE_OF_TIME = 0.85
"""Of a document's time; the rest is for what comes after."""
_SAME_SIZE = 0.18
"""Measured heights of one font differ by up to this share, so they are taken for one size."""
_CODES = {
    "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est",
    "fi": "fin", "fr": "fra", "ga": "gle", "hr": "hrv", "hu": "hun", "it": "ita", "lt": "lit", "lv": "lav",
    "mt": "mlt", "nl": "nld", "pl": "pol", "pt": "por", "ro": "ron", "sk": "slk", "sl": "slv", "sv": "swe",
}  # fmt: skip
_SCRIPTS = (("eng", *sorted(set(_CODES.values()) - {"bul", "ell", "eng"})), ("ell",), ("bul",))
"""Languages that can read a script well enough to tell which language it is."""
_MISREAD_BULLETS = frozenset("¢«»+°*©")
_BOX = re.compile(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_BASELINE = re.compile(r"baseline (-?[\d.]+) (-?[\d.]+)")
_SIZE = re.compile(r"x_size ([\d.]+)")


@functools.cache
def installed_languages() -> tuple[str, ...]:
    """Tesseract's codes of what it can read here, such as "deu"; none when it is not installed."""
    program = shutil.which(PROGRAM)
    if program is None:
        return ()
    try:
        done = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(sorted(line.strip() for line in done.stdout.splitlines()[1:] if line.strip()))


@dataclass
class Ocr:
    """Reads the scanned pages of one document."""

    seconds: float
    """What the whole document may take."""
    language: str = ""
    """ISO 639-1 code that the document states, or ""."""
    out_of_time: list[int] = field(default_factory=list)
    """Pages that were not tried, from 1."""
    _started: float = field(default_factory=time.monotonic)
    _slowest: float = 0.0

    @property
    def is_possible(self) -> bool:
        """Whether Tesseract and a language are installed."""
        return any(code in installed_languages() for code in _CODES.values())

    def read_page(self, document: Any, number: int) -> RawPage | None:
        """The text of page `number` (from 1) of a PDFium document; None when there is none or no time."""
        if not self.is_possible:
            return None
        left = self._started + _SHARE_OF_TIME * self.seconds - time.monotonic()
        if left <= self._slowest:
            self.out_of_time.append(number)
            return None
        begun = time.monotonic()
        try:
            picture = _render(document[number - 1])
            return self._recognise(picture, number, left) if picture else None
        except subprocess.TimeoutExpired:
            self.out_of_time.append(number)
            return None
        finally:
            self._slowest = max(self._slowest, time.monotonic() - begun)

    def _recognise(self, picture: "_Picture", number: int, seconds: float) -> RawPage | None:
        """Read with the document's language; when that is not known, the page itself tells it."""
        deadline = time.monotonic() + seconds
        languages = self._languages()
        page = _page(_tesseract(picture, languages, seconds), number, picture)
        found = "" if self.language or page is None else identified_language(page.text)
        if not found:
            return page
        self.language = found
        if set(self._languages().split("+")) <= set(languages.split("+")):
            return page
        left = deadline - time.monotonic()
        return _page(_tesseract(picture, self._languages(), left), number, picture)

    def _languages(self) -> str:
        """What to read with: the document's language, or one for each script."""
        installed = installed_languages()
        if _CODES.get(self.language) in installed:
            return _CODES[self.language]
        ready = (next((code for code in script if code in installed), "") for script in _SCRIPTS)
        return "+".join(filter(None, ready))


@dataclass(frozen=True, slots=True)
class _Picture:
    """A rendered page: a PGM file, and its height and points per pixel."""

    pgm: bytes
    height: int
    scale: float


def _render(page: Any) -> _Picture | None:
    """The page in shades of grey; None when it is blank."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    pixels = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width]
    if pixels.size == 0 or pixels.min() == pixels.max():
        return None
    head = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    return _Picture(head + pixels.tobytes(), bitmap.height, 1 / scale)


def _tesseract(picture: _Picture, languages: str, seconds: float) -> str:
    """Words and places as hOCR; "" when it fails on this picture.

    Raises:
        TimeoutExpired: it took longer than `seconds`; it was killed.
    """
    segmentation = "1" if "osd" in installed_languages() else "3"  # 1 also turns pages that lie on their side
    dpi = str(round(72 / picture.scale))
    done = subprocess.run(
        [PROGRAM, "-", "-", "-l", languages, "--psm", segmentation, "--dpi", dpi, "hocr"],
        input=picture.pgm,
        capture_output=True,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},  # its threads cost more than they bring
        timeout=max(0.1, seconds),
        check=False,
    )
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _page(hocr: str, number: int, picture: _Picture) -> RawPage | None:
    """The page's words at their places, in points from the lower edge; None without any."""
    lines = LexborHTMLParser(hocr).css(".ocr_line, .ocr_header, .ocr_caption, .ocr_textfloat")
    sizes = _sizes([_number(_SIZE, line) for line in lines], picture.scale)
    text = ""
    runs: list[Run] = []
    for line, size in zip(lines, sizes, strict=True):
        for word in line.css(".ocrx_word"):
            if letters := word.text(deep=True).strip():
                letters = "•" if letters in _MISREAD_BULLETS and text[-1:] in ("", "\n") else letters
                left, _, right, _ = (edge * picture.scale for edge in _box(word))
                y = (picture.height - _baseline(line)) * picture.scale
                runs.append(Run(len(text), len(text) + len(letters), left, right, y, size, False))
                text += letters + " "
        text = text[:-1] + "\n" if text.endswith(" ") else text
    if not any(map(str.isalnum, text)):
        return None
    return RawPage(number, text, group_runs(text, runs), picture.height * picture.scale, 0.0, "ocr")


def _sizes(heights: list[float], scale: float) -> list[float]:
    """Font sizes in points; those near the usual one are that one."""
    usual = median(heights) if heights else 0.0
    return [
        round((usual if abs(height - usual) <= _SAME_SIZE * usual else height) * scale) or 1
        for height in heights
    ]


def _box(node: LexborNode) -> tuple[float, float, float, float]:
    match = _BOX.search(node.attributes.get("title") or "")
    left, top, right, bottom = map(float, match.groups()) if match else (0.0, 0.0, 0.0, 0.0)
    return left, top, right, bottom


def _baseline(line: LexborNode) -> float:
    """Pixels from the page's top to the line on which the letters stand, at the line's middle."""
    left, _, right, bottom = _box(line)
    match = _BASELINE.search(line.attributes.get("title") or "")
    slope, offset = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
    return bottom + offset + slope * (right - left) / 2


def _number(pattern: re.Pattern[str], node: LexborNode) -> float:
    match = pattern.search(node.attributes.get("title") or "")
    return float(match[1]) if match else 0.0
