"""What entries are called and who provides them, told by what all entries of a document have in common."""

from collections.abc import Sequence

from assistant.ingest.cleaning import SEAM
from assistant.ingest.sections import Line as Draft
from assistant.ingest.sections import pages_of
from assistant.records.entries import entries_in
from assistant.records.entry import Entry
from assistant.records.labelled import lines_of

SCHOOLS = ("Metal School", "Baking Academy", "University of Porto", "Coding Institute", "Care College")
LANGUAGES = ("German", "French", "Polish", "German", "Greek")
TITLES = ("Welding", "Bread and rolls", "Ship design", "Python", "Care at home")
OFFERS = list(zip(TITLES, SCHOOLS, LANGUAGES, strict=True))


def entries(*drafts: Draft) -> list[Entry]:
    return entries_in(list(lines_of(pages_of(drafts))))


def heading(text: str, level: int = 2) -> Draft:
    return Draft("heading", (text,), level=level)


def paragraph(*pieces: str) -> Draft:
    return Draft("paragraph", (f"{SEAM} ".join(pieces),))


def row(*cells: str, columns: Sequence[str] = ()) -> Draft:
    return Draft("table_row", cells, columns=tuple(columns), places=tuple(range(len(cells))))


def facts(language: str) -> list[Draft]:
    return [paragraph(f"Language: {language}"), paragraph("Mode: online"), paragraph("Duration: 2 weeks")]


def told(found: Sequence[Entry]) -> list[tuple[str, str]]:
    """(title, provider)"""
    return [
        (entry.title, next((value.text for value in entry.values if value.label == "provider"), ""))
        for entry in found
    ]


WANTED = list(zip(TITLES, SCHOOLS, strict=True))


def test_a_provider_stands_below_the_title_where_no_label_tells_one() -> None:
    drafts = [
        each
        for title, school, language in OFFERS
        for each in (heading(title), paragraph(school), *facts(language))
    ]
    assert told(entries(*drafts)) == WANTED


def test_a_provider_stands_above_the_heading_of_each_offer() -> None:
    drafts = [
        each
        for title, school, language in OFFERS
        for each in (paragraph(school), heading(title), *facts(language))
    ]
    assert told(entries(*drafts)) == WANTED


def test_words_that_all_lines_about_providers_begin_with_are_no_part_of_them() -> None:
    drafts = [
        each
        for title, school, language in OFFERS
        for each in (heading(title), paragraph(f"This one is held by {school}."), *facts(language))
    ]
    assert told(entries(*drafts)) == WANTED


def test_a_provider_stands_behind_a_sign_or_in_brackets() -> None:
    for sign, end in ((" | ", ""), (" \N{EN DASH} ", ""), (" (", ")")):
        drafts = [
            each
            for title, school, language in OFFERS
            for each in (heading(f"{title}{sign}{school}{end}"), *facts(language))
        ]
        assert told(entries(*drafts)) == WANTED


def test_titles_keep_their_brackets_where_a_label_tells_the_provider() -> None:
    drafts = [
        each
        for title, school, language in OFFERS
        for each in (heading(f"{title} ({school})"), paragraph("Provider: Chamber"), *facts(language))
    ]
    assert told(entries(*drafts)) == [(f"{title} ({school})", "Chamber") for title, school in WANTED]


def test_numbers_that_count_entries_are_no_part_of_their_titles() -> None:
    for form in ("No {}. ", "{}) ", "Nr. {} - ", "2.{} "):
        drafts = [
            each
            for number, (title, school, language) in enumerate(OFFERS, start=1)
            for each in (
                heading(form.format(number) + title),
                paragraph(f"Provider: {school}"),
                *facts(language),
            )
        ]
        assert told(entries(*drafts)) == WANTED


def test_a_number_in_some_titles_stays() -> None:
    titles = ("3D printing", "Welding", "Python 3", "24 hours of care", "Baking")
    drafts = [
        each
        for title, (_, school, language) in zip(titles, OFFERS, strict=True)
        for each in (heading(title), paragraph(f"Provider: {school}"), *facts(language))
    ]
    assert [entry.title for entry in entries(*drafts)] == list(titles)


def test_a_title_that_only_counts_gives_way_to_the_label_that_names() -> None:
    drafts = [
        each
        for number, (title, school, language) in enumerate(OFFERS, start=1)
        for each in (
            heading(f"Card {number}"),
            row("Zulo", title),
            row("Provider", school),
            row("Language", language),
            row("Mode", "online"),
        )
    ]
    assert told(entries(*drafts)) == WANTED


def test_names_of_parts_are_no_values_and_a_part_may_be_called_like_a_label() -> None:
    drafts = [
        each
        for title, school, language in OFFERS
        for each in (
            heading(title),
            row("Provider", school),
            row("Place and time"),
            row("Language", language),
            row("Cost"),
            row("Fee", "free"),
        )
    ]
    found = entries(*drafts)
    assert told(found) == WANTED
    assert [[value.text for value in entry.values if value.label == "cost"] for entry in found] == [
        ["free"]
    ] * 5
    assert not any("Place" in value.text for entry in found for value in entry.values)


def test_a_row_over_the_breadth_of_a_table_is_a_heading_of_the_rows_below() -> None:
    names = ("Course", "Provider", "Language", "Mode")
    rows = [row(title, school, language, "online", columns=names) for title, school, language in OFFERS]
    found = entries(
        Draft("table_header", names),
        row("Country: Spain", columns=names[:1]),
        *rows[:3],
        row("Country: Malta", columns=names[:1]),
        *rows[3:],
    )
    assert told(found) == WANTED
    assert [entry.headings[-1][0] for entry in found] == ["Country: Spain"] * 3 + ["Country: Malta"] * 2


def test_a_column_that_is_headed_by_two_labels_is_two_columns() -> None:
    names = ("Course / Provider", "Language", "Mode", "Cost")
    rows = [
        row(f"{title}{SEAM} {school}", language, "online", "free", columns=names)
        for title, school, language in OFFERS
    ]
    assert told(entries(Draft("table_header", names), *rows)) == WANTED


def test_cells_with_a_label_each_are_lines() -> None:
    drafts = [
        each
        for title, school, language in OFFERS
        for each in (heading(title), row(f"Provider: {school}", f"Language: {language}", "Mode: online"))
    ]
    assert told(entries(*drafts)) == WANTED


def test_bold_values_below_labels_are_no_headings() -> None:
    drafts = [
        each
        for title, school, language in OFFERS
        for each in (
            heading(title, 1),
            paragraph("Provider"),
            heading(school, 3),
            paragraph("Language"),
            heading(language, 3),
            paragraph("Mode"),
            heading("online", 3),
        )
    ]
    assert told(entries(*drafts)) == WANTED


def test_tables_of_other_things_get_no_providers() -> None:
    drafts = [
        each
        for title, school, _ in OFFERS
        for each in (
            heading(title),
            paragraph(school),
            paragraph("Region: Tuscany"),
            paragraph("Cost: 5 EUR"),
        )
    ]
    assert [provider for _, provider in told(entries(*drafts))] == [""] * 5
