from hypothesis import given, settings
from hypothesis import strategies as st
from index_kit import WordEncoder, document_of, page_of

from assistant.documents import ExtractedDocument
from assistant.ingest.chunks import chunk, with_fitting_columns

WORDS = st.sampled_from(
    ["skills", "żółw", "Überqualifizierung", "3.5%", "pact.", "a", "ναυπηγείο", "§", "x" * 40]
)
TEXT = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
SHORT = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
COLUMNS = st.lists(SHORT, max_size=3).map(tuple)
BLOCK = st.one_of(
    st.tuples(st.just("heading"), SHORT, st.integers(1, 4), st.just(())),
    st.tuples(st.sampled_from(["paragraph", "list_item", "caption"]), TEXT, st.just(0), st.just(())),
    st.tuples(st.just("table_row"), SHORT, st.just(0), COLUMNS),
)


@st.composite
def documents(draw: st.DrawFn) -> ExtractedDocument:
    pages = draw(st.lists(st.lists(BLOCK, max_size=12), min_size=1, max_size=4))
    return document_of(*(page_of(number, blocks) for number, blocks in enumerate(pages, 1)))


@settings(max_examples=150, deadline=None)
@given(document=documents(), window=st.integers(24, 120))
def test_chunks_are_slices_within_the_window_that_lose_nothing(document, window):
    encoder = WordEncoder(max_tokens=window)
    document = with_fitting_columns(document, encoder=encoder)
    chunks = chunk(document, encoder=encoder)
    for page in document.pages:
        on_page = [each for each in chunks if each.page_number == page.number]
        for each in on_page:
            assert each.text == page.text[slice(*each.span)]
            assert each.document == "a.pdf"
            assert len(encoder.offsets(each.search_text)) + 2 <= window
        ends = [0, *(each.span[1] for each in on_page)]
        assert all(end <= each.span[0] for end, each in zip(ends, on_page, strict=False))
        assert "".join("".join(each.text for each in on_page).split()) == "".join(page.text.split())
    assert [each.page_number for each in chunks] == sorted(each.page_number for each in chunks)
    assert len({each.chunk_id for each in chunks}) == len(chunks)


def chunks_of(*pages, max_tokens=64):
    return chunk(document_of(*pages), encoder=WordEncoder(max_tokens=max_tokens))


SENTENCE = "Every member of the pact trains its people each and every single year without fail"


def test_a_section_is_one_chunk_with_its_heading_in_path_and_text():
    page = page_of(1, [("heading", "Funding", 1, ()), ("paragraph", SENTENCE, 0, ())])
    (only,) = chunks_of(page)
    assert only.section == ("Funding",)
    assert only.text == f"Funding\n{SENTENCE}"
    assert [block.kind for block in only.blocks] == ["heading", "paragraph"]


def test_headings_that_follow_one_another_go_with_the_text_below_them():
    page = page_of(
        1, [("heading", "Guide", 1, ()), ("heading", "Costs", 2, ()), ("paragraph", SENTENCE, 0, ())]
    )
    (only,) = chunks_of(page)
    assert only.section == ("Guide", "Costs")
    assert only.text.startswith("Guide\nCosts\nEvery")


def test_a_new_heading_starts_a_new_chunk_and_closes_the_deeper_ones():
    blocks = [
        ("heading", "Guide", 1, ()),
        ("heading", "Costs", 2, ()),
        ("paragraph", SENTENCE, 0, ()),
        ("heading", "Next", 1, ()),
        ("paragraph", SENTENCE, 0, ()),
    ]
    assert [each.section for each in chunks_of(page_of(1, blocks))] == [("Guide", "Costs"), ("Next",)]


def test_the_section_path_goes_on_to_the_next_page_but_the_chunk_does_not():
    first = page_of(1, [("heading", "Costs", 1, ()), ("paragraph", SENTENCE, 0, ())])
    second = page_of(2, [("paragraph", SENTENCE, 0, ())])
    assert [(each.page_number, each.section) for each in chunks_of(first, second)] == [
        (1, ("Costs",)),
        (2, ("Costs",)),
    ]


def test_a_lone_title_joins_the_section_below_it():
    blocks = [("paragraph", "Guide", 0, ()), ("heading", "Costs", 1, ()), ("paragraph", SENTENCE, 0, ())]
    (only,) = chunks_of(page_of(1, blocks))
    assert only.section == ("Costs",)
    assert only.text.startswith("Guide\nCosts\n")


def test_a_heading_at_the_foot_of_a_page_joins_the_chunk_before_it():
    first = page_of(
        1, [("heading", "Costs", 1, ()), ("paragraph", SENTENCE, 0, ()), ("heading", "Dates", 1, ())]
    )
    second = page_of(2, [("paragraph", SENTENCE, 0, ())])
    chunks = chunks_of(first, second)
    assert [each.section for each in chunks] == [("Costs",), ("Dates",)]
    assert chunks[0].text.endswith("\nDates")


def test_a_long_paragraph_is_cut_after_a_sentence():
    page = page_of(1, [("paragraph", (f"{SENTENCE}. " * 12).strip(), 0, ())])
    chunks = chunks_of(page, max_tokens=80)
    assert len(chunks) > 1
    assert all(each.text.startswith("Every") and each.text.endswith("fail.") for each in chunks)


def test_pieces_of_a_long_section_are_of_even_length():
    page = page_of(1, [("list_item", f"{number} {SENTENCE}", 0, ()) for number in range(10)])
    lengths = [len(each.text) for each in chunks_of(page, max_tokens=100)]
    assert len(lengths) > 2
    assert min(lengths) > max(lengths) / 2


def test_table_rows_stay_whole_and_carry_their_column_names():
    columns = ("Programme", "Budget")
    rows = [
        ("table_row", f"Erasmus{number} 500 million euro for schools", 0, columns) for number in range(12)
    ]
    chunks = chunks_of(page_of(1, rows))
    assert len(chunks) > 1
    for each in chunks:
        assert each.search_text.startswith("Programme, Budget\n")
        assert all(line.startswith("Erasmus") and line.endswith("schools") for line in each.text.split("\n"))


def test_column_names_that_fill_the_window_are_left_out():
    document = document_of(page_of(1, [("table_row", "a b", 0, (SENTENCE, SENTENCE))]))
    fitting = with_fitting_columns(document, encoder=WordEncoder(max_tokens=40))
    assert fitting.pages[0].blocks[0].columns == ()
    kept = with_fitting_columns(document, encoder=WordEncoder(max_tokens=400))
    assert kept.pages[0].blocks[0].columns == (SENTENCE, SENTENCE)


def test_a_page_without_text_gives_no_chunk():
    assert chunks_of(page_of(1, [])) == []


def test_the_same_text_on_two_pages_stays_two_chunks_and_an_edit_changes_the_id():
    page = [("paragraph", SENTENCE, 0, ())]
    one, two = chunks_of(page_of(1, page), page_of(2, page))
    (edited,) = chunks_of(page_of(1, [("paragraph", SENTENCE.replace("year", "week"), 0, ())]))
    assert len({one.chunk_id, two.chunk_id, edited.chunk_id}) == 3
    assert chunks_of(page_of(1, page))[0].chunk_id == one.chunk_id
    assert one.chunk_id.startswith("c1:")
    assert len(one.chunk_id) == 19


def test_the_title_opens_every_section_path_and_is_not_repeated_by_its_own_heading():
    blocks = [("heading", "The Guide", 1, ()), ("paragraph", SENTENCE, 0, ())]
    blocks += [("heading", "Costs", 2, ()), ("paragraph", SENTENCE, 0, ())]
    document = document_of(page_of(1, blocks), title="The guide")
    sections = [each.section for each in chunk(document, encoder=WordEncoder())]
    assert sections == [("The guide",), ("The guide", "Costs")]


def test_a_chunk_of_a_cut_paragraph_still_knows_its_block():
    page = page_of(1, [("paragraph", " ".join([SENTENCE] * 80), 0, ())])
    chunks = chunks_of(page)
    assert len(chunks) > 1
    assert all(each.blocks == page.blocks for each in chunks)
