"""A document's own labels are learnt from their repetition, their words and their values."""

import pytest

from assistant.records.entries import entries_in
from assistant.records.labelled import Line
from assistant.records.learn import learn, near_label

SCHOOLS = ("Metal School", "Baking Academy", "University of Porto", "Code Institute")
LANGUAGES = ("German", "French", "Polish", "German")
TIMES = ("3 weeks", "2 months", "1 year", "5 days")


def row(*cells: str, columns: tuple[str, ...] = ()) -> Line:
    return Line("table_row", 0, " ".join(cells), cells, columns, 1)


def text(words: str, kind: str = "paragraph") -> Line:
    return Line(kind, 2 if kind == "heading" else 0, words, (), (), 1)


def numbered(lines: list[Line]) -> list[Line]:
    return [
        Line(each.kind, each.level, each.text, each.cells, each.columns, each.page, number=number)
        for number, each in enumerate(lines)
    ]


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Délka trvání", "duration"),
        ("Cena s DPH", "cost"),
        ("Mokymų rūšis", "kind"),
        ("Utbildningstyp", "kind"),
        ("Skola/arrangör", "provider"),
        ("Modul de organizare", "mode"),
        ("Kestvuse", "duration"),
        ("Flavour", ""),
        ("Name of the person", ""),
    ],
)
def test_unknown_labels_are_known_by_the_word_that_they_share(label: str, key: str) -> None:
    assert near_label(label) == key


def test_values_tell_what_an_unknown_label_means() -> None:
    lines = [
        row(label, value)
        for school, language, time in zip(SCHOOLS, LANGUAGES, TIMES, strict=True)
        for label, value in (("Xa", school), ("Xb", language), ("Xc", time), ("Xd", "this and that"))
    ]
    labels = learn(numbered(lines))
    assert [labels.key(each) for each in ("Xa", "Xb", "Xc", "Xd")] == [
        "provider", "languages", "duration", ""
    ]  # fmt: skip
    assert labels.has("Xd")


def test_a_label_that_looks_known_is_refuted_by_its_values() -> None:
    lines = [row("Cena otevření", value) for value in ("Monday", "Tuesday", "Friday")]
    assert learn(numbered(lines)).key("Cena otevření") == ""


def test_two_times_are_too_few() -> None:
    lines = [row("Xb", language) for language in LANGUAGES[:2]]
    assert not learn(numbered(lines)).has("Xb")


def test_labels_on_lines_of_their_own_are_told_from_values_that_come_again() -> None:
    lines = []
    for school, language in zip(SCHOOLS, LANGUAGES, strict=True):
        lines += [text(f"Course of the {school}", "heading"), text("Xa"), text(school)]
        lines += [text("Xb"), text(language), text("Xc"), text("free of charge")]
    labels = learn(numbered(lines))
    assert (labels.key("Xa"), labels.key("Xb"), labels.key("Xc")) == ("provider", "languages", "cost")
    assert not labels.has("German")
    assert not labels.has("free of charge")


def test_beginnings_that_lines_share_are_labels_as_far_as_they_agree() -> None:
    lines = []
    for number, (school, language) in enumerate(zip(SCHOOLS, LANGUAGES, strict=True)):
        lines += [text(f"Offer number {number}"), text(f"Xa ya {school}"), text(f"Xb yb {language}"),
                  text(f"Xc yc {TIMES[number]}")]  # fmt: skip
    labels = learn(numbered(lines))
    pair = labels.leading("Xb yb Portuguese")
    assert pair is not None
    assert (pair.printed, pair.value, pair.key) == ("Xb yb", "Portuguese", "languages")


def test_prose_teaches_nothing() -> None:
    prose = [text(f"The course of {school} is good, and the {school} is old.") for school in SCHOOLS]
    labels = learn(numbered(prose))
    assert labels.leading("The course of nobody is good") is None
    assert not labels.has("The")


def test_an_unknown_label_ends_the_value_before_it() -> None:
    lines = []
    for school, language in zip(SCHOOLS, LANGUAGES, strict=True):
        lines += [text(f"Course of the {school}", "heading"), text(f"Provider: {school}"),
                  text(f"Language: {language}"), text("Zap: zip zop"), text("Mode: online")]  # fmt: skip
    entries = entries_in(numbered(lines))
    assert [[(each.label, each.text) for each in entry.values] for entry in entries[:1]] == [
        [("provider", SCHOOLS[0]), ("languages", "German"), ("", "zip zop"), ("mode", "online")]
    ]


def test_merged_cells_hold_for_the_rows_beside_them() -> None:
    head = ("Type", "Course", "Provider", "Language", "Price")
    lines = [Line("table_header", 0, " ".join(head), head, (), 1),
             row("course", "Welding", "A", "German", "free", columns=head),
             row("Baking", "B", "French", "free", columns=head[1:])]  # fmt: skip
    entries = entries_in(numbered(lines))
    assert [(entry.title, entry.values[-1].text if entry.has("kind") else "") for entry in entries] == [
        ("Welding", "free"),
        ("Baking", "course"),
    ]


def test_names_in_a_row_of_a_table_with_a_column_for_each_offer() -> None:
    lines = [row("Course name", "Welding", "Baking"), row("Provider", "A", "B"),
             row("Language", "German", "French"), row("Price", "free", "20 EUR")]  # fmt: skip
    assert [(entry.title, len(entry.values)) for entry in entries_in(numbered(lines))] == [
        ("Welding", 3),
        ("Baking", 3),
    ]


def test_titles_in_rows_of_their_own() -> None:
    head = ("Provider", "Type", "Language", "Price")
    lines = [Line("table_header", 0, " ".join(head), head, (), 1), row("Welding", columns=head[:1]),
             row("A", "course", "German", "free", columns=head), row("Baking", columns=head[:1]),
             row("B", "course", "French", "free", columns=head)]  # fmt: skip
    entries = entries_in(numbered(lines))
    assert [(entry.title, entry.values[0].text) for entry in entries] == [("Welding", "A"), ("Baking", "B")]
