"""The shipped PDFs: made by the builder from the sources, complete, and readable by a program."""

import json
import shutil
import unicodedata
from functools import cache
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from corpus import build, catalogue
from corpus.markup import Citations, Writer
from corpus.sourcefile import SourceError, read_source

CORPUS = build.CORPUS
MANIFEST = json.loads((CORPUS / "manifest.json").read_text("utf-8"))["documents"]
DOCUMENTS = [entry["document"] for entry in MANIFEST]
POINTS_PER_MM = 72 / 25.4


def folded(text: str) -> str:
    """NFKC without white space: what is left when a line or an address is broken differently."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@cache
def page_texts(document: str) -> tuple[str, ...]:
    reader = pypdf.PdfReader(CORPUS / document)
    return tuple(folded(page.extract_text()) for page in reader.pages)


def small_corpus(folder: Path) -> Path:
    """A corpus of one real document, not yet built."""
    (folder / "sources/partnerships").mkdir(parents=True)
    (folder / "sources/catalogues/records").mkdir(parents=True)
    for shared in (
        "wording.yaml",
        "theme.typ",
        "sources/references.yaml",
        "sources/partnerships/textiles.md",
    ):
        shutil.copy(CORPUS / shared, folder / shared)
    return folder


def test_building_again_gives_the_bytes_that_are_shipped(tmp_path):
    corpus = small_corpus(tmp_path)
    (built,) = build.Builder(corpus).build_all()
    assert built.document == "partnerships/textiles.pdf"
    assert built.pdf == (CORPUS / built.document).read_bytes()


def test_every_shipped_pdf_is_what_its_source_makes(capsys):
    assert build.main(["--check"]) == 0, capsys.readouterr().err


def test_check_names_the_pdf_whose_source_changed_and_writes_nothing(tmp_path, monkeypatch, capsys):
    corpus = small_corpus(tmp_path)
    monkeypatch.setattr(build, "CORPUS", corpus)
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0
    before = (corpus / "partnerships/textiles.pdf").read_bytes()
    source = corpus / "sources/partnerships/textiles.md"
    source.write_text(source.read_text("utf-8").replace("16 December 2021", "17 December 2021"), "utf-8")

    assert build.main(["--check"]) == 1

    assert "partnerships/textiles.pdf differs from its source" in capsys.readouterr().err
    assert (corpus / "partnerships/textiles.pdf").read_bytes() == before


def test_a_pdf_disappears_with_its_source_and_a_stranger_stays(tmp_path, monkeypatch):
    corpus = small_corpus(tmp_path)
    monkeypatch.setattr(build, "CORPUS", corpus)
    build.main([])
    (corpus / "partnerships/mine.pdf").write_bytes(b"%PDF-")
    (corpus / "sources/partnerships/textiles.md").unlink()

    build.main([])

    assert [file.name for file in corpus.glob("partnerships/*.pdf")] == ["mine.pdf"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_pdf_says_what_it_is_and_has_two_to_twenty_five_pages(document):
    entry = MANIFEST[DOCUMENTS.index(document)]
    reader = pypdf.PdfReader(CORPUS / document)
    assert reader.metadata.title == entry["title"]
    assert reader.metadata.author == "Pact for Skills assistant project"
    keywords = reader.metadata.keywords.split(", ")
    assert f"kind:{entry['kind']}" in keywords
    assert f"as-of:{entry['as_of']}" in keywords
    assert [word for word in keywords if word.startswith("country:")] == [
        f"country:{country}" for country in entry["countries"]
    ]
    root = reader.trailer["/Root"]
    assert root["/Lang"] == entry["language"]
    assert root["/MarkInfo"]["/Marked"]
    assert len(reader.outline) >= 2
    assert 2 <= len(reader.pages) <= 25
    assert len(entry["sources"]) >= 1


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_text_leaves_the_margins(document):
    pdf = pypdfium2.PdfDocument(CORPUS / document)
    for number, page in enumerate(pdf, start=1):
        width, _height = page.get_size()
        left = 22 * POINTS_PER_MM - 1
        right = width - 22 * POINTS_PER_MM + 4  # the space at the end of a line may hang over
        textpage = page.get_textpage()
        for index in range(textpage.count_rects()):
            x0, bottom, x1, _top = textpage.get_rect(index)
            assert left <= x0, (document, number, textpage.get_text_bounded(x0, bottom, x1, _top))
            assert x1 <= right, (document, number, textpage.get_text_bounded(x0, bottom, x1, _top))
            assert bottom > 8 * POINTS_PER_MM, (document, number)


def catalogue_pages() -> list[str]:
    names = [entry["document"] for entry in MANIFEST if entry["kind"] == "catalogue"]
    return [page for name in names for page in page_texts(name)]


def missing_values(record: catalogue.Record, pages: list[str]) -> list[str]:
    """Fields of the record that stand on no page together with its reference."""
    own = [page for page in pages if folded(f"Reference: {record['id']}") in page] + [
        page for page in pages if folded(f"Reference {record['id']}") in page
    ]
    found = " ".join(own)
    values = {
        f"{record['id']}.{key}[{index}]": part
        for key, value in record.items()
        for index, part in enumerate(value if isinstance(value, list) else [value])
    }
    return [name for name, value in values.items() if folded(value) not in found]


RECORDS = catalogue.read_records(CORPUS / "sources/catalogues/records")


def test_the_catalogues_hold_466_records_with_different_references():
    assert len(RECORDS) == len({record["id"] for record in RECORDS}) == 466


@pytest.mark.parametrize("ecosystem", sorted({record["ecosystem"] for record in RECORDS}))
def test_every_field_of_every_record_stands_on_the_page_of_its_entry(ecosystem):
    pages = catalogue_pages()
    chosen = [record for record in RECORDS if record["ecosystem"] == ecosystem]
    assert [name for record in chosen for name in missing_values(record, pages)] == []


# Name, launch and target as the facts give them; "" where the facts give no figure.
PARTNERSHIPS = [
    ("Automotive Skills Alliance", "10 November 2020", "5 % of the ecosystem workforce each year"),
    ("Skills Partnership for Microelectronics", "10 November 2020", "Over 250 000 workers and students"),
    ("Skills Partnership for Aerospace and Defence", "10 November 2020", "Around 200 000 employees by 2026"),
    ("Shipbuilding and Maritime Technology", "2021", "200 000 workers trained"),
    ("Offshore Renewable Energy", "2021", "54 000 vacancies"),
    ("TCLF Skills Alliance", "16 December 2021", "5 % of the workforce trained each year by 2030"),
    ("Skills Partnership for the Tourism Ecosystem", "31 January 2022", "10 % of the workforce each year"),
    ("Pact for Skills in Construction", "8 February 2022", "30 % of the workforce trained each year by 2030"),
    ("Agri-food Ecosystem Pact for Skills", "18 February 2022", "a joint strategy"),
    ("Creative Pact for Skills", "28 April 2022", "no number of people was found"),
    ("Proximity & Social Economy", "5 and 6 May 2022", "5 % of the workforce and entrepreneurs each year"),
    ("Digital Large-Scale Partnership", "18 July 2022", "20 million ICT specialists by 2030"),
    ("Skills Partnership for Retail and Wholesale", "29 November 2022", "EUR 35 billion"),
    ("BeWell", "13 December 2022", "green and digital skills"),
    ("Renewable Energy Skills Partnership", "21 March 2023", "3.5 million jobs by 2030"),
    ("Skills Partnership for Long-Term Care", "20 April 2023", "At least 60 % of long-term care workers"),
    ("SPACE4GEO", "25 April 2023", "3.5 % of the workforce each year by 2030"),
    ("Skills Partnership for Energy-Intensive Industries", "10 May 2023", "50 % of the workforce each year"),
    ("Skills Partnership for the European Health Industry", "1 December 2023", "A shared skills model"),
    ("Digitalisation of the Energy System", "14 December 2023", "Specialised training for digital energy"),
]
BLUEPRINTS = [
    *("DRIVES", "ALBATTS", "TRIREME", "MATES", "SkillSea", "LeaderSHIP", "EO4GEO", "SpaceSUITE", "ASSETs+"),
    *("Skills4Smart", "METASKILLS4TCLF", "NTG", "PANTOUR", "ESSA", "SPIRE-SAIS", "Skills4EII", "FIELDS"),
    *(
        "I-RESTART",
        "AGRIFOODSKILLS",
        "STAFFER",
        "CHARTER",
        "CYANOTYPES",
        "CHAISE",
        "REWIRE",
        "ARISA",
        "METIS",
    ),
    *("EDDIE", "FLORES", "T-shore", "B-WISE", "baSE", "BeWell", "Care4Skills", "Construction Blueprint 2"),
]


def pages_of_kind(kind: str) -> list[str]:
    names = [entry["document"] for entry in MANIFEST if entry["kind"] == kind]
    return [page for name in names for page in page_texts(name)]


@pytest.mark.parametrize(("name", "launch", "target"), PARTNERSHIPS, ids=[name for name, *_ in PARTNERSHIPS])
def test_a_page_gives_name_launch_and_target_of_each_large_scale_partnership(name, launch, target):
    wanted = [folded(name), folded(f"Launch {launch}"), folded(target)]
    assert any(all(part in page for part in wanted) for page in pages_of_kind("partnership"))


def test_there_are_20_large_scale_partnerships():
    assert len(PARTNERSHIPS) == 20


@pytest.mark.parametrize("acronym", BLUEPRINTS)
def test_each_blueprint_stands_in_a_blueprint_document(acronym):
    assert any(folded(acronym) in page for page in pages_of_kind("blueprint"))


def typst_of(markdown: str) -> str:
    return Writer(
        Citations({"A": "https://a.eu", "B": "https://b.eu"}, one="source", many="sources")
    ).document(markdown)


def test_characters_that_mean_something_to_typst_are_shown_as_they_are():
    assert typst_of('$x$ _y_ "q" @l #z') == '#"$x$ ";#emph[#"y";]#" \\"q\\" @l #z";\n\n'


def test_a_line_never_begins_with_a_dash():
    assert typst_of("Open - free") == '#"Open\u00a0- free";\n\n'


def test_a_number_is_not_divided_between_two_lines():
    assert typst_of("At 700 000 or 5 % of 2 people") == '#"At 700\u00a0000 or 5\u00a0% of 2 people";\n\n'


def test_sources_are_numbered_in_the_order_of_their_first_use():
    citations = Citations({"A": "https://a.eu", "B": "https://b.eu"}, one="source", many="sources")
    text = Writer(citations).document("One [@B].\n\nTwo [@A].\n\n[@A; @B]")
    assert '#"(source 1)";' in text.split("\n")[0]
    assert '#source-line("Sources: 1, 2.")' in text
    assert citations.cited() == ["https://b.eu", "https://a.eu"]


def test_an_unknown_source_code_is_an_error_that_names_it():
    with pytest.raises(SourceError, match=r"source code 'C' is not in references\.yaml"):
        typst_of("Fact [@C].")


def test_markdown_that_the_builder_does_not_know_is_an_error_and_not_lost():
    with pytest.raises(SourceError, match="line 1 after the front matter: fence is not supported"):
        typst_of("```\ncode\n```")


def test_a_wrong_front_matter_is_an_error_that_names_the_file(tmp_path):
    file = tmp_path / "pact/x.md"
    file.parent.mkdir()
    file.write_text("---\ntitle: X\nkind: poem\nas_of: 2026-11-01\nsubject: s\n---\nText\n", "utf-8")
    with pytest.raises(SourceError, match=r"pact/x: .*\n?kind"):
        read_source(file, root=tmp_path)
