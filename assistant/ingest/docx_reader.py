"""Word documents: mammoth turns them into HTML, which is read like a web page.

Only the XML parts are handed to mammoth, unpacked under a limit: no image, macro or linked file is looked at.
On the way hidden text is taken out, and a table's first row is marked where its style sets it apart.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from xml.etree import ElementTree

from assistant.errors import DamagedDocumentError, DocumentLimitError, EncryptedDocumentError
from assistant.ingest.cleaning import SEAM
from assistant.ingest.html_reader import read_html
from assistant.ingest.metadata import Info, pdf_date
from assistant.ingest.sections import Line

_MAIN = "word/document.xml"
_LARGEST_MB = 100
"""Of all XML parts when unpacked; a report of 1000 pages has about 15."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CORE = {
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
"""
_HEADED_STYLE = re.compile(r"^(?:GridTable|ListTable|PlainTable|Light|Medium|Dark|Colorful)")
"""Ids of Word's own table styles that set the first row apart; "TableGrid" does not."""
_READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    EOFError,
    KeyError,
    NotImplementedError,
    ValueError,
)
_TINY = 6
"""Half-points; nobody reads a font smaller than 3 pt."""


def read_docx(data: bytes, name: str) -> tuple[list[Line], Info, list[str]]:
    """The blocks of a Word document, its core properties, and warnings.

    Raises:
        EncryptedDocumentError: it needs a password.
        DamagedDocumentError: it is no Word document, or not a readable one.
        DocumentLimitError: it unpacks to more than any honest text.
    """
    import mammoth

    try:
        parts = _xml_parts(data, name)
        body = ElementTree.fromstring(parts[_MAIN])  # noqa: S314 - `_xml_parts` refuses declared entities
        hidden = _take_out_hidden(body)
        _mark_headers(body)
        parts[_MAIN] = ElementTree.tostring(body)
        html = mammoth.convert_to_html(
            _packed(parts),
            style_map=_STYLES,
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=lambda image: [],
        ).value
        info = _info(parts.get("docProps/core.xml", b""))
    except _READ_ERRORS as error:
        raise DamagedDocumentError(
            f"{name} is damaged ({type(error).__name__}: {str(error)[:120]}); save it again as .docx"
        ) from error
    except RecursionError as error:
        raise DamagedDocumentError(f"{name} is nested too deeply; save it again as .docx") from error
    # Word counts on over text between list items, which the HTML does not tell: rather none than wrong ones.
    lines, _, warnings = read_html(html.replace("\t", f"{SEAM} "), numbers=False)
    return lines, info, ["hidden text was left out"] if hidden else warnings


def _xml_parts(data: bytes, name: str) -> dict[str, bytes]:
    """The XML parts by name, unpacked within the limit."""
    parts: dict[str, bytes] = {}
    room = _LARGEST_MB * 1_000_000
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels"))]
        if _MAIN not in {entry.filename for entry in entries}:
            raise DamagedDocumentError(f"{name} is an archive without a Word text; save it again as .docx")
        for entry in entries:
            if entry.flag_bits & 1:
                raise EncryptedDocumentError(f"{name} needs a password to open; save a copy without one")
            with archive.open(entry) as stream:
                content = stream.read(room + 1)  # the size that the archive states may be a lie
            room -= len(content)
            if room < 0:
                raise DocumentLimitError(
                    f"{name} unpacks to more than {_LARGEST_MB} MB of text; split it or save it anew"
                )
            if b"<!DOCTYPE" in content or b"<\x00!\x00D" in content or b"\x00<\x00!\x00D" in content:
                raise DamagedDocumentError(f"{name} has a part that declares entities; save it anew")
            parts[entry.filename] = content
    return parts


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def _take_out_hidden(body: ElementTree.Element) -> bool:
    """Remove the runs that nobody sees; white text in tables stays, since their cells are often shaded."""
    in_tables = {run for table in body.iter(f"{_W}tbl") for run in table.iter(f"{_W}r")}
    found = False
    for parent in list(body.iter()):
        for run in parent.findall(f"{_W}r"):
            if _is_hidden(run, on_white=run not in in_tables and not _is_shaded(parent)):
                parent.remove(run)
                found = True
    return found


def _is_hidden(run: ElementTree.Element, *, on_white: bool) -> bool:
    style = run.find(f"{_W}rPr")
    if style is None:
        return False
    vanish = style.find(f"{_W}vanish")
    if vanish is not None and vanish.get(f"{_W}val", "true") not in ("0", "false", "off"):
        return True
    size = style.find(f"{_W}sz")
    if size is not None and (size.get(f"{_W}val") or "").isdigit() and int(size.get(f"{_W}val", "")) < _TINY:
        return True
    color = style.find(f"{_W}color")
    white = color is not None and (color.get(f"{_W}val") or "").upper() == "FFFFFF"
    return white and on_white and style.find(f"{_W}shd") is None and style.find(f"{_W}highlight") is None


def _is_shaded(paragraph: ElementTree.Element) -> bool:
    return paragraph.find(f"{_W}pPr/{_W}shd") is not None


def _mark_headers(body: ElementTree.Element) -> None:
    """Mark the first row as a header where the table's style sets it apart and the table asks for it."""
    for table in body.iter(f"{_W}tbl"):
        style = table.find(f"{_W}tblPr/{_W}tblStyle")
        look = table.find(f"{_W}tblPr/{_W}tblLook")
        row = table.find(f"{_W}tr")
        if style is None or row is None or not _HEADED_STYLE.match(style.get(f"{_W}val") or ""):
            continue
        if look is None or not _first_row_counts(look):
            continue
        properties = row.find(f"{_W}trPr")
        if properties is None:
            properties = ElementTree.Element(f"{_W}trPr")
            row.insert(0, properties)
        if properties.find(f"{_W}tblHeader") is None:
            properties.append(ElementTree.Element(f"{_W}tblHeader"))


def _first_row_counts(look: ElementTree.Element) -> bool:
    """Newer files say it in words, older ones in bit 0x20."""
    said = look.get(f"{_W}firstRow")
    if said is not None:
        return said in ("1", "true", "on")
    return bool(int(look.get(f"{_W}val") or "0", 16) & 0x20)


def _info(core: bytes) -> Info:
    if not core:
        return Info()
    properties = ElementTree.fromstring(core)  # noqa: S314 - see `read_docx`

    def first(names: Iterable[str]) -> str:
        found = (properties.findtext(name, "", _CORE).strip() for name in names)
        return next(filter(None, found), "")

    return Info(
        title=first(["dc:title"]),
        keywords=first(["cp:keywords"]),
        language=first(["dc:language"]),
        created=pdf_date(first(["dcterms:created"])),
        modified=pdf_date(first(["dcterms:modified"])),
    )
