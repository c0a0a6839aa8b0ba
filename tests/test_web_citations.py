"""Markdown of a reply: markers become links, sources are listed, nothing in a quote acts as Markdown."""

from hypothesis import given
from hypothesis import strategies as st
from index_kit import page_of
from markdown_it import MarkdownIt

from assistant.answers import Answer, Citation
from assistant.web.citations import document_url, escape, page_as_markdown, parse_document_url, to_markdown

PAGE_3 = Citation(number=1, document="pact/guide.pdf", title="The guide", page=3, quote="Sign the charter.")
PAGE_9 = Citation(number=2, document="pact/guide.pdf", title="The guide", page=9, quote="It costs nothing.")


def reply(text: str, *citations: Citation) -> Answer:
    return Answer(status="complete", language="en", text=text, citations=list(citations))


def visible(markdown: str) -> str:
    """The characters that a reader sees of a paragraph, line breaks as spaces."""
    inline = MarkdownIt().parse(markdown)[1]
    return "".join(" " if token.type == "softbreak" else token.content for token in inline.children or [])


def test_a_marker_becomes_a_link_to_its_page_that_tells_the_quote() -> None:
    first_line = to_markdown(reply("Sign the charter [1].", PAGE_3)).splitlines()[0]
    assert first_line.replace("\N{NO-BREAK SPACE}", "~") == (  # the number stays on the sentence's last line
        r'Sign the charter~[1](/documents/pact/guide.pdf#page=3 "The guide\, page 3\: “Sign the charter\.”").'
    )


def test_two_pages_of_one_document_have_two_links() -> None:
    markdown = to_markdown(reply("Sign [1]. Free [2].", PAGE_3, PAGE_9))
    assert markdown.count("guide.pdf#page=3") == 2  # in the text and among the sources
    assert markdown.count("guide.pdf#page=9") == 2


def test_a_marker_without_a_citation_stays_as_it_is() -> None:
    assert to_markdown(reply("Sign [1]. See [7].", PAGE_3)).splitlines()[0].endswith(" See [7].")


def test_sources_come_once_each_in_order_with_page_and_quote() -> None:
    sources = (
        to_markdown(reply("A [2]. B [1]. C [2].", PAGE_3, PAGE_9)).split("###### Sources\n\n")[1].splitlines()
    )
    assert len(sources) == 2
    assert sources[0].endswith(r"**The guide**, page 3. “*Sign the charter\.*”")
    assert sources[1].endswith(r"**The guide**, page 9. “*It costs nothing\.*”")


def test_a_reply_without_citations_has_no_list_of_sources() -> None:
    assert to_markdown(reply("I did not find that.")) == "I did not find that."


def test_a_word_after_a_colon_is_not_taken_for_a_directive() -> None:
    assert to_markdown(reply("Write to contact:office at 10:30.")) == r"Write to contact\:office at 10:30."
    assert to_markdown(reply("See https://x.eu/a:b now")) == "See https://x.eu/a:b now"


def test_a_long_quote_is_cut_between_words() -> None:
    long = PAGE_3.model_copy(update={"quote": "word " * 100})
    assert r"word …*”" in to_markdown(reply("A [1].", long))


def test_brackets_and_spaces_in_a_file_name_survive_the_link() -> None:
    odd = PAGE_3.model_copy(update={"document": "a (b)/ł #1.pdf"})
    assert parse_document_url(document_url(odd)) == ("a (b)/ł #1.pdf", 3)
    links = [
        t.attrGet("href") for t in MarkdownIt().parse(to_markdown(reply("A [1].", odd)))[1].children or []
    ]
    assert links[1] == document_url(odd)


def test_a_document_without_pages_is_cited_by_section() -> None:
    word = PAGE_3.model_copy(update={"document": "a/guide.docx"})
    assert document_url(word) == "/documents/a/guide.docx?page=3#page=3"
    assert parse_document_url(document_url(word)) == ("a/guide.docx", 3)
    assert r"**The guide**, section 3. “" in to_markdown(reply("A [1].", word))


def test_a_section_is_shown_with_nothing_in_it_acting_as_markdown() -> None:
    page = page_of(
        1,
        [
            ("heading", "Costs", 1, ()),
            ("paragraph", "<script>alert(1)</script> [x](javascript:1)", 0, ()),
            ("list_item", "1. Pay", 0, ()),
        ],
    )
    assert page_as_markdown(page) == (
        "**Costs**\n\n" + escape("<script>alert(1)</script> [x](javascript:1)") + "\n\n" + r"1\. Pay"
    )


def test_a_link_to_anything_else_is_no_document() -> None:
    for url in (None, 7, "", "/documents/a.pdf", "/documents/a.pdf#page=0", "/public/a.pdf#page=1"):
        assert parse_document_url(url) is None


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1))
def test_an_escaped_quote_shows_exactly_its_characters(text: str) -> None:
    folded = " ".join(text.split())
    assert visible(f"x{escape(text)}x") == f"x{folded}x"
