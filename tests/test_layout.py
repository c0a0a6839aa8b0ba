"""Blocks: headings, paragraphs, lists, captions and tables, from PDFs of awkward shapes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import make

from assistant.documents import Block, Page
from assistant.ingest.cleaning import Hyphenation, clean
from assistant.ingest.extract import Limits, extract
from assistant.ingest.fragments import is_bold_name

LIMITS = Limits(max_file_mb=50, max_pages=500, max_seconds=60, max_memory_mb=2048)
PROSE = (
    "The scheme pays for the training of workers whose",
    "jobs change, and it does so for one year at most,",
    "as long as the employer agrees to keep them.",
)


def read(path: Path) -> tuple[Page, ...]:
    return extract(path, name=path.name, limits=LIMITS).pages


def blocks(page: Page) -> list[tuple[str, str]]:
    return [(block.kind, page.slice(block.span)) for block in page.blocks]


def rows(page: Page) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(column names, cell texts) of each table row."""
    return [
        (block.columns, tuple(page.slice(cell) for cell in block.cells))
        for block in page.blocks
        if block.kind == "table_row"
    ]


def clean_alone(text: str, *others: str) -> str:
    return clean(text, Hyphenation((text, *others)))


def test_running_headers_and_page_numbers_are_gone(tmp_path: Path) -> None:
    contents = [
        [
            (72, 800, "Skills report 2026"),
            (72, 600, f"Body of page {number}"),
            (300, 30, f"Page {number} of 4"),
        ]
        for number in range(1, 5)
    ]
    assert [page.text for page in read(make.pages(tmp_path / "a.pdf", *contents))] == [
        f"Body of page {number}" for number in range(1, 5)
    ]


def test_a_line_of_the_body_that_recurs_at_the_same_place_stays(tmp_path: Path) -> None:
    contents = [
        [
            (72, 805, "Training catalogue"),
            *make.column(
                72, 770, *([f"Reference: {name}"] if number % 2 else []), "Kind: course", f"Title: {name}"
            ),
            *make.column(72, 600, *PROSE),
        ]
        for number, name in enumerate(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"])
    ]
    pages = read(make.pages(tmp_path / "a.pdf", *contents))
    assert all("Training catalogue" not in page.text for page in pages)
    assert all("Kind: course" in page.text for page in pages)


def test_a_number_alone_is_kept_when_it_does_not_repeat(tmp_path: Path) -> None:
    path = make.pages(tmp_path / "a.pdf", [(72, 800, "2026"), (72, 600, "Body of the page")])
    assert read(path)[0].text == "2026\nBody of the page"


def test_pages_with_nothing_but_the_same_words_keep_them(tmp_path: Path) -> None:
    path = make.pages(tmp_path / "a.pdf", *[[(72, 800, "Chapter")] for _ in range(5)])
    assert [page.text for page in read(path)] == ["Chapter"] * 5


def test_wrapped_lines_become_one_paragraph_and_a_gap_parts_two(tmp_path: Path) -> None:
    path = make.pages(tmp_path / "a.pdf", [*make.column(72, 700, *PROSE), *make.column(72, 640, *PROSE[:1])])
    assert blocks(read(path)[0]) == [("paragraph", " ".join(PROSE)), ("paragraph", PROSE[0])]


def test_larger_and_bold_lines_are_headings_with_levels(tmp_path: Path) -> None:
    lines = [
        (72, 760, "Funding for firms"),
        (72, 730, "Who can apply"),
        *make.column(72, 700, *PROSE),
        (72, 640, "What it costs"),
        *make.column(72, 620, *PROSE),
    ]
    path = make.pages(
        tmp_path / "a.pdf", lines, large=["Funding for firms"], bold=["Who can apply", "What it costs"]
    )
    page = read(path)[0]
    assert [(block.level, page.slice(block.span)) for block in page.blocks if block.kind == "heading"] == [
        (1, "Funding for firms"),
        (2, "Who can apply"),
        (2, "What it costs"),
    ]


def test_a_heading_drawn_last_stands_before_the_text_below_it(tmp_path: Path) -> None:
    lines = [*make.column(72, 700, *PROSE), (72, 750, "Foreword")]
    page = read(make.pages(tmp_path / "a.pdf", lines, large=["Foreword"]))[0]
    assert blocks(page) == [("heading", "Foreword"), ("paragraph", " ".join(PROSE))]


def test_initials_in_a_list_of_references_start_no_item(tmp_path: Path) -> None:
    lines = make.column(
        72, 700, "Castaneda, L., Postigo, A. Y., Herrero, C., and Cachia,", "R. (2023). Strategic approaches."
    )
    page = read(make.pages(tmp_path / "a.pdf", lines))[0]
    assert [kind for kind, _ in blocks(page)] == ["paragraph"]


def test_a_page_with_only_the_running_header_is_empty(tmp_path: Path) -> None:
    header = [(72, 800, "Skills report")]
    contents = [[*header, (72, 600, f"Body {number}")] for number in range(3)]
    assert [page.text for page in read(make.pages(tmp_path / "a.pdf", *contents, header))][3] == ""


def test_facts_on_lines_of_their_own_are_no_paragraph_where_none_has_two_lines(tmp_path: Path) -> None:
    names = ("Metal School", "Evening classes", "In the town hall", "Free for all", "Bring a friend")
    facts = [(72, 800 - 18 * at, f"{name} {at // 5}") for at, name in enumerate(names * 4)]
    page = read(make.pages(tmp_path / "a.pdf", facts))[0]
    assert [text for _, text in blocks(page)] == [text for _, _, text in facts]


def test_bold_words_within_a_paragraph_are_no_heading(tmp_path: Path) -> None:
    lines = [(72, 700, "Note:"), (105, 700, PROSE[0]), *make.column(72, 688, *PROSE[1:])]
    page = read(make.pages(tmp_path / "a.pdf", lines, bold=["Note:"]))[0]
    assert blocks(page) == [("paragraph", "Note: " + " ".join(PROSE))]


def test_bookmarks_tell_headings_that_look_like_text(tmp_path: Path) -> None:
    pages = read(make.with_outline(tmp_path / "a.pdf"))
    found = [(block.level, page.slice(block.span)) for page in pages for block in page.blocks if block.level]
    assert found == [(1, "Rules of the scheme"), (2, "Who pays")]


def test_list_items_lose_their_bullet_and_keep_their_number(tmp_path: Path) -> None:
    lines = [
        (72, 700, "•"),
        (84, 700, "an item that goes on over"),
        (84, 688, "two lines"),
        (72, 676, "•"),
        (84, 676, "a second item"),
        (72, 650, "1. Sign the charter."),
        (72, 638, "2. Name your commitments."),
    ]
    assert blocks(read(make.pages(tmp_path / "a.pdf", lines))[0]) == [
        ("list_item", "an item that goes on over two lines"),
        ("list_item", "a second item"),
        ("list_item", "1. Sign the charter."),
        ("list_item", "2. Name your commitments."),
    ]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = make.column(72, 700, *PROSE * 3), make.column(330, 700, *reversed(PROSE * 3))
    page = read(make.pages(tmp_path / "a.pdf", [*left, *right]))[0]
    assert page.text.startswith(" ".join(PROSE))
    assert rows(page) == []
    assert "whose The scheme" not in page.text


def test_labels_on_lines_of_their_own_stay_apart(tmp_path: Path) -> None:
    lines = make.column(
        72, 700, "Reference: ab-1", "Provider: The school of welding in Porto", "Country: Portugal"
    )
    assert [text for _, text in blocks(read(make.pages(tmp_path / "a.pdf", lines))[0])] == [
        "Reference: ab-1",
        "Provider: The school of welding in Porto",
        "Country: Portugal",
    ]


def test_a_caption_needs_more_than_a_mention(tmp_path: Path) -> None:
    lines = [(72, 700, "Table 3. Fees by country"), (72, 650, "Table 3 shows what each country pays.")]
    assert blocks(read(make.pages(tmp_path / "a.pdf", lines))[0]) == [
        ("caption", "Table 3. Fees by country"),
        ("paragraph", "Table 3 shows what each country pays."),
    ]


def test_contents_pages_have_no_headings_and_no_leaders(tmp_path: Path) -> None:
    entries = [f"{number} Chapter of the report" + "." * 40 + f"{number * 7}" for number in range(1, 7)]
    page = read(make.pages(tmp_path / "a.pdf", make.column(72, 700, *entries), bold=entries[:2]))[0]
    assert [text for _, text in blocks(page)] == [f"{number} Chapter of the report" for number in range(1, 7)]
    assert {kind for kind, _ in blocks(page)} == {"paragraph"}


@pytest.mark.parametrize("ruled", [True, False])
def test_a_long_table_keeps_its_rows_and_column_names_on_every_page(tmp_path: Path, ruled: bool) -> None:
    pages = read(make.long_table(tmp_path / "a.pdf", rows=40, ruled=ruled))
    assert len(pages) >= 2
    found = [row for page in pages for row in rows(page)]
    assert found == [
        (
            ("Course", "Who can take part", "Fee"),
            (
                f"Course number {row}",
                f"Workers of firm {row} and everybody who lives in the region and wants to learn more",
                f"EUR {row}00",
            ),
        )
        for row in range(1, 41)
    ]
    headers = [block for page in pages for block in page.blocks if block.kind == "table_header"]
    assert len(headers) == len(pages)


def test_a_table_that_goes_on_without_a_header_keeps_its_column_names(tmp_path: Path) -> None:
    def line(y: float, *cells: str) -> list[make.Line]:
        return [(x, y, cell) for x, cell in zip((72, 200, 330), cells, strict=False)]

    first = [*line(140, "Country", "Programme", "Places"), *line(120, "Spain", "Dual", "12")]
    first += line(100, "Italy", "Evening", "30")
    second = [*line(700, "Poland", "Weekend", "8"), *line(680, "Greece", "Online", "50")]
    path = make.pages(tmp_path / "a.pdf", first, second, bold=["Country", "Programme", "Places"])
    names = ("Country", "Programme", "Places")
    assert [row for page in read(path) for row in rows(page)] == [
        (names, ("Spain", "Dual", "12")),
        (names, ("Italy", "Evening", "30")),
        (names, ("Poland", "Weekend", "8")),
        (names, ("Greece", "Online", "50")),
    ]


def test_a_row_with_an_empty_cell_names_the_cells_it_has(tmp_path: Path) -> None:
    lines: list[make.Line] = []
    table = [
        ("City", "Course", "Fee"),
        ("Porto", "Weaving", "0"),
        ("Braga", "", "20"),
        ("Faro", "Dyeing", "10"),
    ]
    for number, cells in enumerate(table):
        lines += [(x, 700 - 20 * number, cell) for x, cell in zip((72, 200, 330), cells, strict=True) if cell]
    page = read(make.pages(tmp_path / "a.pdf", lines, bold=["City", "Course", "Fee"]))[0]
    assert rows(page)[1] == (("City", "Fee"), ("Braga", "20"))


def test_labels_and_values_are_rows_without_column_names(tmp_path: Path) -> None:
    lines: list[make.Line] = []
    for number, (label, value) in enumerate(
        [("Duration", "two years"), ("Language", "Polish"), ("Fee", "none")]
    ):
        lines += [(72, 700 - 20 * number, label), (200, 700 - 20 * number, value)]
    page = read(make.pages(tmp_path / "a.pdf", lines, bold=["Duration", "Language", "Fee"]))[0]
    assert rows(page) == [
        ((), ("Duration", "two years")),
        ((), ("Language", "Polish")),
        ((), ("Fee", "none")),
    ]


def test_cells_set_in_the_middle_of_their_row_belong_to_it(tmp_path: Path) -> None:
    lines: list[make.Line] = []
    for number, level in enumerate(["Basic", "Advanced"]):
        y = 700 - 40 * number
        lines += [
            (72, y - 6, level),
            *make.column(150, y, f"What {level} learners do,", "with help"),
            (320, y - 6, "Yes"),
        ]
    page = read(make.pages(tmp_path / "a.pdf", lines))[0]
    assert [cells for _, cells in rows(page)] == [
        ("Basic", "What Basic learners do, with help", "Yes"),
        ("Advanced", "What Advanced learners do, with help", "Yes"),
    ]


@pytest.mark.parametrize(
    ("text", "others", "wanted"),
    [
        ("partner-\nships grow", (), "partnerships grow"),
        ("up-\nskilling", ("upskilling",), "upskilling"),
        ("up-\nskilling", ("up-skilling",), "up-skilling"),
        ("self-\nemployed", (), "self-employed"),
        ("2021-\n2027", (), "2021- 2027"),
        ("Bosnia-\nHerzegovina", (), "Bosnia-Herzegovina"),
        ("up-\nand reskilling", (), "up- and reskilling"),
        ("exam\u00adple", (), "example"),
        ("exam\u0002\nple", (), "example"),
        ("o\ufb03ce\u00a0hours", (), "office hours"),
        ("a\u200bb\x07c", (), "abc"),
        ("see https://pact-\nfor-skills.eu now", (), "see https://pact-for-skills.eu now"),
    ],
)
def test_cleaning_undoes_hyphenation_and_ligatures(text: str, others: tuple[str, ...], wanted: str) -> None:
    assert clean_alone(text, *others) == wanted


@given(st.text())
def test_clean_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_alone(text)
    assert cleaned == " ".join(cleaned.split())
    assert clean_alone(cleaned) == cleaned


@pytest.mark.parametrize(
    ("name", "bold"),
    [
        ("ABCDEF+Calibri-Bold", True),
        ("CMBX12", True),
        ("NimbusRomNo9L-Medi", True),
        ("Arial,BoldItalic", True),
        ("Segoe-Bd", True),
        ("Helvetica", False),
        ("MediumSerif", False),
    ],
)
def test_font_names_tell_bold(name: str, bold: bool) -> None:
    assert is_bold_name(name) is bold


def test_blocks_are_hashable_so_that_chunks_can_hold_them() -> None:
    assert len({Block("paragraph", (0, 3)), Block("paragraph", (0, 3))}) == 1


def test_the_head_of_a_wide_table_at_the_top_of_each_page_is_no_running_header(tmp_path: Path) -> None:
    head = ["Code", "Course", "School", "Place", "Fee"]
    at = [40, 120, 260, 400, 500]
    pages = [
        [*((x, 790, name) for x, name in zip(at, head, strict=True))]
        + [(x, 765, f"{name} {page}{page}") for x, name in zip(at, head, strict=True)]
        + [(x, 740, f"{name} {page}") for x, name in zip(at, head, strict=True)]
        for page in range(1, 6)
    ]
    read_pages = read(make.pages(tmp_path / "a.pdf", *pages, bold=head))
    for number, page in enumerate(read_pages, start=1):
        assert rows(page)[0] == (tuple(head), tuple(f"{name} {number}{number}" for name in head))


def test_spaces_in_a_line_make_columns(tmp_path: Path) -> None:
    lines = [(72, 700, "Duration          two years"), (72, 688, "Language          Polish")]
    assert rows(read(make.pages(tmp_path / "a.pdf", lines))[0]) == [
        ((), ("Duration", "two years")),
        ((), ("Language", "Polish")),
    ]
