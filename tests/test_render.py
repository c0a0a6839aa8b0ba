"""Rendering: [n] markers, layouts, and Markdown that cannot be smuggled in through evidence."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.claims import Cell, Claim, Quote
from assistant.answering.render import Renderer, plain_text, safe_markdown


def quote(text: str, page_number: int = 1) -> Quote:
    return Quote("a.pdf", page_number, (0, len(text)), text)


def render(*claims: Claim) -> tuple[str, Renderer]:
    renderer = Renderer(lambda path: f"Title of {path}")
    return "".join(renderer.add(claim) for claim in claims), renderer


def test_the_same_quote_keeps_its_number() -> None:
    text, renderer = render(
        Claim("One.", (quote("x"),)), Claim("Two.", (quote("y"),)), Claim("More.", (quote("x"),))
    )
    assert text == "One. [1] Two. [2] More. [1]"
    assert [(c.number, c.quote, c.title, c.page) for c in renderer.citations] == [
        (1, "x", "Title of a.pdf", 1),
        (2, "y", "Title of a.pdf", 1),
    ]


def test_the_same_words_on_two_pages_are_two_citations() -> None:
    text, _ = render(Claim("One.", (quote("x", 1),)), Claim("Two.", (quote("x", 2),)))
    assert text == "One. [1] Two. [2]"


def test_bullets_and_steps_stand_on_lines_of_their_own() -> None:
    q = (quote("x"),)
    text, _ = render(
        Claim("Do this:", q, "lead"),
        Claim("first", q, "step"),
        Claim("second", q, "step"),
        Claim("other", q, "bullet"),
    )
    assert text == "Do this: [1]\n\n1. first [1]\n2. second [1]\n\n- other [1]"


def test_a_heading_is_shown_before_the_text() -> None:
    text, _ = render(Claim("Duration: 2 years", (quote("x"),), "lead", "Welder"))
    assert text == "**Welder** – Duration: 2 years [1]"


def test_markup_in_evidence_is_inert() -> None:
    hostile = "<img src=x onerror=alert(1)> [click](javascript:x) **b** `c` [7]"
    shown = safe_markdown(hostile)
    assert "<img" not in shown.replace("\\<", "")
    assert "](" not in shown.replace("\\]", "")
    assert "[7]" not in shown
    assert plain_text(shown) == hostile


def test_a_line_that_looks_like_a_heading_or_list_stays_text() -> None:
    assert safe_markdown("# not a heading") == "\\# not a heading"
    assert safe_markdown("2021. a year") == "2021\\. a year"


def test_links_stay_whole() -> None:
    assert safe_markdown("see https://example.eu/a_b_c*d now") == "see https://example.eu/a_b_c*d now"


@given(st.text())
def test_plain_text_gives_back_what_was_made_safe(text: str) -> None:
    folded = " ".join(text.split())
    if "\\" in folded or "http" in folded or "www" in folded:
        return
    assert plain_text(safe_markdown(folded)).replace("**", "") == folded.replace("**", "")


def test_rows_are_a_table_whose_first_row_names_the_columns() -> None:
    first, second = quote("Course A costs nothing"), quote("Course B costs 200 euro")
    text, renderer = render(
        Claim.row("", [Cell("A", (first,)), Cell("B", (second,))]),
        Claim.row("Cost", [Cell("nothing", (first,)), Cell("200 euro | net", (second,))]),
        Claim.row("Place", [Cell(""), Cell("Porto", (second,))]),
    )
    assert text.splitlines() == [
        "|   | **A** [1] | **B** [2] |",
        "| --- | --- | --- |",
        "| **Cost** | nothing [1] | 200 euro \\| net [2] |",
        "| **Place** | – | Porto [2] |",
    ]
    assert len(renderer.citations) == 2


def test_a_row_is_proved_by_the_quotes_of_all_its_cells() -> None:
    first, second = quote("free"), quote("200 euro")
    claim = Claim.row("Cost", [Cell("free", (first,)), Cell("200 euro", (second, first))])
    assert claim.text == "free; 200 euro"
    assert claim.quotes == (first, second)
