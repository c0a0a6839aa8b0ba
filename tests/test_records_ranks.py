"""What heads something is a heading, whatever it is printed in; tables go on over pages."""

from assistant.ingest.sections import Line as Draft
from assistant.ingest.sections import pages_of
from assistant.records.labelled import Line, lines_of
from assistant.records.pages import continued
from assistant.records.ranks import ranked, without_column_numbers

TITLES = ("Welding", "Bread and rolls", "Ship design")
SCHOOLS = ("Metal School", "Baking Academy", "University of Porto")


def lines(*drafts: Draft) -> list[Line]:
    return list(lines_of(pages_of(drafts)))


def heading(text: str, level: int = 1) -> Draft:
    return Draft("heading", (text,), level=level)


def kinds(found: list[Line], begin: str) -> set[str]:
    return {line.kind for line in found if line.text.startswith(begin)}


def test_a_labelled_heading_below_a_title_is_a_paragraph() -> None:
    drafts = [
        draft
        for title, school in zip(TITLES, SCHOOLS, strict=True)
        for draft in (
            heading(title),
            heading(f"Provider: {school}", 2),
            Draft("paragraph", ("Mode: online",)),
        )
    ]
    found = ranked(lines(*drafts))
    assert kinds(found, "Provider") == {"paragraph"}
    assert kinds(found, "Welding") == {"heading"}


def test_a_labelled_line_above_each_title_is_a_heading_above_it() -> None:
    drafts = [
        draft
        for title, school in zip(TITLES, SCHOOLS, strict=True)
        for draft in (
            Draft("paragraph", (f"Provider: {school}",)),
            heading(title, 2),
            Draft("paragraph", ("Mode: online",)),
        )
    ]
    found = ranked(lines(*drafts))
    assert [line.level for line in found if line.text.startswith("Provider")] == [1, 1, 1]


def test_the_last_value_of_an_entry_is_no_heading_above_the_next() -> None:
    drafts = [
        draft
        for title, school in zip(TITLES, SCHOOLS, strict=True)
        for draft in (heading(title, 2), Draft("paragraph", (f"Provider: {school}",)))
    ]
    assert kinds(ranked(lines(*drafts)), "Provider") == {"paragraph"}


def test_values_in_large_type_take_the_labels_below_them() -> None:
    facts = (("3 days", "Duration"), ("Online", "Mode"), ("German", "Language"))
    drafts = [draft for value, label in facts for draft in (heading(value, 4), Draft("paragraph", (label,)))]
    found = ranked(lines(heading("Welding"), *drafts))
    assert [line.cells for line in found[1:]] == [(label, value) for value, label in facts]


def test_a_row_that_counts_the_columns_is_no_row() -> None:
    counted = Draft("table_row", ("1", "2", "3"), places=(0, 1, 2))
    row = Draft("table_row", ("1.", "Welding", "free"), places=(0, 1, 2))
    assert [line.cells for line in without_column_numbers(lines(counted, row))] == [("1.", "Welding", "free")]


def test_lines_without_tables_or_none_at_all_stay_as_they_are() -> None:
    plain = lines(Draft("paragraph", ("Mode: online",)))
    assert list(continued(plain)) == ranked(plain) == plain
    assert list(continued([])) == ranked([]) == []


def test_rows_on_the_next_page_keep_the_columns_and_the_empty_one_is_left_out() -> None:
    names = ("Course", "Language", "Cost", "Duration")
    head = Line("table_header", 0, " ".join(names), names, (), 1, places=(0, 1, 2, 3))
    remains = Line("paragraph", 0, "Cost Duration", (), (), 2)
    row = Line(
        "table_row", 0, "Welding German 3 days", ("Welding", "German", "3 days"), (), 2, places=(0, 1, 2)
    )
    found = list(continued([head, remains, row]))
    assert [line.columns for line in found] == [(), ("Course", "Language", "Duration")]
