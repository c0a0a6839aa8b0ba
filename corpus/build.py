"""Typeset every PDF of the corpus from its source: `python -m corpus.build`.

The result depends on the sources and the typesetter's version alone: fonts are embedded in the typesetter,
system fonts are ignored, and dates come from the sources. So `--check` can compare bytes.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import typst
import yaml

from corpus import catalogue
from corpus.markup import ADDRESS, Citations, Writer, linked, literal
from corpus.sourcefile import Source, SourceError, read_sources

CORPUS = Path(__file__).parent
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Built:
    """One typeset document: its place under the corpus folder, its bytes and its manifest entry."""

    document: str
    pdf: bytes
    entry: dict[str, Any]


class Builder:
    """Typesets the sources of one corpus folder; reads the shared files once."""

    def __init__(self, corpus: Path) -> None:
        self.corpus = corpus
        self._references = yaml.safe_load((corpus / "sources/references.yaml").read_text("utf-8"))
        self._wording = yaml.safe_load((corpus / "wording.yaml").read_text("utf-8"))
        self._theme = (corpus / "theme.typ").read_text("utf-8")
        self._records = catalogue.read_records(corpus / "sources/catalogues/records")

    def build(self, source: Source) -> Built:
        """Typeset one source.

        Raises:
            SourceError: the source cannot be typeset; the message begins with its path.
        """
        try:
            markup, sources = self._markup(source)
            pdf = typst.compile(
                markup.encode(), format="pdf", ignore_system_fonts=True, pdf_standards=["ua-1"]
            )
        except (SourceError, typst.TypstError) as error:
            raise SourceError(f"{source.path}: {error}") from error
        front = source.front
        entry = {
            "document": source.document,
            "title": front.title,
            "kind": front.kind,
            "ecosystem": front.ecosystem,
            "countries": list(front.countries),
            "language": front.language,
            "as_of": front.as_of.isoformat(),
            "sources": sources,
            "sha256": hashlib.sha256(pdf).hexdigest(),
        }
        return Built(source.document, pdf, entry)

    def build_all(self) -> list[Built]:
        """Typeset every source under `sources/`, by path."""
        return [self.build(source) for source in read_sources(self.corpus / "sources")]

    def _markup(self, source: Source) -> tuple[str, list[str]]:
        """Typst markup of the whole document, and the addresses of its sources."""
        front = source.front
        if front.language not in self._wording:
            raise SourceError(f"wording.yaml has no language {front.language!r}")
        words = self._wording[front.language]
        citations = Citations(
            {**self._references, **front.references},
            one=words["source"],
            many=words["sources"],
            colon=words.get("colon", ":"),
        )
        body = Writer(citations).document(source.body)
        addresses = [address for text in citations.cited() for address in ADDRESS.findall(text) or [text]]
        if front.records:
            records = catalogue.select(self._records, front.records)
            body += catalogue.entries(records, selection=front.records, layout=front.layout)
            addresses += [record["source_url"] for record in records]
        if citations.cited():
            cited = ", ".join(f"[{linked(text)}]" for text in citations.cited())
            body += f"#sources({literal(words['heading'])}, ({cited},))\n"
        return f"{self._theme}\n{_opening(source, words)}\n{body}", list(dict.fromkeys(addresses))


def _opening(source: Source, words: dict[str, Any]) -> str:
    """The call of the theme that makes title block, header, footer and metadata."""
    meta = source.front
    as_of = f"{words['as_of']} {_written(meta.as_of, words['date'])}"
    keywords = "".join(f"{literal(keyword)}, " for keyword in pdf_keywords(source))
    return (
        f"#show: paper.with(title: {literal(meta.title)}, kind: {literal(words['kinds'][meta.kind])}, "
        f"subject: {literal(meta.subject)}, keywords: ({keywords}), lang: {literal(meta.language)}, "
        f"date: datetime(year: {meta.as_of.year}, month: {meta.as_of.month}, day: {meta.as_of.day}), "
        f"as-of: {literal(as_of)}, note: {literal(words['note'])})"
    )


def _written(day: date, pattern: str) -> str:
    return pattern.format(d=day.day, m=day.month, y=day.year, month=MONTHS[day.month - 1])


def pdf_keywords(source: Source) -> list[str]:
    """The PDF's keywords: `name:value` for programs, then free words for people."""
    front = source.front
    return [
        f"kind:{front.kind}",
        *([f"ecosystem:{front.ecosystem}"] if front.ecosystem else []),
        *(f"country:{country}" for country in front.countries),
        f"language:{front.language}",
        f"as-of:{front.as_of.isoformat()}",
        *front.keywords,
    ]


def manifest_text(built: Sequence[Built]) -> str:
    """The manifest as it stands on disk."""
    return json.dumps({"documents": [one.entry for one in built]}, ensure_ascii=False, indent=1) + "\n"


def write(built: Sequence[Built], corpus: Path) -> list[str]:
    """Write changed PDFs and the manifest; remove PDFs whose source is gone. Return the paths touched."""
    manifest = corpus / "manifest.json"
    known = json.loads(manifest.read_text("utf-8"))["documents"] if manifest.exists() else []
    gone = {entry["document"] for entry in known} - {one.document for one in built}
    for document in gone:
        (corpus / document).unlink(missing_ok=True)
    changed = differing(built, corpus)
    contents = _contents(built)
    for document in changed:
        target = corpus / document
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(contents[document])
    return sorted([*gone, *changed])


def _contents(built: Sequence[Built]) -> dict[str, bytes]:
    """What belongs on disk, by path under the corpus folder."""
    return {one.document: one.pdf for one in built} | {"manifest.json": manifest_text(built).encode()}


def differing(built: Sequence[Built], corpus: Path) -> list[str]:
    """Paths under `corpus` that are missing or not what the sources make; the manifest is one of them."""
    return [
        document
        for document, content in _contents(built).items()
        if not (corpus / document).exists() or (corpus / document).read_bytes() != content
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the corpus, or with `--check` only compare. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m corpus.build", description="Typeset the corpus.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a PDF differs")
    options = parser.parse_args(arguments)
    try:
        built = Builder(CORPUS).build_all()
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        stale = differing(built, CORPUS)
        for document in stale:
            print(f"{document} differs from its source; run `python -m corpus.build`", file=sys.stderr)
        return 1 if stale else 0
    touched = write(built, CORPUS)
    print(f"{len(built)} documents, {len(touched)} files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
