"""Lines are cut at seams where labels begin, tables take the shape of their labels, titles part entries."""

from assistant.ingest.cleaning import SEAM, with_seams, without_seams
from assistant.ingest.sections import Line as Draft
from assistant.ingest.sections import pages_of
from assistant.records.cuts import cut
from assistant.records.entries import entries_in
from assistant.records.groups import shaped
from assistant.records.labelled import Line, lines_of

SCHOOLS = ("Metal School", "Baking Academy", "University of Porto", "Code Institute")
LANGUAGES = ("German", "French", "Polish", "German")
TITLES = ("Welding", "Bread and rolls", "Ship design", "Python")


def lines(*drafts: Draft) -> list[Line]:
    return list(lines_of(pages_of(drafts)))


def paragraph(*pieces: str) -> Draft:
    return Draft("paragraph", (f"{SEAM} ".join(pieces),))


def row(*cells: str, places: tuple[int, ...] = ()) -> Draft:
    return Draft("table_row", cells, places=places or tuple(range(len(cells))))


def test_seams_leave_no_trace_in_the_text() -> None:
    assert without_seams(with_seams("Cost: free\nMode: online", [0, 11])) == (
        "Cost: free\nMode: online",
        (11,),
    )
    assert without_seams(f"Cost{SEAM}  free {SEAM}") == ("Cost free", (4,))
    assert without_seams("") == ("", ())


def test_a_word_that_a_line_cuts_has_no_seam() -> None:
    assert with_seams("appren-\nticeship", [8]) == "appren-\nticeship"


def test_known_labels_above_their_values_are_cut_apart() -> None:
    cells = row(f"Provider{SEAM} {SCHOOLS[0]}", f"Language{SEAM} German")
    assert [line.cells for line in cut(lines(cells))] == [("Provider", SCHOOLS[0]), ("Language", "German")]


def test_a_text_with_line_breaks_stays_whole() -> None:
    prose = lines(paragraph("You learn to weld", "steel and aluminium.", "The course is free."))
    assert cut(prose) == prose


def test_unknown_labels_are_cut_apart_when_they_come_again() -> None:
    drafts = [
        paragraph("Xa", school, "Xb", language)
        for school, language in zip(SCHOOLS, LANGUAGES, strict=True)
    ]  # fmt: skip
    drafts = [part for draft in drafts for part in (draft, paragraph("Xc", "free of charge"))]
    assert [line.cells for line in cut(lines(*drafts))[:2]] == [("Xa", SCHOOLS[0]), ("Xb", "German")]


def test_a_first_row_of_labels_names_the_columns_though_cells_are_empty() -> None:
    table = [
        row("Course name", "Provider", "Language", "Price"),
        row("Welding", "A", "free", places=(0, 1, 3)),
    ]
    made = list(shaped(lines(*table)))
    assert [(line.kind, line.columns) for line in made] == [
        ("table_header", ()),
        ("table_row", ("Course name", "Provider", "Price")),
    ]


def test_names_of_entries_may_stand_above_a_table_of_values() -> None:
    table = [row("Provider", "A", "B"), row("Language", "German", "French"), row("Price", "free", "20 EUR")]
    entries = entries_in(lines(paragraph("Welding"), paragraph("Baking"), *table))
    assert [(entry.title, entry.values[0].text) for entry in entries] == [("Welding", "A"), ("Baking", "B")]


def test_an_entry_ends_at_a_title_though_the_next_begins_with_another_label() -> None:
    drafts = []
    for number, (title, school) in enumerate(zip(TITLES, SCHOOLS, strict=True)):
        price = [paragraph("Price: free")] if number % 2 else []
        drafts += [paragraph(title), *price, paragraph(f"Provider: {school}"), paragraph("Mode: online")]
    assert [entry.title for entry in entries_in(lines(*drafts))] == list(TITLES)


def test_text_between_title_and_labels_is_not_the_title() -> None:
    drafts = []
    for title, school in zip(TITLES, SCHOOLS, strict=True):
        drafts += [paragraph(title), paragraph("You will like it with us."), paragraph(f"Provider: {school}"),
                   paragraph("Language: German")]  # fmt: skip
    assert [entry.title for entry in entries_in(lines(*drafts))] == list(TITLES)


def test_unknown_labels_lose_no_entry() -> None:
    drafts = []
    for title, school, language in zip(TITLES, SCHOOLS, LANGUAGES, strict=True):
        drafts += [paragraph(f"Xa | {title}"), paragraph(f"Xb | {school}"), paragraph(f"Xc | {language}"),
                   paragraph("Xd | this and that")]  # fmt: skip
    entries = entries_in(lines(*drafts))
    assert [(entry.title, entry.values[0].label, entry.values[0].text) for entry in entries] == [
        (title, "provider", school) for title, school in zip(TITLES, SCHOOLS, strict=True)
    ]
